//! The recipe itself: from pinned sources to a runtime folder. Its text is part of the recipe's key.

use super::log::Log;
use super::profile::Optimizing;
use super::recipe::Recipe;
use super::sources::Sources;
use super::toolchain::{NEUTRAL, Toolchain, prefix_map, prefixed};
use super::{CHECKS, EXPORTS, HEADERS, PROVENANCE, STDLIB, TESTS, WASM, WITH_OPENSSL, compiler, profile, tools};
use crate::cache::{Cache, DOWNLOADS};
use crate::command::output;
use crate::copies::{copy, copy_all, copy_tree};
use crate::error::{Doing, Error, Result};
use crate::hash::{self, sorted_entries};
use crate::patches;
use crate::settings::Settings;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Generous: a slow machine takes minutes where this one takes one.
const CONFIGURE_LIMIT: Duration = Duration::from_secs(20 * 60);
const GUESS_LIMIT: Duration = Duration::from_secs(60);
const MAKE_LIMIT: Duration = Duration::from_secs(60 * 60);

/// What the interpreter is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To run apps.
    Apps,
    /// To count what the profile is made of.
    Training,
}

/// Carries the recipe out in `work` and returns the finished runtime folder inside it.
pub(super) fn build(
    (settings, cache): (&Settings, &Cache),
    recipe: &Recipe,
    purpose: Purpose,
    work: &Path,
    log: &Path,
) -> Result<PathBuf> {
    tools::check()?;
    // configure and make split the compiler's command at blanks.
    if work.to_string_lossy().contains(char::is_whitespace) {
        return Err(Error::Runtime(format!(
            "PYAPP_CACHE: expected a path without blanks to build CPython in, found {}; set it to another folder",
            work.display()
        )));
    }
    fs::create_dir_all(work).doing("create", work)?;
    let log = Log::create(log)?;
    let sources = Sources::new(settings, cache, recipe, &log)?;

    cache.stage("1/6 getting CPython's source and the compiler");
    // The folder of downloads is shared by recipes that have different locks.
    let downloading = cache.lock(DOWNLOADS)?;
    let archive = sources.cpython()?;
    let compiler = compiler::unpack(&sources, work)?;
    let tzdata = sources.wheel("tzdata", work)?;
    drop(downloading);
    let cpython = sources.unpack_cpython(&archive, work)?;
    patches::apply(&recipe.folder.join("patches/cpython"), &cpython)?;
    let mut libraries = Vec::new();
    for library in &recipe.libraries {
        libraries.push((library, sources.package(&library.package)?));
    }
    let openssl = sources.package(&recipe.openssl.package)?.join(&recipe.openssl.folder);
    let work = work.to_path_buf();
    let toolchain = Toolchain { recipe, work, cpython, compiler, tzdata, libraries, openssl, log: &log };

    cache.stage("2/6 a native Python, to build with");
    let (native, native_is) = toolchain.native_python()?;
    cache.stage("3/6 C libraries");
    toolchain.write_abi_header()?;
    toolchain.libraries()?;
    toolchain.openssl()?;
    cache.stage("4/6 configuring CPython for WebAssembly");
    toolchain.configure(&native)?;
    cache.stage("5/6 compiling CPython");
    let optimizing = match purpose {
        Purpose::Apps => toolchain.with_profile(cache)?,
        Purpose::Training => toolchain.counting(&sources.package_of(profile::COUNTER_PIN, profile::COUNTER)?)?,
    };
    toolchain.make(&optimizing, &[])?;
    toolchain.make_without_openssl(&optimizing)?;
    toolchain.checks()?;
    cache.stage("6/6 putting the runtime together");
    toolchain.assemble(&native_is, &optimizing)
}

