//! `compile_library.py` by hand: its own tests, run by a native Python.

use std::process::Command;

#[test]
fn its_own_tests_pass() {
    let mut command = Command::new("python3");
    command
        .args(["-m", "unittest", "-q", "tests/compile_library/test_compile_library.py"])
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = command.output().expect("python3 runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    // unittest succeeds when it finds nothing to run.
    let ran = said.lines().find_map(|line| line.strip_prefix("Ran ")?.split(' ').next()?.parse::<u32>().ok());
    assert!(ran > Some(50), "{said}");
}
