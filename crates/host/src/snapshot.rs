//! Making the image of an initialised guest.

use crate::abi;
use crate::context::Context;
use crate::error::StartError;
use crate::machine::Program;
use crate::outcome::{Outcome, outcome_of};
use crate::run::instantiate;
use crate::thread::on_guest_thread;
use crate::threads::Seat;
use crate::timing::Timing;
use memory_image::{Origin, Start};
use wasmtime::{Store, Val};

/// Why there is no image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoImage {
    /// The initialisation ended the guest.
    Ended(Outcome),
    /// State would be lost; one line says which.
    StateLost(String),
}

/// Runs [`abi::INIT`] of a program with a base image and takes the memory that it leaves: the snapshot, which refers to that base
/// image. `archive` is the identity of the archive that the guest sees, which a resumed run must see again.
///
/// # Errors
/// If the module has no such function, or the machine has no room for it.
pub fn take(program: &Program, context: Context, archive: u64) -> Result<Result<Vec<u8>, NoImage>, StartError> {
    on_guest_thread(|| {
        let mut store = Store::new(&program.engine, Seat::new(context));
        let instance = instantiate(program, &mut store, false, &mut Timing::start())?;
        let base = match &program.image {
            Some(image) if image.origin().start == Start::Cold => image,
            _ => wasmtime::bail!("expected a program with a base image"),
        };
        let init = instance.get_typed_func::<(), ()>(&mut store, abi::INIT)?;
        let (Some(memory), Some(stack_pointer)) =
            (instance.get_memory(&mut store, "memory"), instance.get_global(&mut store, crate::STACK_POINTER))
        else {
            wasmtime::bail!("expected a module that was split into code and data");
        };
        let before = stack_pointer.get(&mut store);
        let files = store.data().context().descriptors();
        let ended = init.call(&mut store, ());
        let after = stack_pointer.get(&mut store);
        Ok(match (ended, before, after) {
            (Err(error), ..) => Err(NoImage::Ended(outcome_of(error))),
            (Ok(()), Val::I32(before), Val::I32(after)) if before == after => {
                let lost = difference(&files, &store.data().context().descriptors());
                if let Some(lost) = lost {
                    Err(NoImage::StateLost(lost))
                } else {
                    let memory = memory.data_mut(&mut store);
                    // Below the stack pointer lies the C stack, of which nothing is in use any more.
                    let stack = memory.len().min(after.cast_unsigned() as usize);
                    memory[..stack].fill(0);
                    let module = base.origin().module;
                    Ok(memory_image::write(Origin { start: Start::Resumed, module, archive }, memory, Some(base)))
                }
            }
            (_, before, after) => {
                Err(NoImage::StateLost(format!("expected the stack pointer {before:?} again, found {after:?}")))
            }
        })
    })
}

/// What has changed in the descriptors of a guest.
fn difference(before: &[(u32, String)], after: &[(u32, String)]) -> Option<String> {
    let numbers = |list: &[(u32, String)]| list.iter().map(|(number, _)| *number).collect::<Vec<_>>();
    let (old, new) = (numbers(before), numbers(after));
    if old != new {
        return Some(format!("expected the descriptors {old:?} again, found {new:?}"));
    }
    let ((number, old), (_, new)) = before.iter().zip(after).find(|(old, new)| old != new)?;
    Some(format!("expected descriptor {number} to lead to {old} again, found {new}"))
}
