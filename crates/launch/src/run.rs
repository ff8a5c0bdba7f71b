//! Running CPython: as the app, or as `python3`.

use crate::linked::Linked;
use crate::{farewell, limits, reach, settings, status};
use anyhow::Result;
use bundle::Run;
use host::{Context, Input, Meter, Outcome, Timing, Zones, layout};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::convert::Infallible;
use std::ffi::OsString;

/// Runs the bundled app: resumed from its snapshot, if it has one.
///
/// # Errors
/// If it could not be started.
pub fn app(linked: Linked) -> Result<Infallible> {
    run(&linked, None)
}

/// Behaves as `python3`.
///
/// # Errors
/// If it could not be started.
pub fn interpreter(linked: Linked) -> Result<Infallible> {
    run(&linked, Some(Run::Interpreter))
}

fn run(linked: &Linked, run: Option<Run>) -> Result<Infallible> {
    let mut timing = Timing::start();
    host::share_heap();
    let bundle = linked.open()?;
    let run = run.unwrap_or_else(|| bundle.app());
    timing.mark("index");
    let program = bundle.program(run, &mut timing)?;
    let arguments: Vec<OsString> = std::env::args_os().collect();
    raise_limit_on_files();
    let limits = limits::limits(bundle.limits())?;
    let meter = Meter::new(limits);
    meter.watch(limits::end)?;
    let reach = reach::reach(bundle.permissions(), arguments.get(1..).unwrap_or_default())?;
    let permissions = reach.permissions.clone();
    let texts = arguments.into_iter().map(|argument| {
        let fail = |argument| anyhow::anyhow!("argument {argument:?}: expected UTF-8, as WASI passes nothing else on");
        argument.into_string().map_err(fail)
    });
    let context = bundle
        .context(run, limits::of_scratch(&limits)?, reach)?
        .arguments(texts.collect::<Result<Vec<String>>>()?)
        .variables(settings::guest_environment(&permissions))
        .zones(Zones::of_machine())
        .stdin(Input::Inherit)
        .signals()
        .meter(meter)
        .build()?;
    timing.mark("files");
    let is_app = run != Run::Interpreter;
    host::run_then(&program, context, &mut timing, |outcome, timing, context| {
        if is_app {
            for line in farewell::lines(context, &permissions) {
                status::tell(format_args!("pyapp: {line}"));
            }
        }
        end(outcome, timing, context)
    })?
}

/// Each grant keeps a folder open, and so does each descriptor of the guest: as many as the system lets this process have. (The soft
/// limit is low for the sake of `select`, which is not used here.)
fn raise_limit_on_files() {
    let limit = getrlimit(Resource::Nofile);
    // One that stays low is met later, with a message of its own.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
}

/// Ends the process as the guest has ended. Here, and not by returning: taking down what the kernel takes down anyway
/// would cost time.
fn end(outcome: Outcome, timing: &Timing, context: &Context) -> ! {
    let meter = context.meter();
    let status = match (meter.ended_by(&outcome), outcome) {
        (Some(resource), _) => limits::told(meter, resource).into(),
        // A process's exit status has eight bits.
        (None, Outcome::Exited(status)) => status & 0xff,
        (None, Outcome::ClosedPipe) => status::CLOSED_PIPE.into(),
        (None, Outcome::Trapped(trap)) => {
            status::tell(format_args!("pyapp: the interpreter trapped: {trap}"));
            status::TRAPPED.into()
        }
    };
    if settings::timing() {
        tell(timing);
        tell_imports(context);
    }
    if let Some(signal) = context.signal(status) {
        host::end_by(signal);
    }
    std::process::exit(status as i32)
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
