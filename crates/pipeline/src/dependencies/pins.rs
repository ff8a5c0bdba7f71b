//! What extensions are built with: `native.lock`, beside a project's own files. It has a section for each distribution that is built:
//! what its build asks for, and what exactly is installed for it, with hashes, as uv writes it.
//!
//! A section that is there is obeyed, until the build asks for something else. One that is missing is resolved anew, and written. It
//! belongs to the project, as its other lock does.

use crate::cache::entry;
use crate::context::Build;
use crate::error::{Doing, Error, Result};
use crate::hash::Key;
use crate::inputs::{Form, Project};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// The file, in a project and in entries of the cache.
pub(super) const FILE: &str = "native.lock";
const HEAD: &str = "# Made by pyapp: what extensions are built with; remove it to resolve again.\n";
/// What the lines of a section begin with that are not uv's.
const NAME: &str = "# for ";
const NEEDS: &str = "# needs ";
const WANTS: &str = "# wants ";

/// What one distribution is built with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pins {
    /// What its sources say that their build needs.
    pub needs: Vec<String>,
    /// What the build backend has asked for beside that.
    pub wants: Vec<String>,
    /// Requirements with versions and hashes, as uv takes them.
    pub locked: String,
}

impl Pins {
    /// As a section has them.
    pub fn text(&self) -> String {
        let lines = |start: &str, of: &[String]| of.iter().map(|line| format!("{start}{line}\n")).collect::<String>();
        lines(NEEDS, &self.needs) + &lines(WANTS, &self.wants) + &self.locked
    }
}

/// Pins, by the names of distributions.
pub(super) type Sections = BTreeMap<String, Pins>;

/// The text of a file.
fn text(sections: &Sections) -> String {
    let mut text = HEAD.to_string();
    for (name, pins) in sections {
        text += &format!("\n{NAME}{name}\n{}", pins.text());
    }
    text
}

/// What a file says; `None` if it is not one of these.
fn parsed(text: &str) -> Option<Sections> {
    let mut sections = Sections::new();
    let mut name = None;
    for line in text.strip_prefix(HEAD)?.lines().filter(|line| !line.trim().is_empty()) {
        if let Some(next) = line.strip_prefix(NAME) {
            name = Some(next.to_string());
        }
        let pins: &mut Pins = sections.entry(name.clone()?).or_default();
        if let Some(requirement) = line.strip_prefix(NEEDS) {
            pins.needs.push(requirement.to_string());
        } else if let Some(requirement) = line.strip_prefix(WANTS) {
            pins.wants.push(requirement.to_string());
        } else if !line.starts_with(NAME) {
            pins.locked += &format!("{line}\n");
        }
    }
    Some(sections)
}

/// What the file of an entry of the cache says.
///
/// # Errors
/// [`Error::Io`].
pub(super) fn kept_in(folder: &Path) -> Result<Sections> {
    let path = folder.join(FILE);
    let text = fs::read_to_string(&path).doing("read", &path)?;
    Ok(parsed(&text).unwrap_or_default())
}

/// Writes the file of such an entry.
///
/// # Errors
/// [`Error::Io`].
pub(super) fn keep_in(folder: &Path, sections: &Sections) -> Result<()> {
    let path = folder.join(FILE);
    fs::write(&path, text(sections)).doing("write", &path)
}

/// Where a project keeps them; `None` if it has no folder of its own.
fn place(project: &Project) -> Option<PathBuf> {
    let is_file = project.script.is_some() || project.asked.as_ref().is_some_and(|asked| asked.form == Form::Wheel);
    (!is_file).then(|| project.folder.join(FILE))
}

impl Build {
    /// The pins of the project.
    ///
    /// # Errors
    /// [`Error::Project`] if the file is not pyapp's; [`Error::Io`].
    pub(super) fn pins(&self) -> Result<Sections> {
        let Some(file) = place(self.project()).filter(|file| file.is_file()) else { return Ok(Sections::new()) };
        let text = fs::read_to_string(&file).doing("read", &file)?;
        parsed(&text).ok_or_else(|| Error::Project {
            place: file.display().to_string(),
            message: "expected a lock that pyapp has made, found another file; rename or remove it".to_string(),
        })
    }

