//! What goes into a snapshot, what the build says about it, and what a resumed run makes of it. One file a subject.

#[path = "../common/mod.rs"]
mod common;

mod environment;
mod file_names;
mod images;
mod imports;
mod optimize;
mod permissions;
mod program_name;
mod reports;
mod runs;

use common::project::{App, Project};

/// Says when it is imported, and is imported again in each run if the snapshot does not hold it.
const NOISY: &str = r#"import sys
print('importing', __name__, file=sys.stderr)
"#;

fn build(pyproject: &str, files: &[(&str, &str)]) -> App {
    Project::new(pyproject, files).build().unwrap_or_else(|error| panic!("{error}"))
}
