//! Finding lines of tracebacks in any text, and filling source lines in.
//!
//! A line of a traceback is told by itself: `File "PATH", line 3, in f`, with anything in front of it. So it does not matter
//! what stands between: times and names that a log puts before each line, the margins of exception groups, colours, lines of
//! others. The source line gets the same front.
//!
//! Behind it an executable's traceback has the columns that CPython would mark with carets (`wasm/patches/cpython/columns.patch`);
//! the source line takes the place of that line, and carets come behind it. CPython parses the line, and makes
//! some of them `~`, or marks a whole line; here a whole line has none.

use crate::reader::Symbols;
use std::io::{BufRead, BufReader, Read, Result, Write};

/// The longest line that is looked at, bytes; longer ones are copied only.
const LONGEST: usize = 64 << 10;
/// The most characters of a source line that are shown.
const SHOWN: usize = 1000;

/// Copies `input`; behind each line of a traceback that has no source line, it is filled in.
///
/// # Errors
/// Those of `input` and `out`.
pub fn fill_in(symbols: &mut Symbols, input: impl Read, out: &mut impl Write) -> Result<()> {
    let mut input = BufReader::new(input);
    let mut line = Vec::new();
    // What is to be filled in if the next line does not have it.
    let mut missing: Option<Missing> = None;
    let mut is_whole = true;
    loop {
        line.clear();
        let begins = is_whole;
        if input.by_ref().take(LONGEST as u64).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        is_whole = line.ends_with(b"\n");
        let told = if begins { missing.take().map(|missing| missing.fill_in(&line, out)).transpose()? } else { None };
        if told == Some(Next::Replaced) {
            continue;
        }
        out.write_all(&line)?;
        let is_line = begins && (is_whole || line.len() < LONGEST);
        missing = is_line.then(|| Missing::behind(&line, symbols)).flatten();
        // Who waits for lines of a log that grows gets them.
        if input.buffer().is_empty() {
            out.flush()?;
        }
    }
    match missing {
        Some(missing) => missing.fill_in(b"", out).map(drop),
        None => Ok(()),
    }
}

/// What becomes of the line behind one that was filled in.
#[derive(PartialEq, Eq)]
enum Next {
    Stays,
    /// It told the columns.
    Replaced,
}

/// A source line that is to be filled in.
struct Missing {
    front: String,
    /// As it stands in the source, indented.
    source: String,
    end: &'static str,
    /// Whether the line before it had an end.
    is_ended: bool,
}

impl Missing {
    /// What is missing behind a line, if it is one of a traceback and its source is known.
    fn behind(line: &[u8], symbols: &mut Symbols) -> Option<Missing> {
        let line = plain(line);
        let (front, path, number) = frame(&line)?;
        let source = symbols.line(path, number)?.to_string();
        let end = if line.ends_with("\r\n") { "\r\n" } else { "\n" };
        Some(Missing { front: front.to_string(), source, end, is_ended: line.ends_with('\n') })
    }

    fn fill_in(self, next: &[u8], out: &mut impl Write) -> Result<Next> {
        let Missing { front, source, end, is_ended } = self;
        let (next, code) = (plain(next), source.trim_start());
        if next.trim_end().ends_with(&format!("    {code}")) {
            return Ok(Next::Stays);
        }
        let shown: String = code.chars().take(SHOWN).collect();
        let Some(told) = Told::parse(&next) else {
            let before = if is_ended { "" } else { end };
            write!(out, "{before}{front}  {shown}{end}")?;
            return Ok(Next::Stays);
        };
        let front = told.front;
        write!(out, "{front}    {shown}{end}")?;
        if let Some(carets) = told.carets(&source).filter(|_| shown.len() == code.len()) {
            write!(out, "{front}    {carets}{end}")?;
        }
        Ok(Next::Replaced)
    }
}

/// The columns that a line tells: from 1, in bytes, the last one included.
struct Told<'a> {
    front: &'a str,
    from: usize,
    /// `None` if it is in another line.
    to: Option<usize>,
}

