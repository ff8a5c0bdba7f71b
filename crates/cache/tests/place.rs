//! Where the cache is, and what to do if there is no place for it.

use std::path::Path;
use std::process::{Command, Output};

/// Says where the cache is, without a home, with `cache` for `PYAPP_CACHE`.
fn locate(cache: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cache"));
    // Without HOME the system would be asked for the user's; one that is relative is nobody's.
    command.env_remove("XDG_CACHE_HOME").env("HOME", "nowhere").env("PYAPP_CACHE", cache);
    command.output().expect("it starts")
}

#[test]
fn without_a_home_the_cache_has_the_place_that_is_set() {
    let refused = locate(Path::new(""));
    let expected = "cache: environment variable PYAPP_CACHE: expected it or a home folder to keep the Python runtime in, \
                    found neither; set PYAPP_CACHE\n";
    assert_eq!(String::from_utf8_lossy(&refused.stderr), expected);
    assert_eq!(refused.status.code(), Some(1));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let place = folder.path().join("cache");
    let located = locate(&place);
    assert_eq!(located.status.code(), Some(0), "{located:?}");
    assert_eq!(Path::new(String::from_utf8_lossy(&located.stdout).trim()), place);
    assert!(place.is_dir());
}
