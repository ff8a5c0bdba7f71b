//! The one place that is asked.

use crate::audit::{Audit, Record};
use crate::grant::{Grant, Source};
use crate::places::is_kernels;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What may be done with a path. What may be written may be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// It is not there.
    None,
    /// A folder on the way to one that is still missing: it may be made, and nothing else.
    Make,
    /// It may be read.
    Read,
    /// It may be read, written, made and removed.
    Write,
}

/// What is to be done with a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Looking at it or reading it.
    Read,
    /// Making a folder.
    MakeFolder,
    /// Changing it, making it or taking it away.
    Write,
}

/// The grants of a run. Paths are absolute, real (no link on the way) and without `.` and `..`.
#[derive(Default)]
pub struct Policy {
    /// By their text: every call with a path asks for all folders above it, and there are few grants.
    granted: BTreeMap<OsString, Access>,
    /// Bytes of the longest of these: no longer path needs to be looked up.
    longest: usize,
    /// Those of keys: the next run has the same keys, but arguments of its own.
    of_keys: BTreeSet<OsString>,
    /// Folders above a grant for writing that were not there when the run began.
    to_be_made: HashSet<PathBuf>,
    audit: Option<Arc<Audit>>,
}

impl Policy {
    /// A policy of grants; answers go into `audit`, if there is one.
    pub fn new(grants: &[Grant], audit: Option<Arc<Audit>>) -> Policy {
        let mut policy = Policy { audit, ..Policy::default() };
        for grant in grants {
            policy.grant(&grant.path, grant.access);
            if let Source::Key(_) = grant.source {
                policy.of_keys.insert(grant.path.as_os_str().to_os_string());
            }
            for folder in grant.path.ancestors().skip(1).take_while(|_| grant.access == Access::Write) {
                // `symlink_metadata`: what is there and leads nowhere is not missing.
                if folder.symlink_metadata().is_ok() {
                    break;
                }
                policy.to_be_made.insert(folder.to_path_buf());
            }
        }
        policy
    }

    /// Adds a grant.
    pub fn grant(&mut self, path: &Path, access: Access) {
        let granted = self.granted.entry(path.as_os_str().to_os_string()).or_insert(Access::None);
        *granted = access.max(*granted);
        self.longest = self.longest.max(path.as_os_str().len());
    }

    /// Whether a path is itself what was granted, and not only below it.
    pub fn is_granted_itself(&self, path: &[u8]) -> bool {
        self.granted.contains_key(OsStr::from_bytes(path))
    }

    /// Whether a path is that of a key's grant, or of a folder above one: by these names the next run looks for it.
    pub fn leads_to_a_key(&self, path: &[u8]) -> bool {
        let below = [path.strip_suffix(b"/").unwrap_or(path), b"/"].concat();
        let from = OsStr::from_bytes(&below).to_os_string();
        self.of_keys.contains(OsStr::from_bytes(path))
            || self.of_keys.range(from..).next().is_some_and(|next| next.as_bytes().starts_with(&below))
    }

    /// What may be done with a path: the most that any grant of it or above it says.
    pub fn access(&self, path: &Path) -> Access {
        let granted = above(self.within_longest(path).as_os_str()).filter_map(|above| self.granted.get(above)).max();
        match granted.copied().unwrap_or(Access::None) {
            Access::None if self.to_be_made.contains(path) => Access::Make,
            Access::Write if is_kernels(path) => Access::Read,
            granted => granted,
        }
    }

    /// As [`Policy::access`], of a path that is looked at; the audit hears of it. That a folder can be made is not asked for.
    pub fn look_at(&self, path: &[u8]) -> Access {
        let path = Path::new(OsStr::from_bytes(path));
        let access = self.access(path);
        if access != Access::Make {
            self.note(path, Intent::Read, access >= Access::Read);
        }
        access
    }

