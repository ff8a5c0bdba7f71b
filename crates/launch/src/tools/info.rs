//! `info`: versions, sizes, hashes of what went in; the distributions, and who asks for them.

use crate::linked::{self, Linked};
use anyhow::{Context, Result};
use archive::EntryKind;
use bundle::{Bundle, Part};
use inside::{Distribution, Distributions};
use serde_json::{Value, json};
use std::io::Write;

const DISTRIBUTIONS: &str = "distributions";

/// For programs: one JSON object.
pub fn json(bundle: &Bundle<Linked>, target: &str, out: &mut impl Write) -> Result<()> {
    writeln!(out, "{:#}", collect(bundle, target)?)?;
    Ok(())
}

/// For people: a line a fact.
pub fn text(bundle: &Bundle<Linked>, target: &str, out: &mut impl Write) -> Result<()> {
    let mut info = collect(bundle, target)?;
    let facts = info.as_object_mut().context("expected a JSON object in the archive")?;
    facts.remove(DISTRIBUTIONS);
    print(&info, 0, out)?;
    let inside = Distributions::read(bundle.archive())?;
    writeln!(out, "{DISTRIBUTIONS}: {}", inside.list.len())?;
    for one in &inside.list {
        let asked = asked_by(&inside, one).join(", ");
        let asked = if asked.is_empty() { "the project".to_string() } else { asked };
        writeln!(out, "  {} {}: {} bytes, asked for by {asked}", one.name, one.version, one.stored)?;
    }
    Ok(())
}

/// Who asks for whom, below the app.
pub fn tree(bundle: &Bundle<Linked>, out: &mut impl Write) -> Result<()> {
    Ok(inside::tree::print(&Distributions::read(bundle.archive())?, bundle.entry(), out)?)
}

/// What takes the room.
pub fn sizes(bundle: &Bundle<Linked>, out: &mut impl Write) -> Result<()> {
    Ok(inside::sizes::print(bundle, executable(), out)?)
}

/// The size of this executable; unknown where the system does not say which file is running.
fn executable() -> Option<u64> {
    std::env::current_exe().and_then(std::fs::metadata).map(|metadata| metadata.len()).ok()
}

fn asked_by<'a>(inside: &'a Distributions, one: &Distribution) -> Vec<&'a str> {
    one.asked_by.iter().filter_map(|place| inside.list.get(*place)).map(|other| other.name.as_str()).collect()
}

fn collect(bundle: &Bundle<Linked>, target: &str) -> Result<Value> {
    let archive = bundle.archive();
    let size = |part| bundle.record(part).map_or(0, |record| record.stored);
    let mut info = linked::manifest(archive)?;
    let entries = || (0..archive.count()).filter_map(|index| archive.entry(index));
    let files = entries().filter(|entry| entry.kind == EntryKind::File);
    let inside = Distributions::read(archive)?;
    let distributions = inside.list.iter().map(|one| {
        let asked = asked_by(&inside, one);
        json!({"name": one.name, "version": one.version, "bytes": one.stored, "asked for by": asked})
    });
    let distributions: Vec<Value> = distributions.collect();
    let facts = info.as_object_mut().context("expected a JSON object in the archive")?;
    facts.insert("pyapp".into(), json!(env!("CARGO_PKG_VERSION")));
    facts.insert("wasmtime".into(), json!(host::engine::WASMTIME_VERSION));
    facts.insert("archive format".into(), json!(archive::format::VERSION));
    facts.insert("target".into(), json!(target));
    facts.insert(
        "bytes".into(),
        json!({
            "executable": executable(),
            "machine code": size(Part::MachineCode),
            "base image": size(Part::BaseImage),
            "snapshot": size(Part::Snapshot),
            "archive": archive.bytes().len(),
            "archive, expanded": entries().map(|entry| entry.len).sum::<u64>(),
        }),
    );
    facts.insert(DISTRIBUTIONS.into(), json!(distributions));
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
