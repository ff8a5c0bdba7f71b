//! What a wheel starts that is bundled by itself: its only command, or the one of its own name.

use crate::error::{Doing, Error, Result};
use crate::inputs::{Entry, parse_entry};
use std::fs;
use std::path::Path;

/// Where a distribution says which commands it has, in its metadata.
const FILE: &str = "entry_points.txt";
const SECTION: &str = "[console_scripts]";

/// The entry of a wheel that is installed in `folder`.
///
/// # Errors
/// [`Error::Project`] if it has no such command; [`Error::Io`].
pub(super) fn entry(wheel: &Path, folder: &Path) -> Result<Entry> {
    let file = wheel.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut parts = file.split('-');
    let (name, version) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let path = folder.join(format!("{name}-{version}.dist-info")).join(FILE);
    let text = if path.is_file() { fs::read_to_string(&path).doing("read", &path)? } else { String::new() };
    choose(name, &commands(&text)).map_err(|found| Error::Project {
        place: wheel.display().to_string(),
        message: format!(
            "expected one command in its {FILE}, or one called {name}, found {found}; write a pyproject.toml with what to \
             run ([tool.pyapp] entry), and {name} in its dependencies"
        ),
    })
}

/// The commands, each with what it calls.
fn commands(text: &str) -> Vec<(&str, Entry)> {
    let lines = text.lines().map(str::trim).skip_while(|line| *line != SECTION).skip(1);
    let lines = lines.take_while(|line| !line.starts_with('['));
    let command = |line: &'_ str| {
        let (name, calls) = line.split_once('=')?;
        // Behind it may stand extras that it needs.
        let calls = calls.split('[').next().unwrap_or_default();
        Some((name.len(), parse_entry(&calls.replace(' ', ""))?))
    };
    lines.filter_map(|line| command(line).map(|(len, entry)| (line[..len].trim(), entry))).collect()
}

fn choose(name: &str, commands: &[(&str, Entry)]) -> std::result::Result<Entry, String> {
    let is_own = |other: &str| other.replace('-', "_").eq_ignore_ascii_case(name);
    let names = || commands.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    match commands {
        [] => Err("none".to_string()),
        [(_, entry)] => Ok(entry.clone()),
        _ => commands.iter().find(|(other, _)| is_own(other)).map(|(_, entry)| entry.clone()).ok_or_else(names),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_only_command_or_the_one_of_its_name_is_the_entry() {
        let chosen = |name: &str, text: &str| choose(name, &commands(text)).map(|entry| entry.text());
        let one = "[x]\na = b:c\n[console_scripts]\none = p.cli : main [extra]\n\n[y]\ntwo = p:other\n";
        assert_eq!(chosen("any", one), Ok("p.cli:main".to_string()));
        let two = "[console_scripts]\ntool-box = p:a\nother = p:b\n";
        assert_eq!(chosen("tool_box", two), Ok("p:a".to_string()));
        assert_eq!(chosen("any", two), Err("tool-box, other".to_string()));
        assert_eq!(chosen("any", ""), Err("none".to_string()));
    }
}
