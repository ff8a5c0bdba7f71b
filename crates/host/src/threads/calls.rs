//! The calls that `wasm/src/posix` makes for threads and signals; [`abi::call`] says what each is.

use super::control::Control;
use super::extensions;
use super::seat::Seat;
use super::spawn::{Start, spawn};
use super::turns::{Ended, Threads, away};
use super::waiting::{after_call, wait_for_word, wake};
use crate::abi::{self, call, signal};
use crate::machine::Attention;
use crate::machine::signals::{self, Action, Incoming};
use crate::wasi::types::Errno;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use wasmtime::Caller;

/// What a guest gets beyond its limit of memory to tell of the error that ends it, bytes.
const RESERVE: usize = 4 << 20;

/// The call that `fd_advise` on this descriptor is, if it is one.
pub(crate) fn call_of(fd: i32) -> Option<u32> {
    fd.cast_unsigned().checked_sub(abi::CALLS)
}

/// Makes a call; its errno.
///
/// # Errors
/// [`Ended`].
pub(crate) fn make(caller: &mut Caller<'_, Seat>, call: u32, first: u64, second: u64) -> wasmtime::Result<i32> {
    caller.data().enter();
    let errno = dispatch(caller, call, first, second)?;
    after_call(caller)?;
    Ok(i32::from(errno as u16))
}

fn dispatch(caller: &mut Caller<'_, Seat>, call: u32, first: u64, second: u64) -> wasmtime::Result<Errno> {
    // An address and a number, or two numbers.
    let low = |pair: u64| (pair & u64::from(u32::MAX)) as u32;
    let high = |pair: u64| (pair >> 32) as u32;
    if call == call::ATTACH {
        return Ok(attach(caller, low(first), high(first)));
    }
    // What is no call is a descriptor that there is not, and so is every call before the first.
    let Some(threads) = caller.data().threads.clone() else { return Ok(Errno::Badf) };
    Ok(match call {
        call::WAIT => wait_for_word(caller, &threads, low(first), high(first), second)?,
        call::WAKE => {
            wake(&threads, low(first), high(first));
            Errno::Success
        }
        call::YIELD => {
            if threads.lock().is_awaited() {
                away(caller, &threads, |_, _| (), |_| ())?;
            }
            hand_over_signals(caller, &threads);
            Errno::Success
        }
        call::SPAWN => {
            let start = Start { number: high(second), argument: low(first), stack: (low(second), high(first)) };
            caller.data_mut().context_mut().threaded = true;
            spawn(&threads, start).err().unwrap_or(Errno::Success)
        }
        call::EXIT => return Err(Ended.into()),
        // A host call begins only when nobody looks at the memory any more.
        call::FENCE => Errno::Success,
        call::SIGNAL => set_signal(&threads, first, second),
        call::IGNORED => {
            let ignored = if threads.incoming.is_some() { signals::ignored() } else { 0 };
            change_memory(caller, |memory| threads.control.set_ignored(memory, ignored));
            Errno::Success
        }
        call::INTERRUPT => {
            let number = low(first);
            if number != caller.data().me.number
                && let Some(sleeper) = threads.lock().all.iter().find(|sleeper| sleeper.number == number)
            {
                sleeper.interrupt();
            }
            Errno::Success
        }
        call::UNCAUGHT => {
            caller.data_mut().context_mut().ended_by = Some(low(first));
            if threads.meter.note_uncaught(low(first)) {
                threads.origin.memory.allow_more(RESERVE);
            }
            Errno::Success
        }
        call::FIND => extensions::find(caller, &threads, (low(first), high(first)), low(second)),
        call::LOAD => extensions::load(caller, &threads, low(first), high(first), low(second))?,
        call::LOOK_UP => extensions::look_up(caller, &threads, low(first), (high(first), low(second)), high(second))?,
        call::OWN => extensions::own(caller, (low(first), high(first)), low(second)),
        call::STOP => stop(&threads),
        call::ENDS => {
            let number = u8::try_from(first).ok().filter(|_| threads.incoming.is_some());
            caller.data_mut().context_mut().signal = number;
            Errno::Success
        }
        call::SET_TIMER | call::GET_TIMER => timer(caller, &threads, call, low(first), high(first)),
        _ => Errno::Badf,
    })
}

