//! Bundling other projects: the build side on real input, and what comes out of it run by the real CPython.

mod common;

use common::dedent;
use common::project::{Project, files, settings, settings_with};
use std::fs;
use std::path::Path;

#[test]
fn a_function_is_called_and_its_result_is_the_status() {
    let source = dedent(
        r#"
        import sys
        def main():
            print(sys.argv, __name__)
            return int(sys.argv[1])
        "#,
    );
    let bundle = Project::new(
        &settings("tool.cli:main"),
        &[("python_libs/tool/__init__.py", ""), ("python_libs/tool/cli.py", source)],
    );
    let bundle = bundle.build().expect("built");
    assert_eq!(bundle.run(&["7"]), (7, "['the-app', '7'] tool.cli\n".to_string()));
    let (status, said) = bundle.run(&["x"]);
    assert_eq!(status, 1);
    // The traceback names the virtual path and the line; pyapp itself does not show up in it.
    let expected = "['the-app', 'x'] tool.cli\nTraceback (most recent call last):\n  File \
                    \"/vfs/usr/local/lib/python3.13/site-packages/tool/cli.py\", line 4, in main\n";
    assert!(said.starts_with(expected), "{said}");
    assert!(said.ends_with("ValueError: invalid literal for int() with base 10: 'x'\n"), "{said}");
}

#[test]
fn a_module_and_a_package_run_as_main() {
    let code = dedent(
        r#"
        import sys
        print(__name__, sys.argv)
        sys.exit('bye')
        "#,
    );
    let module = Project::new(&settings("solo"), &[("python_libs/solo.py", code)]).build().expect("built");
    assert_eq!(module.run(&["--help"]), (1, "__main__ ['the-app', '--help']\nbye\n".to_string()));
    let files = [("python_libs/pkg/__init__.py", ""), ("python_libs/pkg/__main__.py", code)];
    let package = Project::new(&settings("pkg"), &files).build().expect("built");
    assert_eq!(package.run(&[]), (1, "__main__ ['the-app']\nbye\n".to_string()));
}

#[test]
fn several_folders_data_files_and_levels() {
    let code = dedent(
        r#"
        import importlib.resources as r, other, third
        assert False, 'asserts are compiled out'
        print(r.files('pkg').joinpath('data/table.csv').read_text(), other.f.__doc__, third.X, __debug__)
        "#,
    );
    let project = Project::new(
        "[tool.pyapp]\nentry = \"pkg\"\nlibs = [\"python_libs\", \"more\"]\noptimize = 2\n",
        &[
            ("python_libs/pkg/__init__.py", ""),
            ("python_libs/pkg/__main__.py", code),
            ("python_libs/pkg/data/table.csv", "1,2"),
            ("more/other.py", "def f(): 'documented'\n"),
            ("more/third/__init__.py", "from .inner import X"),
            ("more/third/inner.py", "X = 3"),
        ],
    );
    assert_eq!(project.build().expect("built").run(&[]), (0, "1,2 None 3 False\n".to_string()));
}

#[test]
fn every_library_that_does_not_compile_is_reported_at_once() {
    let project = Project::new(
        &settings("good"),
        &[
            ("python_libs/good.py", ""),
            ("python_libs/bad/__init__.py", "def f(:\n"),
            ("python_libs/bad/deep/worse.py", "\n\nx = = 1\n"),
            ("python_libs/nul.py", "x = 1\0"),
        ],
    );
    let error = project.build().err().expect("refused");
    let mut lines = error.lines();
    assert_eq!(lines.next(), Some("3 problems in the libraries; nothing was bundled:"), "{error}");
    assert!(error.contains("\npython_libs/bad/__init__.py:1: "), "{error}");
    assert!(error.contains("\npython_libs/bad/deep/worse.py:3: "), "{error}");
    assert!(error.contains("\npython_libs/nul.py:1: "), "{error}");
    assert!(!project.out.path().join("assets").exists(), "something was left behind");
}

#[test]
fn what_cannot_be_archived_is_told_as_such() {
    let project = Project::new(&settings("good"), &[("python_libs/good.py", "")]);
    // The archive has 256 names in a path at most; the place of the libraries takes five.
    let deep = "d/".repeat(252);
    project.write(&format!("python_libs/lib/{deep}data"), "");
    let error = project.build().err().expect("refused");
    project.write("pyproject.toml", &settings_with("good", "exclude = [\"lib/d\"]"));
    project.build().expect("built without it");
    let expected = "expected up to 256 names of 1 to 255 bytes separated by single slashes";
    assert!(error.starts_with("archive path ") && error.contains(expected), "{error}");
    assert!(error.ends_with("; nothing was bundled") && !error.contains("problem"), "{error}");
}

