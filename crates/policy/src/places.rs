//! Words such as `$HOME/notes`, as paths on the machine where the app runs.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// What a place may begin with, and where the words lead without a variable of that name: below the home folder, or at a path.
const WORDS: [(&str, Without); 10] = [
    ("~", Without::Special),
    ("$HOME", Without::Special),
    ("$CWD", Without::Special),
    ("$EXE_DIR", Without::Special),
    ("$TMPDIR", Without::Path("/tmp")),
    ("$XDG_CONFIG_HOME", Without::BelowHome(".config")),
    ("$XDG_DATA_HOME", Without::BelowHome(".local/share")),
    ("$XDG_CACHE_HOME", Without::BelowHome(".cache")),
    ("$XDG_STATE_HOME", Without::BelowHome(".local/state")),
    ("$XDG_RUNTIME_DIR", Without::Nowhere),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Without {
    Special,
    BelowHome(&'static str),
    Path(&'static str),
    Nowhere,
}

/// Folders of the kernel's own, which are no files of anybody's: what is written there changes the system or the process
/// itself. They are not part of everything, and nothing below them can be written.
const KERNEL: [&str; 3] = ["/dev", "/proc", "/sys"];

/// A place of `read` or `write`, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// An absolute path; `/` is everything.
    Absolute(PathBuf),
    /// A path below one of [`WORDS`].
    Below(&'static str, PathBuf),
}

impl Place {
    /// Takes a place apart.
    pub fn parse(text: &str) -> Result<Place, String> {
        let text = if text == "all" { "/" } else { text };
        if text.contains('\0') {
            return Err("expected a path without a NUL byte".to_string());
        }
        if text.split('/').any(|name| name == "..") {
            return Err("expected a path without \"..\"; write the folder that it leads to".to_string());
        }
        if text.starts_with('/') {
            return Ok(Place::Absolute(Path::new(text).components().collect()));
        }
        let (first, rest) = text.split_once('/').unwrap_or((text, ""));
        match WORDS.iter().find(|(word, _)| *word == first) {
            Some((word, _)) => Ok(Place::Below(word, Path::new(rest).components().collect())),
            None if first.starts_with('$') || first.starts_with('~') => {
                let words: Vec<&str> = WORDS.iter().map(|(word, _)| *word).collect();
                Err(format!("expected one of {}, found {first}", words.join(", ")))
            }
            None => Err(format!("expected an absolute path or a word such as $CWD; write \"$CWD/{text}\"")),
        }
    }

    pub fn is_below_current_folder(&self) -> bool {
        matches!(self, Place::Below("$CWD", _))
    }
}

/// What words and relative paths mean in this run.
pub struct Machine<'a> {
    /// The caller's folder; `None` if it has been removed.
    pub current_folder: Option<PathBuf>,
    /// The folder of the executable.
    pub executable_folder: Option<PathBuf>,
    /// The home folder of the user, if there is one.
    pub home: Option<PathBuf>,
    /// Looks a variable of the environment up.
    pub variable: &'a dyn Fn(&str) -> Option<OsString>,
}

impl Machine<'_> {
    /// The absolute path of a place; `None` if there is no such folder on this machine.
    pub(crate) fn path(&self, place: &Place) -> Option<PathBuf> {
        let (word, rest) = match place {
            Place::Absolute(path) => return Some(path.clone()),
            Place::Below(word, rest) => (*word, rest),
        };
        let without = WORDS.iter().find(|(known, _)| *known == word).map_or(Without::Nowhere, |(_, without)| *without);
        let folder = match (word, without) {
            ("~" | "$HOME", _) => self.home.clone(),
            ("$CWD", _) => self.current_folder.clone(),
            ("$EXE_DIR", _) => self.executable_folder.clone(),
            (word, without) => {
                let said =
                    (self.variable)(word.trim_start_matches('$')).map(PathBuf::from).filter(|path| path.is_absolute());
                said.or_else(|| match without {
                    Without::BelowHome(folder) => Some(self.home.as_ref()?.join(folder)),
                    Without::Path(path) => Some(PathBuf::from(path)),
                    Without::Special | Without::Nowhere => None,
                })
            }
        };
        Some(folder?.join(rest))
    }

    /// The absolute path that an argument names; `None` if the caller's folder is not known.
    pub(crate) fn named(&self, argument: &Path) -> Option<PathBuf> {
        match argument.is_absolute() {
            true => Some(argument.to_path_buf()),
            false => Some(self.current_folder.as_ref()?.join(argument)),
        }
    }
}

/// Whether an absolute path leads to or into a folder of the kernel's.
pub fn is_kernels(path: &Path) -> bool {
    let path = path.as_os_str().as_bytes();
    let rest = KERNEL.iter().find_map(|folder| path.strip_prefix(folder.as_bytes()));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine<'a>(variable: &'a dyn Fn(&str) -> Option<OsString>) -> Machine<'a> {
        Machine {
            current_folder: Some("/work/here".into()),
            executable_folder: Some("/opt/tool".into()),
            home: Some("/home/u".into()),
            variable,
        }
    }

    #[test]
    fn words_are_resolved_where_the_app_runs() {
        let variable = |name: &str| match name {
            "TMPDIR" => Some("/var/tmp/".into()),
            "XDG_DATA_HOME" => Some("relative/does/not/count".into()),
            "XDG_STATE_HOME" => Some("/state".into()),
            _ => None,
        };
        let machine = machine(&variable);
        for (place, expected) in [
            ("/", Some("/")),
            ("all", Some("/")),
            ("/etc//hosts", Some("/etc/hosts")),
            ("~", Some("/home/u")),
            ("~/notes/./a", Some("/home/u/notes/a")),
            ("$HOME/x", Some("/home/u/x")),
            ("$CWD", Some("/work/here")),
            ("$EXE_DIR/data", Some("/opt/tool/data")),
            ("$TMPDIR", Some("/var/tmp")),
            ("$XDG_CONFIG_HOME/tool", Some("/home/u/.config/tool")),
            ("$XDG_DATA_HOME/tool", Some("/home/u/.local/share/tool")),
            ("$XDG_STATE_HOME", Some("/state")),
            ("$XDG_RUNTIME_DIR/x", None),
        ] {
            let path = machine.path(&Place::parse(place).expect(place));
            assert_eq!(path.as_deref(), expected.map(Path::new), "{place}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_a_way_out() {
        for (place, expected) in [
            ("notes", "write \"$CWD/notes\""),
            ("", "write \"$CWD/\""),
            ("$PWD/x", "expected one of ~, $HOME, $CWD"),
            ("~root/x", "found ~root"),
            ("/a/../b", "without \"..\""),
            ("/a\0", "NUL"),
        ] {
            let message = Place::parse(place).expect_err(place);
            assert!(message.contains(expected), "{place:?}: {message}");
        }
    }

    #[test]
    fn arguments_are_named_as_the_caller_means_them() {
        let none = |_: &str| None;
        let machine = machine(&none);
        for (argument, expected) in
            [("in.csv", "/work/here/in.csv"), ("../x", "/work/here/../x"), ("/etc", "/etc"), (".", "/work/here")]
        {
            assert_eq!(machine.named(Path::new(argument)), Some(expected.into()), "{argument}");
        }
    }
}
