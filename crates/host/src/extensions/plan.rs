//! What the loader has to know of an extension beside its code.
//!
//! Stored as words of 32 bits, little-endian; a row of bytes or of entries has its length in front, bytes are padded to whole words:
//! memory size, its alignment, slots of the table, imports (kind, value), exports (name, slot or [`NO_SLOT`]), data (offset, bytes).

/// An extension, linked but for the places that it gets when it is loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Bytes of memory that it needs.
    pub memory_size: u32,
    /// Their alignment, bytes: a power of two.
    pub memory_align: u32,
    /// How many slots of the table its element segments fill. Its exported functions have those behind them.
    pub table_size: u32,
    /// In the order of the module.
    pub imports: Vec<Import>,
    /// The functions that it exports, each of which has a slot, rising by name.
    pub functions: Vec<String>,
    /// What its memory holds, by the offset from its base; the rest is zero.
    pub data: Vec<(u32, Vec<u8>)>,
}

/// Where an import leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Import {
    /// The interpreter's memory.
    Memory,
    /// The interpreter's table.
    Table,
    /// The interpreter's stack pointer.
    StackPointer,
    /// A constant: where its data begins.
    MemoryBase,
    /// A constant: where its slots begin.
    TableBase,
    /// The function in a slot of the interpreter.
    Function(u32),
    /// A function that is weak and nowhere: a call of it traps.
    Nowhere,
    /// A global of its own with this value: an address or a slot of the interpreter, or 0 for what is weak and nowhere.
    Value(u32),
    /// A global of its own with the slot of one of its own functions, by number.
    OwnFunction(u32),
    /// A global of its own with an address in its own memory, from the base on.
    OwnData(u32),
}

impl Plan {
    /// How many slots of the table it takes.
    pub fn slots(&self) -> u32 {
        self.table_size.saturating_add(u32::try_from(self.functions.len()).unwrap_or(u32::MAX))
    }

    /// The slot of an exported function.
    pub fn slot_of(&self, name: &str, table_base: u32) -> Option<u32> {
        let number = self.functions.binary_search_by(|function| function.as_str().cmp(name)).ok()?;
        table_base.checked_add(self.table_size)?.checked_add(u32::try_from(number).ok()?)
    }

    /// Its stored form.
    #[cfg(feature = "linker")]
    pub fn write(&self, into: &mut Vec<u8>) {
        let mut out = Out(into);
        out.word(self.memory_size);
        out.word(self.memory_align);
        out.word(self.table_size);
        out.word(len(self.imports.len()));
        for import in &self.imports {
            let (kind, value) = match *import {
                Import::Memory => (0, 0),
                Import::Table => (1, 0),
                Import::StackPointer => (2, 0),
                Import::MemoryBase => (3, 0),
                Import::TableBase => (4, 0),
                Import::Function(slot) => (5, slot),
                Import::Value(value) => (6, value),
                Import::OwnFunction(number) => (7, number),
                Import::OwnData(offset) => (8, offset),
                Import::Nowhere => (9, 0),
            };
            out.word(kind);
            out.word(value);
        }
        out.word(len(self.functions.len()));
        for name in &self.functions {
            out.bytes(name.as_bytes());
        }
        out.word(len(self.data.len()));
        for (offset, bytes) in &self.data {
            out.word(*offset);
            out.bytes(bytes);
        }
    }

    /// Reads a stored form; `None` if it is none.
    pub fn read(bytes: &[u8]) -> Option<Plan> {
        let mut input = In(bytes);
        let (memory_size, memory_align, table_size) = (input.word()?, input.word()?, input.word()?);
        let imports = input.row(|input| {
            let (kind, value) = (input.word()?, input.word()?);
            Some(match kind {
                0 => Import::Memory,
                1 => Import::Table,
                2 => Import::StackPointer,
                3 => Import::MemoryBase,
                4 => Import::TableBase,
                5 => Import::Function(value),
                6 => Import::Value(value),
                7 => Import::OwnFunction(value),
                8 => Import::OwnData(value),
                9 => Import::Nowhere,
                _ => return None,
            })
        })?;
        let functions = input.row(|input| String::from_utf8(input.bytes()?.to_vec()).ok())?;
        let data = input.row(|input| Some((input.word()?, input.bytes()?.to_vec())))?;
        let is_whole = input.0.is_empty() && memory_align.is_power_of_two() && functions.is_sorted();
        is_whole.then_some(Plan { memory_size, memory_align, table_size, imports, functions, data })
    }
}

#[cfg(feature = "linker")]
struct Out<'a>(&'a mut Vec<u8>);

#[cfg(feature = "linker")]
impl Out<'_> {
    fn word(&mut self, word: u32) {
        self.0.extend_from_slice(&word.to_le_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.word(len(bytes.len()));
        self.0.extend_from_slice(bytes);
        self.0.resize(self.0.len() + padding(bytes.len()), 0);
    }
}

/// A module has at most 4 GiB, so that each of its lengths fits.
#[cfg(feature = "linker")]
fn len(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

struct In<'a>(&'a [u8]);

impl<'a> In<'a> {
    fn word(&mut self) -> Option<u32> {
        let (word, rest) = self.0.split_first_chunk::<4>()?;
        self.0 = rest;
        Some(u32::from_le_bytes(*word))
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let len = self.word()? as usize;
        let (bytes, rest) = self.0.split_at_checked(len)?;
        self.0 = rest.get(padding(len)..)?;
        Some(bytes)
    }

    fn row<T>(&mut self, mut entry: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.word()?;
        (0..count).map(|_| entry(self)).collect()
    }
}

/// Bytes up to the next whole word.
fn padding(len: usize) -> usize {
    len.next_multiple_of(4) - len
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        Plan {
            memory_size: 100,
            memory_align: 16,
            table_size: 3,
            imports: vec![Import::Memory, Import::Function(7), Import::OwnData(12), Import::Value(0)],
            functions: vec!["PyInit_a".to_string(), "b".to_string()],
            data: vec![(4, b"hello".to_vec()), (20, Vec::new())],
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let mut bytes = Vec::new();
        plan().write(&mut bytes);
        assert_eq!(Plan::read(&bytes), Some(plan()));
        for len in 0..bytes.len() {
            assert_eq!(Plan::read(&bytes[..len]), None, "{len} bytes of it");
        }
        bytes.push(0);
        assert_eq!(Plan::read(&bytes), None, "and more");
    }

    #[test]
    fn exported_functions_have_the_slots_behind_its_own() {
        let plan = plan();
        assert_eq!(plan.slots(), 5);
        assert_eq!(["PyInit_a", "b", "c"].map(|name| plan.slot_of(name, 100)), [Some(103), Some(104), None]);
        assert_eq!(plan.slot_of("b", u32::MAX), None);
    }
}
