//! Leaving out the functions that nothing reaches, so that an app pays only for what it uses: without extensions nobody can call what
//! python.wasm exports for them alone. Each start reads something about each function that there is.
//!
//! The others are renumbered; the table keeps its slots.

use std::collections::HashSet;
use std::convert::Infallible;
use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{CodeSection, FunctionSection, Module};
use wasmparser::{
    CodeSectionReader, CustomSectionReader, ElementItems, ExternalKind, FunctionSectionReader, Operator, Parser,
    Payload, TypeRef,
};

type Result<T> = std::result::Result<T, Error<Infallible>>;

/// Leaves out the functions of a valid module that are neither exported nor in its table nor called by one that is, and what is of no
/// effect: sections with names and the like.
///
/// # Errors
/// If it is not valid.
pub(crate) fn prune(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut calls: Vec<Vec<u32>> = Vec::new();
    let (mut roots, mut imported) = (Vec::new(), 0);
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    let export = export?;
                    roots.extend((export.kind == ExternalKind::Func).then_some(export.index));
                }
            }
            Payload::StartSection { func, .. } => roots.push(func),
            Payload::ElementSection(elements) => {
                for element in elements {
                    match element?.items {
                        ElementItems::Functions(functions) => {
                            for function in functions {
                                roots.push(function?);
                            }
                        }
                        ElementItems::Expressions(_, expressions) => {
                            for expression in expressions {
                                for operator in expression?.get_operators_reader() {
                                    if let Operator::RefFunc { function_index } = operator? {
                                        roots.push(function_index);
                                    }
                                }
                            }
                        }
                    }
                }
            }
            Payload::CodeSectionEntry(body) => {
                let mut called = Vec::new();
                for operator in body.get_operators_reader()? {
                    if let Operator::Call { function_index }
                    | Operator::ReturnCall { function_index }
                    | Operator::RefFunc { function_index } = operator?
                    {
                        called.push(function_index);
                    }
                }
                calls.push(called);
            }
            _ => {}
        }
    }
    let mut reached = HashSet::new();
    while let Some(function) = roots.pop() {
        if reached.insert(function) {
            let own = function.checked_sub(imported).and_then(|own| calls.get(own as usize));
            roots.extend(own.into_iter().flatten());
        }
    }
    // A function that is left out has no number that anybody asks for.
    let mut next = 0;
    let numbers = (0..imported + calls.len() as u32).map(|function| {
        let number = next;
        next += u32::from(function < imported || reached.contains(&function));
        number
    });
    let numbers: Vec<u32> = numbers.collect();
    let mut out = Module::new();
    Pruned { imported, reached, numbers }.parse_core_module(&mut out, Parser::new(0), wasm)?;
    Ok(out.finish())
}

/// A module with fewer functions.
struct Pruned {
    /// How many functions are imported: the first.
    imported: u32,
    /// What is kept, by the old numbers.
    reached: HashSet<u32>,
    /// The new numbers, by the old.
    numbers: Vec<u32>,
}

impl Pruned {
    /// Those of the module's own functions that are kept.
    fn kept<T>(&self, functions: impl IntoIterator<Item = T>) -> impl Iterator<Item = T> {
        let numbered = (self.imported..).zip(functions);
        numbered.filter(|(number, _)| self.reached.contains(number)).map(|(_, function)| function)
    }
}

impl Reencode for Pruned {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32> {
        Ok(self.numbers.get(function as usize).copied().unwrap_or(function))
    }

    fn parse_function_section(&mut self, out: &mut FunctionSection, section: FunctionSectionReader<'_>) -> Result<()> {
        self.kept(section).try_for_each(|ty| {
            out.function(ty?);
            Ok(())
        })
    }

    fn parse_code_section(&mut self, out: &mut CodeSection, section: CodeSectionReader<'_>) -> Result<()> {
        let kept: Vec<_> = self.kept(section).collect();
        kept.into_iter().try_for_each(|body| self.parse_function_body(out, body?))
    }

    fn parse_custom_section(&mut self, _: &mut Module, _: CustomSectionReader<'_>) -> Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nothing_reaches_is_left_out_and_the_rest_renumbered() {
        let module = |unused: &str, [listed, told, helper]: [u32; 3]| {
            let text = format!(
                r#"(module
                    (type (func)) (type (func (result i32)))
                    (import "a" "b" (func (type 0)))
                    (table 2 funcref)
                    (elem (i32.const 0) func {listed})
                    (elem (i32.const 1) funcref (ref.func {told}))
                    {unused}
                    (func (type 0) (call {helper}))
                    (func (type 0) (nop))
                    (func (type 0) (local i64) (block (call 0)))
                    (func (export "f") (type 0) (call {told})))"#
            );
            wat::parse_str(text).expect("valid")
        };
        let unused = "(func (type 1) (call 2)) (func (type 1) (i32.const 1))";
        let (whole, smaller) = (module(unused, [3, 4, 5]), module("", [1, 2, 3]));
        assert_eq!(prune(&whole).expect("pruned"), smaller);
        assert_eq!(prune(&smaller).expect("pruned"), smaller);
        assert!(prune(b"").is_err());
    }
}
