//! What the host and the C and Python inside the guest agree on, each said once.
//!
//! The host uses these constants. The recipe writes those that C needs into a header (`abi.h`, by
//! `crates/pipeline/src/runtime/abi_header.rs`), so that a change of one builds the runtime again. What is said in words
//! only, such as the order of the fields in an answer, is in `preview1/requests.rs`.

/// Name of the archive's mount point in `/`.
pub const MOUNT: &str = "vfs";
/// Python's prefix, relative to the archive's root.
pub const PREFIX: &str = "usr/local";
/// What `sys.executable` names, relative to [`PREFIX`]: programs look whether it is there.
pub const EXECUTABLE: &str = "bin/python3.13";
/// The standard library, relative to [`PREFIX`].
pub const STDLIB: &str = "lib/python3.13";
/// The time zones of the archive, relative to [`PREFIX`]: where `zoneinfo` looks for them.
pub const ZONES: &str = "lib/python3.13/tzdata/zoneinfo";

/// The number of a guest's process, which is the only one: wasi-libc says so.
pub const PROCESS: u32 = 42;
/// User and group of a guest: whoever runs it is these.
pub const USER: u32 = 1000;
/// The home folder that a guest has of its own: in memory, and writable.
pub const HOME: &str = "/home/pyapp";

/// The variable through which a cold start learns the entry; `pyapp.c` takes it out of the environment again.
pub const ENTRY_VARIABLE: &str = "PYAPP_ENTRY";
/// The variable through which an app's interpreter learns its level of optimisation (`-O`), cold and for a snapshot.
pub const OPTIMIZE_VARIABLE: &str = "PYAPP_OPTIMIZE";

/// Exported function, called at build time instead of `_start`: initialises CPython for a snapshot.
pub const INIT: &str = "pyapp_init";
/// Exported function, the first of a resumed run: takes on what belongs to this run.
pub const RESUME: &str = "pyapp_resume";
/// Exported function: runs the entry; the exit status so far.
pub const RUN: &str = "pyapp_run";
/// Exported function: finalises, and exits with the status that it is given.
pub const EXIT: &str = "pyapp_exit";

/// Exported function, called in a further instance: runs a thread, which its argument stands for.
pub const THREAD: &str = "pyapp_thread";

/// What the host calls, or looks for, by name in python.wasm.
pub const EXPORTS: [&str; 6] = ["_start", INIT, RESUME, RUN, EXIT, THREAD];

/// Exit status: the app could not be started.
pub const CANNOT_START: u8 = 125;
/// Exit status of what a signal ends: this and the signal's number, as shells show it.
pub const ENDED_BY_SIGNAL: u8 = 128;
/// Exit status of a guest that trapped, as after an abort: SIGABRT.
pub const TRAPPED: u8 = ENDED_BY_SIGNAL + 6;
/// Exit status of a guest whose reader has gone: SIGPIPE.
pub const CLOSED_PIPE: u8 = ENDED_BY_SIGNAL + 13;

