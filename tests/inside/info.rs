//! `info --tree` and `info --sizes`. The list of `info` itself has the same source.

use super::{app, told};
use inside::Distributions;

#[test]
fn who_asks_for_whom_is_drawn_and_what_takes_room_is_named() {
    let app = app();
    let inside = Distributions::read(app.bundle.archive()).expect("read");
    let tree = told(|out| Ok(inside::tree::print(&inside, app.bundle.entry(), out)?));
    assert_eq!(tree, "main\n└── two 2.0\n    └── One 1.0\n        └── three 3.0\n");
    let sizes = told(|out| inside::sizes::print(&app.bundle, None, out));
    for name in ["distribution One 1.0", "distribution two 2.0", "library main", "machine code", "snapshot", "archive"]
    {
        assert!(sizes.lines().any(|line| line.ends_with(&format!("  {name}"))), "{name}: {sizes}");
    }
    // Its RECORD lists nothing.
    assert!(!sizes.contains("three"), "{sizes}");
}
