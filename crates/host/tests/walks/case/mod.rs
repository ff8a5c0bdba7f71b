//! One case: a random tree of folders, files, links and second names on the disk, random grants, and a guest that does random
//! things in it, while another process may change the tree. An oracle that walks the tree by itself says what each call must give,
//! and does the same to a twin of the tree. At the end both are the same, and nothing outside of the grants has changed.
//!
//! | file | holds |
//! |---|---|
//! | `input.rs`, `path.rs`, `op.rs` | bytes as choices, as paths, as operations |
//! | `disk.rs` | trees on the disk |
//! | `setting.rs` | where a case plays |
//! | `guest.rs` | the calls |
//! | `grants.rs`, `tree.rs` | the oracle's rules: what is granted, and where a path leads |
//! | `oracle.rs`, `looking.rs`, `naming.rs` | what each operation must give |
//! | `outside.rs` | what lies outside of the grants |
//! | `story.rs` | what has happened so far |

mod disk;
mod grants;
pub mod guest;
mod input;
mod looking;
mod naming;
pub mod op;
mod oracle;
mod outside;
mod path;
mod setting;
mod story;
mod tree;

use disk::look_at_all;
use guest::Guest;
use input::Input;
use op::{Op, Shown};
use oracle::{Expected, Oracle};
use outside::Outside;
use setting::{Setting, contents};
use std::collections::BTreeMap;
use std::path::Path;

/// Operations of a case.
const OPS: usize = 40;
/// The number of the first file that another process makes meanwhile.
const FIRST_NEW: usize = 1000;

/// Plays the case that these bytes stand for.
///
/// # Panics
/// If anything is not as it must be; the message tells how it came to that.
pub fn play(bytes: &[u8]) {
    story::begin("a setting");
    let mut input = Input::new(bytes);
    let (setting, mut paths) = Setting::any(&mut input);
    let setting = &setting;
    story::begin(&setting.describe());
    let mut outside = Outside::new(setting);
    let mut guest = Guest::new(setting.guest());
    let mut oracle = Oracle::new(setting);
    for number in 0..OPS {
        if number % 4 == 0 {
            paths.look(&setting.twin, |path| setting.grants.access(&setting.tree.join(path)));
        }
        let op = Op::any(&mut input, &mut paths, setting.depth());
        story::tell(format_args!("\n{op:?}"));
        if let Op::Outside(path, change) = &op {
            outside.expect_unchanged();
            for root in [&setting.tree, &setting.twin] {
                change.apply(root, path, &contents(FIRST_NEW + number));
            }
            outside = Outside::new(setting);
            continue;
        }
        let expected = oracle.expect(&op);
        if let Expected::Skip = expected {
            story::tell(" is left out");
            continue;
        }
        let found = guest.apply(&op);
        story::tell(format_args!(" gives {found:?}"));
        if let Ok(shown) = &found {
            outside.expect_hidden(shown);
        }
        assert!(is_as(&expected, &found), "expected {expected:?}, found {found:?}");
    }
    outside.expect_unchanged();
    assert_eq!(shape(&setting.tree), shape(&setting.twin), "the tree is not as its twin");
    let secret = std::fs::read_to_string(setting.folder.path().join("beside/secret")).expect("there");
    assert_eq!(secret, "<beside>");
    assert_eq!(std::fs::read_dir(setting.folder.path()).expect("listed").count(), 3);
}

fn is_as(expected: &Expected, found: &Result<Shown, String>) -> bool {
    match (expected, found) {
        (Expected::Gives(Shown::Thing { kind, inode: None }), Ok(Shown::Thing { kind: found, .. })) => kind == found,
        (Expected::Gives(shown), Ok(found)) => shown == found,
        (Expected::Fails(reasons), Err(error)) => reasons.contains(&error.as_str()),
        (Expected::Anything, _) => true,
        _ => false,
    }
}

/// What is in a tree: modes, contents, and which names are of the same file.
fn shape(tree: &Path) -> Vec<String> {
    let mut first_names = BTreeMap::new();
    let entries = look_at_all(tree).into_iter().map(|(path, entry)| {
        let first = first_names.entry(entry.inode).or_insert_with(|| path.clone());
        // What others may do is the umask's.
        format!("{} {:?} {:o}, the same as {}", path.display(), entry.what, entry.mode & 0o7700, first.display())
    });
    entries.collect()
}
