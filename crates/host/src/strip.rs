//! Taking out of machine code what nobody reads at run time: the names of its functions, 7 % of
//! CPython's code.

use object::build::elf::Builder;
use object::elf::{SHT_STRTAB, SHT_SYMTAB};

/// Machine code without its symbol table and the strings of that.
///
/// # Errors
/// If `code` is not an ELF file as wasmtime makes them.
pub(crate) fn strip(code: &[u8]) -> wasmtime::Result<Vec<u8>> {
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

#[cfg(test)]
mod tests {
    use crate::engine;

    #[test]
    fn compiled_code_carries_no_symbols() {
        let module = wat::parse_str("(module (func (export \"a\") (result i32) (i32.const 1)))").expect("valid");
        let code = engine::compile(&module, engine::TARGET).expect("compiled");
        let has = |name: &[u8]| code.windows(name.len()).any(|window| window == name);
        assert!(has(b".text\0") && !has(b".symtab\0") && !has(b".strtab\0"));
    }
}
