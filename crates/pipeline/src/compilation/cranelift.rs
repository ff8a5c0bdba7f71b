//! The program that compiles WebAssembly to machine code: Cranelift, with the patches in `wasm/cranelift`. It is built once, from the
//! crates that cargo pins, and kept in the cache. A crate can be patched only where it lies, hence the build has a program for it, and
//! no Cranelift of its own.

use crate::cache::entry;
use crate::command::output_of;
use crate::context::Build;
use crate::copies::copy_all;
use crate::crates;
use crate::error::{Doing, Error, Result};
use crate::hash::{self, Key};
use crate::log::Log;
use crate::patches;
use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Its sources, in pyapp's own folder; the crate with what it compiles by; and the crate of others that is patched.
const PROGRAM: &str = "wasm/cranelift";
const ENGINE: &str = "crates/engine";
const PATCHED: &str = "regalloc2";
/// The program's name, and that of its entry in the cache.
const NAME: &str = "cranelift";
/// Generous: a slow machine, and a slow network.
const BUILD_LIMIT: Duration = Duration::from_secs(60 * 60);
/// Generous: a large extension, and a slow machine.
const COMPILE_LIMIT: Duration = Duration::from_secs(30 * 60);
/// Flags that the build around is told, or its user, are not for this program.
const UNSET: [&str; 2] = ["CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS"];

impl Build {
    /// All that machine code depends on besides the module and the target.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub(super) fn cranelift_key(&self) -> Result<Key> {
        let tree = |folder| hash::of_tree(&self.settings().source.join(folder));
        Ok(Key::new()
            .part("program", tree(PROGRAM)?)
            .part("engine", tree(ENGINE)?)
            .part("build", include_str!("cranelift.rs")))
    }

    /// Machine code of a module for `target`, a target triple. `fail` makes an error of what is wrong with the module.
    ///
    /// # Errors
    /// What `fail` makes; [`Error::Runtime`] if the compiler cannot be had or does not end; [`Error::Step`] if it does not build;
    /// [`Error::Io`].
    pub(super) fn translate(&self, wasm: Vec<u8>, target: &str, fail: impl FnOnce(String) -> Error) -> Result<Vec<u8>> {
        let program = self.compiler()?;
        let mut command = Command::new(&program);
        command.arg(target);
        let output = output_of(command, wasm, COMPILE_LIMIT).doing("run", &program)?;
        let output = output.ok_or_else(|| {
            Error::Runtime(format!(
                "{}: expected it to end in {} s, found it running; build again on a machine that is less busy",
                program.display(),
                COMPILE_LIMIT.as_secs()
            ))
        })?;
        match output.status.success() {
            true => Ok(output.stdout),
            // Where it could not say why, it has several lines, or none.
            false => Err(fail(match String::from_utf8_lossy(&output.stderr).trim() {
                "" => format!("the compiler ended with {}", output.status),
                said => said.lines().collect::<Vec<_>>().join("; "),
            })),
        }
    }

    /// The program, found in the cache or built.
    fn compiler(&self) -> Result<PathBuf> {
        let (cache, settings) = (self.cache(), self.settings());
        let name = entry(NAME, self.cranelift_key()?.part("host", &settings.host));
        let folder = cache.folder_of(&name, |work| {
            cache.stage("building the compiler to machine code, once: two minutes or so");
            let log = Log::create(&cache.path(&format!("{name}.log")))?;
            self.build_compiler(work, &log)
        })?;
        Ok(folder.join(format!("{NAME}{EXE_SUFFIX}")))
    }

    /// Builds it in the folder `work`; the folder with the program.
    fn build_compiler(&self, work: &Path, log: &Log) -> Result<PathBuf> {
        let settings = self.settings();
        let patched = work.join(PATCHED);
        // The workspace pins it, as its tests compile, too.
        let manifest = settings.source.join("Cargo.toml");
        copy_all(&crates::folder(&manifest, &settings.cargo, Some(&settings.host), PATCHED)?, &patched)?;
        patches::apply(&settings.source.join(PROGRAM).join("patches").join(PATCHED), &patched)?;
        let target = work.join("target");
        let path = toml::Value::String(patched.display().to_string());
        let mut cargo = Command::new(&settings.cargo);
        cargo
            .args(["build", "--release", "--locked", "--config"])
            .arg(format!("patch.crates-io.{PATCHED}.path={path}"));
        cargo.arg("--manifest-path").arg(settings.source.join(PROGRAM).join("Cargo.toml"));
        // Named, so that no setting of cargo puts it elsewhere.
        cargo.arg("--target-dir").arg(&target).args(["--target", &settings.host]).current_dir(&settings.source);
        for name in UNSET {
            cargo.env_remove(name);
        }
        cargo.envs(crates::WRAPPERS.map(|name| (name, "")));
        log.run("building the compiler to machine code", cargo, BUILD_LIMIT)?;
        let (program, made) = (format!("{NAME}{EXE_SUFFIX}"), work.join("made"));
        fs::create_dir(&made).doing("create", &made)?;
        let from = target.join(&settings.host).join("release").join(&program);
        fs::rename(&from, made.join(program)).doing("move", &from)?;
        Ok(made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::common::test_build::TestBuild;

    #[test]
    fn a_module_compiles_or_the_error_says_why() {
        let test = TestBuild::new();
        let build = test.open_with_compiler();
        let target = build.settings().target.clone();
        let compile = |wasm: &str, target: &str| {
            let wasm = wat::parse_str(wasm).expect("a module");
            build.translate(wasm, target, Error::Guest).map_err(|error| error.to_string())
        };
        let module = "(module (func (result i32) (i32.const 1)))";
        assert!(compile(module, &target).expect("compiled").starts_with(b"\x7fELF"));
        for (module, target, expected) in [
            ("(module (func (result i32)))", &*target, "type mismatch"),
            (module, "unheard-of", "Unrecognized architecture"),
        ] {
            let error = compile(module, target).expect_err("refused");
            assert!(error.contains(expected) && !error.contains('\n'), "{error}");
        }
    }

    /// What compiles and what loads must be of one version, and nothing is to be downloaded twice.
    #[test]
    fn its_crates_are_those_of_the_workspace() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let sums = |lock: &str| crates::checksums(&source.join(lock)).expect("read");
        let (all, own) = (sums("Cargo.lock"), sums("wasm/cranelift/Cargo.lock"));
        assert!(own.keys().any(|(name, _)| name == "cranelift-codegen") && own.keys().all(|(name, _)| name != PATCHED));
        let others: Vec<_> = own.iter().filter(|(one, sum)| all.get(*one) != Some(*sum)).collect();
        assert!(
            others.is_empty(),
            "wasm/cranelift/Cargo.lock has others: {others:?}; wasm/README.md says how to make it anew"
        );
    }
}
