//! Running CPython: as the app, or as `python3`.

use crate::assets::{self, Index, Part};
use crate::{settings, status};
use anyhow::{Context as _, Result};
use archive::Archive;
use host::{Context, Input, Outcome, Program, Timing, layout};
use std::convert::Infallible;
use std::sync::Arc;
use vfs::Limits;

/// Runs the bundled app: resumed from its snapshot, if it has one.
///
/// # Errors
/// If it could not be started.
pub fn app() -> Result<Infallible> {
    let timing = Timing::start();
    let index = Index::read()?;
    if index.has(&assets::APP) {
        return run(&index, &assets::APP, None, timing);
    }
    run(&index, &assets::COLD, Some(index.entry()?), timing)
}

/// Behaves as `python3`.
///
/// # Errors
/// If it could not be started.
pub fn interpreter() -> Result<Infallible> {
    run(&Index::read()?, &assets::COLD, None, Timing::start())
}

fn run(index: &Index, image: &Part, entry: Option<&str>, mut timing: Timing) -> Result<Infallible> {
    let archive = assets::archive()?;
    timing.mark("index");
    let program = program(index, image, &archive, &mut timing)?;
    let mut builder = layout::python_context(archive, Limits::default()).context("the in-memory file system")?;
    for argument in std::env::args_os() {
        let argument = argument.into_string();
        let fail = |argument| anyhow::anyhow!("argument {argument:?}: expected UTF-8, as WASI passes nothing else on");
        builder = builder.argument(argument.map_err(fail)?);
    }
    for (name, value) in settings::guest_environment() {
        builder = builder.variable(name, value);
    }
    if let Some(entry) = entry {
        builder = builder.variable(layout::ENTRY_VARIABLE, entry);
    }
    let guest = builder.stdin(Input::Inherit).build()?;
    timing.mark("files");
    host::run_then(&program, guest, &mut timing, end)?
}

/// Ends the process as the guest has ended. Here, and not by returning: taking down what the kernel takes down anyway
/// would cost time.
fn end(outcome: Outcome, timing: &Timing, context: &Context) -> ! {
    let status = match outcome {
        // A process's exit status has eight bits.
        Outcome::Exited(status) => status & 0xff,
        Outcome::ClosedPipe => status::CLOSED_PIPE.into(),
        Outcome::Trapped(trap) => {
            status::tell(format_args!("pyapp: the interpreter trapped: {trap}"));
            status::TRAPPED.into()
        }
    };
    if settings::timing() {
        tell(timing);
        tell_imports(context);
    }
    std::process::exit(status as i32)
}

/// The interpreter, with that image as its memory.
fn program(index: &Index, part: &Part, archive: &Archive, timing: &mut Timing) -> Result<Program> {
    // What is compressed is expanded side by side.
    let (code, image) = std::thread::scope(|scope| {
        let code = index.is_compressed(&assets::MACHINE_CODE).then(|| scope.spawn(|| index.code()));
        let image = index.image(part);
        let code = match code {
            Some(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            None => index.code(),
        };
        (code, image)
    });
    let image = image?;
    image.expect(part.start(), archive.identity())?;
    if index.is_compressed(&assets::MACHINE_CODE) {
        timing.mark("expand");
    }
    let image = Some(Arc::new(image));
    let program = Program::from_trusted_static(code?, image, timing);
    program.map_err(anyhow::Error::from).context("the machine code in this executable")
}

/// Says where the time went, in milliseconds.
fn tell(timing: &Timing) {
    let mut text = String::from("pyapp: ");
    let mut total = 0.0;
    for (stage, time) in timing.stages() {
        let time = time.as_secs_f64() * 1000.0;
        total += time;
        text += &format!("{stage} {time:.2}, ");
    }
    status::tell(format_args!("{text}total {total:.2} ms"));
}

/// Says which modules were loaded in this run: candidates for `snapshot-include`.
fn tell_imports(context: &Context) {
    let read = context.vfs().files_read();
    let modules: Vec<String> = read.iter().filter_map(|path| module_name(path)).collect();
    if !modules.is_empty() {
        status::tell(format_args!("pyapp: modules loaded in this run: {}", modules.join(", ")));
    }
}

/// The name under which a file of the archive is imported, if it is a module.
fn module_name(path: &str) -> Option<String> {
    let inner = path.strip_prefix(layout::STDLIB)?;
    let inner = inner.strip_prefix("/site-packages").unwrap_or(inner).strip_prefix('/')?;
    let name = inner.strip_suffix(".pyc")?;
    Some(name.strip_suffix("/__init__").unwrap_or(name).replace('/', "."))
}

#[cfg(test)]
mod tests {
    use super::module_name;

    #[test]
    fn files_of_the_archive_are_named_as_they_are_imported() {
        let name = |path: &str| module_name(&format!("usr/local/lib/python3.13/{path}"));
        assert_eq!(name("json/__init__.pyc").as_deref(), Some("json"));
        assert_eq!(name("site-packages/a/b.pyc").as_deref(), Some("a.b"));
        assert_eq!(name("site-packages/a/data.txt"), None);
        assert_eq!(module_name("pyapp.json"), None);
    }
}
