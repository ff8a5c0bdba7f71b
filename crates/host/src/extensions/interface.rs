//! What the interpreter offers to extensions: functions by the slot of the table that they are in, variables by their address.
//!
//! As text, one line each, sorted: `PyLong_FromLong 4711 i:i` is a function that takes a word and gives one back (`i` 32 bits, `l`
//! 64 bits, `f` and `d` floats of 32 and 64 bits, `v` a vector), `Py_Version 12345` a variable.

use std::collections::BTreeMap;
#[cfg(feature = "linker")]
use wasmparser::{FuncType, ValType};

/// See the module's documentation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interface {
    /// By name.
    pub symbols: BTreeMap<String, Symbol>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Symbol {
    /// Its slot, and its type as letters.
    Function(u32, String),
    /// Its address.
    Variable(u32),
}

impl Interface {
    /// As text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (name, symbol) in &self.symbols {
            match symbol {
                Symbol::Function(slot, kind) => text += &format!("{name} {slot} {kind}\n"),
                Symbol::Variable(address) => text += &format!("{name} {address}\n"),
            }
        }
        text
    }

    /// Reads it from text; `None` if it is none.
    pub fn from_text(text: &str) -> Option<Interface> {
        let symbol = |line: &str| {
            let words: Vec<_> = line.split(' ').collect();
            match words[..] {
                [name, slot, kind] => Some((name.to_string(), Symbol::Function(slot.parse().ok()?, kind.to_string()))),
                [name, address] => Some((name.to_string(), Symbol::Variable(address.parse().ok()?))),
                _ => None,
            }
        };
        Some(Interface { symbols: text.lines().map(symbol).collect::<Option<_>>()? })
    }
}

/// A function's type as letters, such as `ii:i`.
#[cfg(feature = "linker")]
pub(super) fn letters(kind: &FuncType) -> String {
    let letter = |kind: &ValType| match kind {
        ValType::I32 => 'i',
        ValType::I64 => 'l',
        ValType::F32 => 'f',
        ValType::F64 => 'd',
        ValType::V128 => 'v',
        ValType::Ref(_) => 'r',
    };
    let letters = |kinds: &[ValType]| kinds.iter().map(letter).collect::<String>();
    format!("{}:{}", letters(kind.params()), letters(kind.results()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_text_is_read_again() {
        let symbols = [
            ("PyLong_FromLong", Symbol::Function(7, "i:i".to_string())),
            ("Py_Version", Symbol::Variable(1024)),
            ("abort", Symbol::Function(9, ":".to_string())),
        ];
        let symbols = symbols.map(|(name, symbol)| (name.to_string(), symbol));
        let interface = Interface { symbols: symbols.into() };
        let text = interface.text();
        assert_eq!(text, "PyLong_FromLong 7 i:i\nPy_Version 1024\nabort 9 :\n");
        assert_eq!(Interface::from_text(&text), Some(interface));
        for wrong in ["x\n", "a b c d\n", "a\n", "a b\n", "\n"] {
            assert_eq!(Interface::from_text(wrong), None, "{wrong:?}");
        }
    }
}
