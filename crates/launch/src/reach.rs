//! What this run may reach: what the build has granted, on this machine, with these arguments, less what `PYAPP_DENY` says.

use crate::settings;
use anyhow::{Context as _, Result};
use policy::{Audit, Machine, Narrowing, Permissions, Reach};
use std::ffi::OsString;

/// What the run may reach with these arguments, the program's name not among them.
///
/// # Errors
/// A word of `PYAPP_DENY` that is none; if the audit's file cannot be opened.
pub fn reach(baked: &Permissions, arguments: &[OsString]) -> Result<Reach> {
    let narrowing = Narrowing::parse(&settings::deny()?)?;
    let audit = settings::audit().map(|path| {
        let opened = Audit::open(&path);
        opened
            .with_context(|| format!("PYAPP_AUDIT={}: expected a file to append to; name another one", path.display()))
    });
    let executable = std::env::current_exe().ok();
    let machine = Machine {
        current_folder: std::env::current_dir().ok(),
        executable_folder: executable.and_then(|file| Some(file.parent()?.to_path_buf())),
        home: settings::home(),
        variable: &settings::variable,
    };
    Ok(Reach::of(baked, &narrowing, &machine, arguments, audit.transpose()?))
}
