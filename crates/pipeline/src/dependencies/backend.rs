//! Build backends (PEP 517) and build scripts of sources: other people's programs, which run inside the guest, in its sandbox.
//!
//! uv starts them with what it takes for a Python, the script of `interpreter.rs`, as often as it likes and side by side. The
//! script hands the call over to the build that has started uv, and waits: in a folder for calls it makes one of its own, which
//! holds what the call is, and writes its name to a named pipe. Here the call is run, and what it said and its exit status go back
//! the same way.
//!
//! What a call may reach, `sandbox.rs` says. One whose distribution is named in `[tool.pyapp] build-on-host` is told to the script
//! to run on this machine.

use super::interpreter;
use super::own;
use super::sandbox::{Reached, UvCache};
use super::uv::Uv;
use crate::compilation::Python;
use crate::context::Build;
use crate::error::{Doing, Error, Result};
use crate::guest;
use archive::Archive;
use host::{Quota, abi};
use rustix::fs::{FileType, Mode};
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

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
/// The answer to a call that is to run on this machine, in place of its exit status.
pub(super) const ON_HOST: &str = "host";
/// The exit status where a call could not be run to its end.
const FAILED: u32 = 1;
/// Most bytes that a call's arguments have: uv passes a short program.
const MOST_BYTES: u64 = 1 << 20;
/// Where the guest's own files are, which are in memory.
const TEMPORARY: &str = "/tmp";

/// Sources that are built to a folder, and the distribution that they are of. Real paths.
#[derive(Clone)]
pub(super) struct Own {
    pub sources: PathBuf,
    pub output: Option<PathBuf>,
    pub name: String,
}

/// A place to which uv's calls come.
pub(super) struct Backends<'a> {
    build: &'a Build,
    uv: &'a Uv<'a>,
    /// The folder for calls.
    folder: PathBuf,
    /// What is built that is not in uv's cache.
    own: Option<&'a Own>,
    /// uv's cache, as a real path.
    cache: &'a Path,
    /// What builds are told by variables.
    variables: &'a [(&'a str, &'a str)],
    python: OnceLock<std::result::Result<(Python, Archive), String>>,
    /// Why an extension could not be built: uv would tell a part of it only.
    failed: Mutex<Option<Error>>,
}

