//! `.cargo/rustc`, which makes the executable static: what the build says if another wrapper takes its place.

use std::fs;
use std::path::Path;
use std::process::Command;

/// What a small crate of the executable's name says when it is checked; `None` if all is well. It is started through
/// `wrapper`, where that is set.
fn check(folder: &Path, wrapper: Option<&str>) -> Option<String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["check", "--quiet", "--offline"]).current_dir(folder);
    cargo.env_remove("RUSTC_WRAPPER").env("CARGO_TARGET_DIR", folder.join("target"));
    cargo.envs(wrapper.map(|wrapper| ("RUSTC_WRAPPER", wrapper)));
    let output = cargo.output().expect("cargo starts");
    (!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn another_wrapper_is_refused_and_unset_the_build_goes_on() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::create_dir_all(folder.path().join(".cargo")).expect("created");
    for file in [".cargo/config.toml", ".cargo/rustc"] {
        // With its mode.
        fs::copy(here.join(file), folder.path().join(file)).expect("copied");
    }
    let manifest = "[package]\nname = \"pyapp\"\nedition = \"2024\"\n[[bin]]\nname = \"pyapp\"\npath = \"main.rs\"\n";
    fs::write(folder.path().join("Cargo.toml"), manifest).expect("written");
    // The refusal as it stands in the executable's source.
    let main = include_str!("../src/main.rs");
    let start = main.find("#[cfg(all(").expect("a condition");
    let end = start + main[start..].find("\n);\n").expect("an end");
    fs::write(folder.path().join("main.rs"), format!("{}\n);\nfn main() {{}}\n", &main[start..end])).expect("written");
    let refused = check(folder.path(), Some("env")).expect("refused");
    assert!(refused.contains(".cargo/rustc adds the flag; unset RUSTC_WRAPPER, which takes its place"), "{refused}");
    assert_eq!(check(folder.path(), None), None);
}
