//! What becomes of native code in the libraries. A module that the package has in Python too, or can do without, is left out;
//! any other would fail when it is imported, and is an error here, where it can be named.

use super::bytecode::Sources;
use super::interpreter::Python;
use crate::context::Build;
use crate::error::{Error, Result, count};
use crate::inputs::{Library, Native, find_native};
use archive::Archive;
use host::{ContextBuilder, abi, layout};
use std::collections::{BTreeMap, BTreeSet};

const SCRIPT: &str = include_str!("native_fallbacks.py");
/// Where the guest finds the sources.
const SOURCE: &str = "source";
/// Up to so many files are named one by one.
const NAMED: usize = 3;

/// The native code that is left out of the bundle.
#[derive(Default)]
pub(crate) struct LeftOut {
    /// The paths in site-packages.
    pub paths: Vec<String>,
    /// Whose it is, for the summary; empty if there is none.
    pub summary: String,
}

impl Build {
    /// Finds the native code that is to be left out, and the extensions that are to be linked.
    ///
    /// # Errors
    /// [`Error::Libraries`] naming each distribution with native code that it needs; [`Error::Guest`]; [`Error::Io`].
    pub(crate) fn native_code(
        &self,
        python: &Python,
        stdlib: &Archive,
        libraries: &[Library],
    ) -> Result<(LeftOut, Vec<Native>)> {
        let natives = find_native(libraries, &self.project().exclude)?;
        let (extensions, natives): (Vec<_>, Vec<_>) = natives.into_iter().partition(Native::is_extension);
        if natives.is_empty() {
            return Ok((LeftOut::default(), extensions));
        }
        let (mut left_out, rest): (Vec<_>, Vec<_>) =
            natives.into_iter().partition(|native| has_python(native, libraries));
        let (modules, parts): (Vec<_>, Vec<_>) = rest.into_iter().partition(|native| !is_part(native));
        let dispensable = self.dispensable(python, stdlib, libraries, &modules)?;
        let (found, needed): (Vec<_>, Vec<_>) =
            modules.into_iter().partition(|native| dispensable.contains(&native.module()));
        left_out.extend(found);
        // What the modules of a distribution are linked with goes with them.
        let needy: BTreeSet<String> = needed.iter().map(|native| native.owner.clone()).collect();
        let goes = |native: &Native| {
            !needy.contains(&native.owner) && left_out.iter().any(|other| is_of_one_package(other, native))
        };
        let (parts, unclaimed): (Vec<_>, Vec<_>) = parts.into_iter().partition(goes);
        left_out.extend(parts);
        let needed: Vec<Native> = needed.into_iter().chain(unclaimed).collect();
        if !needed.is_empty() {
            let problems = by_owner(&needed).into_iter().map(|(owner, natives)| problem(owner, &natives));
            return Err(Error::Libraries(problems.collect()));
        }
        let owners: Vec<String> = by_owner(&left_out)
            .into_iter()
            .map(|(owner, natives)| format!("{owner} ({})", count(natives.len(), "file")))
            .collect();
        let summary = format!("left out native code that Python stands in for: {}", owners.join(", "));
        Ok((LeftOut { paths: left_out.into_iter().map(|native| native.path).collect(), summary }, extensions))
    }

