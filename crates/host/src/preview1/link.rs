//! Glue: takes the arguments of a call, makes it on the [`Context`] with the guest's memory, and gives the errno back.
//!
//! wasmtime-wasi's own glue only serves its own context, and borrows the guest's memory for the whole call. Here each call is an
//! attempt: if it would have to wait, it ends, the thread waits while others run, and the call is made again.

use super::Context;
use super::types::Errno;
use crate::threads::{self, Seat, Waited};
use std::future::Future;
use std::pin::pin;
use wasmtime::{AsContextMut, Caller, Linker};
use wasmtime_wasi::p1::wasi_snapshot_preview1::{self as calls, WasiSnapshotPreview1};
use wasmtime_wasi::runtime::{in_tokio, poll_noop};
use wiggle::{GuestError, GuestMemory};

/// The name that guests import preview1 by.
const MODULE: &str = "wasi_snapshot_preview1";

/// Calls on files of ours are ready at the first poll; only host folders may need wasmtime-wasi's runtime, which is not
/// even started otherwise.
fn finish<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    match poll_noop(future.as_mut()) {
        Some(output) => output,
        None => in_tokio(future),
    }
}

/// Defines calls by their arguments: `n` is a number or an address (32 bits), `w` a number of 64 bits. What is behind `later`
/// answers with a future.
macro_rules! define {
    ($linker:ident; $($call:ident($($name:ident: $kind:ident),*) $($later:ident)?;)*) => {
        $($linker.func_wrap(
            MODULE,
            stringify!($call),
            |mut caller: Caller<'_, Seat>, $($name: define!(@type $kind)),*| -> wasmtime::Result<i32> {
                make(&mut caller, &mut |context, memory| define!(@made $($later)? calls::$call(context, memory, $($name),*)))
            },
        )?;)*
    };
    (@type n) => { i32 };
    (@type w) => { i64 };
    (@made later $call:expr) => { finish($call) };
    (@made $call:expr) => { $call };
}

/// Defines all of preview1 in a linker.
pub(crate) fn add_to_linker(linker: &mut Linker<Seat>) -> wasmtime::Result<()> {
    define! { linker;
        args_get(a: n, b: n);
        args_sizes_get(a: n, b: n);
        clock_res_get(a: n, b: n);
        clock_time_get(a: n, b: w, c: n);
        environ_get(a: n, b: n);
        environ_sizes_get(a: n, b: n);
        fd_allocate(a: n, b: w, c: w);
        fd_close(a: n) later;
        fd_datasync(a: n) later;
        fd_fdstat_get(a: n, b: n) later;
        fd_fdstat_set_flags(a: n, b: n);
        fd_fdstat_set_rights(a: n, b: w, c: w);
        fd_filestat_get(a: n, b: n) later;
        fd_filestat_set_size(a: n, b: w) later;
        fd_filestat_set_times(a: n, b: w, c: w, d: n) later;
        fd_pread(a: n, b: n, c: n, d: w, e: n) later;
        fd_prestat_dir_name(a: n, b: n, c: n);
        fd_prestat_get(a: n, b: n);
        fd_pwrite(a: n, b: n, c: n, d: w, e: n) later;
        fd_read(a: n, b: n, c: n, d: n) later;
        fd_readdir(a: n, b: n, c: n, d: w, e: n) later;
        fd_renumber(a: n, b: n) later;
        fd_seek(a: n, b: w, c: n, d: n) later;
        fd_sync(a: n) later;
        fd_tell(a: n, b: n);
        fd_write(a: n, b: n, c: n, d: n) later;
        path_create_directory(a: n, b: n, c: n) later;
        path_filestat_get(a: n, b: n, c: n, d: n, e: n) later;
        path_filestat_set_times(a: n, b: n, c: n, d: n, e: w, f: w, g: n) later;
        path_link(a: n, b: n, c: n, d: n, e: n, f: n, g: n) later;
        path_open(a: n, b: n, c: n, d: n, e: n, f: w, g: w, h: n, i: n) later;
        path_readlink(a: n, b: n, c: n, d: n, e: n, f: n) later;
        path_remove_directory(a: n, b: n, c: n) later;
        path_rename(a: n, b: n, c: n, d: n, e: n, f: n) later;
        path_symlink(a: n, b: n, c: n, d: n, e: n) later;
        path_unlink_file(a: n, b: n, c: n) later;
        poll_oneoff(a: n, b: n, c: n, d: n) later;
        proc_raise(a: n);
        random_get(a: n, b: n);
        sched_yield();
        sock_accept(a: n, b: n, c: n);
        sock_recv(a: n, b: n, c: n, d: n, e: n, f: n);
        sock_send(a: n, b: n, c: n, d: n, e: n);
        sock_shutdown(a: n, b: n);
    }
    linker.func_wrap(MODULE, "proc_exit", |mut caller: Caller<'_, Seat>, status: i32| -> wasmtime::Result<()> {
        make(&mut caller, &mut |context, memory| calls::proc_exit(context, memory, status).map(|()| 0)).map(drop)
    })?;
    linker.func_wrap(
        MODULE,
        "fd_advise",
        |mut caller: Caller<'_, Seat>, fd: i32, first: i64, second: i64, advice: i32| -> wasmtime::Result<i32> {
            match threads::call_of(fd) {
                Some(call) => threads::make(&mut caller, call, first.cast_unsigned(), second.cast_unsigned()),
                None => make(&mut caller, &mut |context, memory| {
                    finish(calls::fd_advise(context, memory, fd, first, second, advice))
                }),
            }
        },
    )?;
    Ok(())
}

