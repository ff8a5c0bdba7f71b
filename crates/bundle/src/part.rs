//! The parts of a bundle, and how their files are called.

use serde::{Deserialize, Serialize};

/// The folder, among what a build makes, of the [`INDEX`] alone: `include_dir!` embeds it. (It takes whatever lies there.)
pub const INDEX_FOLDER: &str = "index";
/// The index's file in [`INDEX_FOLDER`].
pub const INDEX: &str = "index.json";

/// A part of a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The file system: the standard library, the app's libraries, licences.
    Archive,
    /// The interpreter's machine code, the same for every app.
    MachineCode,
    /// The interpreter's memory before any instruction has run, the same for every app.
    BaseImage,
    /// The memory of the initialised interpreter with the app imported.
    Snapshot,
    /// The machine code of the extensions, if the app has some.
    Extensions,
}

impl Part {
    /// All of them.
    pub const ALL: [Part; 5] = [Part::Archive, Part::MachineCode, Part::BaseImage, Part::Snapshot, Part::Extensions];

    /// The name of its file.
    pub const fn file(self) -> &'static str {
        match self {
            Part::Archive => "app.archive",
            Part::MachineCode => "python.code",
            Part::BaseImage => "base.image",
            Part::Snapshot => "snapshot.image",
            Part::Extensions => "extensions.code",
        }
    }

    /// What it is, for people.
    pub const fn title(self) -> &'static str {
        match self {
            Part::Archive => "archive",
            Part::MachineCode => "machine code",
            Part::BaseImage => "base image",
            Part::Snapshot => "snapshot",
            Part::Extensions => "extensions",
        }
    }
}