/// Where requests begin, in `/`; see `preview1/requests.rs`.
pub const DEVICE: &str = "dev/pyapp/";
/// Names of requests.
pub mod request {
    /// Duplicates a descriptor.
    pub const DUP: &str = "dup";
    /// Makes a pipe.
    pub const PIPE: &str = "pipe";
    /// Makes a pair of sockets.
    pub const SOCKETPAIR: &str = "socketpair";
    /// Gets the other end.
    pub const PEER: &str = "peer";
    /// Changes the current directory.
    pub const CWD: &str = "cwd";
    /// Changes permission bits.
    pub const CHMOD: &str = "chmod";
    /// Says which mode the next call gives to what it makes.
    pub const MODE: &str = "mode";
    /// Asks whether a file may be used.
    pub const ACCESS: &str = "access";
    /// Asks for a directory's path.
    pub const PATH: &str = "path";
    /// Asks for a terminal's settings, or changes them.
    pub const TERMINAL: &str = "terminal";
    /// Asks for the device and the owners that a device number stands for.
    pub const OWNER: &str = "owner";
    /// Locks a range of a file, or asks who has.
    pub const LOCK: &str = "lock";
    /// Locks a whole file.
    pub const FLOCK: &str = "flock";
    /// Tells number and path of an error that nobody caught.
    pub const UNCAUGHT: &str = "uncaught";
    /// Asks how full a file system is.
    pub const STATVFS: &str = "statvfs";
    /// Asks for a time zone of the machine.
    pub const ZONE: &str = "zone";
    /// Makes a socket.
    pub const SOCKET: &str = "socket";
    /// Connects a socket, or makes it forget its peer.
    pub const CONNECT: &str = "connect";
    /// Gives a socket an address and a port.
    pub const BIND: &str = "bind";
    /// Lets others connect to a socket.
    pub const LISTEN: &str = "listen";
    /// Asks for a socket's address.
    pub const NAME: &str = "name";
    /// Asks for that of its other end.
    pub const PEERNAME: &str = "peername";
    /// Asks for that of its other end as it was when it was accepted.
    pub const ACCEPTED: &str = "accepted";
    /// Asks for an option of a socket, or sets it.
    pub const OPTION: &str = "option";
    /// Receives, and asks for the sender.
    pub const RECEIVE: &str = "receive";
    /// Asks for what one thing is to be written to that is sent.
    pub const SEND: &str = "send";
    /// Asks for the addresses of a name.
    pub const LOOKUP: &str = "lookup";
    /// Asks for the name of an address.
    pub const REVERSE: &str = "reverse";
}

/// Calls that preview1 has no name for: `fd_advise` on this number and one of [`call`]. No descriptor has such a number, so that a
/// guest on another host gets EBADF.
pub const CALLS: u32 = 0xffff_ff00;
/// What is asked for, and with which two arguments. "address | number" is an address in the lower 32 bits and a number in the upper.
pub mod call {
    /// Address and size of the control block (`wasm/src/posix/calls.h`), 0.
    pub const ATTACH: u32 = 0;
    /// Waits while a word has a value: address | value, nanoseconds (all bits set: for ever). EAGAIN, ETIMEDOUT, EINTR.
    pub const WAIT: u32 = 1;
    /// Wakes threads that wait for a word: address | how many, 0.
    pub const WAKE: u32 = 2;
    /// Lets other threads run, if some could, and writes the signals that have come into the control block.
    pub const YIELD: u32 = 3;
    /// Starts a thread: its argument | the upper end of its stack, the lower end | its number.
    pub const SPAWN: u32 = 4;
    /// Ends the thread.
    pub const EXIT: u32 = 5;
    /// Does nothing: when it returns, the host no longer looks at what it had read before.
    pub const FENCE: u32 = 6;
    /// What is to happen when a signal comes: its number, one of [`signal`](super::signal). EINVAL.
    pub const SIGNAL: u32 = 7;
    /// Writes the signals that the process was started ignoring into the control block.
    pub const IGNORED: u32 = 8;
    /// Interrupts what a thread waits for: its number, 0.
    pub const INTERRUPT: u32 = 9;
    /// Stops the process as a signal does by default: its number. ENOSYS.
    pub const STOP: u32 = 10;
    /// Sets a timer of the process: the address of two numbers of 64 bits, interval and time in microseconds | which; there it
    /// finds what was set before.
    pub const SET_TIMER: u32 = 11;
    /// The same without setting it.
    pub const GET_TIMER: u32 = 12;
    /// Tells that nobody has caught an error: its errno, 0.
    pub const UNCAUGHT: u32 = 13;
    /// Finds an extension: address | length of its path, the address of five words, where it finds its number, size and
    /// alignment of the memory that it needs, and the slots of the table that it gets: the first, and how many. ENOENT.
    pub const FIND: u32 = 14;
    /// Loads it, in this thread and as soon as their turns come in all others: number | address of that memory, the
    /// address of a byte for each of its slots, or 0. If there is one, its data is put into that memory, and the bytes tell what each
    /// function takes and gives back: so many words, and [`GIVES`](super::kind::GIVES) if one comes back, or
    /// [`OTHER`](super::kind::OTHER). EEXIST (it is loaded), ENOMEM (the table is full), EFAULT.
    pub const LOAD: u32 = 15;
    /// Finds a function of it: number | the name's address, its length | the address of a word, where its slot is put. ENOENT.
    pub const LOOK_UP: u32 = 16;
    /// Tells where an extension has variables that each thread has a copy of: address | size, the address of what they are in a new
    /// thread. ENOMEM (too many), EFAULT.
    pub const OWN: u32 = 17;
    /// Tells that a signal ends the process: its number, 0. What the guest then exits with is [`ENDED_BY_SIGNAL`](super::ENDED_BY_SIGNAL)
    /// and this number, which stays where the process is not the guest's own.
    pub const ENDS: u32 = 18;
}

