//! `pyproject.toml`: what `[tool.pyapp]` asks for. Where `[project]` says enough, that table may be missing.

use super::allowed::Allowed;
use super::asked::{Asked, Form};
use super::commands::Commands;
use super::flat;
use super::limits::limits;
use super::metadata::Metadata;
use super::permissions::permissions;
use super::single;
use super::values::{modules, package, packages, parse_entry, parse_toml, paths, strings};
use crate::error::{Doing, Error, Result};
use crate::output::Report;
use policy::{Permissions, RunLimits};
use std::path::{Path, PathBuf};

/// The file that says what goes in.
pub(super) const FILE: &str = "pyproject.toml";

/// `libs`, if it is not said.
const LIBS: &str = "python_libs";

/// What starts when the executable does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The dotted module name.
    pub module: String,
    /// With a function, the module is imported and the function called; without, the module is run as `__main__`.
    pub function: Option<String>,
}

impl Entry {
    /// As it is written: `pkg.mod` or `pkg.mod:function`.
    pub fn text(&self) -> String {
        match &self.function {
            Some(function) => format!("{}:{function}", self.module),
            None => self.module.clone(),
        }
    }
}

/// A project's settings, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// The settings file.
    pub file: PathBuf,
    /// The folder that it is of.
    pub folder: PathBuf,
    /// `[project]`, if there is one.
    pub metadata: Option<Metadata>,
    /// What says which distributions it asks for, if it asks for any.
    pub asked: Option<Asked>,
    /// If it is a script: the name of its module, which may be another than its file's.
    pub script: Option<String>,
    /// What starts: `entry`, or what chooses among the commands.
    pub entry: Entry,
    /// `[project.scripts]`, if there are several, and `entry` is no module.
    pub commands: Option<Commands>,
    /// `libs`: folders whose contents go into site-packages.
    pub libs: Vec<PathBuf>,
    /// Modules and packages of the project that lie in none of them.
    pub modules: Vec<PathBuf>,
    /// `exclude`: paths below `libs` that are left out.
    pub exclude: Vec<String>,
    /// `keep-source`: modules, and folders of them, whose sources are bundled, too: paths with `*`.
    pub keep_source: Vec<String>,
    /// `reports`: what is written beside the executable.
    pub reports: Vec<Report>,
    /// `extras`: what is installed of `[project.optional-dependencies]`.
    pub extras: Vec<String>,
    /// `groups`: what is installed of `[dependency-groups]`.
    pub groups: Vec<String>,
    /// `from-source`: distributions that are built from source, in Python only.
    pub from_source: Vec<String>,
    /// `build-on-host`: distributions whose build backends run on this machine, and not inside the guest.
    pub build_on_host: Vec<String>,
    /// `native`: distributions with extensions that are built from source on this machine.
    pub native: Allowed,
    /// `native-wheels`: a folder of wheels for our platform.
    pub native_wheels: Option<PathBuf>,
    /// `optimize`: CPython's optimisation level, 0 to 2.
    pub optimize: u8,
    /// `snapshot`: whether a run resumes from the image of an initialised interpreter.
    pub snapshot: bool,
    /// `snapshot-include`: modules to import for the snapshot that the entry imports later, in a function.
    pub snapshot_include: Vec<String>,
    /// `snapshot-exclude`: modules whose import must happen in each run.
    pub snapshot_exclude: Vec<String>,
    /// `reproducible`: whether the same inputs give the same image, hash seed included.
    pub reproducible: bool,
    /// `stdlib = "used"`: modules of the standard library that are kept whether or not something imports them
    /// (`stdlib-include`); `None` for all of it.
    pub stdlib_used: Option<Vec<String>>,
    /// `openssl`: whether the interpreter has OpenSSL; `None` if it has what the app needs.
    pub openssl: Option<bool>,
    /// `size`: what the executable is made for.
    pub size: Size,
    /// `permissions`: what the app may reach of the machine that it runs on.
    pub permissions: Permissions,
    /// `limits`: how much a run may use.
    pub limits: RunLimits,
}

/// What is kept as it is in the executable, and what compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// Machine code and images are used where they lie.
    Fast,
    /// They are compressed, and expanded at each start.
    Small,
}

