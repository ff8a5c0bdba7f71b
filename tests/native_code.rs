//! Native code in the libraries: what Python stands in for is left out, anything else stops the build with a way out.

mod common;

use common::project::{Project, files, settings, settings_with};
use std::process::Command;

/// The beginning of a shared library: an ELF header for 64 bits without program headers.
fn library() -> String {
    format!("\x7fELF\x02\x01\x01{}\x03{}", "\0".repeat(9), "\0".repeat(47))
}

fn project(pyproject: &str, text: &str, natives: &[&str]) -> Project {
    let project = Project::new(pyproject, &files(text));
    for path in natives {
        project.write(path, &library());
    }
    project
}

#[test]
fn a_module_that_is_there_in_python_too_is_left_out() {
    // As mypyc makes it: each module twice, and one that holds the code of all.
    let text = r#"
        === python_libs/app.py
        import pkg.fast, top
        print(pkg.fast.NAME, top.NAME)
        === python_libs/pkg/__init__.py
        === python_libs/pkg/fast.py
        NAME = 'python'
        === python_libs/top.py
        NAME = 'top'
        === python_libs/pkg-1.0.dist-info/METADATA
        Name: Pkg
        Version: 1.0
        === python_libs/pkg-1.0.dist-info/RECORD
        pkg/fast.cpython-313-x86_64-linux-gnu.so,sha256=x,64
        1234__mypyc.cpython-313-x86_64-linux-gnu.so,sha256=x,64
        "#;
    let natives = [
        "python_libs/pkg/fast.cpython-313-x86_64-linux-gnu.so",
        "python_libs/1234__mypyc.cpython-313-x86_64-linux-gnu.so",
        "python_libs/top.abi3.so",
    ];
    let app = project(&settings("app"), text, &natives).build().expect("built");
    assert_eq!(app.run(&[]), (0, "python top\n".to_string()));
    let expected = "; left out native code that Python stands in for: Pkg 1.0 (2 files), top.abi3.so (1 file)";
    assert!(app.summary().ends_with(expected), "{}", app.summary());
    let archive = app.bundle.archive();
    assert!((0..archive.count()).all(|id| !archive.path(id).ends_with(".so")));
}

#[test]
fn a_module_that_its_package_can_do_without_is_left_out() {
    // The ways of markupsafe, PyYAML, SQLAlchemy, and the libraries that auditwheel puts beside.
    let text = r#"
        === python_libs/app.py
        import a, b, c
        print(a.NAME, b.NAME, c.NAME)
        === python_libs/a/__init__.py
        try:
            from ._speedups import NAME
        except ImportError:
            from ._native import NAME
        === python_libs/a/_native.py
        NAME = 'a'
        === python_libs/b/__init__.py
        NAME = 'b'
        try:
            from .cb import *
        except ImportError:
            pass
        === python_libs/b/cb.py
        from b._b import NAME
        === python_libs/c/__init__.py
        from ._has import HAS
        if HAS:
            from c.ext.inner import NAME
        else:
            NAME = 'c'
        === python_libs/c/_has.py
        def load():
            from .ext import inner
        try:
            load()
        except ImportError:
            HAS = False
        === python_libs/c/ext/__init__.py
        "#;
    let natives = [
        "python_libs/a/_speedups.cpython-313-x86_64-linux-gnu.so",
        "python_libs/a.libs/libz-1234.so.1",
        "python_libs/b/_b.cpython-313-x86_64-linux-gnu.so",
        "python_libs/c/ext/inner.cpython-313-x86_64-linux-gnu.so",
    ];
    let app = project(&settings("app"), text, &natives).build().expect("built");
    assert_eq!(app.run(&[]), (0, "a b c\n".to_string()));
    assert!(
        app.summary().contains("stands in for: a (1 file), a.libs (1 file), b (1 file), c (1 file)"),
        "{}",
        app.summary()
    );
}

#[test]
fn a_package_that_others_can_do_without_may_need_its_own() {
    // As SQLAlchemy does without greenlet, and an app without a faster parser.
    let text = r#"
        === python_libs/app.py
        import orm
        try:
            from parser import etree
        except ImportError:
            etree = None
        print(orm.HAS, etree)
        === python_libs/orm/__init__.py
        try:
            import green
        except ImportError:
            HAS = False
        else:
            from ._green import spawn
            HAS = True
        === python_libs/orm/_green.py
        from green import spawn
        === python_libs/green/__init__.py
        from ._green import spawn
        from . import greenlet
        === python_libs/green/greenlet.py
        from green._green import spawn
        === python_libs/green/tests/__init__.py
        from . import _test_extension
        === python_libs/parser/__init__.py
        "#;
    let natives = [
        "python_libs/green/_green.abi3.so",
        "python_libs/green/tests/_test_extension.abi3.so",
        "python_libs/parser/etree.abi3.so",
    ];
    let app = project(&settings("app"), text, &natives).build().expect("built");
    assert_eq!(app.run(&[]), (0, "False None\n".to_string()));
    // Not if somebody needs it all the same.
    let project = project(&settings("app"), text, &natives);
    project.write("python_libs/app.py", "import orm, green\n");
    let error = project.build().err().expect("refused");
    assert!(error.contains("\ngreen: expected Python, found native code for Linux"), "{error}");
}

