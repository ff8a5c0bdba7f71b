//! What exactly is installed: a lock. One that is there is obeyed and never changed; one that does not fit the project is an
//! error, in uv's words.
//!
//! Without one, what the project asks for is resolved once, and `requirements.lock` is written beside it: versions and hashes,
//! for any machine. It belongs to the project, as `Cargo.lock` does. It says what it was made from; when that has changed, it
//! is resolved again, and what can stay as it is stays.
//!
//! A script may have a lock of uv's beside it. A script without one, and a wheel, are resolved once on each machine.
//!
//! Resolving looks at all versions, not only at those with wheels that can be used: else it would go back to one from before
//! a package had native code, however old that is.

use super::excluded;
use super::uv::Uv;
use crate::context::Build;
use crate::error::{Doing, Error, Result};
use crate::hash::{self, Key};
use crate::inputs::{Asked, Form};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// What pyapp writes.
const FILE: &str = "requirements.lock";
/// Where a project in a folder says what it asks for.
const PROJECT: &str = "pyproject.toml";
/// Its first line, up to the hash of what it was made from.
const HEAD: &str = "# Made by pyapp; remove it to resolve again. From ";

/// What a lock is called that has the form of PEP 751.
pub(super) const PYLOCK: &str = "pylock.toml";

/// A lock that uv installs.
pub(super) struct Lock {
    /// What it was made from.
    pub form: Form,
    /// A file as `uv pip install -r` takes it.
    pub file: PathBuf,
    /// Its contents.
    pub text: String,
    /// Where uv runs: paths in it count from there.
    pub folder: PathBuf,
    /// What is blamed for what is wrong with it.
    pub asked: PathBuf,
    /// Folders that it names, in which other projects lie.
    pub projects: Vec<PathBuf>,
    /// What cargo must watch.
    pub inputs: Vec<PathBuf>,
    /// Where it comes from, for the summary.
    pub summary: String,
}

impl Build {
    /// The lock of what a project asks for; found, or made.
    ///
    /// # Errors
    /// [`Error::Project`] naming the file; [`Error::Io`].
    pub(super) fn lock(&self, uv: &Uv<'_>, asked: &Asked) -> Result<Lock> {
        let out = &self.settings().out;
        fs::create_dir_all(out).doing("create", out)?;
        let found = |text: String| Lock {
            form: asked.form,
            file: asked.file.clone(),
            text,
            folder: self.project().folder.clone(),
            asked: asked.file.clone(),
            projects: Vec::new(),
            inputs: vec![asked.file.clone()],
            summary: format!("from {}", asked.name()),
        };
        let pylock = out.join(PYLOCK);
        match asked.form {
            Form::Pylock => Ok(found(read(&asked.file)?)),
            Form::Requirements if has_hashes(&read(&asked.file)?) => Ok(found(read(&asked.file)?)),
            Form::Project | Form::Requirements => {
                let lock = self.resolved(uv, asked, found(String::new()))?;
                let (projects, text) = without_folders(&lock.text, &lock.folder);
                if projects.is_empty() {
                    return Ok(lock);
                }
                // They are packed as the project itself is.
                let file = out.join("requirements.without-folders");
                fs::write(&file, &text).doing("write", &file)?;
                Ok(Lock { file, text, projects, ..lock })
            }
            Form::UvLock => {
                // The groups that are there by default are for development.
                let mut more = vec!["--locked", "--no-default-groups", "--no-emit-project"];
                let parts = self.parts();
                more.extend(parts.iter().map(String::as_str));
                let excluded = self.project().excluded_packages();
                more.extend(excluded.iter().flat_map(|name| ["--prune", name]));
                let mut text = self.export(uv, asked, &more, &pylock)?;
                let projects = projects(&text, out);
                if !projects.is_empty() {
                    // They are packed as the project itself is.
                    more.push("--no-emit-local");
                    text = self.export(uv, asked, &more, &pylock)?;
                }
                Ok(Lock { file: pylock, projects, ..found(text) })
            }
            Form::Script => {
                let lock = asked.file.with_file_name(format!("{}.lock", asked.name()));
                if lock.is_file() {
                    let text = self.export(uv, asked, &["--locked"], &pylock)?;
                    let inputs = vec![asked.file.clone(), lock];
                    return Ok(Lock {
                        file: pylock,
                        inputs,
                        summary: format!("from {}.lock", asked.name()),
                        ..found(text)
                    });
                }
                let key = uv.key.clone().part("script", read(&asked.file)?);
                let text = self.resolved_once(key, asked, || self.export(uv, asked, &[], &pylock))?;
                fs::write(&pylock, &text).doing("write", &pylock)?;
                Ok(Lock { file: pylock, ..found(text) })
            }
            Form::Wheel => {
                // Beside its lock, which names it by its name only: no path of this machine is in it.
                let (wheel, lock, name) = (out.join(asked.name()), out.join(FILE), format!("./{}", asked.name()));
                fs::copy(&asked.file, &wheel).doing("copy", &asked.file)?;
                let key = uv.key.clone().part("wheel", hash::of_file(&wheel)?).part("name", &name);
                let text = self.resolved_once(key, asked, || {
                    let list = out.join("requirements.in");
                    fs::write(&list, &name).doing("write", &list)?;
                    compile(uv, out, "requirements.in", &[], &lock, (&asked.file, &self.project().build_on_host))
                })?;
                fs::write(&lock, &text).doing("write", &lock)?;
                Ok(Lock { file: lock, folder: out.clone(), ..found(text) })
            }
        }
    }

