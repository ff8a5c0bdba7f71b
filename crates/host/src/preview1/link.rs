//! Generated glue: reads arguments from the guest's registers and memory, calls [`Context`], writes results back.
//!
//! wasmtime-wasi's own glue only serves its own context, so this crate generates it again for its own, from the
//! interface written out in `witx/preview1.witx`.

use super::Context;
use std::future::Future;
use std::pin::pin;
use wasmtime_wasi::runtime::{in_tokio, poll_noop};

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

/// Calls on the VFS are ready at the first poll; only host folders may need wasmtime-wasi's runtime, which is not
/// even started otherwise.
fn finish<F: Future>(future: F) -> wasmtime::Result<F::Output> {
    let mut future = pin!(future);
    Ok(match poll_noop(future.as_mut()) {
        Some(output) => output,
        None => in_tokio(future),
    })
}

/// Defines all of preview1 in a linker whose store holds a [`Context`].
pub(crate) fn add_to_linker(linker: &mut wasmtime::Linker<Context>) -> wasmtime::Result<()> {
    add_wasi_snapshot_preview1_to_linker(linker, |guest| guest)
}
