//! What extensions are built with: `native.lock`, beside a project's own files. It has a section for each distribution that is built:
//! what its build asks for, and what exactly is installed for it, with hashes, as uv writes it.
//!
//! A section that is there is obeyed, until the sources ask for something else. One that is missing is written: it says what the wheel
//! was built with that this machine has in its cache, or else what is the newest that fits. The file belongs to the project, as its
//! other lock does. A wheel has its section among its metadata.

use super::tidy::{METADATA, distribution};
use crate::cache::entry;
use crate::context::Build;
use crate::error::{Doing, Error, Result};
use crate::hash::{Key, sorted_entries};
use crate::inputs::{Allowed, Form, Project, package, required_name};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// The file, in a project and in entries of the cache.
pub(super) const FILE: &str = "native.lock";
const HEAD: &str = "# Made by pyapp: what extensions are built with.\n";
/// What the lines of a section begin with that are not uv's.
const NAME: &str = "# for ";
const NEEDS: &str = "# needs ";
const WANTS: &str = "# wants ";

/// What one distribution is built with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pins {
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
pub(crate) type Sections = BTreeMap<String, Pins>;

/// The text of a file.
fn text(sections: &Sections) -> String {
    let mut text = HEAD.to_string();
    for (name, pins) in sections {
        text += &format!("\n{NAME}{name}\n{}", pins.text());
    }
    text
}

/// What a file says; `None` if it is not one of these. It decides what runs on this machine, so nothing but pins is taken from it.
fn parsed(text: &str) -> Option<Sections> {
    let mut sections = Sections::new();
    let mut name = None;
    for line in text.strip_prefix(HEAD)?.lines().filter(|line| !line.trim().is_empty()) {
        if let Some(next) = line.strip_prefix(NAME) {
            name = package(next);
        }
        let pins: &mut Pins = sections.entry(name.clone()?).or_default();
        if let Some(requirement) = line.strip_prefix(NEEDS) {
            pins.needs.push(requirement.to_string());
        } else if let Some(requirement) = line.strip_prefix(WANTS) {
            pins.wants.push(requirement.to_string());
        } else if is_pin(line) {
            pins.locked += &format!("{line}\n");
        } else if !line.starts_with(NAME) {
            return None;
        }
    }
    Some(sections)
}

/// Whether a line is a version or a hash, as uv writes them: `name==1 ; marker \` or `    --hash=sha256:00 \`.
fn is_pin(line: &str) -> bool {
    let line = line.strip_suffix(" \\").unwrap_or(line);
    match line.strip_prefix("    --hash=sha256:") {
        Some(hash) => !hash.is_empty() && hash.bytes().all(|digit| digit.is_ascii_hexdigit()),
        None => {
            let name = line.split_once("==").and_then(|(name, _)| package(name));
            is_requirement(line) && name.is_some() && name == required_name(line)
        }
    }
}

/// Whether a text is a requirement by versions: neither an option of uv's, nor one that leads to a place.
pub(super) fn is_requirement(text: &str) -> bool {
    let is_named = text.starts_with(|first: char| first.is_ascii_alphanumeric());
    is_named && !text.contains(|letter: char| letter.is_control() || "@\\$".contains(letter)) && !text.contains("://")
}

/// What the file of an entry of the cache says.
///
/// # Errors
/// [`Error::Runtime`] if it is damaged; [`Error::Io`].
pub(super) fn kept_in(folder: &Path) -> Result<Sections> {
    let path = folder.join(FILE);
    let text = fs::read_to_string(&path).doing("read", &path)?;
    parsed(&text).ok_or_else(|| {
        Error::Runtime(format!(
            "{}: expected what pyapp has written, found another file; remove its folder",
            path.display()
        ))
    })
}

