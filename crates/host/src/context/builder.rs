//! Collecting what a guest is given: arguments, environment, file system, streams.

use super::Context;
use super::deterministic::Deterministic;
use crate::Zones;
use crate::disk::{HostFile, Owners};
use crate::files::{Input, OpenFile, Output, Pipes, Stream, Table, VfsFile};
use crate::limits::Meter;
use crate::namespace::{MountError, Mounts, Node, enter_folder, mount_grants};
use crate::network::{Network, NetworkAttempts, NotInherited};
use crate::quota::Quota;
use policy::{Grant, Policy, Resource};
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use vfs::{Ino, Vfs};
use wasmtime_wasi::WasiCtxBuilder;

/// How many descriptors the standard streams have; preopens come behind them.
const STREAMS: u32 = 3;

/// How many more an interpreter needs to begin: it opens modules.
const DESCRIPTORS: usize = 4;

/// Why a guest could not be set up.
#[derive(Debug)]
pub enum ContextError {
    /// A host folder cannot be opened.
    HostFolder {
        /// Its path.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// An argument or a variable holds a NUL, which no C program can be given.
    Nul(String),
    /// A preopen of the VFS is not one of its directories.
    Preopen {
        /// The guest path.
        guest_path: String,
        /// What the VFS said.
        reason: vfs::Errno,
    },
    /// Something that was granted cannot be mounted.
    Grant(MountError),
    /// More preopens than there can be descriptors.
    TooManyPreopens,
    /// A socket that the process was to be started with, and was not.
    Inherited(NotInherited),
    /// Fewer descriptors than a start takes: so many.
    FewDescriptors(usize),
}

impl fmt::Display for ContextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ContextError::HostFolder { path, reason } => {
                write!(f, "host folder {path}: expected a folder that can be opened, found: {reason}")
            }
            ContextError::Grant(error) => error.fmt(f),
            ContextError::Inherited(error) => error.fmt(f),
            ContextError::Nul(text) => write!(f, "argument or variable {text:?}: expected no NUL byte in it"),
            ContextError::Preopen { guest_path, reason } => {
                write!(f, "preopen {guest_path}: expected a directory of the VFS, found: {reason}")
            }
            ContextError::FewDescriptors(least) => {
                write!(
                    f,
                    "the limit descriptors: expected at least {least}, which a start takes, found less; allow more"
                )
            }
            ContextError::TooManyPreopens => f.write_str("too many preopens"),
        }
    }
}

impl std::error::Error for ContextError {}

impl From<MountError> for ContextError {
    fn from(error: MountError) -> Self {
        ContextError::Grant(error)
    }
}

/// How long a thread waits before it asks for its turn.
const PATIENCE: Duration = Duration::from_micros(500);

enum Preopen {
    Memory(Ino),
    Host(String),
}

/// Collects what a guest is given. Without any call: no arguments, an empty environment, no files, no input, and
/// output that goes to the host's own stdout and stderr.
pub struct ContextBuilder {
    vfs: Vfs,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    preopens: Vec<(String, Preopen)>,
    stdin: Input,
    stdout: Output,
    stderr: Output,
    deterministic: Option<Deterministic>,
    keeps_preopens: bool,
    zones: Option<Zones>,
    grants: Option<Granted>,
    quota: Quota,
    signals: bool,
    patience: Duration,
    meter: Meter,
    network: Network,
    inherited: Range<u32>,
}

/// What the guest may reach of the host.
struct Granted {
    root: Ino,
    grants: Vec<Grant>,
    policy: Policy,
    current_folder: Option<PathBuf>,
}

impl ContextBuilder {
    /// A guest over this file system, none of which it can reach before a preopen grants it.
    pub fn new(vfs: Vfs) -> ContextBuilder {
        ContextBuilder {
            vfs,
            arguments: Vec::new(),
            environment: Vec::new(),
            preopens: Vec::new(),
            stdin: Input::Empty,
            stdout: Output::Inherit,
            stderr: Output::Inherit,
            deterministic: None,
            keeps_preopens: false,
            zones: None,
            grants: None,
            quota: Quota::default(),
            signals: false,
            patience: PATIENCE,
            meter: Meter::default(),
            network: Network::new(policy::Network::default()),
            inherited: 0..0,
        }
    }

