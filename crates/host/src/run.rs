//! One run of a guest, from its first instruction to its exit status.

use crate::abi;
use crate::context::Context;
use crate::error::StartError;
use crate::machine::{Program, with_new_memory};
use crate::outcome::{Outcome, outcome_of};
use crate::preview1;
use crate::thread::on_guest_thread;
use crate::threads::{Origin, Seat, settle};
use crate::timing::Timing;
use crate::wasi::{ClosedPipe, Exit};
use memory_image::Start;
use policy::Resource;
use wasmtime::{Instance, Linker, Store, Trap, Val};

/// Runs `program` in `context`, on a thread of its own that has the stack the guest needs: from `_start`, or on from where
/// its image was made. Returns how it ended and what is left of the context, whose file system can be looked at.
///
/// # Errors
/// If the module is no preview1 command, needs something that is not there, does not belong to its image, or the machine
/// has no room for it.
pub fn run(program: &Program, context: Context) -> Result<(Outcome, Context), StartError> {
    on_guest_thread(|| {
        let (outcome, store) = run_here(program, context, &mut Timing::start())?;
        store.data().join();
        Ok((outcome, store.into_data().into_context()))
    })
}

/// As [`run`], but when the guest has ended calls `then`, on the guest's thread and before its memory is given back: a
/// process that exits there leaves that to the kernel, which is faster. `timing` notes where the time goes.
///
/// # Errors
/// As [`run`].
pub fn run_then<T: Send>(
    program: &Program,
    context: Context,
    timing: &mut Timing,
    then: impl FnOnce(Outcome, &Timing, &Context) -> T + Send,
) -> Result<T, StartError> {
    on_guest_thread(|| {
        let (outcome, store) = run_here(program, context, timing)?;
        Ok(then(outcome, timing, store.data().context()))
    })
}

/// Runs `program` from `_start` over another implementation of the WASI calls, which `link` adds: to compare with.
/// The module must bring its own data.
///
/// # Errors
/// As [`run`].
#[cfg(feature = "compiler")]
pub fn run_over<T: Send + 'static>(
    program: &Program,
    data: T,
    link: impl FnOnce(&mut Linker<T>) -> wasmtime::Result<()> + Send,
) -> Result<Outcome, StartError> {
    on_guest_thread(|| {
        let mut linker = Linker::new(&program.engine);
        link(&mut linker)?;
        let mut store = Store::new(&program.engine, data);
        let instance = linker.instantiate(&mut store, &program.module)?;
        let start = instance.get_typed_func::<(), ()>(&mut store, "_start")?;
        Ok(match start.call(&mut store, ()) {
            Ok(()) => Outcome::Exited(0),
            Err(error) => match error.downcast_ref::<wasmtime_wasi::I32Exit>() {
                Some(exit) => Outcome::Exited(exit.0.cast_unsigned()),
                None => outcome_of(error),
            },
        })
    })
}

fn run_here(program: &Program, context: Context, timing: &mut Timing) -> wasmtime::Result<(Outcome, Store<Seat>)> {
    let mut store = Store::new(&program.engine, Seat::new(context));
    let ended = match instantiate(program, &mut store, true, timing) {
        Ok(instance) => match program.start() {
            Start::Cold => cold(&mut store, &instance, timing)?,
            Start::Resumed => resumed(&mut store, &instance, timing)?,
        },
        // A module's own start section has already run by then, and may have ended it.
        Err(error) if error.is::<Exit>() || error.is::<ClosedPipe>() || error.is::<Trap>() => Err(error),
        Err(error) => return Err(error),
    };
    let outcome = store.data_mut().end(|| ended.map_or_else(outcome_of, Outcome::Exited));
    Ok((outcome, store))
}

