//! Starting a thread, and its end.

use super::seat::{Seat, settle};
use super::turns::{Ended, Threads, sit_down};
use crate::abi;
use crate::engine::THREAD_STACK;
use crate::machine::{Sleeper, with_memory};
use crate::outcome::outcome_of;
use crate::wasi::types::Errno;
use policy::Resource;
use std::sync::Arc;
use wasmtime::{Store, Val};

/// What the guest asks for.
#[derive(Clone, Copy)]
pub(super) struct Start {
    pub number: u32,
    /// The argument of the function that runs the thread.
    pub argument: u32,
    /// The addresses between which its stack in C lies.
    pub stack: (u32, u32),
}

/// Starts a thread, whose turn comes as soon as this one waits.
///
/// # Errors
/// ENOTSUP (a snapshot is made), EAGAIN (there are too many, or the system refuses).
pub(super) fn spawn(threads: &Arc<Threads>, start: Start) -> Result<(), Errno> {
    if !threads.origin.may_spawn {
        return Err(Errno::Notsup);
    }
    let me = Sleeper::new(start.number);
    let mut turns = threads.lock();
    if turns.all.len() >= threads.meter.most(Resource::Threads, abi::MAX_THREADS) {
        threads.meter.reach(Resource::Threads);
        return Err(Errno::Again);
    }
    if turns.all.iter().any(|other| other.number == start.number) {
        return Err(Errno::Again);
    }
    let builder = std::thread::Builder::new().name("guest thread".to_string()).stack_size(THREAD_STACK);
    let (its, sleeper) = (threads.clone(), me.clone());
    builder.spawn(move || live(&its, sleeper, start)).map_err(|_| Errno::Again)?;
    turns.all.push(me);
    Ok(())
}

fn live(threads: &Arc<Threads>, me: Arc<Sleeper>, start: Start) {
    me.begin();
    let origin = &threads.origin;
    let mut store = Store::new(origin.pre.module().engine(), Seat::further(threads.clone(), me.clone()));
    let result = run(&mut store, threads, &me, start);
    // It may have ended in guest code, or before its first turn.
    let context = store.data_mut().context.take();
    let context = context.or_else(|| threads.take_turn(&me).ok().map(|(context, _)| context));
    if context.is_some() {
        threads.attention.enter();
        // While it still has the guest: the memory of the stack may be used for something else as soon as it has not.
        origin.memory.release(start.stack.0);
    }
    drop(store);
    let outcome = result.err().filter(|error| !error.is::<Ended>()).map(outcome_of);
    threads.leave(&me, context, outcome);
}

fn run(store: &mut Store<Seat>, threads: &Arc<Threads>, me: &Arc<Sleeper>, start: Start) -> wasmtime::Result<()> {
    let origin = &threads.origin;
    let instance = with_memory(&origin.memory, || origin.pre.instantiate(&mut *store))?;
    let Some(stack_pointer) = instance.get_global(&mut *store, crate::STACK_POINTER) else {
        wasmtime::bail!("expected a module that was split into code and data");
    };
    settle(store, &instance, None);
    stack_pointer.set(&mut *store, Val::I32(start.stack.1.cast_signed()))?;
    let function = instance.get_typed_func::<u32, ()>(&mut *store, abi::THREAD)?;
    let (context, same) = threads.take_turn(me)?;
    sit_down(store, threads, context, same)?;
    origin.memory.protect(start.stack.0)?;
    if !threads.attention.leave() {
        return Err(wasmtime::Trap::StackOverflow.into());
    }
    function.call(store, start.argument)
}
