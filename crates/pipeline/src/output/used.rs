//! `stdlib = "used"`: the standard library without what nothing in the bundle reaches. `used.py` finds it, by reading bytecode in the
//! very CPython. What a program imports by a name that it puts together cannot be seen: a small module that the build adds says
//! then what to do (`left_out.py`).

use super::entry;
use crate::compilation::{Compiled, LIMITS, Python};
use crate::context::Build;
use crate::error::{Error, Result, count};
use crate::inputs::Commands;
use crate::snapshot;
use archive::{Archive, EntryKind, Writer};
use host::{ContextBuilder, abi, layout, load};
use serde::Deserialize;
use serde_json::json;
use vfs::Vfs;

const SCRIPT: &str = include_str!("used.py");
/// What says at run time that a module was left out.
const TELLER: &str = include_str!("left_out.py");
/// Its name.
const MODULE: &str = "_pyapp_left_out";
/// Where it finds the names, and `cat` does: relative to the archive's root.
const LIST: &str = "left-out.txt";
/// Where the guest finds the libraries' bytecode.
const LIBRARIES: &str = "libraries";

/// The part of the standard library that a bundle has.
pub(crate) struct UsedStdlib {
    /// It, in the same places.
    pub archive: Archive,
    /// What was left out, for the summary; empty for nothing.
    pub summary: String,
}

#[derive(Deserialize)]
struct Found {
    paths: Vec<String>,
    modules: Vec<String>,
    unknown: Vec<String>,
}

impl Build {
    /// The files that make the run say what was left out, each with its text, for site-packages.
    pub(crate) fn teller(&self) -> Vec<(String, String)> {
        match self.project().stdlib_used {
            Some(_) => vec![
                (format!("{MODULE}.py"), TELLER.replace("LEFT_OUT", &format!("/{}/{LIST}", abi::MOUNT))),
                // `site` imports what such a file says.
                (format!("{MODULE}.pth"), format!("import {MODULE}\n")),
            ],
            None => Vec::new(),
        }
    }

    /// The standard library, or what of it the libraries reach if the project asks for that.
    ///
    /// # Errors
    /// [`Error::Project`] if `stdlib-include` names what is not there; [`Error::Guest`]; [`Error::Archive`].
    pub(crate) fn used_stdlib(&self, python: &Python, stdlib: &Archive, compiled: &[Compiled]) -> Result<UsedStdlib> {
        let Some(include) = &self.project().stdlib_used else {
            return Ok(UsedStdlib { archive: stdlib.clone(), summary: String::new() });
        };
        if python.has_extensions {
            let summary = "kept all of the standard library: what extensions import cannot be seen".to_string();
            return Ok(UsedStdlib { archive: stdlib.clone(), summary });
        }
        let found = self.unused(python, stdlib, compiled, include)?;
        if let Some(name) = found.unknown.first() {
            return Err(Error::Project {
                place: self.project().place("stdlib-include"),
                message: format!(
                    "expected modules of the standard library, found {name:?}, which is none here; correct or remove it"
                ),
            });
        }
        let mut writer = Writer::new(stdlib.dictionary())?;
        let mut bytes = 0;
        for id in 1..stdlib.count() {
            let (path, entry) = (stdlib.path(id), stdlib.entry(id));
            let is_file = entry.as_ref().is_some_and(|entry| entry.kind != EntryKind::Directory);
            let below = path.strip_prefix(layout::STDLIB).and_then(|path| path.strip_prefix('/'));
            // The script sorts as Python does: by code points, as Rust.
            if below.is_some_and(|below| found.paths.binary_search_by(|other| (**other).cmp(below)).is_ok()) {
                bytes += entry.map_or(0, |entry| entry.stored_len);
            } else if is_file {
                writer.copy_file(stdlib, id, &path)?;
            }
        }
        writer.file(LIST, (found.modules.join("\n") + "\n").as_bytes())?;
        let summary = format!(
            "left out {} of the standard library, {:.1} MB, which nothing imports; PYAPP_TOOLS=1 with `cat {LIST}` names them, \
             [tool.pyapp] stdlib-include keeps some",
            count(found.modules.len(), "module"),
            bytes as f64 / 1e6,
        );
        Ok(UsedStdlib { archive: Archive::open(writer.finish().0)?, summary })
    }

    fn unused(&self, python: &Python, stdlib: &Archive, compiled: &[Compiled], include: &[String]) -> Result<Found> {
        let fail = |what: String| Error::Guest(format!("the search for what is used of the standard library: {what}"));
        let no_room = |error: vfs::Errno| fail(error.to_string());
        let (mut vfs, root) = layout::scratch(LIMITS).map_err(no_room)?;
        write_bytecode(&mut vfs, root, compiled).map_err(no_room)?;
        vfs.mount(root, abi::MOUNT, stdlib.clone()).map_err(no_room)?;
        let of_snapshot = if self.project().snapshot { &snapshot::SCRIPTS[..] } else { &[] };
        let scripts = [of_snapshot, &[entry::SCRIPT]].concat();
        let (project, mut entries) = (self.project(), vec![&self.project().entry.module]);
        if let Some(Commands { list, default }) = &project.commands {
            entries.extend(list.iter().map(|(_, entry)| entry).chain(default).map(|entry| &entry.module));
        }
        let wanted = json!({
            "entries": entries,
            "imported": project.snapshot_include,
            "include": include,
            "scripts": scripts,
        });
        let folders = [format!("/{}/{}", abi::MOUNT, layout::STDLIB), format!("/{LIBRARIES}")];
        let builder = ContextBuilder::new(vfs).preopen(root, "/");
        let builder = builder.arguments(["python3", "-I", "-S", "-c", SCRIPT]).arguments(folders);
        let (status, said, _) = python.run(builder.argument(wanted.to_string()))?;
        match serde_json::from_str(&said) {
            Ok(found) if status == 0 => Ok(found),
            _ => Err(fail(format!("ended with status {status}: {}", said.trim()))),
        }
    }
}

/// Puts the bytecode of libraries where the guest looks for it.
fn write_bytecode(vfs: &mut Vfs, root: vfs::Ino, compiled: &[Compiled]) -> vfs::Result<()> {
    vfs.make_directory(root, LIBRARIES)?;
    for file in compiled {
        let path = format!("{LIBRARIES}/{}", file.path);
        match &file.contents {
            None => vfs.make_directory(root, &path)?,
            Some(contents) if path.ends_with(".pyc") || path.ends_with(".pth") => {
                load::write_file(vfs, root, &path, contents)?
            }
            Some(_) => {}
        }
    }
    Ok(())
}
