//! `PYAPP_INTERPRETER=1` on a terminal: Python's own prompt, and `input()`, `pdb` and `asyncio` beside it.
//!
//! What is waited for is never what is typed, as it is shown twice: what the program makes of it is waited for.

mod common;

use common::terminal::{Terminal, on_a_terminal};
use common::{dedent, python, run_with_input, unmoved};
use std::process::Command;

const LEFT: &str = "\x1bOD";
const UP: &str = "\x1bOA";
const DOWN: &str = "\x1bOB";
const END: &str = "\x05";
const CTRL_C: &str = "\x03";
const CTRL_D: &str = "\x04";

/// With a terminal as most are, without colours: what is shown is whole then.
fn plain(arguments: &[&str]) -> Command {
    let mut command = python(arguments);
    command.env("TERM", "xterm-256color").env("NO_COLOR", "1").env_remove("FORCE_COLOR");
    command
}

fn program(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::Builder::new().suffix(".py").tempfile().expect("a temporary file");
    std::fs::write(file.path(), dedent(text)).expect("written");
    file
}

#[test]
fn a_line_can_be_edited_and_recalled() {
    let run = on_a_terminal(
        plain(&[]),
        &[
            (">>> ", &format!("4 * 1{LEFT}2\r")),
            ("84", ""),
            (">>> ", &format!("{UP} + 1\r")),
            ("85", ""),
            (">>> ", "exit(3)\r"),
        ],
    );
    assert_eq!(run.status, Some(3), "{run:?}");
    assert!(run.stdout.contains("Python 3.13.5") && !run.stdout.contains("warning"), "{run:?}");
}

#[test]
fn a_block_is_edited_and_recalled_whole() {
    let run = on_a_terminal(
        plain(&["-q"]),
        &[
            (">>> ", "for i in range(6, 8):\r"),
            ("... ", "print('ro' + 'w', i)\r\r"),
            ("row 7", ""),
            // From its end to the line break that ends it.
            (">>> ", &format!("{UP}\r\r")),
            ("row 7", ""),
            // To its first line: the 6 becomes 5.
            (">>> ", &format!("{UP}{UP}{END}{LEFT}{LEFT}{LEFT}{LEFT}{LEFT}\x7f5{DOWN}{END}\r\r")),
            ("row 5", ""),
            (">>> ", CTRL_D),
        ],
    );
    assert_eq!(run.status, Some(0), "{run:?}");
}

#[test]
fn what_is_pasted_is_one_block() {
    let run = on_a_terminal(
        plain(&["-q"]),
        &[
            (">>> ", "\x1b[200~def double(x):\n    return 2 * x\n\ndouble(21)\n\x1b[201~\r"),
            ("42", ""),
            (">>> ", "exit\r"),
        ],
    );
    assert_eq!(run.status, Some(0), "{run:?}");
}

#[test]
fn the_prompt_is_coloured_unless_it_must_not_be() {
    let dialogue = [(">>> ", "1/0\r"), ("ZeroDivisionError", ""), (">>> ", "exit()\r")];
    let mut coloured = plain(&["-q"]);
    coloured.env_remove("NO_COLOR");
    let run = on_a_terminal(coloured, &dialogue);
    assert!(run.stdout.contains("\x1b[1;35m>>> \x1b[0m"), "{run:?}");
    assert!(run.stdout.contains("\x1b[1;35mZeroDivisionError\x1b[0m"), "{run:?}");
    let run = on_a_terminal(plain(&["-q"]), &dialogue);
    assert!(run.stdout.contains(">>> ") && !run.stdout.contains("35m"), "{run:?}");
}

#[test]
fn ctrl_c_gives_a_fresh_prompt() {
    let mut terminal = Terminal::start(&plain(&["-q"]));
    terminal.wait(">>> ");
    terminal.enter("print('one' + 'line', end");
    // Each character is inserted by a sequence of its own.
    terminal.wait("@d");
    terminal.enter(CTRL_C);
    terminal.wait("KeyboardInterrupt");
    for waiting in ["time.sleep(600)", "any(map(lambda _: 0, iter(int, 1)))"] {
        terminal.wait(">>> ");
        terminal.enter(&format!("import time; print('be' + 'gun'); {waiting}\r"));
        terminal.wait("begun");
        terminal.enter(CTRL_C);
        terminal.wait("KeyboardInterrupt");
    }
    terminal.wait(">>> ");
    terminal.enter("6 * 7\r");
    terminal.wait("42");
    terminal.wait(">>> ");
    terminal.enter(CTRL_D);
    let run = terminal.end();
    assert_eq!(run.status, Some(0), "{run:?}");
    assert!(!run.stdout.contains("oneline"), "{run:?}");
}