/// The keys of `[tool.pyapp]`, for the message about one that is not among them.
const KEYS: &str = "build-on-host, entry, exclude, extras, from-source, groups, keep-source, libs, limits, native, native-wheels, openssl, optimize, permissions, reports, reproducible, size, snapshot, snapshot-exclude, snapshot-include, stdlib, stdlib-include";

/// What holds where `[tool.pyapp]` says nothing.
pub(super) struct Defaults<'a> {
    /// What can start, each by its name; or what is wrong there.
    pub commands: std::result::Result<Vec<(String, Entry)>, String>,
    pub libs: Vec<&'a str>,
    /// What lies outside of them.
    pub modules: Vec<PathBuf>,
    pub metadata: Option<Metadata>,
    pub asked: Option<Asked>,
    pub script: Option<String>,
}

/// That a path in the settings is none of a folder.
fn no_folder(path: &Path) -> String {
    format!("expected a folder, found none at {}; create or correct it", path.display())
}

/// `from-source`, if it is not said: popular distributions whose wheels are native code, and that are Python when they are
/// built without a compiler.
const FROM_SOURCE: [&str; 3] = ["markupsafe", "msgpack", "pyyaml"];

impl Project {
    /// Reads the settings of the project in a folder; of a script or a wheel, where `path` is a file.
    ///
    /// # Errors
    /// [`Error::Project`] naming the file and the key; [`Error::Io`].
    pub fn read(path: &Path) -> Result<Project> {
        if path.is_file() {
            return single::read(path);
        }
        let file = path.join(FILE);
        if !file.is_file() {
            return Err(Error::Project {
                place: file.display().to_string(),
                message: "expected the project's settings here, found no file; write [tool.pyapp] with an entry".into(),
            });
        }
        let text = std::fs::read_to_string(&file).doing("read", &file)?;
        Project::parse(file, path, &text)
    }

    pub(super) fn parse(file: PathBuf, folder: &Path, text: &str) -> Result<Project> {
        let table = parse_toml(&file, text)?;
        let metadata = Metadata::read(&table);
        let commands = metadata.as_ref().map_or_else(|| Ok(Vec::new()), Metadata::commands);
        let asked = Asked::find(folder, metadata.as_ref());
        // A project that has libraries from elsewhere needs no folder of them.
        let is_package = metadata.as_ref().is_some_and(|metadata| metadata.is_package);
        let says_nothing = section(&table).is_none_or(|section| !section.contains_key("libs"));
        let is_there = |name: &str| folder.join(name).is_dir();
        let mut modules = Vec::new();
        let libs = if is_there(LIBS) {
            vec![LIBS]
        } else if metadata.is_none() {
            if asked.is_none() { vec![LIBS] } else { Vec::new() }
        } else if is_package || !says_nothing {
            Vec::new()
        } else if is_there(flat::SOURCES) && flat::has_modules(&folder.join(flat::SOURCES))? {
            vec![flat::SOURCES]
        } else {
            modules = flat::modules(folder)?;
            Vec::new()
        };
        if section(&table).is_none() && metadata.is_none() {
            let message = "expected a table [tool.pyapp], found none; add it with an entry".to_string();
            return Err(Error::Project { place: file.display().to_string(), message });
        }
        Project::of(file, folder, &table, Defaults { commands, libs, modules, metadata, asked, script: None })
    }