#[test]
fn a_link_that_leads_outside_is_refused_by_name() {
    let project = Project::new(&settings("good"), &[("python_libs/good.py", ""), ("python_libs/lib/__init__.py", "")]);
    std::os::unix::fs::symlink("/etc/passwd", project.path("python_libs/lib/passwords")).expect("linked");
    let error = project.build().err().expect("refused");
    assert!(error.contains("python_libs/lib/passwords"), "{error}");
}

#[test]
fn an_entry_that_is_not_there_is_refused() {
    for (entry, message) in [
        ("nope", "expected a module nope, found none in the libraries or the standard library"),
        ("lib.nope", "expected a module lib.nope, found none in the libraries or the standard library"),
        ("lib", "expected a module to run, found a package lib without __main__"),
        ("lib.cli:nope", "expected nope in module lib.cli, found no such name"),
    ] {
        let files = [
            ("python_libs/lib/__init__.py", "raise RuntimeError('never run at build time')"),
            ("python_libs/lib/cli.py", "def main(): pass\n"),
        ];
        let project = Project::new(&settings(entry), &files);
        let error = project.build().err().expect("refused");
        let expected = format!("pyproject.toml, [tool.pyapp] entry: {message}; correct the entry or the libs");
        assert_eq!(error, expected);
        // Either is corrected.
        project.write("python_libs/nope.py", "");
        project.write("python_libs/lib/nope.py", "");
        project.write("python_libs/lib/__main__.py", "");
        project.write("python_libs/lib/cli.py", "def nope(): pass\n");
        project.write("python_libs/lib/__init__.py", "");
        project.build().unwrap_or_else(|error| panic!("{entry}: {error}"));
        project.write("pyproject.toml", &settings("lib.cli:nope"));
        project.build().expect("built");
    }
    let files =
        [("python_libs/lib/__init__.py", "from .cli import *"), ("python_libs/lib/cli.py", "def main(): pass\n")];
    Project::new(&settings("lib:main"), &files).build().expect("a star import may bring the name");
    Project::new(&settings("json.tool"), &files).build().expect("the standard library counts");
}

#[test]
fn what_collides_is_refused_with_both_paths_and_the_ways_out_work() {
    let pyproject = "[tool.pyapp]\nentry = \"main\"\nlibs = [\"python_libs\", \"more\"]\n";
    let main = ("python_libs/main.py", "print('main')\n");
    let built = |files: &[(&str, &str)]| Project::new(pyproject, files).build();
    let refused = |files: &[(&str, &str)]| {
        let error = built(files).err().expect("refused");
        error.strip_prefix("1 problem in the libraries; nothing was bundled:\n").expect("one problem").to_string()
    };
    // A module and a package of one name; renamed.
    assert_eq!(
        refused(&[main, ("python_libs/a.py", ""), ("more/a/__init__.py", "")]),
        "python_libs/a.py and more/a: expected one module a, found a file and a folder; rename or remove one"
    );
    built(&[main, ("python_libs/a.py", ""), ("more/b/__init__.py", "")]).expect("built");
    // Two that differ; removed.
    assert_eq!(
        refused(&[main, ("python_libs/a.py", "1"), ("more/a.py", "2")]),
        "python_libs/a.py and more/a.py: expected one a.py, found two that differ; rename or remove one"
    );
    built(&[main, ("python_libs/a.py", "1"), ("more/a.py", "1")]).expect("the same twice is one");
    // A package in one folder, more of its modules in another; moved.
    assert_eq!(
        refused(&[main, ("python_libs/p/__init__.py", ""), ("more/p/b.py", "")]),
        "python_libs/p/__init__.py and more/p: expected a package in one folder, or a namespace package (without \
         __init__.py) in all, found both; move one to the other, or rename it"
    );
    built(&[main, ("python_libs/p/__init__.py", ""), ("python_libs/p/b.py", ""), ("more/c.py", "")]).expect("built");
    built(&[main, ("python_libs/p/a.py", ""), ("more/p/b.py", "")]).expect("built");
}

