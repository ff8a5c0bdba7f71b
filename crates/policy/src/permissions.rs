//! What a build bakes in: `[tool.pyapp.permissions]`.

use crate::network::{ALL, VARIABLES_OF_INHERITED};
use crate::places::Place;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

/// The permissions of an app. The default is that of a project that asks for nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Permissions {
    /// What naming something in an argument grants.
    pub arguments: Arguments,
    /// Files and folders that may be read: see [`check_place`].
    pub read: Vec<String>,
    /// Files and folders that may be read, written, made and removed.
    pub write: Vec<String>,
    /// Hosts that may be connected to: see [`check_connect`](crate::check_connect). `"all"` in place of a list is one that holds it.
    #[serde(deserialize_with = "list_or_all")]
    pub connect: Vec<String>,
    /// Addresses of the machine that may be listened at, and sockets that are inherited: see [`check_listen`](crate::check_listen).
    #[serde(deserialize_with = "list_or_all")]
    pub listen: Vec<String>,
    /// Patterns of variables of the environment that the app sees.
    pub env: Vec<String>,
    /// Whether the app starts in its caller's folder, whatever it may reach there.
    pub cwd: bool,
    /// Whether a run says at its end that files were written to memory only.
    pub report_lost_files: bool,
}

/// What naming a file or folder in an argument grants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Arguments {
    /// Nothing.
    None,
    /// Reading it.
    Read,
    /// Writing and making it, too.
    Write,
}

impl Default for Permissions {
    fn default() -> Self {
        Permissions {
            arguments: Arguments::Read,
            read: Vec::new(),
            write: Vec::new(),
            connect: Vec::new(),
            listen: Vec::new(),
            env: vec!["*".to_string()],
            cwd: false,
            report_lost_files: true,
        }
    }
}

impl Permissions {
    /// Whether the app may see a variable of the environment. Those that tell of sockets which are inherited are said anew to an app
    /// that has some: see [`Inherited`](crate::Inherited).
    pub fn shows_variable(&self, name: &str) -> bool {
        !VARIABLES_OF_INHERITED.contains(&name) && self.env.iter().any(|pattern| matches_pattern(pattern, name))
    }

    /// Whether the app's current directory is its caller's: relative paths must then mean what the caller means by them.
    pub fn starts_in_callers_folder(&self) -> bool {
        let is_relative = |place: &String| Place::parse(place).is_ok_and(|place| place.is_below_current_folder());
        self.cwd || self.arguments != Arguments::None || self.read.iter().chain(&self.write).any(is_relative)
    }
}

/// A list of entries, or the one word that stands for all of them.
fn list_or_all<'a, D: Deserializer<'a>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Entries {
        Word(String),
        List(Vec<String>),
    }
    match Entries::deserialize(from)? {
        Entries::List(entries) => Ok(entries),
        Entries::Word(word) if word == ALL => Ok(vec![word]),
        Entries::Word(word) => Err(D::Error::custom(format!("expected a list or {ALL:?}, found {word:?}"))),
    }
}

/// Whether a name matches a pattern in which `*` stands for any characters.
fn matches_pattern(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, after)) => name.strip_prefix(before).is_some_and(|rest| {
            (0..=rest.len()).any(|at| rest.is_char_boundary(at) && matches_pattern(after, &rest[at..]))
        }),
    }
}

/// Checks a place of `read` or `write` at build time: an absolute path, or one below `~` or a `$WORD`.
///
/// # Errors
/// What was expected and what to do, as the end of a line.
pub fn check_place(place: &str) -> Result<(), String> {
    Place::parse(place).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_characters() {
        for (pattern, name, expected) in [
            ("*", "", true),
            ("*", "HOME", true),
            ("LC_*", "LC_ALL", true),
            ("LC_*", "LANG", false),
            ("*_PROXY", "HTTP_PROXY", true),
            ("A*B*C", "AxBByC", true),
            ("A*B*C", "AxByD", false),
            ("HOME", "HOMES", false),
        ] {
            assert_eq!(matches_pattern(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn variables_that_tell_of_inherited_sockets_are_not_passed_on() {
        for env in [&["*"][..], &["LISTEN_*"], &["LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "LISTEN_X"]] {
            let env = env.iter().map(|pattern| (*pattern).to_string()).collect();
            let permissions = Permissions { env, ..Permissions::default() };
            for name in VARIABLES_OF_INHERITED {
                assert!(!permissions.shows_variable(name), "{name}");
            }
            assert!(permissions.shows_variable("LISTEN_X"));
        }
    }

    #[test]
    fn a_table_is_read_back_as_it_was() {
        let permissions =
            Permissions { arguments: Arguments::Write, read: vec!["~/x".into()], cwd: true, ..Permissions::default() };
        let text = serde_json::to_string(&permissions).expect("JSON");
        assert!(text.contains(r#""report-lost-files":true"#), "{text}");
        assert_eq!(serde_json::from_str::<Permissions>(&text).expect("read"), permissions);
        assert_eq!(serde_json::from_str::<Permissions>("{}").expect("read"), Permissions::default());
        assert!(serde_json::from_str::<Permissions>(r#"{"raed": []}"#).is_err());
    }

    #[test]
    fn what_is_all_of_the_network_needs_no_list() {
        let read = |text: &str| serde_json::from_str::<Permissions>(text);
        let expected =
            Permissions { connect: vec!["all".into()], listen: vec!["[::1]:80".into()], ..Permissions::default() };
        assert_eq!(read(r#"{"connect": "all", "listen": ["[::1]:80"]}"#).expect("read"), expected);
        assert_eq!(read(&serde_json::to_string(&expected).expect("JSON")).expect("read"), expected);
        let error = read(r#"{"connect": "some"}"#).expect_err("no list").to_string();
        assert!(error.starts_with("expected a list or \"all\", found \"some\""), "{error}");
    }

    #[test]
    fn the_current_directory_is_the_callers_where_paths_may_be_relative() {
        let none = Permissions { arguments: Arguments::None, ..Permissions::default() };
        assert!(Permissions::default().starts_in_callers_folder());
        assert!(!none.starts_in_callers_folder());
        assert!(!Permissions { read: vec!["/etc".into()], ..none.clone() }.starts_in_callers_folder());
        assert!(Permissions { write: vec!["$CWD/out".into()], ..none.clone() }.starts_in_callers_folder());
        assert!(Permissions { cwd: true, ..none }.starts_in_callers_folder());
    }
}
