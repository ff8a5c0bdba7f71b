//! What imports do to the environment, each run does to its own. A cold start says what is right: it has the run's
//! environment when it imports.

use super::build;
use super::common::project::{App, settings};

/// What one module does at import with the variable `X`.
const CHANGES: [&str; 23] = [
    "os.environ.setdefault('X', 'd')",
    "if 'X' not in os.environ: os.environ['X'] = 'd'",
    "os.environ['X'] = os.environ.get('X', 'd')",
    "os.getenv('X') or os.environ.__setitem__('X', 'd')",
    "os.environ['X'] = 'set'",
    "os.environ.update(X='set')",
    "os.environ |= {'X': 'set'}",
    "os.environb[b'X'] = b'set'",
    "os.environb.setdefault(b'X', b'd')",
    "os.environb.setdefault(b'X', b'd'); os.environ['X'] = 'set'",
    "os.environ.setdefault('X', 'd'); os.environ['X'] = os.environ.get('X', 'e')",
    "os.environ.pop('X', None)",
    "try: del os.environ['X']\nexcept KeyError: pass",
    "os.environ['X'] = 'set'; del os.environ['X']",
    "os.environ.setdefault('X', 'd'); del os.environ['X']",
    "os.environ.pop('X', None); os.environ['X'] = os.environ.get('X', 'd')",
    "os.environ['X'] = '1'; os.environ['X2'] = '2'; del os.environ['X']; os.environ['X'] = '3'",
    // Put back as it was.
    "old = os.environ.get('X'); os.environ['X'] = 'set'\nif old is None: del os.environ['X']\nelse: os.environ['X'] = old",
    "from unittest import mock\nwith mock.patch.dict(os.environ, {'X': 'set', 'X2': 'set'}): pass",
    // What cannot be done changes nothing.
    "try: os.environ['X=X'] = 'x'\nexcept (OSError, ValueError): pass",
    "try: os.environ.pop('X=X')\nexcept KeyError: pass",
    "try: os.environ.pop(1)\nexcept TypeError: pass",
    "import posix; posix.environ[b'X'] = b'set'",
];

/// What concerns all variables.
const CLEARINGS: [&str; 5] = [
    "os.environ.clear()",
    "os.environ.setdefault('A', 'd'); os.environ.clear(); os.environ['B'] = 'set'",
    "old = os.environ.copy(); os.environ['A'] = 'set'; os.environ.clear(); os.environ.update(old)",
    "old = dict(os.environ); os.environ.clear(); os.environ['C'] = 'set'\nos.environ.clear(); os.environ.update(old)",
    "os.environ = {**os.environ, 'A': 'set'} if False else os.environ",
];

const MAIN: &str = "\ndef main():\n    print(list(os.environ.items()), os.environb._data is os.environ._data)\n";

fn expect_as_cold(app: &App, variables: &[(&str, &str)]) {
    let (status, said) = app.run_with("app", &[], variables);
    assert_eq!(status, 0, "{said}");
}

#[test]
fn what_an_import_changes_is_changed_in_the_environment_of_the_run() {
    let change = |number: usize| CHANGES[number].replace('X', &format!("V{number}"));
    let mut files: Vec<(String, String)> = (0..CHANGES.len())
        .map(|number| (format!("python_libs/m{number}.py"), format!("import os\n{}\n", change(number))))
        .collect();
    let imports: String = (0..CHANGES.len()).map(|number| format!("import m{number}\n")).collect();
    files.push(("python_libs/app.py".into(), format!("import os\n{imports}{MAIN}")));
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let app = build(&settings("app:main"), &files);
    expect_as_cold(&app, &[]);
    let names: Vec<String> = (0..CHANGES.len()).map(|number| format!("V{number}")).collect();
    let users: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "user's")).collect();
    expect_as_cold(&app, &users);
    let (_, said) = app.run_with("app", &[], &users);
    for kept in ["('V0', \"user's\")", "('V1', \"user's\")", "('V2', \"user's\")", "('V4', 'set')"] {
        assert!(said.contains(kept), "expected: {kept}\nin: {said}");
    }
    assert!(!said.contains("'V11'"), "{said}");
}

#[test]
fn what_an_import_clears_is_cleared_unless_it_puts_all_of_it_back() {
    for change in CLEARINGS {
        let app = build(&settings("app:main"), &[("python_libs/app.py", &format!("import os\n{change}\n{MAIN}"))]);
        expect_as_cold(&app, &[]);
        expect_as_cold(&app, &[("B", "user's"), ("A", "user's")]);
    }
}

#[test]
fn nothing_of_the_recording_stays() {
    let source = "import os, posix, sys\nfrom os import putenv\nbefore = os.environ\nos.environ['SET'] = 'x'\n\
        def main():\n    kind = type(os.environ)\n    print(before is os.environ, putenv is posix.putenv is os.putenv)\n    \
        print(type(putenv).__name__, kind.setdefault.__code__.co_filename == os.getenv.__code__.co_filename, sorted(vars(kind)))\n    \
        print([name for name in sys.modules if 'pyapp' in name])\n";
    let app = build(&settings("app:main"), &[("python_libs/app.py", source)]);
    let (status, said) = app.run_with("app", &[], &[]);
    assert_eq!(status, 0, "{said}");
    assert!(said.starts_with("True True\nbuiltin_function_or_method True "), "{said}");
}

/// What a module makes of a variable is the build's, which tells; to change one, and no more, is not to read it.
#[test]
fn a_change_is_not_told_as_a_look() {
    let app = |line: &str| {
        let source = format!("import os\n{line}\ndef main(): pass\n");
        build(&settings("app:main"), &[("python_libs/app.py", &source)])
    };
    for line in
        ["os.environ.setdefault('X', 'd')", "os.environ.pop('X', None)", "os.environ.clear()", "os.environ['X'] = '1'"]
    {
        assert_eq!(app(line).report.warnings, Vec::<String>::new(), "{line}");
    }
    for line in ["level = os.environ.setdefault('X', 'd')", "print_ = os.environ.pop('X', None)", "'X' in os.environ"] {
        assert!(!app(line).report.warnings.is_empty(), "{line}");
    }
}
