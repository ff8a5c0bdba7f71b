//! A build for tests, in a temporary folder that is its source and its project and holds its cache. It downloads nothing, unless a
//! test needs the compiler to machine code.

use crate::context::Build;
#[cfg(feature = "compiler")]
use crate::settings::cache_folder;
use crate::settings::{Bounds, Settings};
use std::fs;
#[cfg(feature = "compiler")]
use std::path::Path;
use std::path::PathBuf;

/// The folder.
pub(crate) struct TestBuild(tempfile::TempDir);

impl TestBuild {
    pub fn new() -> TestBuild {
        let test = TestBuild(tempfile::tempdir().expect("a temporary folder"));
        fs::create_dir(test.path("python_libs")).expect("created");
        fs::write(test.path("pyproject.toml"), "[tool.pyapp]\nentry = 'a'\n").expect("written");
        test
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn settings(&self) -> Settings {
        let target = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
        Settings {
            source: self.path(""),
            project: self.path(""),
            python: None,
            cache: self.path("cache"),
            offline: true,
            out: self.path("out"),
            target: target.clone(),
            host: target,
            cargo: "cargo".into(),
            rustc: None,
            bounds: Bounds::default(),
        }
    }

    pub fn open(&self) -> Build {
        Build::open(&self.settings()).expect("opened")
    }

    /// The same, with pyapp's own source and the cache of this machine: there is the compiler to machine code, or it is built.
    #[cfg(feature = "compiler")]
    pub fn open_with_compiler(&self) -> Build {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let source = source.canonicalize().expect("pyapp's own folder");
        let cache = cache_folder(&source).expect("a cache");
        Build::open(&Settings { source, cache, offline: false, ..self.settings() }).expect("opened")
    }
}
