//! Build backends (PEP 517) and build scripts of sources: other people's programs, which run inside the guest, in its sandbox.
//!
//! uv starts them with what it takes for a Python, the script of `interpreter.rs`, as often as it likes and side by side. The
//! script hands the call over to the build that has started uv, and waits: in a folder for calls it makes one of its own, which
//! holds what the call is, and writes its name to a named pipe. Here the call is run, and what it said and its exit status go back
//! the same way.
//!
//! A call may write to the sources that it builds, to the environment that uv has made for it, and to where its result goes. It
//! reads nothing else of this machine, starts no program and reaches no network.

use super::interpreter;
use crate::compilation::Python;
use crate::context::Build;
use crate::error::{Doing, Error, Result};
use crate::guest;
use crate::hash::sorted_entries;
use archive::Archive;
use host::{ContextBuilder, Quota, abi, layout};
use policy::{Machine, Narrowing, Permissions, Reach};
use rustix::fs::{FileType, Mode};
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use vfs::Limits;

/// The named pipe in the folder for calls.
pub(super) const CALLS: &str = "calls";
/// What a call's folder is called, in front of what makes it one of its own.
pub(super) const CALL: &str = "call.";
/// In it: the named pipe by which the exit status goes back, and files.
pub(super) const STATUS: &str = "status";
pub(super) const ARGUMENTS: &str = "arguments";
pub(super) const FOLDER: &str = "folder";
pub(super) const ENVIRONMENT: &str = "environment";
pub(super) const SAID: &str = "said";
/// What ends listening, in place of a call's name.
const END: &str = "end";
/// The exit status where a call could not be run to its end.
const FAILED: u32 = 1;
/// Most bytes that a call's arguments have: uv passes a short program.
const MOST_BYTES: u64 = 1 << 20;
/// Where the guest's own files are, which are in memory.
const TEMPORARY: &str = "/tmp";

/// A place to which uv's calls come.
pub(super) struct Backends<'a> {
    build: &'a Build,
    /// The folder for calls.
    folder: PathBuf,
    /// What calls may write to, beside what is in uv's cache.
    output: Option<&'a Path>,
    /// uv's cache, as a real path.
    cache: &'a Path,
    /// What builds are told by variables.
    variables: &'a [(&'a str, &'a str)],
    python: OnceLock<std::result::Result<(Python, Archive), String>>,
}

