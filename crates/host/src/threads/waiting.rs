//! Waiting, while other threads run.

use super::seat::Seat;
use super::turns::{Threads, Turns, away};
use crate::files::Wait;
use crate::machine::Sleeper;
use crate::wasi::types::Errno;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use wasmtime::Caller;

/// How a wait has ended.
pub(crate) enum Waited {
    /// The call can be made again.
    Over,
    /// The same, with what came of the work that was waited for.
    Worked(Result<(), Errno>),
    /// A signal has come.
    Interrupted,
    /// It cannot be waited for.
    Failed(Errno),
}

/// Waits for what a call of preview1 waits for.
///
/// # Errors
/// [`Ended`](super::Ended).
pub(crate) fn wait(caller: &mut Caller<'_, Seat>, wait: Wait) -> wasmtime::Result<Waited> {
    let threads = caller.data().threads.clone();
    if let Some(threads) = &threads {
        // It may have done a part.
        rouse_pipes(caller.data_mut(), threads);
    }
    let may_be_told = threads.as_ref().is_some_and(|threads| threads.handles_signals.load(Ordering::Relaxed));
    // Without others nobody wants the guest meanwhile.
    let others = threads.filter(|threads| threads.lock().has_others());
    let (files, until, pipes) = match wait {
        Wait::Work(work) => {
            let worked = match &others {
                Some(threads) => away(caller, threads, |_, _| (), |_| work.run())?,
                None => work.run(),
            };
            return Ok(Waited::Worked(match worked {
                Ok(()) => Ok(()),
                Err(error) => Err(error.downcast()?),
            }));
        }
        Wait::Guest if others.is_none() && !may_be_told => return Ok(Waited::Failed(Errno::Deadlk)),
        Wait::Guest => (Vec::new(), None, true),
        Wait::Host { files, until, pipes } => (files, until, pipes),
    };
    let slept = match &others {
        Some(threads) => away(
            caller,
            threads,
            |turns, me| {
                if pipes {
                    turns.pipes.push(me.clone());
                }
            },
            |me| {
                let slept = sleep(me, |me| me.sleep(&files, until));
                if pipes {
                    threads.lock().pipes.retain(|other| !Arc::ptr_eq(other, me));
                }
                slept
            },
        )?,
        None => {
            let me = caller.data().me.clone();
            me.prepare();
            sleep(&me, |me| me.sleep(&files, until))
        }
    };
    Ok(match slept {
        _ if caller.data().me.take_interrupted() => Waited::Interrupted,
        Ok(()) => Waited::Over,
        Err(_) => Waited::Failed(Errno::Io),
    })
}

/// Sleeps, unless a signal has come before [`Sleeper::prepare`].
fn sleep<T: Default>(
    me: &Sleeper,
    sleep: impl FnOnce(&Sleeper) -> Result<T, rustix::io::Errno>,
) -> Result<T, rustix::io::Errno> {
    if me.is_interrupted() { Ok(T::default()) } else { sleep(me) }
}

/// What a host call leaves behind when it ends: attention that was asked for meanwhile, and who waits for a pipe.
///
/// # Errors
/// If the call was sent to a page of a stack's guard.
pub(crate) fn after_call(caller: &mut Caller<'_, Seat>) -> wasmtime::Result<()> {
    let Some(threads) = caller.data().threads.clone() else { return Ok(()) };
    rouse_pipes(caller.data_mut(), &threads);
    if threads.attention.leave() { Ok(()) } else { Err(wasmtime::Trap::StackOverflow.into()) }
}

/// If something has happened to a pipe, who waits for that looks again.
fn rouse_pipes(seat: &mut Seat, threads: &Threads) {
    if seat.context_mut().pipes.take_changed() {
        for sleeper in threads.lock().pipes.drain(..) {
            sleeper.rouse();
        }
    }
}

/// Waits while a word of the memory has a value, `nanoseconds` at most; all bits set is for ever.
///
/// # Errors
/// [`Ended`](super::Ended).
pub(super) fn wait_for_word(
    caller: &mut Caller<'_, Seat>,
    threads: &Arc<Threads>,
    address: u32,
    expected: u32,
    nanoseconds: u64,
) -> wasmtime::Result<Errno> {
    let Some(memory) = caller.data().memory else { return Ok(Errno::Fault) };
    let word = memory.data(&*caller).get(address as usize..).and_then(|bytes| bytes.first_chunk::<4>());
    match word {
        None => return Ok(Errno::Fault),
        Some(word) if u32::from_le_bytes(*word) != expected => return Ok(Errno::Again),
        Some(_) => {}
    }
    // A time that the host's clock cannot tell never comes.
    let until =
        (nanoseconds != u64::MAX).then(|| Instant::now().checked_add(Duration::from_nanos(nanoseconds))).flatten();
    away(
        caller,
        threads,
        |turns, me| turns.words.entry(address).or_default().push_back(me.clone()),
        |me| {
            let _ = sleep(me, |me| me.sleep(&[], until));
            forget(&mut threads.lock(), address, me);
        },
    )?;
    let me = &caller.data().me;
    Ok(if me.take_interrupted() {
        Errno::Intr
    } else if me.is_woken() {
        Errno::Success
    } else {
        Errno::Timedout
    })
}

fn forget(turns: &mut Turns, address: u32, me: &Arc<Sleeper>) {
    if let Some(waiting) = turns.words.get_mut(&address) {
        waiting.retain(|other| !Arc::ptr_eq(other, me));
        if waiting.is_empty() {
            turns.words.remove(&address);
        }
    }
}

/// Wakes so many of those that wait for a word.
pub(super) fn wake(threads: &Threads, address: u32, count: u32) {
    let mut turns = threads.lock();
    let Some(waiting) = turns.words.get_mut(&address) else { return };
    let woken = waiting.len().min(count as usize);
    for sleeper in waiting.drain(..woken) {
        sleeper.rouse();
    }
    if waiting.is_empty() {
        turns.words.remove(&address);
    }
}
