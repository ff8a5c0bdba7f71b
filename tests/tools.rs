//! `PYAPP_TOOLS=1`: looking inside.

mod common;

use common::{app, program, run, tools};

#[test]
fn ls_shows_bytecode_and_no_sources() {
    let run = run(tools(&["ls"]));
    assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""));
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert!(lines.len() > 500, "{}", lines.len());
    for expected in [
        "/vfs/pyapp.json",
        "/vfs/usr/local/share/licenses/works.json",
        "/vfs/usr/local/lib/python3.13/os.pyc",
        "/vfs/usr/local/lib/python3.13/encodings/",
        "/vfs/usr/local/lib/python3.13/site-packages/demo_bytecode.pyc",
        "/vfs/usr/local/lib/python3.13/site-packages/mylib/math_utils.pyc",
        "/vfs/usr/local/lib/python3.13/site-packages/mylib/__init__.pyc",
    ] {
        assert!(lines.contains(&expected), "{expected}");
    }
    let sources: Vec<&&str> = lines.iter().filter(|line| line.ends_with(".py")).collect();
    assert!(sources.is_empty(), "{sources:?}");
    let caches: Vec<&&str> = lines.iter().filter(|line| line.contains("__pycache__")).collect();
    assert!(caches.is_empty(), "{caches:?}");
    for left_out in ["/test/test_", "/idlelib/", "/ensurepip/", "/lib2to3/"] {
        let there = lines.iter().any(|line| line.starts_with(&format!("/vfs/usr/local/lib/python3.13{left_out}")));
        assert!(!there, "{left_out}");
    }
}

#[test]
fn every_licence_text_that_third_party_md_names_is_inside() {
    let table = include_str!("../THIRD-PARTY.md");
    // The texts of a row of the table: the names in its last column. The demo has no OpenSSL; `openssl.rs` looks for its text.
    let rows = table.lines().filter(|line| line.starts_with("| ") && !line.contains("in executables that need it"));
    let texts = rows.flat_map(|row| {
        let column = row.trim_end_matches(" |").rsplit('|').next().unwrap_or_default();
        column.split('`').skip(1).step_by(2)
    });
    let texts: Vec<&str> = texts.collect();
    assert!(texts.len() > 8, "{texts:?}");
    // `licenses` prints those that the works name, and those of the crates.
    let works = run(tools(&["cat", "usr/local/share/licenses/works.json"])).stdout;
    for text in texts.iter().filter(|text| **text != "rust-crates.txt") {
        assert!(works.contains(&format!("\"{text}\"")), "{text}");
    }
    for text in texts {
        let path = if text.contains('/') { text.to_string() } else { format!("usr/local/share/licenses/{text}") };
        let run = run(tools(&["cat", &path]));
        assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""), "{path}");
        assert!(run.stdout.len() > 500, "{path}");
    }
}

#[test]
fn ls_takes_a_path_and_shows_sizes() {
    let short = run(tools(&["ls", "/vfs/usr/local/lib/python3.13/site-packages/mylib"]));
    let names: Vec<&str> = short.stdout.lines().filter_map(|line| line.rsplit('/').next()).collect();
    assert_eq!(names, ["__init__.pyc", "data_processor.pyc", "math_utils.pyc", "string_utils.pyc"]);
    let long = run(tools(&["ls", "-l", "usr/local/lib/python3.13/site-packages/mylib/math_utils.pyc"]));
    let fields: Vec<&str> = long.stdout.split_whitespace().collect();
    let cat = app_bytes(&["cat", "/vfs/usr/local/lib/python3.13/site-packages/mylib/math_utils.pyc"]);
    assert_eq!(fields[0], "-");
    assert_eq!(fields[1].parse::<usize>().ok(), Some(cat.len()));
}

fn app_bytes(arguments: &[&str]) -> Vec<u8> {
    tools(arguments).output().expect("it starts").stdout
}

