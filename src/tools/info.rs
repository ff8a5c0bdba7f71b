//! `info`: versions, sizes, hashes of what went in.

use crate::linked::{self, Linked};
use anyhow::{Context, Result};
use archive::EntryKind;
use bundle::{Bundle, Part};
use serde_json::{Value, json};
use std::io::Write;

/// For programs: one JSON object.
pub fn json(bundle: &Bundle<Linked>, out: &mut impl Write) -> Result<()> {
    writeln!(out, "{:#}", collect(bundle)?)?;
    Ok(())
}

/// For people: a line a fact.
pub fn text(bundle: &Bundle<Linked>, out: &mut impl Write) -> Result<()> {
    print(&collect(bundle)?, 0, out)
}

fn collect(bundle: &Bundle<Linked>) -> Result<Value> {
    let archive = bundle.archive();
    let size = |part| bundle.record(part).map_or(0, |record| record.stored);
    let mut info = linked::manifest(archive)?;
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
            "machine code": size(Part::MachineCode),
            "base image": size(Part::BaseImage),
            "snapshot": size(Part::Snapshot),
            "archive": archive.bytes().len(),
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
