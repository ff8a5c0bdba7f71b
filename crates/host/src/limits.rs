//! How much a run may use, and what of that it has reached. What counts shares one [`Meter`]: the memory, the table of
//! descriptors, the standard streams, the threads. What takes time is watched by a thread of the host: see [`Meter::watch`].

use crate::machine::{Attention, Sleeper};
use crate::outcome::Outcome;
use crate::wasi::types::{self, Errno};
use crate::wasi::{Exit, Result};
use policy::{Resource, RunLimits};
use rustix::time::{ClockId, clock_gettime};
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The limits of a run. Clones share it. Without limits there is nothing in it.
#[derive(Clone, Default)]
pub struct Meter(Option<Arc<Inner>>);

struct Inner {
    limits: RunLimits,
    /// Which limits have been reached: a bit each.
    reached: AtomicU32,
    /// The errno of the error that ends the guest, or 0.
    uncaught: AtomicU32,
    /// Bytes that may still be written, and how often that was refused.
    output: AtomicU64,
    refused: AtomicU32,
    /// What the guest is to be told when it looks: signals that no system has.
    due: AtomicU64,
    guest: Mutex<Option<(Arc<Attention>, Arc<Sleeper>)>>,
    is_told: AtomicBool,
}

/// After so many writes that were refused the run ends: enough for an error's way through a program, and for the program to
/// tell of it in vain.
const PATIENCE: u32 = 1000;

/// Linux's numbers, as the guest has them.
const EAGAIN: u32 = 11;
const ENOMEM: u32 = 12;
const EMFILE: u32 = 24;
const ENOSPC: u32 = 28;

/// How long a run may go on when its time is over, at most: as long again as it has had, so that it ends within twice its limit,
/// and no longer than tidying up takes that is worth waiting for.
const GRACE: Duration = Duration::from_secs(1);

/// How long the guest has to look up before it is asked again.
const AGAIN: Duration = Duration::from_millis(10);

impl Meter {
    /// Of a run with these limits.
    pub fn new(limits: RunLimits) -> Meter {
        if limits.iter().next().is_none() {
            return Meter::default();
        }
        Meter(Some(Arc::new(Inner {
            reached: AtomicU32::new(0),
            uncaught: AtomicU32::new(0),
            output: AtomicU64::new(limits.get(Resource::Output).unwrap_or(u64::MAX)),
            refused: AtomicU32::new(0),
            due: AtomicU64::new(0),
            guest: Mutex::new(None),
            is_told: AtomicBool::new(false),
            limits,
        })))
    }

    /// The limit, if one was set.
    pub fn limit(&self, resource: Resource) -> Option<u64> {
        self.0.as_ref()?.limits.get(resource)
    }

    /// The limit, or what there is without.
    pub(crate) fn most(&self, resource: Resource, without: usize) -> usize {
        self.limit(resource).map_or(without, |limit| without.min(usize::try_from(limit).unwrap_or(usize::MAX)))
    }

    /// Something was refused because of a limit, or a time is over. Without that limit nothing is noted.
    pub(crate) fn reach(&self, resource: Resource) {
        if let Some(inner) = &self.0
            && inner.limits.get(resource).is_some()
        {
            inner.reached.fetch_or(bit(resource), Ordering::SeqCst);
        }
    }

    fn has_reached(&self, resource: Resource) -> bool {
        self.0.as_ref().is_some_and(|inner| inner.reached.load(Ordering::SeqCst) & bit(resource) != 0)
    }