#[test]
fn cat_gives_the_bytes() {
    let bytes = app_bytes(&["cat", "/vfs/usr/local/lib/python3.13/site-packages/mylib/__init__.pyc"]);
    // Python 3.13's magic number, then the flags of a pyc that is checked by nothing: hash-based, unchecked.
    assert_eq!(bytes[..8], [0xf3, 0x0d, 0x0d, 0x0a, 1, 0, 0, 0]);
    let manifest = run(tools(&["cat", "pyapp.json"])).stdout;
    assert!(manifest.contains("\"mylib\""), "{manifest}");
}

#[test]
fn info_says_what_is_inside() {
    let json: serde_json::Value = serde_json::from_str(&run(tools(&["info", "--json"])).stdout).expect("JSON");
    assert_eq!(json["entry"], "demo_bytecode");
    assert_eq!(json["python"], "3.13.5");
    assert_eq!(json["pyapp"], env!("CARGO_PKG_VERSION"));
    let size = std::fs::metadata(env!("CARGO_BIN_EXE_pyapp")).expect("there").len();
    assert_eq!(json["bytes"]["executable"], size);
    for input in ["compile_library.py", "python.wasm", "standard library"] {
        let hash = json["inputs"][input].as_str().unwrap_or_default();
        assert!(hash.len() == 64 && hash.chars().all(|char| char.is_ascii_hexdigit()), "{input}: {hash}");
    }
    assert!(json["inputs"]["libraries"]["mylib"].is_string());
    let text = run(tools(&["info"])).stdout;
    assert!(text.contains("python: 3.13.5\n") && text.contains("entry: demo_bytecode\n"), "{text}");
    // The demo brings one; tests/inside has more.
    let (_, distributions) = text.split_once("distributions: ").expect("a list");
    assert!(distributions.starts_with("1\n  mylib 0.1.0: "), "{text}");
    assert!(distributions.ends_with(" bytes, asked for by the project\n"), "{text}");
    assert_eq!(json["distributions"][0]["name"], "mylib");
    assert_eq!(run(tools(&["info", "--tree"])).stdout, "demo_bytecode\n└── mylib 0.1.0\n");
}

#[test]
fn info_says_what_takes_the_room() {
    let said = run(tools(&["info", "--sizes"]));
    assert_eq!((said.status, said.stderr.as_str()), (Some(0), ""));
    let (parts, inner) = said.stdout.split_once("\n\nin the archive; what files share").expect("two lists");
    let rows = |text: &str| {
        let row = |line: &str| {
            line.trim().split_once("  ").and_then(|(bytes, name)| Some((bytes.parse::<u64>().ok()?, name.to_string())))
        };
        text.lines().filter_map(row).collect::<Vec<_>>()
    };
    let (parts, inner) = (rows(parts), rows(inner));
    assert_eq!(
        parts.iter().map(|(bytes, _)| bytes).sum::<u64>(),
        std::fs::metadata(env!("CARGO_BIN_EXE_pyapp")).expect("there").len()
    );
    for rows in [&parts, &inner] {
        assert!(rows.is_sorted_by(|a, b| a.0 >= b.0), "{rows:?}");
    }
    for name in ["distribution mylib 0.1.0", "standard library encodings", "standard library asyncio", "licences"] {
        assert!(inner.iter().any(|(bytes, other)| other == name && *bytes > 500), "{name}: {inner:?}");
    }
}

#[test]
fn wasmtimes_version_is_the_one_that_is_locked() {
    let json: serde_json::Value = serde_json::from_str(&run(tools(&["info", "--json"])).stdout).expect("JSON");
    let lock = include_str!("../Cargo.lock");
    let version = json["wasmtime"].as_str().unwrap_or_default();
    assert!(lock.contains(&format!("name = \"wasmtime\"\nversion = \"{version}\"\n")), "{version}");
}

