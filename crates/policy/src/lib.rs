//! What an app may reach of the machine that it runs on.
//!
//! A build bakes [`Permissions`] into the executable: words such as `$HOME/notes`. A run makes [`Grant`]s of them, on the machine
//! where it runs, adds what its arguments name, and takes away what `PYAPP_DENY` says. The [`Policy`] made of these is the one
//! place that is asked, with a path and an intent, and answers; the [`Audit`] that it keeps is a list of the answers. A run may
//! narrow what the build granted, and never widen it. The [`Network`] is asked in the same way, with names and addresses.
//!
//! This crate knows paths, addresses and answers only. It opens nothing but the audit's file, and looks into certificates: the crate
//! `host` does the rest.
//!
//! | file | holds |
//! |---|---|
//! | `permissions.rs` | what a build bakes in |
//! | `narrow.rs` | what a run takes away from it |
//! | `places.rs` | words such as `$HOME/notes`, as paths on this machine |
//! | `way.rs` | the way that a path takes: `..` and links |
//! | `grant.rs` | grants of this run: from the permissions, and from the arguments |
//! | `run.rs` | all that one run may reach |
//! | `policy.rs` | the one place that is asked |
//! | `network/` | the one place that is asked for names and addresses |
//! | `certificates.rs` | where the machine has the certificates that connections are trusted by |
//! | `audit.rs` | what was asked and answered, as JSON lines |
//! | `limits.rs` | how much a run may use |
//! | `least.rs` | from an audit to the smallest permissions that would have sufficed |

#![forbid(unsafe_code)]

mod audit;
mod certificates;
mod grant;
mod least;
mod limits;
mod narrow;
pub mod network;
mod permissions;
mod places;
mod policy;
mod run;
mod way;

pub use audit::{Audit, Record};
pub use certificates::{CERTIFICATE_FILE_VARIABLE, Certificates, OPENSSL_FOLDER};
pub use grant::{Grant, Source, grants};
pub use least::{least, shortened};
pub use limits::{BadLimits, Resource, RunLimits};
pub use narrow::{Narrowing, UnknownNarrowing};
pub use network::{Denied, Inherited, Network, check_connect, check_listen};
pub use permissions::{Arguments, Permissions, check_place};
pub use places::{Machine, is_kernels};
pub use policy::{Access, Intent, Policy};
pub use run::Reach;
pub use way::Passed;
