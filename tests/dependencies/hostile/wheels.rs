//! Wheels.

use super::super::{lines, may_download, project};
use super::{Place, WHEEL, folder, make, names};
use pipeline::settings::Bounds;

#[test]
fn a_wheel_that_is_not_what_it_should_be_ends_with_one_line() {
    if !may_download() {
        return;
    }
    let (place, project) = (Place::new(), project(&[]));
    for (code, expected) in [
        (
            "wheel({'ext.so': b'\\x7fELF\\2\\1\\1' + bytes(9) + b'\\3\\0'})",
            "odd 1.0: expected Python, found native code for Linux",
        ),
        ("wheel({INFO + 'METADATA': ''})", ": uv found: Failed to read `odd"),
        ("wheel({INFO + 'METADATA': HEAD.replace(b'odd', b'other')})", "`other` does not match given name `odd`"),
        ("wheel({INFO + 'METADATA': HEAD + b'Requires-Python: >=3.14\\n'})", "(3.13.5) does not satisfy Python>=3.14"),
        (
            "wheel({INFO + 'METADATA': HEAD + bytes(100_000_000)})",
            "odd 1.0: expected at most 8388608 bytes in its METADATA, found 10000",
        ),
        ("wheel(without=[INFO + 'METADATA'])", "odd"),
        ("wheel({INFO + 'WHEEL': ''})", "The wheel is invalid"),
        (
            "wheel(without=[INFO + 'WHEEL'])",
            "WHEEL`: No such file or directory (os error 2); ask for another version of it",
        ),
        ("wheel({INFO + 'RECORD': b'\\xff\\xfe'})", "`RECORD` file is invalid"),
        ("wheel({INFO + 'RECORD': '../../x,,\\nodd.py,sha256=x,1\\n\"a,,\\n'})", "`RECORD` file is invalid"),
        ("wheel(without=[INFO + 'RECORD'])", "RECORD`: No such file or directory"),
        (
            "wheel({INFO + 'entry_points.txt': '[console_scripts]\\nodd = nowhere:main\\n'})",
            "expected a module nowhere, found none",
        ),
        (
            "wheel({INFO + 'entry_points.txt': '[console_scripts]\\n../../evil = odd:main\\n'})",
            "Script path must resolve to a file within",
        ),
        (
            "wheel({INFO + 'entry_points.txt': '[console_scripts]\\na = odd:a\\nb = odd:b\\n'})",
            "expected one command in its entry_points.txt, or one called odd, found a, b; write a pyproject.toml",
        ),
        ("patch(wheel({'odd_NNN.py': ''}), b'_NNN', b'_\\xff\\xfe\\xfa')", "does not use UTF-8 encoding"),
        ("wheel({'odd\\nx.py': ''})", "Archive contains unacceptable filename"),
        ("wheel({'a/x.py': ''}, links={'a': '/tmp'})", "Failed to extract archive"),
        ("wheel(same=['b.py', 'c.py'])", "Failed to"),
        ("p = wheel(); os.truncate(p, 200)", "Invalid zip file structure"),
        ("p = wheel(); os.truncate(p, 0)", "Invalid zip file structure"),
        ("p = wheel(); patch(p, open(p, 'rb').read(60)[40:44], b'xxxx')", "Failed to"),
    ] {
        make(&project, code);
        let line = place.refused(&project, WHEEL);
        assert!(line.contains(expected), "{code}: {line}");
    }
    // What leads outside uv leaves out; what was a link is its text.
    let outside = folder();
    for path in ["../evil.py", "a/../../evil.py", "odd-1.0.data/scripts/../../../evil.py", "evil.py"] {
        let path = if path == "evil.py" { format!("{}/{path}", outside.path().display()) } else { path.to_string() };
        let code =
            format!("wheel({{'{path}': ''}}, links={{'link': '/etc', 'other': '{}'}})", outside.path().display());
        make(&project, &code);
        let app = place.build(&project, WHEEL).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert_eq!(lines(&app, &[]), ["odd"], "{path}");
    }
    assert_eq!(names(outside.path()), Vec::<String>::new());
    assert_eq!(names(&project.path("")), [WHEEL]);
}

/// The bounds are smaller here than in other builds.
#[test]
fn what_becomes_too_much_when_it_is_unpacked_is_stopped() {
    if !may_download() {
        return;
    }
    let mut place = Place::new();
    place.bounds = Bounds { bytes: 32 << 20, files: 1000, ..place.bounds };
    let project = project(&[]);
    for code in [
        "wheel({'zeros.bin': bytes(200_000_000)})",
        "wheel({f'odd_{n}/a.bin': bytes(2_000_000) for n in range(40)})",
        "wheel({f'many/{n}.txt': '' for n in range(30_000)})",
    ] {
        make(&project, code);
        let line = place.refused(&project, WHEEL);
        let expected =
            "expected at most 32 MiB and 1000 files when it is unpacked, with all that is installed, found more; do";
        assert!(line.contains(expected), "{line}");
        let names = ["odd 1.0: ", "what brings ", "a distribution: "];
        assert!(names.iter().any(|name| line.contains(name)), "{line}");
    }
    make(&project, "wheel({f'many/{n}.txt': '' for n in range(900)})");
    let app = place.build(&project, WHEEL).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(lines(&app, &[]), ["odd"]);
}
