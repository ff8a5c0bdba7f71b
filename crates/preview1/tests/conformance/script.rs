//! A rule as a script for the driver, and what came back as text.

use super::driver::{ARGUMENTS, CALLS as DRIVERS, HEAD, MAX_SCRIPT, SCRIPT, STEP, STUCK};
use super::rules::Rule;
use super::show::show;
use super::words::{self, CALLS, Show, Word};
use std::collections::HashMap;

/// What a step is given and where its results are.
pub struct Step {
    call: usize,
    /// Whether each argument is an address of the value, and the value.
    arguments: Vec<(bool, u64)>,
    /// Where a buffer lies, and its length.
    pub buffers: Vec<(u32, u32)>,
    /// Where results lie.
    pub outs: Vec<u32>,
}

pub struct Script {
    /// Steps by line, each with the range that it is part of.
    lines: Vec<Vec<(Option<u32>, Step)>>,
    data: Vec<u8>,
    /// Where the data lies in the module's memory.
    start: u32,
    /// Where the descriptors that have names lie.
    names: HashMap<String, u32>,
}

impl Script {
    /// # Panics
    /// If a call is not as the words have it.
    pub fn of(rule: &Rule) -> Script {
        let lengths = rule.lines.iter().map(|line| range(&tokens(&line.call)).map_or(1, |(_, range)| range.count()));
        let start = SCRIPT + (HEAD + STEP * lengths.sum::<usize>()) as u32;
        let mut script = Script { lines: Vec::new(), data: Vec::new(), start, names: HashMap::new() };
        for line in &rule.lines {
            let tokens = tokens(&line.call);
            let steps = match range(&tokens) {
                None => vec![(None, script.step(&line.place, &tokens))],
                Some((at, range)) => {
                    let with = |len: u32| [&tokens[..at], &[len.to_string()], &tokens[at + 1..]].concat();
                    range.map(|len| (Some(len), script.step(&line.place, &with(len)))).collect()
                }
            };
            script.lines.push(steps);
        }
        script
    }

    /// What the driver reads.
    pub fn bytes(&self) -> Vec<u8> {
        let steps: Vec<&Step> = self.lines.iter().flatten().map(|(_, step)| step).collect();
        let len = HEAD + STEP * steps.len() + self.data.len();
        assert!(len <= MAX_SCRIPT, "the script is too long");
        let mut bytes = Vec::with_capacity(len);
        bytes.extend((len as u32).to_le_bytes());
        bytes.extend((steps.len() as u32).to_le_bytes());
        for step in steps {
            bytes.extend((step.call as u32).to_le_bytes());
            bytes.extend(u32::MAX.to_le_bytes());
            let none = std::iter::repeat_n((false, 0), ARGUMENTS - step.arguments.len());
            for (is_address, value) in step.arguments.iter().copied().chain(none) {
                bytes.extend(u64::from(is_address).to_le_bytes());
                bytes.extend(value.to_le_bytes());
            }
        }
        bytes.extend(&self.data);
        bytes
    }

    /// What each line has given, by what the driver has written; `None` if the run ended before.
    pub fn results(&self, written: Option<&[u8]>) -> Vec<Option<String>> {
        let last = self.lines.len() - 1;
        let Some(memory) = written else {
            // Nothing is known but that the last call was the end.
            return (0..=last).map(|line| (line == last).then(|| "trap".to_string())).collect();
        };
        let mut number = 0;
        let lines = self.lines.iter().map(|steps| {
            let results = steps.iter().map(|(len, step)| {
                let at = HEAD + STEP * number + 4;
                number += 1;
                let result = u32::from_le_bytes(memory[at..at + 4].try_into().expect("4 bytes"));
                let text = match result {
                    0 => show(CALLS[step.call].1, step, memory),
                    STUCK => "stuck".to_string(),
                    error => words::error(error),
                };
                (*len, text)
            });
            Some(together(results))
        });
        lines.collect()
    }

    /// Sets so much aside, filled with this.
    fn put(&mut self, bytes: &[u8]) -> u32 {
        self.data.resize(self.data.len().next_multiple_of(8), 0);
        let at = self.start + self.data.len() as u32;
        self.data.extend(bytes);
        at
    }

    fn step(&mut self, place: &str, tokens: &[String]) -> Step {
        let fail = |what: &str| -> ! { panic!("{place}: {what}") };
        let call = DRIVERS.iter().position(|(name, _)| *name == tokens[0]);
        let call = call.unwrap_or_else(|| fail(&format!("there is no call {}", tokens[0])));
        let mut step = Step { call, arguments: Vec::new(), buffers: Vec::new(), outs: Vec::new() };
        let (tokens, name) = match tokens {
            [tokens @ .., arrow, name] if arrow == "->" => (tokens, Some(name)),
            tokens => (tokens, None),
        };
        let mut rest = tokens[1..].iter();
        for word in CALLS[call].0 {
            if let Word::Out(len) = word {
                // A descriptor that was not opened is none.
                let fill = if CALLS[call].1 == Show::Done { 0xff } else { 0 };
                let at = self.put(&vec![fill; *len as usize]);
                step.arguments.push((false, at.into()));
                step.outs.push(at);
                continue;
            }
            if *word == Word::Other {
                let at = self.put(&vec![0; step.buffers[0].1 as usize]);
                step.arguments.push((false, at.into()));
                continue;
            }
            let text = rest.next().unwrap_or_else(|| fail(&format!("expected {word:?}, found nothing")));
            self.argument(&mut step, *word, text).unwrap_or_else(|| fail(&format!("expected {word:?}, found {text}")));
        }
        if rest.next().is_some() {
            fail("more words than the call has arguments");
        }
        if let Some(name) = name {
            self.names.insert(name.clone(), step.outs[0]);
        }
        step
    }

