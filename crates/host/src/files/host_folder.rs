//! Files and directories of granted host folders. wasmtime-wasi serves them, with the guest's memory, so the calls go there
//! before they come to any operation here. Only `crates/preview1` and tests grant such folders; an app has none.

use super::{Interest, OpenFile, Readiness};
use crate::wasi::Result;
use crate::wasi::types::{Errno, Fd, Fdflags, Fdstat, Filestat, Filetype, Rights};
use vfs::Vfs;

/// wasmtime-wasi's number for one. Only the context makes these numbers, so none of the guest's can reach wasmtime-wasi.
pub(crate) struct HostFolder(pub Fd);

impl OpenFile for HostFolder {
    fn identity(&self) -> String {
        format!("host descriptor {}", u32::from(self.0))
    }

    fn status(&self) -> Fdstat {
        Fdstat {
            fs_filetype: Filetype::Unknown,
            fs_flags: Fdflags::empty(),
            fs_rights_base: Rights::empty(),
            fs_rights_inheriting: Rights::empty(),
        }
    }

    fn stat(&self, _: &Vfs) -> Result<Filestat> {
        Err(Errno::Badf.into())
    }

    fn set_flags(&mut self, _: Fdflags) -> Result<()> {
        Err(Errno::Badf.into())
    }

    fn set_mode(&mut self, _: &mut Vfs, _: u16) -> Result<()> {
        Err(Errno::Notsup.into())
    }

    fn path(&self, _: &Vfs) -> Result<String> {
        Err(Errno::Notsup.into())
    }

    /// Files are always ready.
    fn readiness(&self, _: &Vfs, _: Interest) -> Result<Readiness> {
        Ok(Readiness::Ready { bytes: 0, hung_up: false })
    }

    fn delegate(&self) -> Option<Fd> {
        Some(self.0)
    }
}
