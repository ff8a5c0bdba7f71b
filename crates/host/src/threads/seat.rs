//! What the store of a thread holds.

use super::turns::Threads;
use crate::Context;
use crate::STACK_POINTER;
use crate::extensions::TABLE;
use crate::machine::{Library, SharedMemory, Sleeper};
use std::sync::Arc;
use wasmtime::{Caller, Extern, Global, Instance, InstancePre, Memory, Store, Table};

/// The place from which a thread runs the guest. It has the context while it is this thread's turn.
pub(crate) struct Seat {
    pub(super) context: Option<Box<Context>>,
    /// Of this thread's instance; its contents are those of all.
    pub(super) memory: Option<Memory>,
    /// What extensions share with its instance, if there are some.
    pub(super) shared: Option<Shared>,
    /// How many of the extensions that are loaded have an instance here.
    pub(super) loaded: usize,
    /// What further instances are made from, if there may be some.
    pub(super) origin: Option<Origin>,
    pub(super) threads: Option<Arc<Threads>>,
    pub(super) me: Arc<Sleeper>,
    /// C's thread-local variables, while another thread runs.
    pub(super) own: Vec<u8>,
}

/// What further instances are made from.
#[derive(Clone)]
pub(crate) struct Origin {
    pub pre: InstancePre<Seat>,
    pub memory: SharedMemory,
    /// Whether threads may be started: not while a snapshot is made, which they would not outlive.
    pub may_spawn: bool,
    /// The extensions that may be loaded.
    pub library: Option<Arc<Library>>,
}

/// What extensions share with an instance of the interpreter, beside its memory.
#[derive(Clone, Copy)]
pub(super) struct Shared {
    pub table: Table,
    pub stack_pointer: Global,
}

impl Seat {
    /// The main thread's.
    pub fn new(context: Context) -> Seat {
        let me = Sleeper::new(0);
        me.begin();
        Seat {
            context: Some(Box::new(context)),
            memory: None,
            shared: None,
            loaded: 0,
            origin: None,
            threads: None,
            me,
            own: Vec::new(),
        }
    }

    /// A further thread's, whose turn it is not yet.
    pub(super) fn further(threads: Arc<Threads>, me: Arc<Sleeper>) -> Seat {
        Seat {
            context: None,
            memory: None,
            shared: None,
            loaded: 0,
            origin: None,
            threads: Some(threads),
            me,
            own: Vec::new(),
        }
    }

    /// The memory, before the guest runs: of a module that was split.
    pub fn shared_memory(&self) -> Option<&SharedMemory> {
        self.origin.as_ref().map(|origin| &origin.memory)
    }

    /// # Panics
    /// If it is not this thread's turn: guest code runs, and calls the host, only then.
    pub fn context(&self) -> &Context {
        self.context.as_deref().expect("it is this thread's turn")
    }

    /// # Panics
    /// As [`Seat::context`].
    pub fn context_mut(&mut self) -> &mut Context {
        self.context.as_deref_mut().expect("it is this thread's turn")
    }

    /// # Panics
    /// As [`Seat::context`].
    pub fn into_context(self) -> Context {
        *self.context.expect("it is this thread's turn")
    }

    /// The memory of the instance that calls, which may not be noted yet.
    pub fn memory(caller: &mut Caller<'_, Seat>) -> Option<Memory> {
        if caller.data().memory.is_none() {
            let Some(Extern::Memory(memory)) = caller.get_export("memory") else { return None };
            caller.data_mut().memory = Some(memory);
        }
        caller.data().memory
    }

    /// A host call begins.
    pub fn enter(&self) {
        if let Some(threads) = &self.threads {
            threads.attention.enter();
        }
    }
}

/// An instance has been made in a store; of the main thread, with what further ones are made from.
pub(crate) fn settle(store: &mut Store<Seat>, instance: &Instance, origin: Option<Origin>) {
    let memory = instance.get_memory(&mut *store, "memory");
    let has_library = match (&origin, &store.data().threads) {
        (Some(origin), _) => origin.library.is_some(),
        (None, Some(threads)) => threads.origin.library.is_some(),
        (None, None) => false,
    };
    let shared = has_library.then(|| {
        let table = instance.get_table(&mut *store, TABLE)?;
        let stack_pointer = instance.get_global(&mut *store, STACK_POINTER)?;
        Some(Shared { table, stack_pointer })
    });
    let seat = store.data_mut();
    (seat.memory, seat.shared) = (memory, shared.flatten());
    if origin.is_some() {
        seat.origin = origin;
    }
}
