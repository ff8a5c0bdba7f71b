//! The distributions in an archive: what they say of themselves, their files, and who asks for whom.

use crate::error::{Error, Result};
use crate::metadata::{Metadata, normalised};
use archive::{Archive, EntryId, EntryKind};
use host::layout::SITE_PACKAGES;

/// What a distribution's metadata lies in.
const ENDING: &str = ".dist-info";
/// The longest METADATA, RECORD or licence text that is read, bytes.
const LONGEST: u64 = 16 << 20;
/// The most extras of one distribution that are heeded.
const MOST_EXTRAS: usize = 1000;
/// Folders of a distribution's metadata that hold licence texts.
const FOLDERS: [&str; 2] = ["licenses", "license_files"];
/// How licence texts are called elsewhere, without case.
const NAMES: [&str; 5] = ["license", "licence", "copying", "copyright", "notice"];

/// A distribution that is bundled.
#[derive(Clone, Debug)]
pub struct Distribution {
    /// Its name, as it writes it.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its licence: an SPDX expression or a name; `None` if it does not say.
    pub licence: Option<String>,
    /// Whether it says itself that its licence is an SPDX expression.
    pub(crate) is_expression: bool,
    /// The licence text that stands among its metadata itself.
    pub(crate) own_text: Option<String>,
    /// The files with its licence texts.
    pub(crate) texts: Vec<EntryId>,
    /// Files with a bill of materials of its own (PEP 770).
    pub(crate) boms: Vec<EntryId>,
    /// Its files, as its RECORD lists them.
    pub files: Vec<EntryId>,
    /// Bytes that they take in the archive.
    pub stored: u64,
    /// Places in the list of those that it asks for.
    pub asks_for: Vec<usize>,
    /// Places in the list of those that ask for it; if there are none, the project does.
    pub asked_by: Vec<usize>,
}

/// What belongs to no distribution: a package or a module of the project's own folders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Library {
    /// Its name, without `.pyc` if it is a module.
    pub name: String,
    /// Bytes that its files take in the archive.
    pub stored: u64,
}

/// All that lies in site-packages.
#[derive(Clone, Debug, Default)]
pub struct Distributions {
    /// In the order of names.
    pub list: Vec<Distribution>,
    /// In the order of names.
    pub libraries: Vec<Library>,
}

impl Distributions {
    /// Those in an archive.
    ///
    /// # Errors
    /// [`Error::File`] for what is too long to be read; [`Error::Archive`] for what is damaged.
    pub fn read(archive: &Archive) -> Result<Distributions> {
        let mut found = Vec::new();
        let site = archive.find(SITE_PACKAGES);
        for id in site.into_iter().flat_map(|site| archive.children(site)) {
            let Some(entry) = archive.entry(id).filter(|entry| entry.kind == EntryKind::Directory) else { continue };
            if let Some(stem) = entry.name.strip_suffix(ENDING) {
                let (distribution, said) = distribution(archive, id, stem)?;
                let name = normalised(&distribution.name);
                // Put where it belongs: a sort of its own would be 10 kB of the executable.
                let at = found.partition_point(|(_, other, _): &(_, String, _)| *other <= name);
                found.insert(at, (distribution, name, said));
            }
        }
        let mut owned = vec![false; archive.count() as usize];
        let (mut list, mut names, mut metadata) = (Vec::new(), Vec::new(), Vec::new());
        for (mut distribution, name, said) in found {
            // Of a file that several have, the first is the owner.
            distribution.files.retain(|file| !std::mem::replace(&mut owned[*file as usize], true));
            distribution.stored = stored(archive, &distribution.files);
            list.push(distribution);
            names.push(name);
            metadata.push(said);
        }
        connect(&mut list, &names, &metadata);
        Ok(Distributions { list, libraries: libraries(archive, &owned) })
    }
}