    /// How much of what is to be written to a standard stream may be: at least a byte.
    ///
    /// # Errors
    /// EFBIG, as of a file that a process may not make larger; the end of the guest, if it does not heed that.
    pub(crate) fn writable<'a>(&self, data: &'a [u8]) -> Result<&'a [u8]> {
        let Some(inner) = &self.0 else { return Ok(data) };
        let left = usize::try_from(inner.output.load(Ordering::Relaxed)).unwrap_or(usize::MAX);
        if left > 0 || data.is_empty() {
            return Ok(&data[..data.len().min(left)]);
        }
        self.reach(Resource::Output);
        if inner.refused.fetch_add(1, Ordering::Relaxed) >= PATIENCE {
            return Err(types::Error::trap(Exit(1).into()));
        }
        Err(Errno::Fbig.into())
    }

    /// Bytes were written to a standard stream.
    pub(crate) fn wrote(&self, bytes: usize) {
        if let Some(inner) = &self.0
            && inner.limits.get(Resource::Output).is_some()
        {
            let left = inner.output.load(Ordering::Relaxed).saturating_sub(bytes as u64);
            inner.output.store(left, Ordering::Relaxed);
        }
    }

    /// Nobody has caught an error of this number. True if it is the first.
    pub(crate) fn note_uncaught(&self, errno: u32) -> bool {
        self.0.as_ref().is_some_and(|inner| inner.uncaught.swap(errno.max(1), Ordering::Relaxed) == 0)
    }

    /// The limit that a guest has ended by. Of time, and of output, which is not whole: if it was reached. Of all else, if the error
    /// that follows from it was what ended the guest.
    pub fn ended_by(&self, outcome: &Outcome) -> Option<Resource> {
        use Resource::{Cpu, Descriptors, Memory, Output, Scratch, ScratchFiles, Threads, Time};
        let reached = |resources: &[Resource]| resources.iter().copied().find(|resource| self.has_reached(*resource));
        let uncaught = self.0.as_ref()?.uncaught.load(Ordering::Relaxed);
        let of_error = match outcome {
            Outcome::Exited(0) | Outcome::ClosedPipe => None,
            // What C does that gets no memory and does not know what to do.
            Outcome::Trapped(_) => reached(&[Memory]),
            Outcome::Exited(_) => match uncaught {
                ENOMEM => reached(&[Memory]),
                ENOSPC => reached(&[ScratchFiles, Scratch]),
                EMFILE => reached(&[Descriptors]),
                EAGAIN => reached(&[Threads, Memory]),
                _ => None,
            },
        };
        reached(&[Time, Cpu, Output]).or(of_error)
    }

    /// Whether nobody has said yet that a limit was reached.
    pub fn is_to_be_told(&self) -> bool {
        self.0.as_ref().is_some_and(|inner| !inner.is_told.swap(true, Ordering::SeqCst))
    }

    /// From now on the guest can be asked for attention.
    pub(crate) fn attend(&self, attention: &Arc<Attention>, main: &Arc<Sleeper>) {
        if let Some(inner) = &self.0 {
            *inner.guest() = Some((attention.clone(), main.clone()));
        }
    }

    /// What the guest is to be told, once.
    pub(crate) fn take_due(&self) -> u64 {
        self.0.as_ref().map_or(0, |inner| inner.due.swap(0, Ordering::SeqCst))
    }

    /// Watches the time, if it is limited, on a thread of its own. When it is over, the guest is told, which raises an exception;
    /// some time later `end` is called, which is to end the process.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn watch(&self, end: impl FnOnce(&Meter, Resource) + Send + 'static) -> io::Result<()> {
        let Some(inner) = self.0.clone() else { return Ok(()) };
        let start = Instant::now();
        let times: Vec<(Resource, Duration)> = [Resource::Time, Resource::Cpu]
            .into_iter()
            .filter_map(|resource| Some((resource, Duration::from_millis(inner.limits.get(resource)?))))
            .collect();
        if times.is_empty() {
            return Ok(());
        }
        let meter = self.clone();
        let thread = std::thread::Builder::new().name("limits".to_string()).stack_size(STACK);
        thread.spawn(move || {
            let (resource, limit) = wait_for_one(&times, start);
            meter.reach(resource);
            inner.due.store(signal(resource), Ordering::SeqCst);
            inner.ask(Instant::now() + limit.min(GRACE));
            end(&meter, resource);
        })?;
        Ok(())
    }
}

/// Of the thread that watches, bytes.
const STACK: usize = 128 << 10;

/// Sleeps until one of the times is over.
fn wait_for_one(times: &[(Resource, Duration)], start: Instant) -> (Resource, Duration) {
    loop {
        let left = times.iter().map(|(resource, limit)| {
            let used = if *resource == Resource::Time { start.elapsed() } else { cpu_time() };
            (limit.saturating_sub(used), *resource, *limit)
        });
        match left.min_by_key(|(left, ..)| *left) {
            Some((left, resource, limit)) if left.is_zero() => return (resource, limit),
            // The guest's threads run one at a time, so that no time of processors is over before.
            left => std::thread::sleep(left.map_or(AGAIN, |(left, ..)| left.max(Duration::from_millis(1)))),
        }
    }
}

/// What this process has had of processors.
fn cpu_time() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ProcessCPUTime)).unwrap_or_default()
}

