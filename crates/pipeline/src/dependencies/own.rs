//! The project itself as a distribution, and others that a lock names by their folders. Each is packed by its build backend and
//! installed, so that it has its metadata, and only the files that it would bring when it is installed anywhere.
//!
//! The backend (PEP 517, `backend.rs`) works on a copy: backends leave things beside the sources, and cargo would take these for
//! changes.

use super::built::copy_wheel;
use super::install::{INSTALL, Site};
use super::pins;
use super::tidy::tidy;
use super::uv::Uv;
use super::watch;
use crate::context::Build;
use crate::error::{Doing, Error, Result};
use crate::hash::{self, sorted_entries};
use crate::inputs::Metadata;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What lies beside a project's sources and is none of it, if it is no package; apart from what begins with a dot.
const BESIDE: [&str; 5] = ["build", "dist", "node_modules", "target", "venv"];
/// Git's own folder.
const GIT: &str = ".git";
/// What in it says which commit and which tags there are.
const REFS: [&str; 3] = ["HEAD", "packed-refs", "refs"];
/// How the names of sources end that a compiler is for.
const NATIVE: [&str; 5] = ["c", "cc", "cpp", "cxx", "pyx"];
/// What makes a packed project what it is: a change of it packs again.
const STEPS: &str = concat!(include_str!("own.rs"), include_str!("pins.rs"), include_str!("tidy.rs"));
/// Locks are none either: what they say is installed beside it.
const LOCKS: [&str; 4] = [pins::FILE, "pylock.toml", "requirements.lock", "uv.lock"];

impl Build {
    /// Packs and installs the project in a folder; where it is then, and what it was packed from.
    ///
    /// # Errors
    /// [`Error::Project`] with uv's words, among which are the backend's; [`Error::Io`].
    pub(super) fn own_distribution(&self, uv: &Uv<'_>, project_folder: &Path) -> Result<(Site, Vec<PathBuf>)> {
        let project = self.project();
        let wheels = project.native_wheels.as_deref();
        let mut sources = sources(project_folder, wheels)?;
        let file = project_folder.join("pyproject.toml");
        let name = Metadata::in_file(&file)?.map(|metadata| metadata.package_name()).unwrap_or_default();
        let work = self.settings().out.join("own");
        if work.exists() {
            fs::remove_dir_all(&work).doing("remove", &work)?;
        }
        let copied = work.join("sources");
        copy_sources(project_folder, &copied, wheels)?;
        let mut key = uv.key.clone().part("sources", hash::of_tree(&copied)?).part("steps", STEPS);
        key = key.part("on host", project.build_on_host.join(" "));
        if project.build_on_host.contains(&name) {
            // There it may ask git.
            for path in refs(project_folder) {
                key = if path.is_dir() {
                    key.part("refs", hash::of_tree(&path)?)
                } else {
                    key.part("refs", hash::of_file(&path)?)
                };
                sources.push(path);
            }
        }
        let is_native = project.native.has(&name) && (project.native.names(&name) || has_native_code(&copied)?);
        if is_native {
            key = uv.with_way(key);
        }
        // Nothing else in it is built with any.
        let pins = uv.pins.iter().filter(|(pinned, _)| is_native && **pinned == name);
        let pins = pins.map(|(name, pins)| (name.clone(), pins.clone())).collect();
        let packed = uv.site(("own", key), &pins, |site| {
            self.cache().stage("packing the project");
            if project.build_on_host.contains(&name) {
                copy_git(project_folder, &copied)?;
            }
            let wheels = work.join("wheels");
            fs::create_dir_all(&wheels).doing("create", &wheels)?;
            if is_native {
                copy_wheel(&uv.wheel_of(&name, &copied)?, &wheels)?;
            } else {
                // Not quiet: else uv says nothing of what the backend has said.
                let build = ["build", "--wheel", "-o"].map(PathBuf::from).into_iter().chain([wheels.clone()]);
                let built = uv.building(&copied, Some(&wheels), &name)?.run(&copied, build);
                built.map_err(|failure| failure.naming(&copied, &name).about(&file, &project.build_on_host))?;
            }
            let mut made: Vec<PathBuf> = sorted_entries(&wheels)?.into_iter().map(|entry| entry.path()).collect();
            made.retain(|path| path.extension().is_some_and(|ending| ending == "whl"));
            let [wheel] = &made[..] else {
                return Err(Error::Project {
                    place: file.display().to_string(),
                    message: format!(
                        "expected its build backend to make one wheel, found {}; correct [build-system]",
                        made.len()
                    ),
                });
            };
            if !wheel.symlink_metadata().doing("look at", wheel)?.is_file() {
                return Err(Error::Project {
                    place: file.display().to_string(),
                    message:
                        "expected its build backend to make a wheel, found a link or a folder of that name; correct \
                              [build-system]"
                            .to_string(),
                });
            }
            // A path of ours could hold what means something in a requirement; its name has been read by uv as such.
            let name = PathBuf::from(".").join(wheel.file_name().unwrap_or_default());
            let last = ["--target".into(), site.to_path_buf(), name];
            let installed = uv.run(&wheels, INSTALL.map(PathBuf::from).into_iter().chain(last));
            installed.map_err(|failure| failure.about(&file, &project.build_on_host))?;
            if let Some(message) = watch::check(site, &self.settings().bounds)? {
                return Err(Error::Project { place: file.display().to_string(), message });
            }
            let used = pins::installed_in(site, |_| is_native)?;
            tidy(site, &project.exclude).map(|_| used)
        })?;
        fs::remove_dir_all(&work).doing("remove", &work)?;
        Ok((packed, sources))
    }
}

