//! `symbolize`: tracebacks of executables, which have no sources, with the source lines that the build has kept beside.

mod common;

use bundle::Run;
use common::project::{App, Project, settings};
use common::{program, run, run_with_input, tools, unmoved};
use std::fs;
use symbols::Symbols;

const MAIN: &str = include_str!("symbolize/main.py");
/// The file of the executable that is tested, where a build leaves it whatever was built since.
const OWN: &str = concat!(env!("OUT_DIR"), "/pyapp.pysym");

fn project() -> (Project, App) {
    let project = Project::new(&settings("main"), &[("python_libs/main.py", MAIN)]);
    let app = project.build().unwrap_or_else(|error| panic!("{error}"));
    (project, app)
}

/// A traceback of the executable, whose library has no sources.
fn traceback() -> String {
    let mut python = common::python(&["-c", "import mylib.math_utils as m; m.factorial('x')"]);
    python.env("PYTHON_COLORS", "0");
    run(python).stderr
}

#[test]
fn tracebacks_of_all_forms_are_as_with_sources() {
    let (project, app) = project();
    let (status, bare) = app.run_as(Run::Cold, &[]);
    assert_eq!(status, 1);
    assert!(!bare.contains("return 1 // x"), "{bare}");
    let bytes = fs::read(&app.report.beside[0]).expect("written");
    let mut symbols = Symbols::read(&bytes[..], app.bundle.archive().identity()).expect("of this build");
    let mut filled = Vec::new();
    symbols::fill_in(&mut symbols, bare.as_bytes(), &mut filled).expect("filled in");
    let filled = String::from_utf8(filled).expect("UTF-8");
    // The same file with its source, under the same CPython.
    let path = project.path("python_libs/main.py");
    let path = path.to_str().expect("UTF-8");
    let with_source = run(common::python(&[path]));
    let said = with_source.stdout + &with_source.stderr;
    let is_caret = |line: &str| {
        let marks = line.trim_start_matches([' ', '|']);
        !marks.is_empty() && marks.chars().all(|mark| " ~^".contains(mark))
    };
    // Which of them are `~`, Python finds out by parsing the line.
    let plain = |line: &str| if is_caret(line) { line.replace('~', "^") } else { line.to_string() };
    let expected = said.replace(path, "/vfs/usr/local/lib/python3.13/site-packages/main.py");
    assert!(
        expected.contains("[Previous line repeated") && expected.contains("  | ") && expected.contains("SyntaxError")
    );
    // An entry is run as `python -m` does, which a file is not.
    let of_module = |line: &&str| line.starts_with("  File \"<frozen runpy>\"");
    let of_module = |line: &&str| of_module(line) || line.starts_with("    columns ");
    let ours: Vec<&str> = filled.lines().filter(|line| !of_module(line)).collect();
    // It marks a whole line, too, if that is a call or the like.
    let mut line_before = String::new();
    let has_more = |line: &String| {
        let before = std::mem::replace(&mut line_before, line.trim_start_matches([' ', '|']).to_string());
        !(is_caret(line) && before.chars().count() == line_before.chars().count())
    };
    assert_eq!(ours, expected.lines().map(plain).filter(has_more).collect::<Vec<_>>());
}

#[test]
fn the_executable_fills_in_what_comes_from_its_own_build() {
    let bare = traceback();
    let filled = bare.replace("    columns 8 to 12\n", "    if n < 0:\n       ^^^^^\n");
    assert_ne!(bare, filled);
    let logged = |text: &str| text.lines().map(|line| format!("2026-11-26 app-1 | {line}\n")).collect::<String>();
    for (given, expected) in
        [(bare.clone(), filled.clone()), (logged(&bare), logged(&filled)), (filled.clone(), filled)]
    {
        let said = run_with_input(tools(&["symbolize", OWN]), &given);
        assert_eq!((said.status, said.stderr.as_str(), said.stdout), (Some(0), "", expected));
    }
    // Without a name it is the file beside the executable.
    let folder = tempfile::tempdir().expect("a temporary folder");
    let app = folder.path().join("my.app");
    program::copy(env!("CARGO_BIN_EXE_pyapp").as_ref(), &app);
    let symbolize = || {
        let mut command = unmoved(&app);
        command.arg("symbolize").env("PYAPP_TOOLS", "1");
        run_with_input(command, &bare)
    };
    let said = symbolize();
    let missing = format!(
        "pyapp tools: {}.pysym: expected a file with source lines, found: No such file or directory (os error 2); name one\n",
        app.display()
    );
    assert_eq!((said.status, said.stderr), (Some(1), missing));
    fs::copy(OWN, folder.path().join("my.app.pysym")).expect("copied");
    assert!(symbolize().stdout.contains("    if n < 0:\n"));
}

#[test]
fn source_lines_of_another_build_are_refused() {
    let (_project, app) = project();
    let other = app.report.beside[0].to_str().expect("UTF-8");
    let said = run_with_input(tools(&["symbolize", other]), "text\n");
    let expected = format!(
        "pyapp tools: {other}: expected the source lines of the build that made this executable, found those of another; \
         name the file that was written with it\n"
    );
    assert_eq!((said.status, said.stdout.as_str(), said.stderr), (Some(1), "", expected));
    // As it asks for.
    assert_eq!(run_with_input(tools(&["symbolize", OWN]), "text\n").stdout, "text\n");
    let said = run_with_input(tools(&["symbolize", "/dev/null"]), "");
    assert_eq!(
        said.stderr,
        "pyapp tools: /dev/null: expected the source lines that a build writes, found another file\n"
    );
}

#[test]
fn no_source_is_in_the_executable() {
    let (_project, app) = project();
    assert_eq!(MAIN.matches("marker-7b1f").count(), 2);
    let has = |bytes: &[u8], mark: &[u8]| bytes.windows(mark.len()).any(|window| window == mark);
    let archive = app.bundle.archive();
    // The docstring is a constant of the bytecode; the comment behind the code is in no part.
    let comment = b"// x  # marker-7b1f";
    assert!(MAIN.as_bytes().windows(comment.len()).any(|window| window == comment));
    for id in 0..archive.count() {
        assert!(!archive.read(id).is_ok_and(|contents| has(&contents, comment)), "{}", archive.path(id));
    }
    assert!(!has(&app.snapshot, comment) && !has(&app.archive, comment));
    // The linked executable has nothing of its own file.
    let (own, executable) = (fs::read(OWN).expect("written"), fs::read(env!("CARGO_BIN_EXE_pyapp")).expect("there"));
    for at in [0, 16, 48, own.len() / 2] {
        assert!(!has(&executable, &own[at..][..32]), "{at}");
    }
}

#[test]
fn the_same_sources_make_the_same_file() {
    let [first, second] = [(), ()].map(|()| fs::read(&project().1.report.beside[0]).expect("written"));
    assert!(first == second);
}
