//! Random operations on both disks; every outcome must be the same.

use crate::disk::{Disk, Flags, Host, Memory, Op, Outcome};
use proptest::prelude::*;

/// Paths that cannot leave the disk: no `..` climbs higher than the names before it went down. A name goes down at
/// least one level even if it is a link, because targets have no dots.
fn path() -> impl Strategy<Value = String> {
    let component = prop_oneof![8 => "[abc]", 1 => Just("..".to_string()), 1 => Just(".".to_string())];
    (proptest::collection::vec(component, 1..5), any::<bool>()).prop_map(|(components, slash)| {
        let mut depth = 0i32;
        let mut kept: Vec<String> = Vec::new();
        for component in components {
            depth += match component.as_str() {
                ".." => -1,
                "." => 0,
                _ => 1,
            };
            if depth < 0 {
                depth = 0;
                continue;
            }
            kept.push(component);
        }
        let mut path = if kept.is_empty() { "a".to_string() } else { kept.join("/") };
        if slash && path.len() % 3 == 0 {
            path.push('/');
        }
        path
    })
}

fn target() -> impl Strategy<Value = String> {
    let names = proptest::collection::vec("[abc]", 1..3).prop_map(|names| names.join("/"));
    (names, proptest::bool::weighted(0.2)).prop_map(|(names, slash)| if slash { names + "/" } else { names })
}

fn flags() -> impl Strategy<Value = Flags> {
    any::<[bool; 6]>().prop_map(|[write, create, exclusive, truncate, directory, nofollow]| Flags {
        write,
        create,
        // `O_EXCL` without `O_CREAT` is undefined in POSIX.
        exclusive: exclusive && create,
        // `O_TRUNC` without write access is undefined in POSIX.
        truncate: truncate && write,
        directory: directory && !create,
        nofollow,
    })
}

fn op() -> impl Strategy<Value = Op> {
    let slot = || 0u8..3;
    let offset = || prop_oneof![0u64..20, 65_530u64..65_545, Just(1 << 34)];
    prop_oneof![
        3 => path().prop_map(Op::Mkdir),
        2 => path().prop_map(Op::Rmdir),
        2 => path().prop_map(Op::Unlink),
        4 => (path(), path()).prop_map(|(from, to)| Op::Rename(from, to)),
        2 => (path(), path(), any::<bool>()).prop_map(|(from, to, follow)| Op::Link(from, to, follow)),
        2 => (target(), path()).prop_map(|(target, path)| Op::Symlink(target, path)),
        1 => path().prop_map(Op::Readlink),
        2 => (path(), any::<bool>()).prop_map(|(path, follow)| Op::Stat(path, follow)),
        2 => path().prop_map(Op::List),
        6 => (path(), flags(), slot()).prop_map(|(path, flags, slot)| Op::Open { path, flags, slot }),
        3 => (slot(), offset(), 0usize..30).prop_map(|(slot, offset, len)| Op::Read { slot, offset, len }),
        3 => (slot(), offset(), proptest::collection::vec(any::<u8>(), 0..20))
            .prop_map(|(slot, offset, data)| Op::Write { slot, offset, data }),
        2 => (slot(), offset()).prop_map(|(slot, size)| Op::SetSize { slot, size }),
        1 => slot().prop_map(Op::StatOpen),
        2 => slot().prop_map(Op::Close),
    ]
}

/// Where the VFS differs from Linux on purpose.
fn is_explained(op: &Op, memory: &Outcome, host: &Outcome) -> bool {
    match op {
        // POSIX allows both for a slash behind an existing file; WASI's conformance suite wants ENOTDIR.
        Op::Symlink(_, path) => {
            path.ends_with('/') && *memory == Err("ENOTDIR".to_string()) && *host == Err("EEXIST".to_string())
        }
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, max_shrink_iters: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn the_vfs_does_what_the_host_does(ops in proptest::collection::vec(op(), 1..60)) {
        let (mut memory, mut host) = (Memory::new(), Host::new());
        for (number, op) in ops.iter().enumerate() {
            let (ours, theirs) = (memory.apply(op), host.apply(op));
            prop_assert!(
                ours == theirs || is_explained(op, &ours, &theirs),
                "step {}, {:?}: host {:?}, VFS {:?}", number, op, theirs, ours
            );
        }
        let used = memory.used_after_removing_everything();
        // The root itself.
        prop_assert_eq!((used.files, used.bytes), (1, 0));
    }
}
