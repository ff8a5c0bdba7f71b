//! Why an extension cannot be linked.

use std::fmt;

/// Up to so many names are shown.
const SHOWN: usize = 20;

/// Why it cannot be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It wants what nobody has, sorted by name.
    Missing(Vec<String>),
    /// In words: what was expected and what was found.
    Other(String),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::Missing(names) => {
                // They are the file's own words, as many as it likes.
                let shown: Vec<String> = names.iter().take(SHOWN).map(|name| name.escape_debug().to_string()).collect();
                write!(f, "needs what the interpreter does not have: {}", shown.join(", "))?;
                match names.len().saturating_sub(SHOWN) {
                    0 => Ok(()),
                    more => write!(f, " and {more} more"),
                }
            }
            Refused::Other(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for Refused {}

impl From<wasmparser::BinaryReaderError> for Refused {
    fn from(error: wasmparser::BinaryReaderError) -> Self {
        Refused::Other(format!("expected a valid WebAssembly module, found: {error}"))
    }
}

/// A refusal in words.
pub(super) fn refuse<T>(what: impl Into<String>) -> Result<T, Refused> {
    Err(Refused::Other(what.into()))
}
