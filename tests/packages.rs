//! Popular packages, each used by a program of `tests/packages/programs`, against what that program says under native CPython.
//!
//! pip downloads the packages, which takes a network; so these tests are run by a command of their own, `cargo packages`.

mod common;

use bundle::Run;
use common::project::{Project, downloaded, folder, settings_with};
use common::run;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn own(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/packages").join(name)
}

/// The folder of the cache with what `lock.txt` pins, installed once; `None` if it is not there and nothing may be downloaded.
fn packages() -> Option<PathBuf> {
    downloaded("packages", &["lock.txt", "install.py"].map(own), |work| {
        let mut install = Command::new("python3");
        install.arg(own("install.py")).arg(work);
        install
    })
}

/// Program to what native CPython said, as `record.py` has left it in `folder`.
fn recorded(folder: &Path) -> BTreeMap<String, String> {
    let files = fs::read_dir(folder).expect("listed").map(|entry| entry.expect("listed").path());
    let recorded = files.map(|path| {
        let name = path.file_stem().expect("a name").to_str().expect("UTF-8");
        (name.to_string(), fs::read_to_string(&path).expect("UTF-8"))
    });
    recorded.collect()
}

/// One line for each line that is only in one of them, for each program that says other than expected.
fn differences(expected: &BTreeMap<String, String>, said: &BTreeMap<String, String>) -> String {
    assert_eq!(expected.keys().collect::<Vec<_>>(), said.keys().collect::<Vec<_>>());
    let different = expected.iter().filter(|(name, text)| said[*name] != **text);
    different.map(|(name, text)| format!("=== {name}\n{}", diffy::create_patch(text, &said[name]))).collect()
}

#[test]
#[ignore = "downloads packages; cargo packages runs it"]
fn programs_say_what_they_say_under_native_python() {
    let Some(libs) = packages() else { return };
    let expected = recorded(&own("expected"));
    assert_eq!(
        expected.len(),
        fs::read_dir(own("programs")).expect("listed").count() - 1,
        "a program for each, and app.py"
    );
    let modules: Vec<String> = expected.keys().map(|name| format!("use_{name}")).collect();
    let libs = [own("programs"), libs].map(|folder| folder.display().to_string());
    let more = format!("libs = {libs:?}\nsnapshot-include = {modules:?}");
    let app = Project::new(&settings_with("app:main", &more), &[]).build().unwrap_or_else(|error| panic!("{error}"));
    for mode in [Run::Cold, Run::Resumed] {
        let said = expected.keys().map(|name| {
            let (status, said) = app.run_as(mode, &[&format!("use_{name}")]);
            (name.clone(), if status == 0 { said } else { format!("{said}status {status}\n") })
        });
        let differences = differences(&expected, &said.collect());
        assert!(differences.is_empty(), "{mode:?}:\n{differences}");
    }
}

#[test]
#[ignore = "downloads packages; cargo packages runs it"]
fn what_native_python_said_it_still_says() {
    let check = ["-c", "import sys; sys.exit(sys.version_info[:2] != (3, 13))"];
    let is_it = |python: &&str| {
        let status = Command::new(python).args(check).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    };
    let Some(python) = ["python3.13", "python3"].into_iter().find(is_it) else {
        eprintln!("not asked: there is no native CPython 3.13 here");
        return;
    };
    let Some(libs) = packages() else { return };
    let fresh = folder();
    let mut record = Command::new(python);
    record.arg(own("record.py")).arg(libs).arg(fresh.path());
    let said = run(record);
    assert_eq!((said.status, said.stderr.as_str()), (Some(0), ""));
    let differences = differences(&recorded(&own("expected")), &recorded(fresh.path()));
    assert!(differences.is_empty(), "{differences}");
}
