//! The executable is self-contained, and the guest cannot leave its file system.

mod common;

use common::{app, dedent, prints, program, python, run};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

const EXE: &str = env!("CARGO_BIN_EXE_pyapp");
const EXPECTED: &str = include_str!("demo/expected.txt");

#[test]
fn host_files_are_not_there() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let canary = folder.path().join("canary");
    std::fs::write(&canary, "secret").expect("written");
    let code = dedent(&format!(
        r#"
        import os
        for path in [{canary:?}, '/etc/passwd', '/proc/self/environ', '/vfs/../etc/passwd', '/tmp/../../../etc/passwd',
                     '../../../../etc/passwd']:
            print(os.path.exists(path))
        # But for the way to the folder of this run.
        way = os.getcwd().split('/')
        others = [name for name in os.listdir('/tmp') if way[1:3] != ['tmp', name]]
        print(os.listdir('.'), others, sorted(set(os.listdir('/')) - ({{way[1]}} - {{'tmp'}})))
        "#
    ));
    assert_eq!(prints(code), format!("{}[] [] ['dev', 'home', 'tmp', 'vfs']\n", "False\n".repeat(6)));
}

#[test]
fn the_base_is_read_only_and_the_scratch_is_not() {
    let code = dedent(
        r#"
        import os, errno
        base = '/vfs/usr/local/lib/python3.13'
        def error(f, *a):
            try: f(*a)
            except OSError as e: return errno.errorcode[e.errno]
            return 'ok'
        print(error(open, base + '/os.pyc', 'r+b'), error(open, base + '/new', 'w'), error(os.unlink, base + '/os.pyc'),
              error(os.rmdir, base), error(os.mkdir, base + '/d'), error(os.rename, base + '/os.pyc', base + '/x'),
              error(os.rename, base + '/os.pyc', '/tmp/x'), error(os.rmdir, '/vfs'), error(os.rename, '/vfs', '/w'),
              error(os.symlink, 'x', base + '/s'), error(os.utime, base + '/os.pyc'))
        open('/tmp/file', 'w').write('text'); os.mkdir('/tmp/d'); os.rename('/tmp/file', '/tmp/d/file')
        print(open('/tmp/d/file').read(), os.listdir('/tmp/d'), os.stat('/tmp/d/file').st_size)
        print(error(open, '/x', 'w'), error(os.mkdir, '/d'), error(os.mkdir, '/home/d'), error(os.rmdir, '/tmp'),
              error(os.rename, '/tmp', '/x'), error(os.rmdir, '/home/pyapp'), error(os.chmod, '/home', 0o777))
        print(open('/dev/null').read() == '', open('/dev/null', 'w').write('gone'))
        "#,
    );
    assert_eq!(
        prints(code),
        "EROFS EROFS EROFS EROFS EROFS EROFS EXDEV EBUSY EBUSY EROFS EROFS\ntext ['file'] 4\n\
         EACCES EACCES EACCES EACCES EACCES EACCES EPERM\nTrue 4\n"
    );
}

#[test]
fn reading_a_link_that_is_none_is_refused_in_the_base_too() {
    let code = dedent(
        r#"
        import os, errno
        for path in '/vfs/pyapp.json', '/vfs/usr/local/lib/python3.13/os.pyc', '/vfs/usr':
            try: print(os.readlink(path))
            except OSError as e: print(errno.errorcode[e.errno])
        "#,
    );
    assert_eq!(prints(code), "EINVAL\nEINVAL\nEINVAL\n");
}

#[test]
fn a_full_descriptor_table_changes_no_file() {
    let code = dedent(
        r#"
        import os, errno
        open('/tmp/precious', 'w').write('precious')
        def error(path, flags):
            try: os.open(path, flags)
            except OSError as e: return errno.errorcode[e.errno]
        while not error('/tmp', os.O_RDONLY): pass
        print(error('/tmp/precious', os.O_WRONLY | os.O_TRUNC), error('/tmp/new', os.O_WRONLY | os.O_CREAT))
        print(os.stat('/tmp/precious').st_size, os.path.exists('/tmp/new'))
        "#,
    );
    assert_eq!(prints(code), "EMFILE EMFILE\n8 False\n");
}

