//! Where a case plays: a random tree, its twin, and what a run is granted of it.

use super::disk::{Change, look_at_all};
use super::grants::{Access, Granted, Grants, granted};
use super::input::Input;
use super::path::Paths;
use host::{Context, layout};
use policy::{Arguments, Machine, Narrowing, Permissions, Reach};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use vfs::Limits;

/// What files hold that were there when the run began, and those that another process makes: each something of its own.
pub fn contents(number: usize) -> String {
    format!("<{number:04}>")
}

pub struct Setting {
    /// Holds the tree, its twin, and a folder beside them with a file.
    pub folder: tempfile::TempDir,
    /// What the guest works on.
    pub tree: PathBuf,
    /// The same once more, for the oracle to work on. Absolute links in it lead into the tree.
    pub twin: PathBuf,
    pub current_folder: PathBuf,
    pub grants: Grants,
    /// Links in the guest's own home folder: names and targets.
    pub home_links: Vec<(String, String)>,
    permissions: Permissions,
    arguments: Vec<OsString>,
}

impl Setting {
    /// A setting, and the paths in it.
    pub fn any(input: &mut Input<'_>) -> (Setting, Paths) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().canonicalize().expect("real");
        let (tree, twin) = (path.join("tree"), path.join("twin"));
        for folder in [&tree, &twin, &path.join("beside")] {
            fs::create_dir(folder).expect("made");
        }
        fs::write(path.join("beside/secret"), "<beside>").expect("written");
        let mut paths = Paths::in_tree(&tree);
        for number in 0..6 + input.below(18) {
            let (path, change) = Change::any(input, &mut paths);
            for root in [&tree, &twin] {
                change.apply(root, &path, &contents(number));
            }
        }
        let current_folder = tree.join(paths.place(input)).canonicalize();
        let current_folder = current_folder.ok().filter(|folder| folder.starts_with(&tree) && folder.is_dir());
        let home_links = (0..input.below(3)).map(|number| (format!("w{number}"), paths.target(input, 0))).collect();
        let mut setting = Setting {
            folder,
            current_folder: current_folder.unwrap_or(tree.clone()),
            tree,
            twin,
            grants: Grants::new(Vec::new()),
            home_links,
            permissions: Permissions { cwd: true, ..Permissions::default() },
            arguments: Vec::new(),
        };
        setting.grant(input, &mut paths);
        (setting, paths)
    }

    fn grant(&mut self, input: &mut Input<'_>, paths: &mut Paths) {
        self.permissions.arguments = input.one_of(&[Arguments::Read, Arguments::Write, Arguments::None]);
        paths.look(&self.twin, |_| Access::Write);
        let (mut all, mut writable, wanted) = (Vec::new(), Vec::new(), input.below(4));
        for _ in 0..12 {
            if all.len() > wanted {
                break;
            }
            let kind = input.below(4);
            let (text, access) = match kind {
                0 | 1 => {
                    let text = format!("{}/{}", self.tree.display(), paths.place_there(input));
                    (text, if kind == 0 { Access::Read } else { Access::Write })
                }
                _ => {
                    let access = match self.permissions.arguments {
                        Arguments::None => Access::None,
                        Arguments::Read => Access::Read,
                        Arguments::Write => Access::Write,
                    };
                    (paths.any(input, self.depth()), access)
                }
            };
            if access == Access::None || text.is_empty() {
                continue;
            }
            let Some(one) = granted(&self.current_folder.join(&text), access, kind < 2) else { continue };
            // What lies outside of the tree must not be touched, whatever is tried out here.
            let paths = one.names.iter().flat_map(|(named, path)| [named, path]).chain(&one.passed).chain([&one.path]);
            if !paths.into_iter().all(|path| path.starts_with(&self.tree)) {
                continue;
            }
            if kind == 1 {
                writable.push(one.path.clone());
            }
            all.push(one);
            match kind {
                0 => self.permissions.read.push(text),
                1 => self.permissions.write.push(text),
                2 => self.arguments.push(text.into()),
                _ => self.arguments.push(format!("--k={text}").into()),
            }
        }
        all.retain(|granted: &Granted| !granted.may_be_planted(&writable));
        for granted in &all {
            paths.prefer(&granted.path);
            granted.names.iter().for_each(|(named, _)| paths.prefer(named));
        }
        self.grants = Grants::new(all);
    }

    /// A guest, set up as a run sets it up.
    pub fn guest(&self) -> Context {
        let none = |_: &str| None;
        let machine = Machine {
            current_folder: Some(self.current_folder.clone()),
            executable_folder: None,
            home: None,
            variable: &none,
        };
        let reach = Reach::of(&self.permissions, &Narrowing::default(), &machine, &self.arguments, None);
        for grant in &reach.grants {
            assert!(grant.path.starts_with(&self.tree), "out of the tree: {grant:?}");
        }
        let (mut vfs, root) = layout::scratch(Limits::default()).expect("room");
        for (name, target) in &self.home_links {
            vfs.symlink(target, root, &format!("/home/pyapp/{name}")).expect("linked");
        }
        let archive = archive::Writer::new(&[]).expect("empty").finish().0;
        let archive = archive::Archive::open(archive).expect("an archive");
        let builder = layout::python_context_over(vfs, root, archive).expect("room");
        builder.grants(root, reach.grants, reach.policy, reach.current_folder).build().expect("a guest")
    }

    /// How deep in the tree the current folder is.
    pub fn depth(&self) -> usize {
        self.current_folder.strip_prefix(&self.tree).map_or(0, |path| path.components().count())
    }

    /// What there is to tell of it.
    pub fn describe(&self) -> String {
        let Permissions { arguments, read, write, .. } = &self.permissions;
        let tree = look_at_all(&self.tree).into_iter().map(|(path, entry)| format!("{path:?} {:?}", entry.what));
        format!(
            "in {}\nread {read:?}\nwrite {write:?}\narguments {arguments:?} {:?}\nlinks at home {:?}\ntree {:#?}",
            self.current_folder.display(),
            self.arguments,
            self.home_links,
            tree.collect::<Vec<_>>()
        )
    }

    /// A path of the guest's tree, in the twin.
    pub fn in_twin(&self, path: &Path) -> PathBuf {
        self.twin.join(path.strip_prefix(&self.tree).expect("in the tree"))
    }
}