    /// What `[tool.pyapp]` in a file says, and what holds without it.
    pub(super) fn of(file: PathBuf, folder: &Path, table: &toml::Table, defaults: Defaults<'_>) -> Result<Project> {
        let fail = |key: &str, message: String| Error::Project {
            place: format!("{}, [tool.pyapp] {key}", file.display()),
            message,
        };
        let none = toml::Table::new();
        let section = section(table).unwrap_or(&none);
        let (mut entry, mut libs) = (None, None);
        let (mut from_source, mut native) = (None, Allowed::None);
        let (mut optimize, mut snapshot, mut reproducible, mut size) = (0, true, false, Size::Fast);
        let (mut exclude, mut extras, mut groups, mut build_on_host) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut keep_source, mut reports) = (Vec::new(), Vec::new());
        let (mut granted, mut limited) = (Permissions::default(), RunLimits::default());
        let (mut snapshot_include, mut snapshot_exclude) = (Vec::new(), Vec::new());
        let (mut only_used, mut stdlib_include) = (false, None);
        let (mut native_wheels, mut openssl) = (None, None);
        for (key, value) in section {
            let wrong = |what: &str| fail(key, format!("expected {what}, found {value}"));
            match key.as_str() {
                "entry" => {
                    let text = value.as_str().ok_or_else(|| wrong("a string"))?;
                    let form = "\"pkg.mod\" or \"pkg.mod:function\"";
                    entry = Some(parse_entry(text).ok_or_else(|| wrong(form))?);
                }
                "build-on-host" | "from-source" => {
                    let names =
                        strings(value).and_then(packages).ok_or_else(|| wrong("a list of names of packages"))?;
                    if key == "from-source" { from_source = Some(names) } else { build_on_host = names }
                }
                "extras" | "groups" => {
                    let form = defaults.asked.as_ref().map(|asked| asked.form);
                    if !matches!(form, Some(Form::Project | Form::UvLock)) {
                        let message = "expected a [project] with dependencies, and no pylock.toml, found another project; \
                                       correct the project or remove it";
                        return Err(fail(key, message.to_string()));
                    }
                    let names = strings(value).and_then(packages).ok_or_else(|| wrong("a list of names"))?;
                    *(if key == "extras" { &mut extras } else { &mut groups }) = names;
                }
                "limits" => {
                    limited = limits(value).map_err(|(below, message)| fail(&format!("{key}{below}"), message))?;
                }
                "libs" => libs = Some(strings(value).ok_or_else(|| wrong("a list of folders"))?),
                "exclude" => {
                    exclude = strings(value).and_then(paths).ok_or_else(|| wrong("a list of paths below libs"))?
                }
                "keep-source" => {
                    keep_source = strings(value).and_then(paths).ok_or_else(|| wrong("a list of paths below libs"))?
                }
                "native" => {
                    let names = || strings(value).and_then(packages).map(Allowed::These);
                    let all = |all| if all { Allowed::AllBut(Vec::new()) } else { Allowed::None };
                    let form = "true, false or a list of names of packages";
                    native = value.as_bool().map(all).or_else(names).ok_or_else(|| wrong(form))?;
                }
                "native-wheels" => {
                    let path = folder.join(value.as_str().ok_or_else(|| wrong("a folder"))?);
                    if !path.is_dir() {
                        return Err(fail(key, no_folder(&path)));
                    }
                    native_wheels = Some(path);
                }
                "openssl" => openssl = Some(value.as_bool().ok_or_else(|| wrong("true or false"))?),
                "optimize" => {
                    let level = value.as_integer().and_then(|level| u8::try_from(level).ok());
                    optimize = level.filter(|level| *level <= 2).ok_or_else(|| wrong("0, 1 or 2"))?;
                }
                "permissions" => {
                    granted = permissions(value).map_err(|(below, message)| fail(&format!("{key}{below}"), message))?;
                }
                "reports" => {
                    let names = strings(value).unwrap_or_default();
                    let parsed: Option<Vec<Report>> = names.iter().map(|name| Report::parse(name)).collect();
                    reports = parsed
                        .filter(|_| value.is_array())
                        .ok_or_else(|| wrong("a list of \"licenses\" and \"sbom\""))?;
                }
                "reproducible" => reproducible = value.as_bool().ok_or_else(|| wrong("true or false"))?,
                "size" => {
                    size = match value.as_str() {
                        Some("fast") => Size::Fast,
                        Some("small") => Size::Small,
                        _ => return Err(wrong("\"fast\" or \"small\"")),
                    }
                }
                "snapshot" => snapshot = value.as_bool().ok_or_else(|| wrong("true or false"))?,
                "snapshot-include" => {
                    snapshot_include = modules(value).ok_or_else(|| wrong("a list of module names"))?
                }
                "snapshot-exclude" => {
                    snapshot_exclude = modules(value).ok_or_else(|| wrong("a list of module names"))?
                }
                "stdlib" => {
                    only_used = match value.as_str() {
                        Some("all") => false,
                        Some("used") => true,
                        _ => return Err(wrong("\"all\" or \"used\"")),
                    }
                }
                "stdlib-include" => {
                    stdlib_include = Some(modules(value).ok_or_else(|| wrong("a list of module names"))?)
                }
                _ => {
                    let message = format!("expected one of {KEYS}, found an unknown key; correct or remove it");
                    return Err(fail(key, message));
                }
            }
        }
        if stdlib_include.is_some() && !only_used {
            let message = "expected stdlib = \"used\" beside it, found that all is bundled; add that or remove this";
            return Err(fail("stdlib-include", message.to_string()));
        }
        if let Allowed::AllBut(names) = &mut native {
            names.extend(from_source.iter().flatten().cloned());
        }
        let from_source = from_source.unwrap_or_else(|| FROM_SOURCE.map(str::to_string).to_vec());
        let Defaults { metadata, asked, script, .. } = defaults;
        let (entry, commands) =
            starts(entry, defaults.commands, &defaults.modules).map_err(|message| fail("entry", message))?;
        let libs = libs.unwrap_or_else(|| defaults.libs.iter().map(|lib| lib.to_string()).collect());
        let libs = libs.iter().map(|lib| folder.join(lib)).collect::<Vec<_>>();
        for lib in &libs {
            if !lib.is_dir() {
                return Err(fail("libs", no_folder(lib)));
            }
        }
        Ok(Project {
            folder: folder.to_path_buf(),
            file,
            metadata,
            asked,
            script,
            entry,
            commands,
            libs,
            modules: defaults.modules,
            exclude,
            keep_source,
            reports,
            extras,
            groups,
            from_source,
            build_on_host,
            native,
            native_wheels,
            optimize,
            snapshot,
            snapshot_include,
            snapshot_exclude,
            reproducible,
            stdlib_used: only_used.then(|| stdlib_include.unwrap_or_default()),
            openssl,
            size,
            permissions: granted,
            limits: limited,
        })
    }

    /// What starts, in words.
    pub(crate) fn starts(&self) -> String {
        match &self.commands {
            Some(Commands { list, .. }) => {
                let names: Vec<&str> = list.iter().map(|(name, _)| name.as_str()).collect();
                format!("one of {}", names.join(", "))
            }
            None => self.entry.text(),
        }
    }

    /// What of `exclude` may name distributions, which are then not installed: names, as package registries have them.
    pub(crate) fn excluded_packages(&self) -> Vec<String> {
        self.exclude.iter().filter_map(|path| package(path)).collect()
    }

    /// The place of a key, for messages.
    pub fn place(&self, key: &str) -> String {
        format!("{}, [tool.pyapp] {key}", self.file.display())
    }
}

