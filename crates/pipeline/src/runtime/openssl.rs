//! OpenSSL, which `ssl` and `hashlib` are made of. Its own configuration says what is compiled, with which flags. Its text is part of
//! the recipe's key.

use super::profile::Optimizing;
use super::toolchain::{Toolchain, prefix_map, prefixed};
use super::{WASM, WITH_OPENSSL, steps};
use crate::copies::{copy, copy_all};
use crate::error::{Doing, Error, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const CONFIGURE_LIMIT: Duration = Duration::from_secs(10 * 60);
const MAKE_LIMIT: Duration = Duration::from_secs(60 * 60);
/// Where it is compiled, below the folder of the build; and where CPython finds it, among the dependencies.
const NAME: &str = "openssl";
/// The modules of CPython that are made of it, with their objects.
const MODULES: [(&str, &str); 2] = [("_hashlib", "Modules/_hashopenssl.o"), ("_ssl", "Modules/_ssl.o")];
const LIBRARIES: [&str; 2] = ["libcrypto.a", "libssl.a"];
/// The file in which it notes how it was compiled: by itself the compiler's command, with folders of this machine.
const HOW: &str = "crypto/buildinf.h";
const HOW_IT_IS: &str = r#"#define PLATFORM "platform: wasm32-wasi"
#define DATE "built on: "
static const char compiler_flags[] = "compiler: zig cc";
"#;

impl Toolchain<'_> {
    /// Where CPython finds it: headers in `include`, libraries in `lib`.
    pub fn openssl_prefix(&self) -> PathBuf {
        self.dependencies(NAME)
    }

    /// Compiles it.
    pub fn openssl(&self) -> Result<()> {
        let folder = self.work.join(NAME);
        // What it makes of its templates, it puts beside them.
        copy_all(&self.openssl, &folder)?;
        let mut configure = self.in_folder("perl", &folder);
        configure.arg("Configure").args(&self.recipe.openssl.options);
        let compiler = |what: &str| format!("{} {what}", self.compiler.display());
        configure
            .env("CC", format!("{} {}", compiler("cc"), self.target_flags().join(" ")))
            .env("AR", compiler("ar"))
            .env("RANLIB", compiler("ranlib"))
            .env("CFLAGS", self.openssl_flags(&folder).join(" "));
        self.log.run("configuring OpenSSL", configure, CONFIGURE_LIMIT)?;
        let mut make = self.in_folder("make", &folder);
        make.arg("build_generated");
        self.log.run("making OpenSSL's headers", make, MAKE_LIMIT)?;
        let how = folder.join(HOW);
        fs::write(&how, HOW_IT_IS).doing("write", &how)?;
        let mut make = self.in_folder("make", &folder);
        make.args([&steps::jobs(), "build_libs"]);
        self.log.run("compiling OpenSSL", make, MAKE_LIMIT)?;
        let prefix = self.openssl_prefix();
        copy_all(&folder.join("include/openssl"), &prefix.join("include/openssl"))?;
        fs::create_dir_all(prefix.join("lib")).doing("create", &prefix)?;
        LIBRARIES.iter().try_for_each(|library| copy(&folder.join(library), &prefix.join("lib").join(library)))
    }

    /// Puts python.wasm aside as the interpreter with OpenSSL, and links it once more, without OpenSSL and what is made of it.
    pub fn make_without_openssl(&self, optimizing: &Optimizing) -> Result<()> {
        let folder = self.wasm_folder();
        copy(&folder.join(WASM), &folder.join(WITH_OPENSSL))?;
        // The modules that are linked: their names, and their objects.
        let (list, makefile) = (folder.join("Modules/config.c"), folder.join("Makefile"));
        let read = |path: &Path| fs::read_to_string(path).doing("read", path);
        let text = read(&list)?;
        let is_openssl = |line: &&str| MODULES.iter().any(|(name, _)| line.contains(&format!("PyInit_{name}")));
        let (with, without): (Vec<&str>, Vec<&str>) = text.lines().partition(is_openssl);
        let makefile_text = read(&makefile)?;
        let objects = makefile_text.lines().find_map(|line| line.strip_prefix("MODOBJS=")).unwrap_or_default();
        let objects = objects.split_whitespace();
        let (other, others): (Vec<&str>, Vec<&str>) =
            objects.partition(|object| MODULES.iter().any(|(_, file)| object == file));
        // Each is declared and listed.
        if (with.len(), other.len()) != (2 * MODULES.len(), MODULES.len()) {
            return Err(Error::Runtime(format!(
                "{}: expected _hashlib and _ssl twice each, found {with:?}, with the objects {other:?}: configure did not take \
                 OpenSSL",
                list.display(),
            )));
        }
        fs::write(&list, without.join("\n") + "\n").doing("write", &list)?;
        self.make(optimizing, &[format!("MODOBJS={}", others.join(" "))])
    }

    fn openssl_flags(&self, folder: &Path) -> Vec<String> {
        let flags = [
            "-include".into(),
            self.recipe.folder.join("openssl/prelude.h").into(),
            prefixed("-I", &self.recipe.folder.join("src/posix")),
            // Nothing that extensions could use.
            "-fvisibility=hidden".into(),
            prefix_map(folder, NAME),
        ];
        let flags = flags.iter().map(|flag| flag.to_string_lossy().into_owned());
        self.recipe.compiler.cflags.iter().chain(&self.recipe.openssl.cflags).cloned().chain(flags).collect()
    }

    fn in_folder(&self, program: &str, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(folder);
        self.neutral_environment(&mut command);
        command
    }
}
