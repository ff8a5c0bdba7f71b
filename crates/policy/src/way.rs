//! The way that a path takes on this machine: the folders that it leaves by `..`, and the links that it follows.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

/// A folder that a path only passes. It must be there for the app under this name, for the path to lead on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed {
    /// Its absolute path, without `..`.
    pub named: PathBuf,
    /// Its real path.
    pub path: PathBuf,
}

/// An absolute path without `..`, and the folders that it was left by. A link is followed before it is left, as the system has it;
/// `None` if the way ends.
pub(crate) fn without_parents(path: &Path) -> Option<(PathBuf, Vec<Passed>)> {
    let (mut at, mut passed) = (PathBuf::from("/"), Vec::new());
    for component in path.components() {
        match component {
            Component::Normal(name) => at.push(name),
            Component::ParentDir => {
                let real = at.canonicalize().ok().filter(|real| real.is_dir())?;
                let above = real.parent().unwrap_or(Path::new("/")).to_path_buf();
                passed.push(Passed { named: at, path: real });
                at = above;
            }
            Component::RootDir | Component::CurDir | Component::Prefix(_) => {}
        }
    }
    Some((at, passed))
}

/// Most links that are followed on the way of a path: Linux's own limit.
const MOST_LINKS: usize = 40;

/// The way of an absolute path without `..`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    /// Where the links lie, by their real paths, that it follows, the last name included.
    pub links: Vec<PathBuf>,
    /// Where it ends.
    pub end: PathBuf,
}

impl Way {
    /// Whether it leads to a real path, or to a link that is there itself, and leads nowhere.
    pub fn leads_to(&self, path: &Path) -> bool {
        self.end == path || self.links.iter().any(|link| link == path)
    }
}

/// Goes the way of an absolute path without `..`.
pub(crate) fn way(path: &Path) -> Way {
    let mut links = Vec::new();
    let mut ahead: Vec<OsString> = path.components().rev().map(|name| name.as_os_str().to_os_string()).collect();
    let mut at = PathBuf::from("/");
    while let Some(name) = ahead.pop() {
        if name == ".." {
            at.pop();
            continue;
        }
        let next = at.join(&name);
        match next.read_link() {
            Ok(target) if links.len() < MOST_LINKS => {
                links.push(next);
                ahead.extend(target.components().rev().map(|name| name.as_os_str().to_os_string()));
            }
            _ => at = next,
        }
    }
    Way { links, end: at }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;

    #[test]
    fn a_link_is_followed_before_it_is_left() {
        let folder = tempfile::tempdir().expect("a folder");
        let here = folder.path().canonicalize().expect("real");
        fs::create_dir_all(here.join("deep/er")).expect("made");
        fs::write(here.join("file"), "").expect("written");
        symlink("deep/er", here.join("link")).expect("linked");
        let way = |path: &str| without_parents(&here.join(path));
        let passed = |named: &str, path: &str| Passed { named: here.join(named), path: here.join(path) };
        assert_eq!(way("./a//b"), Some((here.join("a/b"), vec![])));
        assert_eq!(way("deep/er/../x"), Some((here.join("deep/x"), vec![passed("deep/er", "deep/er")])));
        assert_eq!(way("link/../x"), Some((here.join("deep/x"), vec![passed("link", "deep/er")])));
        assert_eq!(way("missing/../x"), None);
        assert_eq!(way("file/../x"), None);
        assert_eq!(without_parents(Path::new("/../etc")).map(|(path, _)| path), Some("/etc".into()));
    }
    #[test]
    fn links_are_found_where_they_lie() {
        let folder = tempfile::tempdir().expect("a folder");
        let here = folder.path().canonicalize().expect("real");
        fs::create_dir_all(here.join("deep/er")).expect("made");
        symlink("deep/er", here.join("link")).expect("linked");
        symlink("../../link", here.join("deep/er/back")).expect("linked");
        symlink(here.join("link"), here.join("absolute")).expect("linked");
        symlink("loop", here.join("loop")).expect("linked");
        let found = |path: &str| -> Vec<PathBuf> { way(&here.join(path)).links };
        let expected = |paths: &[&str]| -> Vec<PathBuf> { paths.iter().map(|path| here.join(path)).collect() };
        assert_eq!(found("deep/er/x"), expected(&[]));
        assert_eq!(found("link/x"), expected(&["link"]));
        assert_eq!(found("absolute/back/x"), expected(&["absolute", "link", "deep/er/back", "link"]));
        assert_eq!(found("loop").len(), MOST_LINKS);
        assert_eq!(way(&here.join("absolute/back/x")).end, here.join("deep/er/x"));
        let way = way(&here.join("link"));
        assert!(
            way.leads_to(&here.join("deep/er"))
                && way.leads_to(&here.join("link"))
                && !way.leads_to(&here.join("deep"))
        );
    }
}
