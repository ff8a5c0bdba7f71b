//! Parting an extension into code and plan. Whatever a run could not do right is refused here.

use super::ROOM;
use super::imports::{self, Imported, Imports, Offered};
use super::interface::Interface;
use super::plan::Plan;
use super::refused::{Refused, refuse};
use crate::split::{Forbidden, forbidden};
use std::collections::{BTreeMap, HashMap};
use wasm_encoder::{ExportKind, ExportSection, RawSection};
use wasmparser::{
    Data, DataKind, Dylink0Subsection, Element, ElementItems, ElementKind, ExternalKind, FuncType, KnownCustom,
    Operator, Parser, Payload, SymbolFlags, Validator,
};

/// The largest extension's data, bytes.
const MOST_MEMORY: u32 = 256 << 20;
/// The largest alignment of an extension's data, as a power of two: a page.
const MOST_ALIGNMENT: u32 = 16;

/// The section that says what an extension needs, and by which it is known.
const DYLINK: &str = "dylink.0";

/// An extension, linked.
#[derive(Debug)]
pub struct Prepared {
    /// The module without its data.
    pub code: Vec<u8>,
    /// The rest.
    pub plan: Plan,
}

/// Links an extension against what the interpreter offers.
///
/// # Errors
/// [`Refused`].
pub fn prepare(wasm: &[u8], interface: &Interface) -> Result<Prepared, Refused> {
    Validator::new().validate_all(wasm)?;
    let mut reader = Reader::default();
    let mut code = wasm_encoder::Module::new();
    for (number, payload) in Parser::new(0).parse_all(wasm).enumerate() {
        let payload = payload?;
        // Behind the version.
        if matches!(&payload, Payload::CustomSection(custom) if custom.name() == DYLINK && number != 1) {
            return refuse("expected the section dylink.0 in front of all others, found it elsewhere");
        }
        match &payload {
            Payload::ExportSection(_) => {
                reader.read(&payload)?;
                code.section(&reader.exports());
            }
            Payload::ImportSection(imports) => {
                reader.read(&payload)?;
                code.section(&imports::section(imports)?);
            }
            // The loader does what these would.
            Payload::CustomSection(_)
            | Payload::StartSection { .. }
            | Payload::DataCountSection { .. }
            | Payload::DataSection(_) => reader.read(&payload)?,
            _ => {
                reader.read(&payload)?;
                if let Some((id, range)) = payload.as_section() {
                    code.section(&RawSection { id, data: &wasm[range] });
                }
            }
        }
    }
    Ok(Prepared { plan: reader.plan(interface)?, code: code.finish() })
}

/// What has been read of an extension.
#[derive(Default)]
struct Reader {
    has_dylink: bool,
    memory_size: u32,
    memory_align: u32,
    table_size: u32,
    types: Vec<FuncType>,
    imports: Imports,
    /// The constants among its own globals.
    constants: Vec<Option<u32>>,
    functions: BTreeMap<String, u32>,
    variables: BTreeMap<String, u32>,
    start: Option<u32>,
    bodies: u32,
    data: Vec<(u32, Vec<u8>)>,
    /// Where the last of that ends.
    data_end: u32,
}

