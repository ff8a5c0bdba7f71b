//! Splitting a module into code and data, so that one machine code serves every memory image.
//!
//! A memory image restores linear memory and nothing else, so a module can only be resumed if linear memory is all that
//! its run changes. This is checked here, once, on the module itself; what could change otherwise is refused by name.
//!
//! # Example
//!
//! A C compiler makes modules of this shape. The stack lies first and grows down, the data behind it:
//!
//! ```wat
//! (module
//!   (memory (export "memory") 1)
//!   (global $stack_pointer (mut i32) (i32.const 4096))
//!   (func (export "_start") …)
//!   (data (i32.const 4096) "hello"))
//! ```
//!
//! The code is the same module without its data. It exports the one global that may change, so that whoever makes a
//! snapshot can see it back at its start, and a constant that names the module:
//!
//! ```wat
//! (module
//!   (memory (export "memory") 1)
//!   (global $stack_pointer (export "pyapp_stack_pointer") (mut i32) (i32.const 4096))
//!   (global (export "pyapp_identity") i64 (i64.const …))
//!   (func (export "_start") …))
//! ```
//!
//! The base image is the memory as the data makes it: 16 pages, of which one extent, page 1 with `hello`, is not zero. It
//! carries the same identity. A start puts the extent into a fresh memory and compares the two identities; then `_start`
//! finds what it would have found in the module itself.

use crate::extensions::TABLE;
use crate::{IDENTITY, STACK_POINTER};
use memory_image::{Origin, PAGE, Start};
use std::fmt;
use wasm_encoder::{ConstExpr, ExportKind, ExportSection, GlobalSection, GlobalType, RawSection, ValType};
use wasmparser::{
    Data, DataKind, ExportSectionReader, ExternalKind, GlobalSectionReader, MemorySectionReader, Operator, Parser,
    Payload, TypeRef,
};

/// Changes whenever what comes out of [`split()`] may change for the same module; for cache keys.
pub const REVISION: &str = include_str!("split.rs");

/// A module, split.
pub struct Split {
    /// The module without its data, with its identity and its stack pointer exported.
    pub code: Vec<u8>,
    /// The base image: the memory as the module's data makes it.
    pub image: Vec<u8>,
}

/// Why a module cannot be resumed from an image of its memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SplitError(String);

impl SplitError {
    pub(crate) fn expected(what: &str) -> SplitError {
        SplitError(what.to_string())
    }
}

impl fmt::Display for SplitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot be resumed from a memory image: {}", self.0)
    }
}

impl std::error::Error for SplitError {}

impl From<wasmparser::BinaryReaderError> for SplitError {
    fn from(error: wasmparser::BinaryReaderError) -> Self {
        SplitError(format!("expected a valid module, found: {error}"))
    }
}

fn refuse<T>(what: impl Into<String>) -> Result<T, SplitError> {
    Err(SplitError(what.into()))
}

/// Splits a module.
///
/// # Errors
/// [`SplitError`] if it is not valid, or if more than its linear memory would have to be restored.
pub fn split(wasm: &[u8]) -> Result<Split, SplitError> {
    let identity = archive::format::checksum(wasm);
    let mut code = wasm_encoder::Module::new();
    let mut memory: Option<Vec<u8>> = None;
    let mut globals = None;
    let mut exported = false;
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        match &payload {
            Payload::ImportSection(imports) => {
                for import in imports.clone().into_imports() {
                    if !matches!(import?.ty, TypeRef::Func(_)) {
                        return refuse("expected imports of functions only, found another");
                    }
                }
            }
            Payload::MemorySection(memories) => memory = Some(vec![0; memory_size(memories.clone())?]),
            Payload::GlobalSection(section) => {
                let (rewritten, found) = with_identity(section.clone(), identity)?;
                code.section(&rewritten);
                globals = Some(found);
                continue;
            }
            Payload::ExportSection(section) => {
                let Some(globals) = &globals else { return refuse(NO_STACK_POINTER) };
                code.section(&with_exports(section.clone(), globals)?);
                exported = true;
                continue;
            }
            Payload::StartSection { .. } => return refuse("expected no start function, found one"),
            // Without data segments there is nothing to count.
            Payload::DataCountSection { .. } => continue,
            Payload::DataSection(section) => {
                let Some(memory) = &mut memory else { return refuse("expected a memory, found none") };
                let Some(globals) = &globals else { return refuse(NO_STACK_POINTER) };
                for segment in section.clone() {
                    place(segment?, globals.stack_top, memory)?;
                }
                continue;
            }
            Payload::CodeSectionEntry(body) => {
                for operator in body.get_operators_reader()? {
                    check(&operator?)?;
                }
            }
            // Names serve debuggers, who have the module itself.
            Payload::CustomSection(_) => continue,
            _ => {}
        }
        if let Some((id, range)) = payload.as_section() {
            let Some(data) = wasm.get(range) else {
                return refuse("expected a valid module, found a section that is cut off");
            };
            code.section(&RawSection { id, data });
        }
    }
    let Some(memory) = memory.filter(|_| exported) else { return refuse("expected a memory and exports, found none") };
    debug_assert_eq!(memory.len() % PAGE, 0);
    let origin = Origin { start: Start::Cold, module: identity, archive: 0 };
    Ok(Split { code: code.finish(), image: memory_image::write(origin, &memory, None) })
}

