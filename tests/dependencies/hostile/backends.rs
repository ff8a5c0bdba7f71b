//! Build backends, of a project and of a source that is asked for.

use super::super::common::project::{Project, folder};
use super::super::common::run;
use super::super::{lines, may_download, project, settings};
use super::{Place, WHEEL, make, names};
use pipeline::settings::{Bounds, Settings};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// A project whose own backend does this before it makes a wheel, or instead.
fn with_backend(does: &str) -> Project {
    let backend = format!("import os, sys, time, zipfile\ndef build_wheel(folder, *rest):\n    {does}\n{MAKES}");
    project(&[("pyproject.toml", PROJECT), ("backend.py", &backend)])
}

const PROJECT: &str = "[project]\nname = 'odd'\nversion = '1.0'\nrequires-python = '>=3.13'\n[project.scripts]\nodd = 'odd:main'\n\
                       [build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n";

const MAKES: &str = r#"
    name, info = "odd-1.0-py3-none-any.whl", "odd-1.0.dist-info/"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        wheel.writestr("odd.py", "def main(): print('odd')\n")
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\nName: odd\nVersion: 1.0\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(info + "RECORD", "")
    return name
"#;

/// (The endless one sleeps, as nothing ends it before the process.)
const HARM: [(&str, &str); 9] = [
    ("while True: time.sleep(0.05)", "took longer than 3 s and was given up"),
    ("print('x' * 50_000_000); raise ValueError('y' * 10_000)", "its last line was: xxxx"),
    ("sys.exit('a\\x07b')", "its last line was: ab"),
    ("x = []\n    while True: x.append(bytes(1 << 24))", "its last line was: MemoryError"),
    (
        "with open('big', 'wb') as file:\n        while True: file.write(bytes(1 << 20))",
        "expected a build backend to write at most 32 MiB, found more; do without what it builds",
    ),
    ("n = 0\n    while True: open(f'{n}', 'w').close(); n += 1", "expected a build backend to write at most 32 MiB"),
    (
        "os.symlink('/etc/hostname', os.path.join(folder, 'odd-1.0-py3-none-any.whl')); return 'odd-1.0-py3-none-any.whl'",
        "expected files as its result, found the link odd-1.0-py3-none-any.whl",
    ),
    ("return '../../odd-1.0-py3-none-any.whl'", ""),
    ("os.abort()", ""),
];

#[test]
fn a_backend_that_does_harm_ends_with_one_line() {
    if !may_download() {
        return;
    }
    let mut place = Place::new();
    place.bounds = Bounds { bytes: 32 << 20, ..place.bounds };
    for (does, expected) in HARM {
        place.bounds.backend = Duration::from_secs(if does.contains("sleep") { 3 } else { 300 });
        let line = place.refused(&with_backend(does), "");
        assert!(line.starts_with("pyproject.toml: ") && line.contains(expected), "{does}: {line}");
    }
    let app = place.build(&with_backend("pass"), "").unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(lines(&app, &[]), ["odd"]);
}

/// The files of this name in a cache.
fn found(place: &Place, name: &str) -> String {
    let mut find = Command::new("find");
    find.arg(place.cache.path()).args(["-name", name]);
    run(find).stdout
}

/// The same in a source that is asked for.
#[test]
fn sources_that_do_harm_end_with_one_line() {
    if !may_download() {
        return;
    }
    let mut place = Place::new();
    place.bounds = Bounds { bytes: 32 << 20, files: 1000, ..place.bounds };
    let outside = folder();
    let asking = |does: &str, links: &str| {
        let own = with_backend(does);
        let read = |name: &str| fs::read_to_string(own.path(name)).expect("there");
        let project = project(&[
            ("pyproject.toml", "[tool.pyapp]\nentry = 'odd:main'\n"),
            ("requirements.txt", "./odd-1.0.tar.gz\n"),
        ]);
        let (settings, backend) = (read("pyproject.toml"), read("backend.py"));
        let info = "'PKG-INFO': HEAD.decode()";
        make(
            &project,
            &format!("sdist({{'pyproject.toml': {settings:?}, 'backend.py': {backend:?}, {info}}}, {links})"),
        );
        project
    };
    for (does, expected) in HARM {
        place.bounds.backend = Duration::from_secs(if does.contains("sleep") { 3 } else { 300 });
        let project = asking(does, "");
        let line = place.refused(&project, "");
        if does.contains("write") {
            // What it has written is gone, and it is unpacked again.
            assert_eq!(found(&place, "big"), "");
            assert_eq!(place.refused(&project, ""), line);
        }
        assert!(line.starts_with("requirements.txt: ") && line.contains("odd"), "{does}: {line}");
        assert!(line.contains(expected), "{does}: {line}");
    }
    let here = outside.path().display();
    for (links, does) in [
        (format!("{{'link': '{here}'}}"), "open('link/evil', 'w').write('x')"),
        ("{'link': '../..'}".to_string(), "open('link/evil', 'w').write('x')"),
        (format!("{{'link': '{here}/evil'}}"), "open('link', 'w').write('x')"),
        ("{}".to_string(), &format!("os.symlink('{here}', 'link'); open('link/evil', 'w').write('x')")),
    ] {
        let line = place.refused(&asking(does, &links), "");
        assert!(line.starts_with("requirements.txt: uv found: Failed to "), "{links}: {line}");
    }
    assert_eq!(names(outside.path()), Vec::<String>::new());
    assert_eq!(found(&place, "evil"), "");
    let bomb = project(&[
        ("pyproject.toml", "[tool.pyapp]\nentry = 'odd:main'\n"),
        ("requirements.txt", "./odd-1.0.tar.gz\n"),
    ]);
    make(&bomb, "sdist({'pyproject.toml': '', 'zeros.bin': '\\0' * 400_000_000})");
    place.refused(&bomb, "");
    let app = place.build(&asking("pass", ""), "").unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(lines(&app, &[]), ["odd"]);
}

