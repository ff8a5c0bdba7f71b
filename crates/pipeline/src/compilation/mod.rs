//! python.wasm to machine code, and with the interpreter that this gives, sources to bytecode.

mod bytecode;
mod interpreter;
mod known;
mod machine_code;
mod native_code;

pub use bytecode::{Compiled, Sources, Stdlib};
pub use interpreter::Python;
pub(crate) use native_code::LeftOut;