/// The first slot of the table that extensions have; the interpreter's own lie below. A fixed one, so that code can compare with it at
/// no cost.
pub const FIRST_EXTENSION: u32 = 1 << 16;

/// What a function of an extension takes and gives back.
pub mod kind {
    /// It gives a word back.
    pub const GIVES: u8 = 0x10;
    /// It takes or gives anything but words, or more than can be told.
    pub const OTHER: u8 = 0xff;
}
/// What is to happen when a signal comes.
pub mod signal {
    /// What the system does.
    pub const DEFAULT: u32 = 0;
    /// Nothing.
    pub const IGNORE: u32 = 1;
    /// The guest is told.
    pub const TELL: u32 = 2;
}
/// The bit of the interpreter's `eval_breaker` by which the host asks for attention; CPython has no use for it.
pub const ATTENTION_BIT: u32 = 1 << 7;
/// Most threads of a guest at once; one more is EAGAIN. Their stacks, of 4 MiB at least, then take no more than 2 GiB of its memory.
pub const MAX_THREADS: usize = 512;
/// The size of the page at the lower end of a thread's stack that belongs to nobody, bytes.
pub const GUARD: u32 = 4096;

/// What the guest is told beside signals when its time is over, or that of the processor: bits of signals that no system has.
pub const TIME_LIMIT: u64 = 1 << 63;
/// See [`TIME_LIMIT`].
pub const CPU_LIMIT: u64 = 1 << 62;

/// Most descriptors open at once; one more is EMFILE.
pub const MAX_DESCRIPTORS: usize = 8192;
/// What a pipe holds, bytes (Linux: the same).
pub const PIPE_CAPACITY: usize = 64 * 1024;
/// How many of a terminal's special characters (`c_cc`) have a meaning, in its order.
pub const TERMINAL_CODES: usize = 17;

/// Most bytes that a time zone's file may have. The largest of the database have 4 KB; the 2,000 changes of time that the
/// database's own code takes at most are some 30 KB.
pub const ZONE_SIZE: usize = 64 * 1024;

/// In the upper half of a device number that carries `st_mode` along: "pyap". Then come 16 bits of mode and 16 of the
/// number itself.
pub const DEVICE_MARK: u32 = u32::from_be_bytes(*b"pyap");
/// Device number of the scratch.
pub const SCRATCH_DEVICE: u64 = 1;
/// Device number of the archive, which is root's, and which nobody can write to.
pub const READ_ONLY_DEVICE: u64 = 2;
/// Device number of pipes.
pub const PIPE_DEVICE: u64 = 3;
/// Device number of the standard streams.
pub const STREAM_DEVICE: u64 = 4;
/// Device number of the sockets of a network.
pub const SOCKET_DEVICE: u64 = 5;
/// From here on: numbers that stand for a device of the host and the owners of a file on it, which are asked for with
/// [`request::OWNER`].
pub const FIRST_HOST_DEVICE: u64 = 16;

/// The mode of a new file, until the guest changes it; also what a file on another host is taken to have.
pub const FILE_MODE: u16 = 0o644;
/// As [`FILE_MODE`], of a directory.
pub const DIRECTORY_MODE: u16 = 0o755;
