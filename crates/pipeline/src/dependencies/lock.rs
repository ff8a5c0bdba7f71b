//! What exactly is installed: a lock. One that is there is obeyed and never changed; one that does not fit the project is an
//! error, in uv's words.
//!
//! Without one, what the project asks for is resolved once, and `requirements.lock` is written beside it: versions and hashes,
//! for any machine. It belongs to the project, as `Cargo.lock` does. It says what it was made from; when that has changed, it
//! is resolved again, and what can stay as it is stays.
//!
//! Resolving looks at all versions, not only at those with wheels that can be used: else it would go back to one from before
//! a package had native code, however old that is.

use super::uv::Uv;
use crate::context::Build;
use crate::error::{Doing, Error, Result};
use crate::hash::Key;
use crate::inputs::{Asked, Form};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// What pyapp writes.
const FILE: &str = "requirements.lock";
/// Its first line, up to the hash of what it was made from.
const HEAD: &str = "# Made by pyapp; remove it to resolve again. From ";

/// A lock that uv installs.
pub(super) struct Lock {
    /// A file as `uv pip install -r` takes it.
    pub file: PathBuf,
    /// Its contents.
    pub text: String,
    /// What is blamed for what is wrong with it.
    pub asked: PathBuf,
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
    pub(super) fn lock(&self, uv: &Uv, asked: &Asked) -> Result<Lock> {
        match asked.form {
            Form::UvLock => self.export(uv, asked),
            Form::Pylock => obeyed(asked),
            Form::Requirements if has_hashes(&read(&asked.file)?) => obeyed(asked),
            Form::Project | Form::Requirements => self.resolved(uv, asked),
        }
    }

    /// uv's own lock, in the form in which it can be installed.
    fn export(&self, uv: &Uv, asked: &Asked) -> Result<Lock> {
        let folder = &self.project().folder;
        let file = self.settings().out.join("pylock.toml");
        fs::create_dir_all(&self.settings().out).doing("create", &self.settings().out)?;
        // The groups that are there by default are for development.
        let export = ["export", "-q", "--locked", "--no-default-groups", "--no-emit-project", "--no-header"];
        let format = ["--format", "pylock.toml", "-o"];
        let arguments = export.iter().chain(&format).map(PathBuf::from).chain([file.clone()]);
        uv.run(folder, arguments).map_err(|failure| failure.about(&asked.file))?;
        let inputs = vec![asked.file.clone()];
        Ok(Lock { text: read(&file)?, file, asked: asked.file.clone(), inputs, summary: "from uv.lock".to_string() })
    }

    /// A lock of our own.
    fn resolved(&self, uv: &Uv, asked: &Asked) -> Result<Lock> {
        let folder = &self.project().folder;
        let (file, name) = (folder.join(FILE), asked.name());
        let (key, mut inputs) = asked_for(asked)?;
        let head = format!("{HEAD}{name}, {}\n", key.hex());
        let old = if file.is_file() { Some(read(&file)?) } else { None };
        inputs.push(file.clone());
        let lock = |text: String, how: &str| Lock {
            file: file.clone(),
            text,
            asked: asked.file.clone(),
            inputs: inputs.clone(),
            summary: format!("from {FILE}{how}"),
        };
        match old {
            Some(old) if old.starts_with(&head) => return Ok(lock(old, "")),
            Some(old) if !old.starts_with(HEAD) => {
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
        fs::create_dir_all(&self.settings().out).doing("create", &self.settings().out)?;
        match &old {
            Some(old) => fs::write(&work, old).doing("write", &work)?,
            None if work.exists() => fs::remove_file(&work).doing("remove", &work)?,
            None => {}
        }
        let compile = ["pip", "compile", "-q", &name, "--generate-hashes", "--no-header", "-o"];
        let arguments = compile.iter().map(PathBuf::from).chain([work.clone()]);
        uv.run(folder, arguments).map_err(|failure| failure.about(&asked.file))?;
        let text = head + &read(&work)?;
        aside::write(&file, &[text.as_bytes()]).doing("write", &file)?;
        // As old as what it was made from: else cargo would take it for a change, and build once more.
        let time = fs::metadata(&asked.file).and_then(|metadata| metadata.modified()).doing("look at", &asked.file)?;
        File::options().write(true).open(&file).and_then(|file| file.set_modified(time)).doing("date", &file)?;
        let how = if old.is_some() { format!(", made again from {name}") } else { format!(", new, from {name}") };
        Ok(lock(text, &how))
    }
}

/// A lock as it is.
fn obeyed(asked: &Asked) -> Result<Lock> {
    Ok(Lock {
        file: asked.file.clone(),
        text: read(&asked.file)?,
        asked: asked.file.clone(),
        inputs: vec![asked.file.clone()],
        summary: format!("from {}", asked.name()),
    })
}

/// What of a file counts for resolving, and the files that count.
fn asked_for(asked: &Asked) -> Result<(Key, Vec<PathBuf>)> {
    let mut inputs = Vec::new();
    let key = match asked.form {
        Form::Requirements => requirements(&asked.file, Key::new(), &mut inputs)?,
        _ => {
            let text = read(&asked.file)?;
            inputs.push(asked.file.clone());
            // That it is TOML is known, as the project's settings stand in it.
            let table: toml::Table = text.parse().unwrap_or_default();
            let table = |names: &[&str]| {
                let value =
                    names.iter().try_fold(&toml::Value::Table(table.clone()), |value, name| value.get(name)).cloned();
                value.map(|value| value.to_string()).unwrap_or_default()
            };
            let project = ["name", "dependencies", "dynamic", "optional-dependencies", "requires-python"];
            let key = project.iter().fold(Key::new(), |key, name| key.part(name, table(&["project", name])));
            key.part("uv", table(&["tool", "uv"]))
        }
    };
    Ok((key, inputs))
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

fn has_hashes(requirements: &str) -> bool {
    requirements.lines().any(|line| line.contains("--hash=") && !line.trim_start().starts_with('#'))
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).doing("read", path)
}