#[test]
fn the_null_device_has_no_offset() {
    let code = dedent(
        r#"
        import os
        f = os.open('/dev/null', os.O_RDWR)
        print(os.write(f, b'abc'), os.lseek(f, 0, os.SEEK_CUR), os.lseek(f, 9, os.SEEK_SET), os.read(f, 9))
        "#,
    );
    assert_eq!(prints(code), "3 0 0 b''\n");
}

/// A byte in each of many pages: little content, much to keep. 256 MiB at some 130 bytes a page are two million.
#[test]
fn sparse_pages_count_for_what_they_cost() {
    let code = dedent(
        r#"
        import errno, os
        f = os.open('/tmp/sparse', os.O_RDWR | os.O_CREAT)
        try:
            for i in range(1 << 24): os.pwrite(f, b'x', i << 16)
        except OSError as e: print(errno.errorcode[e.errno], 1_000_000 < i < 3_000_000)
        "#,
    );
    assert_eq!(prints(code), "ENOSPC True\n");
}

#[test]
fn the_scratch_is_capped() {
    let code = dedent(
        r#"
        import errno, os
        def litter():
            for i in range(1 << 20): open(f'/tmp/{i}', 'w').close()
        def fill():
            with open('/tmp/0', 'wb') as f:
                for _ in range(1024): f.write(bytes(1 << 20))
        for f in litter, fill:
            try: f()
            except OSError as e: print(errno.errorcode[e.errno])
        os.unlink('/tmp/0'); open('/tmp/again', 'w').write('x'); print('room again')
        "#,
    );
    assert_eq!(prints(code), "ENOSPC\nENOSPC\nroom again\n");
}

#[test]
fn an_empty_folder_and_an_empty_environment_are_enough() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut command = app();
    command.env_clear().current_dir(folder.path());
    assert_eq!(run(command).stdout, EXPECTED);
    let left: Vec<_> = std::fs::read_dir(folder.path()).expect("listed").collect();
    assert!(left.is_empty(), "it wrote {left:?}");
}

#[test]
fn no_library_of_the_machine_is_needed() {
    let output = Command::new("ldd").arg(EXE).output().expect("ldd runs");
    let text = [output.stdout, output.stderr].map(|said| String::from_utf8(said).expect("UTF-8")).concat();
    assert!(text.contains("statically linked"), "{text}");
}

/// Another user, no home, no /proc, no /dev, no /tmp, nothing writable: a folder with nothing in it but the executable is made
/// the whole world. Only root may do that, as it is in CI.
#[test]
fn a_bare_read_only_world_is_enough() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: chroot needs root");
        return;
    }
    let world = tempfile::tempdir().expect("a temporary folder");
    let mut permissions = std::fs::metadata(world.path()).expect("there").permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o555);
    program::copy(EXE.as_ref(), &world.path().join("pyapp"));
    std::fs::set_permissions(world.path(), permissions).expect("made read-only");
    assert_eq!(names(world.path()), [world.path().join("pyapp")]);

    let in_world = |arguments: &[&str], interpreter: &str| {
        let mut command = Command::new("/usr/sbin/chroot");
        // uid and gid of nobody.
        command.args(["--userspec=65534:65534"]).arg(world.path()).arg("/pyapp").args(arguments);
        command.env_clear().env("PYAPP_INTERPRETER", interpreter);
        run(command)
    };
    let demo = in_world(&[], "0");
    assert_eq!((demo.stdout.as_str(), demo.stderr.as_str(), demo.status), (EXPECTED, "", Some(0)));
    let code = "import os, secrets, time, uuid; print(len(os.urandom(9)), secrets.token_hex() != uuid.uuid4().hex)";
    let python = in_world(&["-c", code], "1");
    assert_eq!((python.stdout.as_str(), python.stderr.as_str(), python.status), ("9 True\n", "", Some(0)));
    assert_eq!(names(world.path()), [world.path().join("pyapp")], "it wrote something");
}

