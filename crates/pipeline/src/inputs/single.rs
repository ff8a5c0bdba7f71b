//! A project that is one file: a script, with what it asks for and its settings in comments (PEP 723), or a wheel.

use super::asked::{Asked, Form};
use super::project::{Defaults, Entry, Project};
use super::values::{is_identifier, parse_toml};
use crate::error::{Doing, Error, Result};
use std::path::Path;

/// How a wheel's name ends.
const WHEEL: &str = "whl";
/// What a block of settings begins and ends with.
const BEGIN: &str = "# /// script";
const END: &str = "# ///";

/// Reads the settings of a file.
///
/// # Errors
/// [`Error::Project`] naming the file, and the key; [`Error::Io`].
pub(super) fn read(path: &Path) -> Result<Project> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let is_wheel = path.extension().is_some_and(|ending| ending == WHEEL);
    if is_wheel {
        // What it starts is told by what it holds, which is known when it is installed.
        let defaults = defaults(String::new(), Some(Asked { form: Form::Wheel, file: path.to_path_buf() }), None);
        return Project::of(path.to_path_buf(), folder, &toml::Table::new(), defaults);
    }
    let fail = |message: String| Error::Project { place: path.display().to_string(), message };
    let text = std::fs::read(path).doing("read", path)?;
    let text = String::from_utf8(text).map_err(|_| {
        fail("expected a script in UTF-8, a wheel, or a folder with pyproject.toml, found something else".to_string())
    })?;
    let table = parse_toml(path, &settings(&text).map_err(&fail)?)?;
    let module = module(path).map_err(&fail)?;
    let asks = table.get("dependencies").and_then(toml::Value::as_array).is_some_and(|list| !list.is_empty());
    let asked = asks.then(|| Asked { form: Form::Script, file: path.to_path_buf() });
    let defaults = defaults(module.clone(), asked, Some(module));
    Project::of(path.to_path_buf(), folder, &table, defaults)
}

/// What holds of a file: it has no folder of its own, and runs as the one module that it is, or that it will turn out to start.
fn defaults(module: String, asked: Option<Asked>, script: Option<String>) -> Defaults<'static> {
    let commands = Ok(vec![(String::new(), Entry { module, function: None })]);
    Defaults { commands, libs: Vec::new(), modules: Vec::new(), metadata: None, asked, script }
}

/// The module that a script is: its name, with `_` for what no module's name has.
fn module(path: &Path) -> std::result::Result<String, String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let stem = name.strip_suffix(".py").ok_or_else(|| {
        format!("expected a script (.py), a wheel (.{WHEEL}), or a folder with pyproject.toml, found {name}; rename it")
    })?;
    let clean = |char: char| if char.is_alphanumeric() { char } else { '_' };
    let module: String = stem.chars().map(clean).collect();
    if is_identifier(&module) { Ok(module) } else { Ok(format!("_{module}")) }
}

/// The block of settings as TOML, on the lines that it has in the script; nothing if there is none.
pub(crate) fn settings(script: &str) -> std::result::Result<String, String> {
    let (mut toml, mut blocks, mut is_inside) = (String::new(), 0, false);
    let lines: Vec<&str> = script.lines().collect();
    for (number, line) in lines.iter().enumerate() {
        // A block ends with its last such line; another one can only stand in it if comments go on.
        let goes_on = || lines[number + 1..].iter().take_while(|line| line.starts_with('#')).any(|line| *line == END);
        if !is_inside && *line == BEGIN && goes_on() {
            blocks += 1;
            is_inside = true;
        } else if is_inside && *line == END && !goes_on() {
            is_inside = false;
        } else if is_inside {
            toml += line.strip_prefix("# ").or(line.strip_prefix('#')).unwrap_or_default();
        }
        toml.push('\n');
    }
    match blocks {
        0 | 1 => Ok(toml),
        _ => Err(format!("expected one block {BEGIN:?}, found {blocks}; make them one")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_read_with_the_lines_of_the_script() {
        let script = "#!/usr/bin/env python\n# /// script\n# a = 1\n#\n# ///\nimport x\n";
        assert_eq!(settings(script).expect("a block"), "\n\na = 1\n\n\n\n");
        assert_eq!(settings("import x\n# /// script\n# a = 1\nx\n").expect("none").trim(), "");
        let twice = format!("{script}{script}");
        assert!(settings(&twice).expect_err("two").ends_with("found 2; make them one"));
        let other = "# /// script\n# a = '''\n# ///\n# '''\n# ///\n";
        assert_eq!(settings(other).expect("one").trim(), "a = '''\n///\n'''");
    }

    #[test]
    fn a_script_says_what_it_asks_for_and_how_it_is_bundled() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("2-do.py");
        let read = |text: &str| {
            std::fs::write(&path, text).expect("written");
            read(&path).map_err(|error| error.to_string().replace(&format!("{}/", folder.path().display()), ""))
        };
        let project =
            read("# /// script\n# dependencies = ['a']\n# [tool.pyapp]\n# optimize = 1\n# ///\n").expect("read");
        assert_eq!((project.entry.text(), project.optimize, project.libs.len()), ("_2_do".to_string(), 1, 0));
        assert_eq!(project.asked.map(|asked| asked.form), Some(Form::Script));
        assert_eq!(read("").expect("read").asked, None);
        let error = read("\n# /// script\n# [tool.pyapp]\n# optimize = 3\n# ///\n").expect_err("refused");
        assert_eq!(error, "2-do.py, [tool.pyapp] optimize: expected 0, 1 or 2, found 3");
        let error = read("\n# /// script\n# a =\n# ///\n").expect_err("refused");
        assert!(error.starts_with("2-do.py: line 3: expected TOML"), "{error}");
    }

    #[test]
    fn what_is_neither_is_refused_and_can_be_renamed() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("tool");
        std::fs::write(&path, "").expect("written");
        let error = read(&path).expect_err("refused").to_string();
        assert!(error.ends_with("or a folder with pyproject.toml, found tool; rename it"), "{error}");
        let renamed = folder.path().join("tool.py");
        std::fs::rename(&path, &renamed).expect("renamed");
        assert_eq!(read(&renamed).expect("read").script.as_deref(), Some("tool"));
        std::fs::write(&path, [0xff]).expect("written");
        assert!(read(&path).expect_err("refused").to_string().contains("expected a script in UTF-8"));
    }
}