#[test]
fn what_a_package_needs_is_refused_and_every_way_out_works() {
    let text = r#"
        === python_libs/app.py
        import importlib
        try:
            print(importlib.import_module('speedy').NAME)
        except ImportError as error:
            print('without')
        === python_libs/speedy/__init__.py
        from ._speedy import NAME
        === python_libs/speedy-2.0.dist-info/METADATA
        Name: Speedy
        Version: 2.0
        === python_libs/speedy-2.0.dist-info/RECORD
        speedy/_speedy.abi3.so,sha256=x,64
        "#;
    let native = "python_libs/speedy/_speedy.abi3.so";
    let project = project(&settings("app"), text, &[native]);
    let expected = "1 problem in the libraries; nothing was bundled:\n\
                    Speedy 2.0: expected Python, found native code for Linux, which cannot be loaded here: \
                    python_libs/speedy/_speedy.abi3.so; install a variant without it, if there is one (pip install \
                    --upgrade --target FOLDER --only-binary :all: --platform any PACKAGE), or, if the app can do without it, \
                    set [tool.pyapp] exclude = [\"speedy/_speedy.abi3.so\"]";
    assert_eq!(project.build().err().expect("refused"), expected);
    // An app that can do without it says so, of the file or of the package.
    for path in ["speedy/_speedy.abi3.so", "speedy", "speedy/"] {
        project.write("pyproject.toml", &settings_with("app", &format!("exclude = [\"{path}\"]")));
        assert_eq!(project.build().expect("built").run(&[]), (0, "without\n".to_string()), "{path}");
    }
    // The variant without native code has the module in Python; pip puts it in the place of the other.
    project.write("pyproject.toml", &settings("app"));
    install_advised(&project, expected, "speedy", "python_libs");
    assert_eq!(project.build().expect("built").run(&[]), (0, "python\n".to_string()));
}

/// Does what a message says about pip, where pip has two wheels to choose from: of this machine's kind, and of any.
fn install_advised(project: &Project, message: &str, package: &str, folder: &str) {
    let (_, advice) = message.split_once("(pip ").expect("advice");
    let (advice, _) = advice.split_once(')').expect("an end");
    let words = advice.split(' ').map(|word| match word {
        "FOLDER" => folder,
        "PACKAGE" => package,
        word => word,
    });
    let mut wheels = Command::new("python3");
    wheels.current_dir(project.folder.path()).args(["-c", WHEELS]);
    assert_eq!(common::run(wheels).stderr, "");
    let mut pip = Command::new("python3");
    pip.current_dir(project.folder.path()).args(["-m", "pip", "--isolated", "--disable-pip-version-check"]);
    pip.args(words).args(["--no-index", "--find-links", "wheels"]);
    let run = common::run(pip);
    assert_eq!(run.status, Some(0), "{run:?}");
}

/// Makes the two wheels, one of which has the module as native code, the other in Python.
const WHEELS: &str = r#"
import os, sysconfig, zipfile
os.mkdir('wheels')
here = 'py3-none-' + sysconfig.get_platform().replace('-', '_').replace('.', '_')
for tag, module, text in [(here, '_speedy.abi3.so', '\x7fELF'), ('py3-none-any', '_speedy.py', "NAME = 'python'\n")]:
    info = 'speedy-2.0.dist-info/'
    files = {
        'speedy/__init__.py': 'from ._speedy import NAME\n',
        'speedy/' + module: text,
        info + 'METADATA': 'Metadata-Version: 2.1\nName: Speedy\nVersion: 2.0\n',
        info + 'WHEEL': f'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n',
    }
    files[info + 'RECORD'] = ''.join(f'{name},,\n' for name in [*files, info + 'RECORD'])
    with zipfile.ZipFile(f'wheels/speedy-2.0-{tag}.whl', 'w') as wheel:
        for name, contents in files.items():
            wheel.writestr(name, contents)
"#;

#[test]
fn what_an_app_would_load_itself_is_refused_with_all_else_that_is_needed() {
    let text = r#"
        === python_libs/app.py
        === python_libs/numeric/__init__.py
        try:
            from . import _core
        except ImportError as error:
            raise ImportError('numeric is broken') from error
        === python_libs/xml/__init__.py
        === python_libs/data/notes.so
        Not a library.
        "#;
    let natives = ["python_libs/numeric/_core.so", "python_libs/xml/etree.so", "python_libs/data/libfoo.so.3"];
    let error = project(&settings("app"), text, &natives).build().err().expect("refused");
    assert!(error.starts_with("3 problems in the libraries"), "{error}");
    for owner in ["numeric", "xml", "data"] {
        assert!(error.contains(&format!("\n{owner}: expected Python, found native code")), "{error}");
    }
    assert!(!error.contains("notes.so"), "{error}");
}

#[test]
fn programs_are_data() {
    // A program interpreter makes a program of a shared object: a header of 64 bytes, and one segment of type 3.
    let program = format!(
        "\x7fELF\x02\x01\x01{}\x03{}\x40{}\x38\0\x01{}\x03{}",
        "\0".repeat(9),
        "\0".repeat(15),
        "\0".repeat(21),
        "\0".repeat(7),
        "\0".repeat(55)
    );
    assert_eq!((program.len(), program.as_bytes()[54]), (120, 0x38));
    let code = "import importlib.resources as r\nprint(len(r.files('pkg').joinpath('bin/tool').read_bytes()))\n";
    let files = [("python_libs/pkg/__init__.py", ""), ("python_libs/pkg/__main__.py", code)];
    let project = Project::new(&settings("pkg"), &files);
    project.write("python_libs/pkg/bin/tool", &program);
    assert_eq!(project.build().expect("built").run(&[]), (0, "120\n".to_string()));
}