fn names(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).expect("listed") {
        let path = entry.expect("listed").path();
        if path.is_dir() {
            all.extend(names(&path));
        }
        all.push(path);
    }
    all.sort();
    all
}

#[test]
fn nothing_is_written_to_disk() {
    // Every system call that could make or change a file, as the kernel sees them.
    let strace = Command::new("strace").arg("-V").output();
    if strace.is_err() {
        eprintln!("skipped: strace is not installed");
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = folder.path().join("log");
    let mut command = Command::new("strace");
    command.args([
        "-f",
        "-e",
        "trace=openat,open,creat,mkdir,mkdirat,rename,renameat2,unlink,unlinkat,symlinkat,linkat",
    ]);
    command.arg("-o").arg(&log).arg(EXE);
    assert_eq!(run(command).stdout, EXPECTED);
    let log = std::fs::read_to_string(log).expect("a log");
    let writing: Vec<&str> = log
        .lines()
        .filter(|line| !line.contains("+++") && !line.contains("---"))
        .filter(|line| !line.contains("O_RDONLY") || line.contains("O_CREAT"))
        .collect();
    assert!(log.contains("O_RDONLY"), "the log shows opened files: {log}");
    assert!(writing.is_empty(), "{writing:#?}");
}

#[test]
fn arguments_and_name_are_passed_on() {
    let mut command = python(&["-c", "import sys; print(sys.orig_argv[0], sys.argv[1:])", "ä", "", "two words"]);
    command.arg0("some-name");
    assert_eq!(run(command).stdout, "some-name ['ä', '', 'two words']\n");
}

#[test]
fn there_is_no_network_and_no_other_process() {
    let code = dedent(
        r#"
        import os, socket, subprocess
        # A machine without a network refuses, too, and a program may not be there: so it matters who says it.
        processes = 'the sandbox starts no processes'
        def says(text, action, *arguments):
            try: action(*arguments)
            except OSError as error: return text in str(error)
            return False
        def refused(action, *arguments):
            try: action(*arguments)
            except PermissionError: return True
            except OSError as error: return repr(error)
            return False
        hosts = '127.0.0.1', '::1', 'localhost', 'example.org'
        print([refused(socket.create_connection, (host, 80)) for host in hosts])
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        print(refused(datagrams.sendto, b'x', ('127.0.0.1', 53)), refused(datagrams.bind, ('127.0.0.1', 0)))
        print(says(processes, subprocess.run, ['/bin/true']), says(processes, os.popen, '/bin/true'))
        print([hasattr(os, name) for name in ('fork', 'system', 'execv', 'posix_spawn')])
        "#,
    );
    let expected = "[True, True, True, True]\nTrue True\nTrue True\n[False, False, False, False]\n";
    assert_eq!(prints(code), expected);
}

#[test]
fn the_tests_that_the_page_of_promises_names_are_there() {
    let page = include_str!("../docs/sandbox.md");
    let rows = page.lines().filter_map(|line| Some(line.strip_prefix("| ")?.strip_suffix(" |")?.rsplit_once(" | ")?.1));
    let mut found = 0;
    for names in rows {
        let mut text = String::new();
        for name in names.split('`').skip(1).step_by(2) {
            if name.contains('/') {
                let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
                text = if path.is_dir() { String::new() } else { std::fs::read_to_string(&path).expect(name) };
            } else {
                let fuzzed = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fuzz/fuzz_targets/{name}.rs"));
                assert!(text.contains(&format!("fn {name}()")) || fuzzed.is_file(), "{name}");
            }
            found += 1;
        }
    }
    assert!(found > 20, "{found}");
}
