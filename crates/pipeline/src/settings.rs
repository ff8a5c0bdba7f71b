//! The one door for environment variables of a build. Each is told to cargo, so that a change of it builds again.

use crate::error::{Error, Result};
use std::env;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What a build is told from outside. See the README for what each variable means.
#[derive(Clone, Debug)]
pub struct Settings {
    /// pyapp's own source: where `wasm/` and `compile_library.py` are (`CARGO_MANIFEST_DIR`).
    pub source: PathBuf,
    /// The project to bundle (`PYAPP_PROJECT`, default: pyapp's own folder): a folder, a script or a wheel.
    pub project: PathBuf,
    /// A ready-made runtime (`PYAPP_PYTHON`).
    pub python: Option<PathBuf>,
    /// Where slow results are kept (`PYAPP_CACHE`, default: the platform's cache folder).
    pub cache: PathBuf,
    /// Nothing may be downloaded (`CARGO_NET_OFFLINE`).
    pub offline: bool,
    /// Where the assets go (`OUT_DIR`).
    pub out: PathBuf,
    /// The target triple that the executable is built for (`TARGET`).
    pub target: String,
    /// This machine's triple (`HOST`).
    pub host: String,
    /// The cargo that builds (`CARGO`), to ask for pinned crate sources.
    pub cargo: PathBuf,
    /// The compiler for extensions in Rust (`PYAPP_RUSTC`, default: the first one on the path that serves).
    pub rustc: Option<PathBuf>,
    /// How much it bears.
    pub bounds: Bounds,
}

/// How much a build bears of what dependencies, and those who build them, make of it.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// How long a build backend may take.
    pub backend: Duration,
    /// How many bytes may be unpacked, and how many a build backend may write.
    pub bytes: u64,
    /// How many files and folders may be unpacked.
    pub files: u64,
}

impl Default for Bounds {
    /// Ten minutes, 2 GiB, 200,000 files: several times what the largest sets of distributions in use have.
    fn default() -> Bounds {
        Bounds { backend: Duration::from_secs(10 * 60), bytes: 2 << 30, files: 200_000 }
    }
}

/// The variables whose change builds again.
const WATCHED: [&str; 5] = ["PYAPP_PROJECT", "PYAPP_PYTHON", "PYAPP_CACHE", "PYAPP_RUSTC", "CARGO_NET_OFFLINE"];

impl Settings {
    /// Reads the environment of a cargo build script and tells cargo which variables count.
    ///
    /// # Errors
    /// [`Error::Project`] if a variable names a folder that is not there, or there is no place for the cache.
    pub fn from_build_script() -> Result<Settings> {
        for name in WATCHED {
            println!("cargo:rerun-if-env-changed={name}");
        }
        Settings::of_build_script(&variable)
    }

    fn of_build_script(variable: Variables<'_>) -> Result<Settings> {
        let required = |name| required(name, variable);
        let source = PathBuf::from(required("CARGO_MANIFEST_DIR")?);
        let project = match existing("PYAPP_PROJECT", variable, &source, "a folder, a script or a wheel", Path::exists)?
        {
            Some(project) => project,
            None => source.clone(),
        };
        Ok(Settings {
            project,
            python: folder("PYAPP_PYTHON", variable, &source)?,
            cache: cache_folder(&source)?,
            offline: is_offline(),
            out: required("OUT_DIR")?.into(),
            target: required("TARGET")?,
            host: required("HOST")?,
            cargo: required("CARGO")?.into(),
            rustc: existing("PYAPP_RUSTC", variable, &source, "a program", Path::is_file)?,
            bounds: Bounds::default(),
            source,
        })
    }

    /// Reads the environment of a tool or test that runs after the build: `source` is pyapp's own folder, `target` this
    /// machine's triple, `out` where assets would go.
    ///
    /// # Errors
    /// As [`Settings::from_build_script`].
    pub fn for_tool(source: PathBuf, target: &str, out: PathBuf) -> Result<Settings> {
        Ok(Settings {
            project: source.clone(),
            python: folder("PYAPP_PYTHON", &variable, &source)?,
            cache: cache_folder(&source)?,
            offline: is_offline(),
            out,
            target: target.to_string(),
            host: target.to_string(),
            cargo: variable("CARGO").unwrap_or_else(|| "cargo".to_string()).into(),
            rustc: existing("PYAPP_RUSTC", &variable, &source, "a program", Path::is_file)?,
            bounds: Bounds::default(),
            source,
        })
    }
}

fn is_offline() -> bool {
    variable("CARGO_NET_OFFLINE").is_some_and(|value| value == "true" || value == "1")
}

/// The cache folder: `PYAPP_CACHE`, relative to `base`, or the platform's.
///
/// # Errors
/// [`Error::Project`] if there is no place for it.
pub fn cache_folder(base: &Path) -> Result<PathBuf> {
    match variable("PYAPP_CACHE") {
        Some(cache) => Ok(base.join(cache)),
        None => default_cache(),
    }
}