/// Notes where the guest keeps what the host has to know, once.
fn attach(caller: &mut Caller<'_, Seat>, address: u32, size: u32) -> Errno {
    let Some(memory) = Seat::memory(caller) else { return Errno::Nosys };
    let Some(control) = Control::read(memory.data(&*caller), address, size) else { return Errno::Fault };
    let seat = caller.data_mut();
    if seat.threads.is_some() {
        return Errno::Busy;
    }
    // What makes further instances is there for modules that were split.
    let Some(origin) = seat.origin.clone() else { return Errno::Nosys };
    let attention = Arc::new(Attention::new(origin.memory.clone(), control.places));
    let for_guest = seat.context().signals;
    let incoming = for_guest.then(|| signals::receive(attention.clone(), seat.me.clone())).flatten();
    let (patience, meter) = (seat.context().patience, seat.context().meter.clone());
    meter.attend(&attention, &seat.me);
    let threads = Threads::new(attention, control, origin, incoming, seat.me.clone(), patience, meter);
    seat.threads = Some(Arc::new(threads));
    Errno::Success
}

/// Writes the signals that have come where the guest looks for them.
fn hand_over_signals(caller: &mut Caller<'_, Seat>, threads: &Threads) {
    if caller.data().me.number == 0 {
        // It looks now, so it need not be told by its next wait.
        let _ = caller.data().me.take_interrupted();
    }
    let signals = threads.incoming.map_or(0, Incoming::take) | threads.meter.take_due();
    if signals != 0 {
        change_memory(caller, |memory| threads.control.add_signals(memory, signals));
    }
}

fn set_signal(threads: &Threads, number: u64, action: u64) -> Errno {
    let action = match u32::try_from(action) {
        Ok(signal::DEFAULT) => Action::Default,
        Ok(signal::IGNORE) => Action::Ignore,
        Ok(signal::TELL) => Action::Tell,
        _ => return Errno::Inval,
    };
    match i32::try_from(number) {
        _ if threads.incoming.is_none() => Errno::Success,
        Ok(number) => {
            if action == Action::Tell && number != signals::INTERRUPT {
                threads.handles_signals.store(true, Ordering::Relaxed);
            }
            signals::set(number, action).map_or(Errno::Inval, |()| Errno::Success)
        }
        Err(_) => Errno::Inval,
    }
}

/// Stops the process until somebody lets it go on.
fn stop(threads: &Threads) -> Errno {
    if threads.incoming.is_none() {
        return Errno::Nosys;
    }
    signals::stop().map_or(Errno::Io, |()| Errno::Success)
}

fn timer(caller: &mut Caller<'_, Seat>, threads: &Threads, call: u32, address: u32, which: u32) -> Errno {
    if threads.incoming.is_none() {
        return Errno::Nosys;
    }
    let mut errno = Errno::Fault;
    change_memory(caller, |memory| {
        let Some(place) = memory.get_mut(address as usize..).and_then(|bytes| bytes.first_chunk_mut::<16>()) else {
            return;
        };
        let word = |at: usize| u64::from_le_bytes(std::array::from_fn(|index| place[at + index]));
        let new = (call == call::SET_TIMER).then_some([word(0), word(8)]);
        match signals::timer(which.cast_signed(), new) {
            Ok([interval, left]) => {
                place[..8].copy_from_slice(&interval.to_le_bytes());
                place[8..].copy_from_slice(&left.to_le_bytes());
                errno = Errno::Success;
            }
            Err(_) => errno = Errno::Inval,
        }
    });
    errno
}

pub(super) fn change_memory(caller: &mut Caller<'_, Seat>, change: impl FnOnce(&mut [u8])) {
    if let Some(memory) = caller.data().memory {
        change(memory.data_mut(caller));
    }
}
