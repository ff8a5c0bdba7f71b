//! How much a guest may add to the host's disks, if that has a bound: what it writes, and something for each name that it makes.
//! What it removes does not count again.

use crate::wasi::Result;
use crate::wasi::types::Errno;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// What a name counts for: an empty file takes room, too.
const NAME: u64 = 4096;

/// What is left. Clones share it.
#[derive(Clone, Debug)]
pub struct Quota(Arc<Left>);

#[derive(Debug)]
struct Left {
    bytes: AtomicU64,
    is_spent: AtomicBool,
}

impl Default for Quota {
    /// No bound.
    fn default() -> Quota {
        Quota::new(u64::MAX)
    }
}

impl Quota {
    /// Of so many bytes.
    pub fn new(bytes: u64) -> Quota {
        Quota(Arc::new(Left { bytes: AtomicU64::new(bytes), is_spent: AtomicBool::new(false) }))
    }

    /// Whether something was refused for it.
    pub fn is_spent(&self) -> bool {
        self.0.is_spent.load(Ordering::Relaxed)
    }

    /// Takes what is about to be written.
    ///
    /// # Errors
    /// EDQUOT.
    pub(crate) fn take(&self, bytes: u64) -> Result<()> {
        let left = self.0.bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| match left {
            u64::MAX => Some(left),
            _ => left.checked_sub(bytes),
        });
        left.map(drop).map_err(|_| {
            self.0.is_spent.store(true, Ordering::Relaxed);
            Errno::Dquot.into()
        })
    }

    /// As [`Quota::take`], for a name.
    pub(crate) fn take_name(&self) -> Result<()> {
        self.take(NAME)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_gone_and_without_a_bound_nothing_is() {
        let quota = Quota::new(NAME + 2);
        assert!(quota.take(2).is_ok() && quota.clone().take_name().is_ok() && !quota.is_spent());
        assert!(quota.take(0).is_ok() && quota.take(1).is_err() && quota.is_spent());
        let boundless = Quota::default();
        assert!((0..3).all(|_| boundless.take(u64::MAX - 1).is_ok()));
    }
}
