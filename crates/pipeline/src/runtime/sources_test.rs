//! What to do when a source of the recipe is missing or wrong, done: with small files pinned in place of the real ones.

use super::log::Log;
use super::recipe::Recipe;
use super::sources::Sources;
use crate::common::test_build::TestBuild;
use crate::hash;
use crate::settings::Settings;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What is pinned as CPython's source.
const SOURCE: &[u8] = b"the source";

/// An empty cache, and a recipe that pins [`SOURCE`].
struct Fixture {
    build: TestBuild,
    recipe: Recipe,
}

impl Fixture {
    fn new() -> Fixture {
        let wasm = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wasm");
        let mut recipe = Recipe::read(&wasm).expect("the recipe is valid");
        recipe.cpython.sha256 = hash::of_bytes(SOURCE);
        Fixture { build: TestBuild::new(), recipe }
    }

    fn cpython(&self, offline: bool) -> Result<PathBuf, String> {
        self.ask(offline, |sources| sources.cpython())
    }

    /// Asks for sources as a build does.
    fn ask<T>(&self, offline: bool, question: impl FnOnce(&Sources<'_>) -> crate::Result<T>) -> Result<T, String> {
        let settings = Settings { offline, ..self.build.settings() };
        let (build, log) = (self.build.open(), Log::create(&self.build.path("log")).expect("created"));
        let sources = Sources::new(&settings, build.cache(), &self.recipe, &log).expect("a folder for downloads");
        question(&sources).map_err(|error| error.to_string())
    }
}

/// The path that a message names between two texts.
fn named<'a>(message: &'a str, before: &str, behind: &str) -> &'a Path {
    let (_, rest) = message.split_once(before).unwrap_or_else(|| panic!("{before} in {message}"));
    let (path, _) = rest.split_once(behind).unwrap_or_else(|| panic!("{behind} in {message}"));
    Path::new(path)
}

#[test]
fn without_network_cpythons_source_is_put_in_place_by_hand() {
    let fixture = Fixture::new();
    let missing = fixture.cpython(true).expect_err("refused");
    let place = named(&missing, "CPython's source is missing: expected ", " (sha256 ");
    assert!(missing.ends_with(&format!("(sha256 {}); put it there", hash::of_bytes(SOURCE))), "{missing}");
    // Not what it should be.
    fs::write(place, "another").expect("written");
    let wrong = fixture.cpython(true).expect_err("refused");
    let advice = "; it was removed, check where it came from and build again";
    assert!(wrong.starts_with(&place.display().to_string()) && wrong.ends_with(advice), "{wrong}");
    assert!(!place.exists());
    fs::write(place, SOURCE).expect("written");
    assert_eq!(fixture.cpython(true).expect("found"), place);
}

#[test]
fn origins_that_do_not_answer_are_named_and_both_ways_out_work() {
    let mut fixture = Fixture::new();
    let origin = fixture.build.path("origin");
    fixture.recipe.cpython.origins = vec![format!("file://{}", origin.display())];
    let refused = fixture.cpython(false).expect_err("refused");
    assert!(refused.contains(&format!("found none: {} (", fixture.recipe.cpython.origins[0])), "{refused}");
    let (_, place) = refused.split_once("; check the network, or put the file at ").expect("advice");
    let place = Path::new(place);
    // The origin answers again.
    fs::write(&origin, SOURCE).expect("written");
    assert_eq!(fixture.cpython(false).expect("downloaded"), place);
    fs::remove_file(place).expect("removed");
    // By hand, as before.
    fs::remove_file(&origin).expect("removed");
    fixture.cpython(false).expect_err("refused");
    fs::write(place, SOURCE).expect("written");
    assert_eq!(fixture.cpython(false).expect("found"), place);
}

/// Makes a wheel.
const WHEEL: &str = "
import zipfile
info = 'small-1.0.dist-info/'
with zipfile.ZipFile('small-1.0-py3-none-any.whl', 'w') as wheel:
    wheel.writestr('small.py', '')
    wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: small\\nVersion: 1.0\\n')
    wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    wheel.writestr(info + 'RECORD', '')
";

#[test]
fn without_network_a_wheel_is_put_in_place_by_hand() {
    let mut fixture = Fixture::new();
    let here = fixture.build.path("");
    let made = Command::new("python3").args(["-c", WHEEL]).current_dir(&here).status().expect("python3 starts");
    assert!(made.success(), "{made}");
    let wheel = "small-1.0-py3-none-any.whl";
    let pin = format!("small==1.0 --hash=sha256:{}\n", hash::of_file(&here.join(wheel)).expect("read"));
    fs::write(here.join("small.txt"), pin).expect("written");
    fixture.recipe.folder.clone_from(&here);
    let install = || fixture.ask(true, |sources| sources.wheel("small", &here.join("work")));
    let missing = install().expect_err("refused");
    let expected = format!(
        "CARGO_NET_OFFLINE is set and a wheel is missing: expected the one for this machine that {} pins in ",
        here.join("small.txt").display()
    );
    let place = named(&missing, &expected, "; put it there");
    fs::copy(here.join(wheel), place.join(wheel)).expect("put there");
    assert!(install().expect("installed").join("small.py").is_file());
}
