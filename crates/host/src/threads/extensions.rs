//! Loading extensions: instances of their modules beside that of the interpreter, in the store of each thread.

use super::calls::change_memory;
use super::seat::{Seat, Shared};
use super::turns::Threads;
use crate::abi::{FIRST_EXTENSION, MOUNT, kind};
use crate::context::{Loaded, Own};
use crate::extensions::Import;
use crate::machine::{Extension, Library};
use crate::wasi::types::Errno;
use std::sync::Arc;
use wasmtime::{
    AsContextMut, Caller, Extern, Func, Global, GlobalType, Instance, Memory, Mutability, Ref, StoreContextMut, Trap,
    Val, ValType,
};

/// Longest path or name that is looked for, bytes.
const LONGEST: u32 = 4096;

/// Most bytes that extensions have for each thread: they are copied whenever another thread goes on.
const MOST_OWN: usize = 64 << 10;
/// Most extensions that have some.
const MOST_OWNERS: usize = 1024;

/// [`call::FIND`](crate::abi::call::FIND).
pub(super) fn find(caller: &mut Caller<'_, Seat>, threads: &Threads, path: (u32, u32), answer: u32) -> Errno {
    let Some(library) = &threads.origin.library else { return Errno::Noent };
    let Some(path) = text(caller, path) else { return Errno::Fault };
    let inside = path.strip_prefix('/').and_then(|path| path.strip_prefix(MOUNT)?.strip_prefix('/'));
    let Some(number) = inside.and_then(|path| library.find(path)) else { return Errno::Noent };
    let (Ok(Some(extension)), Ok(first)) = (library.get(number), next_slot(caller.data(), library)) else {
        return Errno::Noexec;
    };
    let plan = &extension.plan;
    write(caller, answer, &[number as u32, plan.memory_size, plan.memory_align, first, plan.slots()])
}

/// The first slot of the table for what is loaded next.
fn next_slot(seat: &Seat, library: &Library) -> wasmtime::Result<u32> {
    Ok(match seat.context().loaded.last() {
        Some(last) => last.table_base + library.get(last.number)?.map_or(0, |last| last.plan.slots()),
        None => FIRST_EXTENSION,
    })
}

/// [`call::LOAD`](crate::abi::call::LOAD).
pub(super) fn load(
    caller: &mut Caller<'_, Seat>,
    threads: &Arc<Threads>,
    number: u32,
    memory_base: u32,
    kinds: u32,
) -> wasmtime::Result<Errno> {
    let number = number as usize;
    let Some(library) = &threads.origin.library else { return Ok(Errno::Noent) };
    let Some(extension) = library.get(number)? else { return Ok(Errno::Noent) };
    let (Some(shared), Some(memory)) = (caller.data().shared, caller.data().memory) else { return Ok(Errno::Nosys) };
    if caller.data().context().loaded.iter().any(|other| other.number == number) {
        return Ok(Errno::Exist);
    }
    let table_base = next_slot(caller.data(), library)?;
    let has_room = u64::from(table_base) + u64::from(extension.plan.slots()) <= shared.table.size(&*caller);
    let end = memory_base.checked_add(extension.plan.memory_size);
    if !has_room {
        return Ok(Errno::Nomem);
    }
    if end.is_none_or(|end| end as usize > memory.data_size(&*caller)) {
        return Ok(Errno::Fault);
    }
    let loaded = Loaded { number, memory_base, table_base };
    instantiate(&mut caller.as_context_mut(), shared, memory, extension, loaded)?;
    if kinds != 0 {
        let found: Vec<u8> = (table_base..table_base + extension.plan.slots())
            .map(|slot| kind_of(&mut caller.as_context_mut(), shared, slot))
            .collect();
        change_memory(caller, |memory| {
            let place = memory.get_mut(kinds as usize..).and_then(|rest| rest.get_mut(..found.len()));
            if let Some(place) = place {
                place.copy_from_slice(&found);
            }
            let own = memory.get_mut(memory_base as usize..).unwrap_or_default();
            for (offset, bytes) in &extension.plan.data {
                if let Some(place) = own.get_mut(*offset as usize..).and_then(|rest| rest.get_mut(..bytes.len())) {
                    place.copy_from_slice(bytes);
                }
            }
        });
    }
    let seat = caller.data_mut();
    seat.context_mut().loaded.push(loaded);
    seat.loaded += 1;
    Ok(Errno::Success)
}

/// [`call::LOOK_UP`](crate::abi::call::LOOK_UP).
pub(super) fn look_up(
    caller: &mut Caller<'_, Seat>,
    threads: &Threads,
    number: u32,
    name: (u32, u32),
    answer: u32,
) -> wasmtime::Result<Errno> {
    let Some(name) = text(caller, name) else { return Ok(Errno::Fault) };
    let number = number as usize;
    let loaded = caller.data().context().loaded.iter().find(|loaded| loaded.number == number).copied();
    let (Some(loaded), Some(library)) = (loaded, &threads.origin.library) else { return Ok(Errno::Noent) };
    let slot = library.get(number)?.and_then(|extension| extension.plan.slot_of(&name, loaded.table_base));
    Ok(slot.map_or(Errno::Noent, |slot| write(caller, answer, &[slot])))
}

