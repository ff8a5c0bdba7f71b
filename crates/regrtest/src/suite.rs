//! What a run needs, provided once and kept in a folder of the cache, so that the many processes of a run only read
//! files.

use crate::driver::{DRIVER, RESOURCES};
use crate::library;
use anyhow::{Context, Result};
use archive::Archive;
use host::{Program, Timing};
use memory_image::Image;
use pipeline::cache::entry;
use pipeline::hash::{self, Key};
use pipeline::settings::Settings;
use pipeline::{Build, OwnFolder};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const CODE: &str = "python.code";
const BASE_IMAGE: &str = "base.image";
const LIBRARY: &str = "library.archive";

/// pyapp's own folder.
pub fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A folder with all that a run needs.
pub struct Suite {
    /// The folder.
    pub folder: PathBuf,
    /// What the results depend on.
    pub key: String,
}

impl Suite {
    /// What an earlier [`Suite::provide`] has left in `folder`.
    pub fn open(folder: &Path) -> Suite {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        Suite { folder: folder.to_path_buf(), key: name.into_owned() }
    }

    /// Finds or makes everything.
    ///
    /// # Errors
    /// Those of the build side; a cache that cannot be written to.
    pub fn provide() -> Result<Suite> {
        let source = source();
        let source = source.canonicalize().with_context(|| format!("cannot find {}", source.display()))?;
        let settings = Settings::for_tool(source, host::engine::TARGET, PathBuf::new())?;
        let build = Build::open(&settings)?;
        let python = build.python_with_openssl()?;
        let library = library::provide(&build, &python, &build.test_library()?)?;

        let key = Key::new()
            .part("wasm", hash::of_bytes(&python.runtime.wasm))
            .part("code", hash::of_bytes(python.code.bytes()))
            .part("image", hash::of_bytes(&python.base_image))
            .part("library", hash::of_bytes(&library))
            .part("driver", DRIVER)
            .part("resources", RESOURCES);
        let name = entry("regrtest", key);
        let folder = build.cache().path(&name);
        let _lock = build.cache().lock(&name)?;
        if !folder.is_dir() {
            let parts: [(&str, &[u8]); 3] =
                [(CODE, python.code.bytes()), (BASE_IMAGE, &python.base_image), (LIBRARY, &library)];
            let made = aside::make(&folder, |work| {
                fs::create_dir(work)?;
                parts.into_iter().try_for_each(|(name, bytes)| fs::write(work.join(name), bytes))
            });
            made.with_context(|| format!("cannot make {}", folder.display()))?;
        }
        Ok(Suite::open(&folder))
    }

    /// The standard library with the tests.
    ///
    /// # Errors
    /// If it is not there or damaged.
    pub fn archive(&self) -> Result<Archive> {
        Archive::open(self.read(LIBRARY)?).with_context(|| self.folder.join(LIBRARY).display().to_string())
    }

    /// The interpreter.
    ///
    /// # Errors
    /// If it is not there or damaged.
    pub fn program(&self) -> Result<Program> {
        let image = Image::open(self.read(BASE_IMAGE)?)?;
        let code = OwnFolder::open(&self.folder, "the folder of the suite")?.code(CODE)?;
        Ok(Program::load(&code, Some(Arc::new(image)), &mut Timing::start())?)
    }

    /// Where the results of a run are kept unless the command line says otherwise.
    pub fn results(&self, disk: bool) -> PathBuf {
        self.folder.join(if disk { "results-disk.jsonl" } else { "results.jsonl" })
    }

    fn read(&self, name: &str) -> Result<Vec<u8>> {
        let path = self.folder.join(name);
        fs::read(&path).with_context(|| format!("cannot read {}; remove its folder and run again", path.display()))
    }
}
