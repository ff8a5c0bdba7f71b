//! `[project]`: what a project says of itself for every tool (PEP 621), as far as a bundle needs it. The rest is uv's to read.

use super::project::Entry;
use super::values::{package, parse_entry, parse_toml};
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
    /// `[project.scripts]`: commands, and what each calls, as it is written; without those that need extras that are not installed.
    pub scripts: Vec<(String, String)>,
}

impl Metadata {
    /// Reads the table, if there is one.
    pub(super) fn read(file: &toml::Table) -> Option<Metadata> {
        let table = file.get("project")?.as_table()?;
        let list = |key: &str| table.get(key).and_then(super::values::strings).unwrap_or_default();
        let is_package = file.get("tool").and_then(|tool| tool.get("uv")?.get("package")?.as_bool());
        let scripts = table.get("scripts").and_then(toml::Value::as_table);
        let scripts = scripts.into_iter().flatten();
        let extras =
            file.get("tool").and_then(|tool| tool.get("pyapp")?.get("extras")).and_then(super::values::strings);
        let extras = extras.unwrap_or_default();
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
            scripts: scripts
                .map(|(name, value)| (name.clone(), text(value)))
                .filter(|(_, script)| needs(script).iter().all(|extra| extras.contains(extra)))
                .collect(),
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

    /// What its scripts call.
    ///
    /// # Errors
    /// What was found in place of a function, and what to do.
    pub(super) fn commands(&self) -> std::result::Result<Vec<(String, Entry)>, String> {
        let command = |(name, script): &(String, String)| {
            // Behind it may stand extras that it needs.
            let text = script.split('[').next().unwrap_or_default().trim();
            let entry = parse_entry(text).filter(|entry| entry.function.is_some()).ok_or_else(|| {
                format!(
                    "expected what to run, found {script:?} in [project.scripts] {name}; write \"pkg.mod:function\""
                )
            })?;
            Ok((name.clone(), entry))
        };
        self.scripts.iter().map(command).collect()
    }
}

/// The extras that a script needs, which stand behind what it calls.
fn needs(script: &str) -> Vec<String> {
    let extras = script.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map_or("", |(extras, _)| extras);
    extras.split(',').filter_map(package).collect()
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
    fn scripts_are_commands() {
        let commands = |scripts: &str| {
            let metadata = read(&format!("[project]\n[project.scripts]\n{scripts}")).expect("there");
            let commands = metadata.commands()?;
            Ok::<_, String>(
                commands.into_iter().map(|(name, entry)| format!("{name} {}", entry.text())).collect::<Vec<_>>(),
            )
        };
        assert_eq!(commands("x = 'a.b:main'\ny = 'a.c:main'"), Ok(vec!["x a.b:main".into(), "y a.c:main".into()]));
        let needing = "x = 'a.b:main'\ny = 'a.c:main [Z_z]'";
        assert_eq!(commands(needing), Ok(vec!["x a.b:main".into()]));
        let installed = format!("{needing}\n[tool.pyapp]\nextras = ['z-z']");
        assert_eq!(commands(&installed), Ok(vec!["x a.b:main".into(), "y a.c:main".into()]));
        assert_eq!(commands(""), Ok(Vec::new()));
        for odd in ["'a.b'", "1"] {
            let said = commands(&format!("x = {odd}")).expect_err(odd);
            assert!(said.ends_with("in [project.scripts] x; write \"pkg.mod:function\""), "{said}");
        }
    }
}
