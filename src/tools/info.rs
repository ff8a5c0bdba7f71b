//! `info`: versions, sizes, hashes of what went in.

use crate::assets;
use anyhow::{Context, Result};
use archive::{Archive, EntryKind};
use serde_json::{Value, json};
use std::io::Write;

/// For programs: one JSON object.
pub fn json(archive: &Archive, out: &mut impl Write) -> Result<()> {
    writeln!(out, "{:#}", collect(archive)?)?;
    Ok(())
}

/// For people: a line a fact.
pub fn text(archive: &Archive, out: &mut impl Write) -> Result<()> {
    print(&collect(archive)?, 0, out)
}

fn collect(archive: &Archive) -> Result<Value> {
    let mut info = assets::manifest(archive)?;
    let entries = || (0..archive.count()).filter_map(|index| archive.entry(index));
    let files = entries().filter(|entry| entry.kind == EntryKind::File);
    let executable = std::env::current_exe().and_then(std::fs::metadata).map(|metadata| metadata.len());
    let facts = info.as_object_mut().context("expected a JSON object in the archive")?;
    facts.insert("pyapp".into(), json!(env!("CARGO_PKG_VERSION")));
    facts.insert("wasmtime".into(), json!(host::engine::WASMTIME_VERSION));
    facts.insert("archive format".into(), json!(archive::format::VERSION));
    facts.insert("target".into(), json!(env!("PYAPP_TARGET")));
    facts.insert(
        "bytes".into(),
        json!({
            // Unknown where the system does not say which file is running.
            "executable": executable.ok(),
            "machine code": assets::MACHINE_CODE.size(),
            "base image": assets::COLD.size(),
            "snapshot": assets::APP.size(),
            "archive": archive.size(),
            "archive, expanded": entries().map(|entry| entry.len).sum::<u64>(),
        }),
    );
    facts.insert("files".into(), json!(files.count()));
    Ok(info)
}

fn print(value: &Value, indent: usize, out: &mut impl Write) -> Result<()> {
    for (key, value) in value.as_object().context("expected a JSON object in the archive")? {
        match value {
            Value::Object(_) => {
                writeln!(out, "{:indent$}{key}:", "")?;
                print(value, indent + 2, out)?;
            }
            Value::String(text) => writeln!(out, "{:indent$}{key}: {text}", "")?,
            Value::Null => writeln!(out, "{:indent$}{key}: unknown", "")?,
            _ => writeln!(out, "{:indent$}{key}: {value}", "")?,
        }
    }
    Ok(())
}
