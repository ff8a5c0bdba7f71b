//! One suite of programs in all start modes: native CPython, a cold start, a run that resumes from a snapshot.
//!
//! `tests/start_modes/expected.txt` is what native CPython 3.13 says, written by `record.py`; where a native 3.13 is found it
//! is asked again. The other modes are real processes: of `bundled`, which copies the snapshot into memory, and, in the test
//! that CI asks for by name, of an executable that was linked, which maps it.

#[path = "../../../tests/common/process.rs"]
mod process;

use pipeline::settings::Settings;
use process::{Run, run, run_with_input};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

/// The executable that was built from the suite's project, for the test of a linked one.
const LINKED: &str = "PYAPP_START_MODES";

/// What a resumed run says otherwise than native CPython: case, what native says, what it says instead.
const DIFFERENCES: [(&str, &str, &str); 1] = [
    // In which order objects go at exit is left open by the language. Natively modules are taken apart name by name; those
    // of the image are not taken apart at all, and what the run has put into them is finalised as the collector finds it.
    (
        "finalisers",
        "gone: in a container of the image\ngone: in a cycle",
        "gone: in a cycle\ngone: in a container of the image",
    ),
];

/// How a program of the suite starts.
#[derive(Clone, Debug)]
enum Mode {
    Cold,
    Resumed,
    /// Resumed by the executable at this path.
    Linked(PathBuf),
}

/// The suite, bundled once for all tests: the folder that `pipeline::build` has filled.
static BUNDLE: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let out = folder();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("there");
    let settings = Settings::for_tool(source, host::engine::TARGET, out.path().into()).expect("settings");
    let report = pipeline::build(&Settings { project: suite(), offline: true, ..settings });
    let report = report.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(report.warnings, Vec::<String>::new());
    out
});

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn suite() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/start_modes")
}

/// The suite as a process.
fn start(mode: &Mode, arguments: &[&str]) -> Command {
    let mut command = match mode {
        Mode::Linked(executable) => Command::new(executable),
        Mode::Cold | Mode::Resumed => Command::new(env!("CARGO_BIN_EXE_bundled")),
    };
    match mode {
        Mode::Linked(_) => &mut command,
        Mode::Cold => command.arg("--cold").arg(BUNDLE.path()),
        Mode::Resumed => command.arg(BUNDLE.path()),
    };
    command.args(arguments).env_clear().env("FRUIT", "apple").env("DELETED", "yes").env("PYTHONTZPATH", "/zones");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    command.env("NOW", now.as_secs_f64().to_string());
    command
}

/// As `record.py` writes it.
fn transcript(mode: &Mode) -> String {
    let text = std::fs::read_to_string(suite().join("cases.json")).expect("there");
    let mut transcript = String::new();
    let cases: Vec<(String, serde_json::Value)> = ordered(&text);
    assert!(cases.len() > 30);
    for (name, case) in cases {
        let mut arguments = vec![name.as_str()];
        arguments.extend(case["arguments"].as_array().into_iter().flatten().filter_map(|text| text.as_str()));
        let run = run_with_input(start(mode, &arguments), case["input"].as_str().unwrap_or_default());
        transcript += &section(&name, &run);
    }
    transcript
}

fn section(name: &str, run: &Run) -> String {
    let status = run.status.map_or("a signal".to_string(), |status| status.to_string());
    format!("=== {name}: {status}\n{}\n--- stderr\n{}\n", neutral(&run.stdout), neutral(&run.stderr))
}

/// The cases in the order of the file, which JSON objects have and maps lose.
fn ordered(text: &str) -> Vec<(String, serde_json::Value)> {
    let cases: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text).expect("JSON");
    let mut cases: Vec<_> = cases.into_iter().collect();
    cases.sort_by_key(|(name, _)| text.find(&format!("\"{name}\":")));
    cases
}

/// As `neutral` in `record.py`.
fn neutral(text: &str) -> String {
    let mut lines = String::new();
    for line in text.split_inclusive('\n').filter(|line| !line.starts_with("  ")) {
        let mut line = line.to_string();
        while let Some(at) = line.find("/cases.py") {
            let start = line[..at].rfind([' ', '"']).map_or(0, |before| before + 1);
            line.replace_range(start..=at, "");
        }
        while let Some(at) = line.find(" at 0x") {
            let end =
                line[at + 6..].find(|byte: char| !byte.is_ascii_hexdigit()).map_or(line.len(), |len| at + 6 + len);
            line.replace_range(at..end, "");
        }
        lines += &line;
    }
    lines
}

fn expect_equal(left: &str, right: &str) {
    let sections = |text: &str| text.split("=== ").map(str::to_string).collect::<Vec<_>>();
    let (left, right) = (sections(left), sections(right));
    assert_eq!(left.len(), right.len());
    let differences: Vec<_> = left.iter().zip(&right).filter(|(left, right)| left != right).collect();
    for (left, right) in &differences {
        eprintln!("=== {left}=== but:\n{right}\n");
    }
    assert!(differences.is_empty(), "{} cases differ", differences.len());
}

/// What native CPython says, with the listed differences put in.
fn expected(differences: &[(&str, &str, &str)]) -> String {
    let mut expected = std::fs::read_to_string(suite().join("expected.txt")).expect("there");
    for (case, native, ours) in differences {
        let start = expected.find(&format!("=== {case}:")).expect("a case");
        let at = start + expected[start..].find(native).expect("what native says");
        expected.replace_range(at..at + native.len(), ours);
    }
    expected
}

