//! What one run of a build backend may reach: its sources and where its results go, for writing; the environment that uv has made for
//! it, for reading. uv runs programs of that environment on this machine, and installs into it; so nothing in it may be the
//! backend's.

use crate::error::{Doing, Error, Result};
use crate::hash::sorted_entries;
use archive::Archive;
use host::{ContextBuilder, layout};
use policy::{Machine, Narrowing, Permissions, Reach};
use std::fs;
use std::path::{Component, Path, PathBuf};
use vfs::Limits;

/// What a backend tells uv by, each a file in the environment.
pub(super) const TOLD: [&str; 3] =
    ["build_wheel.txt", "get_requires_for_build_wheel.txt", "prepare_metadata_for_build_wheel.txt"];
/// Where it puts metadata, in the environment.
const METADATA: &str = "metadata_directory";
/// What of uv's cache holds environments and temporary folders for wheels.
const TEMPORARY: &str = "builds-v";
/// What holds sources.
const SOURCES: &str = "sdists-v";
/// What holds those from git, in a folder called [`CHECKOUTS`].
const GIT: &str = "git-v";
const CHECKOUTS: &str = "checkouts";

/// A place in uv's cache.
pub(super) struct UvCache<'a>(pub &'a Path);

impl UvCache<'_> {
    /// Whether a folder is a temporary one of uv's; environments are.
    pub fn is_temporary(&self, folder: &Path) -> bool {
        match self.below(folder).as_deref() {
            Some([kind, name]) => is_kind(kind, TEMPORARY) && name.strip_prefix(".tmp").is_some_and(is_name),
            _ => false,
        }
    }

    /// The distribution whose sources these are, if they are in the cache: `sdists-vN/pypi/NAME/…`, or `sdists-vN/index/HASH/NAME/…`.
    pub fn distribution_of(&self, sources: &Path) -> Option<String> {
        match self.below(sources)?.as_slice() {
            [kind, index, name, ..] if is_kind(kind, SOURCES) && index == "pypi" => Some(name.clone()),
            [kind, index, _, name, ..] if is_kind(kind, SOURCES) && index == "index" => Some(name.clone()),
            _ => None,
        }
    }

    /// Whether sources are in the cache at all.
    pub fn has_sources(&self, sources: &Path) -> bool {
        self.below(sources).is_some_and(|names| names.len() > 1 && is_kind(&names[0], SOURCES))
    }

    /// Whether sources are in the cache as git has checked them out: `git-vN/checkouts/REPOSITORY/COMMIT`.
    pub fn is_checkout(&self, sources: &Path) -> bool {
        let below = self.below(sources).unwrap_or_default();
        matches!(below.as_slice(), [kind, folder, _, _, ..] if is_kind(kind, GIT) && folder == CHECKOUTS)
    }

    /// The temporary folders that a text names, but this one. The text is uv's, but holds words of the sources; so nothing else is
    /// taken from it. Nobody can guess the names of others.
    pub fn temporary_in(&self, text: &str, but: &Path) -> Vec<PathBuf> {
        let start = format!("{}/{TEMPORARY}", self.0.display());
        let found = text.match_indices(&start).filter_map(|(at, _)| {
            let rest = text.get(at + start.len()..)?;
            let (version, name) = rest.split_once("/.tmp")?;
            let end = name.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(name.len());
            Some(PathBuf::from(format!("{start}{version}/.tmp{}", &name[..end])))
        });
        found.filter(|folder| folder != but && self.is_temporary(folder)).collect()
    }

    /// The names of a path below the cache; `None` if it is not there, or not written plainly.
    fn below(&self, path: &Path) -> Option<Vec<String>> {
        let names = path.strip_prefix(self.0).ok()?.components().map(|component| match component {
            Component::Normal(name) => name.to_str().map(str::to_string),
            _ => None,
        });
        names.collect()
    }
}

