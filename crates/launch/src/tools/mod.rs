//! `PYAPP_TOOLS=1`: looking inside the executable.

mod cat;
mod extract;
mod info;
mod ls;
mod permissions;
mod symbolize;
mod verify;

use crate::linked::Linked;
use crate::status;
use anyhow::{Context, Result};
use archive::{Archive, EntryId};
use host::abi::MOUNT;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

const USAGE: &str = "usage: PYAPP_TOOLS=1 pyapp COMMAND

  info [--json]          versions, sizes, distributions, and the hashes of what it was built from
  info --tree            which distribution asks for which
  info --sizes           what takes the room, the largest first
  ls [-l] [PATH]         all files, or those below PATH; -l: kind, size, packed size
  cat PATH               the contents of a file, to stdout
  extract [PATH] FOLDER  write all files, or those below PATH, to a new folder
  licenses               all that is bundled, with licences, and each licence text once
  permissions [--json]   what the app may reach of the machine that it runs on, and of the network
  permissions --from FILE
                         the least that the runs in an audit have needed; PYAPP_AUDIT=FILE writes one
  sbom                   the same as a bill of materials: CycloneDX 1.6, JSON
  symbolize [FILE]       copy stdin, and fill source lines into its tracebacks; they come from FILE, which
                         the build has written: pyapp.pysym (default: this executable's name and .pysym)
  verify                 check every byte against the checksums of the build
  help                   this text

PATH is as the app sees it, with or without the leading /vfs/.
Exit status: 0 done, 1 it could not be done, 2 wrong usage.";

/// A request that makes no sense.
#[derive(Debug)]
struct Usage(String);

impl std::fmt::Display for Usage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

/// Does what the arguments ask for.
pub fn main(linked: &Linked, arguments: Vec<OsString>) -> ExitCode {
    match run(linked, arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_broken_pipe(&error) => ExitCode::from(status::CLOSED_PIPE),
        Err(error) if error.is::<Usage>() => {
            status::tell(format_args!("pyapp tools: {error}\n{USAGE}"));
            ExitCode::from(status::USAGE)
        }
        Err(error) => {
            status::tell(format_args!("pyapp tools: {error:#}"));
            ExitCode::from(status::TOOL_FAILED)
        }
    }
}

fn run(linked: &Linked, arguments: Vec<OsString>) -> Result<()> {
    let arguments: Vec<String> = arguments
        .into_iter()
        .map(|argument| argument.into_string().map_err(|text| Usage(format!("expected UTF-8, found {text:?}"))))
        .collect::<Result<_, _>>()?;
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => return Err(Usage("expected a command, found none".to_string()).into()),
    };
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    let out = &mut io::BufWriter::new(io::stdout().lock());
    let bundle = || linked.open();
    match (command, rest.as_slice()) {
        ("help" | "--help" | "-h", _) => writeln!(out, "{USAGE}")?,
        ("info", []) => info::text(&bundle()?, linked.target, out)?,
        ("info", ["--json"]) => info::json(&bundle()?, linked.target, out)?,
        ("info", ["--tree"]) => info::tree(&bundle()?, out)?,
        ("info", ["--sizes"]) => info::sizes(&bundle()?, out)?,
        ("ls", []) => ls::list(bundle()?.archive(), "", false, out)?,
        ("ls", ["-l"]) => ls::list(bundle()?.archive(), "", true, out)?,
        ("ls", ["-l", path] | [path, "-l"]) => ls::list(bundle()?.archive(), path, true, out)?,
        ("ls", [path]) if !path.starts_with('-') => ls::list(bundle()?.archive(), path, false, out)?,
        ("cat", [path]) => cat::print(bundle()?.archive(), path, out)?,
        ("extract", [folder]) => extract::write(bundle()?.archive(), "", folder.as_ref(), out)?,
        ("extract", [path, folder]) => extract::write(bundle()?.archive(), path, folder.as_ref(), out)?,
        ("sbom", []) => {
            let bundle = bundle()?;
            inside::sbom::print(bundle.archive(), bundle.entry(), out)?;
        }
        ("symbolize", []) => symbolize::print(&bundle()?, None, out)?,
        ("symbolize", [file]) => symbolize::print(&bundle()?, Some(file.as_ref()), out)?,
        ("verify", []) => verify::all(&bundle()?, out)?,
        ("licenses", []) => inside::licences::print(bundle()?.archive(), out)?,
        ("permissions", []) => permissions::words(bundle()?.permissions(), out)?,
        ("permissions", ["--json"]) => permissions::json(bundle()?.permissions(), out)?,
        ("permissions", ["--from", file]) => permissions::from_audit(file.as_ref(), out)?,
        ("permissions", ["--from"]) => {
            return Err(Usage(format!("{command}: --from: expected a file, found none")).into());
        }
        ("cat" | "extract", []) => {
            return Err(Usage(format!("{command}: expected a path, found none")).into());
        }
        ("info" | "ls" | "cat" | "extract" | "licenses" | "permissions" | "sbom" | "symbolize" | "verify", _) => {
            return Err(Usage(format!("{command}: found arguments that it does not take: {}", rest.join(" "))).into());
        }
        _ => return Err(Usage(format!("expected a command, found {command:?}")).into()),
    }
    out.flush()?;
    Ok(())
}

/// An entry's path as the app sees it.
fn guest_path(archive: &Archive, id: EntryId) -> String {
    format!("/{MOUNT}/{}", archive.path(id))
}

/// The entry at a path as the app sees it.
fn find(archive: &Archive, path: &str) -> Result<EntryId> {
    let below = path.strip_prefix('/').and_then(|path| path.strip_prefix(MOUNT));
    let inner = below.filter(|rest| rest.is_empty() || rest.starts_with('/')).unwrap_or(path);
    archive.find(inner).with_context(|| format!("{path}: expected a path in the archive, found nothing; try ls"))
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let mut causes = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
    causes.any(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