/// What a cold start and a resumed run say alike, in some situation that pipes cannot show.
fn expect_alike(resumed: &Mode, said: impl Fn(&Mode) -> Run) -> Run {
    let (cold, resumed) = (said(&Mode::Cold), said(resumed));
    assert_eq!(cold, resumed);
    resumed
}

#[test]
fn a_cold_start_says_what_native_python_says() {
    expect_equal(&expected(&[]), &transcript(&Mode::Cold));
}

#[test]
fn a_resumed_run_says_what_native_python_says() {
    expect_equal(&expected(&DIFFERENCES), &transcript(&Mode::Resumed));
}

#[test]
fn a_terminal_is_seen_as_one() {
    sees_a_terminal(&Mode::Resumed);
}

#[test]
fn files_serve_as_streams() {
    takes_files_as_streams(&Mode::Resumed);
}

#[test]
fn output_that_cannot_be_flushed_ends_with_120() {
    ends_with_120(&Mode::Resumed);
}

#[test]
fn two_resumed_runs_at_once_share_nothing() {
    process::two_at_once(|| start(&Mode::Resumed, &["hold"]));
}

#[test]
fn all_modes_see_the_same_interpreter() {
    sees_the_same_interpreter(&Mode::Resumed);
}

/// Everything once more on an executable that was linked. There is no other reader of the variable, and without it this fails.
#[test]
#[ignore = "needs an executable of tests/start_modes, which .ci/run builds and names in PYAPP_START_MODES"]
fn a_linked_executable_does_all_of_this() {
    let executable = std::env::var_os(LINKED).unwrap_or_else(|| panic!("{LINKED}: expected the path of an executable"));
    let linked = Mode::Linked(executable.into());
    expect_equal(&expected(&DIFFERENCES), &transcript(&linked));
    sees_a_terminal(&linked);
    takes_files_as_streams(&linked);
    ends_with_120(&linked);
    process::two_at_once(|| start(&linked, &["hold"]));
    sees_the_same_interpreter(&linked);
}

fn sees_a_terminal(resumed: &Mode) {
    let on_a_terminal = |mode: &Mode, case: &str| {
        let command = start(mode, &[case]);
        let words: Vec<_> = std::iter::once(command.get_program()).chain(command.get_args()).collect();
        let mut script = Command::new("script");
        script.arg("-qec").arg(words.join(" ".as_ref())).arg("/dev/null").env("FRUIT", "apple");
        run_with_input(script, "typed\nagain\nthird\n\x04")
    };
    let streams = expect_alike(resumed, |mode| on_a_terminal(mode, "streams"));
    for stream in ["stdin <stdin> r utf-8 None True True", "stdout <stdout> w utf-8 None True True"] {
        assert!(streams.stdout.contains(stream), "{streams:?}");
    }
    let lines = expect_alike(resumed, |mode| on_a_terminal(mode, "input_lines"));
    assert!(lines.stdout.contains("'typed' 'again\\n' 'third\\n'"), "{lines:?}");
}

fn takes_files_as_streams(resumed: &Mode) {
    let folder = folder();
    let (input, output) = (folder.path().join("input"), folder.path().join("output"));
    std::fs::write(&input, "one\ntwo\nthree\nfour\n").expect("written");
    let said = expect_alike(resumed, |mode| {
        let mut command = start(mode, &["input_lines"]);
        command.stdin(std::fs::File::open(&input).expect("there"));
        command.stdout(std::fs::File::create(&output).expect("made"));
        let run = run(command);
        Run { stdout: std::fs::read_to_string(&output).expect("written"), ..run }
    });
    assert_eq!(said.stdout, "'one' 'two\\n' 'three\\n'\n['four\\n']\nprompt> EOFError EOF when reading a line\n");
}

fn ends_with_120(resumed: &Mode) {
    let said = expect_alike(resumed, |mode| {
        let mut command = start(mode, &["arguments"]);
        command.stdout(std::fs::File::options().write(true).open("/dev/full").expect("there"));
        let run = run(command);
        Run { stderr: neutral(&run.stderr), ..run }
    });
    assert_eq!(said.status, Some(120));
    assert!(said.stderr.contains("OSError: [Errno 28] No space left on device"), "{said:?}");
}

fn sees_the_same_interpreter(resumed: &Mode) {
    let own = |mode: &Mode| {
        let mut run = run(start(mode, &["own"]));
        // The name that each was started by.
        let name = start(mode, &[]).get_program().to_string_lossy().into_owned();
        run.stdout = run.stdout.replace(&name, "NAME").replace(&BUNDLE.path().display().to_string(), "NAME");
        run
    };
    let same = expect_alike(resumed, own);
    assert!(same.status == Some(0) && same.stdout.contains("isolated=1"), "{same:?}");
}

#[test]
fn what_native_python_said_it_still_says() {
    let Some(python) = ["python3.13", "python3"].into_iter().find(|python| {
        let check = "import sys; sys.exit(sys.version_info[:2] != (3, 13))";
        Command::new(python).args(["-c", check]).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    }) else {
        eprintln!("not asked: there is no native CPython 3.13 here");
        return;
    };
    let mut record = Command::new(python);
    record.arg(suite().join("record.py"));
    let said = run(record);
    assert_eq!((said.status, said.stderr.as_str()), (Some(0), ""));
    expect_equal(&std::fs::read_to_string(suite().join("expected.txt")).expect("there"), &said.stdout);
}