impl Toolchain<'_> {
    /// CPython's build runs parts of itself with a native Python of the same minor version. Returns it, and what it is.
    fn native_python(&self) -> Result<(OsString, String)> {
        if let Some(python) = tools::build_python() {
            return Ok((python.into(), "a native 3.13 found on this machine".to_string()));
        }
        let folder = self.work.join("native");
        fs::create_dir_all(&folder).doing("create", &folder)?;
        let mut configure = Command::new(self.relative("configure"));
        // It only has to run for a minute, so compiling it quickly matters more than what it could do.
        configure.args(["-q", "--disable-test-modules", "--with-ensurepip=no", "OPT=-O1"]).current_dir(&folder);
        self.log.run("configuring a native CPython", configure, CONFIGURE_LIMIT)?;
        let mut make = Command::new("make");
        make.arg(jobs()).arg("python").current_dir(&folder);
        self.log.run("compiling a native CPython", make, MAKE_LIMIT)?;
        // The parts of the build that run under it need none of its extension modules.
        let name = if cfg!(any(target_os = "macos", windows)) { "python.exe" } else { "python" };
        Ok((folder.join(name).into(), format!("a native {} built from the same source", self.recipe.version())))
    }

    fn configure(&self, native: &OsString) -> Result<()> {
        // Our entry stands where CPython's own main() stands.
        copy(&self.recipe.folder.join("src/pyapp.c"), &self.cpython.join("Programs/python.c"))?;
        for header in
            ["drawn.h", "entry.h", "extension_types.h", "finalize.h", "immortal.h", "line_editor.h", "reached.h"]
        {
            copy(&self.recipe.folder.join("src").join(header), &self.cpython.join("Programs").join(header))?;
        }
        // What _ctypes is compiled with, in place of libffi.
        for file in ["ffi.c", "ffi.h"] {
            copy(&self.recipe.folder.join("src/ffi").join(file), &self.cpython.join("Modules/_ctypes").join(file))?;
        }
        let folder = self.wasm_folder();
        fs::create_dir_all(&folder).doing("create", &folder)?;
        let modules = folder.join("Modules");
        fs::create_dir_all(&modules).doing("create", &modules)?;
        copy(&self.recipe.folder.join("Setup.local"), &modules.join("Setup.local"))?;
        let guess = self.cpython.join("config.guess");
        let mut configure = Command::new(self.relative("configure"));
        configure.current_dir(&folder).arg("-q").args(&self.recipe.configure.args);
        configure.arg(format!("--build={}", native_triple(&guess)));
        configure.arg({
            let mut option = OsString::from("--with-build-python=");
            option.push(native);
            option
        });
        configure.arg(prefixed("--with-openssl=", &self.openssl_prefix()));
        let compiler = |what: &str| format!("{} {what}", self.compiler.display());
        let target = self.target_flags().join(" ");
        let lib = self.dependencies("lib");
        let cflags: Vec<String> =
            self.recipe.compiler.cflags.iter().chain(&self.recipe.configure.cflags).cloned().collect();
        configure
            .env("CC", format!("{} {target}", compiler("cc")))
            .env("CPP", format!("{} {target} -E", compiler("cc")))
            .env("AR", compiler("ar"))
            .env("RANLIB", compiler("ranlib"))
            .env("READELF", "true")
            .env("CFLAGS", format!("{} {}", cflags.join(" "), prefix_map(&self.work, "").to_string_lossy()))
            .env("LDFLAGS", format!("-s -L{}", lib.display()))
            .env("LIBS", "-lposix")
            // The host's own libraries must not be found.
            .env("PKG_CONFIG_LIBDIR", self.work.join("none"))
            .env("CONFIG_SITE", self.config_sites());
        for (library, package) in &self.libraries {
            let (name, folder) = (&library.configure, package.join(&library.folder));
            configure.env(format!("{name}_LIBS"), format!("-L{} -l{}", lib.display(), library.name));
            if let Some(include) = library.include.first() {
                configure.env(format!("{name}_CFLAGS"), prefixed("-I", &folder.join(include)));
            }
        }
        self.neutral_environment(&mut configure);
        self.log.run("configuring CPython for WebAssembly", configure, CONFIGURE_LIMIT)?;
        let header = folder.join("pyconfig.h");
        let text = fs::read_to_string(&header).doing("read", &header)?;
        if text.contains("#define HAVE_PTHREAD_STUBS 1") {
            return Err(Error::Runtime(format!(
                "{}: expected threads, found HAVE_PTHREAD_STUBS: configure did not take those of wasm/src/posix",
                header.display()
            )));
        }
        Ok(())
    }

    /// Compiles and links python.wasm; `variables` stand in place of those of its makefile.
    pub fn make(&self, optimizing: &Optimizing, variables: &[String]) -> Result<()> {
        let objects = self.posix_objects()?;
        let objects = objects.iter().chain(&optimizing.objects).map(|object| object.display().to_string());
        let flags = self.recipe.configure.ldflags.iter().cloned().chain(self.export_flags()?);
        let link: Vec<String> = objects.chain(flags).collect();
        let includes: Vec<_> = self.include_flags().iter().map(|flag| flag.to_string_lossy().into_owned()).collect();
        let mut make = Command::new("make");
        make.current_dir(self.wasm_folder()).arg(jobs());
        make.arg("-f").arg("Makefile").arg("-f").arg(self.recipe.folder.join("optimize.mk"));
        make.arg(format!("CONFIGURE_LDFLAGS_NODIST={}", link.join(" ")));
        make.arg(format!("EXTRA_CFLAGS={}", includes.join(" "))).args(variables);
        make.args(&optimizing.variables);
        // The second makes the data of `sysconfig`.
        make.args([WASM, "pybuilddir.txt"]);
        self.neutral_environment(&mut make);
        self.log.run("compiling CPython for WebAssembly", make, MAKE_LIMIT)
    }

    /// What python.wasm exports for extensions: Python's API, which is all that CPython does not hide, and of the C library what
    /// `exports.txt` names.
    fn export_flags(&self) -> Result<[String; 2]> {
        let names = self.recipe.folder.join(EXPORTS);
        let names = fs::read_to_string(&names).doing("read", &names)?;
        let flags: String = names.lines().map(|name| format!("-Wl,--export={name}\n")).collect();
        let file = self.dependencies("exports.flags");
        fs::write(&file, flags).doing("write", &file)?;
        Ok(["-rdynamic".to_string(), format!("@{}", file.display())])
    }

    /// Puts python.wasm, the standard library and the papers into a folder of their own.
    fn assemble(&self, native_is: &str, optimizing: &Optimizing) -> Result<PathBuf> {
        let folder = self.work.join("runtime");
        let stdlib = folder.join(STDLIB);
        fs::create_dir_all(&folder).doing("create", &folder)?;
        for interpreter in [WASM, WITH_OPENSSL] {
            copy(&self.wasm_folder().join(interpreter), &folder.join(interpreter))?;
        }
        let library = self.cpython.join("Lib");
        copy_tree(&library, &stdlib, &self.recipe.stdlib.exclude)?;
        self.copy_headers(&folder.join(HEADERS))?;
        let tests = stdlib.join(TESTS);
        fs::create_dir_all(&tests).doing("create", &tests)?;
        for name in &self.recipe.stdlib.tests {
            copy_all(&library.join(TESTS).join(name), &tests.join(name))?;
        }
        for name in ["_pyapp.py", "_pyapp_environ.py"] {
            copy(&self.recipe.folder.join("src").join(name), &stdlib.join(name))?;
        }
        copy_tree(&self.recipe.folder.join("src/missing"), &stdlib, &[])?;
        // zoneinfo looks for a package of this name when the system has no time zones.
        let zones = stdlib.join("tzdata");
        copy_all(&self.tzdata.join("tzdata"), &zones)?;
        // All of it once more, for programs that make such files.
        let source = zones.join("zoneinfo/tzdata.zi");
        fs::remove_file(&source).doing("remove", &source)?;
        self.copy_build_settings(&stdlib)?;
        self.copy_licences(&folder, &stdlib)?;
        copy_all(&self.dependencies(CHECKS), &folder.join(CHECKS))?;
        let path = folder.join(PROVENANCE);
        fs::write(&path, self.provenance(&folder, native_is, optimizing)?).doing("write", &path)?;
        Ok(folder)
    }

    /// What extensions are compiled with.
    fn copy_headers(&self, folder: &Path) -> Result<()> {
        copy_all(&self.cpython.join("Include"), folder)?;
        for header in [self.wasm_folder().join("pyconfig.h"), self.recipe.folder.join("src/posix/posix.h")] {
            copy(&header, &folder.join(header.file_name().unwrap_or_default()))?;
        }
        Ok(())
    }

    /// `sysconfig`'s data, without this machine's folders.
    fn copy_build_settings(&self, stdlib: &Path) -> Result<()> {
        let pointer = self.wasm_folder().join("pybuilddir.txt");
        let built = fs::read_to_string(&pointer).doing("read", &pointer)?;
        for entry in sorted_entries(&self.wasm_folder().join(built.trim()))? {
            let name = entry.file_name();
            if name.to_string_lossy().starts_with("_sysconfigdata") {
                let text = fs::read_to_string(entry.path()).doing("read", &entry.path())?;
                let mut text = text.replace(&self.work.display().to_string(), NEUTRAL);
                let packages = self.libraries.iter().map(|(_, package)| package.as_path());
                for folder in packages.chain([self.recipe.folder.as_path()]) {
                    text = text.replace(&folder.display().to_string(), NEUTRAL);
                }
                fs::write(stdlib.join(&name), text).doing("write", &stdlib.join(&name))?;
            }
        }
        Ok(())
    }

    fn copy_licences(&self, folder: &Path, stdlib: &Path) -> Result<()> {
        let licences = folder.join("licenses");
        fs::create_dir_all(&licences).doing("create", &licences)?;
        // Where an installed Python has it.
        copy(&self.cpython.join("LICENSE"), &stdlib.join("LICENSE.txt"))?;
        copy(&self.cpython.join("Doc/license.rst"), &licences.join("cpython-and-incorporated-software.rst"))?;
        for (library, package) in &self.libraries {
            if let Some(licence) = &library.licence {
                let text = package.join(&library.folder).join(licence);
                copy(&text, &licences.join(format!("lib{}.txt", library.name)))?;
            }
        }
        copy(&self.openssl.join(&self.recipe.openssl.licence), &licences.join("openssl.txt"))?;
        for entry in sorted_entries(&self.tzdata)? {
            let licence = entry.path().join("licenses/LICENSE");
            if licence.is_file() {
                copy(&licence, &licences.join("tzdata.txt"))?;
            }
        }
        let lib = compiler::library(&self.compiler);
        for (file, name) in [("", ""), ("-APACHE", "-apache"), ("-APACHE-LLVM", "-apache-llvm"), ("-MIT", "-mit")] {
            copy(&lib.join(format!("wasi/LICENSE{file}")), &licences.join(format!("wasi-libc{name}.txt")))?;
        }
        copy(&lib.join("musl/COPYRIGHT"), &licences.join("musl.txt"))?;
        // Its helpers for arithmetic that the processor has not.
        copy(&self.compiler.with_file_name("LICENSE"), &licences.join("zig.txt"))
    }

    fn provenance(&self, folder: &Path, native_is: &str, optimizing: &Optimizing) -> Result<String> {
        let recipe = self.recipe;
        let pins = |file: &str| hash::of_file(&recipe.folder.join(file));
        // Cargo names a crate's folder by name and version.
        let crates: Vec<_> = self
            .libraries
            .iter()
            .map(|(_, package)| package.as_path())
            .chain(self.openssl.parent())
            .map(|package| package.file_name().unwrap_or_default().to_string_lossy())
            .collect();
        let lines = [
            format!("recipe           {}", recipe.key()),
            format!("cpython          {} {}", recipe.cpython.version, recipe.cpython.sha256),
            format!(
                "compiler         ziglang {}, a wheel listed in compiler.txt {}",
                recipe.compiler.version,
                pins("compiler.txt")?
            ),
            format!("time zones       the wheel in tzdata.txt {}", pins("tzdata.txt")?),
            format!("flags            {}", self.compile_flags().join(" ")),
            format!("configure        {}", recipe.configure.args.join(" ")),
            format!("configure flags  {}", recipe.configure.cflags.join(" ")),
            format!("link flags       {}", recipe.configure.ldflags.join(" ")),
            format!("configure gets   config.site {}", pins("config.site")?),
            format!(
                "crates           {}, pinned in sources/Cargo.lock {}",
                crates.join(" "),
                pins("sources/Cargo.lock")?
            ),
            format!("patches          {}", hash::of_tree(&recipe.folder.join("patches"))?),
            format!("profile          {}", optimizing.what),
            format!("build python     {native_is}"),
            format!("openssl          {}", recipe.openssl.options.join(" ")),
            format!("{WASM}              {}", hash::of_file(&folder.join(WASM))?),
            format!("{WITH_OPENSSL}      {}", hash::of_file(&folder.join(WITH_OPENSSL))?),
        ];
        Ok(lines.join("\n") + "\n")
    }

    /// A path from a build folder to the source: an absolute one would end up in the interpreter.
    fn relative(&self, file: &str) -> PathBuf {
        Path::new("..").join(self.cpython.file_name().unwrap_or_default()).join(file)
    }

    /// Answers for configure: CPython's own, and behind them ours.
    fn config_sites(&self) -> OsString {
        let mut sites = self.cpython.join("Tools/wasm/config.site-wasm32-wasi").into_os_string();
        sites.push(" ");
        sites.push(self.recipe.folder.join("config.site"));
        sites
    }

    pub fn wasm_folder(&self) -> PathBuf {
        self.work.join("wasm")
    }
}

/// The native triple as configure wants it.
fn native_triple(guess: &Path) -> String {
    let mut command = Command::new("sh");
    command.arg(guess);
    let answer = output(command, GUESS_LIMIT).ok().flatten().filter(|answer| answer.status.success());
    answer.map_or_else(String::new, |answer| String::from_utf8_lossy(&answer.stdout).trim().to_string())
}

pub(super) fn jobs() -> String {
    format!("-j{}", std::thread::available_parallelism().map_or(2, usize::from))
}