impl Inner {
    fn guest(&self) -> std::sync::MutexGuard<'_, Option<(Arc<Attention>, Arc<Sleeper>)>> {
        self.guest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the guest to look up until it does; returns when that time has come.
    fn ask(&self, until: Instant) {
        loop {
            if self.due.load(Ordering::SeqCst) != 0
                && let Some((attention, main)) = &*self.guest()
            {
                attention.ring();
                main.interrupt();
            }
            match until.saturating_duration_since(Instant::now()) {
                Duration::ZERO => return,
                left => std::thread::sleep(left.min(AGAIN)),
            }
        }
    }
}

fn bit(resource: Resource) -> u32 {
    1 << resource as u32
}

/// What `pyapp_attend` in `wasm/src/posix/signals.c` is told: signals that no system has.
fn signal(resource: Resource) -> u64 {
    match resource {
        Resource::Cpu => crate::abi::CPU_LIMIT,
        _ => crate::abi::TIME_LIMIT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi;

    fn meter(limits: &[(Resource, u64)]) -> Meter {
        let mut all = RunLimits::default();
        limits.iter().for_each(|(resource, limit)| all.set(*resource, *limit));
        Meter::new(all)
    }

    #[test]
    fn what_there_is_without_limits_is_what_the_host_has() {
        assert_eq!(Resource::Descriptors.default_limit(), Some(abi::MAX_DESCRIPTORS as u64));
        assert_eq!(Resource::Threads.default_limit(), Some(abi::MAX_THREADS as u64));
        let scratch = vfs::Limits::default();
        assert_eq!(Resource::Scratch.default_limit(), Some(scratch.bytes));
        assert_eq!(Resource::ScratchFiles.default_limit(), Some(scratch.files));
    }

    #[test]
    fn only_what_a_limit_has_led_to_ends_by_it() {
        let failed = Outcome::Exited(1);
        let threads = meter(&[(Resource::Threads, 2)]);
        threads.note_uncaught(EAGAIN);
        assert_eq!(threads.ended_by(&failed), None, "nothing was refused");
        threads.reach(Resource::Threads);
        threads.reach(Resource::Memory);
        assert_eq!(threads.ended_by(&failed), Some(Resource::Threads));
        assert_eq!(threads.ended_by(&Outcome::Exited(0)), None);
        threads.note_uncaught(ENOMEM);
        assert_eq!(threads.ended_by(&failed), None, "it had no limit of memory");
        let trapped = Outcome::Trapped("unreachable".to_string());
        assert_eq!(threads.ended_by(&trapped), None);
        let both = meter(&[(Resource::Memory, 1), (Resource::Time, 1)]);
        both.reach(Resource::Memory);
        assert_eq!(both.ended_by(&trapped), Some(Resource::Memory));
        both.reach(Resource::Time);
        assert_eq!(both.ended_by(&Outcome::Exited(0)), Some(Resource::Time));
        assert_eq!(Meter::default().ended_by(&failed), None);
    }

    #[test]
    fn output_is_cut_at_its_limit_and_ends_a_guest_that_goes_on() {
        let meter = meter(&[(Resource::Output, 5)]);
        let write = |data: &[u8]| meter.writable(data).map(<[u8]>::len).inspect(|written| meter.wrote(*written));
        assert_eq!(write(b"abc").ok(), Some(3));
        assert_eq!(write(b"def").ok(), Some(2));
        assert_eq!(write(b"").ok(), Some(0));
        for _ in 0..PATIENCE {
            let error = write(b"g").expect_err("refused");
            assert_eq!(error.downcast_ref(), Some(&Errno::Fbig));
        }
        let error = write(b"g").expect_err("ended");
        assert_eq!(error.downcast_ref(), None);
        assert_eq!(meter.ended_by(&Outcome::Exited(0)), Some(Resource::Output));
    }

    #[test]
    fn the_end_comes_after_time_and_grace() {
        for (resource, limit) in [(Resource::Time, 30), (Resource::Cpu, 1)] {
            let meter = meter(&[(resource, limit)]);
            let (ended, end) = std::sync::mpsc::channel();
            let start = Instant::now();
            meter.watch(move |_, resource| ended.send(resource).expect("listening")).expect("a thread");
            // Somebody has to use the processor.
            let found = loop {
                match end.try_recv() {
                    Ok(found) => break found,
                    Err(_) => std::hint::spin_loop(),
                }
            };
            assert_eq!(found, resource);
            assert!(resource == Resource::Cpu || start.elapsed() >= Duration::from_millis(60));
            assert_ne!(meter.take_due(), 0);
            assert_eq!(meter.take_due(), 0);
        }
        assert!(Meter::default().watch(|_, _| unreachable!("nothing is watched")).is_ok());
    }
}