impl Told<'_> {
    fn parse(line: &str) -> Option<Told<'_>> {
        let (front, rest) = line.trim_end().rsplit_once("    columns ")?;
        let (from, rest) = rest.split_once(" to ")?;
        let (to, line) = rest.split_once(" of line ").map_or((rest, None), |(to, line)| (to, Some(line)));
        line.map_or(Ok(0), str::parse::<usize>).ok()?;
        let to: usize = to.parse().ok()?;
        Some(Told { front, from: from.parse().ok()?, to: line.is_none().then_some(to) })
    }

    /// Carets below them, in a line without its indentation; none if they would mark all of it, or something that is not there.
    fn carets(&self, source: &str) -> Option<String> {
        let indented = source.len() - source.trim_start().len();
        let (before, marked) =
            (source.get(indented..self.from.checked_sub(1)?)?, self.from - 1..self.to.unwrap_or(source.len()));
        let marked = source.get(marked)?;
        let is_all = before.is_empty() && indented + marked.len() == source.len();
        (!is_all).then(|| " ".repeat(before.chars().count()) + &"^".repeat(marked.chars().count()))
    }
}

/// What stands before `File`, the path and the line's number, if it is a line of a traceback. `faulthandler` leaves a comma out.
fn frame(line: &str) -> Option<(&str, &str, usize)> {
    let (front, rest) = line.split_once("File \"")?;
    let (path, rest) = rest.split_once("\", line ")?;
    let digits = rest.find(|char: char| !char.is_ascii_digit())?;
    let is_frame = [", in ", " in "].iter().any(|behind| rest[digits..].starts_with(behind));
    Some((front, path, rest[..digits].parse().ok()?)).filter(|_| is_frame)
}

