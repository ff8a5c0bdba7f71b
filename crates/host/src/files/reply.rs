//! The text that answers a request: it is read, and then at its end.

use super::{Attempt, Interest, OpenFile, Readiness, stat};
use crate::abi::PIPE_DEVICE;
use crate::wasi::Result;
use crate::wasi::types::{Fdflags, Fdstat, Filestat, Filetype, Rights};
use vfs::Vfs;

/// What is left of the text.
pub(crate) struct Reply(Vec<u8>);

impl Reply {
    pub fn new(text: impl Into<Vec<u8>>) -> Reply {
        Reply(text.into())
    }
}

impl OpenFile for Reply {
    fn identity(&self) -> String {
        format!("reply, {} bytes", self.0.len())
    }

    fn status(&self) -> Fdstat {
        Fdstat {
            fs_filetype: Filetype::Unknown,
            fs_flags: Fdflags::empty(),
            fs_rights_base: Rights::FD_READ | Rights::POLL_FD_READWRITE | Rights::FD_FILESTAT_GET,
            fs_rights_inheriting: Rights::empty(),
        }
    }

    fn stat(&self, _: &Vfs) -> Result<Filestat> {
        Ok(stat::without_file(PIPE_DEVICE, 0, stat::S_IFIFO | 0o600, Filetype::Unknown, 0))
    }

    fn set_flags(&mut self, _: Fdflags) -> Result<()> {
        Ok(())
    }

    fn read(&mut self, _: &mut Vfs, buffer: &mut [u8]) -> Result<Attempt> {
        let read = self.0.len().min(buffer.len());
        buffer[..read].copy_from_slice(&self.0[..read]);
        self.0.drain(..read);
        Ok(Attempt::Done(read))
    }

    fn readiness(&self, _: &Vfs, interest: Interest) -> Result<Readiness> {
        let bytes = if interest == Interest::Read { self.0.len() as u64 } else { 0 };
        Ok(Readiness::Ready { bytes, hung_up: true })
    }
}
