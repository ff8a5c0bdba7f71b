//! Several commands in one executable, as `[project.scripts]` has them: the one runs by whose name the executable is called. A module
//! that the build makes chooses it (`commands.py`), and imports them all: so the snapshot has them all.

use super::project::Entry;
use std::fmt::Write;

/// The module's name.
const MODULE: &str = "_pyapp_commands";
/// What it is made from.
const TEXT: &str = include_str!("commands.py");

/// A project's commands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commands {
    /// Names, and what each calls: functions.
    pub list: Vec<(String, Entry)>,
    /// What is called by another name, if not the first argument says it.
    pub default: Option<Entry>,
}

impl Commands {
    /// The entry that chooses.
    pub(super) fn entry(&self) -> Entry {
        Entry { module: MODULE.into(), function: Some("main".into()) }
    }

    /// The file that the module lies in.
    pub(crate) fn file() -> String {
        format!("{MODULE}.py")
    }

    /// The module's text.
    pub(crate) fn text(&self) -> String {
        let (mut imports, mut list, mut default) = (String::new(), String::new(), String::new());
        for (number, (name, entry)) in self.list.iter().enumerate() {
            let function = import(&mut imports, entry, &format!("command_{number}"));
            let _ = writeln!(list, "    {}: {function},", literal(name));
        }
        if let Some(entry) = &self.default {
            default = format!("DEFAULT = {}\n", import(&mut imports, entry, "default"));
        }
        let parts = [("# IMPORTS\n", imports), ("    # COMMANDS\n", list), ("DEFAULT = None  # DEFAULT\n", default)];
        parts
            .into_iter()
            .filter(|(_, text)| !text.is_empty())
            .fold(TEXT.into(), |all, (mark, text)| all.replace(mark, &text))
    }
}

/// Adds the import of what an entry calls under another name; how it is called then.
fn import(imports: &mut String, entry: &Entry, name: &str) -> String {
    let function = entry.function.as_deref().unwrap_or_default();
    let (first, rest) =
        function.split_once('.').map_or((function, String::new()), |(first, rest)| (first, format!(".{rest}")));
    let _ = writeln!(imports, "from {} import {first} as {name}", entry.module);
    name.to_string() + &rest
}

/// A text as Python writes it: JSON is close enough.
fn literal(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_imports_each_command() {
        let entry = |module: &str, function: &str| Entry { module: module.into(), function: Some(function.into()) };
        let list = vec![("a".to_string(), entry("x.y", "main")), ("b\"".to_string(), entry("x", "App.run"))];
        let text = Commands { list: list.clone(), default: None }.text();
        for line in [
            "from x.y import main as command_0\n",
            "from x import App as command_1\n",
            "    \"a\": command_0,\n",
            "    \"b\\\"\": command_1.run,\n",
            "DEFAULT = None",
        ] {
            assert!(text.contains(line), "{line:?} in {text}");
        }
        let text = Commands { list, default: Some(entry("x", "other")) }.text();
        assert!(text.contains("from x import other as default\n") && text.contains("DEFAULT = default\n"), "{text}");
        assert!(!text.contains("# IMPORTS") && !text.contains("# COMMANDS"), "{text}");
    }
}