fn distribution(archive: &Archive, folder: EntryId, stem: &str) -> Result<(Distribution, Metadata)> {
    let read = |name: &str| archive.lookup(folder, name).map(|id| read_text(archive, id, LONGEST)).transpose();
    let metadata = Metadata::parse(&read("METADATA")?.unwrap_or_default());
    let record = read("RECORD")?.unwrap_or_default();
    let (name, version) = stem.split_once('-').unwrap_or((stem, ""));
    let listed = record.lines().filter_map(|line| archive.find(&format!("{SITE_PACKAGES}/{}", path(line))));
    let boms = archive.lookup(folder, "sboms").map(|folder| files_below(archive, folder)).unwrap_or_default();
    let distribution = Distribution {
        name: metadata.name.clone().unwrap_or_else(|| name.to_string()),
        version: metadata.version.clone().unwrap_or_else(|| version.to_string()),
        licence: metadata.licence(),
        is_expression: metadata.expression.is_some(),
        own_text: metadata.licence_text.clone(),
        texts: texts(archive, folder, &metadata.licence_files),
        boms,
        files: listed.filter(|id| is_file(archive, *id)).collect(),
        stored: 0,
        asks_for: Vec::new(),
        asked_by: Vec::new(),
    };
    Ok((distribution, metadata))
}

/// The files with licence texts in a distribution's metadata.
fn texts(archive: &Archive, folder: EntryId, said: &[String]) -> Vec<EntryId> {
    let mut texts = Vec::new();
    for id in archive.children(folder) {
        let name = archive.entry(id).map(|entry| entry.name.to_lowercase()).unwrap_or_default();
        if FOLDERS.contains(&name.as_str()) {
            texts.extend(files_below(archive, id));
        } else if NAMES.iter().any(|start| name.starts_with(start)) && is_file(archive, id) {
            texts.push(id);
        }
    }
    for path in said {
        let id = path.split('/').try_fold(folder, |at, name| archive.lookup(at, name));
        texts.extend(id.filter(|id| is_file(archive, *id) && !texts.contains(id)));
    }
    texts
}

/// Who asks for whom; `names` are sorted. An extra counts if a distribution asks for it.
fn connect(list: &mut [Distribution], names: &[String], metadata: &[Metadata]) {
    for (place, own) in metadata.iter().enumerate() {
        let asking = metadata.iter().flat_map(|metadata| &metadata.requires);
        let asking = asking.filter(|asked| asked.name == names[place] && !asked.extras.is_empty());
        let wanted: Vec<&String> = asking.flat_map(|asked| &asked.extras).take(MOST_EXTRAS).collect();
        for asked in &own.requires {
            let counts = asked.only_with.as_ref().is_none_or(|extra| wanted.contains(&extra));
            let Ok(other) = names.binary_search(&asked.name) else { continue };
            if counts && other != place && !list[place].asks_for.contains(&other) {
                list[place].asks_for.push(other);
                list[other].asked_by.push(place);
            }
        }
    }
}

/// What in site-packages belongs to no distribution.
fn libraries(archive: &Archive, owned: &[bool]) -> Vec<Library> {
    let mut libraries = Vec::new();
    for id in archive.find(SITE_PACKAGES).into_iter().flat_map(|site| archive.children(site)) {
        let name = archive.entry(id).map(|entry| entry.name).unwrap_or_default();
        let mut files = if is_file(archive, id) { vec![id] } else { files_below(archive, id) };
        files.retain(|file| !owned[*file as usize]);
        if !files.is_empty() && !name.ends_with(ENDING) {
            let name = name.strip_suffix(".pyc").unwrap_or(name).to_string();
            libraries.push(Library { name, stored: stored(archive, &files) });
        }
    }
    libraries
}

/// Bytes that files take in the archive.
fn stored(archive: &Archive, files: &[EntryId]) -> u64 {
    files.iter().filter_map(|file| archive.entry(*file)).map(|entry| entry.stored_len).sum()
}

/// The path in a line of RECORD, which is a line of CSV.
fn path(line: &str) -> String {
    let Some(quoted) = line.strip_prefix('"') else {
        return line.split(',').next().unwrap_or_default().to_string();
    };
    // A quote in a path is doubled.
    let mut path = String::new();
    let mut chars = quoted.chars().peekable();
    while let Some(char) = chars.next() {
        if char == '"' && chars.next_if_eq(&'"').is_none() {
            break;
        }
        path.push(char);
    }
    path
}

fn is_file(archive: &Archive, id: EntryId) -> bool {
    archive.entry(id).is_some_and(|entry| entry.kind == EntryKind::File)
}

/// The files in a directory and below it, in the archive's order. No directory is deeper than the format allows.
pub(crate) fn files_below(archive: &Archive, directory: EntryId) -> Vec<EntryId> {
    let mut files = Vec::new();
    for id in archive.children(directory) {
        match is_file(archive, id) {
            true => files.push(id),
            false => files.extend(files_below(archive, id)),
        }
    }
    files
}

