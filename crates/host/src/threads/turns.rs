//! Whose turn it is.

use super::control::Control;
use super::extensions;
use super::seat::{Origin, Seat};
use crate::Context;
use crate::limits::Meter;
use crate::machine::signals::Incoming;
use crate::machine::{Attention, Sleeper};
use crate::outcome::Outcome;
use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use wasmtime::{AsContextMut, Caller};

/// The threads of one guest.
pub(crate) struct Threads {
    turns: Mutex<Turns>,
    /// Somebody has ended.
    left: Condvar,
    pub(super) attention: Arc<Attention>,
    pub(super) control: Control,
    pub(super) origin: Origin,
    /// Signals from outside, if they are this guest's.
    pub(super) incoming: Option<&'static Incoming>,
    /// Whether the guest handles a signal, but for the interrupt that every Python handles: a wait that nobody else ends may be
    /// ended by a handler.
    pub(super) handles_signals: AtomicBool,
    /// How long a thread whose turn it could be waits before it asks for attention, and again after that.
    patience: Duration,
    /// How much the guest may use.
    pub(super) meter: Meter,
}

/// What the mutex keeps.
pub(super) struct Turns {
    /// The context, while nobody has it.
    context: Option<Box<Context>>,
    /// Who is ready, in the order of their turns.
    queue: VecDeque<Arc<Sleeper>>,
    /// Who waits for a word of the memory, by its address.
    pub(super) words: HashMap<u32, VecDeque<Arc<Sleeper>>>,
    /// Who waits for something to happen to a pipe.
    pub(super) pipes: Vec<Arc<Sleeper>>,
    /// Who has not ended.
    pub(super) all: Vec<Arc<Sleeper>>,
    /// The number of the thread whose turn was the last.
    last: u32,
    /// How the guest has ended, once it has.
    ended: Option<Outcome>,
}

/// Ends a thread: it has asked for that, or the guest has ended.
#[derive(Debug)]
pub(crate) struct Ended;

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the thread has ended")
    }
}

impl std::error::Error for Ended {}