fn is_kind(name: &str, kind: &str) -> bool {
    let version = name.strip_prefix(kind).unwrap_or_default();
    !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// What a run may reach.
pub(super) struct Reached {
    /// The environment.
    pub environment: PathBuf,
    /// The sources: where it begins.
    pub sources: PathBuf,
    /// Folders for what it makes: wheels, metadata.
    pub results: Vec<PathBuf>,
}

impl Reached {
    /// The run in `environment` of uv's over `sources`, as the text of its call says it.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io).
    pub fn new(cache: &UvCache<'_>, environment: &Path, sources: &Path, text: &str) -> Result<Reached> {
        let mut results = cache.temporary_in(text, environment);
        let metadata = environment.join(METADATA);
        if text.contains(&*metadata.to_string_lossy()) {
            fs::create_dir_all(&metadata).doing("create", &metadata)?;
            results.push(metadata);
        }
        Ok(Reached { environment: environment.to_path_buf(), sources: sources.to_path_buf(), results })
    }

    /// A guest that reaches this, and nothing else.
    ///
    /// # Errors
    /// [`Error::Guest`] for a path that is not UTF-8.
    pub fn guest(&self, stdlib: Archive) -> Result<ContextBuilder> {
        let fail = |error: vfs::Errno| Error::Guest(format!("the file system of a build backend: {error}"));
        let (builder, root) = layout::python_context_and_root(stdlib, Limits::default()).map_err(fail)?;
        let text = |path: &PathBuf| {
            let text = path.to_str().map(str::to_string);
            text.ok_or_else(|| {
                Error::Guest(format!("a build backend: expected a path in UTF-8, found {}", path.display()))
            })
        };
        let told = TOLD.map(|name| self.environment.join(name));
        let write: Result<Vec<String>> =
            [&self.sources].into_iter().chain(&self.results).chain(&told).map(text).collect();
        let permissions =
            Permissions { read: vec![text(&self.environment)?], write: write?, cwd: true, ..Permissions::default() };
        let nothing = |_: &str| None;
        let machine = Machine {
            current_folder: Some(self.sources.clone()),
            executable_folder: None,
            home: None,
            variable: &nothing,
        };
        let reach = Reach::of(&permissions, &Narrowing::default(), &machine, &[], None);
        Ok(builder.grants(root, reach.grants, reach.policy, reach.current_folder))
    }

    /// A symbolic link among the results: uv would follow it, outside the sandbox.
    pub fn link(&self) -> Option<PathBuf> {
        self.results.iter().find_map(|folder| first_link(folder))
    }
}

fn first_link(path: &Path) -> Option<PathBuf> {
    let kind = path.symlink_metadata().ok()?;
    if kind.is_symlink() {
        return Some(path.to_path_buf());
    }
    let entries = if kind.is_dir() { sorted_entries(path).unwrap_or_default() } else { Vec::new() };
    entries.iter().find_map(|entry| first_link(&entry.path()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_in_the_cache_are_told_apart() {
        let cache = UvCache(Path::new("/c"));
        for (path, expected) in [
            ("/c/builds-v0/.tmpAb1", true),
            ("/c/builds-v0/.tmpAb1/x", false),
            ("/c/builds-v0/../.tmpAb1", false),
            ("/c/builds-v/.tmpAb1", false),
            ("/c/builds-v0/.tmp", false),
            ("/c/sdists-v0/.tmpAb1", false),
            ("/d/builds-v0/.tmpAb1", false),
            ("/c", false),
        ] {
            assert_eq!(cache.is_temporary(Path::new(path)), expected, "{path}");
        }
        for (path, expected) in [
            ("/c/sdists-v11/pypi/markupsafe/3.0/x/src", Some("markupsafe")),
            ("/c/sdists-v11/index/0a1b/markupsafe/3.0/x/src", Some("markupsafe")),
            ("/c/sdists-v11/url/0a1b/src/markupsafe/x", None),
            ("/c/sdists-v11/pypi/hostile/1.0/x/src/markupsafe/x", Some("hostile")),
            ("/c/archive-v0/pypi/markupsafe", None),
            ("/d/sdists-v11/pypi/markupsafe", None),
        ] {
            assert_eq!(cache.distribution_of(Path::new(path)).as_deref(), expected, "{path}");
        }
        assert!(cache.has_sources(Path::new("/c/sdists-v11/url/x")) && !cache.has_sources(Path::new("/p")));
        for (path, expected) in [
            ("/c/git-v2/checkouts/aa/bb", true),
            ("/c/git-v2/checkouts/aa/bb/inner", true),
            ("/c/git-v2/checkouts/aa", false),
            ("/c/git-v2/db/aa/bb", false),
            ("/c/git-v2/checkouts/../checkouts/aa/bb", false),
            ("/p/git-v2/checkouts/aa/bb", false),
        ] {
            assert_eq!(cache.is_checkout(Path::new(path)), expected, "{path}");
        }
    }

    #[test]
    fn only_temporary_folders_are_taken_from_a_call() {
        let text = "f('/c/builds-v0/.tmpAb1', \"/c/sdists-v11/.tmpX\", '/c/builds-v/.tmpA', '/c/builds-v0/.tmp/../..', \
                    '/c/builds-v0/x/.tmpA', '/d/builds-v0/.tmpA', '/c/builds-v0/.tmpC/x', '/c/builds-v0/.tmpE/told.txt')";
        let found = UvCache(Path::new("/c")).temporary_in(text, Path::new("/c/builds-v0/.tmpE"));
        assert_eq!(found, [PathBuf::from("/c/builds-v0/.tmpAb1"), "/c/builds-v0/.tmpC".into()]);
    }

    #[test]
    fn a_link_in_a_result_is_found() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(folder.path().join("a/b")).expect("created");
        let reached = Reached {
            environment: PathBuf::new(),
            sources: PathBuf::new(),
            results: vec![folder.path().to_path_buf()],
        };
        assert_eq!(reached.link(), None);
        let link = folder.path().join("a/b/METADATA");
        std::os::unix::fs::symlink("/etc/hostname", &link).expect("linked");
        assert_eq!(reached.link(), Some(link));
    }
}
