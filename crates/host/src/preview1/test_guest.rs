//! A guest without code: its calls are made here, as a C library makes them.

use crate::context::Resumption;
use crate::files::Wait;
use crate::machine::Sleeper;
use crate::preview1::types::{Errno, Fdflags, Riflags, Roflags};
use crate::wasi::Result;
use crate::{Context, ContextBuilder};
use policy::{Network, Permissions};
use vfs::{Limits, Vfs};
use wasmtime_wasi::p1::wasi_snapshot_preview1::WasiSnapshotPreview1;
use wasmtime_wasi::runtime::poll_noop;
use wiggle::{GuestMemory, GuestPtr};

/// Where in the guest's memory the list of buffers is, and what they hold.
const LIST: u32 = 0;
const DATA: u32 = 1024;

/// See the module's documentation.
pub(super) struct Guest {
    pub context: Context,
    pub memory: Vec<u8>,
}

pub(super) type Answer<T> = std::result::Result<T, Errno>;

impl Guest {
    pub fn of(builder: ContextBuilder) -> Guest {
        Guest { context: builder.build().expect("a guest"), memory: vec![0; 2 << 20] }
    }

    pub fn with(connect: &[&str], listen: &[&str]) -> Guest {
        let texts = |entries: &[&str]| entries.iter().map(|entry| (*entry).to_string()).collect();
        let permissions = Permissions { connect: texts(connect), listen: texts(listen), ..Permissions::default() };
        let network = Network::of(&permissions, &|_| None, None);
        Guest::of(ContextBuilder::new(Vfs::new(Limits::default())).network(network))
    }

