//! Which licences are named as SPDX names them. Only what distributions often say in a field that is free text; what says that
//! it is an SPDX expression is taken at its word.

const IDENTIFIERS: [&str; 38] = [
    "0BSD",
    "AGPL-3.0-only",
    "AGPL-3.0-or-later",
    "Apache-2.0",
    "Artistic-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC-BY-4.0",
    "CC0-1.0",
    "EPL-2.0",
    "EUPL-1.2",
    "GPL-2.0-only",
    "GPL-2.0-or-later",
    "GPL-3.0-only",
    "GPL-3.0-or-later",
    "HPND",
    "ISC",
    "LGPL-2.1-only",
    "LGPL-2.1-or-later",
    "LGPL-3.0-only",
    "LGPL-3.0-or-later",
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "MPL-1.1",
    "MPL-2.0",
    "NCSA",
    "OFL-1.1",
    "PSF-2.0",
    "Python-2.0",
    "Unicode-3.0",
    "Unlicense",
    "WTFPL",
    "Zlib",
    "ZPL-2.1",
    "blessing",
    "bzip2-1.0.6",
];
/// Behind `WITH`.
const EXCEPTIONS: [&str; 2] = ["GCC-exception-3.1", "LLVM-exception"];

/// Classifiers that name one licence, and its identifier; others leave the version or the kind open.
const CLASSIFIERS: [(&str, &str); 6] = [
    ("GNU Lesser General Public License v3 or later (LGPLv3+)", "LGPL-3.0-or-later"),
    ("ISC License (ISCL)", "ISC"),
    ("MIT License", "MIT"),
    ("Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0"),
    ("Python Software Foundation License", "PSF-2.0"),
    ("The Unlicense (Unlicense)", "Unlicense"),
];

/// The SPDX expression that a licence's name is, if it is one. Crates of old have a slash for OR.
pub(crate) fn expression(name: &str) -> Option<String> {
    if let Some((_, identifier)) = CLASSIFIERS.iter().find(|(classifier, _)| *classifier == name) {
        return Some(identifier.to_string());
    }
    let spaced = name.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let (mut depth, mut wants_licence) = (0, true);
    for (at, word) in words.iter().enumerate() {
        match (*word, wants_licence) {
            ("(", true) => depth += 1,
            (")", false) if depth > 0 => depth -= 1,
            ("AND" | "OR", false) => wants_licence = true,
            ("WITH", false) if words.get(at + 1).is_some_and(|next| EXCEPTIONS.contains(next)) => {}
            (exception, false) if at > 0 && words[at - 1] == "WITH" && EXCEPTIONS.contains(&exception) => {}
            (identifier, true) if IDENTIFIERS.contains(&identifier) => wants_licence = false,
            _ => return None,
        }
    }
    let text = words.join(" ").replace("( ", "(").replace(" )", ")");
    (depth == 0 && !wants_licence).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_is_told_from_a_name() {
        for (name, expected) in [
            ("MIT", Some("MIT")),
            ("MIT/Apache-2.0", Some("MIT OR Apache-2.0")),
            ("(Apache-2.0 OR MIT) AND BSD-3-Clause", Some("(Apache-2.0 OR MIT) AND BSD-3-Clause")),
            ("Apache-2.0 WITH LLVM-exception OR MIT", Some("Apache-2.0 WITH LLVM-exception OR MIT")),
            ("MIT License", Some("MIT")),
            ("BSD License", None),
            ("MIT License, BSD License", None),
            ("MIT OR", None),
            ("(MIT", None),
            ("MIT)", None),
            ("OR", None),
            ("Apache-2.0 WITH MIT", None),
            ("LLVM-exception", None),
            ("", None),
        ] {
            assert_eq!(expression(name).as_deref(), expected, "{name}");
        }
    }
}
