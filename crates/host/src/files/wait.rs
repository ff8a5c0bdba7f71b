//! What calls wait for. `threads/waiting.rs` waits for it, and holds nothing of the guest's memory then.

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
}

/// What the system says of a file that is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct State {
    /// It would go on at once.
    pub is_ready: bool,
    /// The other end has gone, or something has failed.
    pub hung_up: bool,
    /// The other end of a socket sends no more.
    pub is_ended: bool,
}

/// What these files are ready for now.
///
/// # Errors
/// EIO.
pub(crate) fn ready(files: &[(Arc<File>, Interest)]) -> Result<Vec<State>> {
    let mut polled: Vec<PollFd<'_>> = files.iter().map(|(file, interest)| poll_fd(file, *interest)).collect();
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    loop {
        match rustix::event::poll(&mut polled, Some(&now)) {
            Err(rustix::io::Errno::INTR) => {}
            Err(_) => return Err(Errno::Io.into()),
            Ok(_) => return Ok(polled.iter().map(|polled| state(polled.revents())).collect()),
        }
    }
}

fn state(events: PollFlags) -> State {
    State {
        is_ready: !events.is_empty(),
        hung_up: events.intersects(PollFlags::HUP | PollFlags::ERR),
        is_ended: events.contains(PollFlags::RDHUP),
    }
}

/// How the system is asked for it.
pub(crate) fn poll_fd(file: &Arc<File>, interest: Interest) -> PollFd<'_> {
    PollFd::new(&**file, if interest == Interest::Read { PollFlags::IN | PollFlags::RDHUP } else { PollFlags::OUT })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::Sleeper;
    use std::time::Duration;

    #[test]
    fn a_wait_ends_when_a_file_is_ready_or_the_time_has_come() {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        let reader = Arc::new(File::from(std::os::fd::OwnedFd::from(reader)));
        let start = Instant::now();
        let wait = |files: &[(Arc<File>, Interest)], milliseconds: Option<u64>| {
            let sleeper = Sleeper::new(0);
            sleeper.begin();
            let until = milliseconds.map(|milliseconds| start + Duration::from_millis(milliseconds));
            sleeper.sleep(files, until).expect("waited");
        };
        wait(&[(reader.clone(), Interest::Read)], Some(30));
        wait(&[], Some(60));
        assert!(start.elapsed() >= Duration::from_millis(60));
        let state = |is_ready, hung_up| [State { is_ready, hung_up, is_ended: false }];
        assert_eq!(ready(&[(reader.clone(), Interest::Read)]).expect("asked"), state(false, false));
        // The other end goes while it waits, which has no time limit.
        let closing = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(20));
            drop(writer);
        });
        wait(&[(reader.clone(), Interest::Read)], None);
        closing.join().expect("it ends");
        assert_eq!(ready(&[(reader, Interest::Read)]).expect("asked"), state(true, true));
    }
}
