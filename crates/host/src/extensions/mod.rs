//! C extensions: `.so` files that are WebAssembly modules of their own and are linked to the interpreter's at run time.
//!
//! An extension is position-independent. It has the memory, the table and the stack of the interpreter, and is told at which
//! address of the memory its data lies (the memory base) and from which slot of the table on its functions do (the table base).
//!
//! At build time:
//! - `expose` takes what the interpreter offers out of its exports: an `Interface`, which says in which slot of the table each
//!   function is and at which address each variable. It gives every such function a slot, and the table room for extensions.
//! - `prepare` parts an extension into code and a [`Plan`], in which every import is resolved against the interface. What would
//!   be missing at run time is missing here.
//! - `Writer` puts the plans and the machine code of all extensions into one part of a bundle.
//!
//! At run time the guest's `dlopen` finds an extension in [`Extensions`] by its path, allocates memory for its data, and has it
//! loaded (`threads/extensions.rs`): the host makes an instance, fills the table, and copies the data. The guest itself then runs what the
//! extension wants to be run first. So no host call runs guest code, and there is nothing to be restored when a run is resumed:
//! the guest knows what it has loaded, and where, and has it loaded again, without data. Its places are the same if the order is.
//!
//! Each thread has instances of its own, made when its turn comes (`catch_up` there).

#[cfg(feature = "linker")]
mod expose;
#[cfg(feature = "linker")]
mod imports;
mod interface;
mod plan;
#[cfg(feature = "linker")]
mod prepare;
#[cfg(feature = "linker")]
mod refused;
mod stored;

#[cfg(feature = "linker")]
pub use expose::{Exposed, conceal, expose};
pub use interface::{Interface, Symbol};
pub use plan::{Import, Plan};
#[cfg(feature = "linker")]
pub use prepare::{Prepared, prepare};
#[cfg(feature = "linker")]
pub use refused::Refused;
#[cfg(feature = "linker")]
pub use stored::Writer;
pub use stored::{Damaged, Extensions};

/// Changes whenever what comes out of `expose` may change for the same module; for cache keys.
#[cfg(feature = "linker")]
pub const REVISION: &str = concat!(
    include_str!("mod.rs"),
    include_str!("expose.rs"),
    include_str!("interface.rs"),
    include_str!("../prune.rs")
);

/// Changes whenever the stored form may change; for cache keys.
pub const FORMAT: &str =
    concat!(include_str!("imports.rs"), include_str!("plan.rs"), include_str!("prepare.rs"), include_str!("stored.rs"));

/// The export of the interpreter's table.
pub(crate) const TABLE: &str = "__indirect_function_table";
/// How many slots the table has for extensions. (numpy takes some 10,000.) Its size is fixed, so that a call through it costs what
/// it has always cost; what is not used is never touched.
#[cfg(feature = "linker")]
pub(crate) const ROOM: u32 = 1 << 16;
