//! What is said on stderr when a run has ended: about files that were lost, and about an error that a grant would have spared,
//! of files or of the network.

use crate::settings;
use host::{Context, Uncaught};
use policy::{Access, Permissions, shortened};

/// Linux's numbers, as the guest has them: what is not granted is not there, nothing can be made beside what is, and what is
/// granted for reading is on a disk that is read-only.
const ENOENT: u32 = 2;
const EACCES: u32 = 13;
const EROFS: u32 = 30;

/// The lines, if there is something to say.
pub fn lines(context: &Context, permissions: &Permissions) -> Vec<String> {
    let lost = if permissions.report_lost_files { lost(context) } else { None };
    let denied = context.network_denied().map(|denied| denied.to_string());
    let missing = context.uncaught().and_then(|error| missing_grant(error, context));
    [missing.or(denied), lost].into_iter().flatten().collect()
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

/// What would have spared an app the error that ended it.
fn missing_grant(error: &Uncaught, context: &Context) -> Option<String> {
    let path = error.path.as_path();
    if context.is_own(path) {
        return None;
    }
    // The way to it may be a link that the app does not see.
    let real = path.canonicalize();
    let access = context.policy().access(real.as_deref().unwrap_or(path));
    let place = shortened(path, None, settings::home().as_deref());
    let (place, path) = (place.display().to_string(), path.display());
    match (error.errno, access) {
        (ENOENT, Access::None) if real.is_ok() => Some(format!(
            "{path}: the app may not read it; name it in an argument, or add {place:?} to read in [tool.pyapp.permissions]"
        )),
        (EACCES, Access::None | Access::Make) | (EROFS, Access::Read) => Some(format!(
            "{path}: the app may not write it; add {place:?} to write in [tool.pyapp.permissions], or name it in an argument \
             under arguments = \"write\""
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use host::{ContextBuilder, Input};
    use host::{abi, layout, load};
    use policy::Policy;
    use vfs::Limits;

    /// A run that has left these files in memory.
    fn run_with(files: &[&str]) -> Context {
        let (mut vfs, root) = layout::scratch(Limits::default()).expect("room");
        for file in files {
            load::write_file(&mut vfs, root, file, b"text").expect("room");
        }
        let builder = ContextBuilder::new(vfs).preopen(root, "/").stdin(Input::Empty);
        builder.grants(root, Vec::new(), Policy::default(), None).build().expect("a context")
    }

    #[test]
    fn lost_files_are_told_unless_the_app_says_that_it_knows() {
        let notes = format!("{}/notes", abi::HOME);
        let (run, told) = (run_with(&[&notes, "/tmp/scratch"]), Permissions::default());
        let silent = Permissions { report_lost_files: false, ..Permissions::default() };
        let lines = lines(&run, &told);
        assert!(lines.len() == 1 && lines[0].starts_with("1 file was") && lines[0].contains(&notes), "{lines:?}");
        assert_eq!(super::lines(&run, &silent), Vec::<String>::new());
        assert_eq!(super::lines(&run_with(&["/tmp/scratch"]), &told), Vec::<String>::new());
    }
}
