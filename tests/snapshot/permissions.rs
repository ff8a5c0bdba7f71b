//! Imports at build time have no grant, whatever runs are granted.

use super::build;
use super::common::project::settings_with;
use bundle::Run;

#[test]
fn an_import_at_build_time_reaches_nothing_that_runs_are_granted() {
    let source = "import os\nseen = os.path.exists('/etc/passwd'), os.path.exists('/etc')\n\
        def main():\n    print(seen, os.path.exists('/etc/passwd'))\n";
    let permissions = "[tool.pyapp.permissions]\nread = [\"/\"]";
    let app = build(&settings_with("app:main", permissions), &[("python_libs/app.py", source)]);
    // A cold run has its grants when it imports.
    assert_eq!(app.run_as(Run::Cold, &[]), (0, "(True, True) True\n".to_string()));
    assert_eq!(app.bundle.app(), Run::Resumed);
    assert_eq!(app.run_as(Run::Resumed, &[]), (0, "(False, False) True\n".to_string()));
}
