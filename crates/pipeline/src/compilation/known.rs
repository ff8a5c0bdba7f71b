//! Bytecode of modules that have not changed, as earlier builds have made and compressed it.
//!
//! The modules of each library are dealt out to parcels by their names. The cache keeps each parcel as an archive, under a key made
//! of its modules and of all that compiles them: so an edit compiles one parcel again, and two projects with the same library
//! share it. What is missing is compiled on all cores.
//!
//! This is a store and judges nothing: `compile_library.py` still lists all sources, takes from here what it finds, and compiles the
//! rest: what does not compile is in no parcel, and the script says why.

use super::bytecode::{Compiled, Sources, Stdlib};
use super::interpreter::Python;
use crate::context::Build;
use crate::error::Result;
use crate::hash::{self, Key};
use archive::{Archive, Writer};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Fewer modules are compiled as fast as they are looked for.
const FEW: usize = 32;
/// How many modules a parcel has at most, on average: each carries the dictionary of the standard library.
const PARCEL: usize = 256;
/// What a parcel is called in the cache.
const ENTRY: &str = "modules";

/// A module's source.
struct Module {
    /// Its path below the folder of sources.
    path: String,
    /// Where it is on this machine.
    place: PathBuf,
    hash: String,
    bytes: u64,
}

/// Modules whose bytecode is kept together.
struct Parcel {
    modules: Vec<Module>,
    key: Key,
}

impl Build {
    /// The bytecode of most of these modules, under the paths that it goes to; `None` if looking for it would not pay.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) of the cache; [`Error::Archive`](crate::Error::Archive).
    pub(super) fn known_bytecode(
        &self,
        python: &Python,
        stdlib: &Archive,
        sources: &Sources,
        optimize: u8,
    ) -> Result<Option<Archive>> {
        let modules = modules(sources);
        if modules.len() < FEW {
            return Ok(None);
        }
        let key = self.compiler_key(python, stdlib, sources, optimize)?;
        let mut known = Vec::new();
        let mut missing = Vec::new();
        for parcel in parcels(modules, &key) {
            match self.cache().find_blob(ENTRY, parcel.key.clone())? {
                Some(bytes) => known.push(Archive::open(bytes)?),
                None => missing.push(parcel),
            }
        }
        if !missing.is_empty() {
            known.extend(self.compile_parcels(python, stdlib, sources, optimize, missing)?);
        }
        let mut all = Writer::new(stdlib.dictionary())?;
        known.iter().try_for_each(|parcel| all.copy_from(parcel, ""))?;
        Ok(Some(Archive::open(all.finish().0)?))
    }

    /// Compiles parcels, each core some of them, and keeps them.
    fn compile_parcels(
        &self,
        python: &Python,
        stdlib: &Archive,
        sources: &Sources,
        optimize: u8,
        parcels: Vec<Parcel>,
    ) -> Result<Vec<Archive>> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let work = |parcels: Vec<Parcel>| {
            let modules = parcels.iter().flat_map(|parcel| &parcel.modules);
            let some = sources.of_modules(modules.map(|module| (module.path.clone(), module.place.clone())));
            // What does not compile is looked at once more with all the others.
            let stdlib_of_its_own = Stdlib::Compiled(stdlib.clone());
            let Ok((compiled, _)) = self.run_script(python, stdlib_of_its_own, &some, optimize, None, &["--skip"])
            else {
                return Ok(Vec::new());
            };
            let compiled: BTreeMap<&str, &Compiled> = compiled.iter().map(|file| (file.path.as_str(), file)).collect();
            parcels.into_iter().map(|parcel| self.keep(&parcel, &compiled, stdlib)).collect::<Result<Vec<_>>>()
        };
        let shares = shares(parcels, cores);
        let made: Vec<Result<Vec<Archive>>> = std::thread::scope(|scope| {
            let threads: Vec<_> = shares.into_iter().map(|share| scope.spawn(|| work(share))).collect();
            let join = |thread: std::thread::ScopedJoinHandle<'_, _>| {
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            threads.into_iter().map(join).collect()
        });
        Ok(made.into_iter().collect::<Result<Vec<_>>>()?.concat())
    }

    fn keep(&self, parcel: &Parcel, compiled: &BTreeMap<&str, &Compiled>, stdlib: &Archive) -> Result<Archive> {
        let bytes = self.cache().blob(ENTRY, parcel.key.clone(), || {
            let mut writer = Writer::new(stdlib.dictionary())?;
            for module in &parcel.modules {
                let path = bytecode_path(&module.path);
                if let Some(contents) = compiled.get(path.as_str()).and_then(|file| file.contents.as_deref()) {
                    writer.file(&path, contents)?;
                }
            }
            Ok(writer.finish().0)
        })?;
        Ok(Archive::open(bytes)?)
    }
}

/// Where the bytecode of a module goes.
fn bytecode_path(source: &str) -> String {
    format!("{}.pyc", &source[..source.len() - ".py".len()])
}

