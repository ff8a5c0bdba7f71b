//! Making the interpreter ready for extensions: what it exports for them becomes its [`Interface`].
//!
//! As exports, thousands of names would be read at each start. In the interface they serve the build alone, which writes slots and
//! addresses into the plans of extensions.

use super::interface::{Interface, Symbol, letters};
use super::{ROOM, TABLE};
use crate::abi::FIRST_EXTENSION;
use crate::prune::prune;
use crate::split::SplitError;
use std::collections::HashMap;
use wasm_encoder::{
    ConstExpr, ElementSection, Elements, ExportKind, ExportSection, RawSection, RefType, TableSection, TableType,
};
use wasmparser::{
    ElementItems, ElementKind, ExportSectionReader, ExternalKind, FuncType, Operator, Parser, Payload, TypeRef,
    Validator,
};

/// The interpreter, ready for extensions.
pub struct Exposed {
    /// The module: with its table exported, and without the exports of its interface.
    pub wasm: Vec<u8>,
    /// What it offers.
    pub interface: Interface,
}

/// Of the exports, `kept` are what the host calls by name.
///
/// # Errors
/// If the module is not valid, or has no table as a linker of C makes it.
pub fn expose(wasm: &[u8], kept: &[&str]) -> Result<Exposed, SplitError> {
    let found = Found::read(wasm)?;
    let Some((table_offset, in_table)) = &found.elements else {
        return Err(SplitError::expected("expected a table with functions, found none"));
    };
    let mut slots = HashMap::new();
    for (function, slot) in in_table.iter().zip(*table_offset..) {
        slots.entry(*function).or_insert(slot);
    }
    // Functions that are not in the table get the slots behind it.
    let mut more = Vec::new();
    let mut interface = Interface::default();
    for (name, kind, index) in &found.exports {
        let symbol = match kind {
            ExternalKind::Func if !kept.contains(&name.as_str()) => {
                let slot = *slots.entry(*index).or_insert_with(|| {
                    more.push(*index);
                    found.table_size + more.len() as u32 - 1
                });
                let kind = found.type_of(*index).map(letters);
                kind.map(|kind| Symbol::Function(slot, kind))
            }
            ExternalKind::Global => found.constants.get(*index as usize).copied().flatten().map(Symbol::Variable),
            _ => None,
        };
        interface.symbols.extend(symbol.map(|symbol| (name.clone(), symbol)));
    }
    if found.table_size as usize + more.len() > FIRST_EXTENSION as usize {
        return Err(SplitError::expected(
            "expected a table in which extensions can begin at slot 65536, found a larger one",
        ));
    }
    let size = u64::from(FIRST_EXTENSION + ROOM);

    let mut out = wasm_encoder::Module::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        match &payload {
            Payload::TableSection(_) => {
                let mut section = TableSection::new();
                let element_type = RefType::FUNCREF;
                let (minimum, maximum) = (size, Some(size));
                section.table(TableType { element_type, table64: false, minimum, maximum, shared: false });
                out.section(&section);
                continue;
            }
            Payload::ExportSection(_) => {
                let mut section = kept_exports(&found.exports, kept);
                section.export(TABLE, ExportKind::Table, 0);
                out.section(&section);
                continue;
            }
            Payload::ElementSection(_) => {
                let mut section = ElementSection::new();
                for (offset, functions) in [(*table_offset, in_table), (found.table_size, &more)] {
                    let offset = ConstExpr::i32_const(offset.cast_signed());
                    section.active(None, &offset, Elements::Functions(functions.into()));
                }
                out.section(&section);
                continue;
            }
            _ => {}
        }
        if let Some((id, range)) = payload.as_section() {
            out.section(&RawSection { id, data: &wasm[range] });
        }
    }
    Ok(Exposed { wasm: out.finish(), interface })
}

/// The interpreter as it is for apps without extensions: without the exports for them, and without what only they could call. Of the
/// exports, `kept` are what the host calls by name.
///
/// # Errors
/// If the module is not valid.
pub fn conceal(wasm: &[u8], kept: &[&str]) -> Result<Vec<u8>, SplitError> {
    Validator::new().validate_all(wasm)?;
    let mut out = wasm_encoder::Module::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        if let Payload::ExportSection(exports) = &payload {
            out.section(&kept_exports(&read_exports(exports.clone())?, kept));
        } else if let Some((id, range)) = payload.as_section() {
            out.section(&RawSection { id, data: &wasm[range] });
        }
    }
    prune(&out.finish()).map_err(|error| SplitError::expected(&format!("expected a valid module, found: {error}")))
}

/// An export: its name, and what it is, by number.
type Exported = (String, ExternalKind, u32);

fn read_exports(exports: ExportSectionReader<'_>) -> wasmparser::Result<Vec<Exported>> {
    exports
        .into_iter()
        .map(|export| export.map(|export| (export.name.to_string(), export.kind, export.index)))
        .collect()
}