/// Whether C, C++ or Cython is among sources.
fn has_native_code(sources: &Path) -> Result<bool> {
    for entry in sorted_entries(sources)? {
        let path = entry.path();
        let is_native = if entry.file_type().doing("look at", &path)?.is_dir() {
            has_native_code(&path)?
        } else {
            path.extension().is_some_and(|ending| NATIVE.iter().any(|native| ending == *native))
        };
        if is_native {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Copies what may be sources of a project to a new folder, which its folder of wheels is not.
///
/// # Errors
/// [`Error::Io`].
pub(super) fn copy_sources(project_folder: &Path, to: &Path, wheels: Option<&Path>) -> Result<()> {
    fs::create_dir_all(to).doing("create", to)?;
    for source in sources(project_folder, wheels)? {
        copy_as_is(&source, &to.join(source.file_name().unwrap_or_default()), &is_leftover)?;
    }
    Ok(())
}

/// What says which commit and which tags git has of a project.
fn refs(project_folder: &Path) -> impl Iterator<Item = PathBuf> {
    let git = project_folder.join(GIT);
    REFS.into_iter().map(move |name| git.join(name)).filter(|path| path.exists())
}

/// Adds to such a copy git's own folder, and what else git has of the project: what is missing would count as deleted.
fn copy_git(project_folder: &Path, to: &Path) -> Result<()> {
    let git = project_folder.join(GIT);
    if !git.is_dir() {
        return Ok(());
    }
    copy_as_is(&git, &to.join(GIT), &is_leftover)?;
    // Without a git that runs no backend can ask it.
    let listed = Command::new("git").arg("-C").arg(project_folder).args(["ls-files", "-z"]).output();
    let listed = listed.map(|output| output.stdout).unwrap_or_default();
    for path in String::from_utf8_lossy(&listed).split_terminator('\0') {
        let (from, to) = (project_folder.join(path), to.join(path));
        if from.symlink_metadata().is_ok() && to.symlink_metadata().is_err() {
            if let Some(above) = to.parent() {
                fs::create_dir_all(above).doing("create", above)?;
            }
            copy_as_is(&from, &to, &is_leftover)?;
        }
    }
    Ok(())
}

/// What may be sources of a project, in its folder.
fn sources(folder: &Path, wheels: Option<&Path>) -> Result<Vec<PathBuf>> {
    let mut sources = Vec::new();
    for entry in sorted_entries(folder)? {
        let (name, path) = (entry.file_name().to_string_lossy().into_owned(), entry.path());
        let is_beside =
            BESIDE.contains(&name.as_str()) && !path.join("__init__.py").is_file() || wheels == Some(&*path);
        if !name.starts_with('.') && !is_leftover(&name) && !is_beside && !LOCKS.contains(&name.as_str()) {
            sources.push(path);
        }
    }
    Ok(sources)
}

/// Whether Python or a backend has left it.
fn is_leftover(name: &str) -> bool {
    name == "__pycache__" || name.ends_with(".egg-info")
}

/// Copies a file, a link as a link, or a folder with all that it holds, but for names that `leave_out` knows.
///
/// # Errors
/// [`Error::Io`].
pub(super) fn copy_as_is(from: &Path, to: &Path, leave_out: &dyn Fn(&str) -> bool) -> Result<()> {
    let kind = from.symlink_metadata().doing("look at", from)?;
    if kind.is_symlink() {
        let target = fs::read_link(from).doing("read", from)?;
        return std::os::unix::fs::symlink(target, to).doing("make the link", to);
    }
    if kind.is_file() {
        return fs::copy(from, to).map(drop).doing("copy", from);
    }
    if kind.is_dir() {
        fs::create_dir_all(to).doing("create", to)?;
        for entry in sorted_entries(from)? {
            if !leave_out(&entry.file_name().to_string_lossy()) {
                copy_as_is(&entry.path(), &to.join(entry.file_name()), leave_out)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn native_code_is_found_at_any_depth() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let inner = folder.path().join("src/p");
        fs::create_dir_all(&inner).expect("created");
        fs::write(inner.join("p.py"), "").expect("written");
        assert!(!has_native_code(folder.path()).expect("read"));
        fs::write(inner.join("p.pyx"), "").expect("written");
        assert!(has_native_code(folder.path()).expect("read"));
    }

    #[test]
    fn what_is_made_from_sources_is_no_source() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let files = [
            "pyproject.toml",
            "src/p/__init__.py",
            "src/p/build/x.txt",
            "src/p/__pycache__/x.pyc",
            "src/p.egg-info/PKG-INFO",
            "build/lib/p.py",
            "dist/p.whl",
            ".venv/x",
            "target/__init__.py",
            "native.lock",
            "uv.lock",
            "wheels/x.whl",
        ];
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().expect("a folder")).expect("created");
            fs::write(path, "").expect("written");
        }
        std::os::unix::fs::symlink("p", folder.path().join("src/q")).expect("linked");
        let names: Vec<_> =
            sources(folder.path(), Some(&folder.path().join("wheels"))).expect("listed").into_iter().collect();
        assert_eq!(names, ["pyproject.toml", "src", "target"].map(|name| folder.path().join(name)));
        let to = folder.path().join("copy");
        copy_as_is(&folder.path().join("src"), &to, &is_leftover).expect("copied");
        assert!(to.join("p/build/x.txt").is_file() && to.join("q").is_symlink());
        assert!(!to.join("p/__pycache__").exists() && !to.join("p.egg-info").exists());
    }
}
