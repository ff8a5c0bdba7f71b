//! Which file says what other distributions a project asks for. One does: the first of these that is there.
//!
//! | file | what is done with it |
//! |---|---|
//! | `uv.lock`, of a `[project]` | obeyed |
//! | `pylock.toml` | obeyed |
//! | `pyproject.toml`, with dependencies in `[project]` | resolved, to a lock |
//! | `requirements.txt` | resolved, to a lock; with hashes it is one, and is obeyed |

use super::metadata::Metadata;
use std::path::{Path, PathBuf};

/// How a file asks for distributions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A lock of uv's, which belongs to a `[project]`.
    UvLock,
    /// A lock as PEP 751 has it.
    Pylock,
    /// `dependencies` of `[project]`.
    Project,
    /// Requirements as pip has them.
    Requirements,
    /// What stands in front of a script (PEP 723).
    Script,
    /// A wheel, and what it asks for.
    Wheel,
}

/// What a project asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// How.
    pub form: Form,
    /// Where.
    pub file: PathBuf,
}

impl Asked {
    /// Finds the file in a project's folder.
    pub(super) fn find(folder: &Path, metadata: Option<&Metadata>) -> Option<Asked> {
        let forms = [
            (Form::UvLock, "uv.lock", metadata.is_some()),
            (Form::Pylock, "pylock.toml", true),
            (Form::Project, super::project::FILE, metadata.is_some_and(|metadata| metadata.has_dependencies)),
            (Form::Requirements, "requirements.txt", true),
        ];
        let asked = forms.into_iter().filter(|(_, _, counts)| *counts);
        asked.map(|(form, name, _)| Asked { form, file: folder.join(name) }).find(|asked| asked.file.is_file())
    }

    /// The file's name.
    pub fn name(&self) -> String {
        self.file.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_several_files_counts() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let plain = Metadata::default();
        let asking = Metadata { has_dependencies: true, ..Metadata::default() };
        let find = |metadata| Asked::find(folder.path(), metadata).map(|asked| asked.form);
        assert_eq!(find(None), None);
        for (file, expected) in [
            ("pyproject.toml", [None, None, Some(Form::Project)]),
            ("requirements.txt", [Some(Form::Requirements), Some(Form::Requirements), Some(Form::Project)]),
            ("pylock.toml", [Some(Form::Pylock); 3]),
            ("uv.lock", [Some(Form::Pylock), Some(Form::UvLock), Some(Form::UvLock)]),
        ] {
            std::fs::write(folder.path().join(file), "").expect("written");
            assert_eq!([find(None), find(Some(&plain)), find(Some(&asking))], expected, "{file}");
        }
    }
}
