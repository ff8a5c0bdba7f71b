//! `sbom`, against the official schema, which is downloaded.

use super::common::project::downloaded;
use super::common::{prints, run, run_with_input, tools};
use super::{app, told};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

fn own(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/inside").join(name)
}

/// Compares with the schema, if that can be had.
fn validate(bom: &str) {
    let place = downloaded("validator", &[own("validator.txt")], |work| {
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet", "--no-compile"]);
        pip.args(["--no-deps", "--only-binary=:all:", "--require-hashes", "--target"]).arg(work);
        pip.arg("-r").arg(own("validator.txt")).env("PIP_ROOT_USER_ACTION", "ignore");
        pip
    });
    let Some(place) = place else { return };
    let mut command = Command::new("python3");
    command.arg(own("validate.py")).arg(place).env("PYTHONDONTWRITEBYTECODE", "1");
    let said = run_with_input(command, bom);
    assert_eq!((said.status, said.stderr.as_str()), (Some(0), ""));
}

fn component<'a>(bom: &'a Value, name: &str) -> &'a Value {
    let components = bom["components"].as_array().expect("a list");
    components.iter().find(|component| component["name"] == name).unwrap_or_else(|| panic!("{name}"))
}

fn asked<'a>(bom: &'a Value, reference: &str) -> &'a Value {
    let all = bom["dependencies"].as_array().expect("a list");
    &all.iter().find(|one| one["ref"] == reference).unwrap_or_else(|| panic!("{reference}"))["dependsOn"]
}

#[test]
fn the_executable_tells_what_it_is_made_from_and_what_of_that_is_pinned() {
    let [first, second] = [(), ()].map(|()| run(tools(&["sbom"])));
    assert_eq!((first.status, first.stderr.as_str()), (Some(0), ""));
    assert_eq!(first, second);
    validate(&first.stdout);
    let bom: Value = serde_json::from_str(&first.stdout).expect("JSON");
    let recipe = include_str!("../../wasm/recipe.toml");
    let python = component(&bom, "CPython");
    assert_eq!(python["purl"], "pkg:generic/cpython@3.13.5");
    let hash = python["externalReferences"][0]["hashes"][0]["content"].as_str().expect("a hash");
    assert!(hash.len() == 64 && recipe.contains(hash), "{hash}");
    let zlib = component(&bom, "zlib");
    assert_eq!(zlib["externalReferences"][0]["url"], "pkg:cargo/libz-sys@1.1.31");
    let crates = bom["components"].as_array().expect("a list").iter();
    let crates = crates.filter(|one| one["purl"].as_str().is_some_and(|purl| purl.starts_with("pkg:cargo/")));
    let lock = include_str!("../../Cargo.lock");
    let mut count = 0;
    for one in crates {
        let hash = one["hashes"][0]["content"].as_str().expect("a hash");
        assert!(
            lock.contains(&format!("checksum = \"{hash}\"")) && one["licenses"][0]["expression"].is_string(),
            "{one}"
        );
        count += 1;
    }
    assert!(count > 80, "{count}");
    let used = asked(&bom, "pkg:generic/pyapp@0.1.0").as_array().expect("a list");
    assert!(used.contains(&component(&bom, "anyhow")["bom-ref"]) && used.contains(&json!("pkg:generic/glibc")));
    assert!(asked(&bom, "pkg:generic/cpython@3.13.5").as_array().expect("a list").contains(&zlib["bom-ref"]));
}

#[test]
fn versions_of_c_libraries_are_those_that_python_says() {
    let bom: Value = serde_json::from_str(&run(tools(&["sbom"])).stdout).expect("JSON");
    let said = prints(
        "import decimal, pyexpat, sqlite3, zlib; print(zlib.ZLIB_RUNTIME_VERSION, sqlite3.sqlite_version, \
         pyexpat.EXPAT_VERSION.removeprefix('expat_'), decimal.__libmpdec_version__)",
    );
    let names = ["zlib", "SQLite", "expat", "libmpdec"];
    let versions = names.map(|name| component(&bom, name)["version"].as_str().expect("a version"));
    assert_eq!(said.split_whitespace().collect::<Vec<_>>(), versions);
}

#[test]
fn distributions_are_components_and_their_metadata_tells_what_depends_on_what() {
    let app = app();
    let text = told(|out| inside::sbom::print(app.bundle.archive(), app.bundle.entry(), out));
    validate(&text);
    let bom: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(component(&bom, "One")["purl"], "pkg:pypi/one@1.0");
    assert_eq!(component(&bom, "One")["licenses"], json!([{"expression": "MIT"}]));
    assert_eq!(component(&bom, "three")["licenses"], json!([{"license": {"name": "BSD License"}}]));
    let own = &component(&bom, "two")["externalReferences"][0];
    assert_eq!(own["type"], "bom");
    let path = "usr/local/lib/python3.13/site-packages/two-2.0.dist-info/sboms/two%20native.cdx.json";
    assert_eq!(own["url"], path);
    assert_eq!(asked(&bom, "pkg:pypi/two@2.0"), &json!(["pkg:pypi/one@1.0"]));
    assert_eq!(asked(&bom, "pkg:pypi/one@1.0"), &json!(["pkg:pypi/three@3.0"]));
    let direct = asked(&bom, "app").as_array().expect("a list");
    assert_eq!(direct[..2], [json!("pkg:pypi/two@2.0"), json!("library:main")]);
    assert_eq!(bom["metadata"]["component"]["name"], "main");
    // A build that brings something else has another serial number.
    let other: Value = serde_json::from_str(&run(tools(&["sbom"])).stdout).expect("JSON");
    assert_ne!(bom["serialNumber"], other["serialNumber"]);
}