    /// Writes what extensions were built with, if that is not what the project's lock says; the lock, if there is one, for cargo.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub(super) fn keep_pins(&self, built: &Sections) -> Result<Option<PathBuf>> {
        let Some(file) = place(self.project()) else { return Ok(None) };
        if !built.is_empty() && self.pins()? != *built {
            aside::write(&file, &[text(built).as_bytes()]).doing("write", &file)?;
            // As old as what it was made from: else cargo would take it for a change, and build once more.
            let from = &self.project().file;
            let time = fs::metadata(from).and_then(|metadata| metadata.modified()).doing("look at", from)?;
            File::options().write(true).open(&file).and_then(|file| file.set_modified(time)).doing("date", &file)?;
        }
        Ok(file.is_file().then_some(file))
    }

    /// A folder of the cache that depends on pins of a project: `key` is all else that it depends on. What is there and was made with
    /// the newest that there was, is taken if that is what is pinned. `make` works at the path that it is given, and is told the entry's
    /// name; it keeps there what it has used ([`kept_in`]).
    ///
    /// # Errors
    /// Those of `make`; [`Error::Io`].
    pub(super) fn pinned_folder(
        &self,
        (what, key): (&str, Key),
        pins: &Sections,
        make: impl FnOnce(&Path, &str) -> Result<()>,
    ) -> Result<PathBuf> {
        let newest = self.cache().path(&entry(what, key.clone()));
        let is_pinned = pins.is_empty()
            || newest.is_dir() && kept_in(&newest)?.iter().all(|(name, kept)| pins.get(name) == Some(kept));
        let key = if is_pinned { key } else { key.part("pins", text(pins)) };
        let name = entry(what, key.clone());
        self.cache().folder(what, key, |work| make(work, &name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::common::test_build::TestBuild;

    fn pins(version: &str) -> Pins {
        Pins {
            needs: vec!["setuptools >= 77".into(), "Cython; python_version > '3'".into()],
            wants: vec!["ninja".into()],
            locked: format!("setuptools=={version} \\\n    --hash=sha256:0\n"),
        }
    }

    #[test]
    fn what_is_written_is_what_was_read() {
        let bare = Pins { locked: "x==1\n".into(), ..Pins::default() };
        let sections = Sections::from([("b".to_string(), pins("80")), ("a".to_string(), bare)]);
        let written = text(&sections);
        assert_eq!(
            written,
            format!(
                "{HEAD}\n# for a\nx==1\n\n# for b\n# needs setuptools >= 77\n# needs Cython; python_version > '3'\n\
                 # wants ninja\nsetuptools==80 \\\n    --hash=sha256:0\n"
            )
        );
        assert_eq!(parsed(&written), Some(sections));
        assert_eq!(parsed(HEAD), Some(Sections::new()));
        assert_eq!(parsed("setuptools==80\n"), None);
        assert_eq!(parsed(&format!("{HEAD}setuptools==80\n")), None, "whose it is, nobody says");
    }

    #[test]
    fn a_project_s_lock_is_written_once_and_another_file_of_its_name_is_left_alone() {
        let test = TestBuild::new();
        let build = test.open();
        let file = test.path(FILE);
        assert_eq!(build.keep_pins(&Sections::new()).expect("nothing to keep"), None);
        let one = Sections::from([("a".to_string(), pins("80"))]);
        assert_eq!(build.keep_pins(&one).expect("written").as_ref(), Some(&file));
        assert_eq!(build.pins().expect("read"), one);
        let modified = |path: &Path| fs::metadata(path).and_then(|metadata| metadata.modified()).expect("a time");
        assert_eq!(modified(&file), modified(&test.path("pyproject.toml")));
        let other = Sections::from([("a".to_string(), pins("81"))]);
        build.keep_pins(&other).expect("written");
        assert_eq!(build.pins().expect("read"), other);
        fs::write(&file, "mine\n").expect("written");
        for error in [build.pins().expect_err("not ours"), build.keep_pins(&one).expect_err("not ours")] {
            assert!(error.to_string().contains("native.lock: expected a lock that pyapp has made"), "{error}");
        }
        assert_eq!(fs::read_to_string(&file).expect("read"), "mine\n");
    }

    #[test]
    fn what_was_made_with_the_newest_serves_who_pins_just_that() {
        let test = TestBuild::new();
        let build = test.open();
        let one = |version: &str| Sections::from([("a".to_string(), pins(version))]);
        let made = |pinned: &Sections, used: &Sections| {
            build
                .pinned_folder(("thing", Key::new()), pinned, |work, _| {
                    fs::create_dir(work).doing("create", work)?;
                    keep_in(work, used)
                })
                .expect("made")
        };
        let never = one("0");
        // Nobody has made any yet.
        let pinned = made(&one("80"), &one("80"));
        let newest = made(&Sections::new(), &one("81"));
        assert_ne!(pinned, newest);
        assert_eq!(made(&one("81"), &never), newest);
        assert_eq!(made(&one("80"), &never), pinned);
        assert_eq!(made(&Sections::new(), &never), newest);
        // Of what it does not have, it does not depend.
        let mut more = one("81");
        more.insert("b".into(), pins("1"));
        assert_eq!(made(&more, &never), newest);
    }
}
