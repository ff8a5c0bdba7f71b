//! `poll_oneoff`: clocks and descriptors. Files of the VFS and of host folders are always ready; what a pipe is not ready for
//! only another thread of the guest can change.

use super::types::{self, Clockid, Errno, Event, Eventtype, Fd, Size, Subclockflags, Subscription, SubscriptionU};
use super::{Context, Result};
use crate::files::{Interest, Readiness, Wait, ready};
use std::fs::File;
use std::sync::Arc;
use std::time::{Duration, Instant};
use wasmtime_wasi::p1::wasi_snapshot_preview1::WasiSnapshotPreview1;
use wiggle::{GuestMemory, GuestPtr};

/// Most subscriptions in one call; there cannot be more descriptors to wait for.
const MAX_SUBSCRIPTIONS: u32 = 16_384;

/// One subscription, and what is known of it.
struct Subscribed {
    userdata: types::Userdata,
    kind: Eventtype,
    state: State,
}

enum State {
    /// Ready, with so many bytes.
    Ready { bytes: u64, hung_up: bool },
    /// Not ready, unless another thread of the guest changes that.
    Guest,
    /// Ready when this much more time has passed.
    After(Duration),
    /// Ready when this file of the host is.
    Host(Arc<File>, Interest),
}

impl Context {
    pub(super) fn poll(
        &mut self,
        memory: &mut GuestMemory<'_>,
        subscriptions: GuestPtr<Subscription>,
        events: GuestPtr<Event>,
        count: Size,
    ) -> Result<Size> {
        if count == 0 || count > MAX_SUBSCRIPTIONS {
            return Err(Errno::Inval.into());
        }
        let mut all = Vec::with_capacity(count as usize);
        for subscription in subscriptions.as_array(count).iter() {
            let subscription = memory.read(subscription?)?;
            let (kind, state) = self.look(memory, &subscription.u)?;
            all.push(Subscribed { userdata: subscription.userdata, kind, state });
        }
        ask_host(&mut all)?;
        let is_ready = |one: &Subscribed| matches!(one.state, State::Ready { .. });
        if !all.iter().any(is_ready) {
            return self.wait(wait_for(all), 0);
        }
        let mut told = 0;
        for one in all {
            let State::Ready { bytes: nbytes, hung_up } = one.state else { continue };
            let flags = if hung_up { types::Eventrwflags::FD_READWRITE_HANGUP } else { types::Eventrwflags::empty() };
            let event = Event {
                userdata: one.userdata,
                error: Errno::Success,
                type_: one.kind,
                fd_readwrite: types::EventFdReadwrite { nbytes, flags },
            };
            memory.write(events.add(told)?, event)?;
            told += 1;
        }
        Ok(told)
    }

    /// What is known of a subscription without asking the host.
    fn look(&mut self, memory: &mut GuestMemory<'_>, what: &SubscriptionU) -> Result<(Eventtype, State)> {
        match what {
            SubscriptionU::Clock(clock) => {
                if !matches!(clock.id, Clockid::Realtime | Clockid::Monotonic) {
                    return Err(Errno::Inval.into());
                }
                let absolute = clock.flags.contains(Subclockflags::SUBSCRIPTION_CLOCK_ABSTIME);
                let now = match &mut self.deterministic {
                    // Since the call was made.
                    _ if !absolute => self.resumption.map_or(0, |resumption| nanoseconds(resumption.start.elapsed())),
                    Some(deterministic) => deterministic.time(),
                    None => self.host.clock_time_get(memory, clock.id, 0)?,
                };
                let mut left = clock.timeout.saturating_sub(now);
                if let Some(deterministic) = &mut self.deterministic {
                    deterministic.pass(std::mem::take(&mut left));
                }
                let state = match left {
                    0 => State::Ready { bytes: 0, hung_up: false },
                    left => State::After(Duration::from_nanos(left)),
                };
                Ok((Eventtype::Clock, state))
            }
            SubscriptionU::FdRead(on) => Ok((Eventtype::FdRead, self.look_at(on.file_descriptor, Interest::Read)?)),
            SubscriptionU::FdWrite(on) => Ok((Eventtype::FdWrite, self.look_at(on.file_descriptor, Interest::Write)?)),
        }
    }

    /// As wasmtime-wasi has it, one bad descriptor fails the whole call.
    fn look_at(&self, fd: Fd, interest: Interest) -> Result<State> {
        Ok(match self.table.get(fd)?.readiness(&self.vfs, interest)? {
            Readiness::Ready { bytes, hung_up } => State::Ready { bytes, hung_up },
            Readiness::Waiting(Wait::Guest | Wait::Work(_)) => State::Guest,
            Readiness::Waiting(Wait::Host { mut files, .. }) => match files.pop() {
                Some((file, interest)) => State::Host(file, interest),
                None => State::Guest,
            },
        })
    }
}

/// Asks the host, once, which of its files are ready.
fn ask_host(all: &mut [Subscribed]) -> Result<()> {
    let (mut waiting, mut files) = (Vec::new(), Vec::new());
    for one in all {
        if let State::Host(file, interest) = &one.state {
            files.push((file.clone(), *interest));
            waiting.push(one);
        }
    }
    if files.is_empty() {
        return Ok(());
    }
    for (one, state) in waiting.into_iter().zip(ready(&files)?) {
        if state.is_ready {
            // At least one byte can be read without waiting, or the end is near: the guest takes none for that.
            one.state = State::Ready { bytes: u64::from(!state.is_ended), hung_up: state.hung_up };
        }
    }
    Ok(())
}

/// What ends the wait for the first of these.
fn wait_for(all: Vec<Subscribed>) -> Wait {
    let (mut files, mut until, mut pipes) = (Vec::new(), None::<Instant>, false);
    for one in all {
        match one.state {
            State::Host(file, interest) => files.push((file, interest)),
            // A time that the host's clock cannot tell never comes.
            State::After(left) => {
                let time = Instant::now().checked_add(left);
                until = until.into_iter().chain(time).min();
            }
            State::Guest => pipes = true,
            State::Ready { .. } => {}
        }
    }
    Wait::Host { files, until, pipes }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
