//! python.wasm to machine code, and with the interpreter that this gives, sources to bytecode.

mod bytecode;
#[cfg(feature = "compiler")]
mod cranelift;
mod extensions;
mod installed;
mod interpreter;
mod known;
mod machine_code;
mod native_code;
mod openssl;
mod pack;
mod record;

pub use bytecode::{Compiled, Sources, Stdlib};
pub(crate) use bytecode::{CompiledLibraries, LIMITS};
pub(crate) use extensions::PLACEHOLDER;
pub use interpreter::Python;
pub(crate) use native_code::LeftOut;
pub(crate) use openssl::OpenSsl;
pub(crate) use pack::{Packed, pack};