/// What the wheels of these distributions say that are installed in a folder.
///
/// # Errors
/// [`Error::Io`].
pub(super) fn installed_in(folder: &Path, is_one: impl Fn(&str) -> bool) -> Result<Sections> {
    let mut sections = Sections::new();
    for entry in sorted_entries(folder)? {
        let path = entry.path().join(FILE);
        let name = entry.file_name().to_string_lossy().into_owned();
        let name = name.strip_suffix(METADATA).and_then(|stem| package(&distribution(stem).name));
        if let Some(name) = name.filter(|name| path.is_file() && is_one(name)) {
            let text = fs::read(&path).doing("read", &path)?;
            // Who has made the wheel may write there what he likes.
            let said = parsed(&String::from_utf8_lossy(&text)).unwrap_or_default();
            sections.extend(said.into_iter().filter(|(other, _)| *other == name));
        }
    }
    Ok(sections)
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
    fn may_have_extensions(&self) -> bool {
        self.project().native != Allowed::None || self.project().native_wheels.is_some()
    }

    /// The pins of the project; none if it allows no extensions.
    ///
    /// # Errors
    /// [`Error::Project`] if the file is not pyapp's; [`Error::Io`].
    pub(super) fn pins(&self) -> Result<Sections> {
        let file = place(self.project()).filter(|file| file.is_file() && self.may_have_extensions());
        let Some(file) = file else { return Ok(Sections::new()) };
        let text = fs::read_to_string(&file).doing("read", &file)?;
        parsed(&text).ok_or_else(|| Error::Project {
            place: file.display().to_string(),
            message: "expected a lock that pyapp has made, found another or one that was changed; rename or remove it"
                .to_string(),
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

    /// A folder of the cache that depends on pins of a project: `key` is all else that it depends on. `make` works at the path that it is
    /// given, is told the entry's name, and keeps there what it has used ([`kept_in`]), which may be other pins: then the folder serves
    /// those. One that was made without pins serves all whose pins it has used.
    ///
    /// # Errors
    /// Those of `make`; [`Error::Io`].
    pub(super) fn pinned_folder(
        &self,
        (what, key): (&str, Key),
        pins: &Sections,
        make: impl FnOnce(&Path, &str) -> Result<()>,
    ) -> Result<PathBuf> {
        let cache = self.cache();
        let of = |pins: &Sections| if pins.is_empty() { key.clone() } else { key.clone().part("pins", text(pins)) };
        let also = format!("{what}-of");
        let noted = cache.find_blob(&also, of(pins))?.map(|name| String::from_utf8_lossy(&name).into_owned());
        let mut name = entry(what, of(pins));
        for other in [Some(entry(what, key.clone())), noted].into_iter().flatten() {
            let folder = cache.path(&other);
            if folder.is_dir() && are_in(&kept_in(&folder)?, pins) {
                name = other;
            }
        }
        let folder = cache.folder_named(&name, |work| make(work, &name))?;
        let kept = kept_in(&folder)?;
        if !pins.is_empty() && !are_in(&kept, pins) {
            cache.blob(&also, of(&kept), || Ok(name.into_bytes()))?;
        }
        Ok(folder)
    }
}

/// Whether just these are among those.
fn are_in(these: &Sections, those: &Sections) -> bool {
    these.iter().all(|(name, pins)| those.get(name) == Some(pins))
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
        let file = test.path(FILE);
        fs::write(&file, "mine\n").expect("written");
        assert_eq!(test.open().pins().expect("it is not read"), Sections::new());
        fs::remove_file(&file).expect("removed");
        fs::write(test.path("pyproject.toml"), "[tool.pyapp]\nentry = 'a'\nnative = true\n").expect("written");
        let build = test.open();
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
    fn nothing_but_pins_is_taken_from_a_lock() {
        let with = |line: &str| {
            parsed(&format!("{HEAD}\n# for a\n# needs x\nsetuptools==80 \\\n    --hash=sha256:00\n{line}\n"))
        };
        for line in ["a.b-c==1.0+x ; python_version > '3' \\", "    --hash=sha256:0f \\", "# wants y"] {
            assert!(with(line).is_some(), "{line}");
        }
        for line in [
            "--index-url https://host/simple",
            " --index-url https://host/simple",
            "-r /etc/passwd",
            "-e .",
            "evil @ https://host/x.zip",
            "evil",
            "evil>=1",
            "./evil.whl",
            "a==1 @ file:///x",
            "a==${TOKEN}",
            "    --hash=md5:00",
            "# comment",
            "<<<<<<< HEAD",
        ] {
            assert_eq!(with(line), None, "{line}");
        }
        for text in ["setuptools >= 40.8", "Cython[x]<4; python_version > '3'"] {
            assert!(is_requirement(text), "{text}");
        }
        for text in ["", " x", "-r x", "x @ https://host/x", "https://host/x", "x\ny", "x \\", "./x", "${X}"] {
            assert!(!is_requirement(text), "{text}");
        }
    }

    #[test]
    fn a_wheel_tells_of_itself_and_of_nothing_else() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let info = folder.path().join("Some.Name-1.dist-info");
        fs::create_dir(&info).expect("created");
        let told = |text: &str, is_one: bool| {
            fs::write(info.join(FILE), text).expect("written");
            installed_in(folder.path(), |_| is_one).expect("read").into_keys().collect::<Vec<_>>()
        };
        let both = text(&Sections::from([("some-name".to_string(), pins("80")), ("other".to_string(), pins("1"))]));
        assert_eq!(told(&both, true), ["some-name"]);
        assert_eq!(told(&both, false), [""; 0]);
        assert_eq!(told("anything", true), [""; 0]);
    }

    #[test]
    fn what_was_made_without_pins_serves_who_pins_just_what_it_has_used() {
        let test = TestBuild::new();
        let build = test.open();
        let one = |version: &str| Sections::from([("a".to_string(), pins(version))]);
        let made = |pinned: &Sections, used: Option<&Sections>| {
            build
                .pinned_folder(("thing", Key::new()), pinned, |work, _| {
                    fs::create_dir(work).doing("create", work)?;
                    keep_in(work, used.expect("it is there"))
                })
                .expect("made")
        };
        let pinned = made(&one("80"), Some(&one("80")));
        let unpinned = made(&Sections::new(), Some(&one("81")));
        assert_ne!(pinned, unpinned);
        assert_eq!(made(&one("81"), None), unpinned);
        assert_eq!(made(&one("80"), None), pinned);
        assert_eq!(made(&Sections::new(), None), unpinned);
        // Pins of others do not count.
        let mut more = one("81");
        more.insert("b".into(), pins("1"));
        assert_eq!(made(&more, None), unpinned);
        // Something else was used than was pinned: it serves who pins that.
        let other = made(&one("82"), Some(&one("83")));
        assert_eq!(made(&one("83"), None), other);
        // What cannot be read serves nobody.
        fs::write(unpinned.join(FILE), "damaged").expect("written");
        let error = build.pinned_folder(("thing", Key::new()), &one("81"), |_, _| Ok(())).expect_err("damaged");
        assert!(error.to_string().contains("native.lock: expected what pyapp has written"), "{error}");
    }
}