    /// What of a `[project]` is asked for beside its dependencies, as uv's arguments.
    fn parts(&self) -> Vec<String> {
        let flags = |flag: &str, names: &[String]| -> Vec<String> {
            names.iter().flat_map(|name| [flag.to_string(), name.clone()]).collect()
        };
        [flags("--extra", &self.project().extras), flags("--group", &self.project().groups)].concat()
    }

    /// What uv resolves for one file, kept in the cache: there is no folder of a project to keep a lock in.
    fn resolved_once(&self, key: Key, asked: &Asked, resolve: impl FnOnce() -> Result<String>) -> Result<String> {
        let text = self.cache().blob("resolved", key, || {
            self.cache().stage(&format!("resolving what {} asks for", asked.name()));
            Ok(resolve()?.into_bytes())
        })?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    /// A lock of uv's own form, or what a script asks for, in the form in which it can be installed; its text.
    fn export(&self, uv: &Uv<'_>, asked: &Asked, more: &[&str], to: &Path) -> Result<String> {
        let mut arguments: Vec<PathBuf> = ["export", "-q", "--no-header", "--format", PYLOCK].map(PathBuf::from).into();
        arguments.extend(more.iter().map(PathBuf::from));
        if asked.form == Form::Script {
            arguments.extend(["--script".into(), asked.file.clone()]);
        }
        arguments.extend(["-o".into(), to.to_path_buf()]);
        let uv = self.asking_the_project(uv)?;
        uv.run(&self.project().folder, arguments)
            .map_err(|failure| failure.about(&asked.file, &self.project().build_on_host))?;
        read(to)
    }

    /// uv, which may ask the project's build backend what it asks for, if only that knows.
    fn asking_the_project<'a>(&self, uv: &Uv<'a>) -> Result<Uv<'a>> {
        let project = self.project();
        match &project.metadata {
            Some(metadata) if metadata.is_package => uv.building(&project.folder, None, &metadata.package_name()),
            _ => Ok(uv.clone()),
        }
    }

    /// A lock of our own, beside the project's file.
    fn resolved(&self, uv: &Uv<'_>, asked: &Asked, lock: Lock) -> Result<Lock> {
        let (file, name) = (lock.folder.join(FILE), asked.name());
        let mut parts = if asked.form == Form::Project { self.parts() } else { Vec::new() };
        let excluded = self.project().excluded_packages();
        let (key, mut inputs) = asked_for(asked, &parts, &excluded)?;
        // What other projects ask for that lie in folders counts, too.
        let head_of = |lock: &str| {
            let (folders, _) = without_folders(lock, &self.project().folder);
            let key = folders.iter().try_fold(key.clone(), |key, folder| relevant(&folder.join(PROJECT), &[], key));
            key.map(|key| format!("{HEAD}{name}, {}\n", key.hex()))
        };
        parts
            .extend(["--excludes".to_string(), excluded::list(&excluded, &self.settings().out)?.display().to_string()]);
        let old = if file.is_file() { Some(read(&file)?) } else { None };
        inputs.push(file.clone());
        let lock = Lock { file: file.clone(), inputs, ..lock };
        match old {
            Some(text) if text.starts_with(&head_of(&text)?) => {
                return Ok(Lock { text, summary: format!("from {FILE}"), ..lock });
            }
            Some(text) if !text.starts_with(HEAD) => {
                return Err(Error::Project {
                    place: file.display().to_string(),
                    message: format!(
                        "expected a lock that pyapp has made from {name}, found another file; rename or remove it"
                    ),
                });
            }
            _ => {}
        }
        self.cache().stage(&format!("resolving what {name} asks for"));
        // uv keeps the versions of a lock that is there.
        let work = self.settings().out.join(FILE);
        match &old {
            Some(old) => fs::write(&work, old).doing("write", &work)?,
            None if work.exists() => fs::remove_file(&work).doing("remove", &work)?,
            None => {}
        }
        let uv = self.asking_the_project(uv)?;
        let text = compile(&uv, &lock.folder, &name, &parts, &work, (&asked.file, &self.project().build_on_host))?;
        let text = head_of(&text)? + &text;
        aside::write(&file, &[text.as_bytes()]).doing("write", &file)?;
        // As old as what it was made from: else cargo would take it for a change, and build once more.
        let time = fs::metadata(&asked.file).and_then(|metadata| metadata.modified()).doing("look at", &asked.file)?;
        File::options().write(true).open(&file).and_then(|file| file.set_modified(time)).doing("date", &file)?;
        let how = if old.is_some() { "made again" } else { "new" };
        Ok(Lock { text, summary: format!("from {FILE}, {how}, from {name}"), ..lock })
    }
}

