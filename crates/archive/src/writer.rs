//! The writing side: collects entries in any order, writes them sorted.

use crate::error::WriteError;
use crate::format::{
    HEADER_CHECKED, HEADER_LEN, MAGIC, MAX_DEPTH, MAX_FILE, MAX_RECORDS, MAX_TARGET, Record, VERSION, checksum, kind,
};
use crate::reader::{Archive, valid_name};
use std::collections::{BTreeMap, HashMap, VecDeque};

/// zstd's highest level without long windows: an archive is written once and read many times.
const LEVEL: i32 = 19;
/// zstd is dropped where it saves less than an eighth: reading plain bytes is free.
const KEEP_PLAIN: (usize, usize) = (7, 8);

enum Node {
    Directory(BTreeMap<String, Node>),
    Leaf { kind: u8, executable: u8, stored: Vec<u8>, len: u64 },
}

/// What a finished archive holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Files and links.
    pub files: u64,
    /// Directories, the root included.
    pub directories: u64,
    /// Size of all contents before compression, bytes.
    pub expanded: u64,
}

/// Collects a tree and writes it as an archive. The same entries give the same bytes, in whatever order they came.
pub struct Writer {
    root: BTreeMap<String, Node>,
    dictionary: Vec<u8>,
    compressor: zstd::bulk::Compressor<'static>,
    count: u32,
    summary: Summary,
}

impl Writer {
    /// A writer whose compressed files share `dictionary`; empty for none.
    ///
    /// # Errors
    /// [`WriteError::Compress`] if zstd does not take the dictionary.
    pub fn new(dictionary: &[u8]) -> Result<Writer, WriteError> {
        let compressor = zstd::bulk::Compressor::with_dictionary(LEVEL, dictionary).map_err(WriteError::Compress)?;
        Ok(Writer {
            root: BTreeMap::new(),
            dictionary: dictionary.to_vec(),
            compressor,
            count: 1,
            summary: Summary { directories: 1, ..Summary::default() },
        })
    }

    /// Puts a directory at `path`, and those above it. A directory that is there already is no error.
    ///
    /// # Errors
    /// [`WriteError::Path`], [`WriteError::NotADirectory`], [`WriteError::TooMany`].
    pub fn directory(&mut self, path: &str) -> Result<(), WriteError> {
        let names = split(path)?;
        self.descend(path, &names).map(|_| ())
    }

    /// Puts a file at `path`, and the directories above it.
    ///
    /// # Errors
    /// As [`Writer::directory`]; [`WriteError::Duplicate`], [`WriteError::TooLarge`], [`WriteError::Compress`].
    pub fn file(&mut self, path: &str, contents: &[u8]) -> Result<(), WriteError> {
        self.add_file(path, contents, 0)
    }

    /// As [`Writer::file`], of one that may be executed.
    ///
    /// # Errors
    /// As [`Writer::file`].
    pub fn executable(&mut self, path: &str, contents: &[u8]) -> Result<(), WriteError> {
        self.add_file(path, contents, 1)
    }

    fn add_file(&mut self, path: &str, contents: &[u8], executable: u8) -> Result<(), WriteError> {
        check_len(path, contents.len() as u64, MAX_FILE)?;
        let frame = self.compressor.compress(contents).map_err(WriteError::Compress)?;
        let (kind, stored) = if frame.len() * KEEP_PLAIN.1 < contents.len() * KEEP_PLAIN.0 {
            (kind::ZSTD, frame)
        } else {
            (kind::STORED, contents.to_vec())
        };
        self.leaf(path, Node::Leaf { kind, executable, stored, len: contents.len() as u64 })
    }

    /// Puts a symbolic link at `path`, and the directories above it. The target is not checked to exist.
    ///
    /// # Errors
    /// As [`Writer::file`].
    pub fn symlink(&mut self, path: &str, target: &str) -> Result<(), WriteError> {
        check_len(path, target.len() as u64, MAX_TARGET)?;
        let (stored, len) = (target.as_bytes().to_vec(), target.len() as u64);
        self.leaf(path, Node::Leaf { kind: kind::SYMLINK, executable: 0, stored, len })
    }

    /// Copies one file of `archive`, compressed bytes as they are, to `path`.
    ///
    /// # Errors
    /// As [`Writer::copy_from`]; [`WriteError::Path`] if it is a directory.
    pub fn copy_file(&mut self, archive: &Archive, index: u32, path: &str) -> Result<(), WriteError> {
        if archive.dictionary() != self.dictionary {
            return Err(WriteError::OtherDictionary);
        }
        let (record, stored) = archive.raw(index)?;
        if record.kind == kind::DIRECTORY {
            return Err(WriteError::Path(path.to_string()));
        }
        let (kind, executable, stored, len) = (record.kind, record.executable, stored.to_vec(), record.len);
        self.leaf(path, Node::Leaf { kind, executable, stored, len })
    }

    /// Copies all of `archive` to below `prefix` (`""` for the root), compressed bytes as they are.
    ///
    /// # Errors
    /// As [`Writer::file`]; [`WriteError::OtherDictionary`] unless the archive shares this writer's dictionary;
    /// [`WriteError::Source`] if the archive is damaged.
    pub fn copy_from(&mut self, archive: &Archive, prefix: &str) -> Result<(), WriteError> {
        if archive.dictionary() != self.dictionary {
            return Err(WriteError::OtherDictionary);
        }
        for index in 1..archive.count() {
            let (record, _) = archive.raw(index)?;
            let mut path = archive.path(index);
            if !prefix.is_empty() {
                path = format!("{prefix}/{path}");
            }
            match record.kind {
                kind::DIRECTORY => self.directory(&path)?,
                _ => self.copy_file(archive, index, &path)?,
            }
        }
        Ok(())
    }

