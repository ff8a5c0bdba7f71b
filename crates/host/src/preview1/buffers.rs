//! The buffers of the guest that a call reads into or writes from.

use super::Result;
use wasmtime_wasi::p1::types::{self, Errno};
use wiggle::GuestMemory;

/// Reads into the first buffer that has room, as one `read` does.
pub(super) fn read_into_first(
    memory: &mut GuestMemory<'_>,
    iovs: types::IovecArray,
    read: impl FnOnce(&mut [u8]) -> Result<usize>,
) -> Result<types::Size> {
    for iov in iovs.iter() {
        let iov = memory.read(iov?)?;
        if iov.buf_len > 0 {
            let buffer = memory.as_slice_mut(iov.buf.as_array(iov.buf_len))?.ok_or(Errno::Notsup)?;
            return Ok(read(buffer)? as u32);
        }
    }
    Ok(0)
}

/// Writes the first buffer that is not empty, as one `write` does.
pub(super) fn write_first(
    memory: &mut GuestMemory<'_>,
    iovs: types::CiovecArray,
    write: impl FnOnce(&[u8]) -> Result<usize>,
) -> Result<types::Size> {
    for iov in iovs.iter() {
        let iov = memory.read(iov?)?;
        if iov.buf_len > 0 {
            let data = memory.as_cow(iov.buf.as_array(iov.buf_len))?;
            return Ok(write(&data)? as u32);
        }
    }
    Ok(0)
}

/// EINVAL if buffers of these lengths hold more than a call can tell: `ssize_t` has 31 bits for it.
pub(super) fn expect_total(mut lengths: impl Iterator<Item = Result<u32>>) -> Result<()> {
    let total = lengths.try_fold(0u64, |total, length| length.map(|length| total + u64::from(length)))?;
    if total <= i32::MAX as u64 { Ok(()) } else { Err(Errno::Inval.into()) }
}