impl<'a> Backends<'a> {
    /// Makes the place.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn new(
        build: &'a Build,
        cache: &'a Path,
        output: Option<&'a Path>,
        variables: &'a [(&'a str, &'a str)],
    ) -> Result<Backends<'a>> {
        let folder = build.settings().out.join("backends");
        if folder.exists() {
            fs::remove_dir_all(&folder).doing("remove", &folder)?;
        }
        fs::create_dir_all(&folder).doing("create", &folder)?;
        let folder = fs::canonicalize(&folder).doing("look at", &folder)?;
        let pipe = folder.join(CALLS);
        let made = rustix::fs::mknodat(rustix::fs::CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0);
        made.map_err(std::io::Error::from).doing("make the named pipe", &pipe)?;
        Ok(Backends { build, folder, output, cache, variables, python: OnceLock::new() })
    }

    /// The folder for calls, an absolute path.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Does `work`, and runs the calls that come meanwhile.
    ///
    /// # Errors
    /// [`Error::Io`] if calls cannot be heard. What is wrong with a call itself, uv hears.
    pub fn serve<T>(&self, work: impl FnOnce() -> T) -> Result<T> {
        let pipe = self.folder.join(CALLS);
        // For both, so that it has no end when a call has been read.
        let heard = File::options().read(true).write(true).open(&pipe).doing("open", &pipe)?;
        let mut told = heard.try_clone().doing("open", &pipe)?;
        let done = std::thread::scope(|scope| {
            scope.spawn(|| {
                for line in BufReader::new(heard).lines() {
                    match line {
                        Ok(name) if name != END => scope.spawn(move || self.answer(&self.folder.join(name))),
                        _ => break,
                    };
                }
            });
            let done = work();
            // If it cannot be told it hears nothing either.
            let _ = writeln!(told, "{END}");
            done
        });
        fs::remove_dir_all(&self.folder).doing("remove", &self.folder)?;
        Ok(done)
    }

    /// Runs the call in a folder, and tells its end. A script that has been killed hears nothing.
    fn answer(&self, folder: &Path) {
        let (status, said) = match self.run(folder) {
            Ok(end) => end,
            Err(error) => (FAILED, error.to_string()),
        };
        let _ = fs::write(folder.join(SAID), said);
        // The script has it open for reading, unless it has been killed: then this must not wait for it.
        let flags = rustix::fs::OFlags::WRONLY | rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::CLOEXEC;
        if let Ok(pipe) = rustix::fs::open(folder.join(STATUS), flags, Mode::empty()) {
            let _ = writeln!(File::from(pipe), "{status}");
        }
    }

    /// Runs the call in a folder to its end; its exit status, and what it said.
    fn run(&self, folder: &Path) -> Result<(u32, String)> {
        let read = |name: &str| {
            let path = folder.join(name);
            let length = fs::metadata(&path).doing("look at", &path)?.len();
            if length > MOST_BYTES {
                return Err(Error::Guest(format!(
                    "a build backend: expected a call of uv's, found one of {length} bytes"
                )));
            }
            fs::read_to_string(&path).doing("read", &path)
        };
        let (arguments, sources, environment) = (read(ARGUMENTS)?, read(FOLDER)?, read(ENVIRONMENT)?);
        // Behind a path stands a line's end, and it may have others of its own.
        let path = |text: &'_ str| PathBuf::from(text.strip_suffix('\n').unwrap_or(text));
        let (sources, environment) = (&path(&sources), &path(&environment));
        let arguments: Vec<&str> = arguments.split_terminator('\0').collect();
        let mut results: Vec<PathBuf> = arguments.iter().flat_map(|argument| results(argument, self.cache)).collect();
        results.extend(self.output.map(Path::to_path_buf));
        let writable = [&[sources.clone(), environment.clone()], &results[..]].concat();
        let python = self.python.get_or_init(|| self.python().map_err(|error| error.to_string()));
        let (python, stdlib) = python.as_ref().map_err(|error| Error::Guest(error.clone()))?;
        let builder = sandbox(stdlib.clone(), sources, &writable)?;
        let builder = builder.argument("python3").arguments(arguments).variables(self.variables.iter().copied());
        let packages = environment.join(interpreter::packages(&python.runtime.version)?).display().to_string();
        let builder =
            builder.variable("PYTHONPATH", packages).variable("HOME", abi::HOME).variable("TMPDIR", TEMPORARY);
        let bounds = &self.build.settings().bounds;
        let quota = Quota::new(bounds.bytes);
        let builder = builder.quota(quota.clone());
        let (status, mut said, _) = guest::run_within(bounds.backend, &python.program, builder, &|_| ())?;
        if quota.is_spent() {
            // uv keeps sources in its cache, with what was added to them; it unpacks again what is not there.
            if sources.starts_with(self.cache) {
                let _ = fs::remove_dir_all(sources);
            }
            said.text += &format!(
                "\nexpected a build backend to write at most {} MiB, found more; do without what it builds\n",
                bounds.bytes >> 20
            );
            return Ok((FAILED, said.text));
        }
        if let Some(link) = results.iter().find_map(|folder| link_in(folder)) {
            let name = link.file_name().unwrap_or_default().display();
            return Err(Error::Guest(format!("a build backend: expected files as its result, found the link {name}")));
        }
        Ok((status, said.text))
    }

    /// What runs them: the CPython that is bundled, too.
    fn python(&self) -> Result<(Python, Archive)> {
        let python = self.build.python()?;
        let stdlib = self.build.stdlib_archive(&python)?;
        Ok((python, stdlib))
    }
}

