//! The memory image as a file: its bytes and its size.

use super::build;
use super::common::dedent;
use super::common::project::{App, Project, files, settings, settings_with};
use bundle::{Bundle, Part, Run};
use host::Timing;
use pipeline::Built;

#[test]
fn a_reproducible_build_may_sleep_and_import_in_any_order() {
    let files = files(
        r#"
        === python_libs/app.py
        import time
        time.sleep(0.5)
        for name in {'one', 'two', 'three', 'four'}:
            __import__(name)
        def main(): print('slept')
        === python_libs/one.py
        === python_libs/two.py
        === python_libs/three.py
        === python_libs/four.py
        "#,
    );
    let pyproject = settings_with("app:main", "reproducible = true");
    let (one, two) = (build(&pyproject, &files), build(&pyproject, &files));
    assert!(one.snapshot == two.snapshot, "the images differ");
    assert_eq!(one.run(&[]), (0, "slept\n".to_string()));
}

#[test]
fn the_hash_seed_is_that_of_the_build_and_reproducible_if_asked() {
    let files = files(
        r#"
        === python_libs/app.py
        KEPT = {'a', 'b', 'c', 'd', 'e'}
        def main(): print(hash('text'), list(KEPT))
        "#,
    );
    let build = |pyproject: &str| build(pyproject, &files);
    let usual = settings("app:main");
    let (one, two) = (build(&usual), build(&usual));
    assert!(one.archive == two.archive, "the archives differ");
    let said = |bundle: &App| bundle.run_as(Run::Resumed, &[]);
    assert_eq!(said(&one), said(&one), "one build, one seed");
    assert_ne!(said(&one), said(&two), "each build has its own");
    assert_ne!(one.run_as(Run::Cold, &[]), one.run_as(Run::Cold, &[]), "each cold start has its own");
    let asked = settings_with("app:main", "reproducible = true");
    let (one, two) = (build(&asked), build(&asked));
    assert!(one.snapshot == two.snapshot, "the images differ");
}

#[test]
fn an_image_may_be_larger_than_the_memory_that_a_module_starts_with() {
    let source = dedent(
        r#"
        BIG = bytes(range(256)) * 300_000
        def main(): print(len(BIG), BIG[-3:], BIG.count(b'\x07'))
        "#,
    );
    let bundle = build(&settings("app:main"), &[("python_libs/app.py", source)]);
    assert!(bundle.snapshot.len() > 76_800_000);
    assert_eq!(bundle.run(&[]), (0, "76800000 b'\\xfd\\xfe\\xff' 300000\n".to_string()));
}

#[test]
fn small_parts_expand_to_the_same_bytes() {
    let project = |size: &str| {
        let pyproject = settings_with("app:main", &format!("reproducible = true\nsize = \"{size}\""));
        build(&pyproject, &[("python_libs/app.py", "import json\ndef main(): pass\n")])
    };
    let (fast, small) = (project("fast"), project("small"));
    assert!(small.snapshot.len() * 4 < fast.snapshot.len() && small.code.len() * 3 < fast.code.len());
    let expand = |stored: &[u8], base: &[u8], len: usize| {
        let mut decompressor = zstd::bulk::Decompressor::with_dictionary(base).expect("made");
        decompressor.decompress(stored, len).expect("expanded")
    };
    assert!(expand(&small.code, &[], fast.code.len()) == fast.code, "the machine code differs");
    assert!(expand(&small.base_image, &[], fast.base_image.len()) == fast.base_image, "the base images differ");
    assert!(expand(&small.snapshot, &fast.base_image, fast.snapshot.len()) == fast.snapshot, "the images differ");
}

#[test]
fn what_is_damaged_is_whole_once_it_is_built_anew() {
    let project = Project::new(&settings("app:main"), &[("python_libs/app.py", "def main(): print('whole')\n")]);
    for part in [Part::MachineCode, Part::BaseImage, Part::Snapshot] {
        project.build().expect("built");
        let path = project.out.path().join(part.file());
        let mut bytes = std::fs::read(&path).expect("there");
        // In the header, and the last byte missing.
        for damage in [|bytes: &mut Vec<u8>| bytes[0] ^= 1, |bytes: &mut Vec<u8>| bytes.truncate(bytes.len() - 1)] {
            damage(&mut bytes);
            std::fs::write(&path, &bytes).expect("written");
            let bundle =
                Bundle::open(Built::open(project.out.path()).expect("a folder")).expect("the archive is whole");
            let error = bundle.program(Run::Resumed, &mut Timing::start()).err().expect("refused").to_string();
            assert!(error.ends_with("copy it again, or build it anew after cargo clean"), "{error}");
        }
    }
    assert_eq!(project.build().expect("built").run(&[]), (0, "whole\n".to_string()));
}
