//! What the mode of a file allows the one user there is, to whom all of the scratch belongs. Nobody can write
//! to the base, which is `RoFs` and not a matter of modes: those that it shows are for copies, which take them over.

use crate::errno::{Errno, Result};
use crate::node::Ino;
use crate::tree::Vfs;

/// The owner's bits.
pub(crate) const READ: u16 = 0o400;
pub(crate) const WRITE: u16 = 0o200;
/// Of a directory: to walk through it.
pub(crate) const SEARCH: u16 = 0o100;

impl Vfs {
    /// Whether a name may be taken away: what belongs to the system stays, also in a directory of the user's.
    ///
    /// # Errors
    /// `Perm`, `NoEnt`.
    pub(crate) fn expect_own(&self, ino: Ino) -> Result<()> {
        if self.nodes.get(&ino).is_some_and(|node| node.is_systems) { Err(Errno::Perm) } else { Ok(()) }
    }

    /// Whether the user may do all that is `wanted`.
    ///
    /// # Errors
    /// `Acces`, `NoEnt`.
    pub(crate) fn expect_allowed(&self, ino: Ino, wanted: u16) -> Result<()> {
        if ino.is_read_only() || self.node(ino)?.mode & wanted == wanted { Ok(()) } else { Err(Errno::Acces) }
    }
}