#[test]
fn extract_writes_a_new_folder_only() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let target = folder.path().join("out");
    let target = target.to_str().expect("UTF-8");
    let path = "/vfs/usr/local/lib/python3.13/site-packages";
    let done = run(tools(&["extract", path, target]));
    assert_eq!((done.status, done.stderr.as_str()), (Some(0), ""));
    let bytes = std::fs::read(folder.path().join("out/mylib/__init__.pyc")).expect("extracted");
    assert_eq!(bytes, app_bytes(&["cat", &format!("{path}/mylib/__init__.pyc")]));
    let again = run(tools(&["extract", path, target]));
    assert_eq!(again.status, Some(1));
    assert!(again.stderr.contains("expected a folder that does not exist yet"), "{again:?}");
    assert_eq!(std::fs::read_dir(folder.path()).expect("listed").count(), 1, "nothing else is left");
    // As it asks for.
    assert_eq!(run(tools(&["extract", path, &format!("{target}-2")])).status, Some(0));
}

#[test]
fn mistakes_are_told_in_one_line() {
    for (arguments, status, message) in [
        (vec!["cat", "/vfs/no"], 1, "pyapp tools: /vfs/no: expected a path in the archive, found nothing; try ls\n"),
        (vec!["cat", "/vfs/usr"], 1, "pyapp tools: /vfs/usr: expected a file, found a directory; try ls\n"),
        (vec!["lss"], 2, "pyapp tools: expected a command, found \"lss\"\n"),
        (vec![], 2, "pyapp tools: expected a command, found none\n"),
        (vec!["cat"], 2, "pyapp tools: cat: expected a path, found none\n"),
        (vec!["extract"], 2, "pyapp tools: extract: expected a path, found none\n"),
        (vec!["cat", "a", "b"], 2, "pyapp tools: cat: found arguments that it does not take: a b\n"),
    ] {
        let run = run(tools(&arguments));
        assert_eq!(run.status, Some(status), "{arguments:?}");
        assert!(run.stderr.starts_with(message), "{arguments:?}: {}", run.stderr);
    }
    // What the first two advise.
    let listed = run(tools(&["ls", "/vfs/usr"])).stdout;
    let file = listed.lines().find(|line| !line.ends_with('/')).expect("a file");
    assert_eq!(run(tools(&["cat", file])).status, Some(0));
    assert!(run(tools(&["help"])).stdout.starts_with("usage: PYAPP_TOOLS=1 pyapp COMMAND"));
}

#[test]
fn the_tools_are_not_there_unless_asked_for() {
    let mut command = app();
    command.env("PYAPP_TOOLS", "0").arg("info");
    assert!(run(command).stdout.starts_with("WASM CPython"));
}

/// A copy of the executable with one byte changed.
fn damaged(folder: &std::path::Path, at: usize) -> std::path::PathBuf {
    use std::os::unix::fs::FileExt;
    let whole = std::path::Path::new(env!("CARGO_BIN_EXE_pyapp"));
    let mut byte = [0];
    std::fs::File::open(whole).expect("there").read_exact_at(&mut byte, at as u64).expect("inside");
    let path = folder.join("damaged");
    program::copy(whole, &path);
    program::patch(&path, at, &[byte[0] ^ 1]);
    path
}

/// What messages about damage advise: the whole executable in the place of the damaged one.
fn copied_again(folder: &std::path::Path) -> std::path::PathBuf {
    let path = folder.join("damaged");
    assert!(path.exists());
    program::copy(env!("CARGO_BIN_EXE_pyapp").as_ref(), &path);
    path
}

#[test]
fn a_program_that_was_just_written_can_be_started() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let path = folder.path().join(format!("true-{thread}"));
            scope.spawn(move || {
                for _ in 0..50 {
                    program::copy("/bin/true".as_ref(), &path);
                    program::patch(&path, 0, b"\x7f");
                    assert!(std::process::Command::new(&path).status().expect("it starts").success());
                }
            });
        }
    });
}

