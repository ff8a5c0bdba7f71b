//! Files of a granted folder are the host's own: what is made there, what may be done with it, and what the machine has of it.
//!
//! The oracle is native Python, which does the same in the same folder. Tests that write are ignored, because the app of
//! `tests/doors` has to be linked first: see `common::doors()`.

mod common;

use common::{Run, doors, run, run_with_input};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::process::Command;

/// A folder of a caller, in which `tests/doors` may read `readable` and write `writable`.
fn folder() -> tempfile::TempDir {
    // Not in /tmp, where a guest has memory of its own.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    for name in ["readable", "writable"] {
        fs::create_dir(folder.path().join(name)).expect("made");
    }
    folder
}

fn demo() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_pyapp"))
}

/// Runs a program as `python3` does in a folder, with what a shell is told first.
fn runs(executable: &Path, folder: &Path, before: &str, program: &str, arguments: &[String]) -> Run {
    let mut command = common::unmoved("sh");
    command.args(["-c", &format!("{before}; exec \"$0\" - \"$@\"")]).arg(executable).args(arguments);
    command.env("PYAPP_INTERPRETER", "1").current_dir(folder);
    run_with_input(command, program)
}

fn prints(executable: &Path, folder: &Path, before: &str, program: &str) -> String {
    let run = runs(executable, folder, before, program, &[]);
    assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""));
    run.stdout
}

#[test]
#[ignore = "needs an executable: see common::doors()"]
fn what_is_made_has_the_mode_that_was_asked_for_or_less() {
    let program = "
import os
os.umask(0oMASK)
for name, mode in ('usual', 0o666), ('program', 0o777), ('private', 0o600), ('set', 0o6755):
    os.close(os.open('writable/' + name, os.O_CREAT | os.O_WRONLY, mode))
os.mkdir('writable/folder', 0o777)
os.mkdir('writable/own', 0o700)
# What is there keeps its mode.
os.close(os.open('writable/usual', os.O_CREAT | os.O_WRONLY, 0o600))
print(*(oct(os.stat('writable/' + name).st_mode & 0o7777) for name in sorted(os.listdir('writable'))))
";
    for (users, own, expected) in [
        // As natively, where a program that sets its umask no longer has the user's.
        ("077", "0", "0o777 0o700 0o600 0o777 0o755 0o666"),
        // The usual modes leave it to the user.
        ("077", "022", "0o700 0o700 0o600 0o755 0o755 0o600"),
        ("0", "077", "0o700 0o700 0o600 0o700 0o700 0o600"),
        ("0", "0", "0o777 0o700 0o600 0o777 0o755 0o666"),
        ("022", "022", "0o755 0o700 0o600 0o755 0o755 0o644"),
    ] {
        let folder = folder();
        let before = format!("umask {users}");
        let printed = prints(&doors(), folder.path(), &before, &program.replace("MASK", own));
        assert_eq!(printed, format!("{expected}\n"), "the user's umask {users}, its own {own}");
        let names = ["folder", "own", "private", "program", "set", "usual"];
        let mode = |name| fs::metadata(folder.path().join("writable").join(name)).expect("there").permissions().mode();
        assert_eq!(names.map(|name| format!("0o{:o}", mode(name) & 0o7777)).join(" "), expected);
    }
}

#[test]
#[ignore = "needs an executable: see common::doors()"]
fn whether_a_file_may_be_used_is_what_the_machine_says() {
    let folder = folder();
    let writable = folder.path().join("writable");
    for mode in [0o000, 0o004, 0o040, 0o400, 0o644, 0o755, 0o777] {
        let path = writable.join(format!("{mode:o}"));
        fs::write(&path, "").expect("written");
        // Of somebody else, as far as a test may say so.
        let _ = chown(&path, Some(4321), None);
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("set");
    }
    let program = "
import os
for name in sorted(os.listdir('writable')):
    print(name, [os.access('writable/' + name, mode) for mode in range(8)])
";
    let expected = prints(Path::new("python3"), folder.path(), ":", program);
    assert_eq!(expected.lines().count(), 7);
    assert_eq!(prints(&doors(), folder.path(), ":", program), expected);
}

