//! What a project asks for from package registries, installed in folders that are bundled as `libs` are.
//!
//! uv resolves, verifies, downloads and unpacks; nothing of that is pyapp's own. pyapp gives uv its pins and tells it what is
//! installed for (`interpreter.rs`), runs what it builds, and tidies what comes out. A project that asks for nothing does not come here: no uv is
//! fetched for it.
//!
//! | file | does |
//! |---|---|
//! | `uv.rs` | gets uv, runs it |
//! | `leftovers.rs` | removes what a uv that was stopped has left |
//! | `interpreter.rs` | what uv takes for the Python that it installs for |
//! | `backend.rs` | runs build backends, in the guest |
//! | `sandbox.rs` | what a build backend may reach |
//! | `built.rs` | distributions with extensions, built from source |
//! | `environment.rs` | what their build backends run in |
//! | `pins.rs` | what these are built with: a lock |
//! | `prebuilt.rs` | wheels of such that the project has |
//! | `check.rs` | whether what is installed goes together |
//! | `excluded.rs` | what is left out by name |
//! | `message.rs` | uv's words in one line |
//! | `lock.rs` | what exactly is installed: a lock that is there, or one that is made |
//! | `install.rs` | installs what a lock says, once, into a folder of the cache |
//! | `native.rs` | what there is in place of a wheel of Python only, and the ways on |
//! | `requires.rs` | whether the project is for our CPython |
//! | `own.rs` | the project itself as a distribution, if a build backend packs it |
//! | `wheel.rs` | what starts, if the project is a wheel |
//! | `tidy.rs` | what of an installed distribution is bundled |

mod backend;
mod built;
mod check;
mod environment;
mod excluded;
mod install;
mod interpreter;
mod leftovers;
mod lock;
mod message;
mod native;
mod own;
mod pins;
mod prebuilt;
mod requires;
mod sandbox;
mod tidy;
mod uv;
mod watch;
mod wheel;

use crate::context::Build;
use crate::error::{Error, Result, count};
use crate::inputs::{Entry, Form};
use crate::runtime;
use install::Site;
use pins::Sections;
use std::path::PathBuf;

pub use interpreter::markers;
pub(crate) use uv::PINS;

/// What is installed beside a project's `libs`.
#[derive(Default)]
pub(crate) struct Installed {
    /// The folders, as entries of `sys.path`.
    pub folders: Vec<PathBuf>,
    /// The one of them that has what a lock says.
    pub locked: Option<Site>,
    /// What cargo must watch for them.
    pub inputs: Vec<PathBuf>,
    /// What of `exclude` names distributions that are asked for, and so are not installed.
    pub left_out: Vec<String>,
    /// One line for the summary; empty if nothing is installed.
    pub summary: String,
}

impl Build {
    /// Installs what the project asks for; what a wheel starts is then known, too.
    ///
    /// # Errors
    /// [`Error::Project`](crate::Error::Project) naming the file, with uv's own words; [`Error::Libraries`](crate::Error::Libraries)
    /// for distributions that do not go together; [`Error::Runtime`](crate::Error::Runtime), [`Error::Step`](crate::Error::Step) if
    /// uv cannot be had; [`Error::Io`](crate::Error::Io).
    pub(crate) fn dependencies(&mut self) -> Result<Installed> {
        let (installed, entry) = self.installed()?;
        if let Some(entry) = entry {
            self.start_with(entry);
        }
        self.leave_out(&installed.left_out);
        Ok(installed)
    }

    /// What is installed; what starts, if it is a wheel.
    fn installed(&self) -> Result<(Installed, Option<Entry>)> {
        let project = self.project();
        let own = project.metadata.as_ref().filter(|metadata| metadata.is_package);
        let mut entry = None;
        let mut installed = Installed::default();
        if project.asked.is_none() && own.is_none() {
            return Ok((installed, entry));
        }
        let version = runtime::version(&self.settings().source)?;
        let range =
            project.metadata.as_ref().and_then(|metadata| metadata.requires_python.as_deref()).unwrap_or_default();
        if requires::holds(range, &version) == Some(false) {
            return Err(Error::Project {
                place: format!("{}, [project] requires-python", project.file.display()),
                message: format!("expected a range that holds {version}, which is bundled, found {range:?}; widen it"),
            });
        }
        let uv = self.uv(&version)?;
        // The lock first, as it lies among the project's own files.
        let lock = project.asked.as_ref().map(|asked| self.lock(&uv, asked)).transpose()?;
        let (mut summary, mut asking, mut used) = (Vec::new(), Vec::new(), Sections::new());
        let others = lock.iter().flat_map(|lock| &lock.projects);
        let packed: Vec<&PathBuf> = own.map(|_| &project.folder).into_iter().chain(others).collect();
        for folder in &packed {
            let (site, sources) = self.own_distribution(&uv, folder)?;
            installed.folders.push(site.folder);
            installed.inputs.extend(sources);
            used.extend(site.used);
        }
        match packed.len() {
            0 => {}
            1 if own.is_some() => summary.push("the project's own distribution".to_string()),
            packed => summary.push(format!("{} from folders", count(packed, "distribution"))),
        }
        if let Some(lock) = lock {
            let mut pins = uv.pins.clone();
            pins.retain(|name, _| !used.contains_key(name));
            let (site, distributions) = self.install(&uv, &lock, &pins)?;
            used.extend(site.used.clone());
            if lock.form == Form::Wheel {
                entry = Some(wheel::entry(&project.file, &site.folder)?);
            }
            installed.folders.push(site.folder.clone());
            installed.locked = Some(site);
            asking = lock.inputs.clone();
            installed.inputs.extend(lock.inputs);
            summary.push(format!("{} {}", count(distributions.len(), "distribution"), lock.summary));
        }
        installed.inputs.extend(self.keep_pins(&used)?);
        installed.inputs.extend(project.native_wheels.clone());
        let all = [&installed.folders[..], &project.libs].concat();
        let excluded = project.excluded_packages();
        let required = self.check_together(&uv, &all, &excluded)?;
        installed.left_out = excluded::asked_for(&excluded, &asking, &required)?;
        installed.summary = summary.join(" and ");
        Ok((installed, entry))
    }
}

#[cfg(test)]
mod tests {
    use crate::common::test_build::TestBuild;
    use crate::hash::sorted_entries;
    use std::fs;

    #[test]
    fn a_project_that_asks_for_nothing_costs_nothing() {
        let test = TestBuild::new();
        let asking = "[project]\nname = 'a'\n[tool.pyapp]\nentry = 'a'\n";
        for text in ["[tool.pyapp]\nentry = 'a'\n", asking] {
            fs::write(test.path("pyproject.toml"), text).expect("written");
            let installed = test.open().dependencies().expect("nothing to do");
            assert_eq!((installed.folders.len(), installed.inputs.len(), installed.summary.as_str()), (0, 0, ""));
            assert_eq!(sorted_entries(&test.path("cache")).expect("listed").len(), 0);
        }
        // No uv is to be had here, and none was needed.
        fs::write(test.path("requirements.txt"), "a\n").expect("written");
        test.open().dependencies().map(drop).expect_err("there is no recipe");
    }
}
