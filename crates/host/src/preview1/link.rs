//! Generated glue: reads arguments from the guest's registers and memory, calls [`Context`], writes results back.
//!
//! wasmtime-wasi's own glue only serves its own context, so this crate generates it again for its own, from the
//! interface written out in `witx/preview1.witx`.

use super::Context;
use super::types::Errno;
use std::future::Future;
use std::pin::pin;
use wasmtime::{AsContextMut, Caller, Extern, Linker};
use wasmtime_wasi::p1::wasi_snapshot_preview1::{self, WasiSnapshotPreview1};
use wasmtime_wasi::runtime::{in_tokio, poll_noop};
use wiggle::{GuestError, GuestMemory};

/// The name that guests import preview1 by.
const MODULE: &str = "wasi_snapshot_preview1";

wiggle::wasmtime_integration!({
    witx: ["witx/preview1.witx"],
    target: wasmtime_wasi::p1,
    block_on[finish]: {
        wasi_snapshot_preview1::{
            fd_advise, fd_close, fd_datasync, fd_fdstat_get, fd_filestat_get, fd_filestat_set_size,
            fd_filestat_set_times, fd_read, fd_pread, fd_seek, fd_sync, fd_readdir, fd_write,
            fd_pwrite, poll_oneoff, path_create_directory, path_filestat_get,
            path_filestat_set_times, path_link, path_open, path_readlink, path_remove_directory,
            path_rename, path_symlink, path_unlink_file, fd_renumber
        }
    },
    errors: { errno => trappable Error },
});

/// Calls on files of ours are ready at the first poll; only host folders may need wasmtime-wasi's runtime, which is not
/// even started otherwise.
fn finish<F: Future>(future: F) -> wasmtime::Result<F::Output> {
    let mut future = pin!(future);
    Ok(match poll_noop(future.as_mut()) {
        Some(output) => output,
        None => in_tokio(future),
    })
}

/// Defines a call that is made again after each wait, until it need not wait any more.
macro_rules! may_wait {
    ($linker:ident, $call:ident($($argument:ident),*)) => {
        $linker.func_wrap(
            MODULE,
            stringify!($call),
            |mut caller: Caller<'_, Context>, $($argument: i32),*| -> wasmtime::Result<i32> {
                loop {
                    let errno = attempt(&mut caller, |context, memory| {
                        may_wait!(@made $call(context, memory, $($argument),*))
                    })?;
                    // Nothing of the guest's memory is borrowed here.
                    let Some((wait, resumption)) = caller.data_mut().waiting.take() else { return Ok(errno) };
                    if let Err(error) = wait.block() {
                        return error.downcast().map(|errno: Errno| errno as i32);
                    }
                    caller.data_mut().resumption = Some(resumption);
                }
            },
        )?;
    };
    (@made sock_recv($($argument:ident),*)) => { wasi_snapshot_preview1::sock_recv($($argument),*) };
    (@made sock_send($($argument:ident),*)) => { wasi_snapshot_preview1::sock_send($($argument),*) };
    (@made $call:ident($($argument:ident),*)) => { finish(wasi_snapshot_preview1::$call($($argument),*))? };
}

/// Defines a call with an argument that stands for one of a few values.
macro_rules! one_of_few {
    ($linker:ident, $call:ident($($argument:ident: $type:ty),*)) => {
        $linker.func_wrap(
            MODULE,
            stringify!($call),
            |mut caller: Caller<'_, Context>, $($argument: $type),*| -> wasmtime::Result<i32> {
                attempt(&mut caller, |context, memory| {
                    finish(wasi_snapshot_preview1::$call(context, memory, $($argument),*))?
                })
            },
        )?;
    };
}

/// Defines all of preview1 in a linker whose store holds a [`Context`].
pub(crate) fn add_to_linker(linker: &mut Linker<Context>) -> wasmtime::Result<()> {
    add_wasi_snapshot_preview1_to_linker(linker, |context| context)?;
    // The generated glue borrows the guest's memory for the whole call, so these, which may wait, get glue of their own.
    linker.allow_shadowing(true);
    may_wait!(linker, fd_read(fd, iovs, count, read));
    may_wait!(linker, fd_write(fd, iovs, count, written));
    may_wait!(linker, poll_oneoff(subscriptions, events, count, told));
    may_wait!(linker, sock_recv(fd, iovs, count, flags, read, flags_out));
    may_wait!(linker, sock_send(fd, iovs, count, flags, written));
    // The generated glue traps on a value that there is not, and a program can pass any here.
    one_of_few!(linker, fd_advise(fd: i32, offset: i64, length: i64, advice: i32));
    one_of_few!(linker, fd_seek(fd: i32, offset: i64, whence: i32, position: i32));
    linker.allow_shadowing(false);
    Ok(())
}

/// Makes a call once, with the guest's memory borrowed. An argument that stands for nothing is invalid, and no reason to trap.
fn attempt(
    caller: &mut Caller<'_, Context>,
    call: impl FnOnce(&mut Context, &mut GuestMemory<'_>) -> wasmtime::Result<i32>,
) -> wasmtime::Result<i32> {
    let Some(Extern::Memory(memory)) = caller.get_export("memory") else {
        wasmtime::bail!("expected an exported memory, found none");
    };
    let fuel = caller.as_context_mut().hostcall_fuel();
    let (bytes, context) = memory.data_and_store_mut(caller);
    context.set_hostcall_fuel(fuel);
    let made = call(context, &mut GuestMemory::Unshared(bytes));
    context.resumption = None;
    match made {
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