/// The modules among sources, in the order of paths; what cannot be read, the script tells.
fn modules(sources: &Sources) -> Vec<Module> {
    let mut modules = Vec::new();
    for (path, place) in sources.entries() {
        collect(path, place, sources, &mut modules);
    }
    modules.sort_by(|a, b| a.path.cmp(&b.path));
    modules.dedup_by(|a, b| a.path == b.path);
    modules
}

fn collect(path: &str, place: &Path, sources: &Sources, into: &mut Vec<Module>) {
    let name = path.rsplit('/').next().unwrap_or_default();
    let Ok(metadata) = place.symlink_metadata() else { return };
    if sources.excludes(path) || name.starts_with('.') || name == "__pycache__" {
        return;
    }
    if metadata.is_dir() {
        let entries = hash::sorted_entries(place).unwrap_or_default();
        for entry in entries {
            if let Some(name) = entry.file_name().to_str() {
                collect(&format!("{path}/{name}"), &entry.path(), sources, into);
            }
        }
    } else if metadata.is_file()
        && name.ends_with(".py")
        && let Ok(source) = fs::read(place)
    {
        let (hash, bytes) = (hash::of_bytes(&source), source.len() as u64);
        into.push(Module { path: path.to_string(), place: place.to_path_buf(), hash, bytes });
    }
}

/// Deals modules out to parcels.
fn parcels(modules: Vec<Module>, key: &Key) -> Vec<Parcel> {
    let mut libraries: BTreeMap<String, Vec<Module>> = BTreeMap::new();
    for module in modules {
        libraries.entry(module.path.split('/').next().unwrap_or_default().to_string()).or_default().push(module);
    }
    let mut parcels = Vec::new();
    for modules in libraries.into_values() {
        // A power of two, so that one module more seldom changes where the others go.
        let count = modules.len().div_ceil(PARCEL).next_power_of_two();
        let mut dealt: BTreeMap<usize, Vec<Module>> = BTreeMap::new();
        for module in modules {
            let number = archive::format::checksum(module.path.as_bytes()) as usize % count;
            dealt.entry(number).or_default().push(module);
        }
        for modules in dealt.into_values() {
            let key = modules.iter().fold(key.clone(), |key, module| key.part(&module.path, &module.hash));
            parcels.push(Parcel { modules, key });
        }
    }
    parcels
}

/// Parcels for each core, so that each has as much to read.
fn shares(mut parcels: Vec<Parcel>, cores: usize) -> Vec<Vec<Parcel>> {
    let bytes = |parcel: &Parcel| parcel.modules.iter().map(|module| module.bytes).sum::<u64>();
    parcels.sort_by_key(|parcel| std::cmp::Reverse(bytes(parcel)));
    let mut shares: Vec<(u64, Vec<Parcel>)> = (0..cores).map(|_| (0, Vec::new())).collect();
    for parcel in parcels {
        if let Some(least) = shares.iter_mut().min_by_key(|(bytes, _)| *bytes) {
            least.0 += bytes(&parcel);
            least.1.push(parcel);
        }
    }
    shares.into_iter().map(|(_, share)| share).filter(|share| !share.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(path: String) -> Module {
        Module { hash: hash::of_bytes(path.as_bytes()), place: PathBuf::new(), bytes: 1, path }
    }

    #[test]
    fn an_edit_changes_one_parcel_and_another_library_none() {
        let all = |edited: Option<usize>| -> Vec<(String, usize)> {
            let modules =
                (0..2000).map(|number| module(format!("big/m{number}.py"))).chain([module("other.py".into())]);
            let mut modules: Vec<Module> = modules.collect();
            if let Some(number) = edited {
                modules[number].hash.push('x');
            }
            let parcels = parcels(modules, &Key::new());
            parcels.into_iter().map(|parcel| (parcel.key.hex(), parcel.modules.len())).collect()
        };
        let (before, after) = (all(None), all(Some(7)));
        assert_eq!((before.len(), before.iter().map(|(_, modules)| modules).sum::<usize>()), (9, 2001));
        assert_eq!(before.iter().zip(&after).filter(|(one, other)| one != other).count(), 1);
        assert_eq!(all(Some(2000)).iter().zip(&before).filter(|(one, other)| one != other).count(), 1);
    }

    #[test]
    fn each_core_has_a_share() {
        let parcel = |modules: usize| Parcel {
            modules: (0..modules).map(|number| module(number.to_string())).collect(),
            key: Key::new(),
        };
        let shares = shares([5, 1, 2, 3].map(parcel).into(), 2);
        let sizes: Vec<usize> =
            shares.iter().map(|share| share.iter().map(|parcel| parcel.modules.len()).sum()).collect();
        assert_eq!(sizes, [6, 5]);
        assert_eq!(super::shares(vec![parcel(1)], 4).len(), 1);
    }
}