#[test]
fn ctrl_z_and_the_shell_leave_the_line_as_it_was() {
    let mut shell = unmoved("bash");
    shell.args(["--norc", "--noprofile", "-i"]).env("TERM", "xterm").env("NO_COLOR", "1");
    shell.env("EXE", env!("CARGO_BIN_EXE_pyapp")).env("PYAPP_INTERPRETER", "1").env_remove("HISTFILE");
    let mut terminal = Terminal::start(&shell);
    terminal.enter("PS1=she'll% '\n");
    terminal.wait("shell% ");
    terminal.enter("\"$EXE\" -q\n");
    terminal.wait(">>> ");
    terminal.enter("20 + 1");
    terminal.wait("@1");
    terminal.enter("\x1a");
    terminal.wait("Stopped");
    terminal.wait("shell% ");
    terminal.enter("fg\n");
    // It is the editor's again: pasted text is marked.
    terminal.wait("\x1b[?2004h");
    terminal.enter("3\r");
    terminal.wait("33");
    terminal.wait(">>> ");
    terminal.enter(CTRL_D);
    terminal.wait("shell% ");
    terminal.enter("exit 5\n");
    assert_eq!(terminal.end().status, Some(5));
}

/// The line that is being edited is wrapped where the narrower terminal ends.
#[test]
fn a_terminal_can_become_narrower() {
    let mut command = unmoved("sh");
    command.args(["-c", "stty rows 24 cols 80; tty; exec \"$EXE\" -q"]).env("EXE", env!("CARGO_BIN_EXE_pyapp"));
    command.env("PYAPP_INTERPRETER", "1").env("TERM", "xterm").env("NO_COLOR", "1");
    let mut terminal = Terminal::start(&command);
    terminal.wait(">>> ");
    let shown = terminal.shown();
    let device = shown.split_whitespace().find(|word| word.starts_with("/dev/")).expect("its name").to_string();
    terminal.enter("len('0123456789012345678901234567890123456789')");
    terminal.wait("@)");
    let status = Command::new("stty").args(["-F", &device, "cols", "30"]).status().expect("stty starts");
    assert!(status.success());
    terminal.wait("\\");
    terminal.enter(" + 2\r");
    terminal.wait("42");
    terminal.wait(">>> ");
    terminal.enter("import os; os.get_terminal_size()\r");
    terminal.wait("columns=30, lines=24");
    terminal.wait(">>> ");
    terminal.enter("exit\r");
    assert_eq!(terminal.end().status, Some(0));
}

#[test]
fn a_terminal_that_cannot_be_edited_on_gets_the_basic_prompt() {
    let dumb = "terminal doesn't have the required clear capability; TERM=dumb";
    let unknown = "setupterm: could not find terminal; TERM=unknown-one";
    for (term, reason) in
        [("dumb", dumb), ("unknown-one", unknown), ("", "setupterm: could not find terminfo database")]
    {
        let mut command = plain(&[]);
        command.env("TERM", term);
        let run = on_a_terminal(command, &[(">>> ", "6 * 7\n"), ("42", ""), (">>> ", CTRL_D)]);
        assert_eq!(run.status, Some(0), "{run:?}");
        assert!(run.stdout.contains(&format!("warning: can't use pyrepl: {reason}\r\n")), "{run:?}");
        assert!(!run.stdout.contains('\x1b'), "{run:?}");
    }
}

#[test]
fn the_basic_prompt_edits_lines_as_with_readline() {
    let mut command = plain(&["-q"]);
    command.env("PYTHON_BASIC_REPL", "1");
    let run = on_a_terminal(
        command,
        &[
            (">>> ", &format!("4 * 1{LEFT}2\r")),
            ("84", ""),
            (">>> ", &format!("{UP} + 1\r")),
            ("85", ""),
            (">>> ", "import sys\r"),
            (">>> ", "sys.versi\t_info.major * 14\r"),
            ("42", ""),
            (">>> ", &format!("none{CTRL_C}")),
            ("KeyboardInterrupt", ""),
            (">>> ", CTRL_D),
        ],
    );
    assert_eq!(run.status, Some(0), "{run:?}");
}

