//! C libraries that extensions are linked with, each compiled once for a toolchain from the sources that `wasm/libraries.toml` pins. A
//! folder of the cache:
//!
//! | path | what |
//! |---|---|
//! | `include/` | its headers |
//! | `lib/` | its archives |
//! | `bin/` | the program that tells builds of it, if it is known by one (`xml2-config`) |
//! | `licence/` | its licence |

use super::table::{Library, Made, Package, Table};
use super::toolchain::{Toolchain, set_compiler};
use crate::cache::entry;
use crate::context::Build;
use crate::copies::copy;
use crate::error::{Doing, Error, Result};
use crate::hash::{self, Key, sorted_entries};
use crate::log::Log;
use crate::programs::make_executable;
use crate::runtime::{Packed, get_sources};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// What makes libraries what they are, beside the toolchain and the table.
const STEPS: &str = concat!(include_str!("libraries.rs"), include_str!("table.rs"));
/// For one source.
const LIMIT: Duration = Duration::from_secs(10 * 60);
/// How libraries are compiled, beside what the table says.
const FLAGS: [&str; 2] = ["-O2", "-DNDEBUG"];

/// The folder of a library's licence.
const LICENCE: &str = "licence";

/// What a package is built with beside the toolchain.
pub(crate) struct Linked {
    /// The folders of the libraries.
    pub folders: Vec<PathBuf>,
    /// The names of their archives, as the linker knows them.
    names: Vec<String>,
    /// Variables of the build.
    pub environment: BTreeMap<String, String>,
    /// What the build backend is told.
    pub settings: BTreeMap<String, String>,
    /// All that this depends on.
    pub key: Key,
}

impl Linked {
    /// The compiler's flags.
    pub fn compiling(&self) -> String {
        self.folders.iter().map(|folder| format!(" -I{}", folder.join("include").display())).collect()
    }

    /// The files with their licences.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn licences(&self) -> Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        for folder in &self.folders {
            files.extend(sorted_entries(&folder.join(LICENCE))?.into_iter().map(|entry| entry.path()));
        }
        Ok(files)
    }

    /// The linker's flags. What is not used of the archives is left out.
    pub fn linking(&self) -> String {
        let folders = self.folders.iter().map(|folder| format!(" -L{}", folder.join("lib").display()));
        folders.chain(self.names.iter().map(|name| format!(" -l{name}"))).collect()
    }
}

impl Build {
    /// What a package is built with; `None` for most. Its libraries are found in the cache, or compiled.
    ///
    /// # Errors
    /// [`Error::Project`] if it cannot be built, or the table is wrong; [`Error::Runtime`] if sources cannot be had;
    /// [`Error::Step`]; [`Error::Io`].
    pub(crate) fn linked(&self, toolchain: &Toolchain, package: &str) -> Result<Option<Linked>> {
        let table = Table::read(&self.settings().source)?;
        let Some(Package { refused, libraries, environment, settings }) = table.package(package) else {
            return Ok(None);
        };
        if let Some(reason) = refused {
            return Err(Error::Project {
                place: format!("native, {package}"),
                message: format!(
                    "expected a package that works as WebAssembly, found one that {reason}; do without it, or, if the app \
                     works without it, set [tool.pyapp] exclude = [{package:?}]"
                ),
            });
        }
        let mut key =
            Key::new().part("environment", format!("{environment:?}")).part("settings", format!("{settings:?}"));
        let (mut folders, mut names) = (Vec::new(), Vec::new());
        for (name, library) in table.with_used(libraries) {
            let own = self.key_of_library(&table, library, toolchain)?;
            key = key.part(name, own.clone().hex());
            folders.push(self.library(&table, name, library, toolchain, own)?);
            names.extend(library.archives.keys().cloned());
        }
        Ok(Some(Linked { folders, names, environment: environment.clone(), settings: settings.clone(), key }))
    }

    fn key_of_library(&self, table: &Table, library: &Library, toolchain: &Toolchain) -> Result<Key> {
        let key = table.key_of(library, toolchain.key.clone()).part("steps", STEPS);
        Ok(match library.package {
            Some(_) => key.part("crates", hash::of_file(&self.settings().source.join("wasm/sources/Cargo.lock"))?),
            None => key,
        })
    }

