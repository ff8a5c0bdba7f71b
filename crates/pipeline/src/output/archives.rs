//! The archives: the compiled standard library, which every project shares, and the app's, which holds it too.

use crate::compilation::{Compiled, Packed, Python, Sources, Stdlib, pack};
use crate::context::Build;
use crate::error::{Doing, Result};
use crate::hash::{self, Key, sorted_entries};
use crate::inputs::Library;
use crate::output::licences::Licences;
use crate::output::works::{OPENSSL_LICENCE, OWN_LICENCE};
use archive::{Archive, Writer};
use host::layout;
use inside::{CRATES, LICENCES, WORKS};
use serde_json::json;
use std::path::PathBuf;

/// The compressed bytes of the standard library share a dictionary of this size: 112 KiB made the archive 40 kB larger,
/// 192 KiB would make it 17 kB smaller, and each start that reads a file digests it.
const DICTIONARY: usize = 144 * 1024;

impl Build {
    /// The compiled standard library, kept in the cache: it depends on the runtime, the script and the level only.
    ///
    /// # Errors
    /// Those of the compiling CPython; [`Error::Runtime`](crate::Error::Runtime) if that is not the CPython that it should be.
    pub(crate) fn stdlib_archive(&self, python: &Python) -> Result<Archive> {
        let (cache, runtime, optimize) = (self.cache(), &python.runtime, self.project().optimize);
        let folder = runtime.stdlib();
        let key = Key::new()
            .part("wasm", hash::of_bytes(&runtime.wasm))
            .part("stdlib", hash::of_tree(&folder)?)
            .part("script", hash::of_file(&self.script())?)
            .part("optimize", [optimize])
            .part("exclude", runtime.exclude.join("\n"))
            .part("place", layout::STDLIB)
            .part("executable", layout::EXECUTABLE_TEXT)
            .part("writer", archive::revision())
            .part("dictionary", DICTIONARY.to_le_bytes());
        let bytes = cache.blob("stdlib", key, || {
            cache.stage("compiling the standard library to bytecode");
            let sources = Sources::of_stdlib(&folder, &runtime.exclude)?;
            let compiled = self.compile(python, Stdlib::Sources(&folder), &sources, optimize)?;
            cache.stage("compressing the standard library");
            let samples: Vec<&[u8]> = compiled.iter().filter_map(|file| file.contents.as_deref()).collect();
            let mut writer = Writer::new(&archive::train_dictionary(&samples, DICTIONARY)?)?;
            writer.directory(layout::STDLIB)?;
            pack(&mut writer, layout::STDLIB, &compiled, &[])?;
            writer.executable(layout::EXECUTABLE, layout::EXECUTABLE_TEXT.as_bytes())?;
            let bytes = writer.finish().0;
            python.check(&Archive::open(bytes.clone())?)?;
            Ok(bytes)
        })?;
        Ok(Archive::open(bytes)?)
    }

    /// The app's archive: the standard library, the compiled libraries, the manifest and the licences. What of the libraries is
    /// `packed` is compressed already.
    ///
    /// # Errors
    /// [`Error::Archive`](crate::Error::Archive) for what cannot be archived; [`Error::Io`](crate::Error::Io).
    pub(crate) fn app_archive(
        &self,
        stdlib: &Archive,
        (compiled, packed): (&[Compiled], Vec<Packed>),
        manifest: &str,
        crates: Option<&Licences>,
        python: &Python,
    ) -> Result<(Archive, archive::Summary)> {
        let mut writer = Writer::new(stdlib.dictionary())?;
        writer.copy_from(stdlib, "")?;
        let packed: Vec<Packed> = packed.into_iter().chain(self.packed_before(stdlib.dictionary())).collect();
        writer.directory(layout::SITE_PACKAGES)?;
        pack(&mut writer, layout::SITE_PACKAGES, compiled, &packed)?;
        writer.file(layout::MANIFEST, manifest.as_bytes())?;
        writer.file(WORKS, self.works(python, crates)?.as_bytes())?;
        if let Some(crates) = crates {
            writer.file(&format!("{LICENCES}/{CRATES}"), crates.texts.as_bytes())?;
        }
        // glibc's, which the executable is linked to statically; no machine is sure to have the text.
        writer.file(&format!("{LICENCES}/lgpl-2.1.txt"), include_bytes!("lgpl-2.1.txt"))?;
        let own = self.settings().source.join("LICENSE");
        writer.file(&format!("{LICENCES}/{OWN_LICENCE}"), &std::fs::read(&own).doing("read", &own)?)?;
        let mut licences = vec![self.settings().source.join("THIRD-PARTY.md")];
        if let Ok(entries) = sorted_entries(&python.runtime.folder.join("licenses")) {
            let is_inside = |path: &PathBuf| python.runtime.has_openssl || !path.ends_with(OPENSSL_LICENCE);
            licences.extend(entries.iter().map(std::fs::DirEntry::path).filter(is_inside));
        }
        for path in licences {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let text = std::fs::read(&path).doing("read", &path)?;
            writer.file(&format!("{LICENCES}/{name}"), &text)?;
        }
        let (bytes, summary) = writer.finish();
        Ok((Archive::open(bytes)?, summary))
    }

    /// What is bundled, for the executable and for those who look inside: names and hashes, no paths, no times.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io).
    pub(crate) fn manifest(&self, libraries: &[Library], compiled: &[Compiled], python: &Python) -> Result<String> {
        let hashes = libraries.iter().map(|library| (library.name.clone(), json!(hash_of(library, compiled))));
        let libraries: serde_json::Map<String, serde_json::Value> = hashes.collect();
        let manifest = json!({
            "entry": self.project().entry.text(),
            "optimize": self.project().optimize,
            "python": python.runtime.version,
            "inputs": {
                "compile_library.py": hash::of_file(&self.script())?,
                "libraries": libraries,
                "python.wasm": hash::of_bytes(&python.runtime.wasm),
                "standard library": hash::of_tree(&python.runtime.stdlib())?,
            },
        });
        Ok(format!("{manifest:#}\n"))
    }
}

/// SHA-256 of what a library brings, as it goes into the archive: leftovers beside its sources do not count.
fn hash_of(library: &Library, compiled: &[Compiled]) -> String {
    let files = compiled.iter().filter(|file| library.owns(&file.path));
    let key = files.fold(Key::new(), |key, file| match &file.contents {
        Some(contents) if file.executable => key.part(&file.path, contents).part("executable", ""),
        Some(contents) => key.part(&file.path, contents),
        None => key.part(&file.path, "folder").part("empty", ""),
    });
    key.hex()
}
