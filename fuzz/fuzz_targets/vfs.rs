//! Any calls in any order: no panic, no limit exceeded, no byte or file lost from the accounts.

#![forbid(unsafe_code)]
#![no_main]

#[path = "../../crates/vfs/tests/conformance/remove_all.rs"]
mod remove_all;

use libfuzzer_sys::fuzz_target;
use remove_all::remove_all;
use vfs::{Ino, Limits, OpenOptions, RootKind, Vfs};

const LIMITS: Limits = Limits { bytes: 1 << 16, files: 64 };

/// Names that are likely to meet each other, and a few odd ones.
const NAMES: [&str; 12] = ["a", "b", "c", ".", "..", "/", "a/b", "b/../c", "c/", "", "a\0", "a/./b/"];

struct Input<'a>(&'a [u8]);

impl Input<'_> {
    fn byte(&mut self) -> usize {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        usize::from(*first)
    }

    fn path(&mut self) -> String {
        let (first, second) = (self.byte(), self.byte());
        let joined = format!("{}/{}", NAMES[first % NAMES.len()], NAMES[second % NAMES.len()]);
        if first >= 128 { joined } else { NAMES[first % NAMES.len()].to_string() }
    }

    fn offset(&mut self) -> u64 {
        let shift = self.byte() % 64;
        (1u64 << shift).wrapping_sub(self.byte() as u64)
    }
}

fuzz_target!(|bytes: &[u8]| {
    let mut input = Input(bytes);
    let mut vfs = Vfs::with_clock(LIMITS, || 1);
    let roots = [RootKind::Slash, RootKind::Confined].map(|kind| vfs.add_root(kind).expect("room"));
    let mut open: Vec<Ino> = Vec::new();
    while !input.0.is_empty() {
        let root = roots[input.byte() % 2];
        // A directory to start from: a root, or one that is held open, maybe removed by now.
        let at = open.get(input.byte()).copied().unwrap_or(root);
        let _ = match input.byte() % 14 {
            0 => vfs.make_directory(at, &input.path()),
            1 => vfs.remove_directory(at, &input.path()),
            2 => vfs.unlink(at, &input.path()),
            3 => vfs.rename(at, &input.path(), root, &input.path()),
            4 => vfs.link(at, &input.path(), input.byte() % 2 == 0, root, &input.path()),
            5 => vfs.symlink(&input.path(), at, &input.path()),
            6 => vfs.read_link(at, &input.path()).map(|_| ()),
            7 => vfs.read_dir(at, input.offset()).map(|entries| assert!(entries.count() < 100)),
            8 => {
                let flags = input.byte();
                let options = OpenOptions {
                    follow: flags & 1 != 0,
                    create: flags & 2 != 0,
                    mode: None,
                    exclusive: flags & 4 != 0,
                    truncate: flags & 8 != 0,
                    directory: flags & 16 != 0,
                    read: flags & 64 != 0,
                    write: flags & 32 != 0,
                };
                vfs.open(at, &input.path(), options).map(|ino| open.push(ino))
            }
            9 => vfs.write(at, input.offset(), &vec![1; input.byte() * 300]).map(|_| ()),
            10 => vfs.read(at, input.offset(), &mut [0; 300]).map(|_| ()),
            11 => vfs.set_size(at, input.offset()),
            12 => vfs.allocate(at, input.offset(), input.byte() as u64 * 300),
            _ => {
                if !open.is_empty() {
                    let ino = open.swap_remove(input.byte() % open.len());
                    vfs.close(ino);
                }
                Ok(())
            }
        };
        let used = vfs.used();
        assert!(used.bytes <= LIMITS.bytes && used.files <= LIMITS.files, "{used:?}");
    }
    for ino in open {
        vfs.close(ino);
    }
    for root in roots {
        remove_all(&mut vfs, root);
    }
    assert_eq!(vfs.used(), Limits { bytes: 0, files: 2 }, "the roots are left");
});
