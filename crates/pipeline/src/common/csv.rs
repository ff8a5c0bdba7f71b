//! Lines of RECORD, the list of a distribution's files, which is CSV.

/// The path in a line of RECORD, which is a line of CSV, and what is behind it: a comma, the hash, a comma, the size.
pub(crate) fn row(line: &str) -> (String, &str) {
    if let Some(quoted) = line.strip_prefix('"') {
        // A quote in a path is doubled.
        let mut from = 0;
        while let Some(at) = quoted[from..].find('"').map(|at| from + at) {
            if quoted[at + 1..].starts_with('"') {
                from = at + 2;
            } else {
                return (quoted[..at].replace("\"\"", "\""), &quoted[at + 1..]);
            }
        }
    }
    let at = line.find(',').unwrap_or(line.len());
    (line[..at].to_string(), &line[at..])
}

/// A path as such a line has it.
pub(crate) fn quoted(path: &str) -> String {
    if path.contains([',', '"']) { format!("\"{}\"", path.replace('"', "\"\"")) } else { path.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_are_no_csv_do_no_harm() {
        for line in ["", "\"", "\"a", "a", "\"a\"\"", ",,"] {
            row(line);
        }
        assert_eq!(row("\"a\"\"b\",sha256=x,1"), ("a\"b".to_string(), ",sha256=x,1"));
    }
}