    /// Makes a call once: what came of it, or what it has to wait for before it goes on.
    pub fn attempt<T>(
        &mut self,
        call: &mut impl FnMut(&mut Context, &mut GuestMemory<'_>) -> Result<T>,
    ) -> std::result::Result<Answer<T>, (Wait, Resumption)> {
        let made = call(&mut self.context, &mut GuestMemory::Unshared(&mut self.memory));
        match self.context.pause() {
            Some(waiting) => Err(waiting),
            None => Ok(made.map_err(|error| error.downcast().expect("an errno"))),
        }
    }

    /// Makes a call as often as it has to wait, as `link.rs` does.
    pub fn make<T>(&mut self, mut call: impl FnMut(&mut Context, &mut GuestMemory<'_>) -> Result<T>) -> Answer<T> {
        let sleeper = Sleeper::new(0);
        sleeper.begin();
        loop {
            let (wait, mut resumption) = match self.attempt(&mut call) {
                Ok(made) => return made,
                Err(waiting) => waiting,
            };
            match wait {
                Wait::Host { files, until, .. } => sleeper.sleep(&files, until).expect("slept"),
                Wait::Work(work) => {
                    resumption.worked = Some(work.run().map_err(|error| error.downcast().expect("an errno")));
                }
                Wait::Guest => panic!("expected a wait that ends"),
            }
            self.context.resume(resumption);
        }
    }

    pub fn request(&mut self, request: &str) -> Answer<u32> {
        self.make(|context, _| context.request(request)).map(u32::from)
    }

    /// What a request tells.
    pub fn told(&mut self, request: &str) -> Answer<Vec<u8>> {
        let fd = self.request(request)?;
        let told = self.receive(fd, &[64 << 10], Riflags::empty());
        let told = match told {
            Err(Errno::Notsock) => self.read(fd, 64 << 10),
            told => told.map(|(bytes, _)| bytes),
        };
        self.context.table.remove(fd.into()).expect("open");
        told
    }

    pub fn text(&mut self, request: &str) -> String {
        String::from_utf8(self.told(request).expect(request)).expect("UTF-8")
    }

    /// The port in the answer to `name/FD`.
    pub fn port(&mut self, fd: u32) -> u16 {
        let name = self.text(&format!("name/{fd}"));
        name.split(' ').nth(1).and_then(|port| port.parse().ok()).expect("a port")
    }

    /// Writes the list of buffers of these lengths, one behind the other.
    pub fn list(&mut self, lengths: &[u32]) -> GuestPtr<[crate::preview1::types::Iovec]> {
        let mut at = DATA;
        for (index, len) in lengths.iter().enumerate() {
            self.memory[index * 8..][..4].copy_from_slice(&at.to_le_bytes());
            self.memory[index * 8 + 4..][..4].copy_from_slice(&len.to_le_bytes());
            at += len;
        }
        GuestPtr::new((LIST, lengths.len() as u32))
    }

    pub fn data(&self, len: u32) -> Vec<u8> {
        self.memory[DATA as usize..][..len as usize].to_vec()
    }

    pub fn receive(&mut self, fd: u32, lengths: &[u32], flags: Riflags) -> Answer<(Vec<u8>, Roflags)> {
        let list = self.list(lengths);
        let (len, flags) = self.make(|context, memory| context.sock_recv(memory, fd.into(), list, flags))?;
        Ok((self.data(len), flags))
    }

    pub fn read(&mut self, fd: u32, len: u32) -> Answer<Vec<u8>> {
        let list = self.list(&[len]);
        let read = |context: &mut Context, memory: &mut GuestMemory<'_>| {
            context.read(memory, fd.into(), list, None, |file, vfs, buffer| file.read(vfs, buffer))
        };
        let len = self.make(read)?;
        Ok(self.data(len))
    }

    /// Writes parts, each from a buffer of its own.
    pub fn write(&mut self, fd: u32, parts: &[&[u8]]) -> Answer<u32> {
        let lengths: Vec<u32> = parts.iter().map(|part| part.len() as u32).collect();
        self.list(&lengths);
        let data = parts.concat();
        self.memory[DATA as usize..][..data.len()].copy_from_slice(&data);
        let list = GuestPtr::new((LIST, parts.len() as u32));
        self.make(|context, memory| context.write(memory, fd.into(), list))
    }

    pub fn close(&mut self, fd: u32) -> Answer<()> {
        self.make(|context, memory| {
            let mut closed = std::pin::pin!(context.fd_close(memory, fd.into()));
            poll_noop(closed.as_mut()).expect("it does not wait")
        })
    }

    pub fn accept(&mut self, fd: u32, flags: Fdflags) -> Answer<u32> {
        self.make(|context, memory| context.sock_accept(memory, fd.into(), flags)).map(u32::from)
    }

    pub fn set_flags(&mut self, fd: u32, flags: Fdflags) {
        self.make(|context, memory| context.fd_fdstat_set_flags(memory, fd.into(), flags)).expect("set");
    }

    /// Whether reading (1) or writing (2) is ready within 50 ms, and whether the other end has gone.
    pub fn poll(&mut self, fd: u32, kind: u8) -> Option<bool> {
        let mut all = vec![0; 96];
        all[8] = kind;
        all[16..20].copy_from_slice(&fd.to_le_bytes());
        // A clock, the monotonic one.
        all[48] = 7;
        all[48 + 16..][..4].copy_from_slice(&1u32.to_le_bytes());
        all[48 + 24..][..8].copy_from_slice(&50_000_000u64.to_le_bytes());
        self.memory[DATA as usize..][..96].copy_from_slice(&all);
        let events = DATA + 4096;
        let poll = |context: &mut Context, memory: &mut GuestMemory<'_>| {
            context.poll(memory, GuestPtr::new(DATA), GuestPtr::new(events), 2)
        };
        let told = self.make(poll).expect("polled");
        let event = &self.memory[events as usize..][..32];
        (told == 1 && event[0] == 0).then_some(event[24] & 1 == 1)
    }

    /// A stream that listens at 127.0.0.1, and its port.
    pub fn listener(&mut self) -> (u32, u16) {
        let fd = self.request("socket/inet/stream").expect("made");
        self.request(&format!("bind/{fd}/127.0.0.1/0")).expect("bound");
        self.request(&format!("listen/{fd}/5")).expect("it listens");
        (fd, self.port(fd))
    }
}
