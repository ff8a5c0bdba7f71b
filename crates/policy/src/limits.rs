//! How much a run may use: `[tool.pyapp.limits]`, and what `PYAPP_LIMITS` says of it.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What a run uses. The order is that of the exit statuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// The interpreter's memory, bytes.
    Memory,
    /// Time since the start, milliseconds.
    Time,
    /// Time of processors, milliseconds.
    Cpu,
    /// What lies in the file system in memory, bytes.
    Scratch,
    /// Files, folders and links there.
    ScratchFiles,
    /// Open descriptors.
    Descriptors,
    /// Threads, the main thread among them.
    Threads,
    /// What is written to stdout and stderr, bytes.
    Output,
}

use Resource::{Cpu, Descriptors, Memory, Output, Scratch, ScratchFiles, Threads, Time};

/// In what a limit is told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Bytes,
    Milliseconds,
    Count,
}

/// Units of bytes and times, the largest first.
const SIZES: [(&str, u64); 4] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];
const TIMES: [(&str, u64); 3] = [("min", 60_000), ("s", 1000), ("ms", 1)];

/// Most that a time may be: a year.
const LONGEST: u64 = 366 * 24 * 60 * 60_000;

impl Resource {
    /// All of them.
    pub const ALL: [Resource; 8] = [Memory, Time, Cpu, Scratch, ScratchFiles, Descriptors, Threads, Output];

    /// The key of `[tool.pyapp.limits]`, and the word of `PYAPP_LIMITS`.
    pub fn name(self) -> &'static str {
        match self {
            Memory => "memory",
            Time => "time",
            Cpu => "cpu",
            Scratch => "scratch",
            ScratchFiles => "scratch-files",
            Descriptors => "descriptors",
            Threads => "threads",
            Output => "output",
        }
    }

    /// What holds where nothing is said.
    pub fn default_limit(self) -> Option<u64> {
        match self {
            // What python.wasm is linked with.
            Memory => Some(3 << 30),
            Scratch => Some(256 << 20),
            ScratchFiles => Some(65_536),
            Descriptors => Some(8192),
            Threads => Some(512),
            Time | Cpu | Output => None,
        }
    }

    /// The most that a project may say: of memory, descriptors and threads there is no more.
    fn most(self) -> u64 {
        match self {
            Memory | Descriptors | Threads => self.default_limit().unwrap_or(u64::MAX),
            Time | Cpu => LONGEST,
            Scratch | ScratchFiles | Output => u64::MAX,
        }
    }

    /// The least that makes sense. (Of some it is known only at the start.)
    fn least(self) -> u64 {
        u64::from(self != Output)
    }

    fn unit(self) -> Unit {
        match self {
            Memory | Scratch | Output => Unit::Bytes,
            Time | Cpu => Unit::Milliseconds,
            ScratchFiles | Descriptors | Threads => Unit::Count,
        }
    }

    /// A limit in words: `64MiB`, `5s`, `100`.
    pub fn words(self, limit: u64) -> String {
        let units: &[(&str, u64)] = match self.unit() {
            Unit::Count => return limit.to_string(),
            Unit::Bytes => &SIZES,
            Unit::Milliseconds => &TIMES,
        };
        let unit = units.iter().find(|(_, unit)| limit >= *unit && limit.is_multiple_of(*unit));
        unit.map_or_else(|| limit.to_string(), |(name, unit)| format!("{}{name}", limit / unit))
    }

    /// Reads a limit.
    ///
    /// # Errors
    /// What was expected, as the end of a line.
    pub fn parse(self, text: &str) -> Result<u64, String> {
        let (expected, units): (_, &[(&str, u64)]) = match self.unit() {
            Unit::Bytes => ("a size such as 500KiB, 64MiB or 1GiB", &SIZES),
            Unit::Milliseconds => ("a time such as 500ms, 5s or 2min", &TIMES),
            Unit::Count => ("a number", &[("", 1)]),
        };
        let wrong = || format!("expected {expected}, found {text:?}");
        let digits = text.trim().find(|c: char| !c.is_ascii_digit()).unwrap_or(text.trim().len());
        let (number, unit) = text.trim().split_at(digits);
        let (_, unit) = units.iter().find(|(name, _)| *name == unit.trim_start()).ok_or_else(wrong)?;
        let number: u64 = number.parse().map_err(|_| wrong())?;
        self.checked(number.checked_mul(*unit).ok_or_else(wrong)?)
    }

    /// A limit that a project may have.
    ///
    /// # Errors
    /// As [`Resource::parse`].
    pub fn checked(self, limit: u64) -> Result<u64, String> {
        let words = |limit| self.words(limit);
        if limit < self.least() {
            return Err(format!("expected at least {}, found {}", words(self.least()), words(limit)));
        }
        if limit > self.most() {
            return Err(format!("expected at most {}, found {}", words(self.most()), words(limit)));
        }
        Ok(limit)
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The limits of a run, in the order of [`Resource::ALL`]. The default is that of a project that says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunLimits([Option<u64>; 8]);

/// What `PYAPP_LIMITS` says and cannot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLimits(String);

impl fmt::Display for BadLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PYAPP_LIMITS: {}; correct it", self.0)
    }
}

impl std::error::Error for BadLimits {}

impl RunLimits {
    /// Sets a limit.
    pub fn set(&mut self, resource: Resource, limit: u64) {
        self.0[resource as usize] = Some(limit);
    }

    /// The limit that was set, if one was.
    pub fn get(&self, resource: Resource) -> Option<u64> {
        self.0[resource as usize]
    }

