//! `poll_oneoff`: waiting for clocks and streams. Files of the VFS and of host folders are always ready; a pipe that is not
//! ready will not be before the call returns, as only the guest itself could change that.

use super::convert::OrErrno;
use super::pipes::Readiness;
use super::streams::Stream;
use super::table::Descriptor;
use super::{Context, Result};
use rustix::event::{PollFd, PollFlags, Timespec};
use std::time::Duration;
use wasmtime_wasi::p1::types::{self, Errno, Eventtype, SubscriptionU};
use wasmtime_wasi::p1::wasi_snapshot_preview1::WasiSnapshotPreview1;
use wiggle::{GuestMemory, GuestPtr};

/// Most subscriptions in one call; there cannot be more descriptors to wait for.
const MAX_SUBSCRIPTIONS: u32 = 16_384;

/// One subscription, and what is known of it before waiting.
struct Waiting {
    userdata: types::Userdata,
    kind: Eventtype,
    state: State,
}

enum State {
    /// Ready at once, with so many bytes.
    Ready(u64),
    /// Ready at once: the other end has gone.
    HungUp(u64),
    /// Not ready, and nothing can change that while the guest waits.
    Never,
    /// Ready when this much time has passed.
    After(Duration),
    /// Ready when the host's descriptor behind this one is.
    Stream(types::Fd),
}

impl Context {
    pub(super) fn poll(
        &mut self,
        memory: &mut GuestMemory<'_>,
        subscriptions: GuestPtr<types::Subscription>,
        events: GuestPtr<types::Event>,
        count: types::Size,
    ) -> Result<types::Size> {
        if count == 0 || count > MAX_SUBSCRIPTIONS {
            return Err(Errno::Inval.into());
        }
        let mut waiting = Vec::with_capacity(count as usize);
        for subscription in subscriptions.as_array(count).iter() {
            let subscription = memory.read(subscription?)?;
            let (kind, state) = self.look(memory, &subscription.u)?;
            waiting.push(Waiting { userdata: subscription.userdata, kind, state });
        }
        let ready = self.wait(&waiting)?;
        let mut told = 0;
        for (waiting, ready) in waiting.iter().zip(ready) {
            let Some(nbytes) = ready else { continue };
            let hung_up = matches!(waiting.state, State::HungUp(_));
            let flags = if hung_up { types::Eventrwflags::FD_READWRITE_HANGUP } else { types::Eventrwflags::empty() };
            let event = types::Event {
                userdata: waiting.userdata,
                error: Errno::Success,
                type_: waiting.kind,
                fd_readwrite: types::EventFdReadwrite { nbytes, flags },
            };
            memory.write(events.add(told)?, event)?;
            told += 1;
        }
        Ok(told)
    }

    /// What is known of a subscription before waiting.
    fn look(&mut self, memory: &mut GuestMemory<'_>, what: &SubscriptionU) -> Result<(Eventtype, State)> {
        match what {
            SubscriptionU::Clock(clock) => {
                if !matches!(clock.id, types::Clockid::Realtime | types::Clockid::Monotonic) {
                    return Err(Errno::Inval.into());
                }
                let absolute = clock.flags.contains(types::Subclockflags::SUBSCRIPTION_CLOCK_ABSTIME);
                let now = match &mut self.fixed {
                    _ if !absolute => 0,
                    Some(fixed) => fixed.time(),
                    None => self.host.clock_time_get(memory, clock.id, 0)?,
                };
                let mut left = clock.timeout.saturating_sub(now);
                if let Some(fixed) = &mut self.fixed {
                    fixed.pass(std::mem::take(&mut left));
                }
                Ok((Eventtype::Clock, State::After(Duration::from_nanos(left))))
            }
            SubscriptionU::FdRead(on) => Ok((Eventtype::FdRead, self.look_at(on.file_descriptor, true)?)),
            SubscriptionU::FdWrite(on) => Ok((Eventtype::FdWrite, self.look_at(on.file_descriptor, false)?)),
        }
    }

    /// As wasmtime-wasi has it, one bad descriptor fails the whole call.
    fn look_at(&self, fd: types::Fd, read: bool) -> Result<State> {
        Ok(match self.table.get(fd)? {
            Descriptor::Stream(Stream::Closed) => return Err(Errno::Badf.into()),
            Descriptor::Stream(stream) if stream.pollable().is_some() => State::Stream(fd),
            Descriptor::Memory(file) => {
                let size = self.vfs.metadata(file.ino).or_errno()?.size;
                State::Ready(if read { size.saturating_sub(file.offset) } else { 0 })
            }
            Descriptor::Pipe(end) => {
                let readiness = if read { end.can_read() } else { end.can_write() };
                match readiness {
                    Readiness { ready: false, .. } => State::Never,
                    Readiness { hung_up: true, bytes, .. } => State::HungUp(bytes),
                    Readiness { bytes, .. } => State::Ready(bytes),
                }
            }
            Descriptor::Stream(_) | Descriptor::Host { .. } => State::Ready(0),
        })
    }

    /// Waits until at least one is ready; for each that is, how many bytes it has.
    fn wait(&self, waiting: &[Waiting]) -> Result<Vec<Option<u64>>> {
        let mut timeout = None;
        let mut polled = Vec::new();
        for one in waiting {
            match one.state {
                State::Ready(_) | State::HungUp(_) => timeout = Some(Duration::ZERO),
                State::Never => {}
                State::After(left) => timeout = Some(timeout.map_or(left, |timeout: Duration| timeout.min(left))),
                State::Stream(fd) => {
                    if let Ok(Descriptor::Stream(stream)) = self.table.get(fd)
                        && let Some(host) = stream.pollable()
                    {
                        let flags = if one.kind == Eventtype::FdRead { PollFlags::IN } else { PollFlags::OUT };
                        polled.push(PollFd::from_borrowed_fd(host, flags));
                    }
                }
            }
        }
        let start = std::time::Instant::now();
        loop {
            let left = timeout.map(|timeout| timeout.saturating_sub(start.elapsed()));
            let result = if polled.is_empty() {
                match left {
                    Some(left) => std::thread::sleep(left),
                    // For ever: until a signal ends the process.
                    None => loop {
                        std::thread::park();
                    },
                }
                Ok(0)
            } else {
                let left = left.and_then(|left| Timespec::try_from(left).ok());
                rustix::event::poll(&mut polled, left.as_ref())
            };
            match result {
                Err(rustix::io::Errno::INTR) => {}
                Err(_) => return Err(Errno::Io.into()),
                Ok(_) => break,
            }
        }
        let passed = start.elapsed();
        let mut polled = polled.iter();
        Ok(waiting
            .iter()
            .map(|one| match one.state {
                State::Ready(nbytes) | State::HungUp(nbytes) => Some(nbytes),
                State::Never => None,
                State::After(left) => (left <= passed).then_some(0),
                State::Stream(_) => {
                    let ready = polled.next().is_some_and(|polled| !polled.revents().is_empty());
                    // At least one byte, or the end, can be read without waiting.
                    ready.then_some(1)
                }
            })
            .collect())
    }
}