#[test]
#[ignore = "needs an executable: see common::doors()"]
fn times_are_set_as_natively_also_before_1970() {
    let program = "
import os
open('writable/x', 'w').close()
for times in (-5.5, -1), (0, 1), (1.5, 2**31), (-2**31, -2**33), (2**33, 0):
    for target in 'writable/x', os.open('writable/x', os.O_RDONLY):
        os.utime(target, times)
        print(os.stat(target).st_atime_ns, os.stat(target).st_mtime_ns)
os.utime('writable/x', ns=(1, 2))
print(os.stat('writable/x').st_mtime_ns)
";
    let expected = prints(Path::new("python3"), folder().path(), ":", program);
    assert_eq!(prints(&doors(), folder().path(), ":", program), expected);
}

#[test]
#[ignore = "needs an executable: see common::doors()"]
fn threads_read_files_beside_each_other() {
    let folder = folder();
    let readable = folder.path().join("readable");
    for number in 0..1000_u16 {
        let content = number.to_be_bytes().repeat(usize::from(number) * 50);
        fs::write(readable.join(format!("{number:03}")), content).expect("written");
    }
    let program = "
import concurrent.futures, hashlib, os
def line(name):
    with open('readable/' + name, 'rb') as file:
        return f'{hashlib.file_digest(file, \"sha256\").hexdigest()}  {name}\\n'
with concurrent.futures.ThreadPoolExecutor(8) as pool:
    print(*pool.map(line, sorted(os.listdir('readable'))), sep='', end='')
";
    let mut sums = common::unmoved("sh");
    sums.args(["-c", "sha256sum *"]).current_dir(&readable);
    assert_eq!(prints(&doors(), folder.path(), ":", program), run(sums).stdout);
}

#[test]
fn as_many_folders_as_the_system_allows_can_be_named() {
    let folder = folder();
    let files: Vec<String> = (0..200).map(|number| format!("{number}/file")).collect();
    for file in &files {
        fs::create_dir(folder.path().join(file).parent().expect("a folder")).expect("made");
        fs::write(folder.path().join(file), "x").expect("written");
    }
    let program = "import sys\nprint(sum(len(open(name).read()) for name in sys.argv[1:]))";
    let run = runs(demo(), folder.path(), "ulimit -Sn 64", program, &files);
    assert_eq!((run.status, run.stdout.as_str(), run.stderr.as_str()), (Some(0), "200\n", ""));
}

#[test]
fn a_folder_whose_name_is_not_utf8_stops_nobody() {
    let folder = folder();
    let inner = folder.path().join(OsStr::from_bytes(b"not \xff text"));
    fs::create_dir(&inner).expect("made");
    fs::write(inner.join("in.csv"), "x").expect("written");
    let run = runs(demo(), &inner, ":", "print('here')", &[]);
    assert_eq!((run.status, run.stdout.as_str(), run.stderr.as_str()), (Some(0), "here\n", ""));
    // What is named there cannot be mounted, and that is said.
    let run = runs(demo(), &inner, ":", "print('here')", &["in.csv".to_string()]);
    assert_eq!((run.status, run.stdout.as_str()), (Some(125), ""));
    let message = "expected names that are UTF-8, found one that is not; rename it or do not grant it";
    assert!(run.stderr.contains(message), "{}", run.stderr);
}

#[test]
fn the_audit_hears_of_what_is_missing_too() {
    let folder = folder();
    let audit = folder.path().join("audit");
    let program = "
import os
for call, path in (os.stat, 'readable/missing'), (open, 'readable/none'), (os.unlink, '/home/ada/x'), (os.readlink, '/etc/x'):
    try: call(path)
    except FileNotFoundError: pass
";
    let mut command = Command::new(demo());
    command.args(["-", "readable"]).env("PYAPP_INTERPRETER", "1").env("PYAPP_AUDIT", &audit).current_dir(&folder);
    let run = run_with_input(command, program);
    assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""));
    let text = fs::read_to_string(&audit).expect("read");
    let readable = folder.path().canonicalize().expect("real").join("readable");
    for (path, write, granted) in [
        (readable.join("missing"), false, true),
        (readable.join("none"), false, true),
        ("/home/ada/x".into(), true, false),
        ("/etc/x".into(), false, false),
    ] {
        let line = format!("\"path\":{path:?},\"write\":{write},\"granted\":{granted}");
        assert!(text.contains(&line), "{line} in {text}");
    }
}
