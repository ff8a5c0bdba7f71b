//! A thread of the host that may sleep, and how others, a signal's handler among them, end its sleep.

use crate::files::{Interest, poll_fd};
use rustix::event::{PollFd, PollFlags, Timespec};
use std::fs::File;
use std::io::{PipeReader, PipeWriter};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::Thread;
use std::time::Instant;

/// See the module's documentation.
pub(crate) struct Sleeper {
    /// The number of its thread: 0 is the main thread's.
    pub number: u32,
    thread: OnceLock<Thread>,
    woken: AtomicBool,
    /// Whether its wait is to end with EINTR.
    interrupted: AtomicBool,
    /// Wakes it from `poll`; made when it first waits for files.
    event: OnceLock<(PipeReader, PipeWriter)>,
}

impl Sleeper {
    /// For a thread that need not have begun.
    pub fn new(number: u32) -> Arc<Sleeper> {
        Arc::new(Sleeper {
            number,
            thread: OnceLock::new(),
            woken: AtomicBool::new(false),
            interrupted: AtomicBool::new(false),
            event: OnceLock::new(),
        })
    }

    /// The thread that calls is the one that will sleep.
    pub fn begin(&self) {
        let _ = self.thread.set(std::thread::current());
    }

    /// Before it is made known to who may wake it.
    pub fn prepare(&self) {
        self.woken.store(false, Ordering::SeqCst);
    }

    pub fn is_woken(&self) -> bool {
        self.woken.load(Ordering::SeqCst)
    }

    /// Ends its sleep. May be called by a signal's handler: it changes an atomic, and makes a system call or two.
    pub fn rouse(&self) {
        if !self.woken.swap(true, Ordering::SeqCst)
            && let Some((_, writer)) = self.event.get()
        {
            let _ = rustix::io::write(writer, &[1]);
        }
        self.look();
    }

    /// Ends its wait as a signal does.
    pub fn interrupt(&self) {
        self.interrupted.store(true, Ordering::SeqCst);
        self.rouse();
    }

    /// Whether it was interrupted since it was last asked.
    pub fn take_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::SeqCst) && self.interrupted.swap(false, Ordering::SeqCst)
    }

    pub fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::SeqCst)
    }

    /// Lets it look again at what it waits for in [`Sleeper::doze`].
    pub fn look(&self) {
        if let Some(thread) = self.thread.get() {
            thread.unpark();
        }
    }

    /// Sleeps until somebody calls [`Sleeper::look`], that time has come, or for no reason.
    pub fn doze(&self, until: Option<Instant>) {
        match until {
            Some(until) => std::thread::park_timeout(until.saturating_duration_since(Instant::now())),
            None => std::thread::park(),
        }
    }

    /// Sleeps until it is roused, that time has come, or one of the files is ready.
    ///
    /// # Errors
    /// What the system says.
    pub fn sleep(&self, files: &[(Arc<File>, Interest)], until: Option<Instant>) -> rustix::io::Result<()> {
        if !files.is_empty() {
            return self.sleep_on(files, until);
        }
        while !self.is_woken() && until.is_none_or(|until| until > Instant::now()) {
            self.doze(until);
        }
        Ok(())
    }

    fn sleep_on(&self, files: &[(Arc<File>, Interest)], until: Option<Instant>) -> rustix::io::Result<()> {
        let event = self.event()?;
        let mut polled: Vec<PollFd<'_>> = files.iter().map(|(file, interest)| poll_fd(file, *interest)).collect();
        polled.push(PollFd::new(event, PollFlags::IN));
        while !self.is_woken() {
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            // A time that the system cannot tell is for ever.
            match rustix::event::poll(&mut polled, left.and_then(|left| Timespec::try_from(left).ok()).as_ref()) {
                Err(rustix::io::Errno::INTR) => continue,
                Err(error) => return Err(error),
                Ok(_) => {}
            }
            let (event_fd, others) = polled.split_last().expect("the event is in it");
            if !event_fd.revents().is_empty() {
                let _ = rustix::io::read(event, &mut [0; 1]);
            }
            let is_over = until.is_some_and(|until| until <= Instant::now());
            if is_over || others.iter().any(|file| !file.revents().is_empty()) {
                break;
            }
        }
        Ok(())
    }

    fn event(&self) -> rustix::io::Result<&PipeReader> {
        if let Some((reader, _)) = self.event.get() {
            return Ok(reader);
        }
        let pair = std::io::pipe().map_err(|_| rustix::io::Errno::MFILE)?;
        Ok(&self.event.get_or_init(|| pair).0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::OwnedFd;
    use std::time::Duration;

    /// Sleeps on another thread until it is roused, so many times.
    fn roused(times: usize, files: &[(Arc<File>, Interest)]) {
        let sleeper = Sleeper::new(1);
        std::thread::scope(|scope| {
            let (told, awake) = std::sync::mpsc::channel();
            let sleeping = &sleeper;
            scope.spawn(move || {
                sleeping.begin();
                for _ in 0..times {
                    sleeping.prepare();
                    told.send(()).expect("listening");
                    sleeping.sleep(files, None).expect("slept");
                    assert!(sleeping.is_woken());
                }
            });
            for _ in 0..times {
                awake.recv().expect("it goes on");
                sleeper.rouse();
            }
        });
    }

    #[test]
    fn no_rouse_is_lost_with_files_or_without() {
        let (reader, _writer) = std::io::pipe().expect("a pipe");
        let file = Arc::new(File::from(OwnedFd::from(reader)));
        roused(2_000, &[]);
        roused(2_000, &[(file, Interest::Read)]);
    }

    #[test]
    fn a_sleep_ends_when_a_file_is_ready_or_the_time_has_come() {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        let files = [(Arc::new(File::from(OwnedFd::from(reader))), Interest::Read)];
        let sleeper = Sleeper::new(0);
        sleeper.begin();
        let start = Instant::now();
        sleeper.sleep(&files, Some(start + Duration::from_millis(20))).expect("slept");
        sleeper.sleep(&[], Some(start + Duration::from_millis(40))).expect("slept");
        assert!(start.elapsed() >= Duration::from_millis(40));
        drop(writer);
        sleeper.sleep(&files, None).expect("slept");
        assert!(!sleeper.is_woken());
    }
}
