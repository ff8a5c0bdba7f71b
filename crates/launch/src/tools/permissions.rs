//! `permissions`: what the app may reach of the machine that it runs on, and the least that a run has needed.

use anyhow::{Context as _, Result};
use policy::{Arguments, Permissions, least};
use serde_json::json;
use std::io::Write;
use std::path::Path;

/// For people: a line a key of `[tool.pyapp.permissions]`.
pub fn words(permissions: &Permissions, out: &mut impl Write) -> Result<()> {
    let arguments = match permissions.arguments {
        Arguments::None => "naming a file or folder in an argument grants nothing",
        Arguments::Read => "what an argument names may be read",
        Arguments::Write => "what an argument names may be read, written, made and removed",
    };
    let lost = if permissions.report_lost_files { "said when the app ends" } else { "not said" };
    let cwd = if permissions.starts_in_callers_folder() { "the caller's folder, by its name" } else { "/" };
    writeln!(out, "arguments: {arguments}")?;
    writeln!(out, "read: {}", list(&permissions.read, "nothing"))?;
    writeln!(out, "write: {}", list(&permissions.write, "nothing"))?;
    writeln!(out, "env: {}", list(&permissions.env, "no variable"))?;
    writeln!(out, "connect: {}", list(&permissions.connect, "to no host"))?;
    writeln!(out, "listen: {}", list(&permissions.listen, "nowhere"))?;
    writeln!(out, "current directory: {cwd}")?;
    writeln!(out, "files lost at exit: {lost}")?;
    Ok(())
}

fn list(items: &[String], nothing: &str) -> String {
    if items.is_empty() { nothing.to_string() } else { items.join(", ") }
}

/// For programs: the table as JSON.
pub fn json(permissions: &Permissions, out: &mut impl Write) -> Result<()> {
    writeln!(out, "{:#}", serde_json::to_value(permissions)?)?;
    Ok(())
}

/// The smallest table under which all that an audit tells of would have been granted, as TOML.
pub fn from_audit(file: &Path, out: &mut impl Write) -> Result<()> {
    let expected = || format!("{}: expected an audit, as PYAPP_AUDIT=FILE writes it", file.display());
    let text = std::fs::read_to_string(file).with_context(expected)?;
    let least = least(&text).map_err(anyhow::Error::msg).with_context(expected)?;
    // Lists of strings are written in TOML as in JSON.
    writeln!(out, "[tool.pyapp.permissions]\narguments = \"none\"")?;
    writeln!(out, "read = {}\nwrite = {}", json!(least.read), json!(least.write))?;
    for (key, entries) in [("connect", least.connect), ("listen", least.listen)] {
        if !entries.is_empty() {
            writeln!(out, "{key} = {}", json!(entries))?;
        }
    }
    Ok(())
}
