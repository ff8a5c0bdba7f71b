//! Locks, and what a project says itself.

use super::super::{lines, may_download, project};
use super::{Place, make};
use std::fs;

#[test]
fn locks_that_do_not_belong_here_end_with_one_line() {
    if !may_download() {
        return;
    }
    let place = Place::new();
    let project = project(&[("pyproject.toml", "[tool.pyapp]\nentry = 'one:main'\n")]);
    make(&project, "wheel(name='one'); wheel({'one.py': 'print(2)'}, name='two')");
    make(&project, "wheel({'one.py': 'print(3)', 'three-1.0.dist-info/RECORD': 'three.py,,\\n'}, name='three')");
    let one = format!("./one-1.0-py3-none-any.whl --hash=sha256:{}\n", "0".repeat(64));
    for (file, text, expected) in [
        ("requirements.txt", &*one, "Hash mismatch"),
        (
            "requirements.txt",
            "./one-1.0-py3-none-any.whl\n./two-1.0-py3-none-any.whl\n",
            "one and two: expected one.py in one of them, found two that differ; do without",
        ),
        (
            "requirements.txt",
            "./one-1.0-py3-none-any.whl\n./three-1.0-py3-none-any.whl\n",
            "one and three: expected one.py in one of them, found two that differ",
        ),
        ("requirements.txt", "./missing-1.0-py3-none-any.whl\n", "missing"),
        ("pylock.toml", "no = = toml", "pylock.toml"),
        ("pylock.toml", "lock-version = '9.0'\ncreated-by = 'x'\npackages = []\n", "pylock.toml"),
        (
            "pylock.toml",
            "lock-version = '1.0'\ncreated-by = 'x'\n[[packages]]\nname = 'odd'\nversion = '1.0'\nwheels = [{ path = '../../nowhere/odd-1.0-py3-none-any.whl', hashes = { sha256 = '0' } }]\n",
            "odd",
        ),
    ] {
        project.write(file, text);
        let line = place.refused(&project, "");
        assert!(line.contains(expected), "{text}: {line}");
        fs::remove_file(project.path(file)).expect("removed");
        let _ = fs::remove_file(project.path("requirements.lock"));
    }
    let lock = |name: &str| {
        format!(
            "version = 1\nrevision = 3\nrequires-python = \">=3.13\"\n\n[[package]]\nname = \"{name}\"\nversion = \"1\"\nsource = {{ virtual = \".\" }}\n"
        )
    };
    let settings =
        "[project]\nname = 'one'\nversion = '1'\nrequires-python = '>=3.13'\n[tool.pyapp]\nentry = 'one:main'\n";
    project.write("pyproject.toml", settings);
    for (text, expected) in [(&*lock("another"), "uv.lock"), ("no = = toml", "uv.lock"), ("version = 99\n", "uv.lock")]
    {
        project.write("uv.lock", text);
        let line = place.refused(&project, "");
        assert!(line.starts_with(expected), "{text}: {line}");
    }
    fs::remove_file(project.path("uv.lock")).expect("removed");
    project.write(
        "pyproject.toml",
        &settings.replace("[tool", "dependencies = ['one @ ./one-1.0-py3-none-any.whl']\n[tool"),
    );
    project.write("requirements.lock", "one==1.0\n");
    let line = place.refused(&project, "");
    assert!(
        line.starts_with(
            "requirements.lock: expected a lock that pyapp has made from pyproject.toml, found another file; re"
        ),
        "{line}"
    );
    fs::remove_file(project.path("requirements.lock")).expect("removed");
    fs::remove_file(project.path("two-1.0-py3-none-any.whl")).expect("removed");
    project.write("pyproject.toml", "[tool.pyapp]\nentry = 'one:main'\n");
    // A lock that was made from something else is made again.
    project.write("requirements.lock", "# Made by pyapp; remove it to resolve again. From pyproject.toml, 0\ntwo==1\n");
    project.write("requirements.txt", "./one-1.0-py3-none-any.whl\n");
    let app = place.build(&project, "").unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(lines(&app, &[]), ["odd"]);
}

#[test]
fn a_script_that_leads_nowhere_is_named() {
    let place = Place::new();
    for (calls, expected) in [
        ("nowhere:main", "expected a module nowhere, found none"),
        ("main:nowhere", "expected nowhere in module main, found no such name"),
        ("os.system('true'):x", "expected what to run"),
        ("../main:main", "expected what to run"),
    ] {
        let settings = format!("[project]\nname = 'x'\nversion = '1'\n[project.scripts]\nx = \"{calls}\"\n");
        let line = place.refused(&project(&[("pyproject.toml", &settings), ("main.py", "")]), "");
        assert!(line.starts_with("pyproject.toml") && line.contains(expected), "{calls}: {line}");
    }
}
