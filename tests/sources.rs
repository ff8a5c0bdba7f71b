//! Sources inside: none, but those that a program asks for or looks for.

mod common;

use common::project::{Project, files, settings_with};

/// What an app says of its own modules, one of which has its source.
const APP: &str = r#"
    === python_libs/app.py
    import doctest, importlib.metadata as m, inspect, io, linecache, os, traceback, unittest
    import pkg.kept, pkg.other
    def main():
        print(inspect.getsource(pkg.kept.double).splitlines()[0])
        try: inspect.getsource(pkg.other.half)
        except OSError as error: print(error)
        print(type(pkg.kept.__loader__).__name__, os.path.basename(pkg.kept.__cached__), os.path.basename(pkg.kept.__file__))
        try: pkg.kept.double(None)
        except TypeError: print(traceback.format_exc().splitlines()[-3:])
        try: pkg.other.half(None)
        except TypeError: print(traceback.format_exc().splitlines()[-3:])
        print(doctest.testmod(pkg.kept))
        found = unittest.TestLoader().discover(os.path.dirname(pkg.__file__) + "/tests", top_level_dir=os.path.dirname(os.path.dirname(pkg.__file__)))
        print(found.countTestCases(), unittest.TextTestRunner(stream=io.StringIO()).run(found).wasSuccessful())
        print(open(os.path.dirname(pkg.__file__) + "/templates/new_app.py").read())
        print(sorted(str(f) for f in m.files("pkg")))
    === python_libs/pkg/__init__.py
    === python_libs/pkg/kept.py
    def double(x):
        """Twice.

        >>> double(2)
        4
        """
        return x * 2 + 0
    === python_libs/pkg/other.py
    def half(x):
        return x / 2
    === python_libs/pkg/tests/__init__.py
    === python_libs/pkg/tests/test_double.py
    import unittest
    from pkg import kept
    class Test(unittest.TestCase):
        def test_double(self): self.assertEqual(kept.double(3), 6)
    === python_libs/pkg/templates/new_app.py
    import {{ name }}
    === python_libs/pkg-1.dist-info/METADATA
    Metadata-Version: 2.1
    Name: pkg
    Version: 1
    === python_libs/pkg-1.dist-info/RECORD
    pkg/__init__.py,,
    pkg/kept.py,,
    pkg/missing.py,,
    pkg/other.py,,
    "#;

#[test]
fn sources_are_there_for_programs_that_look_for_them() {
    let settings = settings_with("app:main", "keep-source = ['pkg/k*.py']");
    let project = Project::new(&settings, &files(APP));
    let app = project.build().unwrap_or_else(|error| panic!("{error}"));
    let (status, said) = app.run(&[]);
    let site = "/vfs/usr/local/lib/python3.13/site-packages";
    let folder = format!("{site}/pkg");
    let expected = [
        "def double(x):".to_string(),
        format!("the source of {folder}/other.py is not bundled; name it in [tool.pyapp] keep-source"),
        "SourceFileLoader kept.cpython-313.pyc kept.py".to_string(),
        "['    return x * 2 + 0', '           ~~^~~', \"TypeError: unsupported operand type(s) for *: 'NoneType' and 'int'\"]"
            .to_string(),
        format!(
            "['  File \"{folder}/other.py\", line 2, in half', '    columns 12 to 16', \
             \"TypeError: unsupported operand type(s) for /: 'NoneType' and 'int'\"]"
        ),
        "TestResults(failed=0, attempted=1)".to_string(),
        "1 True".to_string(),
        "import {{ name }}\n".to_string(),
        "['pkg/__init__.pyc', 'pkg/__pycache__/kept.cpython-313.pyc', 'pkg/kept.py', 'pkg/other.pyc']".to_string(),
    ];
    assert_eq!((status, said.as_str()), (0, format!("{}\n", expected.join("\n")).as_str()));
    let summary = "kept 4 sources: 1 asked for, 1 does not compile, 2 in a folder of tests or templates";
    assert!(app.summary().contains(summary), "{}", app.summary());
}

/// Natively there is bytecode beside a source, too; here nothing looks whether it is still of that source.
#[test]
fn nothing_is_imported_from_a_source() {
    let settings = settings_with("app:main", "keep-source = ['app.py']");
    let source = "import sys\ndef main():\n    print(sys._getframe().f_code.co_filename)\n    compile = None\n";
    let project = Project::new(&settings, &[("python_libs/app.py", source)]);
    let app = project.build().unwrap_or_else(|error| panic!("{error}"));
    let read: Vec<String> = (0..app.bundle.archive().count()).map(|index| app.bundle.archive().path(index)).collect();
    let inside = |name: &str| read.iter().any(|path| path.ends_with(&format!("site-packages/{name}")));
    assert!(inside("app.py") && inside("__pycache__/app.cpython-313.pyc") && !inside("app.pyc"));
    assert_eq!(app.run(&[]), (0, "/vfs/usr/local/lib/python3.13/site-packages/app.py\n".to_string()));
    project.write("pyproject.toml", &settings_with("app:main", "keep-source = ['none.py']"));
    let error = project.build().err().expect("refused");
    let expected =
        "keep-source: expected a module or a folder of modules, found none for none.py; correct or remove it";
    assert!(error.ends_with(expected), "{error}");
}
