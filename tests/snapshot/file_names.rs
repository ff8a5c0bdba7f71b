//! Modules say where their source is, as they do where it is there: `__file__` is `co_filename`, and so on.
//!
//! The program is in `file_names/python_libs`; `file_names/record.py` asks native CPython 3.13 what is right.

use super::build;
use super::common::dedent;
use super::common::project::{Project, files, settings};
use bundle::Run;
use std::path::Path;
use std::process::Command;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/snapshot/file_names");

#[test]
fn files_of_modules_are_as_native_python_has_them() {
    let project = Project::new(&settings("app:main"), &[]);
    let from = Path::new(FOLDER).join("python_libs");
    let copied = Command::new("cp").arg("-r").arg(from).arg(project.folder.path()).status().expect("cp starts");
    assert!(copied.success());
    let app = project.build().expect("built");
    let native = std::fs::read_to_string(Path::new(FOLDER).join("expected.txt")).expect("there");
    assert_eq!(app.run(&[]), (0, native));
}

/// What names the real file, for those who read it.
#[test]
fn the_bytecode_is_where_cached_says() {
    let files = files(
        r#"
        === python_libs/app.py
        import importlib.util, json, mod, os, sys
        def main():
            print(mod.__cached__ == mod.__spec__.cached == mod.__loader__.path == mod.__file__ + 'c')
            print(os.path.exists(mod.__file__), mod.__loader__.get_data(mod.__cached__)[:4] == importlib.util.MAGIC_NUMBER)
            print(json.__file__.removeprefix(os.path.dirname(os.__file__)), json.JSONDecoder.decode.__code__.co_filename)
            # Bytecode of the program's own is as in any CPython.
            sys.path.insert(0, '/tmp')
            with open('/tmp/made.pyc', 'wb') as file:
                file.write(mod.__loader__.get_data(mod.__cached__))
            import made
            print(made.__file__, made.__cached__, made.__spec__.loader.get_filename('made'))
        === python_libs/mod.py
        "#,
    );
    let said = "True\nFalse True\n/json/__init__.py /vfs/usr/local/lib/python3.13/json/decoder.py\n\
        /tmp/made.pyc /tmp/made.pyc /tmp/made.pyc\n";
    assert_eq!(build(&settings("app:main"), &files).run(&[]), (0, said.to_string()));
}

#[test]
fn a_module_that_is_run_has_the_path_of_its_source() {
    let source = dedent(
        r#"
        import sys
        print(__file__, __cached__, __spec__.origin, sys._getframe().f_code.co_filename == __file__)
        "#,
    );
    for (entry, path) in [("app", "app"), ("pkg", "pkg/__main__")] {
        let files = [
            ("python_libs/app.py", source),
            ("python_libs/pkg/__init__.py", ""),
            ("python_libs/pkg/__main__.py", source),
        ];
        let app = build(&settings(entry), &files);
        let path = format!("/vfs/usr/local/lib/python3.13/site-packages/{path}.py");
        assert_eq!(app.run(&[]), (0, format!("{path} {path}c {path} True\n")));
        assert_eq!(app.run_as(Run::Cold, &[]).0, 0);
    }
}