/// Makes a call, as often as it has to wait. Not generic: that would be in the executable once for each of the calls.
fn make(
    caller: &mut Caller<'_, Seat>,
    call: &mut dyn FnMut(&mut Context, &mut GuestMemory<'_>) -> wasmtime::Result<i32>,
) -> wasmtime::Result<i32> {
    caller.data().enter();
    loop {
        let errno = attempt(caller, call)?;
        let Some((wait, mut resumption)) = caller.data_mut().context_mut().pause() else {
            threads::after_call(caller)?;
            return Ok(errno);
        };
        // Nothing of the guest's memory is borrowed here.
        match threads::wait(caller, wait)? {
            Waited::Over => {}
            Waited::Worked(result) => resumption.worked = Some(result),
            Waited::Interrupted => resumption.interrupted = true,
            // It says what it has done.
            Waited::Failed(_) if resumption.written > 0 => resumption.interrupted = true,
            Waited::Failed(errno) => {
                caller.data_mut().context_mut().give_up(resumption);
                threads::after_call(caller)?;
                return Ok(errno as i32);
            }
        }
        caller.data_mut().context_mut().resume(resumption);
    }
}

/// Makes a call once, with the guest's memory borrowed. An argument that stands for nothing is invalid, and no reason to trap.
fn attempt(
    caller: &mut Caller<'_, Seat>,
    call: &mut dyn FnMut(&mut Context, &mut GuestMemory<'_>) -> wasmtime::Result<i32>,
) -> wasmtime::Result<i32> {
    let Some(memory) = Seat::memory(caller) else {
        wasmtime::bail!("expected an exported memory, found none");
    };
    let fuel = caller.as_context_mut().hostcall_fuel();
    let (bytes, seat) = memory.data_and_store_mut(caller);
    let context = seat.context_mut();
    context.set_hostcall_fuel(fuel);
    match call(context, &mut GuestMemory::Unshared(bytes)) {
        Err(error) if error.downcast_ref().is_some_and(stands_for_nothing) => Ok(Errno::Inval as i32),
        made => made,
    }
}

fn stands_for_nothing(error: &GuestError) -> bool {
    match error {
        GuestError::InFunc { err, .. } => stands_for_nothing(err),
        error => matches!(error, GuestError::InvalidEnumValue(_) | GuestError::InvalidFlagValue(_)),
    }
}
