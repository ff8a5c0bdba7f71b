//! What calls wait for, and waiting for it where there are no threads. Whoever does holds nothing of the guest's memory.

use super::Interest;
use crate::wasi::types::Errno;
use crate::wasi::{OrErrno, Result};
use rustix::event::{PollFd, PollFlags, Timespec};
use std::fs::File;
use std::sync::Arc;
use std::time::Instant;

/// What can be done without the guest.
pub(crate) struct Work(Box<dyn FnOnce() -> rustix::io::Result<()> + Send>);

impl Work {
    pub fn new(work: impl FnOnce() -> rustix::io::Result<()> + Send + 'static) -> Work {
        Work(Box::new(work))
    }

    /// Does it.
    ///
    /// # Errors
    /// The system's.
    pub fn run(self) -> Result<()> {
        (self.0)().or_errno()
    }
}

impl std::fmt::Debug for Work {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Work")
    }
}

/// What an operation waits for.
#[derive(Debug)]
pub(crate) enum Wait {
    /// Until one of these files of the host is ready, or the time has come, or, if `pipes`, something happens to a pipe of the
    /// guest; without any of them, until a signal comes.
    Host { files: Vec<(Arc<File>, Interest)>, until: Option<Instant>, pipes: bool },
    /// Until this is done, which the disk may take its time for.
    Work(Work),
    /// Until another thread of the guest reads, writes or closes another descriptor. Without threads that never comes.
    Guest,
}

impl Wait {
    /// Until that file is ready.
    pub fn on(file: &Arc<File>, interest: Interest) -> Wait {
        Wait::Host { files: vec![(file.clone(), interest)], until: None, pipes: false }
    }

    /// Waits, for a guest that has no threads.
    ///
    /// # Errors
    /// EDEADLK if it would be for ever, as nobody but the guest could end it; EIO.
    pub fn block(self) -> Result<()> {
        let (files, until) = match self {
            Wait::Host { files, until, .. } => (files, until),
            Wait::Work(work) => return work.run(),
            Wait::Guest => return Err(Errno::Deadlk.into()),
        };
        let mut polled: Vec<PollFd<'_>> = files.iter().map(|(file, interest)| poll_fd(file, *interest)).collect();
        loop {
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            let result = match left {
                Some(left) if polled.is_empty() => {
                    std::thread::sleep(left);
                    return Ok(());
                }
                None if polled.is_empty() => {
                    std::thread::park();
                    continue;
                }
                // A time that the system cannot tell is for ever.
                left => rustix::event::poll(&mut polled, left.and_then(|left| Timespec::try_from(left).ok()).as_ref()),
            };
            match result {
                Err(rustix::io::Errno::INTR) => {}
                Err(_) => return Err(Errno::Io.into()),
                Ok(_) => return Ok(()),
            }
        }
    }
}

/// Which of these files are ready now.
///
/// # Errors
/// EIO.
pub(crate) fn ready(files: &[(Arc<File>, Interest)]) -> Result<Vec<bool>> {
    let mut polled: Vec<PollFd<'_>> = files.iter().map(|(file, interest)| poll_fd(file, *interest)).collect();
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    loop {
        match rustix::event::poll(&mut polled, Some(&now)) {
            Err(rustix::io::Errno::INTR) => {}
            Err(_) => return Err(Errno::Io.into()),
            Ok(_) => return Ok(polled.iter().map(|polled| !polled.revents().is_empty()).collect()),
        }
    }
}

fn poll_fd(file: &Arc<File>, interest: Interest) -> PollFd<'_> {
    PollFd::new(&**file, if interest == Interest::Read { PollFlags::IN } else { PollFlags::OUT })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_wait_ends_when_a_file_is_ready_or_the_time_has_come() {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        let reader = Arc::new(File::from(std::os::fd::OwnedFd::from(reader)));
        let start = Instant::now();
        let until = Some(start + Duration::from_millis(30));
        Wait::Host { files: vec![(reader.clone(), Interest::Read)], until, pipes: false }.block().expect("waited");
        Wait::Host { files: Vec::new(), until: Some(start + Duration::from_millis(60)), pipes: false }
            .block()
            .expect("waited");
        assert!(start.elapsed() >= Duration::from_millis(60));
        assert_eq!(ready(&[(reader.clone(), Interest::Read)]).expect("asked"), [false]);
        // The other end goes while it waits, which has no time limit.
        let closing = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(20));
            drop(writer);
        });
        Wait::on(&reader, Interest::Read).block().expect("waited");
        closing.join().expect("it ends");
        assert_eq!(ready(&[(reader, Interest::Read)]).expect("asked"), [true]);
    }

    #[test]
    fn nobody_waits_for_the_guest_itself() {
        let error = Wait::Guest.block().expect_err("for ever");
        assert_eq!(error.downcast().expect("an errno"), Errno::Deadlk);
    }
}
