//! Devices: `/dev/null` and its like, the standard streams and other descriptors by their names.

mod common;

use common::project::{Project, files, settings};
use common::terminal::on_a_terminal;
use common::{dedent, prints, python, run, run_with_input};
use std::fs::File;
use std::io::Read;
use std::process::Command;

/// The program says itself what is right; a native CPython on Linux agrees, run as an ordinary user without a terminal.
#[test]
fn devices_and_descriptors_are_as_on_linux() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut command = python(&["-c", include_str!("devices/devices.py")]);
    // Where it can be seen that it has no terminal.
    command.current_dir(folder.path());
    let run = run_with_input(command, "input\n");
    assert_eq!(
        (run.status, run.stdout.as_str(), run.stderr.as_str()),
        (Some(0), "one\ntwo\nthree\ninput\ndone\n", "logged\nstill open\n")
    );
}

/// Files of the host behind the streams: what is opened by a name goes on where the stream is, and cuts nothing.
#[test]
fn streams_that_are_files_go_on_where_they_are() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (input, output) = (folder.path().join("in"), folder.path().join("out"));
    std::fs::write(&input, "first\nsecond\n").expect("written");
    let mut command = python(&[
        "-c",
        dedent(
            r#"
            import os, stat, sys
            print('before', flush=True)
            print(stat.S_ISREG(os.stat('/dev/stdin').st_mode), os.stat('/dev/stdin').st_size, flush=True)
            print(open('/dev/stdin').readline(), end='', flush=True)
            with open('/dev/stdout', 'w') as f: f.write('by name\n')
            print('after')
            "#,
        ),
    ]);
    command.stdin(File::open(&input).expect("opened")).stdout(File::create(&output).expect("created"));
    assert!(command.status().expect("it ends").success());
    let mut text = String::new();
    File::open(&output).expect("there").read_to_string(&mut text).expect("UTF-8");
    assert_eq!(text, "before\nTrue 13\nfirst\nby name\nafter\n");
}

#[test]
fn a_program_comes_through_a_name_of_stdin() {
    for name in ["/dev/stdin", "/dev/fd/0"] {
        let run = run_with_input(python(&[name, "argument"]), "import sys\nprint(sys.argv)\n");
        assert_eq!((run.status, run.stdout), (Some(0), format!("['{name}', 'argument']\n")), "{}", run.stderr);
    }
}

#[test]
fn command_lines_name_pipes_by_a_dash_or_a_device() {
    let code = dedent(
        r#"
        import argparse, sys
        parser = argparse.ArgumentParser()
        parser.add_argument('source', type=argparse.FileType('r'))
        parser.add_argument('target', type=argparse.FileType('w'))
        options = parser.parse_args()
        options.target.write(options.source.read().upper())
        "#,
    );
    for (source, target) in [("-", "-"), ("/dev/stdin", "/dev/stdout"), ("/dev/fd/0", "/dev/fd/1")] {
        let run = run_with_input(python(&["-c", code, source, target]), "text\n");
        assert_eq!((run.status, run.stdout.as_str(), run.stderr.as_str()), (Some(0), "TEXT\n", ""), "{source}");
    }
}

/// A shell hands a fourth descriptor on; nothing of it is there.
#[test]
fn a_descriptor_beyond_the_three_is_not_given() {
    let script =
        "exec \"$EXE\" -c 'import os; print(os.path.exists(\"/dev/fd/3\"), sorted(os.listdir(\"/dev/fd\"))[:3])' 3<&0";
    let mut command = Command::new("sh");
    command.args(["-c", script]).env("EXE", env!("CARGO_BIN_EXE_pyapp")).env("PYAPP_INTERPRETER", "1");
    assert_eq!(run(command).stdout, "False ['0', '1', '2']\n");
}

/// stdin and stdout are pipes; the terminal is reached through stderr.
#[test]
fn the_terminal_has_a_name_where_there_is_one() {
    let code = dedent(
        r#"
        import getpass, os
        with open('/dev/tty', 'r+b', buffering=0) as terminal:
            terminal.write(b'asked: ')
            answer = terminal.readline()
            print(answer, terminal.isatty(), os.get_terminal_size(terminal.fileno()) is not None)
        print(getpass.getpass('secret: '))
        "#,
    );
    let folder = tempfile::tempdir().expect("a temporary folder");
    let program = folder.path().join("program");
    std::fs::write(&program, code).expect("written");
    let mut command = common::unmoved("sh");
    command.args(["-c", "\"$EXE\" /dev/stdin < \"$PROGRAM\" | cat"]).env("EXE", env!("CARGO_BIN_EXE_pyapp"));
    command.env("PROGRAM", program).env("PYAPP_INTERPRETER", "1");
    let run = on_a_terminal(command, &[("asked: ", "typed\n"), ("secret: ", "hidden\n")]);
    // What goes to stdout is kept until the end, as it is a pipe; what is typed is echoed where getpass does not ask.
    assert_eq!(run.stdout, "asked: typed\r\nsecret: \r\nb'typed\\n' True True\r\nhidden\r\n");
}

#[test]
fn a_large_read_is_filled_in_place() {
    let code = dedent(
        r#"
        import os
        for name, size in ('zero', 300_000_000), ('full', 300_000_000), ('urandom', 3_000_000):
            f = os.open('/dev/' + name, os.O_RDONLY)
            data = os.read(f, size)
            print(name, len(data), any(data[-1000:]))
            del data
        "#,
    );
    assert_eq!(prints(code), "zero 300000000 False\nfull 300000000 False\nurandom 3000000 True\n");
}

#[test]
fn the_build_judges_names_of_streams_as_it_judges_streams() {
    let project = Project::new(
        &settings("app:main"),
        &files(
            r#"
            === python_libs/app.py
            import keeps
            def main(): pass
            === python_libs/keeps.py
            file = open('/dev/stdout', 'w')
            "#,
        ),
    );
    let error = project.build().err().expect("refused");
    assert!(error.contains("keeps: keeps /dev/stdout open, which a resumed run would not have; close it"), "{error}");
    project.write("python_libs/keeps.py", "with open('/dev/stdout', 'w') as file: file.write('said at import')\n");
    let app = project.build().expect("built");
    assert!(app.report.warnings.iter().any(|warning| warning.contains("said at import")), "{:?}", app.report.warnings);
}

/// Where the same inputs give the same snapshot, random numbers come from the run's seed, whatever way they are asked for.
#[test]
fn random_numbers_of_a_reproducible_build_are_reproducible() {
    let build = || {
        let project = Project::new(
            &common::project::settings_with("app:main", "reproducible = true"),
            &[("python_libs/app.py", "drawn = open('/dev/urandom', 'rb').read(16)\ndef main(): print(drawn.hex())\n")],
        );
        project.build().expect("built").run_as(bundle::Run::Resumed, &[])
    };
    let (status, said) = build();
    assert_eq!((status, said.len()), (0, 33), "{said}");
    assert_eq!(build(), (status, said));
}
