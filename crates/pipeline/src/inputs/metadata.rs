//! `[project]`: what a project says of itself for every tool (PEP 621), as far as a bundle needs it. The rest is uv's to read.

use super::project::{Entry, package, parse_entry, parse_toml};
use crate::error::{Doing, Result};
use std::path::Path;

/// What `[project]` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// `name`.
    pub name: String,
    /// `requires-python`.
    pub requires_python: Option<String>,
    /// Whether it asks for other distributions.
    pub has_dependencies: bool,
    /// Whether a build backend packs it as a distribution of its own.
    pub is_package: bool,
    /// `[project.scripts]`: commands, and what each calls, as it is written.
    pub scripts: Vec<(String, String)>,
}

impl Metadata {
    /// Reads the table, if there is one.
    pub(super) fn read(file: &toml::Table) -> Option<Metadata> {
        let table = file.get("project")?.as_table()?;
        let list = |key: &str| table.get(key).and_then(super::project::strings).unwrap_or_default();
        let is_package = file.get("tool").and_then(|tool| tool.get("uv")?.get("package")?.as_bool());
        let scripts = table.get("scripts").and_then(toml::Value::as_table);
        let scripts = scripts.into_iter().flatten();
        let text = |value: &toml::Value| value.as_str().map_or_else(|| value.to_string(), str::to_string);
        let said = |key: &str| table.get(key).and_then(toml::Value::as_str).map(str::to_string);
        Some(Metadata {
            name: said("name").unwrap_or_default(),
            requires_python: said("requires-python"),
            has_dependencies: !list("dependencies").is_empty()
                || ["extras", "groups"]
                    .iter()
                    .any(|key| file.get("tool").and_then(|tool| tool.get("pyapp")?.get(key)).is_some())
                || list("dynamic").iter().any(|key| key == "dependencies"),
            is_package: is_package.unwrap_or_else(|| file.contains_key("build-system")),
            scripts: scripts.map(|(name, value)| (name.clone(), text(value))).collect(),
        })
    }

    /// Reads it from a `pyproject.toml`, if it is there.
    ///
    /// # Errors
    /// [`Error::Project`](crate::Error::Project) if that is no TOML; [`Error::Io`](crate::Error::Io).
    pub(crate) fn in_file(file: &Path) -> Result<Option<Metadata>> {
        let text = std::fs::read_to_string(file).doing("read", file)?;
        Ok(Metadata::read(&parse_toml(file, &text)?))
    }

    /// The name as package registries have it.
    pub(crate) fn package_name(&self) -> String {
        package(&self.name).unwrap_or_default()
    }

    /// The entry that the project's scripts are, if there is one only.
    ///
    /// # Errors
    /// What was found in place of one, and what to do.
    pub(super) fn entry(&self) -> std::result::Result<Entry, String> {
        match &self.scripts[..] {
            [] => Err("expected what to run, found nothing, and no [project.scripts]; add one of them".to_string()),
            [(name, script)] => parse_entry(script).filter(|entry| entry.function.is_some()).ok_or_else(|| {
                format!(
                    "expected what to run, found {script:?} in [project.scripts] {name}; write \"pkg.mod:function\""
                )
            }),
            [(_, first), ..] => {
                let scripts: Vec<_> = self.scripts.iter().map(|(name, script)| format!("{name} ({script})")).collect();
                Err(format!(
                    "expected what to run, found nothing, and in [project.scripts] {}; set it to one of these: {first:?}",
                    scripts.join(", ")
                ))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Metadata> {
        Metadata::read(&text.parse().expect("TOML"))
    }

    #[test]
    fn it_says_what_is_asked_for_and_whether_a_backend_packs_it() {
        assert_eq!(read("[tool.pyapp]\nentry = 'a'"), None);
        let metadata = read("[project]\nname = 'x'\n").expect("there");
        assert_eq!(metadata, Metadata { name: "x".into(), ..Metadata::default() });
        assert!(read("[project]\ndependencies = ['a']").expect("there").has_dependencies);
        assert!(read("[project]\ndynamic = ['dependencies']").expect("there").has_dependencies);
        assert!(!read("[project]\ndynamic = ['version']").expect("there").has_dependencies);
        assert!(read("[project]\n[build-system]\nrequires = []").expect("there").is_package);
        assert!(!read("[project]\n[build-system]\n[tool.uv]\npackage = false").expect("there").is_package);
        assert!(read("[project]\n[tool.uv]\npackage = true").expect("there").is_package);
    }

    #[test]
    fn a_sole_script_is_the_entry() {
        let entry = |scripts: &str| {
            let metadata = read(&format!("[project]\n[project.scripts]\n{scripts}")).expect("there");
            metadata.entry().map(|entry| entry.text())
        };
        assert_eq!(entry("x = 'a.b:main'"), Ok("a.b:main".to_string()));
        let said = entry("").expect_err("none");
        assert_eq!(said, "expected what to run, found nothing, and no [project.scripts]; add one of them");
        let said = entry("x = 'a.b:main'\ny = 'a.c:main'").expect_err("two");
        let expected =
            "found nothing, and in [project.scripts] x (a.b:main), y (a.c:main); set it to one of these: \"a.b:main\"";
        assert!(said.ends_with(expected), "{said}");
        for odd in ["'a.b'", "1"] {
            let said = entry(&format!("x = {odd}")).expect_err(odd);
            assert!(said.ends_with("in [project.scripts] x; write \"pkg.mod:function\""), "{said}");
        }
    }
}
