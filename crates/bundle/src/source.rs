//! Where the bytes of a bundle come from.

use crate::error::Result;
use crate::part::Part;
use host::TrustedCode;
use std::borrow::Cow;

/// Where the bytes of a bundle come from: statics of the executable, or files where a build has left them.
pub trait Source {
    /// The text of the index.
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing).
    fn index(&self) -> Result<Cow<'static, [u8]>>;

    /// The stored bytes of any part but those of machine code, which [`Source::code`] gives.
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing).
    fn part(&self, part: Part) -> Result<Cow<'static, [u8]>>;

    /// Machine code as it is stored: [`Part::MachineCode`] or [`Part::Extensions`].
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing).
    fn code(&self, part: Part) -> Result<TrustedCode>;
}