impl<'a> Backends<'a> {
    /// Makes the place.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn new(
        uv: &'a Uv<'a>,
        cache: &'a Path,
        own: Option<&'a Own>,
        variables: &'a [(&'a str, &'a str)],
    ) -> Result<Backends<'a>> {
        let build = uv.build;
        let folder = build.settings().out.join("backends");
        if folder.exists() {
            fs::remove_dir_all(&folder).doing("remove", &folder)?;
        }
        fs::create_dir_all(&folder).doing("create", &folder)?;
        let folder = fs::canonicalize(&folder).doing("look at", &folder)?;
        let pipe = folder.join(CALLS);
        let made = rustix::fs::mknodat(rustix::fs::CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0);
        made.map_err(std::io::Error::from).doing("make the named pipe", &pipe)?;
        Ok(Backends { build, uv, folder, own, cache, variables, python: OnceLock::new(), failed: Mutex::new(None) })
    }

    /// The folder for calls, an absolute path.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Why an extension could not be built, if that has happened.
    pub fn failed(&self) -> Option<Error> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).take()
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
                        Ok(name) if is_call(&name) => scope.spawn(move || self.answer(&self.folder.join(name))),
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
        let (answer, said) = match self.run(folder) {
            Ok(Some((status, said))) => (status.to_string(), said),
            Ok(None) => (ON_HOST.to_string(), String::new()),
            Err(error) => (FAILED.to_string(), error.to_string()),
        };
        let _ = fs::write(folder.join(SAID), said);
        // The script has it open for reading, unless it has been killed: then this must not wait for it.
        let flags = rustix::fs::OFlags::WRONLY | rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::CLOEXEC;
        if let Ok(pipe) = rustix::fs::open(folder.join(STATUS), flags, Mode::empty()) {
            let _ = writeln!(File::from(pipe), "{answer}");
        }
    }

    /// Runs the call in a folder to its end; its exit status, and what it said. `None` if this machine is to run it.
    fn run(&self, folder: &Path) -> Result<Option<(u32, String)>> {
        let fail = |message: String| Error::Guest(format!("a build backend: {message}"));
        let read = |name: &str| {
            let path = folder.join(name);
            let length = fs::metadata(&path).doing("look at", &path)?.len();
            if length > MOST_BYTES {
                return Err(fail(format!("expected a call of uv's, found one of {length} bytes")));
            }
            fs::read_to_string(&path).doing("read", &path)
        };
        let (text, sources, environment) = (read(ARGUMENTS)?, read(FOLDER)?, read(ENVIRONMENT)?);
        // Behind a path stands a line's end, and it may have others of its own.
        let path = |text: &'_ str| PathBuf::from(text.strip_suffix('\n').unwrap_or(text));
        let (sources, environment) = (path(&sources), path(&environment));
        let cache = UvCache(self.cache);
        let own = self.own.filter(|own| own.sources == sources);
        let name = own.map(|own| own.name.clone()).or_else(|| cache.distribution_of(&sources));
        if !cache.is_temporary(&environment) {
            return match name {
                // uv has been told to build it without an environment.
                Some(name) if self.uv.makes_wheel_of(&name) => {
                    if let Err(error) = self.uv.answer_with_wheel(&name, &sources, &text) {
                        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
                        failed.get_or_insert(error);
                        return Ok(Some((FAILED, String::new())));
                    }
                    Ok(Some((0, String::new())))
                }
                _ => Err(fail(format!("expected an environment of uv's, found {}", environment.display()))),
            };
        }
        if name.is_some_and(|name| self.build.project().build_on_host.contains(&name)) {
            return Ok(None);
        }
        let mut reached = Reached::new(&cache, &environment, &sources, &text)?;
        match own.map(|own| &own.output) {
            Some(Some(output)) => reached.results.push(output.clone()),
            None if cache.has_sources(&sources) => {}
            // Somebody's folder, of which only something is asked, or one that git keeps: backends leave things beside the
            // sources, and git runs what its own files name.
            place if place.is_some() || cache.is_checkout(&sources) => {
                reached.sources = folder.join("sources");
                own::copy_sources(&sources, &reached.sources, self.build.project().native_wheels.as_deref())?;
            }
            _ => return Err(fail(format!("expected sources of uv's, found {}", sources.display()))),
        }
        self.run_in(&reached, text.split_terminator('\0')).map(Some)
    }

    /// Runs a program of uv's in the sandbox; its exit status, and what it said.
    fn run_in<'t>(&self, reached: &Reached, arguments: impl Iterator<Item = &'t str>) -> Result<(u32, String)> {
        let python = self.python.get_or_init(|| self.python().map_err(|error| error.to_string()));
        let (python, stdlib) = python.as_ref().map_err(|error| Error::Guest(error.clone()))?;
        let builder = reached.guest(stdlib.clone())?;
        let builder = builder.argument("python3").arguments(arguments).variables(self.variables.iter().copied());
        let packages = reached.environment.join(interpreter::packages(&python.runtime.version)?).display().to_string();
        let builder =
            builder.variable("PYTHONPATH", packages).variable("HOME", abi::HOME).variable("TMPDIR", TEMPORARY);
        let bounds = &self.build.settings().bounds;
        let quota = Quota::new(bounds.bytes);
        let builder = builder.quota(quota.clone());
        let (status, mut said, _) = guest::run_within(bounds.backend, &python.program, builder, &|_| ())?;
        if quota.is_spent() {
            // uv keeps sources in its cache, with what was added to them; it unpacks again what is not there.
            if reached.sources.starts_with(self.cache) {
                let _ = fs::remove_dir_all(&reached.sources);
            }
            said.text += &format!(
                "\nexpected a build backend to write at most {} MiB, found more; do without what it builds\n",
                bounds.bytes >> 20
            );
            return Ok((FAILED, said.text));
        }
        if let Some(link) = reached.link() {
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

/// Whether a line is the name of a call's folder, as the script makes them.
fn is_call(line: &str) -> bool {
    let own = line.strip_prefix(CALL).unwrap_or_default();
    line != END && !own.is_empty() && own.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_a_folder_of_the_scripts() {
        for (line, expected) in [
            ("call.aB3", true),
            ("call.", false),
            ("end", false),
            ("call.a/b", false),
            ("call...", false),
            ("x", false),
        ] {
            assert_eq!(is_call(line), expected, "{line}");
        }
    }
}
