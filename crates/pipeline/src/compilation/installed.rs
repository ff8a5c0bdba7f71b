//! The distributions that are installed, compiled and compressed. They are kept as a whole: they change when the lock does, and not
//! with the project's own files.

use super::bytecode::{Compiled, CompiledLibraries, LIST, Sources, kept};
use super::interpreter::Python;
use super::pack::{Packed, pack};
use crate::context::Build;
use crate::error::Result;
use archive::{Archive, EntryKind, Writer};

/// What they are called in the cache.
const ENTRY: &str = "installed";
/// What makes them what they are, beside the script.
const STEPS: &str = concat!(include_str!("installed.rs"), include_str!("bytecode.rs"), include_str!("pack.rs"));

impl Build {
    /// Compiles distributions that are installed; `name` stands for all that they hold.
    ///
    /// # Errors
    /// As [`Build::compile_libraries`].
    pub(super) fn compile_installed(
        &self,
        python: &Python,
        stdlib: &Archive,
        sources: &Sources,
        name: &str,
    ) -> Result<CompiledLibraries> {
        let key = self
            .compiler_key(python, stdlib, sources, self.project().optimize)?
            .part("name", name)
            .part("steps", STEPS)
            .part("paths", sources.entries().iter().map(|(path, _)| format!("{path}\n")).collect::<String>())
            .part("exclude", sources.exclude().join("\n"));
        let bytes = self.cache().blob(ENTRY, key, || {
            self.cache().stage("compiling and compressing the distributions");
            let (files, said, known) = self.compile_with_known(python, stdlib, sources)?;
            let mut writer = Writer::new(stdlib.dictionary())?;
            let packed: Vec<Packed> = known.into_iter().chain(self.packed_before(stdlib.dictionary())).collect();
            pack(&mut writer, "", &files, &packed)?;
            writer.file(LIST, said.as_bytes())?;
            Ok(writer.finish().0)
        })?;
        read(Archive::open(bytes)?)
    }
}

/// Libraries as they are kept: [`LIST`] has what the script has said.
fn read(archive: Archive) -> Result<CompiledLibraries> {
    let (mut files, mut said) = (Vec::new(), String::new());
    for id in 1..archive.count() {
        let Some(entry) = archive.entry(id) else { continue };
        let contents = match entry.kind {
            EntryKind::Directory => None,
            _ => Some(archive.read(id)?.into_owned()),
        };
        match (archive.path(id), contents) {
            (path, Some(bytes)) if path == LIST => said = String::from_utf8_lossy(&bytes).into_owned(),
            (path, contents) => files.push(Compiled { path, contents, executable: entry.executable }),
        }
    }
    Ok(CompiledLibraries { files, packed: vec![Packed::libraries(archive)], kept: kept(&said) })
}
