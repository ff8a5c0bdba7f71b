//! Projects in temporary folders, bundled by the build side and run by the real CPython.

use archive::Archive;
use host::{Outcome, Output, Program, layout};
use memory_image::{Image, Start};
use pipeline::Report;
use pipeline::settings::Settings;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use vfs::Limits;

/// A project in a temporary folder, and where its assets go.
pub struct Project {
    pub folder: tempfile::TempDir,
    pub out: tempfile::TempDir,
}

impl Project {
    pub fn new(pyproject: &str, files: &[(&str, &str)]) -> Project {
        let project = Project { folder: folder(), out: folder() };
        fs::create_dir(project.path("python_libs")).expect("created");
        fs::write(project.path("pyproject.toml"), pyproject).expect("written");
        for (name, text) in files {
            project.write(name, text);
        }
        project
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("created");
        fs::write(path, text).expect("written");
    }

    pub fn settings(&self) -> Settings {
        Settings { project: self.folder.path().into(), ..settings_for(self.out.path()) }
    }

    /// Builds, and gives the error's text if that fails, with the project's own path taken out.
    pub fn build(&self) -> Result<Bundle, String> {
        let here = format!("{}/", self.folder.path().display());
        let report = pipeline::build(&self.settings()).map_err(|error| error.to_string().replace(&here, ""))?;
        Ok(Bundle {
            report,
            archive: fs::read(self.out.path().join("assets/app.archive")).expect("written"),
            code: fs::read(self.out.path().join("python.code")).expect("written"),
            image: fs::read(self.out.path().join("snapshot.image")).expect("written"),
            base_image: fs::read(self.out.path().join("base.image")).expect("written"),
        })
    }
}

pub const TARGET: &str = env!("PYAPP_TARGET");

pub struct Bundle {
    pub archive: Vec<u8>,
    pub code: Vec<u8>,
    /// Empty without a snapshot.
    pub image: Vec<u8>,
    pub base_image: Vec<u8>,
    pub report: Report,
}

impl Bundle {
    pub fn archive(&self) -> Archive {
        Archive::open(self.archive.clone()).expect("what was built can be read")
    }

    /// Runs the bundled app as the executable does; its exit status, and stdout followed by stderr. Resumed from its
    /// snapshot and cold it must say the same.
    pub fn run(&self, arguments: &[&str]) -> (u32, String) {
        if self.image.is_empty() {
            return self.run_from(&self.base_image, arguments);
        }
        let resumed = self.run_from(&self.image, arguments);
        assert_eq!(resumed, self.run_from(&self.base_image, arguments));
        resumed
    }

    /// As [`Bundle::run`], from one image.
    pub fn run_from(&self, image: &[u8], arguments: &[&str]) -> (u32, String) {
        self.run_program(&self.program(image), arguments)
    }

    /// What the stdout of many runs from one image says.
    pub fn run_many(&self, image: &[u8], times: usize) -> Vec<String> {
        let program = self.program(image);
        (0..times).map(|_| self.run_program(&program, &[]).1).collect()
    }

    fn program(&self, image: &[u8]) -> Program {
        let cold = Arc::new(Image::open(self.base_image.clone()).expect("whole"));
        let image = Image::open_with_base(image.to_vec(), Some(cold)).expect("whole");
        Program::from_trusted_bytes(&self.code, Some(Arc::new(image))).expect("loaded")
    }

    fn run_program(&self, program: &Program, arguments: &[&str]) -> (u32, String) {
        let archive = self.archive();
        let index = archive.find(layout::MANIFEST).expect("a manifest");
        let manifest: serde_json::Value = serde_json::from_slice(&archive.read(index).expect("whole")).expect("JSON");
        let entry = manifest["entry"].as_str().expect("an entry").to_string();
        let (stdout, stderr) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(Vec::new())));
        let capture = |into: &Arc<Mutex<Vec<u8>>>| Output::Capture { into: into.clone(), limit: 1 << 20 };
        let mut builder = layout::python_context(archive, Limits::default()).expect("room");
        for argument in std::iter::once(&"the-app").chain(arguments) {
            builder = builder.argument(*argument);
        }
        if program.start() == Start::Cold {
            builder = builder.variable(layout::ENTRY_VARIABLE, entry);
        }
        let builder = builder.stdout(capture(&stdout)).stderr(capture(&stderr));
        let (outcome, _) = host::run(program, builder.build().expect("a guest")).expect("started");
        let text = [stdout, stderr].map(|said| String::from_utf8(said.lock().expect("not poisoned").clone()));
        let text = text.map(|text| text.expect("UTF-8")).concat();
        match outcome {
            Outcome::Exited(status) => (status, text),
            other => panic!("{other:?}: {text}"),
        }
    }
}

pub fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// Settings as the build itself had them, with the assets going to `out`; for the demo.
pub fn settings_for(out: &Path) -> Settings {
    let settings = Settings::for_tool(env!("CARGO_MANIFEST_DIR").into(), TARGET, out.into());
    Settings { offline: true, ..settings.expect("the environment of a build") }
}

/// The files of a project in one text: each begins with a line `=== PATH`. No other line may hold that mark.
pub fn files(text: &str) -> Vec<(&'static str, &'static str)> {
    let files = super::dedent(text).split("=== ").skip(1);
    files.map(|file| file.split_once('\n').expect("a path on a line of its own")).collect()
}

pub fn settings(entry: &str) -> String {
    settings_with(entry, "")
}

/// Settings with more in them.
pub fn settings_with(entry: &str, more: &str) -> String {
    format!("[tool.pyapp]\nentry = \"{entry}\"\n{more}\n")
}
