//! The finished parts: machine code and images as they are or compressed, the archive, and the index of them all.

use crate::compilation::Python;
use crate::context::Build;
use crate::error::{Doing, Result};
use crate::hash::Key;
use crate::inputs::Size;
use archive::Archive;
use bundle::{INDEX, INDEX_FOLDER, Index, Part, Record};
use host::TrustedCode;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

const LEVEL: i32 = 19;

impl Build {
    /// Writes the parts into the folder of the build's output.
    ///
    /// # Errors
    /// [`crate::Error::Io`].
    pub(crate) fn write_parts(
        &self,
        python: &Python,
        archive: &Archive,
        snapshot: Option<&[u8]>,
        extensions: Option<&TrustedCode>,
    ) -> Result<String> {
        let out = &self.settings().out;
        let mut parts = BTreeMap::new();
        let mut write = |part: Part, stored: &[u8], len: usize, zstd: bool| {
            parts.insert(part, Record::of(stored, len, zstd));
            put(&out.join(part.file()), stored)
        };
        write(Part::Archive, archive.bytes(), archive.bytes().len(), false)?;
        self.note_writer()?;
        let (code, base) = (python.code.bytes(), &python.base_image[..]);
        let zstd = self.project().size == Size::Small;
        write(Part::MachineCode, &self.stored(code)?, code.len(), zstd)?;
        write(Part::BaseImage, &self.stored(base)?, base.len(), zstd)?;
        match snapshot {
            // Its pages are much like those of the base image.
            Some(image) if zstd => write(Part::Snapshot, &compress(image, base)?, image.len(), zstd)?,
            Some(image) => write(Part::Snapshot, image, image.len(), zstd)?,
            // The executable embeds the file all the same.
            None => put(&out.join(Part::Snapshot.file()), &[])?,
        }
        match extensions.map(TrustedCode::bytes) {
            Some(code) => write(Part::Extensions, &self.stored(code)?, code.len(), zstd)?,
            None => put(&out.join(Part::Extensions.file()), &[])?,
        }
        let project = self.project();
        let (optimize, permissions, limits) = (project.optimize, project.permissions.clone(), project.limits);
        let index = Index { entry: project.entry.text(), optimize, permissions, limits, parts };
        let mut text = serde_json::to_vec_pretty(&index).map_err(std::io::Error::from).doing("write", out)?;
        text.push(b'\n');
        let folder = out.join(INDEX_FOLDER);
        std::fs::create_dir_all(&folder).doing("create", &folder)?;
        put(&folder.join(INDEX), &text)?;
        // It has a checksum of each part.
        Ok(Key::new().part("index", &text).short())
    }

    /// What is the same for every app, as it is stored: compressed once, if at all.
    fn stored<'a>(&self, bytes: &'a [u8]) -> Result<Cow<'a, [u8]>> {
        if self.project().size == Size::Fast {
            return Ok(Cow::Borrowed(bytes));
        }
        let cache = self.cache();
        let key = Key::new().part("level", LEVEL.to_le_bytes()).part("bytes", bytes);
        let compressed = cache.blob("zstd", key, || {
            cache.stage("compressing machine code and data");
            compress(bytes, &[])
        });
        compressed.map(Cow::Owned)
    }
}

fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    aside::write(path, &[bytes]).doing("make", path)
}

/// One zstd frame with `dictionary`, which whoever expands it must have.
fn compress(bytes: &[u8], dictionary: &[u8]) -> Result<Vec<u8>> {
    zstd::bulk::Compressor::with_dictionary(LEVEL, dictionary)
        .and_then(|mut compressor| compressor.compress(bytes))
        .doing("compress", Path::new("machine code and images"))
}
