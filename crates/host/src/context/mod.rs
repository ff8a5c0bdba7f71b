//! The context of a run: everything that one guest can see and touch. A store holds it, and whoever runs guest code at the
//! moment owns it.

mod builder;
mod deterministic;
mod refused;

pub use builder::{ContextBuilder, ContextError};
pub use refused::Uncaught;

use crate::Zones;
use crate::abi::{ENDED_BY_SIGNAL, HOME};
use crate::disk::Owners;
use crate::files::{Pin, Pipes, Table, Wait};
use crate::limits::Meter;
use crate::namespace::Mounts;
use crate::network::Network;
use crate::wasi::types::Errno;
use deterministic::Deterministic;
use policy::{Policy, Resource};
use std::fs::File;
use std::sync::Arc;
use std::time::{Duration, Instant};
use vfs::{Ino, Vfs};
use wasmtime_wasi::p1::WasiP1Ctx;

/// Linux's number, as the guest has it.
const EACCES: u32 = 13;

/// Everything that one guest can see and touch.
pub struct Context {
    pub(crate) vfs: Vfs,
    pub(crate) table: Table,
    pub(crate) pipes: Pipes,
    /// The zones of the machine, if they are granted.
    pub(crate) zones: Option<Zones>,
    /// The host's files behind the standard streams, of which one may be a terminal.
    pub(crate) streams: Vec<Arc<File>>,
    /// Where something of the host begins in the guest's tree.
    pub(crate) mounts: Mounts,
    /// What device numbers stand for.
    pub(crate) owners: Arc<Owners>,
    /// The root of the tree that grants are mounted in.
    pub(crate) root: Option<Ino>,
    /// The mode of what the next call makes, if it was asked for.
    pub(crate) new_mode: Option<u16>,
    /// The error that ends the guest, if it is one about a path.
    pub(crate) uncaught: Option<Uncaught>,
    /// wasmtime-wasi: clocks, random numbers, arguments, environment.
    pub(crate) host: WasiP1Ctx,
    /// In place of the host's clocks and random numbers, if they must be the same in every run.
    pub(crate) deterministic: Option<Deterministic>,
    /// Whether the signals of the process are the guest's.
    pub(crate) signals: bool,
    /// How long one of its threads waits before it asks for its turn.
    pub(crate) patience: Duration,
    /// How much it may use.
    pub(crate) meter: Meter,
    /// What it may reach beyond the machine, and on it.
    pub(crate) network: Network,
    /// The errno of the error that nobody caught, if there is one.
    pub(crate) ended_by: Option<u32>,
    /// The signal that ends the process, which is the guest's own, if there is one.
    pub(crate) signal: Option<u8>,
    /// The extensions that are loaded, in that order.
    pub(crate) loaded: Vec<Loaded>,
    /// What extensions have for each thread.
    pub(crate) own: Vec<Own>,
    /// Whether there are, or have been, other threads.
    pub(crate) threaded: bool,
    /// What the call that is being made has to wait for before it can go on.
    pub(crate) waiting: Option<(Wait, Resumption)>,
    /// Where the call that is being made goes on, if it has waited.
    pub(crate) resumption: Option<Resumption>,
}

/// An extension that is loaded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Loaded {
    /// Its number among all that there are.
    pub number: usize,
    /// Where its data lies.
    pub memory_base: u32,
    /// The first slot of the table that is its own.
    pub table_base: u32,
}

/// Variables of an extension that each thread has a copy of.
#[derive(Debug)]
pub(crate) struct Own {
    /// Their address.
    pub start: u32,
    /// What they are in a new thread.
    pub first: Vec<u8>,
}

/// How far a call has come that had to wait.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Resumption {
    /// When it began.
    pub start: Instant,
    /// Bytes that it has written already.
    pub written: u32,
    /// Whether a signal has come while it waited: it does not wait again.
    pub interrupted: bool,
    /// What came of the work that it has waited for.
    pub worked: Option<Result<(), Errno>>,
    /// The open file description that it goes on with, whatever its number has come to lead to.
    pub pin: Option<Pin>,
}

impl Context {
    /// The guest's file system.
    pub fn vfs(&self) -> &Vfs {
        &self.vfs
    }

    /// The guest's file system, to be read or changed once it has run.
    pub fn vfs_mut(&mut self) -> &mut Vfs {
        &mut self.vfs
    }

    /// The error that ended the guest, if it was one about a path.
    pub fn uncaught(&self) -> Option<&Uncaught> {
        self.uncaught.as_ref()
    }

    /// What of the network was refused last, if an error that may come of it ended the guest.
    pub fn network_denied(&self) -> Option<policy::Denied> {
        let may_come_of_it = self.ended_by == Some(EACCES) && self.uncaught.is_none();
        self.network.denied().filter(|_| may_come_of_it)
    }

    /// The signal that the process is to end by, if the guest has ended by one, and not otherwise since: its status tells.
    pub fn signal(&self, status: u32) -> Option<u8> {
        self.signal.filter(|signal| status == u32::from(ENDED_BY_SIGNAL) + u32::from(*signal))
    }

    /// Lets the call that has waited go on.
    pub(crate) fn resume(&mut self, resumption: Resumption) {
        self.table.follow(resumption.pin);
        self.resumption = Some(resumption);
    }

    /// The call was made, as far as it went: what it has to wait for before it goes on. If nothing, it is over.
    pub(crate) fn pause(&mut self) -> Option<(Wait, Resumption)> {
        self.table.follow(None);
        let before = self.resumption.take();
        let waiting = self.waiting.take();
        if let (None, Some(before)) = (&waiting, before) {
            self.give_up(before);
        }
        waiting
    }

    /// The call does not go on.
    pub(crate) fn give_up(&mut self, resumption: Resumption) {
        if let Some(file) = resumption.pin.and_then(|pin| self.table.unpin(pin)) {
            file.close(&mut self.vfs);
        }
    }

    /// The directory that is the guest's own home, if it still is one.
    pub fn home(&self) -> Option<Ino> {
        let mut path = HOME.split('/').filter(|name| !name.is_empty());
        path.try_fold(self.root?, |at, name| self.vfs.lookup(at, name, false).ok())
    }

    /// What the guest may reach of the host.
    pub fn policy(&self) -> &Policy {
        self.mounts.policy()
    }

    /// How much the guest may use, and what of that it has reached.
    pub fn meter(&self) -> &Meter {
        if self.vfs.has_refused_bytes() {
            self.meter.reach(Resource::Scratch);
        }
        if self.vfs.has_refused_files() {
            self.meter.reach(Resource::ScratchFiles);
        }
        &self.meter
    }

    /// The numbers of the open descriptors, rising, and what each leads to.
    pub(crate) fn descriptors(&self) -> Vec<(u32, String)> {
        self.table.numbers().collect()
    }
}