    /// Writes the archive.
    pub fn finish(self) -> (Vec<u8>, Summary) {
        let mut records = Vec::new();
        let mut names = Vec::new();
        let mut data = Vec::new();
        // What was stored before, and where: files with the same contents share them.
        let mut stored_at: HashMap<&[u8], u64> = HashMap::new();
        let root = Node::Directory(self.root);
        // Breadth first: a directory's children get consecutive numbers, and directories come before what they hold.
        let mut next_child = 1u32;
        let mut queue: VecDeque<(u32, &str, &Node)> = VecDeque::from([(0, "", &root)]);
        let mut number = 0u32;
        while let Some((parent, name, node)) = queue.pop_front() {
            // MAX_RECORDS names of at most 255 bytes stay below u32::MAX.
            let (name_offset, name_len) = (names.len() as u32, name.len() as u16);
            let mut record = Record {
                parent,
                name_offset,
                name_len,
                kind: kind::DIRECTORY,
                executable: 0,
                first_child: 0,
                place: 0,
                stored_len: 0,
                len: 0,
                checksum: 0,
            };
            match node {
                Node::Directory(children) => {
                    record.first_child = next_child;
                    record.place = children.len() as u64;
                    next_child += children.len() as u32;
                    queue.extend(children.iter().map(|(name, child)| (number, name.as_str(), child)));
                }
                Node::Leaf { kind, executable, stored, len } => {
                    record.kind = *kind;
                    record.executable = *executable;
                    let end = data.len() as u64;
                    record.place = if stored.is_empty() { end } else { *stored_at.entry(stored).or_insert(end) };
                    record.stored_len = stored.len() as u64;
                    record.len = *len;
                    record.checksum = checksum(stored);
                    if record.place == end {
                        data.extend_from_slice(stored);
                    }
                }
            }
            names.extend_from_slice(name.as_bytes());
            records.extend_from_slice(&record.to_bytes());
            number += 1;
        }

        let mut index = records;
        index.extend_from_slice(&names);
        index.extend_from_slice(&self.dictionary);
        let mut bytes = Vec::with_capacity(HEADER_LEN + index.len() + data.len());
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&number.to_le_bytes());
        let lengths = [names.len(), self.dictionary.len(), data.len()].map(|len| len as u64);
        for field in lengths.into_iter().chain([self.summary.expanded, checksum(&index), 0]) {
            bytes.extend_from_slice(&field.to_le_bytes());
        }
        debug_assert_eq!(bytes.len(), HEADER_CHECKED);
        bytes.extend_from_slice(&checksum(&bytes).to_le_bytes());
        bytes.extend_from_slice(&index);
        bytes.extend_from_slice(&data);
        (bytes, self.summary)
    }

    fn leaf(&mut self, path: &str, leaf: Node) -> Result<(), WriteError> {
        let mut names = split(path)?;
        let Some(name) = names.pop() else { return Err(WriteError::Path(path.to_string())) };
        self.count_one()?;
        let directory = self.descend(path, &names)?;
        if directory.contains_key(name) {
            return Err(WriteError::Duplicate(path.to_string()));
        }
        let len = if let Node::Leaf { len, .. } = &leaf { *len } else { 0 };
        directory.insert(name.to_string(), leaf);
        self.summary.files += 1;
        self.summary.expanded += len;
        Ok(())
    }

    fn descend(&mut self, path: &str, names: &[&str]) -> Result<&mut BTreeMap<String, Node>, WriteError> {
        let missing = count_missing(&self.root, names);
        for _ in 0..missing {
            self.count_one()?;
        }
        self.summary.directories += u64::from(missing);
        let mut at = &mut self.root;
        for name in names {
            let node = at.entry(name.to_string()).or_insert_with(|| Node::Directory(BTreeMap::new()));
            match node {
                Node::Directory(children) => at = children,
                Node::Leaf { .. } => return Err(WriteError::NotADirectory(path.to_string())),
            }
        }
        Ok(at)
    }

    fn count_one(&mut self) -> Result<(), WriteError> {
        self.count += 1;
        if self.count > MAX_RECORDS { Err(WriteError::TooMany) } else { Ok(()) }
    }
}

/// How many directories of the path `names` are still to be made.
fn count_missing(root: &BTreeMap<String, Node>, names: &[&str]) -> u32 {
    let mut at = root;
    for (depth, name) in names.iter().enumerate() {
        match at.get(*name) {
            Some(Node::Directory(children)) => at = children,
            Some(Node::Leaf { .. }) => return 0,
            None => return (names.len() - depth) as u32,
        }
    }
    0
}

fn split(path: &str) -> Result<Vec<&str>, WriteError> {
    let names: Vec<&str> = path.split('/').collect();
    if names.len() <= usize::from(MAX_DEPTH) && names.iter().all(|name| valid_name(name)) {
        Ok(names)
    } else {
        Err(WriteError::Path(path.to_string()))
    }
}

fn check_len(path: &str, len: u64, limit: u64) -> Result<(), WriteError> {
    if len > limit { Err(WriteError::TooLarge { path: path.to_string(), len, limit }) } else { Ok(()) }
}

/// A zstd dictionary of at most `size` bytes for files like `samples`. The same samples give the same dictionary.
///
/// # Errors
/// [`WriteError::Compress`] if there are too few samples for zstd to learn from.
#[cfg(feature = "train")]
pub fn train_dictionary(samples: &[&[u8]], size: usize) -> Result<Vec<u8>, WriteError> {
    zstd::dict::from_samples(samples, size).map_err(WriteError::Compress)
}