/// [`call::OWN`](crate::abi::call::OWN).
pub(super) fn own(caller: &mut Caller<'_, Seat>, (start, len): (u32, u32), first: u32) -> Errno {
    let all: usize = caller.data().context().own.iter().map(|own| own.first.len()).sum();
    if all + len as usize > MOST_OWN || caller.data().context().own.len() >= MOST_OWNERS {
        return Errno::Nomem;
    }
    let Some(memory) = caller.data().memory else { return Errno::Fault };
    let bytes = memory.data(&*caller).get(first as usize..).and_then(|rest| rest.get(..len as usize));
    let Some(first) = bytes.map(<[u8]>::to_vec) else { return Errno::Fault };
    caller.data_mut().context_mut().own.push(Own { start, first });
    Errno::Success
}

/// Makes instances in this thread's store of what other threads have loaded. It is this thread's turn.
pub(super) fn catch_up(store: &mut StoreContextMut<'_, Seat>, threads: &Threads) -> wasmtime::Result<()> {
    let Some(library) = threads.origin.library.clone() else { return Ok(()) };
    while let Some(loaded) = store.data().context().loaded.get(store.data().loaded).copied() {
        let (Some(shared), Some(memory)) = (store.data().shared, store.data().memory) else {
            wasmtime::bail!("expected an interpreter that is ready for extensions, found another");
        };
        let Some(extension) = library.get(loaded.number)? else { wasmtime::bail!("expected an extension, found none") };
        instantiate(store, shared, memory, extension, loaded)?;
        store.data_mut().loaded += 1;
    }
    Ok(())
}

/// Makes an instance, and puts its functions into the table.
fn instantiate(
    store: &mut StoreContextMut<'_, Seat>,
    shared: Shared,
    memory: Memory,
    extension: &Extension,
    loaded: Loaded,
) -> wasmtime::Result<()> {
    let plan = &extension.plan;
    let first_exported = loaded.table_base + plan.table_size;
    let mut imports = Vec::with_capacity(plan.imports.len());
    for (number, import) in plan.imports.iter().enumerate() {
        let mut constant = |value: u32| {
            let kind = GlobalType::new(ValType::I32, Mutability::Const);
            Global::new(&mut *store, kind, Val::I32(value.cast_signed())).map(Extern::from)
        };
        imports.push(match *import {
            Import::Memory => memory.into(),
            Import::Table => shared.table.into(),
            Import::StackPointer => shared.stack_pointer.into(),
            Import::MemoryBase => constant(loaded.memory_base)?,
            Import::TableBase => constant(loaded.table_base)?,
            Import::Value(value) => constant(value)?,
            Import::OwnFunction(number) => constant(first_exported.wrapping_add(number))?,
            Import::OwnData(offset) => constant(loaded.memory_base.wrapping_add(offset))?,
            Import::Function(slot) => match shared.table.get(&mut *store, slot.into()) {
                Some(Ref::Func(Some(function))) => function.into(),
                other => wasmtime::bail!("expected a function in slot {slot}, found {other:?}"),
            },
            Import::Nowhere => {
                let kind = extension.module.imports().nth(number).and_then(|import| import.ty().func().cloned());
                let Some(kind) = kind else { wasmtime::bail!("expected a function to import") };
                Func::new(&mut *store, kind, |_, _, _| Err(Trap::NullReference.into())).into()
            }
        });
    }
    let instance = Instance::new(&mut *store, &extension.module, &imports)?;
    for (name, slot) in plan.functions.iter().zip(first_exported..) {
        let function = instance.get_func(&mut *store, name);
        shared.table.set(&mut *store, slot.into(), Ref::Func(function))?;
    }
    Ok(())
}

/// What a function in the table takes and gives back: see [`call::LOAD`](crate::abi::call::LOAD).
fn kind_of(store: &mut StoreContextMut<'_, Seat>, shared: Shared, slot: u32) -> u8 {
    let Some(Ref::Func(Some(function))) = shared.table.get(&mut *store, slot.into()) else { return kind::OTHER };
    let found = function.ty(&*store);
    let are_words = found.params().chain(found.results()).all(|kind| matches!(kind, ValType::I32));
    match (u8::try_from(found.params().len()), found.results().len()) {
        (Ok(takes @ 0..kind::GIVES), 0) if are_words => takes,
        (Ok(takes @ 0..kind::GIVES), 1) if are_words => takes | kind::GIVES,
        _ => kind::OTHER,
    }
}

/// A text of the guest: address and length.
fn text(caller: &mut Caller<'_, Seat>, (address, len): (u32, u32)) -> Option<String> {
    let memory = Seat::memory(caller)?;
    let bytes = memory.data(&*caller).get(address as usize..)?.get(..len as usize)?;
    let bytes = (len <= LONGEST).then_some(bytes)?;
    std::str::from_utf8(bytes).ok().map(str::to_string)
}

/// Writes words into the guest's memory.
fn write(caller: &mut Caller<'_, Seat>, address: u32, words: &[u32]) -> Errno {
    let mut errno = Errno::Fault;
    change_memory(caller, |memory| {
        if let Some(place) = memory.get_mut(address as usize..).and_then(|rest| rest.get_mut(..4 * words.len())) {
            for (place, word) in place.chunks_exact_mut(4).zip(words) {
                place.copy_from_slice(&word.to_le_bytes());
            }
            errno = Errno::Success;
        }
    });
    errno
}
