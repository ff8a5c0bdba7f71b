//! What is said on stderr when a run has ended: about files that were lost, and about an error that a grant would have spared.

use crate::settings;
use host::{Context, abi};
use policy::{Access, Permissions};
use std::path::Path;

/// The lines, if there is something to say.
pub fn lines(context: &Context, permissions: &Permissions) -> Vec<String> {
    let lost = if permissions.report_lost_files { lost(context) } else { None };
    [context.uncaught().and_then(|path| missing_grant(path, context)), lost].into_iter().flatten().collect()
}

/// Files that were written to memory, outside of /tmp, where nobody expects to find them again.
fn lost(context: &Context) -> Option<String> {
    let vfs = context.vfs();
    let home = context.home()?;
    let (count, first) = vfs.files_below(home).ok()?;
    let (first, files) = (first?, if count == 1 { "file was" } else { "files were" });
    Some(format!(
        "{count} {files} written to memory only and lost, such as {first}; grant a folder with write in \
         [tool.pyapp.permissions], or silence this with report-lost-files = false"
    ))
}

/// What would have opened a path that ended the app.
fn missing_grant(path: &Path, context: &Context) -> Option<String> {
    let own = [abi::HOME, "/dev", "/tmp", "/vfs"];
    if own.iter().any(|own| path.starts_with(own)) {
        return None;
    }
    // The way to it may be a link that the app does not see.
    let real = path.canonicalize();
    let access = context.policy().access(real.as_deref().unwrap_or(path));
    let there = real.is_ok();
    let key = match access {
        Access::None if there => "read",
        Access::None | Access::Make | Access::Read if path.parent().is_some_and(Path::is_dir) && !there => "write",
        Access::Read => "write",
        _ => return None,
    };
    let place = settings::home().and_then(|home| Some(Path::new("~").join(path.strip_prefix(home).ok()?)));
    let place = place.as_deref().unwrap_or(path).display().to_string();
    Some(match key {
        "read" => format!(
            "{}: the app may not read it; name it in an argument, or add {place:?} to read in [tool.pyapp.permissions]",
            path.display()
        ),
        _ => format!(
            "{}: the app may not write it; add {place:?} to write in [tool.pyapp.permissions], or name it in an argument \
             under arguments = \"write\"",
            path.display()
        ),
    })
}
