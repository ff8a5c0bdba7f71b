//! C extensions: built from source on this machine, linked at build time, resumed from the snapshot, used in threads.

mod common;

use common::project::{App, Project, files, settings, settings_with};
use pipeline::settings::Settings;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};

fn may_download() -> bool {
    let may = std::env::var_os("CARGO_NET_OFFLINE").is_none();
    if !may {
        eprintln!("not tested: CARGO_NET_OFFLINE is set");
    }
    may
}

/// Builds with the network, which brings what build backends need.
fn try_to_build(project: &Project) -> Result<App, String> {
    project.build_with(&Settings { offline: false, ..project.settings() })
}

fn build(project: &Project) -> App {
    try_to_build(project).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_projects_own_extensions_are_built_linked_and_resumed() {
    if !may_download() {
        return;
    }
    let project = Project::copied("extensions/own");
    let expected = fs::read_to_string(project.path("expected.txt")).expect("read");
    let app = build(&project);
    // Each run begins where the snapshot ends.
    for _ in 0..2 {
        assert_eq!(app.run(&[]), (0, expected.clone()));
    }
    assert_eq!(app.run(&["x"]), (3, expected.clone()));
    // Without one, too.
    let text = fs::read_to_string(project.path("pyproject.toml")).expect("read");
    project.write("pyproject.toml", &text.replace("native = [\"own\"]", "native = [\"own\"]\nsnapshot = false"));
    assert_eq!(build(&project).run(&[]), (0, expected));
}

/// A project with one module of C.
fn with_module(code: &str, main: &str) -> Project {
    let project = Project::copied("extensions/own");
    project.write("src/own/plain.c", code);
    project.write("src/own/__init__.py", main);
    project.write(
        "setup.py",
        "from setuptools import Extension, setup\nsetup(ext_modules=[Extension('own.plain', ['src/own/plain.c'])])\n",
    );
    project
}

const MODULE: &str = r#"
#define PY_SSIZE_T_CLEAN
#include <Python.h>
BODY
static PyMethodDef methods[] = {{"f", f, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "own.plain", NULL, -1, methods, NULL, NULL, NULL, NULL};
PyMODINIT_FUNC PyInit_plain(void) { return PyModule_Create(&module); }
"#;
const MAIN: &str = "def main():\n    from own import plain\n    print(plain.f())\n";

#[test]
fn what_an_extension_needs_and_nobody_has_is_named_by_the_build() {
    if !may_download() {
        return;
    }
    let body = "#include <pthread.h>\npid_t fork(void); int snapshot_taken(void);\n\
                static void *run(void *argument) { return argument; }\n\
                static PyObject *f(PyObject *self, PyObject *unused)\n\
                { pthread_t made; pthread_create(&made, NULL, run, NULL); return PyLong_FromLong(fork() + snapshot_taken()); }";
    let error = try_to_build(&with_module(&MODULE.replace("BODY", body), MAIN)).err().expect("refused");
    assert!(
        error.contains("own 1: ")
            && error.contains("needs what the interpreter does not have: fork, pthread_create, snapshot_taken"),
        "{error}"
    );
}

#[test]
fn a_build_that_fails_names_its_log_and_shows_its_last_words() {
    if !may_download() {
        return;
    }
    let error = try_to_build(&with_module("#error this is what the compiler says\n", MAIN)).err().expect("refused");
    assert!(error.contains("this is what the compiler says") && error.contains("the whole log is "), "{error}");
}

#[test]
fn a_trap_in_an_extension_ends_the_run_and_nothing_else() {
    if !may_download() {
        return;
    }
    let body =
        "static PyObject *f(PyObject *self, PyObject *unused) { *(volatile int *)0xfffffff0u = 1; return NULL; }";
    let app = build(&with_module(&MODULE.replace("BODY", body), MAIN));
    let ended = catch_unwind(AssertUnwindSafe(|| app.run(&[]))).expect_err("it does not end by itself");
    let said = ended.downcast_ref::<String>().expect("a message");
    assert!(said.starts_with("Trapped(\"wasm trap: out of bounds memory access\")"), "{said}");
}

#[test]
fn random_bytes_that_an_extension_draws_at_import_are_told_and_those_of_a_run_are_its_own() {
    if !may_download() {
        return;
    }
    // An app, and how many of its warnings are about them.
    let built = |size: usize, settings: &str| {
        let body = format!(
            "#include <stdlib.h>\n#include <unistd.h>\nstatic unsigned first[{}];\n\
             static PyObject *f(PyObject *self, PyObject *unused) {{ return Py_BuildValue(\"II\", first[0], arc4random()); }}",
            size / 4
        );
        let code = MODULE
            .replace("BODY", &body)
            .replace("{ return PyModule", "{ getentropy(first, sizeof(first)); return PyModule");
        let project = with_module(&code, "from own import plain\ndef main():\n    print(*plain.f())\n");
        let text = fs::read_to_string(project.path("pyproject.toml")).expect("read");
        project
            .write("pyproject.toml", &text.replace("native = [\"own\"]", &format!("native = [\"own\"]\n{settings}")));
        let app = build(&project);
        let told = app.report.warnings.iter().filter(|text| text.contains("own draws random numbers")).count();
        (app, told)
    };
    // The numbers of two runs: what was drawn at import, and in the run.
    let numbers = |app: &App| {
        let said = [(); 2].map(|()| app.run_granted(app.bundle.app(), &[]).1);
        let [one, other] = said.each_ref().map(|said| said.trim().split_once(' ').expect("two numbers"));
        assert_ne!(one.1, other.1, "each run draws its own");
        [one.0.to_string(), other.0.to_string()]
    };
    let (app, told) = built(32, "");
    let [one, other] = numbers(&app);
    assert_eq!((told, one), (1, other), "what the build has drawn is kept, and told");
    let (app, told) = built(32, "snapshot-exclude = [\"own\"]");
    let [one, other] = numbers(&app);
    assert_eq!(told, 0);
    assert_ne!(one, other, "the way out");
    assert_eq!(built(16, "").1, 0, "keys of hash maps");
}

/// A project that uses a small package with an extension.
fn with_ujson(more: &str) -> Project {
    let text = r#"
        === requirements.txt
        ujson==6.1.0
        === python_libs/main.py
        import ujson
        print(ujson.dumps({'a': [1, 2.5]}), ujson.loads('["x"]'))
        "#;
    Project::new(&settings_with("main", more), &files(text))
}

/// What it prints.
const UJSON_SAYS: &str = "{\"a\":[1,2.5]} ['x']\n";

#[test]
fn native_code_is_refused_until_it_is_allowed_and_the_message_says_how() {
    if !may_download() {
        return;
    }
    let project = with_ujson("");
    let error = try_to_build(&project).err().expect("refused");
    assert!(error.contains("if building it on this machine is fine, set [tool.pyapp] native = [\"ujson\"]"), "{error}");
    project.write("pyproject.toml", &settings_with("main", "native = [\"ujson\"]\n"));
    assert_eq!(build(&project).run(&[]), (0, UJSON_SAYS.to_string()));
}

#[test]
fn a_package_that_cannot_work_is_refused_with_its_reason_before_it_is_built() {
    if !may_download() {
        return;
    }
    let files = [("requirements.txt", "psutil==7.2.2\n"), ("python_libs/main.py", "import psutil\n")];
    let project = Project::new(&settings_with("main", "native = [\"psutil\"]\n"), &files);
    let error = try_to_build(&project).err().expect("refused");
    assert!(
        error.contains("native, psutil: expected a package that works as WebAssembly, found one that asks the system for its processes"),
        "{error}"
    );
}

#[test]
fn what_an_extension_is_built_with_is_pinned_beside_the_project() {
    if !may_download() {
        return;
    }
    let project = Project::copied("extensions/own");
    let sources = fs::read_to_string(project.path("pyproject.toml")).expect("read");
    let asking = |range: &str| project.write("pyproject.toml", &sources.replace("setuptools==80.9.0", range));
    asking("setuptools>=70,<81");
    let build = || try_to_build(&project).map(|app| app.report.warnings);
    build().expect("built");
    let lock = fs::read_to_string(project.path("native.lock")).expect("written");
    for part in ["\n# for own\n# needs setuptools>=70,<81\n", "\nsetuptools==80.", " --hash=sha256:"] {
        assert!(lock.contains(part), "{part}: {lock}");
    }
    assert!(!lock.contains("http"), "{lock}");
    // It is obeyed: there is nothing with such a hash.
    let (before, hashes) = lock.split_once("setuptools==").expect("a pin");
    let (version, _) = hashes.split_once(" \\\n").expect("hashes");
    let none = format!("{before}setuptools=={version} \\\n    --hash=sha256:{}\n", "0".repeat(64));
    project.write("native.lock", &none);
    let error = build().expect_err("refused");
    assert!(error.contains("Hash mismatch") && error.contains("setuptools"), "{error}");
    // Where the sources ask for something else, it is made anew.
    asking("setuptools>=71,<81");
    build().expect("built");
    let made = fs::read_to_string(project.path("native.lock")).expect("read");
    assert_eq!(made, lock.replace(">=70", ">=71"));
}

#[test]
fn what_a_backend_asks_for_only_where_it_is_missing_stays_pinned() {
    if !may_download() {
        return;
    }
    let project = Project::copied("extensions/own");
    let settings = fs::read_to_string(project.path("pyproject.toml")).expect("read");
    let backend = "build-backend = \"asking\"\nbackend-path = [\".\"]";
    project.write("pyproject.toml", &settings.replace("build-backend = \"setuptools.build_meta\"", backend));
    let asking = "from setuptools.build_meta import *\n\n\ndef get_requires_for_build_wheel(settings=None):\n    try:\n        \
                  import flit_core\n    except ImportError:\n        return ['flit-core==3.12.0']\n    return []\n";
    project.write("asking.py", asking);
    let lock = || {
        build(&project);
        fs::read_to_string(project.path("native.lock")).expect("written")
    };
    let first = lock();
    assert!(first.contains("\n# wants flit-core==3.12.0\n") && first.contains("\nflit-core==3.12.0 \\\n"), "{first}");
    project.write("asking.py", &format!("{asking}\n# changed\n"));
    assert_eq!(lock(), first);
}

#[test]
fn a_backend_cannot_have_the_build_write_elsewhere_by_links() {
    if !may_download() {
        return;
    }
    let header = "environment/lib/python3.13/site-packages/numpy/_core/include/numpy/_numpyconfig.h";
    for name in ["requirements.in", "meson.ini", header] {
        let project = Project::copied("extensions/own");
        let settings = fs::read_to_string(project.path("pyproject.toml")).expect("read");
        let backend = "build-backend = \"linking\"\nbackend-path = [\".\"]";
        project.write("pyproject.toml", &settings.replace("build-backend = \"setuptools.build_meta\"", backend));
        const UNCHANGED: &str = "#define NPY_SIZEOF_LONG 8\n";
        project.write("elsewhere", UNCHANGED);
        let linking = format!(
            "import pathlib\nfrom setuptools.build_meta import *\n\n\ndef get_requires_for_build_wheel(settings=None):\n    \
             link = pathlib.Path('..', {name:?})\n    link.parent.mkdir(parents=True, exist_ok=True)\n    link.unlink(missing_ok=True)\n    \
             link.symlink_to({:?})\n    return ['flit-core==3.12.0']\n",
            project.path("elsewhere")
        );
        project.write("linking.py", &linking);
        let error = try_to_build(&project).err().expect(name);
        assert!(error.contains(name) && error.contains("Permission denied"), "{name}: {error}");
        assert_eq!(fs::read_to_string(project.path("elsewhere")).expect("read"), UNCHANGED, "{name}");
    }
}

#[test]
fn wheels_that_the_project_has_are_installed_and_nothing_is_built() {
    if !may_download() {
        return;
    }
    let project = with_ujson("native = [\"ujson\"]\n");
    build(&project);
    let kept = fs::read_dir(&project.settings().cache)
        .expect("listed")
        .flat_map(|entry| fs::read_dir(entry.ok()?.path()).ok());
    let name = "ujson-6.1.0-cp313-cp313-wasi_wasm32.whl";
    let mut wheels = kept.flatten().filter_map(|entry| entry.ok()).filter(|entry| entry.file_name() == name);
    let wheel = wheels.next().expect("kept in the cache").path();
    fs::create_dir(project.path("wheels")).expect("created");
    project.write("pyproject.toml", &settings_with("main", "native-wheels = \"wheels\"\n"));
    let place = project.path("wheels").join(name);
    fs::copy(&wheel, &place).expect("copied");
    assert_eq!(build(&project).run(&[]), (0, UJSON_SAYS.to_string()));
    fs::rename(&place, project.path("wheels").join(name.replace("6.1.0", "6.0.9"))).expect("renamed");
    let error = try_to_build(&project).err().expect("refused");
    assert!(
        error.contains("ujson 6.1.0: expected a wheel of Python only") && error.contains("; native-wheels has 6.0.9"),
        "{error}"
    );
}

/// Files that say that they are extensions; below the heading of problems in libraries there is one line.
#[test]
fn hostile_extensions_are_refused_with_one_line() {
    let head = b"\0asm\x01\0\0\0";
    let section = |kind: u8, bytes: &[u8]| [&[kind, bytes.len() as u8], bytes].concat();
    let dylink = |bytes: &[u8]| section(0, &[&b"\x08dylink.0"[..], bytes].concat());
    let plain = dylink(b"\x01\x04\x00\x00\x00\x00");
    // Imports of one function without parameters.
    let import = |module: &str, name: &str| {
        let text = |text: &str| [&[text.len() as u8], text.as_bytes()].concat();
        let types = section(1, b"\x01\x60\0\0");
        [types, section(2, &[&b"\x01"[..], &text(module), &text(name), b"\0\0"].concat())].concat()
    };
    for (bytes, reason) in [
        ([&plain[..], &section(1, b"\xff\xff\xff")].concat(), "expected a valid WebAssembly module"),
        ([&plain[..], &import("wasi_snapshot_preview1", "fd_write")].concat(), "found wasi_snapshot_preview1.fd_write"),
        ([&plain[..], &import("env", "pyapp_call")].concat(), "needs what the interpreter does not have: pyapp_call"),
        (dylink(b"\x01\x08\xff\xff\xff\xff\x0f\x00\x00\x00"), "bytes of data"),
        ([&plain[..], &section(5, b"\x01\x00\x01")].concat(), "some of its own"),
    ] {
        let project = Project::new(&settings("main"), &[("python_libs/main.py", "import hostile\n")]);
        let whole = [&head[..], &bytes].concat();
        fs::write(project.path("python_libs/hostile.so"), whole).expect("written");
        let error = project.build().err().expect("refused");
        assert!(
            error.contains(reason) && error.contains("python_libs/hostile.so") && error.lines().count() == 2,
            "{error}"
        );
    }
}
