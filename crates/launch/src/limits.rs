//! How much this run may use: what the build says, narrowed by `PYAPP_LIMITS`; and the end of a run that has reached a limit.

use crate::{settings, status};
use anyhow::Result;
use host::Meter;
use policy::{Resource, RunLimits};
use rustix::event::{PollFd, PollFlags, Timespec};
use std::io;
use vfs::Limits;

/// What the file system that a start makes in memory takes, and something to work with.
const LEAST_SCRATCH: u64 = 64 << 10;
const LEAST_FILES: u64 = 64;

/// What the run may use.
///
/// # Errors
/// If `PYAPP_LIMITS` says what it cannot.
pub fn limits(baked: &RunLimits) -> Result<RunLimits> {
    Ok(baked.narrowed(&settings::limits()?)?)
}

/// The limits of the file system in memory.
///
/// # Errors
/// If they leave no room for a start.
pub fn of_scratch(limits: &RunLimits) -> Result<Limits> {
    let of = |resource: Resource, least: u64| {
        let limit = limits.limit(resource).unwrap_or(u64::MAX);
        anyhow::ensure!(
            limit >= least,
            "the limit {resource}: expected at least {}, which a start takes, found {}; allow more",
            resource.words(least),
            resource.words(limit)
        );
        Ok(limit)
    };
    Ok(Limits { bytes: of(Resource::Scratch, LEAST_SCRATCH)?, files: of(Resource::ScratchFiles, LEAST_FILES)? })
}

/// Says that a limit was reached, once; the status of such a run.
pub fn told(meter: &Meter, resource: Resource) -> u8 {
    if meter.is_to_be_told() {
        tell(meter, resource);
    }
    status::of_limit(resource)
}

/// Ends the process, whatever the guest does.
pub fn end(meter: &Meter, resource: Resource) {
    std::process::exit(told(meter, resource).into())
}

/// Where stderr would have to be waited for, nothing is said: the exit status still says it.
fn tell(meter: &Meter, resource: Resource) {
    let limit = meter.limit(resource).map_or_else(String::new, |limit| resource.words(limit));
    let line = format!(
        "pyapp: the run has reached its limit {resource}={limit}; PYAPP_LIMITS or [tool.pyapp.limits] sets it\n"
    );
    let stderr = io::stderr();
    let is_ready = rustix::event::poll(&mut [PollFd::new(&stderr, PollFlags::OUT)], Some(&Timespec::default()));
    if is_ready.is_ok_and(|ready| ready > 0) {
        // Not through the lock of the standard library, which somebody may hold who waits.
        let _ = rustix::io::write(&stderr, line.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scratch_without_room_is_refused() {
        let mut limits = RunLimits::default();
        assert_eq!(of_scratch(&limits).expect("allowed"), Limits::default());
        limits.set(Resource::Scratch, 100_000);
        assert_eq!(of_scratch(&limits).expect("allowed").bytes, 100_000);
        limits.set(Resource::ScratchFiles, 3);
        let error = of_scratch(&limits).expect_err("too few").to_string();
        assert_eq!(error, "the limit scratch-files: expected at least 64, which a start takes, found 3; allow more");
    }

    #[test]
    fn each_limit_has_a_status_of_its_own() {
        let statuses = Resource::ALL.map(status::of_limit);
        assert_eq!(statuses, [80, 81, 82, 83, 84, 85, 86, 87]);
    }
}