/// An instance with its memory as the image has it. `may_spawn` says whether it may start threads, which only a module that was
/// split can.
pub(crate) fn instantiate(
    program: &Program,
    store: &mut Store<Seat>,
    may_spawn: bool,
    timing: &mut Timing,
) -> wasmtime::Result<Instance> {
    let mut linker = Linker::new(&program.engine);
    preview1::add_to_linker(&mut linker)?;
    timing.mark("linker");
    let pre = linker.instantiate_pre(&program.module)?;
    let (instance, memory) = with_new_memory(|| pre.instantiate(&mut *store));
    let instance = instance?;
    // Data that is part of the module would be put into the memory again.
    let memory = memory.filter(|_| program.image.is_some());
    let library = program.library.clone();
    settle(store, &instance, memory.map(|memory| Origin { pre, memory, may_spawn, library }));
    restore(program, store, &instance)?;
    limit_memory(program, store)?;
    timing.mark("instantiate");
    Ok(instance)
}

/// Limits the memory, if that is asked for.
fn limit_memory(program: &Program, store: &Store<Seat>) -> wasmtime::Result<()> {
    let (meter, memory) = (store.data().context().meter(), store.data().shared_memory());
    let (Some(limit), Some(memory)) = (meter.limit(Resource::Memory), memory) else { return Ok(()) };
    let room = match program.start() {
        Start::Cold => COLD_ROOM,
        Start::Resumed => RESUMED_ROOM,
    };
    if !memory.limit(meter, room) {
        let least = (memory.size() + room).next_multiple_of(MEBIBYTE) as u64;
        wasmtime::bail!(
            "the limit memory: expected at least {}, which this start takes, found {}; allow more",
            Resource::Memory.words(least),
            Resource::Memory.words(limit)
        );
    }
    Ok(())
}

const MEBIBYTE: usize = 1 << 20;
/// What an interpreter needs to begin, beside its image, bytes.
const COLD_ROOM: usize = 8 << 20;
/// What a resumed run needs to begin, beside its image, bytes.
const RESUMED_ROOM: usize = 1 << 20;

/// Checks that module and image belong together, and copies the image where it has not been mapped.
fn restore(program: &Program, store: &mut Store<Seat>, instance: &Instance) -> wasmtime::Result<()> {
    let Some(image) = &program.image else { return Ok(()) };
    let identity = instance.get_global(&mut *store, crate::IDENTITY).map(|global| global.get(&mut *store));
    let expected = image.origin().module;
    match identity {
        Some(Val::I64(found)) if found.cast_unsigned() == expected => {}
        _ => wasmtime::bail!("expected machine code {expected:016x} for the memory image, found {identity:?}"),
    }
    if program.image_is_mapped {
        return Ok(());
    }
    let Some(memory) = instance.get_memory(&mut *store, "memory") else {
        wasmtime::bail!("expected an exported memory for the memory image, found none");
    };
    let missing = image.memory_size().saturating_sub(memory.data_size(&*store));
    memory.grow(&mut *store, (missing as u64).div_ceil(WASM_PAGE))?;
    let bytes = memory.data_mut(store);
    for (address, page) in image.extents() {
        bytes[address..address + page.len()].copy_from_slice(page);
    }
    Ok(())
}

/// The unit in which WebAssembly counts memory, bytes.
const WASM_PAGE: u64 = 65536;

/// An exit status so far, or why the guest ended.
type Ended = Result<u32, wasmtime::Error>;

fn cold(store: &mut Store<Seat>, instance: &Instance, timing: &mut Timing) -> wasmtime::Result<Ended> {
    let start = instance.get_typed_func::<(), ()>(&mut *store, "_start")?;
    let ended = start.call(store, ()).map(|()| 0);
    timing.mark("app");
    Ok(ended)
}

fn resumed(store: &mut Store<Seat>, instance: &Instance, timing: &mut Timing) -> wasmtime::Result<Ended> {
    let resume = instance.get_typed_func::<(), ()>(&mut *store, abi::RESUME)?;
    let app = instance.get_typed_func::<(), u32>(&mut *store, abi::RUN)?;
    let exit = instance.get_typed_func::<u32, ()>(&mut *store, abi::EXIT)?;
    let ended = resume.call(&mut *store, ());
    timing.mark("resume");
    let ended = ended.and_then(|()| app.call(&mut *store, ()));
    timing.mark("app");
    let ended = ended.and_then(|status| exit.call(&mut *store, status).map(|()| status));
    timing.mark("exit");
    Ok(ended)
}