/// Where a project lies is no affair of a shell's.
#[test]
fn a_project_may_lie_anywhere() {
    if !may_download() {
        return;
    }
    for name in ["it's a \"project\" $(touch evil) `touch evil` \\ *", " two\nlines "] {
        let place = Place::new();
        let outer = with_backend("pass");
        let inner = outer.path(name);
        let out = Project { folder: tempfile::tempdir_in(outer.path("")).expect("made"), out: folder() };
        let files =
            ["pyproject.toml", "backend.py"].map(|file| (file, fs::read_to_string(outer.path(file)).expect("there")));
        fs::create_dir(&inner).expect("made");
        files.iter().for_each(|(file, text)| fs::write(inner.join(file), text).expect("written"));
        let settings = Settings {
            project: inner.clone(),
            out: out.out.path().join(name),
            cache: place.cache.path().to_path_buf(),
            ..settings(&outer)
        };
        let report = pipeline::build(&settings).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(report.summary.concat().contains("the project's own distribution"), "{:?}", report.summary);
        let evil = |folder: PathBuf| folder.join("evil").exists();
        assert!(!evil(inner) && !evil(outer.path("")) && !Path::new("evil").exists());
    }
}

/// What uv takes for a Python lies in the environment of the build, and so does what the build asks for.
#[test]
fn nothing_of_a_build_comes_before_the_programs_of_this_machine() {
    if !may_download() {
        return;
    }
    let place = Place::new();
    let marks = folder();
    for (place_of, program) in [
        ("scripts", "dirname"),
        ("scripts", "mktemp"),
        ("scripts", "cat"),
        ("data/bin", "readlink"),
        ("data/bin", "python"),
    ] {
        let project = project(&[("pyproject.toml", "")]);
        let mark = marks.path().join(program);
        let script = format!("#!/bin/sh\necho started >> '{}'\nexec /usr/bin/{program} \"$@\"\n", mark.display());
        make(&project, &format!("wheel({{'odd-1.0.data/{place_of}/{program}': {script:?}}})"));
        let wheel = project.path(WHEEL);
        let settings = format!(
            "[project]\nname = 'own'\nversion = '1.0'\n[tool.pyapp]\nentry = 'own'\n[build-system]\n\
             requires = ['odd @ file://{}', 'setuptools']\nbuild-backend = 'setuptools.build_meta'\n",
            wheel.display()
        );
        project.write("pyproject.toml", &settings);
        project.write("own.py", "");
        // Whether it can be built all the same is not the question.
        drop(place.build(&project, ""));
        assert!(!mark.exists(), "{program}");
    }
}

/// What a backend does to the environment of its build, in which uv installs and starts things.
const CHANGES: &str = r#"
import os, sys, zipfile

def found(work):
    try: return repr(work())
    except OSError as error: return type(error).__name__

def build_wheel(folder, config_settings=None, metadata_directory=None):
    packages = next(path for path in sys.path if "/builds-v" in path)
    root = packages.partition("/lib/python")[0]
    report = [
        found(lambda: len(os.listdir(root)) > 2),
        found(lambda: os.remove(root + "/bin/python")),
        found(lambda: os.remove(root + "/pyvenv.cfg")),
        found(lambda: open(root + "/bin/cat", "w")),
        found(lambda: open(packages + "/sitecustomize.py", "w")),
        found(lambda: os.rename(packages, root + "/aside")),
        found(lambda: os.symlink("/etc", root + "/link")),
        found(lambda: os.symlink("/etc", root + "/build_wheel.txt")),
        found(lambda: open(os.path.dirname(os.path.dirname(root)) + "/made", "w")),
    ]
    with zipfile.ZipFile(os.path.join(folder, "own-1.0-py3-none-any.whl"), "w") as wheel:
        wheel.writestr("own.py", f"print(*{report!r})\n")
        wheel.writestr("own-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: own\nVersion: 1.0\n")
        wheel.writestr("own-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("own-1.0.dist-info/RECORD", "")
    return "own-1.0-py3-none-any.whl"
"#;

#[test]
fn a_backend_changes_nothing_that_uv_starts_or_installs_to() {
    if !may_download() {
        return;
    }
    let settings = "[project]\nname = 'own'\nversion = '1.0'\n[tool.pyapp]\nentry = 'own'\n[build-system]\n\
                    requires = ['toolz']\nbuild-backend = 'backend'\nbackend-path = ['.']\n";
    let project = project(&[("pyproject.toml", settings), ("backend.py", CHANGES)]);
    let app = Place::new().build(&project, "").unwrap_or_else(|error| panic!("{error}"));
    let denied = ["OSError", "PermissionError"];
    let said = app.run(&[]).1;
    let mut words = said.split_whitespace();
    assert_eq!(words.next(), Some("True"), "{said}");
    assert!(words.clone().count() == 8 && words.all(|word| denied.contains(&word)), "{said}");
}
