//! What a module that runs as `__main__` imports before and after it changes what imports find: `main_module.py`, which reads
//! the module's source in the very CPython over the very archive. Imports behind such a change are left to each run.

use crate::compilation::Python;
use crate::context::Build;
use crate::error::{Doing, Error, Result};
use crate::inputs::Library;
use archive::Archive;
use host::{abi, layout, load};
use serde::Deserialize;
use std::path::PathBuf;
use vfs::Limits;

pub(super) const SCRIPT: &str = include_str!("main_module.py");
/// Where the script finds the source.
const SOURCE: &str = "source";

/// Which imports of the main module are made in each run. Empty for an entry with a function, whose module is imported as a
/// whole.
#[derive(Default)]
pub(crate) struct MainModule {
    /// Line and column of each.
    pub later: Vec<(u32, u32)>,
    /// Lines that look like a change of what imports find, and are none.
    pub idle: Vec<u32>,
    /// What the person who builds should know.
    pub warnings: Vec<String>,
}

#[derive(Deserialize)]
struct Found {
    later: Vec<(u32, u32)>,
    change: Option<(u32, String)>,
    idle: Vec<u32>,
    missing: Vec<(u32, String, bool)>,
}

impl Build {
    /// Reads the main module, if the entry is one.
    ///
    /// # Errors
    /// [`Error::Libraries`] if an import behind a change of `sys.path` finds nothing; [`Error::Guest`]; [`Error::Io`].
    pub(crate) fn main_module(&self, python: &Python, archive: &Archive, libraries: &[Library]) -> Result<MainModule> {
        let entry = &self.project().entry;
        let Some((path, place)) = self.source_of_main(python, libraries) else { return Ok(MainModule::default()) };
        let source = std::fs::read(&place).doing("read", &place)?;
        let fail = |what: String| Error::Guest(format!("the search for imports in {}: {what}", place.display()));
        let no_room = |error: vfs::Errno| fail(error.to_string());
        let (mut vfs, root) = layout::scratch(Limits::default()).map_err(no_room)?;
        load::write_file(&mut vfs, root, SOURCE, &source).map_err(no_room)?;
        let builder = layout::python_context_over(vfs, root, archive.clone()).map_err(no_room)?;
        let file = format!("/{}/{path}", abi::MOUNT);
        let builder = builder.arguments(["python3", "-I", "-c", SCRIPT, &file, &format!("/{SOURCE}")]);
        let (status, said, _) = python.run(builder)?;
        let found: Found = match said.lines().last().map(serde_json::from_str) {
            Some(Ok(found)) if status == 0 => found,
            _ => return Err(fail(format!("ended with status {status}: {}", said.trim()))),
        };
        let function = format!("{}:main", entry.module);
        found.tell(&place.display().to_string(), &function)
    }

    /// The main module's source: its path in the archive, and where it is on this machine. None for an entry with a
    /// function, and for what has no source.
    fn source_of_main(&self, python: &Python, libraries: &[Library]) -> Option<(String, PathBuf)> {
        let entry = &self.project().entry;
        if entry.function.is_some() {
            return None;
        }
        let module = entry.module.replace('.', "/");
        let files = [format!("{module}/__main__.py"), format!("{module}.py")];
        let pieces = || libraries.iter().flat_map(|library| &library.pieces);
        // The standard library comes first on sys.path.
        let of_stdlib =
            files.iter().map(|file| (format!("{}/{file}", layout::STDLIB), python.runtime.stdlib().join(file)));
        let of_libraries = files.iter().flat_map(|file| {
            let here = pieces().filter_map(|piece| Some((file.clone(), piece.find(file)?)));
            here.map(|(file, place)| (format!("{}/{file}", layout::SITE_PACKAGES), place))
        });
        of_stdlib.chain(of_libraries).find(|(_, place)| place.is_file())
    }
}

impl Found {
    fn tell(self, place: &str, function: &str) -> Result<MainModule> {
        let (mut warnings, mut problems) = (Vec::new(), Vec::new());
        if let Some((line, text)) = self.change {
            warnings.push(format!(
                "{place}:{line}: `{text}` may change what later imports find or do, so each run makes the imports after it; \
                 to have them in the snapshot, move them before it, or name a function as the entry ({function:?})"
            ));
        }
        for (line, module, is_known) in self.missing {
            let found = format!("{place}:{line}: expected a module {module}, found none");
            if is_known {
                problems.push(format!(
                    "{found} in the libraries, the standard library and what was added to sys.path; correct the path, or put \
                     the module into a folder of libs"
                ));
            } else {
                warnings
                    .push(format!("{found} at build time; if the run finds none either, add it to a folder of libs"));
            }
        }
        if problems.is_empty() {
            Ok(MainModule { later: self.later, idle: self.idle, warnings })
        } else {
            Err(Error::Libraries(problems))
        }
    }
}
