//! One build of the runtime: its sources, its folders, and how the compiler is called. Its text is part of the recipe's key.

use super::abi_header;
use super::compiler;
use super::log::Log;
use super::recipe::{Library, Recipe};
use crate::error::{Doing, Result};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What stands for this machine's folders in everything that is kept.
pub(super) const NEUTRAL: &str = "/build";

/// What all steps of a build share.
pub(super) struct Toolchain<'a> {
    pub recipe: &'a Recipe,
    pub work: PathBuf,
    /// CPython's source.
    pub cpython: PathBuf,
    /// The compiler's program.
    pub compiler: PathBuf,
    /// Where the wheel with the time zones is installed.
    pub tzdata: PathBuf,
    /// The libraries, each with the folder of its crate.
    pub libraries: Vec<(&'a Library, PathBuf)>,
    /// OpenSSL's source.
    pub openssl: PathBuf,
    pub log: &'a Log,
}

impl Toolchain<'_> {
    pub fn compiler_command(&self, what: &str) -> Command {
        let mut command = Command::new(&self.compiler);
        command.arg(what);
        self.neutral_environment(&mut command);
        command
    }

    pub fn target_flags(&self) -> [String; 3] {
        compiler::target_flags(self.recipe)
    }

    pub fn compile_flags(&self) -> Vec<String> {
        self.target_flags().into_iter().chain(self.recipe.compiler.cflags.iter().cloned()).collect()
    }

    /// Variables that would change the result are set or taken away; the compiler's cache stays in the work folder.
    pub fn neutral_environment(&self, command: &mut Command) {
        let cache = self.work.join("compiler-cache");
        command
            .env("ZIG_GLOBAL_CACHE_DIR", &cache)
            .env("ZIG_LOCAL_CACHE_DIR", &cache)
            .env("SOURCE_DATE_EPOCH", self.recipe.cpython.date.to_string())
            .env("LC_ALL", "C")
            .env_remove("CPPFLAGS")
            .env_remove("MAKEFLAGS")
            .env_remove("MFLAGS")
            .env_remove("PYTHONPATH")
            .env_remove("PYTHONHOME");
    }

    /// What is included in front of every C file, and where headers of the recipe's own are.
    pub fn include_flags(&self) -> Vec<OsString> {
        vec![
            "-include".into(),
            self.recipe.folder.join("src/posix/posix.h").into(),
            prefixed("-I", &self.dependencies("include")),
        ]
    }

    /// Writes the header with what the host and the guest agree on.
    pub fn write_abi_header(&self) -> Result<()> {
        let folder = self.dependencies("include");
        fs::create_dir_all(&folder).doing("create", &folder)?;
        let path = folder.join(abi_header::NAME);
        fs::write(&path, abi_header::text()).doing("write", &path)
    }

    /// A folder of what is made before CPython.
    pub fn dependencies(&self, folder: &str) -> PathBuf {
        self.work.join("dependencies").join(folder)
    }
}

/// Keeps a folder of this machine out of what the compiler writes down.
pub(super) fn prefix_map(folder: &Path, name: &str) -> OsString {
    let mut flag = OsString::from("-ffile-prefix-map=");
    flag.push(folder);
    flag.push(format!("={NEUTRAL}/{name}"));
    flag
}

/// A flag that has a path right behind it.
pub(super) fn prefixed(flag: &str, path: &Path) -> OsString {
    let mut flag = OsString::from(flag);
    flag.push(path);
    flag
}
