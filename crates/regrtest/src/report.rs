//! How one file of tests ended: what `driver.py` has written, or what is known if it could not.

use serde::{Deserialize, Serialize};

/// How a file ended. The first six are regrtest's own words.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    Passed,
    Failed,
    /// As a whole, before any case.
    Skipped,
    /// All cases passed, but something was left behind.
    EnvChanged,
    /// There was no case to run.
    DidNotRun,
    /// Something that nobody caught, outside of all cases.
    UncaughtExc,
    /// The guest did something impossible, or ran out of stack.
    Trapped,
    /// The process took too long.
    Timeout,
    /// The process ended without a report.
    Exited,
}

impl State {
    /// As regrtest writes it.
    pub fn word(self) -> String {
        // A unit variant is always a string.
        serde_json::to_value(self).ok().and_then(|word| word.as_str().map(str::to_string)).unwrap_or_default()
    }
}

/// How a case ended.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    Passed,
    Failed,
    Skipped,
}

/// One case: its id, how it ended, and why if it did not pass.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Case(pub String, pub Outcome, pub String);

/// How one file ended.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Report {
    /// The file: `test_os`.
    #[serde(default)]
    pub name: String,
    pub state: State,
    /// Why it was skipped, trapped, not caught.
    pub reason: String,
    pub seconds: f64,
    pub cases: Vec<Case>,
    /// The last lines it said, unless all was well.
    #[serde(default)]
    pub output: String,
}

impl Report {
    /// The report of a process that left none.
    pub fn without_cases(name: &str, state: State, reason: String, seconds: f64) -> Report {
        Report { name: name.to_string(), state, reason, seconds, cases: Vec::new(), output: String::new() }
    }

    /// How many cases ended so.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.cases.iter().filter(|case| case.1 == outcome).count()
    }

    /// Whether there is nothing to look at.
    pub fn is_good(&self) -> bool {
        matches!(self.state, State::Passed | State::Skipped | State::EnvChanged) && self.count(Outcome::Failed) == 0
    }
}