const NO_STACK_POINTER: &str = "expected a mutable global, the stack pointer, found none";

/// What the rewritten globals are, by index.
struct Globals {
    stack_pointer: u32,
    /// Where the stack pointer starts: the stack's upper end.
    stack_top: u32,
    identity: u32,
}

/// The bytes of the only memory at its start.
fn memory_size(memories: MemorySectionReader<'_>) -> Result<usize, SplitError> {
    let mut all = memories.into_iter();
    let (Some(first), None) = (all.next().transpose()?, all.next()) else {
        return refuse("expected one memory, found another number");
    };
    if first.memory64 || first.shared || first.page_size_log2.is_some() {
        return refuse("expected a plain 32-bit memory, found another kind");
    }
    match usize::try_from(first.initial).ok().filter(|pages| *pages <= 1 << 16) {
        Some(pages) => Ok(pages << 16),
        None => refuse("expected a memory of at most 4 GiB, found a larger one"),
    }
}

/// The globals, and one more that holds the module's identity.
fn with_identity(section: GlobalSectionReader<'_>, identity: u64) -> Result<(GlobalSection, Globals), SplitError> {
    let mut rewritten = GlobalSection::new();
    let mut stack = None;
    for global in section {
        let global = global?;
        let Some(value) = constant(&global.init_expr)? else {
            return refuse("expected globals with a constant, found another");
        };
        if global.ty.mutable && stack.replace((rewritten.len(), value.cast_unsigned())).is_some() {
            return refuse("expected one mutable global, the stack pointer, found two");
        }
        let kind = GlobalType { val_type: ValType::I32, mutable: global.ty.mutable, shared: false };
        rewritten.global(kind, &ConstExpr::i32_const(value));
    }
    let Some((stack_pointer, stack_top)) = stack else { return refuse(NO_STACK_POINTER) };
    let globals = Globals { stack_pointer, stack_top, identity: rewritten.len() };
    let kind = GlobalType { val_type: ValType::I64, mutable: false, shared: false };
    rewritten.global(kind, &ConstExpr::i64_const(identity.cast_signed()));
    Ok((rewritten, globals))
}

/// The exports, and those of the stack pointer and the identity.
fn with_exports(section: ExportSectionReader<'_>, globals: &Globals) -> Result<ExportSection, SplitError> {
    let mut rewritten = ExportSection::new();
    for export in section {
        let export = export?;
        let kind = match export.kind {
            ExternalKind::Func => ExportKind::Func,
            ExternalKind::Memory => ExportKind::Memory,
            // What extensions are put into: their code, like this module's, does not change it.
            ExternalKind::Table if export.name == TABLE => ExportKind::Table,
            other => return refuse(format!("expected exports of functions and a memory, found {other:?}")),
        };
        rewritten.export(export.name, kind, export.index);
    }
    rewritten.export(STACK_POINTER, ExportKind::Global, globals.stack_pointer);
    rewritten.export(IDENTITY, ExportKind::Global, globals.identity);
    Ok(rewritten)
}

/// Puts a data segment where the module would.
fn place(segment: Data<'_>, stack_top: u32, memory: &mut [u8]) -> Result<(), SplitError> {
    let DataKind::Active { memory_index: 0, offset_expr } = segment.kind else {
        return refuse("expected data for the memory, found a passive segment");
    };
    let Some(offset) = constant(&offset_expr)?.map(i32::cast_unsigned) else {
        return refuse("expected data at a constant offset, found another");
    };
    // The stack is emptied when an image is made.
    if offset < stack_top {
        return refuse("expected data behind the stack, found some in it");
    }
    match memory.get_mut(offset as usize..).and_then(|rest| rest.get_mut(..segment.data.len())) {
        Some(place) => place.copy_from_slice(segment.data),
        None => return refuse("expected data inside the memory, found some beyond it"),
    }
    Ok(())
}

