//! What to do with a patch that does not fit, done. Apart from `patches.rs`, whose text is part of the recipe's key.

use super::patches::apply;
use std::fs;

#[test]
fn a_patch_that_does_not_fit_is_made_anew() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (patches, sources) = (folder.path().join("patches"), folder.path().join("sources"));
    for folder in [&patches, &sources] {
        fs::create_dir(folder).expect("created");
    }
    let make = |source: &str, patched: &str| {
        let diff = diffy::create_patch(source, patched).to_string();
        let diff = diff.replace("--- original", "--- a/f.c").replace("+++ modified", "+++ b/f.c");
        fs::write(patches.join("a.patch"), format!("Because.\n\n{diff}")).expect("written");
    };
    make("one\ntwo\n", "one\n2\n");
    fs::write(sources.join("f.c"), "one\nzwei\n").expect("written");
    let error = apply(&patches, &sources).expect_err("refused").to_string();
    assert!(error.ends_with("; make it anew"), "{error}");
    make("one\nzwei\n", "one\n2\n");
    apply(&patches, &sources).expect("applied");
    assert_eq!(fs::read_to_string(sources.join("f.c")).expect("read"), "one\n2\n");
}
