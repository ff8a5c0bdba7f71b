//! Signals and timers of the process, which are those of the guest if it runs alone in it.

use super::attention::Attention;
use super::sleeper::Sleeper;
use rustix::io::Errno;
use rustix::process::DumpableBehavior;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

/// What the guest wants to happen when a signal comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// What the system does.
    Default,
    /// Nothing.
    Ignore,
    /// It is told.
    Tell,
}

/// Signals on their way to the guest. There is one in a process.
pub(crate) struct Incoming {
    /// Bit 0 is signal 1.
    signals: AtomicU64,
    attention: Arc<Attention>,
    main: Arc<Sleeper>,
}

static INCOMING: OnceLock<Incoming> = OnceLock::new();

/// Signals that Linux numbers; what is behind them is for real-time signals, which the guest does not have.
const SIGNALS: i32 = 31;

/// The number of the signal that a terminal sends for Ctrl-C.
pub(crate) const INTERRUPT: i32 = libc::SIGINT;

/// What is the host's own: faults, which wasmtime makes traps of; what nobody can catch; and SIGPIPE, which is an errno here.
const OWN: [i32; 9] = [
    libc::SIGABRT,
    libc::SIGBUS,
    libc::SIGFPE,
    libc::SIGILL,
    libc::SIGKILL,
    libc::SIGPIPE,
    libc::SIGSEGV,
    libc::SIGSTOP,
    libc::SIGTRAP,
];

/// From now on the signals that [`set`] asks for are told to this guest; `None` if another has them already.
pub(crate) fn receive(attention: Arc<Attention>, main: Arc<Sleeper>) -> Option<&'static Incoming> {
    INCOMING.set(Incoming { signals: AtomicU64::new(0), attention, main }).ok()?;
    INCOMING.get()
}

impl Incoming {
    /// Those that have come since it was last asked.
    pub fn take(&self) -> u64 {
        self.signals.swap(0, Ordering::SeqCst)
    }
}

/// Says what is to happen when a signal comes. Of the host's own nothing changes.
///
/// # Errors
/// EINVAL: there is no such signal.
pub(crate) fn set(signal: i32, action: Action) -> rustix::io::Result<()> {
    if !(1..=SIGNALS).contains(&signal) {
        return Err(Errno::INVAL);
    }
    if OWN.contains(&signal) {
        return Ok(());
    }
    let handler = match action {
        Action::Default => libc::SIG_DFL,
        Action::Ignore => libc::SIG_IGN,
        Action::Tell => received as *const () as usize,
    };
    // SAFETY: `sigaction` is plain data, for which zeros are valid. The handler does only what a handler may do: see `received`.
    // Tests of signals run it.
    let result = unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler;
        // Calls of the system go on, where that is possible; sleeps are ended by the handler itself.
        action.sa_flags = libc::SA_RESTART | libc::SA_ONSTACK;
        libc::sigaction(signal, &raw const action, std::ptr::null_mut())
    };
    if result == 0 { Ok(()) } else { Err(Errno::INVAL) }
}

/// The signals that the process ignores, but for the host's own. Bit 0 is signal 1.
pub(crate) fn ignored() -> u64 {
    let is_ignored = |signal: &i32| {
        // SAFETY: only reads; `sigaction` is plain data, for which zeros are valid.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            libc::sigaction(*signal, std::ptr::null(), &raw mut action) == 0 && action.sa_sigaction == libc::SIG_IGN
        }
    };
    let all = (1..=SIGNALS).filter(|signal| !OWN.contains(signal)).filter(is_ignored);
    all.fold(0, |bits, signal| bits | 1 << (signal - 1))
}

/// Only what a handler may do: atomics and system calls; and it leaves errno as it was.
extern "C" fn received(signal: libc::c_int) {
    // SAFETY: the address of this thread's errno, which the thread alone uses.
    let errno = unsafe { *libc::__errno_location() };
    if let Some(incoming) = INCOMING.get() {
        incoming.signals.fetch_or(1 << (signal - 1), Ordering::SeqCst);
        incoming.attention.ring();
        incoming.main.interrupt();
    }
    // SAFETY: as above.
    unsafe { *libc::__errno_location() = errno };
}

/// Stops the process until somebody lets it go on, before this returns. Sent to the process, the signal would be another thread's to
/// take, and this one could have done more until then, or even have ended the process.
///
/// # Errors
/// What the system says.
pub(crate) fn stop() -> Result<(), Errno> {
    // SAFETY: takes no address. A test of signals stops so.
    match unsafe { libc::raise(libc::SIGSTOP) } {
        0 => Ok(()),
        _ => Err(Errno::INVAL),
    }
}

/// Ends the process as this signal does by default. Returns if it does not.
pub fn end_by(signal: u8) {
    // The guest's memory is in no file that it was not granted: no core is dumped.
    let _ = rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable);
    let signal = signal.into();
    // SAFETY: `sigset_t` is plain data, for which zeros are valid, and these calls read and write nothing else. Tests end so.
    unsafe {
        let mut set: libc::sigset_t = std::mem::zeroed();
        libc::sigaddset(&raw mut set, signal);
        libc::signal(signal, libc::SIG_DFL);
        libc::pthread_sigmask(libc::SIG_UNBLOCK, &raw const set, std::ptr::null_mut());
        libc::raise(signal);
    }
}

/// A timer's interval and the time until it is next up, microseconds; 0 if there is none.
pub(crate) type Times = [u64; 2];

/// Sets one of the three timers of the process, or only asks for it; what was set before. Its signal is one like others.
///
/// # Errors
/// EINVAL: there is no such timer.
pub(crate) fn timer(which: i32, new: Option<Times>) -> rustix::io::Result<Times> {
    let value = |time: u64| libc::timeval {
        tv_sec: (time / 1_000_000).cast_signed(),
        tv_usec: (time % 1_000_000).cast_signed(),
    };
    let time = |value: libc::timeval| {
        value.tv_sec.cast_unsigned().saturating_mul(1_000_000).saturating_add(value.tv_usec.cast_unsigned())
    };
    // SAFETY: plain data, for which zeros are valid, passed to calls that read and write these and nothing else.
    let (result, old) = unsafe {
        let mut old: libc::itimerval = std::mem::zeroed();
        let result = match new {
            Some([interval, left]) => {
                let new = libc::itimerval { it_interval: value(interval), it_value: value(left) };
                libc::setitimer(which as _, &raw const new, &raw mut old)
            }
            None => libc::getitimer(which as _, &raw mut old),
        };
        (result, old)
    };
    if result == 0 { Ok([time(old.it_interval), time(old.it_value)]) } else { Err(Errno::INVAL) }
}