/// A file's text, if it is not too long.
pub(crate) fn read_text(archive: &Archive, id: EntryId, longest: u64) -> Result<String> {
    let len = archive.entry(id).map_or(0, |entry| entry.len);
    if len > longest {
        let what = format!("expected at most {longest} bytes, found {len}; do without this file");
        return Err(Error::file(archive.path(id), what));
    }
    Ok(String::from_utf8_lossy(&archive.read(id)?).into_owned())
}

/// A licence text.
pub(crate) fn licence_text(archive: &Archive, id: EntryId) -> Result<String> {
    read_text(archive, id, LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_archive;

    const FILES: [(&str, &str); 12] = [
        (
            "A_b-1.0.dist-info/METADATA",
            "Name: A.b\nVersion: 1.0\nRequires-Dist: C[x]\nRequires-Dist: d; extra == 'y'\n",
        ),
        ("A_b-1.0.dist-info/RECORD", "A_b-1.0.dist-info/METADATA,,\n\"a,b.pyc\",,\n../../os.pyc,,\n/a,,\nc/x.pyc,,\n"),
        ("A_b-1.0.dist-info/licenses/deep/NOTICE", "a"),
        ("a,b.pyc", "123"),
        ("c-2.dist-info/METADATA", "Name: c\nVersion: 2\nLicense-Expression: MIT\nRequires-Dist: e ; extra == 'x'\n"),
        ("c-2.dist-info/RECORD", "c/x.pyc,,\nc/y.pyc,,\n"),
        ("c-2.dist-info/COPYING.txt", "c"),
        ("c/x.pyc", "12"),
        ("c/y.pyc", "1234"),
        ("d-3.dist-info/METADATA", ""),
        ("e-4.dist-info/METADATA", "Name: e\nVersion: 4\nLicense-File: ../../x\nLicense-File: WHY\n"),
        ("own.pyc", "12345"),
    ];

    #[test]
    fn distributions_say_what_they_are_and_who_asks_for_them() {
        let found = Distributions::read(&test_archive(&FILES)).expect("read");
        let names: Vec<_> = found.list.iter().map(|one| format!("{} {}", one.name, one.version)).collect();
        assert_eq!(names, ["A.b 1.0", "c 2", "d 3", "e 4"]);
        let asks: Vec<_> = found.list.iter().map(|one| (one.asks_for.clone(), one.asked_by.clone())).collect();
        // d is asked for by an extra that nobody asks for.
        assert_eq!(asks, [(vec![1], vec![]), (vec![3], vec![0]), (vec![], vec![]), (vec![], vec![1])]);
        let licences: Vec<_> = found.list.iter().map(|one| one.licence.as_deref()).collect();
        assert_eq!(licences, [None, Some("MIT"), None, None]);
        let texts: Vec<_> = found.list.iter().map(|one| one.texts.len()).collect();
        assert_eq!(texts, [1, 1, 0, 0]);
    }

    #[test]
    fn a_file_has_one_owner_and_no_path_leads_outside() {
        let archive = test_archive(&FILES);
        let found = Distributions::read(&archive).expect("read");
        let paths = |one: &Distribution| {
            let names = one.files.iter().map(|file| archive.path(*file).rsplit('/').next().map(str::to_string));
            names.flatten().collect::<Vec<_>>()
        };
        // c/x.pyc is in the RECORD of both; os.pyc is above site-packages.
        assert_eq!(paths(&found.list[0]), ["METADATA", "a,b.pyc", "x.pyc"]);
        assert_eq!(paths(&found.list[1]), ["y.pyc"]);
        assert_eq!(found.list[1].stored, 4);
        assert_eq!(found.libraries, [Library { name: "own".into(), stored: 5 }]);
    }

    #[test]
    fn what_is_too_long_is_not_read() {
        let long = "x".repeat(LONGEST as usize + 1);
        let said = Distributions::read(&test_archive(&[("a-1.dist-info/METADATA", &long)])).expect_err("refused");
        let expected = "usr/local/lib/python3.13/site-packages/a-1.dist-info/METADATA: expected at most 16777216 bytes, \
                        found 16777217; do without this file";
        assert_eq!(said.to_string(), expected);
    }

    #[test]
    fn a_line_of_record_is_csv() {
        for (line, expected) in [("a,b,1", "a"), ("\"a\"\"b,\",c,1", "a\"b,"), ("\"a", "a"), ("", ""), ("\"", "")] {
            assert_eq!(path(line), expected, "{line}");
        }
    }
}
