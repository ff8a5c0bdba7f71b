//! Wheels for our platform that a project has in a folder, which `[tool.pyapp] native-wheels` names: where the lock asks for just that
//! version, it is installed, and not built. uv still gets the sources, and checks that these are what the lock says.

use crate::context::Build;
use crate::error::{Doing, Error, Result};
use crate::hash::{Key, of_file, sorted_entries};
use crate::inputs::package;
use crate::native::is_for_our_platform;
use std::fs;
use std::path::{Path, PathBuf};

/// One of them.
struct Wheel {
    /// As package registries write it.
    name: String,
    version: String,
    path: PathBuf,
    hash: String,
}

/// All of them, in the order of their files' names.
pub(super) struct Prebuilt {
    wheels: Vec<Wheel>,
}

impl Build {
    /// The wheels that the project has; none if it names no folder.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub(super) fn prebuilt(&self) -> Result<Prebuilt> {
        let Some(folder) = &self.project().native_wheels else {
            return Ok(Prebuilt { wheels: Vec::new() });
        };
        let mut wheels = Vec::new();
        for entry in sorted_entries(folder)? {
            let file = entry.file_name().to_string_lossy().into_owned();
            let mut parts = file.split('-');
            if let (Some(name), Some(version), true) =
                (parts.next().and_then(package), parts.next(), is_for_our_platform(&file))
            {
                let (version, path) = (version.to_string(), entry.path());
                wheels.push(Wheel { name, version, hash: of_file(&path)?, path });
            }
        }
        Ok(Prebuilt { wheels })
    }
}

impl Prebuilt {
    /// Whether there is one of a distribution of this version.
    pub fn has(&self, name: &str, version: &str) -> bool {
        self.wheels.iter().any(|wheel| wheel.name == name && wheel.version == version)
    }

    /// The names of their distributions.
    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.wheels.iter().map(|wheel| &wheel.name)
    }

    /// A key, with all of them.
    pub fn with(&self, key: Key) -> Key {
        self.names().fold(key, |key, name| key.part(name, self.text(name)))
    }

    /// Versions and hashes of those of a distribution; empty if there is none.
    pub fn text(&self, name: &str) -> String {
        self.of(name).map(|wheel| format!("{} {}\n", wheel.version, wheel.hash)).collect()
    }

    /// Which versions there are of a distribution, in words; empty if there is none.
    pub fn versions(&self, name: &str) -> String {
        self.of(name).map(|wheel| wheel.version.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// The wheel of a distribution whose sources lie in a folder; of several the last by its name, which is for the newest Python.
    /// `may_be_built`: whether the project allows another way to have it.
    ///
    /// # Errors
    /// [`Error::Project`] if there is none and no other way: the sources say what they like; [`Error::Io`].
    pub fn find(&self, name: &str, sources: &Path, may_be_built: bool) -> Result<Option<&Path>> {
        let version = version_of(sources)?;
        let found = self.of(name).filter(|wheel| wheel.version == version).last().map(|wheel| &*wheel.path);
        if found.is_none() && !may_be_built {
            return Err(Error::Project {
                place: format!("[tool.pyapp] native-wheels, {name}"),
                message: format!(
                    "expected sources of one of its wheels ({}), found those of {version:?}; put that wheel there, or, if building it \
                     on this machine is fine, set [tool.pyapp] native = [{name:?}]",
                    self.versions(name)
                ),
            });
        }
        Ok(found)
    }

    fn of<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Wheel> {
        let name = name.to_string();
        self.wheels.iter().filter(move |wheel| wheel.name == name)
    }
}

/// The version in a source distribution's metadata; empty if it has none.
fn version_of(sources: &Path) -> Result<String> {
    let file = sources.join("PKG-INFO");
    let text = if file.is_file() { fs::read(&file).doing("read", &file)? } else { Vec::new() };
    let text = String::from_utf8_lossy(&text);
    let mut lines = text.lines().take_while(|line| !line.is_empty());
    Ok(lines.find_map(|line| line.strip_prefix("Version:")).unwrap_or_default().trim().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::common::test_build::TestBuild;

    #[test]
    fn the_wheel_of_just_this_version_is_taken() {
        let test = TestBuild::new();
        let wheels = test.path("wheels");
        fs::create_dir(&wheels).expect("created");
        for (name, text) in [
            ("Mark_up-3.0.1-cp313-cp313-wasi_wasm32.whl", "one"),
            ("mark_up-3.0.2-1-cp39-abi3-wasi_wasm32.whl", "two"),
            ("mark_up-3.0.3-cp313-cp313-manylinux_2_17_x86_64.whl", "other"),
            ("README", "text"),
        ] {
            fs::write(wheels.join(name), text).expect("written");
        }
        assert_eq!(test.open().prebuilt().expect("read").names().count(), 0, "nobody has named the folder");
        fs::write(test.path("pyproject.toml"), "[tool.pyapp]\nentry = 'a'\nnative-wheels = 'wheels'\n")
            .expect("written");
        let prebuilt = test.open().prebuilt().expect("read");
        assert_eq!(prebuilt.names().collect::<Vec<_>>(), ["mark-up", "mark-up"]);
        let sources = test.path("sources");
        fs::create_dir(&sources).expect("created");
        let find_if = |version: &str, may_be_built: bool| {
            let text = format!("Metadata-Version: 2.1\nVersion: {version}\n\nVersion: 9\n");
            fs::write(sources.join("PKG-INFO"), text).expect("written");
            let found = prebuilt.find("mark-up", &sources, may_be_built).map_err(|error| error.to_string());
            found.map(|path| path.map(|path| fs::read_to_string(path).expect("read")))
        };
        let find = |version: &str| find_if(version, true).expect("looked for");
        assert_eq!(["3.0.1", "3.0.2", "3.0.3"].map(find), [Some("one".to_string()), Some("two".to_string()), None]);
        // What is not allowed is not built, whatever version the sources tell.
        assert_eq!(find_if("3.0.2", false), Ok(Some("two".to_string())));
        let error = find_if("3.0.3", false).expect_err("not built");
        assert!(
            error.starts_with("[tool.pyapp] native-wheels, mark-up: expected sources of one of its wheels (3.0.1, 3.0.2), found those of \"3.0.3\"; "),
            "{error}"
        );
        assert!(prebuilt.has("mark-up", "3.0.2") && !prebuilt.has("mark-up", "3.0.3") && !prebuilt.has("x", "3.0.2"));
        assert_eq!((prebuilt.versions("mark-up").as_str(), prebuilt.versions("x").as_str()), ("3.0.1, 3.0.2", ""));
        let key = |prebuilt: &Prebuilt| prebuilt.with(Key::new()).hex();
        let before = key(&prebuilt);
        fs::write(wheels.join("mark_up-3.0.2-1-cp39-abi3-wasi_wasm32.whl"), "three").expect("written");
        assert_ne!(key(&test.open().prebuilt().expect("read")), before);
    }
}