/// What starts, of an entry that is said and the scripts.
fn starts(
    entry: Option<Entry>,
    scripts: std::result::Result<Vec<(String, Entry)>, String>,
    modules: &[PathBuf],
) -> std::result::Result<(Entry, Option<Commands>), String> {
    match (entry, scripts) {
        (Some(entry), Ok(list)) if list.len() > 1 && entry.function.is_some() => {
            let commands = Commands { list, default: Some(entry) };
            Ok((commands.entry(), Some(commands)))
        }
        (Some(entry), _) => Ok((entry, None)),
        (None, Err(wrong)) => Err(wrong),
        (None, Ok(list)) if list.is_empty() && modules.iter().any(|module| module.ends_with("main.py")) => {
            Ok((Entry { module: "main".into(), function: None }, None))
        }
        (None, Ok(list)) if list.is_empty() => {
            Err("expected what to run, found nothing, and no [project.scripts]; add one of them".to_string())
        }
        (None, Ok(mut list)) if list.len() == 1 => Ok((list.remove(0).1, None)),
        (None, Ok(list)) => {
            let commands = Commands { list, default: None };
            Ok((commands.entry(), Some(commands)))
        }
    }
}

/// `[tool.pyapp]`.
fn section(table: &toml::Table) -> Option<&toml::Table> {
    table.get("tool")?.get("pyapp")?.as_table()
}