/// Resolves the requirements `name` in `folder` to the lock `to`, for any machine; its text.
fn compile(
    uv: &Uv<'_>,
    folder: &Path,
    name: &str,
    parts: &[String],
    to: &Path,
    (blamed, on_host): (&Path, &[String]),
) -> Result<String> {
    let compile = ["pip", "compile", "-q", name, "--generate-hashes", "--no-header", "-o"].map(PathBuf::from);
    let parts = parts.iter().map(PathBuf::from);
    let run = uv.run(folder, compile.into_iter().chain([to.to_path_buf()]).chain(parts));
    run.map_err(|failure| failure.about(blamed, on_host))?;
    read(to)
}

/// What of a file counts for resolving, with these arguments, and the files that count.
fn asked_for(asked: &Asked, parts: &[String], excluded: &[String]) -> Result<(Key, Vec<PathBuf>)> {
    let mut inputs = Vec::new();
    let key = match asked.form {
        Form::Requirements => requirements(&asked.file, Key::new(), &mut inputs)?,
        _ => {
            inputs.push(asked.file.clone());
            relevant(&asked.file, parts, Key::new())?
        }
    };
    let key = if excluded.is_empty() { key } else { key.part("excluded", excluded.join(" ")) };
    Ok((key, inputs))
}

/// Adds to a key what of a `pyproject.toml` counts for resolving; one that is not there, or is no TOML, is for uv to name.
fn relevant(file: &Path, parts: &[String], key: Key) -> Result<Key> {
    let text = if file.is_file() { read(file)? } else { String::new() };
    let table: toml::Table = text.parse().unwrap_or_default();
    let table = |names: &[&str]| {
        let value = names.iter().try_fold(&toml::Value::Table(table.clone()), |value, name| value.get(name)).cloned();
        value.map(|value| value.to_string()).unwrap_or_default()
    };
    let project = ["name", "dependencies", "dynamic", "optional-dependencies", "requires-python"];
    let key = project.iter().fold(key, |key, name| key.part(name, table(&["project", name])));
    let groups = if parts.is_empty() { String::new() } else { table(&["dependency-groups"]) };
    Ok(key.part("uv", table(&["tool", "uv"])).part("parts", parts.join(" ")).part("groups", groups))
}

/// Requirements, and those in the files that they name.
fn requirements(file: &Path, mut key: Key, seen: &mut Vec<PathBuf>) -> Result<Key> {
    let text = read(file)?;
    key = key.part("requirements", &text);
    seen.push(file.to_path_buf());
    for line in text.lines().map(str::trim) {
        let flags = ["-r", "-c", "--requirement", "--constraint"];
        let Some(rest) = flags.iter().find_map(|flag| line.strip_prefix(flag)) else { continue };
        let path = file.with_file_name("").join(rest.trim_start_matches(['=', ' ', '\t']));
        // What is not there is for uv to name.
        if path.is_file() && !seen.contains(&path) {
            key = requirements(&path, key, seen)?;
        }
    }
    Ok(key)
}

/// The folders of other projects that a lock in `folder` names, in the form of PEP 751.
fn projects(lock: &str, folder: &Path) -> Vec<PathBuf> {
    let table: toml::Table = lock.parse().unwrap_or_default();
    let packages = table.get("packages").and_then(toml::Value::as_array);
    let path = |package: &toml::Value| Some(folder.join(package.get("directory")?.get("path")?.as_str()?));
    packages.into_iter().flatten().filter_map(path).collect()
}