#[test]
fn a_namespace_package_has_its_parts_in_several_folders() {
    let code = dedent(
        r#"
        import importlib.resources as r
        import ns.a, ns.b, ns.deep.c, ns.deep.d, old.e, old.f
        print(ns.a.X, ns.b.X, ns.deep.c.X, ns.deep.d.X, old.e.X, old.f.X)
        print(*sorted(path.name for path in r.files('ns').joinpath('data').iterdir()))
        print(getattr(ns, '__file__', None), [*ns.__path__])
        "#,
    );
    let old = "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n";
    let project = Project::new(
        "[tool.pyapp]\nentry = \"main\"\nlibs = [\"python_libs\", \"more\"]\n",
        &[
            ("python_libs/main.py", code),
            ("python_libs/ns/a.py", "X = 'a'"),
            ("python_libs/ns/deep/c.py", "X = 'c'"),
            ("python_libs/ns/data/one.txt", ""),
            ("python_libs/old/__init__.py", old),
            ("python_libs/old/e.py", "X = 'e'"),
            ("more/ns/b/__init__.py", "X = 'b'"),
            ("more/ns/deep/d.py", "X = 'd'"),
            ("more/ns/data/two.txt", ""),
            ("more/old/__init__.py", &format!("# The same in other words.\n{old}")),
            ("more/old/f.py", "X = 'f'"),
        ],
    );
    let expected = "a b c d e f\none.txt two.txt\nNone ['/vfs/usr/local/lib/python3.13/site-packages/ns']\n";
    let app = project.build().expect("built");
    assert_eq!(app.run(&[]), (0, expected.to_string()));
    // What does not compile is named where it is.
    project.write("more/ns/deep/d.py", "X = = 1\n");
    let error = project.build().err().expect("refused");
    assert!(error.contains("\nmore/ns/deep/d.py:1: SyntaxError"), "{error}");
}

#[test]
fn names_that_differ_in_case_only_are_two() {
    let code = dedent(
        r#"
        import importlib.resources as r, pkg.Foo, pkg.foo, Top, top
        print(pkg.Foo.X, pkg.foo.X, Top.X, top.X, *(r.files('pkg').joinpath(n).read_text() for n in ('README', 'readme')))
        "#,
    );
    let project = Project::new(
        &settings("main"),
        &[
            ("python_libs/main.py", code),
            ("python_libs/pkg/__init__.py", ""),
            ("python_libs/pkg/Foo.py", "X = 1"),
            ("python_libs/pkg/foo.py", "X = 2"),
            ("python_libs/Top.py", "X = 3"),
            ("python_libs/top.py", "X = 4"),
            ("python_libs/pkg/README", "5"),
            ("python_libs/pkg/readme", "6"),
        ],
    );
    assert_eq!(project.build().expect("built").run(&[]), (0, "1 2 3 4 5 6\n".to_string()));
}

#[test]
fn what_may_not_be_bundled_can_be_excluded_or_changed() {
    let files = [("python_libs/good.py", "print('good')\n"), ("python_libs/lib/__init__.py", "")];
    let project = Project::new(&settings("good"), &files);
    let link = project.path("python_libs/lib/out");
    std::os::unix::fs::symlink("/etc/passwd", &link).expect("linked");
    project.write("python_libs/lib/line\nbreak", "");
    project.write("python_libs/lib/broken.py", "x = = 1\n");
    project.write("python_libs/MANIFEST.txt", "");
    // What cannot even be read is told first. A file of zeros takes no room on the disk.
    let large = project.path("python_libs/lib/large");
    fs::File::create(&large).and_then(|file| file.set_len((1 << 30) + 1)).expect("made");
    let error = project.build().err().expect("refused");
    assert!(error.contains("python_libs/lib/large into memory: expected at most 1073741824 bytes, found"), "{error}");
    assert!(error.ends_with("found 1073741825; correct or exclude it"), "{error}");
    project.write("pyproject.toml", &settings_with("good", "exclude = [\"lib/large\"]"));
    let socket = project.path("python_libs/lib/socket");
    std::os::unix::net::UnixListener::bind(&socket).expect("bound");
    let error = project.build().err().expect("refused");
    assert!(error.ends_with("it is neither a file, a folder nor a symbolic link; correct or exclude it"), "{error}");
    project.write("pyproject.toml", &settings_with("good", "exclude = [\"lib/large\", \"lib/socket\"]"));
    let error = project.build().err().expect("refused");
    for problem in [
        "python_libs/lib/out: this link leads out of the source to /etc/passwd; change or exclude it",
        "python_libs/lib/line\\nbreak: its name contains a line break; change or exclude it",
        "python_libs/lib/broken.py:1: SyntaxError: invalid syntax",
        "python_libs/MANIFEST.txt: its output has the same name as the list this program writes; rename or exclude one of them",
    ] {
        assert!(error.contains(problem), "{problem}\n{error}");
    }
    let exclude =
        r#"exclude = ["lib/large", "lib/socket", "lib/out", "lib/line\nbreak", "lib/broken.py", "MANIFEST.txt"]"#;
    project.write("pyproject.toml", &settings_with("good", exclude));
    assert_eq!(project.build().expect("built").run(&[]), (0, "good\n".to_string()));
    // Or changed, each in its way.
    project.write("pyproject.toml", &settings("good"));
    for path in [&link, &socket] {
        fs::remove_file(path).expect("removed");
    }
    fs::write(&large, "small").expect("written");
    fs::rename(project.path("python_libs/lib/line\nbreak"), project.path("python_libs/lib/line")).expect("renamed");
    fs::rename(project.path("python_libs/MANIFEST.txt"), project.path("python_libs/LIST.txt")).expect("renamed");
    project.write("python_libs/lib/broken.py", "x = 1\n");
    assert_eq!(project.build().expect("built").run(&[]), (0, "good\n".to_string()));
}

