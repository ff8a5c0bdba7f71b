//! Random paths: mostly of what is there, written in any way; and few names, so that the rest meets them, too.

use super::disk::look_at_all;
use super::grants::Access;
use super::input::Input;
use std::path::{Path, PathBuf};

/// Names that nothing else on this machine has: whatever gets out, it harms nobody.
const NAMES: [&str; 3] = ["wa", "wb", "wc"];

/// Paths in the folder of a case.
pub struct Paths {
    tree: String,
    /// Relative to the folder, as all that follow. What has been put there at some time; it may have gone.
    known: Vec<String>,
    /// What is there and granted.
    there: Vec<String>,
    /// What is there and may be written.
    writable: Vec<String>,
}

impl Paths {
    pub fn in_tree(tree: &Path) -> Paths {
        Paths {
            tree: tree.to_str().expect("UTF-8").to_string(),
            known: Vec::new(),
            there: Vec::new(),
            writable: Vec::new(),
        }
    }

    /// A path of plain names, relative to the folder: where something is put or taken away. It is known from now on.
    pub fn place(&mut self, input: &mut Input<'_>) -> String {
        let mut path = self.one_known(input);
        if path.is_empty() || !input.one_in(3) {
            let name = input.one_of(&NAMES);
            path = if path.is_empty() { name.to_string() } else { format!("{path}/{name}") };
        }
        if path.split('/').count() > 4 {
            return NAMES[0].to_string();
        }
        self.known.push(path.clone());
        path
    }

    /// Makes a path that is known the one that is mostly chosen.
    pub fn prefer(&mut self, path: &Path) {
        if let Ok(path) = path.strip_prefix(&self.tree) {
            let path = path.to_str().expect("UTF-8").to_string();
            self.known.extend(std::iter::repeat_n(path, 1 + self.known.len() / 4));
        }
    }

    /// Looks what of a tree is there and granted.
    pub fn look(&mut self, tree: &Path, access: impl Fn(&Path) -> Access) {
        let all = look_at_all(tree);
        let text = |path: &PathBuf| path.to_str().expect("UTF-8").to_string();
        self.there = all.keys().filter(|path| access(path) != Access::None).map(text).collect();
        self.writable = all.keys().filter(|path| access(path) == Access::Write).map(text).collect();
    }

    /// A path of plain names that is there, most likely.
    pub fn place_there(&mut self, input: &mut Input<'_>) -> String {
        match self.there.len() {
            0 => self.place(input),
            len => match input.below(4) {
                0 => self.place(input),
                _ => self.there[input.below(len)].clone(),
            },
        }
    }

    /// A path of something, most likely.
    pub fn old(&self, input: &mut Input<'_>, depth: usize) -> String {
        match input.below(self.there.len() + 1) {
            number if number < self.there.len() && input.one_in(2) => format!("{}/{}", self.tree, self.there[number]),
            _ => self.any(input, depth),
        }
    }

    /// A path of nothing, most likely, where something may be made.
    pub fn new_name(&self, input: &mut Input<'_>, depth: usize) -> String {
        let name = input.one_of(&["wa", "wb", "wc", "wd"]);
        match input.below(self.writable.len() + 1) {
            number if number < self.writable.len() && input.one_in(2) => {
                format!("{}/{}/{name}", self.tree, self.writable[number])
            }
            _ => self.any(input, depth),
        }
    }

    /// One that is there or known, or the folder itself.
    fn one_known(&self, input: &mut Input<'_>) -> String {
        let all = if input.one_in(3) || self.there.is_empty() { &self.known } else { &self.there };
        let number = input.below(all.len() + 1);
        all.get(number).cloned().unwrap_or_default()
    }

    /// Any path: relative or absolute, with dots, doubled and trailing slashes. It is seen from a folder so deep in the tree.
    pub fn any(&self, input: &mut Input<'_>, depth: usize) -> String {
        let above = self.tree.rsplit_once('/').map_or("", |(above, _)| above);
        let mut path = match input.below(16) {
            0..=4 => format!("{}/{}", self.tree, self.one_known(input)),
            5..=9 => "../".repeat(depth) + &self.one_known(input),
            10 | 11 => input.one_of(&NAMES).to_string(),
            12 => format!("{}/{}/../{}", self.tree, self.one_known(input), self.one_known(input)),
            13 => format!("/..{above}/./tree//{}", self.one_known(input)),
            14 => "/home/pyapp/w0".to_string(),
            _ => input.one_of(&["/", "/tmp", "/vfs", ".", "", above, "/nowhere", "/home/pyapp/w1"]).to_string(),
        };
        path += match input.below(16) {
            0..=7 => "",
            8 | 9 => "/wa",
            10 | 11 => "/wb",
            12 => "/",
            13 => "/..",
            14 => "/.",
            _ => "/../wc",
        };
        path
    }

    /// What a link says that is so deep in the tree: never nothing.
    pub fn target(&self, input: &mut Input<'_>, depth: usize) -> String {
        let target = self.any(input, depth);
        if target.is_empty() { ".".to_string() } else { target }
    }
}
