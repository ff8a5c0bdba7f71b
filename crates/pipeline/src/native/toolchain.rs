//! The toolchain for extensions, a folder of the cache:
//!
//! | path | what |
//! |---|---|
//! | `bin/` | `cc`, `c++`, `ar` and others, as builds look for them; `cc.py` is behind the first two, `rust.py` behind `rust-ld` |
//! | `compiler/` | the recipe's compiler |
//! | `include/` | headers of CPython and of the POSIX layer |
//! | `lib/` | what is linked into extensions: `wasm/extension`, the compiler's helpers, C++ |
//! | `sysconfig/` | what `sysconfig` tells builds of our Python |
//! | `meson.ini`, `cmake.txt` | the same for meson and CMake |
//! | `flags.txt` | the compiler's flags, a line each |

use crate::context::Build;
use crate::copies::{copy, copy_all};
use crate::error::{Doing, Error, Result};
use crate::hash::{self, Key, sorted_entries};
use crate::log::Log;
use crate::programs::make_executable;
use crate::runtime::{Compiler, Runtime, SYSCONFIG, compiler_pins};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// What makes a toolchain what it is, beside the compiler and the runtime.
const STEPS: &str = concat!(include_str!("toolchain.rs"), include_str!("cc.py"), include_str!("rust.py"));
/// The sources of what is linked into extensions, below the recipe.
const OWN_SOURCES: &str = "extension";
/// Instructions that only extensions need: the values of their globals are sums.
const MORE_CPU: &str = "+extended_const";
/// The compiler's own libraries, which it makes when it first links.
const LIBRARIES: [&str; 2] = ["libc++.a", "libc++abi.a"];
/// Headers for other machines, which packages look for to find out what they are compiled for.
const OTHER_MACHINES: [&str; 1] = ["arm_neon.h"];
/// Generous: it compiles a whole C++ library.
const LIMIT: Duration = Duration::from_secs(20 * 60);
/// The names by which builds look for a compiler, and what each compiles.
const COMPILERS: [(&str, &str); 6] =
    [("cc", "cc"), ("c++", "c++"), ("gcc", "cc"), ("g++", "c++"), ("clang", "cc"), ("clang++", "c++")];
/// What the compiler does by itself.
const OTHERS: [&str; 2] = ["ar", "ranlib"];

/// A toolchain.
pub(crate) struct Toolchain {
    /// See the module's documentation.
    pub folder: PathBuf,
    /// What it depends on.
    pub key: Key,
    /// The time that builds are told.
    pub date: u64,
}

impl Build {
    /// The toolchain, found in the cache or made.
    ///
    /// # Errors
    /// [`Error::Runtime`] if the runtime has no headers, or the compiler cannot be had; [`Error::Step`]; [`Error::Io`].
    pub(crate) fn toolchain(&self) -> Result<Toolchain> {
        let (settings, cache) = (self.settings(), self.cache());
        let runtime = self.runtime()?;
        let own = settings.source.join("wasm").join(OWN_SOURCES);
        let key = Key::new().part("compiler", compiler_pins(&settings.source)?).part("steps", STEPS);
        let key = key.part("runtime", hash::of_bytes(&runtime.wasm)).part("own", hash::of_tree(&own)?);
        let key = key.part(
            "headers",
            if runtime.headers().is_dir() { hash::of_tree(&runtime.headers())? } else { String::new() },
        );
        let folder = cache.folder("toolchain", key.clone(), |work| {
            cache.stage("putting together what compiles extensions, once");
            let log = Log::create(&cache.path(&format!("{}.log", crate::cache::entry("toolchain", key.clone()))))?;
            fs::create_dir_all(work).doing("create", work)?;
            let compiler = Compiler::install(settings, cache, &work.join("unpacked"), &log)?;
            make(&runtime, &compiler, &own, work, &log)
        })?;
        let path = folder.join("date.txt");
        let date = fs::read_to_string(&path).doing("read", &path)?;
        let date = date
            .trim()
            .parse()
            .map_err(|_| Error::Runtime(format!("{}: expected a time, found {date:?}", path.display())))?;
        Ok(Toolchain { folder, key, date })
    }
}

/// Makes the folder `work` a toolchain.
fn make(runtime: &Runtime, compiler: &Compiler, own: &Path, work: &Path, log: &Log) -> Result<()> {
    let headers = runtime.headers();
    if !headers.join("Python.h").is_file() {
        return Err(Error::Runtime(format!(
            "{}: expected the headers of CPython, found none; build the runtime by this recipe",
            headers.display()
        )));
    }
    copy_all(&headers, &work.join("include"))?;
    copy_all(&own.join("include"), &work.join("include"))?;
    let wheel = compiler.program.parent().unwrap_or(&compiler.program);
    fs::create_dir_all(work.join("compiler")).doing("create", work)?;
    fs::rename(wheel, work.join("compiler/ziglang")).doing("move", wheel)?;
    for header in OTHER_MACHINES {
        let header = work.join("compiler/ziglang/lib/include").join(header);
        fs::remove_file(&header).doing("remove", &header)?;
    }
    let rest = work.join("unpacked");
    fs::remove_dir_all(&rest).doing("remove", &rest)?;
    let [target, triple, cpu] = &compiler.target;
    write(&work.join("flags.txt"), &[target, triple, &format!("{cpu}{MORE_CPU}")].map(String::as_str).join("\n"))?;
    write(&work.join("date.txt"), &compiler.date.to_string())?;
    write(&work.join("cc.py"), include_str!("cc.py"))?;
    write(&work.join("rust.py"), include_str!("rust.py"))?;
    write(&work.join("meson.ini"), MESON)?;
    write(&work.join("cmake.txt"), CMAKE)?;
    let script = |name: &str, line: &str| {
        make_executable(&work.join("bin").join(name), &format!("#!/bin/sh\nhere=${{0%/*}}/..\n{line}\n"))
    };
    for (name, language) in COMPILERS {
        script(name, &format!("exec python3 -I \"$here/cc.py\" {language} \"$@\""))?;
    }
    script("rust-ld", "exec python3 -I \"$here/rust.py\" \"$@\"")?;
    for name in OTHERS {
        script(name, &format!("exec \"$here/compiler/ziglang/zig\" {name} \"$@\""))?;
    }
    // There is nothing in an extension to take out.
    script("strip", "exit 0")?;
    let sysconfig = work.join("sysconfig");
    fs::create_dir_all(&sysconfig).doing("create", &sysconfig)?;
    copy(&runtime.stdlib().join(SYSCONFIG), &sysconfig.join(SYSCONFIG))?;
    libraries(compiler, own, work, log)
}