/// The functions that the host calls by name, and the memory.
fn kept_exports(exports: &[Exported], kept: &[&str]) -> ExportSection {
    let mut section = ExportSection::new();
    for (name, kind, index) in exports {
        let kind = match kind {
            ExternalKind::Func if kept.contains(&name.as_str()) => ExportKind::Func,
            ExternalKind::Memory => ExportKind::Memory,
            _ => continue,
        };
        section.export(name, kind, *index);
    }
    section
}

/// What there is in a module.
#[derive(Default)]
struct Found {
    types: Vec<FuncType>,
    /// The type of each function, by its number.
    functions: Vec<u32>,
    table_size: u32,
    /// The globals that are constants.
    constants: Vec<Option<u32>>,
    exports: Vec<Exported>,
    /// The slot of the first function in the table, and the functions.
    elements: Option<(u32, Vec<u32>)>,
}

impl Found {
    fn read(wasm: &[u8]) -> Result<Found, SplitError> {
        Validator::new().validate_all(wasm)?;
        let mut found = Found::default();
        for payload in Parser::new(0).parse_all(wasm) {
            found.note(payload?)?;
        }
        Ok(found)
    }

    fn note(&mut self, payload: Payload<'_>) -> Result<(), SplitError> {
        match payload {
            Payload::TypeSection(types) => {
                for kind in types.into_iter_err_on_gc_types() {
                    self.types.push(kind?);
                }
            }
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    if let TypeRef::Func(kind) = import?.ty {
                        self.functions.push(kind);
                    }
                }
            }
            Payload::FunctionSection(functions) => {
                for kind in functions {
                    self.functions.push(kind?);
                }
            }
            Payload::TableSection(tables) => {
                let sizes: Vec<_> =
                    tables.into_iter().map(|table| table.map(|table| table.ty)).collect::<Result<_, _>>()?;
                match sizes[..] {
                    [table] if !table.table64 && table.initial < 1 << 24 => self.table_size = table.initial as u32,
                    _ => {
                        return Err(SplitError::expected(
                            "expected one table of at most 2^24 slots, found another number or size",
                        ));
                    }
                }
            }
            Payload::GlobalSection(globals) => {
                for global in globals {
                    let global = global?;
                    let value = crate::split::constant(&global.init_expr)?;
                    self.constants.push(value.filter(|_| !global.ty.mutable).map(i32::cast_unsigned));
                }
            }
            Payload::ExportSection(exports) => {
                self.exports = read_exports(exports)?;
            }
            Payload::ElementSection(section) => {
                for element in section {
                    let element = element?;
                    let (ElementKind::Active { offset_expr, .. }, ElementItems::Functions(functions)) =
                        (element.kind, element.items)
                    else {
                        return Err(SplitError::expected(
                            "expected functions that are put into the table, found others",
                        ));
                    };
                    let offset = match offset_expr.get_operators_reader().read()? {
                        Operator::I32Const { value } => value.cast_unsigned(),
                        _ => return Err(SplitError::expected("expected functions at a constant place in the table")),
                    };
                    let functions = functions.into_iter().collect::<Result<_, _>>()?;
                    if self.elements.replace((offset, functions)).is_some() {
                        return Err(SplitError::expected("expected one row of functions for the table, found two"));
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn type_of(&self, function: u32) -> Option<&FuncType> {
        self.types.get(*self.functions.get(function as usize)? as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_exported_for_extensions_becomes_the_interface() {
        let wasm = wat::parse_str(
            r#"(module
                (type $takes (func (param i32 i64) (result f64)))
                (import "env" "host" (func $host))
                (memory (export "memory") 1)
                (table 3 3 funcref)
                (elem (i32.const 1) $first $second)
                (global (mut i32) (i32.const 4096))
                (global (export "variable") i32 (i32.const 1234))
                (func $first (export "first") (type $takes) (f64.const 0))
                (func $second)
                (func (export "third") (param f32 v128))
                (func (export "_start")))"#,
        );
        let wasm = wasm.expect("valid");
        let concealed = conceal(&wasm, &["_start"]).expect("concealed");
        let Exposed { wasm, interface } = expose(&wasm, &["_start"]).expect("exposed");
        assert_eq!(interface.text(), "first 1 il:d\nthird 3 fv:\nvariable 1234\n");
        wasmparser::validate(&wasm).expect("valid");
        // The names of its exports, and how many slots its table has.
        let shape = |wasm: &[u8]| {
            let (mut names, mut size) = (Vec::new(), 0);
            for payload in Parser::new(0).parse_all(wasm) {
                match payload.expect("valid") {
                    Payload::ExportSection(exports) => {
                        names.extend(exports.into_iter().map(|export| export.expect("valid").name.to_string()));
                    }
                    Payload::TableSection(tables) => {
                        size = tables.into_iter().map(|table| table.expect("valid").ty.initial).sum();
                    }
                    _ => {}
                }
            }
            (names, size)
        };
        let names = |names: &[&str]| names.iter().map(|name| name.to_string()).collect::<Vec<_>>();
        assert_eq!(shape(&wasm), (names(&["memory", "_start", TABLE]), u64::from(FIRST_EXTENSION + ROOM)));
        assert_eq!(shape(&concealed), (names(&["memory", "_start"]), 3));
    }
}