    /// What holds: the limit that was set, or what holds without.
    pub fn limit(&self, resource: Resource) -> Option<u64> {
        self.get(resource).or(resource.default_limit())
    }

    /// Those that were set.
    pub fn iter(&self) -> impl Iterator<Item = (Resource, u64)> {
        Resource::ALL.into_iter().filter_map(|resource| Some((resource, self.get(resource)?)))
    }

    /// What is left after `PYAPP_LIMITS`: words such as `memory=64MiB` with commas between.
    ///
    /// # Errors
    /// [`BadLimits`]: a run that was meant to be narrow must not be wide for a typing error, and none may be wider than the build
    /// has allowed.
    pub fn narrowed(mut self, text: &str) -> Result<RunLimits, BadLimits> {
        for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            let (resource, limit) = narrower(word, &self).map_err(BadLimits)?;
            self.set(resource, limit);
        }
        Ok(self)
    }
}

fn narrower(word: &str, allowed: &RunLimits) -> Result<(Resource, u64), String> {
    let (name, value) = word.split_once('=').unwrap_or((word, ""));
    let resource = Resource::ALL.into_iter().find(|resource| resource.name() == name.trim()).ok_or_else(|| {
        let names = Resource::ALL.map(Resource::name).join(", ");
        format!("expected limits such as memory=64MiB out of {names}, found {word:?}")
    })?;
    let limit = resource.parse(value).map_err(|message| format!("{resource}: {message}"))?;
    match allowed.limit(resource).filter(|most| limit > *most) {
        Some(most) => Err(format!(
            "{resource}: expected at most {}, which this executable allows, found {}",
            resource.words(most),
            resource.words(limit)
        )),
        None => Ok((resource, limit)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_have_units() {
        for (resource, text, expected) in [
            (Memory, "64MiB", 64 << 20),
            (Memory, " 1 GiB ", 1 << 30),
            (Output, "512KiB", 512 << 10),
            (Scratch, "100B", 100),
            (Output, "0B", 0),
            (Time, "500ms", 500),
            (Time, "5s", 5000),
            (Cpu, "2min", 120_000),
            (Threads, "1", 1),
            (ScratchFiles, "1000", 1000),
        ] {
            assert_eq!(resource.parse(text), Ok(expected), "{text}");
        }
        for resource in Resource::ALL {
            for limit in [1, 1000, 4096, 60_000].into_iter().filter_map(|limit| resource.checked(limit).ok()) {
                assert_eq!(resource.parse(&resource.words(limit)), Ok(limit), "{resource}");
            }
        }
    }

    #[test]
    fn every_mistake_says_what_was_expected() {
        for (resource, text, expected) in [
            (Memory, "64", "expected a size such as 500KiB, 64MiB or 1GiB, found \"64\""),
            (Memory, "64MB", "expected a size such as 500KiB, 64MiB or 1GiB, found \"64MB\""),
            (Memory, "8GiB", "expected at most 3GiB, found 8GiB"),
            (Output, "99999999999GiB", "expected a size such as 500KiB, 64MiB or 1GiB, found \"99999999999GiB\""),
            (Time, "5", "expected a time such as 500ms, 5s or 2min, found \"5\""),
            (Time, "-5s", "expected a time such as 500ms, 5s or 2min, found \"-5s\""),
            (Time, "0s", "expected at least 1ms, found 0"),
            (Threads, "many", "expected a number, found \"many\""),
            (Threads, "", "expected a number, found \"\""),
            (Descriptors, "10000", "expected at most 8192, found 10000"),
        ] {
            assert_eq!(resource.parse(text), Err(expected.to_string()), "{text}");
        }
    }

    fn of(limits: &[(Resource, u64)]) -> RunLimits {
        let mut all = RunLimits::default();
        limits.iter().for_each(|(resource, limit)| all.set(*resource, *limit));
        all
    }

    fn baked() -> RunLimits {
        of(&[(Memory, 64 << 20), (Time, 5000)])
    }

    #[test]
    fn a_run_narrows_and_never_widens() {
        let narrowed = |text: &str| baked().narrowed(text).map_err(|error| error.to_string());
        assert_eq!(narrowed(""), Ok(baked()));
        let expected = of(&[(Memory, 32 << 20), (Time, 5000), (Cpu, 1000)]);
        assert_eq!(narrowed("memory=32MiB, cpu = 1s,"), Ok(expected));
        for (text, expected) in [
            (
                "memory=65MiB",
                "PYAPP_LIMITS: memory: expected at most 64MiB, which this executable allows, found 65MiB; correct it",
            ),
            (
                "time=1s,time=2s",
                "PYAPP_LIMITS: time: expected at most 1s, which this executable allows, found 2s; correct it",
            ),
            (
                "scratch=1GiB",
                "PYAPP_LIMITS: scratch: expected at most 256MiB, which this executable allows, found 1GiB; correct it",
            ),
            ("cpu", "PYAPP_LIMITS: cpu: expected a time such as 500ms, 5s or 2min, found \"\"; correct it"),
            (
                "ram=1GiB",
                "PYAPP_LIMITS: expected limits such as memory=64MiB out of memory, time, cpu, scratch, scratch-files, \
                 descriptors, threads, output, found \"ram=1GiB\"; correct it",
            ),
        ] {
            assert_eq!(narrowed(text), Err(expected.to_string()), "{text}");
        }
    }

    #[test]
    fn limits_are_read_back_as_they_were() {
        let text = serde_json::to_string(&baked()).expect("JSON");
        assert_eq!(text, "[67108864,5000,null,null,null,null,null,null]");
        assert_eq!(serde_json::from_str::<RunLimits>(&text).expect("read"), baked());
    }
}