    /// Adds the argument that a word stands for.
    fn argument(&mut self, step: &mut Step, word: Word, text: &str) -> Option<()> {
        let flags = |names| words::flags(text, names);
        let value = match word {
            Word::Fd if text == "root" => 3,
            Word::Fd if self.names.contains_key(text) => {
                step.arguments.push((true, self.names[text].into()));
                return Some(());
            }
            Word::Fd | Word::Number => number(text)?,
            Word::Lookup => flags(&words::LOOKUP)?,
            Word::Oflags => flags(&words::OFLAGS)?,
            Word::Fdflags => flags(&words::FDFLAGS)?,
            Word::Fstflags => flags(&words::FSTFLAGS)?,
            Word::Whence | Word::Advice => {
                let names: &[&str] = if word == Word::Whence { &words::WHENCE } else { &words::ADVICE };
                names.iter().position(|name| *name == text).map(|at| at as u64).or_else(|| text.parse().ok())?
            }
            Word::Rights => {
                let rights = flags(&words::RIGHTS)?;
                step.arguments.push((false, rights));
                rights
            }
            Word::Text => {
                let text = unquoted(text)?;
                let at = self.put(&text);
                step.arguments.push((false, at.into()));
                text.len() as u64
            }
            Word::Buffer => {
                let len: u32 = text.parse().ok()?;
                let at = self.put(&vec![0; len as usize]);
                step.buffers.push((at, len));
                step.arguments.push((false, at.into()));
                len.into()
            }
            Word::Buffers | Word::Data => {
                let mut vectors = Vec::new();
                for one in text.split(',') {
                    let bytes = match word {
                        Word::Data => unquoted(one)?,
                        _ => vec![0; one.parse().ok()?],
                    };
                    let at = self.put(&bytes);
                    step.buffers.push((at, bytes.len() as u32));
                    vectors.extend(at.to_le_bytes());
                    vectors.extend((bytes.len() as u32).to_le_bytes());
                }
                let at = self.put(&vectors);
                step.arguments.push((false, at.into()));
                vectors.len() as u64 / 8
            }
            Word::Other | Word::Out(_) => return None,
        };
        step.arguments.push((false, value));
        Some(())
    }
}

/// The words of a line; what stands in quotes belongs together.
fn tokens(line: &str) -> Vec<String> {
    let (mut tokens, mut is_quoted, mut token) = (Vec::new(), false, String::new());
    for one in line.chars() {
        is_quoted ^= one == '"';
        if one != ' ' || is_quoted {
            token.push(one);
        } else if !token.is_empty() {
            tokens.push(std::mem::take(&mut token));
        }
    }
    tokens.push(token);
    tokens
}

/// Which word is a range, and the range.
fn range(tokens: &[String]) -> Option<(usize, std::ops::RangeInclusive<u32>)> {
    tokens.iter().enumerate().skip(1).find_map(|(at, token)| {
        let (first, last) = token.split_once("..").filter(|_| !token.contains('"'))?;
        Some((at, first.parse().ok()?..=last.parse().ok()?))
    })
}

/// A sum of numbers and powers, such as `2^63-1`.
fn number(text: &str) -> Option<u64> {
    let power = |text: &str| match text.split_once('^') {
        Some((base, power)) => base.parse::<i128>().ok()?.checked_pow(power.parse().ok()?),
        None => text.parse().ok(),
    };
    let sum = match text.char_indices().skip(1).find(|(_, one)| *one == '+' || *one == '-') {
        Some((at, _)) => power(&text[..at])? + text[at..].parse::<i128>().ok()?,
        None => match text.strip_prefix('-') {
            Some(text) => -power(text)?,
            None => power(text)?,
        },
    };
    // Negative numbers as the calls take them.
    u64::try_from(sum).ok().or_else(|| i64::try_from(sum).ok().map(i64::cast_unsigned))
}

/// The bytes of a text in quotes, which may be followed by `*` and how often it is repeated. `\0` is a NUL.
fn unquoted(text: &str) -> Option<Vec<u8>> {
    let (text, times) = match text.rsplit_once("\"*") {
        Some((text, times)) => (text.strip_prefix('"')?, times.parse().ok()?),
        None => (text.strip_prefix('"')?.strip_suffix('"')?, 1),
    };
    Some(text.replace("\\0", "\0").repeat(times).into_bytes())
}

/// The results of a range of calls: those that are the same together.
fn together(results: impl Iterator<Item = (Option<u32>, String)>) -> String {
    let mut parts: Vec<(Option<(u32, u32)>, String)> = Vec::new();
    for (len, result) in results {
        match (parts.last_mut(), len) {
            (Some((Some((_, last)), same)), Some(len)) if *same == result => *last = len,
            _ => parts.push((len.map(|len| (len, len)), result)),
        }
    }
    let parts = parts.into_iter().map(|(range, result)| match range {
        None => result,
        Some((first, last)) => format!("{first}..{last} {result}"),
    });
    parts.collect::<Vec<_>>().join("; ")
}
