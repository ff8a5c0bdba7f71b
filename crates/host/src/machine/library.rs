//! The extensions of a program: their machine code is loaded when it is first asked for, and run where it lies if it can be.

use super::code::{InPlace, can_protect_in_place};
use super::trust::Bytes;
use crate::extensions::{Extensions, Plan};
use std::sync::{Arc, OnceLock};
use wasmtime::{Engine, Module, Result};

/// See the module's documentation.
pub(crate) struct Library {
    engine: Engine,
    extensions: Extensions,
    loaded: Vec<OnceLock<Extension>>,
    in_place: Option<Arc<InPlace>>,
}

/// An extension that can be made an instance of.
pub(crate) struct Extension {
    pub module: Module,
    pub plan: Plan,
}

impl Library {
    /// For programs of this engine, which has its code made executable by `in_place`, if it does.
    pub fn new(engine: Engine, extensions: Extensions, in_place: Option<Arc<InPlace>>) -> Library {
        let loaded = extensions.paths().map(|_| OnceLock::new()).collect();
        Library { engine, extensions, loaded, in_place }
    }

    /// The number of the extension at a path of the archive.
    pub fn find(&self, path: &str) -> Option<usize> {
        self.extensions.find(path)
    }

    /// An extension by its number; `None` if there is none.
    ///
    /// # Errors
    /// If its code was made by another version of wasmtime or with other settings, or is damaged.
    pub fn get(&self, number: usize) -> Result<Option<&Extension>> {
        let Some(place) = self.loaded.get(number) else { return Ok(None) };
        if let Some(extension) = place.get() {
            return Ok(Some(extension));
        }
        let Some(plan) = self.extensions.plan(number) else {
            wasmtime::bail!("expected the plan of an extension, found none")
        };
        let module = self.load(number)?;
        Ok(Some(place.get_or_init(|| Extension { module, plan })))
    }

    fn load(&self, number: usize) -> Result<Module> {
        let Some((code, range)) = self.extensions.code(number) else {
            wasmtime::bail!("expected the code of an extension, found none")
        };
        match code.stored() {
            Bytes::Static(bytes) if can_protect_in_place(&bytes.0[range.clone()]) => {
                if let Some(in_place) = &self.in_place {
                    in_place.publish_whole(bytes)?;
                }
                let code = std::ptr::NonNull::from(&bytes.0[range]);
                // SAFETY: a part of a `TrustedCode`, as its directory says: machine code that wasmtime made, because that is what
                // whoever vouched for the whole has put there. It lives and stays unchanged for the whole run ('static), starts at
                // a page boundary (just checked), and the next one begins on another page. Every app with an extension would
                // notice.
                unsafe { Module::deserialize_raw(&self.engine, code) }
            }
            // SAFETY: the same, copied.
            stored => unsafe { Module::deserialize(&self.engine, &stored.bytes()[range]) },
        }
    }
}