/// The folders of other projects that a lock of requirements names, with paths that count from `folder`, and the lock without them and
/// without `folder` itself. One behind a marker is left for uv to refuse.
fn without_folders(lock: &str, folder: &Path) -> (Vec<PathBuf>, String) {
    let (mut projects, mut rest) = (Vec::new(), String::new());
    for line in lock.split_inclusive('\n') {
        match named_folder(line, folder) {
            Some(project) if project.canonicalize().ok() == folder.canonicalize().ok() => {}
            Some(project) => projects.push(project),
            None => rest.push_str(line),
        }
    }
    (projects, rest)
}

/// The folder that a line names, as uv writes it: a path or a `file:` URL, with or without a name in front.
fn named_folder(line: &str, folder: &Path) -> Option<PathBuf> {
    let line = line.strip_prefix("-e ").unwrap_or(line);
    let asked = line.trim_end();
    let place = asked.split_once(" @ ").map_or(asked, |(_, place)| place);
    let path = place.strip_prefix("file://").map_or_else(|| place.to_string(), decoded);
    let is_path = path.starts_with(['.', '/']) && !line.starts_with([' ', '#']);
    Some(folder.join(path)).filter(|path| is_path && !asked.contains(" ;") && path.is_dir())
}

/// The path in a URL, whose odd characters are written as `%20`.
fn decoded(path: &str) -> String {
    let mut parts = path.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        match part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => bytes.extend([&[byte], &part.as_bytes()[2..]].concat()),
            None => bytes.extend(["%".as_bytes(), part.as_bytes()].concat()),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn has_hashes(requirements: &str) -> bool {
    requirements.lines().any(|line| line.contains("--hash=") && !line.trim_start().starts_with('#'))
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).doing("read", path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts_for_resolving_is_what_is_asked_for() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("written");
        let key = |form: Form, name: &str| {
            let (key, inputs) = asked_for(&Asked { form, file: folder.path().join(name) }, &[], &[]).expect("read");
            (key.hex(), inputs.len())
        };
        write("requirements.txt", "a\n-r more.txt\n--constraint=less.txt\n-r requirements.txt\n-r missing.txt\n");
        write("more.txt", "b\n");
        write("less.txt", "b<2\n");
        let first = key(Form::Requirements, "requirements.txt");
        assert_eq!(first.1, 3);
        write("less.txt", "b<3\n");
        assert_ne!(key(Form::Requirements, "requirements.txt"), first);
        write("pyproject.toml", "[project]\ndependencies = ['a']\n");
        let first = key(Form::Project, "pyproject.toml");
        write("pyproject.toml", "[project]\ndependencies = ['a']\nversion = '2'\n[tool.pyapp]\nentry = 'b'\n");
        assert_eq!(key(Form::Project, "pyproject.toml"), first);
        write("pyproject.toml", "[project]\ndependencies = ['a', 'b']\n");
        assert_ne!(key(Form::Project, "pyproject.toml"), first);
    }

    #[test]
    fn folders_in_a_lock_count_from_where_it_is() {
        let lock = "[[packages]]\nname = 'a'\nversion = '1'\n[[packages]]\nname = 'b'\ndirectory = { path = '../b' }\n";
        assert_eq!(projects(lock, Path::new("/x/y")), [PathBuf::from("/x/y/../b")]);
        assert!(projects("a==1\n", Path::new("/x")).is_empty());
    }

    #[test]
    fn folders_that_requirements_name_are_taken_out() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let at = folder.path().join("app");
        for name in ["app", "one", "two é%", "three"] {
            fs::create_dir(folder.path().join(name)).expect("made");
        }
        let two = folder.path().join("two é%");
        let rest =
            "# ../one\nclick==8 \\\n    --hash=sha256:0\n    # via app\n./a.whl\n../missing\nx @ https://host/x.zip\n";
        let lock = format!(
            "../one\n    # via app\n{rest}two @ file://{}\n-e ../three\n.\n../one ; python_version > '3'\n",
            two.display().to_string().replace('%', "%25").replace("two é", "two%20%C3%A9")
        );
        let (projects, text) = without_folders(&lock, &at);
        assert_eq!(projects, [at.join("../one"), two, at.join("../three")]);
        assert_eq!(text, format!("    # via app\n{rest}../one ; python_version > '3'\n"));
        assert_eq!(without_folders(rest, &at), (Vec::new(), rest.to_string()));
    }

    #[test]
    fn requirements_with_hashes_are_a_lock() {
        assert!(has_hashes("a==1 \\\n    --hash=sha256:0\n"));
        assert!(!has_hashes("a==1\n# b --hash=sha256:0\n"));
    }
}
