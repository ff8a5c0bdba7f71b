//! What is done with files and folders of the host, once the tree has said where a path leads and the policy has been asked.
//!
//! Every call names one component in an open folder and follows no link, or is about a file that is open. So what another process
//! puts there meanwhile is what the call meets, and nothing else.
//!
//! | file | holds |
//! |---|---|
//! | `open.rs` | opening |
//! | `file.rs` | open files and folders |
//! | `names.rs` | making, moving and taking away names |
//! | `stat.rs` | what `stat` shows |
//! | `list.rs` | listings |
//! | `lock.rs` | advisory locks |

mod fetch;
mod file;
mod list;
mod lock;
mod names;
mod open;
mod stat;

pub(crate) use file::HostFile;
pub(crate) use lock::Lock;
pub(crate) use stat::Owners;