/// Where the images lie in the executable, at page boundaries; whether it is the base image, and its length.
fn images() -> [(usize, bool, usize); 2] {
    let bytes = std::fs::read(env!("CARGO_BIN_EXE_pyapp")).expect("there");
    let json: serde_json::Value = serde_json::from_str(&run(tools(&["info", "--json"])).stdout).expect("JSON");
    let len = |name: &str| json["bytes"][name].as_u64().expect("a size") as usize;
    let starts = (0..bytes.len()).step_by(4096).filter(|at| bytes[*at..].starts_with(b"\x89PYIMG\r\n\x02\0\0\0"));
    let is_cold = |at: usize| bytes[at + 12] == 0;
    let found = starts.map(|at| (at, is_cold(at), len(if is_cold(at) { "base image" } else { "snapshot" })));
    found.collect::<Vec<_>>().try_into().expect("two images")
}

#[test]
fn verify_checks_every_byte_of_every_part() {
    let whole = run(tools(&["verify"]));
    assert_eq!((whole.status, whole.stderr.as_str()), (Some(0), ""));
    for part in ["archive: ", "machine code: ", "base image: ", "snapshot: "] {
        assert!(whole.stdout.lines().any(|line| line.starts_with(part) && line.ends_with(", whole")), "{whole:?}");
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let code = include_bytes!(concat!(env!("OUT_DIR"), "/python.code"));
    let archive = include_bytes!(concat!(env!("OUT_DIR"), "/app.archive"));
    for (name, part) in [("machine code", &code[..]), ("archive", &archive[..])] {
        let executable = std::fs::read(env!("CARGO_BIN_EXE_pyapp")).expect("there");
        let probe = &part[part.len() / 2..][..64];
        let at = executable.windows(64).position(|window| window == probe).expect("inside");
        let mut verify = std::process::Command::new(damaged(folder.path(), at));
        verify.arg("verify").env("PYAPP_TOOLS", "1");
        let run = run(verify);
        assert_eq!(run.status, Some(1), "{name}: {run:?}");
        assert!(run.stderr.contains("checksum"), "{name}: {run:?}");
    }
    for (start, cold, len) in images() {
        let name = if cold { "base image" } else { "snapshot" };
        // In the header, in the first page, in the middle, the last byte.
        for at in [start + 60, start + 4096, start + len / 2, start + len - 1] {
            let mut verify = std::process::Command::new(damaged(folder.path(), at));
            verify.arg("verify").env("PYAPP_TOOLS", "1");
            let run = run(verify);
            assert_eq!(run.status, Some(1));
            assert!(run.stderr.starts_with(&format!("pyapp tools: {name}: expected checksum ")), "{at}: {run:?}");
            assert!(run.stderr.contains("; copy it again, or build"), "{run:?}");
        }
    }
    let mut verify = std::process::Command::new(copied_again(folder.path()));
    verify.arg("verify").env("PYAPP_TOOLS", "1");
    assert_eq!(run(verify), whole);
}

#[test]
fn a_start_refuses_an_image_whose_header_does_not_fit() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (start, cold, _) in images() {
        // The version, the identity of the code, the size of the memory, the first run.
        for at in [start + 8, start + 16, start + 32, start + 64] {
            let mut command = std::process::Command::new(damaged(folder.path(), at));
            command.env("PYAPP_INTERPRETER", if cold { "1" } else { "0" }).args(["-c", "print(1)"]);
            let run = run(command);
            assert_eq!((run.status, run.stdout.as_str()), (Some(125), ""), "{at}: {run:?}");
            assert!(run.stderr.starts_with("pyapp: memory image: expected "), "{run:?}");
            assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
            assert!(run.stderr.contains(": copy it again, or build"), "{run:?}");
        }
    }
    let mut command = std::process::Command::new(copied_again(folder.path()));
    // The app begins at its snapshot, which refers to the base image.
    command.env_remove("PYAPP_INTERPRETER");
    assert!(run(command).stdout.starts_with("WASM CPython"));
}
