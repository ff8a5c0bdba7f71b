//! Which file says what other distributions a project asks for. One does: the first of these that is there.
//!
//! | file | what is done with it |
//! |---|---|
//! | `uv.lock`, of a `[project]` or of the workspace that it is in | obeyed |
//! | `pylock.toml` | obeyed |
//! | `pyproject.toml`, with dependencies in `[project]` | resolved, to a lock |
//! | `requirements.txt` | resolved, to a lock; with hashes it is one, and is obeyed |

use super::metadata::Metadata;
use std::path::{Path, PathBuf};

const UV_LOCK: &str = "uv.lock";

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
        let lock = if folder.join(UV_LOCK).is_file() { None } else { workspace(folder) };
        if let (Some(file), Some(_)) = (lock, metadata) {
            return Some(Asked { form: Form::UvLock, file });
        }
        let forms = [
            (Form::UvLock, UV_LOCK, metadata.is_some()),
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

/// The lock of the nearest workspace of uv's above a folder, if it has one.
fn workspace(folder: &Path) -> Option<PathBuf> {
    let is_root = |above: &&Path| {
        let text = std::fs::read_to_string(above.join(super::project::FILE)).unwrap_or_default();
        // What is wrong with it, uv says.
        let table: toml::Table = text.parse().unwrap_or_default();
        table.get("tool").and_then(|tool| tool.get("uv")?.get("workspace")).is_some()
    };
    let lock = folder.ancestors().skip(1).find(is_root)?.join(UV_LOCK);
    lock.is_file().then_some(lock)
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

    #[test]
    fn a_member_of_a_workspace_has_the_lock_of_its_root() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let member = folder.path().join("packages/a");
        std::fs::create_dir_all(&member).expect("created");
        let write = |path: &str, text: &str| std::fs::write(folder.path().join(path), text).expect("written");
        let find = || Asked::find(&member, Some(&Metadata::default())).map(|asked| asked.file);
        write("uv.lock", "");
        write("pyproject.toml", "[project]\n");
        assert_eq!(find(), None);
        write("pyproject.toml", "[tool.uv.workspace]\nmembers = ['packages/*']\n");
        assert_eq!(find(), Some(folder.path().join("uv.lock")));
        assert_eq!(Asked::find(&member, None), None);
        write("packages/a/uv.lock", "");
        assert_eq!(find(), Some(member.join("uv.lock")));
    }
}