/// A line as text, without colours.
fn plain(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    if !text.contains("\x1b[") {
        return text.into_owned();
    }
    let mut parts = text.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_string();
    // A colour ends with an m, behind digits and semicolons.
    parts.fold(first, |plain, part| {
        plain + part.trim_start_matches(|char: char| char.is_ascii_digit() || char == ';').trim_start_matches('m')
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write;

    const SOURCE: &str = "def f():\n    g(1)\n\n\ndef g(x):\n    raise ValueError(x)\n";

    fn filled(text: &[u8]) -> Vec<u8> {
        let long = ("/p/long.py".to_string(), "x".repeat(5000));
        let bytes = write(7, &[("/p/a.py".to_string(), SOURCE.to_string()), long]).expect("written");
        let mut symbols = Symbols::read(&bytes[..], 7).expect("read");
        let mut out = Vec::new();
        fill_in(&mut symbols, text, &mut out).expect("copied");
        out
    }

    fn check(text: &str, expected: &str) {
        assert_eq!(String::from_utf8(filled(text.as_bytes())).expect("UTF-8"), expected);
    }

    #[test]
    fn source_lines_stand_where_python_has_them() {
        check(
            "Traceback (most recent call last):\n  File \"/p/a.py\", line 2, in f\n  File \"/p/a.py\", line 6, in g\n\
             ValueError: 1\n",
            "Traceback (most recent call last):\n  File \"/p/a.py\", line 2, in f\n    g(1)\n  File \"/p/a.py\", line 6, in g\n    \
             raise ValueError(x)\nValueError: 1\n",
        );
        check("  File \"/p/a.py\", line 2 in f", "  File \"/p/a.py\", line 2 in f\n    g(1)\n");
    }

    #[test]
    fn columns_become_carets() {
        let frame = |number: usize| format!("12:00 |   File \"/p/a.py\", line {number}, in f\n");
        for (number, columns, expected) in [
            (6, "11 to 23", "    raise ValueError(x)\n12:01 |           ^^^^^^^^^^^^^\n"),
            // All of the line.
            (6, "5 to 23", "    raise ValueError(x)\n"),
            (6, "11 to 3 of line 8", "    raise ValueError(x)\n12:01 |           ^^^^^^^^^^^^^\n"),
            (6, "5 to 3 of line 8", "    raise ValueError(x)\n"),
            // Of another source.
            (6, "11 to 99", "    raise ValueError(x)\n"),
            (6, "9 to 5", "    raise ValueError(x)\n"),
            (6, "0 to 5", "    raise ValueError(x)\n"),
            (6, "99999999999999999999 to 5", "    columns 99999999999999999999 to 5\n"),
            // Not known.
            (99, "1 to 5", "    columns 1 to 5\n"),
        ] {
            let given = format!("{}12:01 |     columns {columns}\nlast\n", frame(number));
            let kept = expected.contains("columns") && number == 6;
            let source = if kept { "12:00 |     raise ValueError(x)\n" } else { "" };
            check(&given, &format!("{}{source}12:01 | {expected}last\n", frame(number)));
        }
        let path = "/p/a.py".to_string();
        let bytes = write(7, &[(path, "  é = 'ü' + g(1)\n".to_string())]).expect("written");
        let (mut symbols, mut out) = (Symbols::read(&bytes[..], 7).expect("read"), Vec::new());
        let given = "  File \"/p/a.py\", line 1, in f\n    columns 15 to 18\n";
        fill_in(&mut symbols, given.as_bytes(), &mut out).expect("copied");
        let expected = "  File \"/p/a.py\", line 1, in f\n    é = 'ü' + g(1)\n              ^^^^\n";
        assert_eq!(String::from_utf8(out).expect("UTF-8"), expected);
    }

    #[test]
    fn what_is_there_is_not_filled_in_twice() {
        let text = "  File \"/p/a.py\", line 2, in f\n    g(1)\n    ~^^^\n  File \"/p/a.py\", line 6, in g\n    raise ValueError(x)\n";
        check(text, text);
        let coloured = "  File \x1b[35m\"/p/a.py\"\x1b[0m, line \x1b[35m2\x1b[0m, in \x1b[35mf\x1b[0m\n";
        check(coloured, &format!("{coloured}    g(1)\n"));
    }

    #[test]
    fn margins_and_fronts_are_kept() {
        for front in ["  | ", "    | ", "2026-01-02T03:04:05Z app-1  | ", "<3>é ", "Jan 1 host app[12]: "] {
            check(
                &format!("{front}  File \"/p/a.py\", line 2, in f\r\n{front}ExceptionGroup: x (1 sub-exception)\r\n"),
                &format!(
                    "{front}  File \"/p/a.py\", line 2, in f\r\n{front}    g(1)\r\n{front}ExceptionGroup: x (1 sub-exception)\r\n"
                ),
            );
        }
    }

    #[test]
    fn other_text_stays_as_it_is() {
        for text in [
            "",
            "\n",
            "no end",
            "  [Previous line repeated 995 more times]\n",
            "  File \"/p/a.py\", line 2\n    def f(:\n",
            "  File \"/p/other.py\", line 2, in f\n",
            "  File \"/p/a.py\", line 99, in f\n",
            "  File \"/p/a.py\", line 99999999999999999999999, in f\n",
            "  File \"/p/a.py\", line , in f\n",
            "  File \"/p/a.py\", line 2",
            "File \"",
            "\x1b[",
        ] {
            check(text, text);
        }
        let bytes = b"\xff\xfe \0 File \"\xff\", line 2, in f\n\r\r\n";
        assert_eq!(filled(bytes), bytes);
    }

    #[test]
    fn lines_of_any_length_are_copied_in_little_room() {
        let mut text = vec![b'x'; LONGEST * 3 + 5];
        text.extend(b"  File \"/p/a.py\", line 2, in f\n  File \"/p/a.py\", line 2, in f\n");
        let mut expected = text.clone();
        expected.extend(b"    g(1)\n");
        assert_eq!(filled(&text), expected);
        let shown = String::from_utf8(filled(b"  File \"/p/long.py\", line 1, in f\n")).expect("UTF-8");
        assert_eq!(shown.lines().last().map(str::len), Some(SHOWN + 4));
    }
}