impl Threads {
    /// Of a guest whose only thread makes a host call.
    pub fn new(
        attention: Arc<Attention>,
        control: Control,
        origin: Origin,
        incoming: Option<&'static Incoming>,
        main: Arc<Sleeper>,
        patience: Duration,
        meter: Meter,
    ) -> Threads {
        let turns = Turns {
            context: None,
            queue: VecDeque::new(),
            words: HashMap::new(),
            pipes: Vec::new(),
            last: main.number,
            all: vec![main],
            ended: None,
        };
        Threads {
            turns: Mutex::new(turns),
            left: Condvar::new(),
            attention,
            control,
            origin,
            incoming,
            handles_signals: AtomicBool::new(false),
            patience,
            meter,
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Turns> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for this thread's turn. The context, and whether no other thread has had it in between.
    ///
    /// # Errors
    /// [`Ended`].
    pub(super) fn take_turn(&self, me: &Arc<Sleeper>) -> Result<(Box<Context>, bool), Ended> {
        let mut turns = self.lock();
        turns.queue.push_back(me.clone());
        let mut ring_at = None;
        loop {
            if turns.ended.is_some() {
                turns.queue.retain(|other| !Arc::ptr_eq(other, me));
                return Err(Ended);
            }
            if turns.queue.front().is_some_and(|front| Arc::ptr_eq(front, me)) {
                if let Some(context) = turns.context.take() {
                    turns.queue.pop_front();
                    // Who is next begins to lose patience.
                    if let Some(next) = turns.queue.front() {
                        next.look();
                    }
                    let same = turns.last == me.number;
                    turns.last = me.number;
                    return Ok((context, same));
                }
                // Whoever runs may have no reason to call the host.
                let now = Instant::now();
                if *ring_at.get_or_insert(now + self.patience) <= now {
                    self.attention.ring();
                    ring_at = Some(now + self.patience);
                }
            }
            drop(turns);
            me.doze(ring_at);
            turns = self.lock();
        }
    }

    /// Gives the context away.
    pub(super) fn give_turn(&self, turns: &mut Turns, context: Option<Box<Context>>) {
        turns.context = context;
        if let Some(next) = turns.queue.front() {
            next.look();
        }
    }

    /// A thread has ended; if the guest has with it, `outcome` says how. Then it was this thread's turn: nobody else runs who would
    /// not learn of it.
    pub(super) fn leave(&self, me: &Arc<Sleeper>, context: Option<Box<Context>>, outcome: Option<Outcome>) {
        let mut turns = self.lock();
        turns.all.retain(|other| !Arc::ptr_eq(other, me));
        if let Some(outcome) = outcome {
            turns.end(outcome);
        }
        if context.is_some() {
            self.give_turn(&mut turns, context);
        }
        self.left.notify_all();
    }
}

impl Turns {
    /// Whether there are other threads.
    pub fn has_others(&self) -> bool {
        self.all.len() > 1
    }

    /// Whether somebody is ready.
    pub fn is_awaited(&self) -> bool {
        !self.queue.is_empty()
    }

    /// The guest has ended, in this way if not in another before.
    fn end(&mut self, outcome: Outcome) {
        self.ended.get_or_insert(outcome);
        for sleeper in &self.all {
            sleeper.rouse();
        }
    }
}

/// Lets other threads run while this one does `wait`, which must use nothing of the guest.
pub(super) fn away<T>(
    caller: &mut Caller<'_, Seat>,
    threads: &Arc<Threads>,
    before: impl FnOnce(&mut Turns, &Arc<Sleeper>),
    wait: impl FnOnce(&Arc<Sleeper>) -> T,
) -> wasmtime::Result<T> {
    let Some(memory) = caller.data().memory else { wasmtime::bail!("expected a memory, found none") };
    let mut own = std::mem::take(&mut caller.data_mut().own);
    threads.control.save(&caller.data().context().own, memory.data(&*caller), &mut own);
    let seat = caller.data_mut();
    seat.own = own;
    let me = seat.me.clone();
    me.prepare();
    let context = seat.context.take();
    {
        let mut turns = threads.lock();
        before(&mut turns, &me);
        threads.give_turn(&mut turns, context);
    }
    let result = wait(&me);
    let (context, same) = threads.take_turn(&me)?;
    sit_down(caller, threads, context, same)?;
    Ok(result)
}

/// It is this thread's turn.
pub(super) fn sit_down(
    store: &mut impl AsContextMut<Data = Seat>,
    threads: &Threads,
    context: Box<Context>,
    same: bool,
) -> wasmtime::Result<()> {
    let mut store = store.as_context_mut();
    let seat = store.data_mut();
    seat.context = Some(context);
    let Some(memory) = seat.memory else { wasmtime::bail!("expected a memory, found none") };
    if !same {
        // Another thread may have made the memory grow; this instance looks at its size only when it makes it grow itself.
        memory.grow(&mut store, 0)?;
        let (bytes, seat) = memory.data_and_store_mut(&mut store);
        threads.control.restore(&seat.context().own, bytes, &seat.own);
        extensions::catch_up(&mut store, threads)?;
    }
    Ok(())
}

impl Seat {
    /// The main thread has ended, and with it the guest: how, if another thread has not ended it before. It has the context again.
    pub fn end(&mut self, outcome: impl FnOnce() -> Outcome) -> Outcome {
        let Some(threads) = self.threads.clone() else { return outcome() };
        threads.attention.enter();
        let mut turns = threads.lock();
        if self.context.is_some() {
            turns.end(outcome());
        }
        while self.context.is_none() {
            self.context = turns.context.take();
            if self.context.is_none() {
                turns = threads.left.wait(turns).unwrap_or_else(PoisonError::into_inner);
            }
        }
        turns.ended.clone().unwrap_or_else(|| Outcome::Trapped("the main thread has ended".to_string()))
    }

    /// Waits for the other threads, which end by themselves as soon as they look.
    pub fn join(&self) {
        let Some(threads) = &self.threads else { return };
        let mut turns = threads.lock();
        while turns.has_others() {
            turns = threads.left.wait(turns).unwrap_or_else(PoisonError::into_inner);
        }
    }
}
