//! METADATA: what a distribution says of itself, as far as it is told here. The form is that of mail headers.

/// What of a field is told: more is no name, no version and no licence.
const LONGEST: usize = 1000;
/// Beginnings of texts that say that nothing is said.
const NOTHING: [&str; 2] = ["", "UNKNOWN"];

/// What a distribution says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Metadata {
    pub name: Option<String>,
    pub version: Option<String>,
    /// `License-Expression`: an SPDX expression.
    pub expression: Option<String>,
    /// `License`, if it is a name; some put the whole text there.
    pub licence: Option<String>,
    /// `License`, if it is more than a name: the whole text.
    pub licence_text: Option<String>,
    /// The last part of each classifier that is about the licence.
    pub classifiers: Vec<String>,
    /// `License-File`: paths.
    pub licence_files: Vec<String>,
    pub requires: Vec<Requirement>,
}

/// `Requires-Dist`: a distribution that another asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Requirement {
    /// In the form in which names are compared.
    pub name: String,
    /// The extras of it that are asked for.
    pub extras: Vec<String>,
    /// The extra by which alone it is asked for.
    pub only_with: Option<String>,
}

impl Metadata {
    pub fn parse(text: &str) -> Metadata {
        let mut metadata = Metadata::default();
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next().filter(|line| !line.is_empty()) {
            let Some((field, value)) = line.split_once(':') else { continue };
            let value = value.trim();
            let mut more = String::new();
            while let Some(next) = lines.next_if(|next| next.starts_with([' ', '\t'])) {
                more.push('\n');
                // Some backends put a bar in front, so that no line is empty.
                more.push_str(next.trim_start_matches([' ', '\t', '|']));
            }
            if field.eq_ignore_ascii_case("license") && !more.is_empty() {
                metadata.licence_text = Some(format!("{value}{more}"));
                continue;
            }
            if NOTHING.contains(&value) || value.len() > LONGEST {
                continue;
            }
            match field.to_ascii_lowercase().as_str() {
                "name" => metadata.name = Some(value.to_string()),
                "version" => metadata.version = Some(value.to_string()),
                "license-expression" => metadata.expression = Some(value.to_string()),
                "license" => metadata.licence = Some(value.to_string()),
                "license-file" => metadata.licence_files.push(value.to_string()),
                "classifier" if value.starts_with("License ::") => {
                    let last = value.rsplit("::").next().unwrap_or_default().trim();
                    metadata.classifiers.push(last.to_string());
                }
                "requires-dist" => metadata.requires.extend(Requirement::parse(value)),
                _ => {}
            }
        }
        metadata
    }

    /// Its licence: the expression, or else a name; `None` if it does not say.
    pub fn licence(&self) -> Option<String> {
        // A classifier such as `OSI Approved` says too little to stand for more.
        let classifiers =
            Some(self.classifiers.join(", ")).filter(|names| !names.is_empty() && names != "OSI Approved");
        self.expression.clone().or_else(|| self.licence.clone()).or(classifiers)
    }
}

impl Requirement {
    fn parse(text: &str) -> Option<Requirement> {
        let (asked, marker) = text.split_once(';').unwrap_or((text, ""));
        let is_name = |char: char| char.is_ascii_alphanumeric() || "._-".contains(char);
        let end = asked.find(|char| !is_name(char)).unwrap_or(asked.len());
        let (name, rest) = asked.split_at(end);
        let extras = rest.trim_start().strip_prefix('[').and_then(|rest| rest.split_once(']'));
        let extras = extras.map_or("", |(extras, _)| extras).split(',').map(normalised);
        let only_with = marker.split_once("extra").and_then(|(_, rest)| {
            let quoted = rest.trim_start().strip_prefix("==")?.trim_start();
            let quote = quoted.chars().next().filter(|quote| ['"', '\''].contains(quote))?;
            quoted[1..].split_once(quote).map(|(extra, _)| normalised(extra))
        });
        (!name.is_empty()).then(|| Requirement {
            name: normalised(name),
            extras: extras.filter(|extra| !extra.is_empty()).collect(),
            only_with,
        })
    }
}

/// A name in the form in which names are compared: `Foo.Bar_baz` is `foo-bar-baz`.
pub(crate) fn normalised(name: &str) -> String {
    let parts = name.trim().split(['-', '_', '.']).filter(|part| !part.is_empty());
    parts.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_up_to_the_empty_line() {
        let text = "Metadata-Version: 2.4\nName: A_b\nVersion: 1.0\nLicense: MIT\nLicense-File: LICENSE\n\
                    Classifier: License :: OSI Approved :: MIT License\nClassifier: Framework :: X\n\
                    Requires-Dist: c.d[Ex,tra] (>=1) ; extra == \"more\"\nRequires-Dist: e>1; python_version<'4'\n\nName: other\n";
        let metadata = Metadata::parse(text);
        assert_eq!((metadata.name.as_deref(), metadata.version.as_deref()), (Some("A_b"), Some("1.0")));
        assert_eq!((metadata.licence().as_deref(), metadata.classifiers.len()), (Some("MIT"), 1));
        assert_eq!(metadata.licence_files, ["LICENSE"]);
        let [first, second] = &metadata.requires[..] else { panic!("{:?}", metadata.requires) };
        assert_eq!((first.name.as_str(), first.only_with.as_deref()), ("c-d", Some("more")));
        assert_eq!(first.extras, ["ex", "tra"]);
        assert_eq!((second.name.as_str(), &second.only_with, second.extras.len()), ("e", &None, 0));
    }

    #[test]
    fn a_licence_is_the_best_that_is_said() {
        for (text, expected) in [
            ("License-Expression: MIT\nLicense: x\n", Some("MIT")),
            ("License: The text\n  goes on\nClassifier: License :: OSI Approved :: BSD License\n", Some("BSD License")),
            ("License: UNKNOWN\nClassifier: License :: OSI Approved\n", None),
            ("", None),
        ] {
            assert_eq!(Metadata::parse(text).licence().as_deref(), expected, "{text}");
        }
        let text = "Name: a\nLicense: The text\n        goes on\n        |\n        and ends\nVersion: 1\n";
        let metadata = Metadata::parse(text);
        assert_eq!(metadata.licence_text.as_deref(), Some("The text\ngoes on\n\nand ends"));
        assert_eq!((metadata.version.as_deref(), metadata.licence()), (Some("1"), None));
        let long = format!("License: {}\n", "x".repeat(LONGEST + 1));
        assert_eq!(Metadata::parse(&long).licence(), None);
    }

    #[test]
    fn odd_requirements_do_no_harm() {
        for text in ["", ";", "[", "a[", "a; extra", "a; extra ==", "a; extra == 'x", "é", "a; extra == é"] {
            Requirement::parse(text);
        }
        assert_eq!(normalised("Foo.-Bar__baz"), "foo-bar-baz");
    }
}
