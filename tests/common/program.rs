//! Programs that a test writes and then starts.
//!
//! The kernel starts no file that anyone has open for writing (ETXTBSY), and the tests of a binary are threads of one
//! process: while one of them writes a program, another may start a process, and until that has called `exec` it holds a
//! copy of every descriptor there is, the one of the half-written program too. Closing that descriptor here, or taking
//! a lock of our own, does not help. So this process never opens a program for writing: child processes write it, and
//! have ended when it is started.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Copies a program, with its mode.
pub fn copy(from: &Path, to: &Path) {
    let status = Command::new("cp").arg("-p").args([from, to]).status().expect("cp starts");
    assert!(status.success(), "cp: {status}");
}

/// Writes `bytes` over what is at the offset `at` of a program.
pub fn patch(program: &Path, at: usize, bytes: &[u8]) {
    let mut of = std::ffi::OsString::from("of=");
    of.push(program);
    let mut dd = Command::new("dd");
    dd.arg(of).args(["bs=1", "conv=notrunc", "status=none", &format!("seek={at}")]).stdin(Stdio::piped());
    let mut child = dd.spawn().expect("dd starts");
    child.stdin.take().expect("a pipe").write_all(bytes).expect("dd reads");
    let status = child.wait().expect("it ends");
    assert!(status.success(), "dd: {status}");
}