    /// The folder of a library.
    fn library(
        &self,
        table: &Table,
        name: &str,
        library: &Library,
        toolchain: &Toolchain,
        key: Key,
    ) -> Result<PathBuf> {
        let mut needed = Vec::new();
        for (name, used) in table.with_used(&library.uses) {
            let key = self.key_of_library(table, used, toolchain)?;
            needed.push(self.library(table, name, used, toolchain, key)?);
        }
        let (settings, cache) = (self.settings(), self.cache());
        cache.folder("library", key.clone(), |folder| {
            let log = cache.path(&format!("{}.log", entry("library", key.clone())));
            cache.stage(&format!("compiling {name} {} for extensions, once; log: {}", library.version, log.display()));
            let log = Log::create(&log)?;
            let work = folder.join("work");
            let unpacked = work.join("sources");
            fs::create_dir_all(&unpacked).doing("create", &unpacked)?;
            let get = |packed: &Packed<'_>| get_sources((settings, cache), &log, name, packed, &unpacked);
            let got = match (&library.package, &library.toolchain) {
                (Some(package), _) => get(&Packed::Crate(package))?,
                (_, Some(inside)) => toolchain.folder.join(inside),
                _ => get(&Packed::Archives(&library.sources))?,
            };
            let sources = library.folder.as_ref().map_or(got.clone(), |inside| got.join(inside));
            let making = Making { name, library, toolchain, sources, folder, work: &work, needed, log: &log };
            making.headers()?;
            making.compile()?;
            making.tell()?;
            fs::remove_dir_all(&work).doing("remove", &work)
        })
    }
}

/// A library that is being made.
struct Making<'a> {
    name: &'a str,
    library: &'a Library,
    toolchain: &'a Toolchain,
    /// Where its sources are.
    sources: PathBuf,
    /// Where the result goes.
    folder: &'a Path,
    /// What is removed afterwards.
    work: &'a Path,
    /// The folders of what it needs.
    needed: Vec<PathBuf>,
    log: &'a Log,
}