    /// As much of a path as may have been granted. Folders may be deeper than paths are long, and this is asked at every call.
    fn within_longest<'a>(&self, path: &'a Path) -> &'a Path {
        let bytes = path.as_os_str().as_bytes();
        let cut = bytes.get(..=self.longest).and_then(|start| start.iter().rposition(|byte| *byte == b'/'));
        match cut {
            Some(0) => Path::new("/"),
            Some(at) => Path::new(OsStr::from_bytes(&bytes[..at])),
            None => path,
        }
    }

    /// Whether something may be done with a path; the audit hears of it.
    pub fn allows(&self, path: &[u8], intent: Intent) -> bool {
        let path = Path::new(OsStr::from_bytes(path));
        let access = self.access(path);
        let is_granted = match intent {
            Intent::Read => access >= Access::Read,
            Intent::MakeFolder => access == Access::Make || access == Access::Write,
            Intent::Write => access == Access::Write,
        };
        self.note(path, intent, is_granted);
        is_granted
    }

    /// Notes an answer that was given without asking: a path that no grant covers is not there.
    pub fn note(&self, path: &Path, intent: Intent, granted: bool) {
        if let Some(audit) = &self.audit {
            audit.append(&Record::Access {
                path: path.to_string_lossy().into_owned(),
                write: intent != Intent::Read,
                granted,
            });
        }
    }

    /// Whether the audit is kept.
    pub fn is_audited(&self) -> bool {
        self.audit.is_some()
    }
}

/// An absolute path and those of the folders above it, the root last.
fn above(path: &OsStr) -> impl Iterator<Item = &OsStr> {
    let path = path.as_bytes();
    let cuts = (0..path.len()).rev().filter(move |at| path[*at] == b'/');
    std::iter::once(path).chain(cuts.map(move |at| &path[..at.max(1)])).map(OsStr::from_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_that_any_grant_says_counts() {
        let mut policy = Policy::default();
        policy.grant(Path::new("/home/u"), Access::Read);
        policy.grant(Path::new("/home/u/out"), Access::Write);
        policy.grant(Path::new("/home/u/out"), Access::Read);
        for (path, expected) in [
            ("/home/u", Access::Read),
            ("/home/u/a/b", Access::Read),
            ("/home/u/out", Access::Write),
            ("/home/u/out/deep/er", Access::Write),
            ("/home/u/out/", Access::Write),
            ("/home/u/outer", Access::Read),
            ("/home/user", Access::None),
            ("/home", Access::None),
            ("/", Access::None),
        ] {
            assert_eq!(policy.access(Path::new(path)), expected, "{path}");
        }
        assert!(policy.is_granted_itself(b"/home/u/out") && !policy.is_granted_itself(b"/home/u/out/x"));
        assert!(policy.allows(b"/home/u/x", Intent::Read) && !policy.allows(b"/home/u/x", Intent::Write));
        assert!(policy.allows(b"/home/u/out/x", Intent::Write) && policy.allows(b"/home/u/out/x", Intent::MakeFolder));
    }

    #[test]
    fn the_next_run_looks_for_what_keys_grant() {
        let grant = |path: &str, source: Source| Grant {
            path: path.into(),
            named: path.into(),
            passed: Vec::new(),
            access: Access::Write,
            source,
        };
        let policy = Policy::new(
            &[
                grant("/home/u", Source::Argument("u".into())),
                grant("/home/u/out", Source::Key("/home/u/out".into())),
                grant("/home/v", Source::Argument("v".into())),
            ],
            None,
        );
        for (path, expected) in [
            ("/", true),
            ("/home", true),
            ("/hom", false),
            ("/home/u", true),
            ("/home/u/ou", false),
            ("/home/v", false),
            ("/home/u/out", true),
            ("/home/u/out/x", false),
        ] {
            assert_eq!(policy.leads_to_a_key(path.as_bytes()), expected, "{path}");
        }
    }

    #[test]
    fn what_is_the_kernels_cannot_be_written() {
        let mut policy = Policy::default();
        policy.grant(Path::new("/"), Access::Write);
        assert_eq!(policy.access(Path::new("/etc/x")), Access::Write);
        for path in ["/proc/self/mem", "/dev/sda", "/sys"] {
            assert_eq!(policy.access(Path::new(path)), Access::Read, "{path}");
        }
        assert_eq!(policy.access(Path::new("/development")), Access::Write);
    }
}