#[test]
fn input_edits_lines_at_the_prompt_and_once_readline_is_imported() {
    let run = on_a_terminal(
        plain(&["-q"]),
        &[(">>> ", "input('na' + 'me: ')\r"), ("name: ", &format!("an{LEFT}n\r")), ("'ann'", ""), (">>> ", CTRL_D)],
    );
    assert_eq!(run.status, Some(0), "{run:?}");

    let file = program(
        r#"
        import readline, sys
        readline.parse_and_bind('tab: complete')
        readline.set_completer(lambda text, state: ['second', None][state] if text == 'se' else None)
        print(ascii(input('\nfirst: ')))
        print(ascii(input('second: ')))
        try: input('third: ')
        except KeyboardInterrupt as error: print(type(error))
        try: input('fourth: ')
        except EOFError as error: print(type(error))
        print(ascii(sys.stdin.readline()))
        readline.set_auto_history(False)
        print(ascii(input('last: ')))
        print([readline.get_history_item(i + 1) for i in range(readline.get_current_history_length())])
        "#,
    );
    let run = on_a_terminal(
        plain(&[file.path().to_str().expect("UTF-8")]),
        &[
            ("first: ", &format!("wärt{LEFT}{LEFT}ö\r")),
            (r"'w\xe4\xf6rt'", ""),
            ("second: ", &format!("se\t, {UP}!\r")),
            (r"'w\xe4\xf6rt!'", ""),
            ("third: ", CTRL_C),
            ("<class 'KeyboardInterrupt'>", ""),
            // What is typed ahead belongs to whoever reads next.
            ("fourth: ", &format!("{CTRL_D}ahead\r")),
            ("<class 'EOFError'>", ""),
            (r"'ahead\n'", ""),
            ("last: ", "secret\r"),
            ("'secret'", ""),
            (r"['wäört', 'wäört!']", ""),
        ],
    );
    assert_eq!(run.status, Some(0), "{run:?}");
}

#[test]
fn a_breakpoint_is_a_prompt_with_history() {
    let file = program(
        r#"
        def double(x):
            y = 2 * x
            breakpoint()
            return y
        print('result', double(21))
        "#,
    );
    let run = on_a_terminal(
        plain(&[file.path().to_str().expect("UTF-8")]),
        &[
            ("-> breakpoint()", ""),
            ("(Pdb) ", &format!("x * 1{LEFT}2\r")),
            ("441", ""),
            ("(Pdb) ", &format!("{UP} + 1\r")),
            ("442", ""),
            ("(Pdb) ", CTRL_C),
            ("--KeyboardInterrupt--", ""),
            ("(Pdb) ", "y = 77\r"),
            ("(Pdb) ", "c\r"),
            ("result 77", ""),
        ],
    );
    assert_eq!(run.status, Some(0), "{run:?}");

    let run = on_a_terminal(
        plain(&["-q"]),
        &[(">>> ", "breakpoint()\r"), ("(Pdb) ", "6 * 7\r"), ("42", ""), ("(Pdb) ", "c\r"), (">>> ", CTRL_D)],
    );
    assert_eq!(run.status, Some(0), "{run:?}");
}

#[test]
fn the_asyncio_prompt_awaits() {
    let run = on_a_terminal(
        plain(&["-m", "asyncio"]),
        &[
            ("import asyncio", ""),
            (">>> ", "await asyncio.sleep(0.01, 6 * 7)\r"),
            ("42", ""),
            (">>> ", &format!("{UP}{LEFT}1\r")),
            ("426", ""),
            // What is awaited can be interrupted, too, but natively one of three is lost if it comes early.
            (">>> ", "unfinished"),
            ("@d", CTRL_C),
            ("KeyboardInterrupt", ""),
            (">>> ", CTRL_D),
            ("exiting asyncio REPL...", ""),
        ],
    );
    assert_eq!(run.status, Some(0), "{run:?}");
}

#[test]
fn a_program_can_end_in_the_prompt() {
    let dialogue = [(">>> ", "x + 1\r"), ("42", ""), (">>> ", CTRL_D)];
    assert_eq!(on_a_terminal(plain(&["-i", "-c", "x = 41"]), &dialogue).status, Some(0));
    let run = run_with_input(python(&["-i", "-c", "x = 41"]), "x + 1\n1 / 0\nx\n");
    assert_eq!((run.status, run.stdout.as_str()), (Some(0), "42\n41\n"), "{run:?}");
    assert!(run.stderr.contains("ZeroDivisionError") && run.stderr.ends_with(">>> \n"), "{run:?}");
}

/// A history that can be kept nowhere is none.
#[test]
fn history_is_kept_where_it_can_be() {
    for place in ["/vfs/history", "/nowhere/history"] {
        let mut command = plain(&["-q"]);
        command.env("PYTHON_HISTORY", place);
        let run = on_a_terminal(command, &[(">>> ", "6 * 7\r"), ("42", ""), (">>> ", CTRL_D)]);
        assert_eq!(run.status, Some(0), "{run:?}");
        assert!(!run.stdout.contains("Error") && run.stdout.trim_end().ends_with("\x1b>"), "{run:?}");
    }
    let mut command = plain(&["-q"]);
    command.env("PYTHON_HISTORY", "/tmp/history");
    let write =
        "import atexit, pathlib; atexit._run_exitfuncs(); print(pathlib.Path('/tmp/history').read_text()[::-1])\r";
    let run =
        on_a_terminal(command, &[(">>> ", "6 * 7\r"), ("42", ""), (">>> ", write), ("7 * 6", ""), (">>> ", CTRL_D)]);
    assert_eq!(run.status, Some(0), "{run:?}");
}
