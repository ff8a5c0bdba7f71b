//! Runs any WASI preview1 command on pyapp's layer: for conformance suites and for debugging.
//!
//! ```text
//! cargo run --release -p preview1 -- [--mem HOST::GUEST]… [--dir HOST::GUEST]… [--env K=V]… module.wasm ARGS
//! ```
//!
//! `--mem` preopens an in-memory, writable copy of a host folder, `--dir` the host folder itself; exactly these, from
//! descriptor 3 on, in the order given. The exit status is the module's; 134 if it trapped, 125 if it could not be
//! started, 2 if the command line makes no sense.

#![forbid(unsafe_code)]

use host::{ContextBuilder, Input, Outcome, Program, load};
use std::process::ExitCode;
use vfs::{Limits, RootKind, Vfs};

const USAGE: &str = "usage: preview1 [--mem HOST::GUEST]… [--dir HOST::GUEST]… [--env K=V]… module.wasm ARGS

  --mem HOST::GUEST   preopen an in-memory, writable copy of the host folder HOST as GUEST
  --dir HOST::GUEST   preopen the host folder HOST itself as GUEST
  --env K=V           set a variable of the guest's environment";

/// What `--mem` copies may take; a conformance suite needs far less.
const LIMITS: Limits = Limits { bytes: 1 << 30, files: 1 << 20 };

enum Folder {
    Memory,
    Host,
}

struct Request {
    folders: Vec<(Folder, String, String)>,
    environment: Vec<(String, String)>,
    module: String,
    arguments: Vec<String>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if matches!(arguments.first().map(String::as_str), Some("--help" | "-h")) {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let request = match parse(arguments) {
        Ok(request) => request,
        Err(message) => {
            eprintln!("preview1: {message}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(request) {
        Ok(Outcome::Exited(status)) => ExitCode::from((status & 0xff) as u8),
        Ok(Outcome::ClosedPipe) => ExitCode::from(141),
        Ok(Outcome::Trapped(trap)) => {
            eprintln!("preview1: the module trapped: {trap}");
            ExitCode::from(host::abi::TRAPPED)
        }
        Err(error) => {
            eprintln!("preview1: {error:#}");
            ExitCode::from(host::abi::CANNOT_START)
        }
    }
}

fn parse(arguments: Vec<String>) -> Result<Request, String> {
    let mut arguments = arguments.into_iter();
    let (mut folders, mut environment) = (Vec::new(), Vec::new());
    while let Some(argument) = arguments.next() {
        let (option, value) = match argument.split_once('=') {
            Some((option, value)) if option.starts_with("--") => (option.to_string(), Some(value.to_string())),
            _ => (argument.clone(), None),
        };
        let folder = match option.as_str() {
            "--mem" => Folder::Memory,
            "--dir" => Folder::Host,
            "--env" => {
                let value = value.or_else(|| arguments.next()).unwrap_or_default();
                let (name, value) = value.split_once('=').ok_or("--env: expected K=V")?;
                environment.push((name.to_string(), value.to_string()));
                continue;
            }
            _ if option.starts_with("--") => return Err(format!("unknown option {option}")),
            _ => {
                return Ok(Request { folders, environment, module: argument, arguments: arguments.collect() });
            }
        };
        let value = value.or_else(|| arguments.next()).unwrap_or_default();
        let (host, guest) = value.split_once("::").ok_or(format!("{option}: expected HOST::GUEST, found {value:?}"))?;
        folders.push((folder, host.to_string(), guest.to_string()));
    }
    Err("expected a module to run".to_string())
}

fn run(request: Request) -> anyhow::Result<Outcome> {
    use anyhow::Context;
    let wasm = std::fs::read(&request.module).with_context(|| format!("cannot read {}", request.module))?;
    let program = Program::compile(&wasm).map_err(anyhow::Error::from).with_context(|| request.module.clone())?;
    let mut vfs = Vfs::new(LIMITS);
    let mut preopens = Vec::new();
    for (folder, host, guest) in request.folders {
        let root = match folder {
            Folder::Host => None,
            Folder::Memory => {
                let root = vfs.add_root(RootKind::Confined)?;
                load::load_folder(&mut vfs, root, host.as_ref())?;
                Some(root)
            }
        };
        preopens.push((root, host, guest));
    }
    let builder = ContextBuilder::new(vfs).stdin(Input::Inherit).argument(request.module);
    let mut builder = builder.arguments(request.arguments).variables(request.environment);
    for (root, host, guest) in preopens {
        builder = match root {
            Some(root) => builder.preopen(root, guest),
            None => builder.preopen_host(host, guest),
        };
    }
    let (outcome, _) = host::run(&program, builder.build()?)?;
    Ok(outcome)
}