    /// Gives the guest clocks that only it moves and random numbers that follow from `seed`, so that two runs are the same.
    pub fn deterministic(mut self, seed: u64) -> Self {
        self.deterministic = Some(Deterministic::new(seed));
        self
    }

    /// Keeps the guest from closing or replacing its preopens, which WASI lets it do. Programs that close every descriptor there
    /// may be (daemons, test suites) would take the file system away from the C library below them.
    pub fn keep_preopens(mut self) -> Self {
        self.keeps_preopens = true;
        self
    }

    /// Grants the time zones of a machine, so that the guest has its local time. Without them local time is UTC.
    pub fn zones(mut self, zones: Zones) -> Self {
        self.zones = Some(zones);
        self
    }

    /// Appends an argument; the first is the program's name.
    pub fn argument(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Appends arguments.
    pub fn arguments(mut self, arguments: impl IntoIterator<Item: Into<String>>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Sets a variable of the environment.
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// Sets variables of the environment.
    pub fn variables(mut self, variables: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>) -> Self {
        self.environment.extend(variables.into_iter().map(|(name, value)| (name.into(), value.into())));
        self
    }

    /// Where stdin comes from.
    pub fn stdin(mut self, input: Input) -> Self {
        self.stdin = input;
        self
    }

    /// Where stdout goes.
    pub fn stdout(mut self, output: Output) -> Self {
        self.stdout = output;
        self
    }

    /// Where stderr goes.
    pub fn stderr(mut self, output: Output) -> Self {
        self.stderr = output;
        self
    }

    /// Preopens a directory of the VFS as `guest_path`. Preopens get descriptors from 3 on, in the order given.
    pub fn preopen(mut self, directory: Ino, guest_path: impl Into<String>) -> Self {
        self.preopens.push((guest_path.into(), Preopen::Memory(directory)));
        self
    }

    /// Grants a host folder, readable and writable, as `guest_path`: as WASI has it, by itself and without a tree around it.
    pub fn preopen_host(mut self, folder: impl Into<String>, guest_path: impl Into<String>) -> Self {
        self.preopens.push((guest_path.into(), Preopen::Host(folder.into())));
        self
    }

    /// Mounts what is granted in the tree below `root`, and lets the guest begin in `current_folder`: at its name at least.
    pub fn grants(mut self, root: Ino, grants: Vec<Grant>, policy: Policy, current_folder: Option<PathBuf>) -> Self {
        self.grants = Some(Granted { root, grants, policy, current_folder });
        self
    }

    /// Lets the guest add no more than this to what is granted: then EDQUOT.
    pub fn quota(mut self, quota: Quota) -> Self {
        self.quota = quota;
        self
    }

    /// Makes the signals and timers of this process the guest's: for a process that runs one guest and nothing else.
    pub fn signals(mut self) -> Self {
        self.signals = true;
        self
    }

    /// How long a thread whose turn it could be waits before it asks the one that runs for attention. Half a millisecond, unless
    /// this says otherwise: less lets threads take turns at many more moments, for tests.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Lets the guest use no more than this. (What the VFS holds has limits of its own.)
    pub fn meter(mut self, meter: Meter) -> Self {
        self.meter = meter;
        self
    }

    /// Lets the guest reach of the network what this grants. Without it it can make sockets, and reach nobody.
    pub fn network(mut self, policy: policy::Network) -> Self {
        self.network = Network::new(policy);
        self
    }

    /// Gives the guest the sockets that this process was started with under these numbers, under the same: over a preopen, if one is
    /// there, which then is for paths only.
    pub fn inherited(mut self, numbers: Range<u32>) -> Self {
        self.inherited = numbers;
        self
    }

    /// Gives the guest no network, for a state that is kept: its sockets are in memory, and what it tries to reach is noted in
    /// `attempts` and fails as if no network were there.
    pub fn unplugged(mut self, attempts: &NetworkAttempts) -> Self {
        self.network = Network::Unplugged(attempts.clone());
        self
    }

    /// Makes the guest.
    ///
    /// # Errors
    /// [`ContextError`], naming the argument, variable or preopen at fault.
    pub fn build(self) -> Result<Context, ContextError> {
        let mut host = WasiCtxBuilder::new();
        // There is one thread and nothing else to do on it: waiting for a worker thread would only cost time.
        host.allow_blocking_current_thread(true);
        let variables = self.environment.iter().map(|(name, value)| format!("{name}={value}"));
        if let Some(text) = self.arguments.iter().cloned().chain(variables).find(|text| text.contains('\0')) {
            return Err(ContextError::Nul(text));
        }
        host.args(&self.arguments).envs(&self.environment);

        let mut vfs = self.vfs;
        let owners = Arc::new(Owners::new(self.grants.is_some()));
        let root = self.grants.as_ref().map(|granted| granted.root);
        let (mut mounts, current_folder) = match self.grants {
            None => (Mounts::default(), None),
            Some(Granted { root, grants, policy, current_folder }) => {
                let mounts = mount_grants(&mut vfs, root, &grants, policy)?;
                let folder = current_folder.map(|folder| enter_folder(&mut vfs, root, &mounts, &folder));
                (mounts, folder.transpose()?)
            }
        };
        mounts.quota = self.quota;
        let output = |output, number| Stream::output(output, number).metered(self.meter.clone());
        let streams = [Stream::input(self.stdin), output(self.stdout, 1), output(self.stderr, 2)];
        let host_streams = streams.iter().filter_map(Stream::file).cloned().collect();
        let mut files: Vec<Box<dyn OpenFile>> = Vec::new();
        for stream in streams {
            files.push(Box::new(stream));
        }
        for (guest_path, preopen) in self.preopens {
            files.push(match preopen {
                Preopen::Memory(ino) => {
                    let opened = VfsFile::preopened(&mut vfs, ino, guest_path.clone());
                    Box::new(opened.map_err(|reason| ContextError::Preopen { guest_path, reason })?)
                }
                Preopen::Host(folder) => {
                    let opened = mounts.add_confined(Path::new(&folder));
                    let opened =
                        opened.map_err(|error| ContextError::HostFolder { path: folder, reason: error.to_string() })?;
                    let may_change = mounts.may_change(opened.path());
                    Box::new(HostFile::of_folder(opened, Some(guest_path), may_change, owners.clone()))
                }
            });
        }
        let inherited = self.network.inherited(self.inherited.clone()).map_err(ContextError::Inherited)?;
        let least = files.len().max(self.inherited.end as usize) + DESCRIPTORS;
        if self.meter.most(Resource::Descriptors, usize::MAX) < least {
            return Err(ContextError::FewDescriptors(least));
        }
        let mut table = Table::new(self.meter.clone());
        if self.keeps_preopens {
            table.keep(STREAMS..files.len() as u32);
        }
        for file in files {
            table.insert(file).map_err(|_| ContextError::TooManyPreopens)?;
        }
        for (number, socket) in inherited {
            table.lay(number, socket).map_err(|_| ContextError::FewDescriptors(least))?;
        }
        match current_folder {
            None | Some(Node::Name(_)) => {}
            Some(Node::Vfs(ino)) => {
                let guest_path = "the current directory".to_string();
                let opened = VfsFile::entered(&mut vfs, ino);
                table.begin_in(Box::new(opened.map_err(|reason| ContextError::Preopen { guest_path, reason })?));
            }
            Some(Node::Folder(folder)) => {
                let may_change = mounts.may_change(folder.path());
                table.begin_in(Box::new(HostFile::of_folder(folder, None, may_change, owners.clone())));
            }
        }
        let deterministic = self.deterministic;
        let pipes = Pipes::default();
        Ok(Context {
            vfs,
            table,
            mounts,
            owners,
            root,
            new_mode: None,
            uncaught: None,
            host: host.build_p1(),
            deterministic,
            pipes,
            zones: self.zones,
            streams: host_streams,
            signals: self.signals,
            patience: self.patience,
            meter: self.meter,
            network: self.network,
            ended_by: None,
            signal: None,
            loaded: Vec::new(),
            own: Vec::new(),
            threaded: false,
            waiting: None,
            resumption: None,
        })
    }
}