    /// Those of `natives` that their packages can do without, by the names of their modules.
    fn dispensable(
        &self,
        python: &Python,
        stdlib: &Archive,
        libraries: &[Library],
        natives: &[Native],
    ) -> Result<BTreeSet<String>> {
        if natives.is_empty() {
            return Ok(BTreeSet::new());
        }
        let fail = |what: String| Error::Guest(format!("the search for Python in place of native code: {what}"));
        let (mut vfs, root) = layout::scratch(super::bytecode::LIMITS).map_err(|error| fail(error.to_string()))?;
        Sources::of_libraries(libraries, Vec::new()).load(&mut vfs, root, SOURCE)?;
        vfs.mount(root, abi::MOUNT, stdlib.clone()).map_err(|error| fail(error.to_string()))?;
        let modules: Vec<String> = natives.iter().map(Native::module).collect();
        let list = serde_json::to_string(&modules).map_err(|error| fail(error.to_string()))?;
        let builder = ContextBuilder::new(vfs).preopen(root, "/");
        let builder = builder.arguments(["python3", "-I", "-S", "-c", SCRIPT, &format!("/{SOURCE}"), &list]);
        let (status, said, _) = python.run(builder)?;
        match serde_json::from_str(&said) {
            Ok(found) if status == 0 => Ok(found),
            _ => Err(fail(format!("ended with status {status}: {}", said.trim()))),
        }
    }
}

/// Whether a module of the same name lies beside it as Python, or it is what mypyc compiles such modules into.
fn has_python(native: &Native, libraries: &[Library]) -> bool {
    let module = native.module();
    let path = format!("{}.py", module.replace('.', "/"));
    let pieces = libraries.iter().flat_map(|library| &library.pieces);
    module.ends_with("__mypyc")
        || pieces.into_iter().any(|piece| piece.find(&path).is_some_and(|place| place.is_file()))
}

/// Whether it is a shared library that wheels carry beside their modules.
fn is_part(native: &Native) -> bool {
    native.path.split('/').any(|name| name.ends_with(".libs") || name == ".dylibs")
}

/// Whether two are of one distribution; without metadata, `x.libs` is of `x`.
fn is_of_one_package(module: &Native, part: &Native) -> bool {
    let top = |native: &Native| native.path.split('/').next().unwrap_or_default().to_string();
    module.owner == part.owner || top(part).trim_end_matches(".libs") == top(module)
}

fn by_owner(natives: &[Native]) -> BTreeMap<&str, Vec<&Native>> {
    let mut owners: BTreeMap<&str, Vec<&Native>> = BTreeMap::new();
    for native in natives {
        owners.entry(&native.owner).or_default().push(native);
    }
    owners
}

/// One line: whose code it is, where, and the ways out.
fn problem(owner: &str, natives: &[&Native]) -> String {
    let places: Vec<String> = natives.iter().take(NAMED).map(|native| native.place.display().to_string()).collect();
    let mut exclude: Vec<&str> = natives.iter().map(|native| native.path.as_str()).collect();
    let mut more = String::new();
    if natives.len() > NAMED {
        more = format!(" and {} more", natives.len() - NAMED);
        // Whoever can do without all of these can do without the package.
        exclude = exclude.into_iter().map(|path| path.split('/').next().unwrap_or(path)).collect();
        exclude.dedup();
    }
    format!(
        "{owner}: expected Python, found native code for {}, which cannot be loaded here: {}{more}; install a variant \
         without it, if there is one (pip install --upgrade --target FOLDER --only-binary :all: --platform any PACKAGE), or, \
         if the app can do without it, set [tool.pyapp] exclude = {exclude:?}",
        natives[0].system,
        places.join(", "),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_names_few_files_and_every_way_out() {
        let native = |name: &str| Native {
            path: format!("big/{name}.so"),
            place: format!("libs/big/{name}.so").into(),
            system: "Linux",
            owner: "big 1.0".to_string(),
        };
        let natives = ["a", "b", "c", "d"].map(native);
        let all: Vec<&Native> = natives.iter().collect();
        let said = problem("big 1.0", &all[..1]);
        assert!(said.starts_with("big 1.0: expected Python, found native code for Linux"), "{said}");
        assert!(said.contains("here: libs/big/a.so;") && said.ends_with("exclude = [\"big/a.so\"]"), "{said}");
        let said = problem("big 1.0", &all);
        assert!(said.contains("libs/big/c.so and 1 more;") && said.ends_with("exclude = [\"big\"]"), "{said}");
    }
}