/// Compiles what is linked into extensions.
fn libraries(compiler: &Compiler, own: &Path, work: &Path, log: &Log) -> Result<()> {
    let lib = work.join("lib");
    fs::create_dir_all(&lib).doing("create", &lib)?;
    let kept = work.join("compiler-cache");
    let neutral = |command: &mut Command| set_compiler(command, &kept, compiler.date);
    let files = sorted_entries(own)?.into_iter().map(|entry| entry.path());
    for path in files.filter(|path| path.extension().is_some_and(|ending| ending == "c")) {
        let mut compile = Command::new(work.join("bin/cc"));
        neutral(&mut compile);
        compile.env("PYAPP_BUILD", own).args(["-O2", "-Wall", "-Wextra", "-Werror", "-c"]).arg(&path).arg("-o");
        compile.arg(lib.join(path.with_extension("o").file_name().unwrap_or_default()));
        log.run(&format!("compiling {}", path.display()), compile, LIMIT)?;
    }
    // What it makes of these for programs cannot be moved.
    let mut helpers = Command::new(work.join("compiler/ziglang/zig"));
    neutral(&mut helpers);
    helpers.arg("build-lib").arg(work.join("compiler/ziglang/lib/compiler_rt.zig")).args(&compiler.target);
    helpers.args(["-fPIC", "-fstrip", "-O", "ReleaseFast", "--name", "compiler_rt"]).current_dir(&lib);
    log.run("making the compiler's helpers", helpers, LIMIT)?;
    // A program, so that the compiler makes the libraries that programs are linked with.
    let empty = work.join("empty.cc");
    write(&empty, "int main() { return 0; }\n")?;
    let mut link = Command::new(work.join("compiler/ziglang/zig"));
    neutral(&mut link);
    link.arg("c++").args(&compiler.target).arg(&empty).arg("-o").arg(work.join("empty.wasm"));
    log.run("making the compiler's libraries", link, LIMIT)?;
    for name in LIBRARIES {
        let made = sorted_entries(&kept.join("o"))?
            .into_iter()
            .map(|entry| entry.path().join(name))
            .find(|path| path.is_file());
        let made = made.ok_or_else(|| {
            Error::Runtime(format!("expected {name} of the compiler, found none in {}", kept.display()))
        })?;
        copy(&made, &lib.join(name))?;
    }
    for path in [empty, work.join("empty.wasm")] {
        fs::remove_file(&path).doing("remove", &path)?;
    }
    fs::remove_dir_all(&kept).doing("remove", &kept)
}

/// Tells the compiler where to keep what it makes for itself, the time, and to speak English.
pub(super) fn set_compiler(command: &mut Command, kept: &Path, date: u64) {
    command.env("ZIG_GLOBAL_CACHE_DIR", kept).env("ZIG_LOCAL_CACHE_DIR", kept).env("LC_ALL", "C");
    command.env("SOURCE_DATE_EPOCH", date.to_string());
}

/// What meson is told (a cross file). `@HERE@` is the toolchain's folder, `@PYTHON@` that of the build's Python.
const MESON: &str = "\
[binaries]
c = '@HERE@/bin/cc'
cpp = '@HERE@/bin/c++'
ar = '@HERE@/bin/ar'
strip = '@HERE@/bin/strip'
cython = '@PYTHON@/bin/cython'

[properties]
needs_exe_wrapper = true
skip_sanity_check = true
longdouble_format = 'IEEE_QUAD_LE'

[host_machine]
system = 'wasi'
cpu_family = 'wasm32'
cpu = 'wasm32'
endian = 'little'
";

/// What CMake is told (a toolchain file).
const CMAKE: &str = "\
set(CMAKE_SYSTEM_NAME WASI)
set(CMAKE_SYSTEM_PROCESSOR wasm32)
set(CMAKE_C_COMPILER \"${CMAKE_CURRENT_LIST_DIR}/bin/cc\")
set(CMAKE_CXX_COMPILER \"${CMAKE_CURRENT_LIST_DIR}/bin/c++\")
set(CMAKE_AR \"${CMAKE_CURRENT_LIST_DIR}/bin/ar\")
set(CMAKE_RANLIB \"${CMAKE_CURRENT_LIST_DIR}/bin/ranlib\")
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(UNIX 1)
";

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).doing("write", path)
}