/// A guest in the folder of some sources, which may write to these folders and reaches nothing else.
fn sandbox(stdlib: Archive, sources: &Path, writable: &[PathBuf]) -> Result<ContextBuilder> {
    let fail = |error: vfs::Errno| Error::Guest(format!("the file system of a build backend: {error}"));
    let (builder, root) = layout::python_context_and_root(stdlib, Limits::default()).map_err(fail)?;
    let text = |path: &PathBuf| {
        let text = path.to_str().map(str::to_string);
        text.ok_or_else(|| Error::Guest(format!("a build backend: expected a path in UTF-8, found {}", path.display())))
    };
    let write = writable.iter().map(text).collect::<Result<_>>()?;
    let permissions = Permissions { write, cwd: true, ..Permissions::default() };
    let nothing = |_: &str| None;
    let machine = Machine {
        current_folder: Some(sources.to_path_buf()),
        executable_folder: None,
        home: None,
        variable: &nothing,
    };
    let reach = Reach::of(&permissions, &Narrowing::default(), &machine, &[], None);
    Ok(builder.grants(root, reach.grants, reach.policy, reach.current_folder))
}

/// What of uv's cache holds temporary folders in which it waits for results.
const RESULTS: [&str; 2] = ["builds-v", "sdists-v"];

/// The temporary folders in uv's cache that a text names in which uv waits for results. The text is uv's, but holds words of the
/// sources; so nothing else is taken from it.
fn results(text: &str, cache: &Path) -> Vec<PathBuf> {
    let found = RESULTS.iter().flat_map(|kind| {
        let start = format!("{}/{kind}", cache.display());
        let found = text.match_indices(&start).filter_map(|(at, _)| {
            let rest = text.get(at + start.len()..)?;
            let (version, rest) = rest.split_once('/')?;
            let name = rest.strip_prefix(".tmp")?;
            let end = name.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(name.len());
            let is_one = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit()) && end > 0;
            is_one.then(|| PathBuf::from(format!("{start}{version}/.tmp{}", &name[..end])))
        });
        found.collect::<Vec<_>>()
    });
    found.collect()
}

/// What an environment of uv's has, with links to the interpreter: it lies in a folder for results, too.
const ENVIRONMENT_HAS: [&str; 5] = ["bin", "include", "lib", "lib64", "share"];

/// A symbolic link in a folder for results: uv would follow it, outside the sandbox.
fn link_in(folder: &Path) -> Option<PathBuf> {
    let entries = sorted_entries(folder).ok()?;
    let own = entries.into_iter().filter(|entry| ENVIRONMENT_HAS.iter().all(|name| entry.file_name() != *name));
    own.into_iter().find_map(|entry| first_link(&entry.path()))
}

fn first_link(path: &Path) -> Option<PathBuf> {
    let kind = path.symlink_metadata().ok()?;
    if kind.is_symlink() {
        return Some(path.to_path_buf());
    }
    let entries = if kind.is_dir() { sorted_entries(path).unwrap_or_default() } else { Vec::new() };
    entries.iter().find_map(|entry| first_link(&entry.path()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_in_a_result_is_found_and_those_of_an_environment_are_left() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(folder.path().join("bin")).expect("created");
        fs::create_dir_all(folder.path().join("a/b")).expect("created");
        let link = |name: &str| std::os::unix::fs::symlink("/etc/hostname", folder.path().join(name)).expect("linked");
        link("bin/python");
        link("lib64");
        assert_eq!(link_in(folder.path()), None);
        link("a/b/METADATA");
        assert_eq!(link_in(folder.path()), Some(folder.path().join("a/b/METADATA")));
    }

    #[test]
    fn only_folders_for_results_are_taken_from_a_call() {
        let cache = Path::new("/c");
        let text = "f('/c/sdists-v11/.tmpAb1', \"/c/sdists-v11/pypi/x/1/y\", '/c/sdists-v/.tmpA', '/c/sdists-v1/.tmp/../..', \
                    '/c/archive-v0/.tmpA', '/d/sdists-v11/.tmpA', '/c/builds-v0/.tmpC/x')";
        assert_eq!(results(text, cache), [PathBuf::from("/c/builds-v0/.tmpC"), "/c/sdists-v11/.tmpAb1".into()]);
    }
}