#[test]
fn the_same_project_gives_the_same_bytes_anywhere() {
    let files = files(
        r#"
        === python_libs/lib/__init__.py
        X = {'b', 'a', 'c'}
        class A:
            class B:
                def f(self): self.x = 1
        === python_libs/lib/data.bin
        data
        === python_libs/main.py
        import lib
        print(sorted(lib.X))
        "#,
    );
    let first = Project::new(&settings("main"), &files);
    let second = Project::new(&settings("main"), &files);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    // Another place, another time of change, another order of creation.
    fs::remove_file(second.path("python_libs/lib/data.bin")).expect("removed");
    second.write("python_libs/lib/data.bin", "data\n");
    let (first, second) = (first.build().expect("built"), second.build().expect("built"));
    assert!(first.archive == second.archive, "the archives differ");
    assert!(first.code == second.code, "the machine code differs");
}

#[test]
fn leftovers_and_library_code_do_not_count() {
    let files = [("python_libs/main.py", "print('main')\n"), ("python_libs/lib/__init__.py", "X = 1\n")];
    let project = Project::new(&settings("main"), &files);
    let clean = project.build().expect("built");
    // What running the sources by hand and editing them leaves behind.
    project.write("python_libs/lib/__pycache__/__init__.cpython-313.pyc", "leftover");
    project.write("python_libs/lib/__init__.py~", "leftover");
    assert!(clean.archive == project.build().expect("built").archive, "the archives differ");
    // Hooks that a Python start would run must not run at build time.
    project.write("python_libs/sitecustomize.py", "import os; os._exit(0)\n");
    project.write("python_libs/hook.pth", "import os; os._exit(0)\n");
    fs::write(project.path("pyproject.toml"), settings("nope")).expect("written");
    let error = project.build().err().expect("refused");
    assert!(error.contains("expected a module nope"), "{error}");
}

#[test]
fn no_path_of_this_machine_is_inside() {
    let project = Project::new(&settings("main"), &[("python_libs/main.py", "print(1)\n")]);
    let bundle = project.build().expect("built");
    let mut unpacked = Vec::new();
    let archive = bundle.bundle.archive();
    for index in 0..archive.count() {
        if let Ok(contents) = archive.read(index) {
            unpacked.extend_from_slice(&contents);
        }
    }
    unpacked.extend_from_slice(&bundle.code);
    let home = std::env::home_dir().expect("a home");
    for path in [project.folder.path(), Path::new(env!("CARGO_MANIFEST_DIR")), &project.settings().cache, &home] {
        let text = format!("{}/", path.display());
        let there = unpacked.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(!there, "{text}");
    }
}

#[test]
fn a_ready_made_runtime_is_used_and_checked() {
    let project = Project::new(&settings("main"), &[("python_libs/main.py", "print(1)\n")]);
    let mut settings = project.settings();
    settings.python = Some(project.folder.path().into());
    let error = pipeline::build(&settings).expect_err("refused").to_string();
    assert!(error.contains("(PYAPP_PYTHON): expected python.wasm in it"), "{error}");
    settings.python = project.settings().python;
    let ready_made = pipeline::Build::open(&settings).and_then(|build| build.runtime()).expect("built before").folder;
    settings.python = Some(ready_made);
    pipeline::build(&settings).expect("built");
}

#[test]
fn without_network_and_without_sources_it_says_what_is_missing() {
    let project = Project::new(&settings("main"), &[("python_libs/main.py", "print(1)\n")]);
    let mut settings = project.settings();
    settings.python = None;
    settings.cache = project.path("empty cache");
    let error = pipeline::build(&settings).expect_err("refused").to_string();
    assert!(error.contains("PYAPP_CACHE: expected a path without blanks"), "{error}");
    settings.cache = project.path("empty-cache");
    let error = pipeline::build(&settings).expect_err("refused").to_string();
    assert!(error.contains("CARGO_NET_OFFLINE is set and CPython's source is missing"), "{error}");
    // Given a wrong file, it names it, takes it away and stops.
    let source = settings.cache.join("downloads/Python-3.13.5.tar.xz");
    fs::write(&source, "something else").expect("written");
    let error = pipeline::build(&settings).expect_err("refused").to_string();
    let expected = "expected sha256 93e583f243454e6e9e4588ca2c2662206ad961659863277afcdb96801647d640, found ";
    assert!(error.contains(&source.display().to_string()) && error.contains(expected), "{error}");
    assert!(!source.exists());
    let finished = fs::read_dir(&settings.cache).expect("listed").filter_map(|entry| Some(entry.ok()?.path()));
    assert_eq!(finished.filter(|path| path.join("python.wasm").exists()).count(), 0, "it looks finished");
}