/// The value of an expression that is one constant and nothing else.
pub(crate) fn constant(expression: &wasmparser::ConstExpr<'_>) -> wasmparser::Result<Option<i32>> {
    let mut operators = expression.get_operators_reader();
    Ok(match (operators.read()?, operators.read()?) {
        (Operator::I32Const { value }, Operator::End) => Some(value),
        _ => None,
    })
}

/// What code may not do whose module is instantiated anew by each run.
pub(crate) enum Forbidden {
    /// Change a table: nobody restores that.
    Table,
    /// Use a segment of data: it has been taken out.
    Segment,
}

/// What an instruction does of that.
pub(crate) fn forbidden(operator: &Operator<'_>) -> Option<Forbidden> {
    match operator {
        Operator::TableSet { .. }
        | Operator::TableGrow { .. }
        | Operator::TableFill { .. }
        | Operator::TableCopy { .. }
        | Operator::TableInit { .. }
        | Operator::ElemDrop { .. } => Some(Forbidden::Table),
        Operator::MemoryInit { .. } | Operator::DataDrop { .. } => Some(Forbidden::Segment),
        _ => None,
    }
}

fn check(operator: &Operator<'_>) -> Result<(), SplitError> {
    match forbidden(operator) {
        Some(Forbidden::Table) => refuse("expected tables that stay as they are, found code that changes one"),
        Some(Forbidden::Segment) => {
            refuse("expected data that is only placed at start, found code that uses a segment")
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use memory_image::Image;

    fn split_text(text: &str) -> Result<Split, SplitError> {
        split(&wat::parse_str(text).expect("valid"))
    }

    const MEMORY: &str = r#"(memory (export "memory") 1) (global (mut i32) (i32.const 4096))"#;

    #[test]
    fn data_goes_into_the_image() {
        let split =
            split_text(&format!(r#"(module {MEMORY} (data (i32.const 65530) "abcdef") (data (i32.const 4096) "x"))"#));
        let split = split.expect("split");
        let image = Image::open(split.image).expect("whole");
        let mut memory = vec![0; image.memory_size()];
        for (offset, bytes) in image.extents() {
            memory[offset..offset + bytes.len()].copy_from_slice(bytes);
        }
        assert_eq!((memory.len(), memory[4096], &memory[65530..]), (65536, b'x', &b"abcdef"[..]));
        assert!(!split.code.windows(6).any(|window| window == b"abcdef"));
        wasmparser::validate(&split.code).expect("valid");
    }

    #[test]
    fn what_an_image_would_not_restore_is_refused_by_name() {
        for (text, reason) in [
            ("(global (mut i32) (i32.const 0))", "one mutable global"),
            (r#"(table 1 funcref) (func (table.set 0 (i32.const 0) (ref.null func)))"#, "code that changes one"),
            (
                r#"(table 1 funcref) (func (drop (table.grow 0 (ref.null func) (i32.const 1))))"#,
                "code that changes one",
            ),
            (r#"(func $f) (start $f)"#, "no start function"),
            (r#"(data "abc") (func (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 3)))"#, "uses a segment"),
            (r#"(data "abc")"#, "a passive segment"),
            (r#"(data (i32.const 65534) "abc")"#, "beyond it"),
            (r#"(data (i32.const 4095) "abc")"#, "found some in it"),
            (r#"(data (i32.add (i32.const 8192) (i32.const 1)) "abc")"#, "at a constant offset"),
            (r#"(global i32 (i32.add (i32.const 1) (i32.const 1)))"#, "globals with a constant"),
            (r#"(memory 1)"#, "one memory"),
            (r#"(table (export "t") 1 funcref)"#, "exports of functions and a memory"),
        ] {
            let error = split_text(&format!("(module {MEMORY} {text})")).err().expect(text).to_string();
            assert!(error.contains(reason), "{text}: {error}");
        }
        assert!(split_text("(module)").is_err());
        assert!(split(b"text").is_err());
        let import = r#"(module (import "a" "b" (global i32)) (memory (export "memory") 1))"#;
        assert!(split_text(import).err().expect("refused").to_string().contains("imports of functions only"));
    }
}
