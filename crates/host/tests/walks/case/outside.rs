//! What lies outside of the grants: the guest neither changes it nor gets to see what is in it.

use super::disk::{Entry, What, look_at_all};
use super::grants::Access;
use super::op::Shown;
use super::setting::Setting;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

pub struct Outside<'a> {
    setting: &'a Setting,
    before: BTreeMap<PathBuf, Entry>,
    /// Contents of files of which no name is granted.
    hidden: Vec<String>,
}

impl<'a> Outside<'a> {
    /// What lies outside now.
    pub fn new(setting: &'a Setting) -> Outside<'a> {
        let before = look_at_all(&setting.tree);
        let mut outside = Outside { setting, before, hidden: Vec::new() };
        let seen = outside.inodes_with(&[Access::Read, Access::Write]);
        for entry in outside.before.values().filter(|entry| !seen.contains(&entry.inode)) {
            match &entry.what {
                What::File(contents) if contents.starts_with('<') => outside.hidden.push(contents.clone()),
                // The guest has cut it or written to it, by a name that it had.
                _ => {}
            }
        }
        outside
    }

    fn access(&self, path: &Path) -> Access {
        self.setting.grants.access(&self.setting.tree.join(path))
    }

    /// What has a name with which so much may be done.
    fn inodes_with(&self, access: &[Access]) -> BTreeSet<u64> {
        let all = self.before.iter().filter(|(path, _)| access.contains(&self.access(path)));
        all.map(|(_, entry)| entry.inode).collect()
    }

    /// Panics if the guest was shown what is hidden.
    pub fn expect_hidden(&self, shown: &Shown) {
        if let Shown::Contents(bytes) = shown {
            let text = String::from_utf8_lossy(bytes);
            assert!(!self.hidden.iter().any(|hidden| text.contains(hidden)), "it was shown what is hidden: {text}");
        }
    }

    /// Panics if anything outside of what may be written is not as it was.
    pub fn expect_unchanged(&self) {
        let after = look_at_all(&self.setting.tree);
        let written = self.inodes_with(&[Access::Write]);
        // Names in these come and go.
        let mut above = self.setting.grants.all.iter().flat_map(|granted| granted.path.ancestors().skip(1));
        let above: BTreeSet<&Path> =
            above.by_ref().filter_map(|path| path.strip_prefix(&self.setting.tree).ok()).collect();
        for path in self.before.keys().chain(after.keys()) {
            if matches!(self.access(path), Access::Write | Access::Make) {
                continue;
            }
            let (before, after) = (self.before.get(path), after.get(path));
            let both = before.zip(after);
            let is_same = both.is_some_and(|(before, after)| match before.what {
                _ if written.contains(&before.inode) => before.inode == after.inode,
                What::Folder if above.contains(path.as_path()) => {
                    Entry { modified: after.modified, ..before.clone() } == *after
                }
                _ => before == after,
            });
            assert!(is_same, "{} was {before:?} and is {after:?}", path.display());
        }
    }
}
