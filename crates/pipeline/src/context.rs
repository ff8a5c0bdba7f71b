//! What all stages of a build have in common.

use crate::cache::Cache;
use crate::error::{Doing, Result};
use crate::inputs::{Commands, Entry, Project, package};
use crate::progress::Progress;
use crate::settings::Settings;
use std::fs;
use std::path::PathBuf;

/// A build: its settings, its project, its cache. Each stage is a method, in a file of its own.
pub struct Build {
    settings: Settings,
    project: Project,
    cache: Cache,
}

impl Build {
    /// Reads the project and opens the cache.
    ///
    /// # Errors
    /// [`Error::Project`](crate::Error::Project), [`Error::Io`](crate::Error::Io).
    pub fn open(settings: &Settings) -> Result<Build> {
        let project = Project::read(&settings.project)?;
        let cache = Cache::open(&settings.cache, Progress::new())?;
        Ok(Build { settings: settings.clone(), project, cache })
    }

    /// What the build was told from outside.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Where slow results are kept.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }

    /// The script that compiles sources to bytecode.
    pub fn script(&self) -> PathBuf {
        self.settings.source.join("compile_library.py")
    }

    pub(crate) fn project(&self) -> &Project {
        &self.project
    }

    /// Sets what starts, where that is known only when it is installed.
    pub(crate) fn start_with(&mut self, entry: Entry) {
        self.project.entry = entry;
    }

    /// The folder with the modules that the build makes: the one that chooses among the project's commands, if it has several,
    /// and the one that says what was left out.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io).
    pub(crate) fn made_modules(&self) -> Result<Vec<PathBuf>> {
        let folder = self.settings.out.join("made");
        // What an earlier build has made is not this one's.
        if folder.exists() {
            fs::remove_dir_all(&folder).doing("remove", &folder)?;
        }
        let commands = self.project.commands.iter().map(|commands| (Commands::file(), commands.text()));
        let made: Vec<(String, String)> = commands.chain(self.teller()).collect();
        if made.is_empty() {
            return Ok(Vec::new());
        }
        fs::create_dir_all(&folder).doing("create", &folder)?;
        for (name, text) in made {
            let file = folder.join(name);
            fs::write(&file, text).doing("write", &file)?;
        }
        Ok(vec![folder])
    }

    /// Takes the names of distributions, which have been left out, from `exclude`: paths are left.
    pub(crate) fn leave_out(&mut self, distributions: &[String]) {
        let is_one = |path: &String| package(path).is_some_and(|name| distributions.contains(&name));
        self.project.exclude.retain(|path| !is_one(path));
    }

    /// What a build depends on. Cargo looks at folders recursively, so new and removed files count.
    pub(crate) fn inputs(&self) -> Vec<PathBuf> {
        let own = ["compile_library.py", "wasm", "Cargo.lock", "THIRD-PARTY.md"];
        let mut inputs = vec![self.project.file.clone()];
        inputs.extend(self.project.libs.iter().chain(&self.project.modules).cloned());
        inputs.extend(own.map(|path| self.settings.source.join(path)));
        inputs.extend(self.settings.python.clone());
        inputs
    }
}
