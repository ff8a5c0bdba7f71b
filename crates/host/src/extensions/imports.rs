//! What an extension imports, and where each import leads.

use super::interface::{Interface, Symbol, letters};
use super::plan::Import;
use super::refused::{Refused, refuse};
use super::{ROOM, TABLE};
use std::collections::{BTreeMap, HashMap, HashSet};
use wasm_encoder::{EntityType, ImportSection};
use wasmparser::{FuncType, GlobalType, MemoryType, RefType, TableType, TypeRef, ValType};

/// What may be imported of WASI, and what the interpreter has in its place. (Rust's standard library calls it itself.)
const WASI: (&str, [(&str, &str); 1]) = ("wasi_snapshot_preview1", [("random_get", "pyapp_random_get")]);

/// The only global that extensions change.
const STACK_POINTER: &str = "__stack_pointer";

/// By which name the interpreter has a function that is imported, if it may be.
fn in_interpreter<'a>(module: &str, name: &'a str) -> Option<&'a str> {
    match module {
        "env" => Some(name),
        _ if module == WASI.0 => WASI.1.iter().find(|(wasi, _)| *wasi == name).map(|(_, ours)| *ours),
        _ => None,
    }
}

/// The imports of an extension.
#[derive(Default)]
pub(super) struct Imports {
    wanted: Vec<Wanted>,
    /// The names of those that may lead nowhere.
    pub weak: HashSet<String>,
    /// What imported globals are, by number.
    pub globals: Vec<Imported>,
    /// How many functions are imported.
    pub functions: u32,
}

/// What they may lead to.
pub(super) struct Offered<'a> {
    pub interface: &'a Interface,
    /// The extension's own functions, which all have slots, by their numbers.
    pub functions: &'a HashMap<&'a str, u32>,
    /// Its own variables, by their offsets.
    pub variables: &'a BTreeMap<String, u32>,
}

/// An import.
enum Wanted {
    /// One that every extension may have.
    Known(Import),
    Function(String, String),
    /// A slot or an address, as the value of a global.
    Slot(String),
    Address(String),
}

/// An imported global.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Imported {
    StackPointer,
    MemoryBase,
    TableBase,
    Offset,
}

/// Whether a module takes any memory, as large as it may be.
fn is_any_memory(memory: &MemoryType) -> bool {
    !memory.memory64 && !memory.shared && memory.maximum.is_none() && memory.page_size_log2.is_none()
}

/// The same of the table of functions.
fn is_any_table(table: &TableType) -> bool {
    let is_of_functions = table.element_type == RefType::FUNCREF;
    !table.table64 && !table.shared && is_of_functions && table.maximum.is_none() && table.initial <= u64::from(ROOM)
}

/// The section of imports, each of which has been taken by [`Imports::add`], as it is compiled. It has no names: their order tells them
/// apart, and each name would be read at every start. Addresses are constants, as they are once an extension is loaded.
///
/// # Errors
/// [`Refused`] for others.
pub(super) fn section(imports: &wasmparser::ImportSectionReader<'_>) -> Result<ImportSection, Refused> {
    let mut section = ImportSection::new();
    for (number, import) in imports.clone().into_imports().enumerate() {
        let import = import?;
        let kind = match import.ty {
            TypeRef::Func(kind) => EntityType::Function(kind),
            TypeRef::Global(_) => EntityType::Global(wasm_encoder::GlobalType {
                val_type: wasm_encoder::ValType::I32,
                mutable: import.module == "env" && import.name == STACK_POINTER,
                shared: false,
            }),
            TypeRef::Memory(memory) => EntityType::Memory(wasm_encoder::MemoryType {
                minimum: memory.initial,
                maximum: None,
                memory64: false,
                shared: false,
                page_size_log2: None,
            }),
            TypeRef::Table(table) => EntityType::Table(wasm_encoder::TableType {
                element_type: wasm_encoder::RefType::FUNCREF,
                minimum: table.initial,
                maximum: None,
                table64: false,
                shared: false,
            }),
            _ => return refuse(format!("expected an import that extensions have, found another at number {number}")),
        };
        section.import("", "", kind);
    }
    Ok(section)
}

