//! Emptying the functions that nothing reaches, so that an app pays only for what it uses: without extensions nobody can call what
//! python.wasm exports for them alone.
//!
//! Functions keep their numbers, and the table its slots. What is left of an emptied function is one instruction, which traps.

use std::collections::HashSet;
use wasm_encoder::{CodeSection, Function, Instruction, RawSection};
use wasmparser::{ElementItems, ExternalKind, Operator, Parser, Payload, TypeRef};

/// Empties the functions of a valid module that are neither exported nor in its table nor called by one that is.
///
/// # Errors
/// If it is not valid.
pub fn prune(wasm: &[u8]) -> wasmparser::Result<Vec<u8>> {
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
    let mut out = wasm_encoder::Module::new();
    let (mut code, mut number) = (CodeSection::new(), imported);
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        match &payload {
            Payload::CodeSectionEntry(body) => {
                if reached.contains(&number) {
                    code.raw(body.as_bytes());
                } else {
                    code.function(
                        Function::new([]).instruction(&Instruction::Unreachable).instruction(&Instruction::End),
                    );
                }
                number += 1;
                if number - imported == calls.len() as u32 {
                    out.section(&code);
                }
            }
            Payload::CodeSectionStart { .. } => {}
            _ => {
                if let Some((id, range)) = payload.as_section() {
                    out.section(&RawSection { id, data: &wasm[range] });
                }
            }
        }
    }
    Ok(out.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nothing_reaches_is_empty() {
        let text = |helper: &str, unused: &str| {
            format!(
                r#"(module
                    (import "a" "b" (func))
                    (table 2 funcref)
                    (elem (i32.const 0) $listed)
                    (elem (i32.const 1) funcref (ref.func $told))
                    (func $listed (call $helper))
                    (func $told (nop))
                    (func $helper {helper})
                    (func $unused (result i32) (local i64) {unused})
                    (func (export "f") (drop (i32.const 0))))"#
            )
        };
        let wasm = |text: &str| wat::parse_str(text).expect("valid");
        let pruned = prune(&wasm(&text("(call 0)", "(call $unused)"))).expect("pruned");
        assert_eq!(pruned, wasm(&text("(call 0)", "(unreachable)").replace("(local i64)", "")));
        assert_eq!(prune(&pruned).expect("pruned"), pruned);
        assert!(prune(b"").is_err());
    }
}