impl Reader {
    fn read(&mut self, payload: &Payload<'_>) -> Result<(), Refused> {
        match payload {
            Payload::CustomSection(custom) => {
                if let KnownCustom::Dylink0(sections) = custom.as_known() {
                    for section in sections {
                        self.dylink(section?)?;
                    }
                }
            }
            Payload::TypeSection(types) => {
                for kind in types.clone().into_iter_err_on_gc_types() {
                    self.types.push(kind?);
                }
            }
            Payload::ImportSection(imports) => {
                for import in imports.clone().into_imports() {
                    let import = import?;
                    self.imports.add(&import, &self.types)?;
                }
            }
            Payload::MemorySection(_) | Payload::TableSection(_) | Payload::TagSection(_) => {
                return refuse("expected the interpreter's memory and table, found some of its own");
            }
            Payload::GlobalSection(globals) => {
                for global in globals.clone() {
                    let global = global?;
                    if global.ty.mutable {
                        return refuse("expected no global variables, found one; link it with extended-const");
                    }
                    self.constants.push(crate::split::constant(&global.init_expr)?.map(i32::cast_unsigned));
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports.clone() {
                    let export = export?;
                    self.export(export.name, export.kind, export.index)?;
                }
            }
            Payload::StartSection { func, .. } if *func < self.imports.functions => {
                return refuse("expected a start function of its own, found an import");
            }
            Payload::StartSection { func, .. } => self.start = Some(*func),
            Payload::ElementSection(elements) => {
                for element in elements.clone() {
                    self.element(&element?)?;
                }
            }
            Payload::CodeSectionEntry(body) => {
                let number = self.imports.functions + self.bodies;
                self.bodies += 1;
                if self.start == Some(number) {
                    return self.fills_with_zeros(body);
                }
                for operator in body.get_operators_reader()? {
                    self.operator(&operator?)?;
                }
            }
            Payload::DataSection(segments) => {
                for segment in segments.clone() {
                    self.segment(&segment?)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn dylink(&mut self, section: Dylink0Subsection<'_>) -> Result<(), Refused> {
        match section {
            Dylink0Subsection::MemInfo(info) => {
                if std::mem::replace(&mut self.has_dylink, true) {
                    return refuse("expected sizes once in the section dylink.0, found them twice");
                }
                if info.memory_size > MOST_MEMORY || info.memory_alignment > MOST_ALIGNMENT || info.table_size > ROOM {
                    return refuse(format!(
                        "expected at most {MOST_MEMORY} bytes of data, aligned to 2^{MOST_ALIGNMENT}, and {ROOM} functions in the \
                         table, found {}, 2^{} and {}",
                        info.memory_size, info.memory_alignment, info.table_size
                    ));
                }
                // At least as malloc aligns.
                (self.memory_size, self.memory_align) = (info.memory_size, 1 << info.memory_alignment.max(4));
                self.table_size = info.table_size;
            }
            Dylink0Subsection::Needed(libraries) => {
                if !libraries.is_empty() {
                    return refuse(format!(
                        "expected no other libraries, found that it needs {}; link them into it",
                        libraries.join(", ")
                    ));
                }
            }
            Dylink0Subsection::ImportInfo(imports) => {
                let weak = imports.iter().filter(|import| import.flags.contains(SymbolFlags::BINDING_WEAK));
                self.imports.weak.extend(weak.map(|import| import.field.to_string()));
            }
            // What is exported says its section; run paths are for libraries that it needs.
            Dylink0Subsection::ExportInfo(_) | Dylink0Subsection::RuntimePath(_) => {}
            Dylink0Subsection::Unknown { ty, .. } => {
                return refuse(format!("expected a section dylink.0 as of 2026, found a part {ty} in it"));
            }
        }
        Ok(())
    }

    fn export(&mut self, name: &str, kind: ExternalKind, index: u32) -> Result<(), Refused> {
        match kind {
            ExternalKind::Func => drop(self.functions.insert(name.to_string(), index)),
            ExternalKind::Global => {
                let own = (index as usize).checked_sub(self.imports.globals.len());
                match own.and_then(|own| self.constants.get(own).copied().flatten()) {
                    Some(offset) => drop(self.variables.insert(name.to_string(), offset)),
                    None => return refuse(format!("expected variables at a constant offset, found {name} elsewhere")),
                }
            }
            _ => return refuse(format!("expected exports of functions and variables, found {name}")),
        }
        Ok(())
    }

    /// The section of exports, with the functions alone.
    fn exports(&self) -> ExportSection {
        let mut section = ExportSection::new();
        for (name, index) in &self.functions {
            section.export(name, ExportKind::Func, *index);
        }
        section
    }

    fn element(&self, element: &Element<'_>) -> Result<(), Refused> {
        let ElementItems::Functions(functions) = &element.items else {
            return refuse("expected functions for the table, found something else");
        };
        match &element.kind {
            ElementKind::Active { table_index: None | Some(0), offset_expr } => {
                match self.offset(offset_expr, Imported::TableBase)? {
                    Some(offset) if offset.checked_add(functions.count()).is_some_and(|end| end <= self.table_size) => {
                        Ok(())
                    }
                    _ => refuse("expected functions in its own slots of the table, found some elsewhere"),
                }
            }
            ElementKind::Declared => Ok(()),
            _ => refuse("expected functions that are put into the table at once, found others"),
        }
    }

    fn segment(&mut self, segment: &Data<'_>) -> Result<(), Refused> {
        let DataKind::Active { memory_index: 0, offset_expr } = &segment.kind else {
            // What is zero at the start: the start function would fill it.
            if segment.data.iter().all(|byte| *byte == 0) {
                return Ok(());
            }
            return refuse("expected data that is placed at once, found a passive segment");
        };
        let used = segment.data.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        match self.offset(offset_expr, Imported::MemoryBase)? {
            Some(offset) if offset < self.data_end => refuse("expected data in rising order, found some over other"),
            Some(offset) if offset as usize + segment.data.len() <= self.memory_size as usize => {
                self.data_end = offset + segment.data.len() as u32;
                self.data.push((offset, segment.data[..used].to_vec()));
                Ok(())
            }
            _ => refuse("expected data in its own memory, found some elsewhere"),
        }
    }

    /// The offset from a base, if an expression is that.
    fn offset(&self, expression: &wasmparser::ConstExpr<'_>, base: Imported) -> Result<Option<u32>, Refused> {
        let operators = expression.get_operators_reader().into_iter().collect::<Result<Vec<_>, _>>()?;
        let is_base = |global: u32| self.imports.globals.get(global as usize) == Some(&base);
        Ok(match operators[..] {
            [Operator::GlobalGet { global_index }, Operator::End] if is_base(global_index) => Some(0),
            [Operator::GlobalGet { global_index }, Operator::I32Const { value }, Operator::I32Add, Operator::End]
            | [Operator::I32Const { value }, Operator::GlobalGet { global_index }, Operator::I32Add, Operator::End]
                if is_base(global_index) =>
            {
                Some(value.cast_unsigned())
            }
            _ => None,
        })
    }

    /// Refuses what the loader does not restore, or needs what is taken out.
    fn operator(&self, operator: &Operator<'_>) -> Result<(), Refused> {
        match (forbidden(operator), operator) {
            (Some(Forbidden::Table), _) => refuse("expected a table that stays as it is, found code that changes it"),
            (Some(Forbidden::Segment), _) => {
                refuse("expected data that is placed at once, found code that uses a segment")
            }
            (None, Operator::GlobalSet { global_index })
                if self.imports.globals.get(*global_index as usize) != Some(&Imported::StackPointer) =>
            {
                refuse("expected addresses that stay as they are, found code that changes one")
            }
            (None, _) => Ok(()),
        }
    }

    /// Refuses a start function that does more than fill memory of its own with zeros, which the loader does.
    fn fills_with_zeros(&self, body: &wasmparser::FunctionBody<'_>) -> Result<(), Refused> {
        let operators = body.get_operators_reader()?.into_iter().collect::<Result<Vec<_>, _>>()?;
        let (filled, end) = operators.as_chunks::<6>();
        let is_fill = |operators: &[Operator<'_>; 6]| match operators {
            [
                Operator::I32Const { .. },
                Operator::GlobalGet { global_index },
                Operator::I32Add,
                Operator::I32Const { value: 0 },
                Operator::I32Const { .. },
                Operator::MemoryFill { .. },
            ] => self.imports.globals.get(*global_index as usize) == Some(&Imported::MemoryBase),
            _ => false,
        };
        if filled.iter().all(is_fill) && matches!(end, [Operator::End]) {
            Ok(())
        } else {
            refuse("expected a start function that fills memory with zeros, found another; link it with extended-const")
        }
    }

    /// The plan, once all has been read.
    fn plan(self, interface: &Interface) -> Result<Plan, Refused> {
        if !self.has_dylink {
            return refuse("expected a shared library of WebAssembly (a section dylink.0), found none");
        }
        let own: HashMap<&str, u32> = self.functions.keys().map(String::as_str).zip(0..).collect();
        if self.table_size.saturating_add(own.len() as u32) > ROOM {
            return refuse(format!("expected at most {ROOM} functions in the table, found more"));
        }
        let offered = Offered { interface, functions: &own, variables: &self.variables };
        let imports = self.imports.resolve(&offered)?;
        Ok(Plan {
            memory_size: self.memory_size,
            memory_align: self.memory_align,
            table_size: self.table_size,
            imports,
            functions: self.functions.into_keys().collect(),
            data: self.data,
        })
    }
}

#[cfg(test)]
#[path = "prepare_test.rs"]
mod tests;