/// Values of variables, by name: those of this process, or a test's.
type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A variable that is set and not empty.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn required(name: &str, variable: Variables<'_>) -> Result<String> {
    variable(name).ok_or_else(|| Error::Project {
        place: format!("environment variable {name}"),
        message: "expected cargo to set it, found nothing; build with cargo build".to_string(),
    })
}

/// A folder that must be there.
fn folder(name: &str, variable: Variables<'_>, base: &Path) -> Result<Option<PathBuf>> {
    existing(name, variable, base, "a folder", Path::is_dir)
}

/// What must be there. A relative path counts from pyapp's source, as cargo starts build scripts there.
fn existing(
    name: &str,
    variable: Variables<'_>,
    base: &Path,
    what: &str,
    is_there: impl Fn(&Path) -> bool,
) -> Result<Option<PathBuf>> {
    let Some(value) = variable(name) else { return Ok(None) };
    let path = base.join(value);
    if is_there(&path) {
        return Ok(Some(path));
    }
    Err(Error::Project {
        place: format!("environment variable {name}"),
        message: format!("expected {what}, found nothing at {}; correct the path or unset it", path.display()),
    })
}

fn default_cache() -> Result<PathBuf> {
    let folder = if cfg!(windows) {
        variable("LOCALAPPDATA").map(PathBuf::from)
    } else {
        cache_of_home(env::home_dir(), variable("XDG_CACHE_HOME").map(PathBuf::from))
    };
    folder.map(|folder| folder.join("pyapp")).ok_or_else(no_cache)
}

fn cache_of_home(home: Option<PathBuf>, xdg: Option<PathBuf>) -> Option<PathBuf> {
    let home = home.filter(|home| home.is_absolute());
    if cfg!(target_os = "macos") {
        home.map(|home| home.join("Library/Caches"))
    } else {
        xdg.filter(|path| path.is_absolute()).or_else(|| home.map(|home| home.join(".cache")))
    }
}

fn no_cache() -> Error {
    Error::Project {
        place: "environment variable PYAPP_CACHE".to_string(),
        message: "expected it or a home folder to keep the Python runtime in, found neither; set PYAPP_CACHE"
            .to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Settings of a build script whose environment has what cargo sets, for a source in `base`; less one variable, and with
    /// another.
    fn read(base: &Path, less: &str, more: (&str, &str)) -> std::result::Result<Settings, String> {
        let base = base.to_str().expect("UTF-8");
        let cargo =
            [("CARGO_MANIFEST_DIR", base), ("OUT_DIR", "out"), ("TARGET", "t"), ("HOST", "h"), ("CARGO", "cargo")];
        let variable = |name: &str| {
            let found = cargo.into_iter().chain([more]).find(|(other, _)| *other == name && name != less);
            found.map(|(_, value)| value.to_string())
        };
        Settings::of_build_script(&variable).map_err(|error| error.to_string())
    }

    #[test]
    fn a_folder_that_is_missing_can_be_corrected_or_not_named() {
        let base = tempfile::tempdir().expect("a temporary folder");
        let place = base.path().join("here");
        for (name, what) in [("PYAPP_PROJECT", "a folder, a script or a wheel"), ("PYAPP_PYTHON", "a folder")] {
            let expected = format!(
                "environment variable {name}: expected {what}, found nothing at {}; correct the path or unset it",
                place.display()
            );
            assert_eq!(read(base.path(), "", (name, "here")).expect_err("refused"), expected);
        }
        let unset = read(base.path(), "", ("", "")).expect("unset");
        assert_eq!((unset.project.as_path(), unset.python), (base.path(), None));
        std::fs::create_dir(&place).expect("created");
        assert_eq!(read(base.path(), "", ("PYAPP_PROJECT", "here")).expect("corrected").project, place);
        assert_eq!(read(base.path(), "", ("PYAPP_PYTHON", "here")).expect("corrected").python, Some(place));
        std::fs::write(base.path().join("app.py"), "").expect("written");
        let script = read(base.path(), "", ("PYAPP_PROJECT", "app.py")).expect("a file is a project, too");
        assert_eq!(script.project, base.path().join("app.py"));
        read(base.path(), "", ("PYAPP_PYTHON", "app.py")).expect_err("a file is no runtime");
    }

    #[test]
    fn what_cargo_sets_is_asked_for_by_name() {
        let base = tempfile::tempdir().expect("a temporary folder");
        for name in ["CARGO_MANIFEST_DIR", "OUT_DIR", "TARGET", "HOST", "CARGO"] {
            let message = "expected cargo to set it, found nothing; build with cargo build";
            let error = read(base.path(), name, ("", "")).expect_err("refused");
            assert_eq!(error, format!("environment variable {name}: {message}"));
        }
        read(base.path(), "", ("", "")).expect("as cargo build sets them");
    }

    #[test]
    fn the_cache_has_a_place_if_there_is_a_home() {
        assert_eq!(cache_of_home(None, None), None);
        assert_eq!(cache_of_home(Some("relative".into()), Some("relative".into())), None);
        assert!(cache_of_home(Some("/home/me".into()), None).is_some_and(|folder| folder.starts_with("/home/me")));
    }
}
