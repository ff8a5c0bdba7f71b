//! A build for tests, in a temporary folder that is its source and its project and holds its cache. It downloads nothing.

use crate::context::Build;
use crate::settings::{Bounds, Settings};
use std::fs;
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
}
