//! What the tools tell of what an app is made from: of projects that bring distributions, which the demo does not.

#[path = "../common/mod.rs"]
mod common;

mod info;
mod licences;
mod sbom;

use common::project::{App, Project, settings, settings_with};

/// An app with three distributions and a module of its own: `two` asks for `one`, and `one` for `three`, by an extra.
fn app() -> App {
    let files = [
        (
            "one-1.0.dist-info/METADATA",
            "Name: One\nVersion: 1.0\nLicense: MIT\nRequires-Dist: three; extra == 'more'\n",
        ),
        ("one-1.0.dist-info/RECORD", "one/__init__.pyc,,\none-1.0.dist-info/METADATA,,\n"),
        ("one-1.0.dist-info/LICENSE", "Permission is granted.\n"),
        ("one/__init__.py", "x = 1\n"),
        (
            "two-2.0.dist-info/METADATA",
            "Name: two\nVersion: 2.0\nLicense-Expression: ISC\nRequires-Dist: One[More]>=1\n",
        ),
        ("two-2.0.dist-info/RECORD", "two.pyc,,\n"),
        ("two-2.0.dist-info/licenses/sub/NOTICE", "Permission is granted.\r\n"),
        ("two-2.0.dist-info/sboms/two native.cdx.json", "{}"),
        ("two.py", "import one\n"),
        (
            "three-3.0.dist-info/METADATA",
            "Name: three\nVersion: 3.0\nClassifier: License :: OSI Approved :: BSD License\nLicense: Redistribution\n        is permitted.\n",
        ),
        ("main.py", "import two\n"),
    ];
    let files = files.map(|(path, text)| (format!("python_libs/{path}"), text));
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    Project::new(&settings("main"), &files).build().unwrap_or_else(|error| panic!("{error}"))
}

/// What is written.
fn told(tell: impl FnOnce(&mut Vec<u8>) -> inside::Result<()>) -> String {
    let mut out = Vec::new();
    tell(&mut out).unwrap_or_else(|error| panic!("{error}"));
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn a_build_writes_the_reports_that_it_is_asked_for() {
    let files = [("python_libs/main.py", "")];
    let project = Project::new(&settings_with("main", "reports = ['sbom', 'licenses']"), &files);
    let app = project.build().unwrap_or_else(|error| panic!("{error}"));
    let archive = app.bundle.archive();
    for (file, expected) in [
        ("pyapp.cdx.json", told(|out| inside::sbom::print(archive, "main", out))),
        ("pyapp.licenses.txt", told(|out| inside::licences::print(archive, out))),
    ] {
        let path = project.out.path().join(file);
        assert_eq!(std::fs::read_to_string(&path).expect("written"), expected);
        assert!(app.report.beside.contains(&path));
    }
    assert_eq!(self::app().report.beside.len(), 1);
}
