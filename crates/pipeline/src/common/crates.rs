//! Where cargo keeps the crates that a lock file pins, asked of cargo itself.

use crate::command::output;
use crate::error::{Doing, Error, Result};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Cargo may have to download them.
const LIMIT: Duration = Duration::from_secs(15 * 60);

/// Variables that are set to nothing where cargo is started, so that no settings of a folder above put a program in front of the compiler.
/// (pyapp's own do.)
pub(crate) const WRAPPERS: [&str; 2] = ["RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER"];

/// One crate, unpacked on this machine.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    pub name: String,
    pub version: String,
    pub license: Option<String>,
    /// None for the crates of the workspace itself.
    pub source: Option<String>,
    pub manifest_path: PathBuf,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

/// All crates that `manifest` depends on; those of one target triple only, if it is given.
///
/// # Errors
/// [`Error::Runtime`] if cargo does not answer in time or refuses; [`Error::Io`] if it cannot be started.
pub(crate) fn of(manifest: &Path, cargo: &Path, target: Option<&str>) -> Result<Vec<Package>> {
    let mut command = Command::new(cargo);
    command.args(["metadata", "--format-version=1", "--locked", "--manifest-path"]).arg(manifest);
    if let Some(target) = target {
        command.args(["--filter-platform", target]);
    }
    let said = ask(command, manifest)?;
    let metadata: Metadata = serde_json::from_slice(&said).map_err(|error| fail(manifest, &error.to_string()))?;
    Ok(metadata.packages)
}

/// Where cargo keeps the crate `name`, one of those that [`of`] gives.
///
/// # Errors
/// As [`of`], and [`Error::Runtime`] if `manifest` does not depend on it.
pub(crate) fn folder(manifest: &Path, cargo: &Path, target: Option<&str>, name: &str) -> Result<PathBuf> {
    let package = of(manifest, cargo, target)?.into_iter().find(|package| package.name == name);
    let folder = package.and_then(|package| package.manifest_path.parent().map(Path::to_path_buf));
    folder.ok_or_else(|| Error::Runtime(format!("{}: expected the crate {name}, found none", manifest.display())))
}

/// The crates of which something is in the executable that `manifest` makes, and which of them uses which.
#[derive(Default)]
pub(crate) struct Used {
    /// Name and version, sorted; the workspace's own are not among them.
    pub crates: Vec<(String, String)>,
    /// Places in the list; `None` for the workspace's own.
    pub edges: BTreeSet<(Option<usize>, usize)>,
}

impl Used {
    /// The place of a crate.
    pub fn place(&self, name: &str, version: &str) -> Option<usize> {
        self.crates.binary_search_by(|(a, b)| (a.as_str(), b.as_str()).cmp(&(name, version))).ok()
    }

    /// From what `cargo tree` says: a line a crate, with the depth in front; a folder behind those of the workspace.
    fn of(tree: &str) -> Used {
        let lines = tree.lines().filter_map(|line| {
            let mut words = line.split_whitespace();
            let depth: usize = words.next()?.parse().ok()?;
            let (name, version) = (words.next()?, words.next()?.strip_prefix('v')?);
            let is_own = words.next().is_some_and(|word| word.starts_with("(/"));
            Some((depth, (!is_own).then(|| (name.to_string(), version.to_string()))))
        });
        let lines: Vec<_> = lines.collect();
        let crates: BTreeSet<(String, String)> = lines.iter().filter_map(|(_, one)| one.clone()).collect();
        let mut used = Used { crates: crates.into_iter().collect(), edges: BTreeSet::new() };
        let mut above: Vec<Option<usize>> = Vec::new();
        for (depth, one) in lines {
            let place = one.and_then(|(name, version)| used.place(&name, &version));
            above.truncate(depth);
            let parent = above.last().copied().flatten();
            used.edges.extend(place.map(|place| (parent, place)));
            above.push(place);
        }
        used
    }
}

/// Asks cargo which crates are linked into the package of `manifest`.
///
/// # Errors
/// As [`of`].
pub(crate) fn used(manifest: &Path, cargo: &Path, target: &str) -> Result<Used> {
    let mut command = Command::new(cargo);
    command.args(["tree", "--locked", "--edges", "normal,no-proc-macro", "--prefix", "depth", "--format", " {p}"]);
    // Of the executable, not of all that is built by default.
    command.args(["--package", "pyapp", "--target", target, "--manifest-path"]).arg(manifest);
    let said = ask(command, manifest)?;
    Ok(Used::of(&String::from_utf8_lossy(&said)))
}

/// The version of the toolchain that a cargo belongs to; `None` if it does not say.
pub(crate) fn toolchain(cargo: &Path) -> Option<String> {
    let mut command = Command::new(cargo);
    command.arg("--version");
    let said = output(command, LIMIT).ok()??.stdout;
    String::from_utf8_lossy(&said).split_whitespace().nth(1).map(str::to_string)
}

/// SHA-256 of the files that the registry has, by name and version, from a lock file.
///
/// # Errors
/// [`Error::Io`]; [`Error::Runtime`] if it is no lock file.
pub(crate) fn checksums(lock: &Path) -> Result<BTreeMap<(String, String), String>> {
    let text = std::fs::read_to_string(lock).doing("read", lock)?;
    let table: Lock = toml::from_str(&text).map_err(|error| fail(lock, error.message()))?;
    let sums = table.package.into_iter().filter_map(|one| Some(((one.name, one.version), one.checksum?)));
    Ok(sums.collect())
}

#[derive(Deserialize)]
struct Lock {
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: String,
    checksum: Option<String>,
}

/// What cargo answers.
fn ask(command: Command, manifest: &Path) -> Result<Vec<u8>> {
    let output = output(command, LIMIT).doing("ask cargo about", manifest)?;
    let output = output.ok_or_else(|| fail(manifest, &format!("no answer in {} s", LIMIT.as_secs())))?;
    if !output.status.success() {
        return Err(fail(manifest, String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or("no message")));
    }
    Ok(output.stdout)
}

fn fail(file: &Path, found: &str) -> Error {
    Error::Runtime(format!("{}: expected cargo to tell its crates, found: {found}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_tells_who_uses_whom() {
        let tree = "0 app v0.1.0 (/x/app)\n1 b v1.0.0\n2 c v2.0.0+meta\n1 own v0.1.0 (/x/crates/own)\n2 c v2.0.0+meta\n\
                    2 a v0.1.0\n3 b v1.0.0 (*)\n";
        let used = Used::of(tree);
        let [a, b, c] = [0, 1, 2];
        let names: Vec<_> = used.crates.iter().map(|(name, version)| format!("{name} {version}")).collect();
        assert_eq!(names, ["a 0.1.0", "b 1.0.0", "c 2.0.0+meta"]);
        let edges = [(None, a), (None, b), (None, c), (Some(a), b), (Some(b), c)];
        assert_eq!(used.edges.into_iter().collect::<Vec<_>>(), edges);
    }

    #[test]
    fn a_lock_file_tells_checksums() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let lock = folder.path().join("Cargo.lock");
        let text = "version = 4\n[[package]]\nname = 'a'\nversion = '1.0.0'\nchecksum = '00'\n[[package]]\nname = 'own'\nversion = '0.1.0'\n";
        std::fs::write(&lock, text).expect("written");
        let sums = checksums(&lock).expect("read");
        assert_eq!(sums.into_iter().collect::<Vec<_>>(), [(("a".into(), "1.0.0".into()), "00".into())]);
        std::fs::write(&lock, "package = 1").expect("written");
        assert!(checksums(&lock).expect_err("refused").to_string().contains("expected cargo to tell its crates"));
    }
}
