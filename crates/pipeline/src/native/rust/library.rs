//! The standard library as extensions can be linked with, made of the compiler's own sources.

use super::{LIMIT, Rust, TARGET};
use crate::confine::Confined;
use crate::error::{Doing, Error, Result};
use crate::hash::sorted_entries;
use crate::log::Log;
use std::fs;
use std::path::{Path, PathBuf};

/// What the standard library calls a variable of which each thread has its own; `rust.py` knows it by that, which a test sees.
const OWN: &str = "__RUST_STD_INTERNAL_VAL";
/// Of the whole standard library.
const MANIFEST: &str = "[package]\nname = \"library\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\
    [profile.release]\ncodegen-units = 1\ndebug = 0\n";

impl Rust {
    /// Makes the standard library; a root for the compiler that has it.
    ///
    /// # Errors
    /// [`Error::Runtime`] if it is too old; [`Error::Step`]; [`Error::Io`].
    pub(super) fn make_library(&self, found: &Path, work: &Path, log: &Log) -> Result<PathBuf> {
        let (package, target, root) = (work.join("package"), work.join("target"), work.join("root"));
        fs::create_dir_all(package.join("src")).doing("create", &package)?;
        for (name, text) in [("Cargo.toml", MANIFEST), ("src/lib.rs", "#![no_std]\n")] {
            fs::write(package.join(name), text).doing("write", &package.join(name))?;
        }
        let mut command = self.command(&self.cargo, work)?;
        command.args(["build", "--release", "-Zbuild-std=std,panic_abort", "--target", TARGET]).current_dir(&package);
        // To be compiled, the library needs what is not settled yet. What is compiled with it does not.
        command.env("RUSTC_BOOTSTRAP", "1").env("CARGO_TARGET_DIR", &target);
        let flags = self.flags_in(work).chain(["-Cembed-bitcode=yes".to_string()]);
        command.env("CARGO_ENCODED_RUSTFLAGS", flags.collect::<Vec<_>>().join("\x1f"));
        let confined = Confined {
            writable: vec![work.to_path_buf(), self.home.clone()],
            programs: self.programs.iter().cloned().chain([work.to_path_buf()]).collect(),
            without_network: false,
        };
        log.run_by("compiling Rust's standard library", command, LIMIT, |command| {
            confined.unless(true, || command.spawn())
        })?;
        let library = root.join("lib/rustlib").join(TARGET).join("lib");
        fs::create_dir_all(&library).doing("create", &library)?;
        let mut has_own = false;
        for entry in sorted_entries(&target.join(TARGET).join("release/deps"))? {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            if name.ends_with(".rlib") && !name.starts_with("liblibrary-") {
                fs::copy(&path, library.join(&name)).doing("copy", &path)?;
                let bytes = fs::read(&path).doing("read", &path)?;
                has_own |=
                    name.starts_with("libstd-") && bytes.windows(OWN.len()).any(|window| window == OWN.as_bytes());
            }
        }
        if !has_own {
            return Err(Error::Runtime(format!(
                "{}: expected a Rust whose thread-locals can be told (1.96 is one), found another; update it",
                self.compiler.display()
            )));
        }
        // What is compiled for this machine needs the compiler's own.
        let own = found.join("lib/rustlib").join(&self.host);
        let link = root.join("lib/rustlib").join(&self.host);
        std::os::unix::fs::symlink(&own, &link).doing("make the link", &link)?;
        Ok(root)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::written;
    use super::*;
    use std::process::Command;

    /// An object file with a section for the linker, which names two segments.
    fn object(names: [&str; 2]) -> Vec<u8> {
        let segment = |name: &str| [&[name.len() as u8], name.as_bytes(), &[2, 0]].concat();
        // Data of another kind comes first, and an alignment that takes two bytes.
        let named =
            [&[2], &segment(names[0])[..], &[names[1].len() as u8], names[1].as_bytes(), &[0x80, 1, 0]].concat();
        let linking = [&b"\x07linking\x02"[..], &[8, 2, 1, 1], &[5, named.len() as u8], &named].concat();
        let other = format!("\x05other{OWN}");
        let sections = [&[0, other.len() as u8], other.as_bytes(), &[0, linking.len() as u8], &linking[..]].concat();
        [&b"\0asm\x01\0\0\0"[..], &sections].concat()
    }

    #[test]
    fn variables_of_threads_go_to_the_section_of_those_of_c() {
        let given = written(&[]);
        let path = given.path().join("given.o");
        fs::write(&path, object([".data.x", &format!(".bss.v{OWN}0")])).expect("written");
        let code = "import pathlib, sys; sys.path.insert(0, sys.argv[1]); import rust\n\
                    sys.stdout.buffer.write(rust.with_own(pathlib.Path(sys.argv[2]).read_bytes()))";
        let native = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/native");
        let output = Command::new("python3").args(["-B", "-c", code]).args([&native, &path]).output().expect("python3");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.stdout, object([".data.x", "pyapp_own"]));
    }
}