impl Making<'_> {
    /// Puts its headers into place, and makes the files that its own configure would make.
    fn headers(&self) -> Result<()> {
        let include = self.folder.join("include");
        fs::create_dir_all(&include).doing("create", &include)?;
        for (inside, files) in &self.library.headers {
            let to = include.join(inside);
            fs::create_dir_all(&to).doing("create", &to)?;
            for file in files {
                let from = self.sources.join(file);
                if from.is_file() {
                    copy(&from, &to.join(from.file_name().unwrap_or_default()))?;
                    continue;
                }
                for entry in sorted_entries(&from)? {
                    if entry.path().extension().is_some_and(|ending| ending == "h") {
                        copy(&entry.path(), &to.join(entry.file_name()))?;
                    }
                }
            }
        }
        self.library.made.iter().try_for_each(|made| self.make(made))
    }

    fn make(&self, made: &Made) -> Result<()> {
        let text = match &made.template {
            None => made.text.clone().unwrap_or_default(),
            Some(template) => {
                let path = self.sources.join(template);
                let template = fs::read_to_string(&path).doing("read", &path)?;
                made.contents(&template).map_err(|message| Error::Project {
                    place: format!("wasm/libraries.toml: library.{}: {}", self.name, path.display()),
                    message,
                })?
            }
        };
        let folder = if made.is_header { self.folder.join("include") } else { self.own() };
        let path = folder.join(&made.path);
        let parent = path.parent().unwrap_or(&folder);
        fs::create_dir_all(parent).doing("create", parent)?;
        fs::write(&path, text).doing("write", &path)
    }

    /// Where files are that were made for the library only.
    fn own(&self) -> PathBuf {
        self.work.join("own")
    }

    /// Compiles its archives.
    fn compile(&self) -> Result<()> {
        let (lib, objects) = (self.folder.join("lib"), self.work.join("objects"));
        for folder in [&lib, &objects] {
            fs::create_dir_all(folder).doing("create", folder)?;
        }
        for (archive, sources) in &self.library.archives {
            let mut compiled = Vec::new();
            for (number, source) in sources.iter().enumerate() {
                let object = objects.join(format!("{archive}-{number}.o"));
                let mut compile = self.program("cc");
                compile.args(FLAGS).args(&self.library.cflags).arg(format!("-I{}", self.own().display()));
                compile.arg(format!("-I{}", self.folder.join("include").display()));
                compile.args(
                    self.library.include.iter().map(|inside| format!("-I{}", self.sources.join(inside).display())),
                );
                compile.args(self.needed.iter().map(|needed| format!("-I{}", needed.join("include").display())));
                compile.arg("-c").arg(self.sources.join(source)).arg("-o").arg(&object);
                self.log.run(&format!("compiling {source} of {}", self.name), compile, LIMIT)?;
                compiled.push(object);
            }
            let mut pack = self.program("ar");
            pack.arg("rcsD").arg(lib.join(format!("lib{archive}.a"))).args(compiled);
            self.log.run(&format!("archiving lib{archive}"), pack, LIMIT)?;
        }
        Ok(())
    }

    /// A program of the toolchain. What it compiles names no folder of this machine.
    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.toolchain.folder.join("bin").join(name));
        set_compiler(&mut command, &self.work.join("compiler-cache"), self.toolchain.date);
        command.env("PYAPP_BUILD", &self.sources);
        command
    }

    /// Its licence, and the program that tells builds of it.
    fn tell(&self) -> Result<()> {
        let licences = self.folder.join(LICENCE);
        fs::create_dir_all(&licences).doing("create", &licences)?;
        copy(&self.sources.join(&self.library.licence), &licences.join(format!("lib{}.txt", self.name)))?;
        let Some(config) = &self.library.config else { return Ok(()) };
        let libraries: String = self.library.archives.keys().map(|name| format!(" -l{name}")).collect();
        let script = format!(
            "#!/bin/sh\nhere=$(cd \"${{0%/*}}/..\" && pwd)\nfor asked; do\n  case $asked in\n    --version) echo {} ;;\n    \
             --cflags) echo \"-I$here/include\" ;;\n    --libs) echo \"-L$here/lib{libraries}\" ;;\n  esac\ndone\n",
            self.library.version
        );
        make_executable(&self.folder.join("bin").join(config), &script)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::common::test_build::TestBuild;

    /// A build whose table this is.
    fn build(table: &str) -> TestBuild {
        let test = TestBuild::new();
        fs::create_dir(test.path("wasm")).expect("created");
        fs::write(test.path("wasm/libraries.toml"), table).expect("written");
        test
    }

    fn linked(test: &TestBuild, package: &str) -> Result<Option<Linked>> {
        let toolchain = Toolchain { folder: test.path("toolchain"), key: Key::new(), date: 0 };
        test.open().linked(&toolchain, package)
    }

    #[test]
    fn what_cannot_be_built_is_refused_with_its_reason() {
        let test = build("[library]\n[package.cffi]\nrefused = \"makes machine code\"\n");
        let refused = linked(&test, "cffi").err().expect("refused").to_string();
        assert_eq!(
            refused,
            "native, cffi: expected a package that works as WebAssembly, found one that makes machine code; do without it, \
             or, if the app works without it, set [tool.pyapp] exclude = [\"cffi\"]"
        );
        assert!(linked(&test, "six").expect("read").is_none());
    }

    #[test]
    fn a_library_is_compiled_once_and_found_by_flags() {
        let table = "[library.b]\nversion = \"1\"\ntoolchain = \"b\"\nlicence = \"L\"\narchives = { b = [\"b.c\"] }\n\
            headers = { sub = [\"b.h\"] }\nconfig = \"b-config\"\nmade = [{ path = \"made.h\", is_header = true, template = \"t\", \
            values = { X = \"1\" } }]\n[package.a]\nlibraries = [\"b\"]\nsettings = { k = \"v\" }\n";
        let test = build(table);
        for (name, text) in [("b/b.c", ""), ("b/b.h", "h"), ("b/t", "@X@"), ("b/L", "free")] {
            let path = test.path("toolchain").join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("created");
            fs::write(path, text).expect("written");
        }
        // In place of a compiler: it makes what looks like a result.
        let script = "#!/bin/sh\nfor last; do case $last in *.o|*.a) echo > \"$last\";; esac; done\n";
        for name in ["cc", "ar"] {
            make_executable(&test.path("toolchain/bin").join(name), script).expect("made");
        }
        let made = linked(&test, "a").expect("made").expect("linked");
        let [folder] = &made.folders[..] else { panic!("one folder") };
        for (name, text) in [("include/sub/b.h", "h"), ("include/made.h", "1"), ("licence/libb.txt", "free")] {
            assert_eq!(fs::read_to_string(folder.join(name)).expect("there"), text, "{name}");
        }
        assert!(folder.join("lib/libb.a").is_file() && !folder.join("work").exists());
        assert_eq!(made.compiling(), format!(" -I{}/include", folder.display()));
        assert_eq!(made.linking(), format!(" -L{}/lib -lb", folder.display()));
        assert_eq!(made.settings["k"], "v");
        let said = Command::new(folder.join("bin/b-config")).args(["--version", "--libs"]).output().expect("started");
        let expected = format!("1\n-L{}/lib -lb\n", folder.display());
        assert_eq!(String::from_utf8_lossy(&said.stdout), expected);
        // Nothing compiles now.
        fs::remove_dir_all(test.path("toolchain/bin")).expect("removed");
        let again = linked(&test, "a").expect("found").expect("linked");
        assert_eq!((again.folders, again.key.hex()), (made.folders, made.key.hex()));
    }
}
