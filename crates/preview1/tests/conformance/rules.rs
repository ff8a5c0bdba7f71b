//! Rules as they are written down: `rules/*.txt`.
//!
//! ```text
//! # What a line with a hash says is for people.
//!
//! the name of a rule
//!     a call                       : what stock wasmtime-wasi says
//!     another one
//!         : a result that is long
//!         ours: another result     | why
//! ```
//!
//! Below a call may stand who says something else, and why: `ours` for both of ours, `dir` or `memory` for one. `*` stands for
//! anything: where it depends on the file system.

/// Whose result it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Stock,
    Dir,
    Memory,
}

pub struct Rule {
    pub name: String,
    pub lines: Vec<Line>,
}

/// A call and its results.
pub struct Line {
    /// File and line.
    pub place: String,
    pub call: String,
    expected: String,
    /// Who says something else, and what.
    exceptions: Vec<(String, String)>,
}

impl Line {
    /// What someone must say.
    pub fn expected(&self, who: Who) -> &str {
        let own = match who {
            Who::Stock => return &self.expected,
            Who::Dir => "dir",
            Who::Memory => "memory",
        };
        let exception = self.exceptions.iter().find(|(name, _)| name == own || name == "ours");
        exception.map_or(&self.expected, |(_, result)| result)
    }

    /// Whether an exception says the same as stock.
    pub fn has_idle_exception(&self) -> bool {
        self.exceptions.iter().any(|(_, result)| *result == self.expected)
    }
}

/// Reads the rules of a file.
///
/// # Panics
/// If they are not as the module's documentation has it.
pub fn read(file: &str, text: &str) -> Vec<Rule> {
    let mut rules: Vec<Rule> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let place = format!("{file}:{}", number + 1);
        let depth = line.len() - line.trim_start().len();
        let line = line.trim();
        match depth {
            _ if line.is_empty() || line.starts_with('#') => {}
            0 => rules.push(Rule { name: line.to_string(), lines: Vec::new() }),
            4 => {
                let (call, expected) = line.rsplit_once(" : ").unwrap_or((line, ""));
                let (call, expected) = (call.trim().to_string(), expected.trim().to_string());
                let rule = rules.last_mut().unwrap_or_else(|| panic!("{place}: a call without a rule"));
                rule.lines.push(Line { place, call, expected, exceptions: Vec::new() });
            }
            _ => {
                let call = rules.last_mut().and_then(|rule| rule.lines.last_mut());
                let call = call.unwrap_or_else(|| panic!("{place}: a result without a call"));
                match line.split_once(':').unwrap_or_else(|| panic!("{place}: expected WHO: RESULT | WHY")) {
                    ("", result) => call.expected = result.trim().to_string(),
                    (who @ ("ours" | "dir" | "memory"), result) => {
                        let (result, why) = result.rsplit_once('|').unwrap_or_default();
                        assert!(!why.trim().is_empty(), "{place}: expected a reason behind |");
                        call.exceptions.push((who.to_string(), result.trim().to_string()));
                    }
                    (who, _) => panic!("{place}: expected ours, dir or memory, found {who:?}"),
                }
            }
        }
    }
    rules
}
