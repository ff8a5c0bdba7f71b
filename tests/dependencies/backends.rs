//! Build backends and build scripts, which run inside the guest.

use super::{build, lines, may_download, project};

/// A package that a backend packs, which greets.
fn greeting(build_system: &str, more: &[(&str, &str)]) -> super::common::project::Project {
    let settings = format!(
        "[project]\nname = 'greeting'\nversion = '1.2'\nrequires-python = '>=3.13'\ndescription = 'x'\n\
         [project.scripts]\ngreet = 'greeting:main'\n[build-system]\n{build_system}\n"
    );
    let module = "import importlib.metadata as m\ndef main(): print('hello', m.version('greeting'))\n";
    let project = project(&[("pyproject.toml", &settings), ("src/greeting/__init__.py", module)]);
    more.iter().for_each(|(name, text)| project.write(name, text));
    project
}

#[test]
fn every_usual_backend_packs_a_project() {
    if !may_download() {
        return;
    }
    for build_system in [
        "requires = ['setuptools>=80']\nbuild-backend = 'setuptools.build_meta'",
        "requires = ['hatchling']\nbuild-backend = 'hatchling.build'",
        "requires = ['flit-core']\nbuild-backend = 'flit_core.buildapi'",
        "requires = ['poetry-core']\nbuild-backend = 'poetry.core.masonry.api'",
        "requires = ['pdm-backend']\nbuild-backend = 'pdm.backend'",
        "requires = ['uv_build']\nbuild-backend = 'uv_build'",
    ] {
        let app = build(&greeting(build_system, &[])).unwrap_or_else(|error| panic!("{build_system}: {error}"));
        assert_eq!(lines(&app, &[]), ["hello 1.2"], "{build_system}");
    }
}

/// What a backend of the project's own tries, and what it must find.
const TRIES: &str = r#"
import os, socket, subprocess, sys, zipfile

def found(work):
    try: return repr(work())
    except Exception as error: return type(error).__name__

def build_wheel(folder, config_settings=None, metadata_directory=None):
    above = os.path.dirname(os.getcwd())
    caches = [path for path in sys.path if "uv-cache" in path]
    report = [
        found(lambda: sys.platform),
        found(lambda: open("/etc/passwd").read()),
        found(lambda: os.listdir(os.path.expanduser("~"))),
        found(lambda: open(HIDDEN).read()),
        found(lambda: open(above + "/made", "w")),
        found(lambda: os.symlink("/etc", above + "/link")),
        found(lambda: subprocess.run(["true"])),
        found(lambda: socket.create_connection(("127.0.0.1", 1))),
        found(lambda: open(os.path.join(caches[0].partition("/builds-v")[0], "made"), "w")),
        found(lambda: sorted(os.environ)),
        found(lambda: open("words.txt").read()),
        found(lambda: open("new.txt", "w").write("x")),
    ]
    name = "greeting-1.2-py3-none-any.whl"
    info = "greeting-1.2.dist-info"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        wheel.writestr("greeting.py", f"def main(): print(*{report!r}, sep='\\n')\n")
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: greeting\nVersion: 1.2\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return name
"#;

#[test]
fn a_backend_reaches_what_it_builds_only() {
    if !may_download() {
        return;
    }
    let hidden = tempfile::tempdir().expect("a folder");
    let file = hidden.path().join("hidden");
    std::fs::write(&file, "secret").expect("written");
    let backend = format!("HIDDEN = {file:?}\n{TRIES}");
    let build_system = "requires = []\nbuild-backend = 'own'\nbackend-path = ['.']";
    let project = greeting(build_system, &[("own.py", &backend), ("words.txt", "words")]);
    let app = build(&project).unwrap_or_else(|error| panic!("{error}"));
    let expected = [
        "'wasi'",
        "FileNotFoundError",
        "[]",
        "FileNotFoundError",
        "PermissionError",
        "PermissionError",
        "OSError",
        "PermissionError",
        "PermissionError",
        "['CC', 'CXX', 'HOME', 'MSGPACK_PUREPYTHON', 'PYTHONPATH', 'PYYAML_FORCE_LIBYAML', 'TMPDIR']",
        "'words'",
        "1",
    ];
    assert_eq!(lines(&app, &[]), expected);
    // It worked on a copy.
    assert!(!project.path("new.txt").exists());
}

#[test]
fn what_has_no_wheel_at_all_is_built_from_source() {
    if !may_download() {
        return;
    }
    let project = project(&[
        ("pyproject.toml", "[tool.pyapp]\nentry = 'main'\n"),
        ("requirements.txt", "docopt==0.6.2\n"),
        ("python_libs/main.py", "import docopt; print(docopt.docopt('usage: a', []))"),
    ]);
    assert_eq!(lines(&build(&project).unwrap_or_else(|error| panic!("{error}")), &[]), ["{}"]);
}

#[test]
fn a_backend_that_fails_is_told_with_its_last_line_and_may_run_on_this_machine() {
    if !may_download() {
        return;
    }
    let backend =
        format!("HIDDEN = ''\nimport sys\nif sys.platform == 'wasi': raise RuntimeError('not here')\n{TRIES}");
    let build_system = "requires = []\nbuild-backend = 'own'\nbackend-path = ['.']";
    let project = greeting(build_system, &[("own.py", &backend), ("words.txt", "words")]);
    let error = build(&project).err().expect("refused");
    assert!(error.starts_with("pyproject.toml: uv found: Failed to build `"), "{error}");
    assert!(error.contains("RuntimeError: not here") && !error.contains('\n'), "{error}");
    let (_, advice) = error.split_once("[tool.pyapp] ").expect("advice");
    let settings = std::fs::read_to_string(project.path("pyproject.toml")).expect("there");
    project.write("pyproject.toml", &format!("{settings}[tool.pyapp]\n{advice}\n"));
    let app = build(&project).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(lines(&app, &[]).first().map(String::as_str), Some("'linux'"));
}
