//! Projects in temporary folders, bundled by the build side and run by the real CPython.

use bundle::{Bundle, INDEX, INDEX_FOLDER, Part, Run};
use host::{ContextBuilder, Outcome, Output, Program, Timing};
use pipeline::cache::{self, Cache};
use pipeline::hash::{Key, of_file};
use pipeline::settings::Settings;
use pipeline::{Built, Progress, Report};
use policy::{Machine, Narrowing, Reach};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
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

    /// A copy of a project below `tests`.
    pub fn copied(name: &str) -> Project {
        let project = Project { folder: folder(), out: folder() };
        copy_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name), project.folder.path());
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
    pub fn build(&self) -> Result<App, String> {
        self.build_with(&self.settings())
    }

    /// As [`Project::build`], with other settings.
    pub fn build_with(&self, settings: &Settings) -> Result<App, String> {
        let here = format!("{}/", self.folder.path().display());
        let report = pipeline::build(settings).map_err(|error| error.to_string().replace(&here, ""))?;
        // A copy: the project may be built again, or be gone, before the app runs.
        let copy = folder();
        fs::create_dir(copy.path().join(INDEX_FOLDER)).expect("created");
        let path = |part: Part| PathBuf::from(part.file());
        for file in Part::ALL.map(path).into_iter().chain([Path::new(INDEX_FOLDER).join(INDEX)]) {
            fs::copy(self.out.path().join(&file), copy.path().join(&file)).expect("copied");
        }
        let stored = |part| fs::read(copy.path().join(path(part))).expect("there");
        let [archive, code, base_image, snapshot, _] = Part::ALL.map(stored);
        let built = Built::open(copy.path()).expect("a folder of one's own");
        let bundle = Bundle::open(built).expect("whole");
        Ok(App { report, bundle, archive, code, base_image, snapshot, _copy: copy })
    }
}

pub const TARGET: &str = env!("PYAPP_TARGET");

/// A project that has been built.
pub struct App {
    pub report: Report,
    pub bundle: Bundle<Built>,
    /// The parts as they are stored.
    pub archive: Vec<u8>,
    pub code: Vec<u8>,
    pub base_image: Vec<u8>,
    /// Empty if there is none.
    pub snapshot: Vec<u8>,
    _copy: tempfile::TempDir,
}

impl App {
    /// What the build has told in the end, on one line.
    pub fn summary(&self) -> String {
        self.report.summary.join("; ")
    }

    /// Runs the bundled app as the executable does; its exit status, and stdout followed by stderr. Resumed from its
    /// snapshot and cold it must say the same.
    pub fn run(&self, arguments: &[&str]) -> (u32, String) {
        let said = self.run_as(self.bundle.app(), arguments);
        assert_eq!(said, self.run_as(Run::Cold, arguments));
        said
    }

    /// As [`App::run`], in one way.
    pub fn run_as(&self, run: Run, arguments: &[&str]) -> (u32, String) {
        self.run_given(run, |context| context.argument("the-app").arguments(arguments.iter().copied()))
    }

    /// As [`App::run`], in one way, with what `give` adds.
    pub fn run_given(&self, run: Run, give: impl FnOnce(ContextBuilder) -> ContextBuilder) -> (u32, String) {
        self.run_program(run, &self.program(run), &[], give)
    }

    /// As [`App::run_as`], with what the arguments grant by naming it.
    pub fn run_granted(&self, run: Run, arguments: &[&str]) -> (u32, String) {
        let granted: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        self.run_program(run, &self.program(run), &granted, |context| {
            context.argument("the-app").arguments(arguments.iter().copied())
        })
    }

    /// As [`App::run`], started by this name and with these variables.
    pub fn run_with(&self, name: &str, arguments: &[&str], variables: &[(&str, &str)]) -> (u32, String) {
        let said = |run| {
            self.run_given(run, |context| {
                context.argument(name).arguments(arguments.iter().copied()).variables(variables.iter().copied())
            })
        };
        let (resumed, cold) = (said(self.bundle.app()), said(Run::Cold));
        assert_eq!(resumed, cold);
        resumed
    }

    /// What many runs say.
    pub fn run_many(&self, run: Run, times: usize) -> Vec<String> {
        let program = self.program(run);
        (0..times).map(|_| self.run_program(run, &program, &[], |context| context.argument("the-app")).1).collect()
    }

    fn program(&self, run: Run) -> Program {
        self.bundle.program(run, &mut Timing::start()).expect("loaded")
    }

    fn run_program(
        &self,
        run: Run,
        program: &Program,
        granted: &[OsString],
        give: impl FnOnce(ContextBuilder) -> ContextBuilder,
    ) -> (u32, String) {
        let (stdout, stderr) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(Vec::new())));
        let capture = |into: &Arc<Mutex<Vec<u8>>>| Output::Capture { into: into.clone(), limit: 1 << 20 };
        let nowhere = Machine { current_folder: None, executable_folder: None, home: None, variable: &|_| None };
        let reach = Reach::of(self.bundle.permissions(), &Narrowing::default(), &nowhere, granted, None);
        let context = give(self.bundle.context(run, Limits::default(), reach).expect("room"));
        let context = context.stdout(capture(&stdout)).stderr(capture(&stderr));
        let (outcome, _) = host::run(program, context.build().expect("a context")).expect("started");
        let text = [stdout, stderr].map(|said| String::from_utf8(said.lock().expect("not poisoned").clone()));
        let text = text.map(|text| text.expect("UTF-8")).concat();
        match outcome {
            Outcome::Exited(status) => (status, text),
            other => panic!("{other:?}: {text}"),
        }
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("created");
    for entry in fs::read_dir(from).expect("listed").map(|entry| entry.expect("listed")) {
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() { copy_folder(&path, &to) } else { fs::copy(&path, &to).map(drop).expect("copied") }
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

/// A folder of the cache that a command downloads, once for what the files are that say what; `None` if it is not there and
/// nothing may be downloaded.
pub fn downloaded(what: &str, files: &[PathBuf], install: impl FnOnce(&Path) -> Command) -> Option<PathBuf> {
    let settings =
        Settings::for_tool(env!("CARGO_MANIFEST_DIR").into(), TARGET, folder().path().into()).expect("settings");
    let cache = Cache::open(&settings.cache, Progress::new()).expect("opened");
    let key = files.iter().fold(Key::new(), |key, file| key.part("file", of_file(file).expect("there")));
    let name = cache::entry(what, key);
    let _lock = cache.lock(&name).expect("locked");
    let place = cache.path(&name);
    if !place.is_dir() {
        if settings.offline {
            let place = place.display();
            eprintln!("not tested: CARGO_NET_OFFLINE is set, and the {what} are not in the cache at {place}");
            return None;
        }
        // What an interrupted run has left would be in the way.
        let work = cache.path(&format!("{name}.work"));
        let _ = fs::remove_dir_all(&work);
        let said = super::run(install(&work));
        assert_eq!(said.status, Some(0), "{}", said.stderr);
        fs::rename(&work, &place).expect("put in its place");
    }
    Some(place)
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
