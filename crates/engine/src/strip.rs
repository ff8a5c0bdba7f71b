//! Taking out of machine code what nobody reads at run time: the names of its functions, 7 % of
//! CPython's code.

use object::build::elf::Builder;
use object::elf::{SHT_STRTAB, SHT_SYMTAB};

/// Machine code without its symbol table and the strings of that.
///
/// # Errors
/// If `code` is not an ELF file as wasmtime makes them.
pub(crate) fn strip(code: &[u8]) -> crate::Result<Vec<u8>> {
    let mut builder = Builder::read(code)?;
    for symbol in &mut builder.symbols {
        symbol.delete = true;
    }
    for section in &mut builder.sections {
        // The names of the sections are kept in a table of the same type.
        section.delete = match section.sh_type {
            SHT_SYMTAB => true,
            SHT_STRTAB => section.name.as_slice() == b".strtab",
            _ => false,
        };
    }
    let mut stripped = Vec::with_capacity(code.len());
    builder.write(&mut stripped)?;
    Ok(stripped)
}
