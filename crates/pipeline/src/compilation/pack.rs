//! Putting compiled files into an archive. What has been compressed before is copied as it is: with many dependencies, compressing
//! would take longer than all the rest of a build.

use super::bytecode::Compiled;
use crate::context::Build;
use crate::error::{Doing, Result};
use crate::hash::Key;
use archive::{Archive, EntryId, EntryKind, Writer};
use bundle::Part;
use host::layout;
use std::fs;

/// In the folder of the build's output: which program has compressed the archive there.
const WRITER: &str = "app.archive.writer";

/// Files that are compressed already.
#[derive(Clone)]
pub(crate) struct Packed {
    archive: Archive,
    /// Where in it the libraries are.
    prefix: &'static str,
}

impl Packed {
    /// Libraries that lie in the root of an archive.
    pub fn libraries(archive: Archive) -> Packed {
        Packed { archive, prefix: "" }
    }

    /// The file of a library, if it has just these bytes and cannot be executed.
    fn find(&self, path: &str, contents: &[u8]) -> Option<EntryId> {
        let id = match self.prefix {
            "" => self.archive.find(path),
            prefix => self.archive.find(&format!("{prefix}/{path}")),
        }?;
        let entry = self.archive.entry(id)?;
        let may_be = entry.kind == EntryKind::File && !entry.executable && entry.len == contents.len() as u64;
        (may_be && self.archive.read(id).is_ok_and(|bytes| *bytes == *contents)).then_some(id)
    }
}

impl Build {
    /// The libraries in the archive that the build before has left, unless another program or another dictionary has compressed it.
    pub(crate) fn packed_before(&self, dictionary: &[u8]) -> Option<Packed> {
        let out = &self.settings().out;
        if fs::read_to_string(out.join(WRITER)).ok()? != writer() {
            return None;
        }
        let archive = Archive::open(fs::read(out.join(Part::Archive.file())).ok()?).ok()?;
        (archive.dictionary() == dictionary).then_some(Packed { archive, prefix: layout::SITE_PACKAGES })
    }

    /// Notes that the archive in the folder of the output is by this program.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io).
    pub(crate) fn note_writer(&self) -> Result<()> {
        let note = self.settings().out.join(WRITER);
        fs::write(&note, writer()).doing("write", &note)
    }
}

fn writer() -> String {
    Key::new().part("writer", archive::revision()).hex()
}

/// Puts files below `prefix`.
///
/// # Errors
/// [`Error::Archive`](crate::Error::Archive) for what cannot be archived.
pub(crate) fn pack(writer: &mut Writer, prefix: &str, files: &[Compiled], packed: &[Packed]) -> Result<()> {
    for file in files {
        let path = if prefix.is_empty() { file.path.clone() } else { format!("{prefix}/{}", file.path) };
        let Some(contents) = &file.contents else {
            writer.directory(&path)?;
            continue;
        };
        let known = packed.iter().find_map(|packed| Some((packed, packed.find(&file.path, contents)?)));
        match known {
            _ if file.executable => writer.executable(&path, contents)?,
            Some((packed, id)) => writer.copy_file(&packed.archive, id, &path)?,
            None => writer.file(&path, contents)?,
        }
    }
    Ok(())
}