impl Imports {
    /// Notes one, of a module with these types.
    ///
    /// # Errors
    /// [`Refused`] if it is none that an extension has.
    pub fn add(&mut self, import: &wasmparser::Import<'_>, types: &[FuncType]) -> Result<(), Refused> {
        let (module, name, kind) = (import.module, import.name, import.ty);
        let is_constant = |kind: &GlobalType| kind.content_type == ValType::I32 && !kind.mutable && !kind.shared;
        let is_variable = |kind: &GlobalType| kind.content_type == ValType::I32 && kind.mutable && !kind.shared;
        if let (TypeRef::Func(kind), Some(name)) = (&kind, in_interpreter(module, name)) {
            self.functions += 1;
            let kind = types.get(*kind as usize).map(letters).unwrap_or_default();
            self.wanted.push(Wanted::Function(name.to_string(), kind));
            return Ok(());
        }
        let known = |import| Ok(Wanted::Known(import));
        let wanted = match (module, name, &kind) {
            ("env", "memory", TypeRef::Memory(memory)) if is_any_memory(memory) => known(Import::Memory),
            ("env", TABLE, TypeRef::Table(table)) if is_any_table(table) => known(Import::Table),
            ("env", STACK_POINTER, TypeRef::Global(kind)) if is_variable(kind) => {
                self.globals.push(Imported::StackPointer);
                known(Import::StackPointer)
            }
            ("env", "__memory_base", TypeRef::Global(kind)) if is_constant(kind) => {
                self.globals.push(Imported::MemoryBase);
                known(Import::MemoryBase)
            }
            ("env", "__table_base", TypeRef::Global(kind)) if is_constant(kind) => {
                self.globals.push(Imported::TableBase);
                known(Import::TableBase)
            }
            ("GOT.mem", _, TypeRef::Global(kind)) if is_variable(kind) => {
                self.globals.push(Imported::Offset);
                Ok(Wanted::Address(name.to_string()))
            }
            ("GOT.func", _, TypeRef::Global(kind)) if is_variable(kind) => {
                self.globals.push(Imported::Offset);
                Ok(Wanted::Slot(name.to_string()))
            }
            _ => refuse(format!("expected imports as a linker of C makes them, found {module}.{name}")),
        };
        self.wanted.push(wanted?);
        Ok(())
    }

    /// Where they lead, in their order.
    ///
    /// # Errors
    /// [`Refused`] with the names of all that are nowhere, or the first that is of another type.
    pub fn resolve(&self, offered: &Offered<'_>) -> Result<Vec<Import>, Refused> {
        let (mut imports, mut missing) = (Vec::new(), Vec::new());
        for wanted in &self.wanted {
            match self.lead(wanted, offered)? {
                Ok(import) => imports.push(import),
                Err(name) => missing.push(name.to_string()),
            }
        }
        missing.sort();
        missing.dedup();
        if missing.is_empty() { Ok(imports) } else { Err(Refused::Missing(missing)) }
    }

    /// Where one leads, or the name of what is missing.
    fn lead<'a>(&self, wanted: &'a Wanted, offered: &Offered<'_>) -> Result<Result<Import, &'a str>, Refused> {
        let Offered { interface, functions, variables } = offered;
        Ok(match wanted {
            Wanted::Known(import) => Ok(*import),
            Wanted::Function(name, kind) => match interface.symbols.get(name) {
                Some(Symbol::Function(slot, found)) if found == kind => Ok(Import::Function(*slot)),
                Some(Symbol::Function(_, found)) => {
                    return refuse(format!("expects a function {name} of type {kind}, the interpreter's is {found}"));
                }
                _ if self.weak.contains(name) => Ok(Import::Nowhere),
                _ => Err(name),
            },
            Wanted::Slot(name) => match (interface.symbols.get(name), functions.get(name.as_str())) {
                (Some(Symbol::Function(slot, _)), _) => Ok(Import::Value(*slot)),
                (_, Some(number)) => Ok(Import::OwnFunction(*number)),
                _ if self.weak.contains(name) => Ok(Import::Value(0)),
                _ => Err(name),
            },
            Wanted::Address(name) => match (interface.symbols.get(name), variables.get(name)) {
                (Some(Symbol::Variable(address)), _) => Ok(Import::Value(*address)),
                (_, Some(offset)) => Ok(Import::OwnData(*offset)),
                _ if self.weak.contains(name) => Ok(Import::Value(0)),
                _ => Err(name),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_for_wasi_is_exported_by_the_recipe() {
        let exports = include_str!("../../../../wasm/exports.txt");
        for (_, ours) in WASI.1 {
            assert!(exports.lines().any(|name| name == ours), "{ours}");
        }
    }
}
