//! The words of the rules: what arguments each call has, and the names of flags, rights and errors.

/// An argument of a call, or several that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// A descriptor: a number, `root` for the preopen, or a name that `-> name` has given to one that was opened.
    Fd,
    /// A path: address and length.
    Text,
    /// `follow` or `-`.
    Lookup,
    Oflags,
    Fdflags,
    Fstflags,
    /// Rights, twice: those of the file, and those that others inherit from it.
    Rights,
    Number,
    Whence,
    Advice,
    /// Buffers to read into: their lengths, with commas between them.
    Buffers,
    /// What is written: texts, with commas between them.
    Data,
    /// One buffer: its length. `0..9` makes the call for every length up to 9.
    Buffer,
    /// One more of that length.
    Other,
    /// Where the call puts a result of so many bytes; no word.
    Out(u32),
}

/// How the result of a call is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    Done,
    Number,
    /// How many bytes were written.
    Written,
    /// What was read.
    Read,
    /// What is in the buffer, as far as the call says that it is filled.
    Text,
    /// What is in the buffer.
    Buffer,
    File,
    Status,
    Preopen,
    Entries,
    Names,
    Counts,
}

use Word::{
    Advice, Buffer, Buffers, Data, Fd, Fdflags, Fstflags, Lookup, Number, Oflags, Other, Out, Rights, Text, Whence,
};

/// The calls, in the order of the driver's.
pub const CALLS: [(&[Word], Show); 33] = [
    (&[Fd, Number, Number, Advice], Show::Done),
    (&[Fd, Number, Number], Show::Done),
    (&[Fd], Show::Done),
    (&[Fd], Show::Done),
    (&[Fd, Out(24)], Show::Status),
    (&[Fd, Fdflags], Show::Done),
    (&[Fd, Rights], Show::Done),
    (&[Fd, Out(64)], Show::File),
    (&[Fd, Number], Show::Done),
    (&[Fd, Number, Number, Fstflags], Show::Done),
    (&[Fd, Buffers, Number, Out(4)], Show::Read),
    (&[Fd, Buffer], Show::Buffer),
    (&[Fd, Out(8)], Show::Preopen),
    (&[Fd, Data, Number, Out(4)], Show::Written),
    (&[Fd, Buffers, Out(4)], Show::Read),
    (&[Fd, Buffer, Number, Out(4)], Show::Entries),
    (&[Fd, Fd], Show::Done),
    (&[Fd, Number, Whence, Out(8)], Show::Number),
    (&[Fd], Show::Done),
    (&[Fd, Out(8)], Show::Number),
    (&[Fd, Data, Out(4)], Show::Written),
    (&[Fd, Text], Show::Done),
    (&[Fd, Lookup, Text, Out(64)], Show::File),
    (&[Fd, Lookup, Text, Number, Number, Fstflags], Show::Done),
    (&[Fd, Lookup, Text, Fd, Text], Show::Done),
    (&[Fd, Lookup, Text, Oflags, Rights, Fdflags, Out(4)], Show::Done),
    (&[Fd, Text, Buffer, Out(4)], Show::Text),
    (&[Fd, Text], Show::Done),
    (&[Fd, Text, Fd, Text], Show::Done),
    (&[Text, Fd, Text], Show::Done),
    (&[Fd, Text], Show::Done),
    (&[Fd, Buffer, Out(2048), Out(4)], Show::Names),
    (&[Fd, Buffer, Other, Out(256), Out(4)], Show::Counts),
];

pub const LOOKUP: [&str; 1] = ["follow"];
pub const OFLAGS: [&str; 4] = ["creat", "directory", "excl", "trunc"];
pub const FDFLAGS: [&str; 5] = ["append", "dsync", "nonblock", "rsync", "sync"];
pub const FSTFLAGS: [&str; 4] = ["atim", "atim_now", "mtim", "mtim_now"];
pub const WHENCE: [&str; 3] = ["set", "cur", "end"];
pub const ADVICE: [&str; 6] = ["normal", "sequential", "random", "willneed", "dontneed", "noreuse"];
pub const RIGHTS: [&str; 30] = [
    "fd_datasync",
    "fd_read",
    "fd_seek",
    "fd_fdstat_set_flags",
    "fd_sync",
    "fd_tell",
    "fd_write",
    "fd_advise",
    "fd_allocate",
    "path_create_directory",
    "path_create_file",
    "path_link_source",
    "path_link_target",
    "path_open",
    "fd_readdir",
    "path_readlink",
    "path_rename_source",
    "path_rename_target",
    "path_filestat_get",
    "path_filestat_set_size",
    "path_filestat_set_times",
    "fd_filestat_get",
    "fd_filestat_set_size",
    "fd_filestat_set_times",
    "path_symlink",
    "path_remove_directory",
    "path_unlink_file",
    "poll_fd_readwrite",
    "sock_shutdown",
    "sock_accept",
];
pub const KINDS: [&str; 8] =
    ["unknown", "block device", "character device", "folder", "file", "datagrams", "stream", "link"];

/// The names of the errors, by their numbers.
const ERRORS: &str = "success 2big acces addrinuse addrnotavail afnosupport again already badf badmsg busy canceled child \
    connaborted connrefused connreset deadlk destaddrreq dom dquot exist fault fbig hostunreach idrm ilseq \
    inprogress intr inval io isconn isdir loop mfile mlink msgsize multihop nametoolong netdown netreset \
    netunreach nfile nobufs nodev noent noexec nolck nolink nomem nomsg noprotoopt nospc nosys notconn \
    notdir notempty notrecoverable notsock notsup notty nxio overflow ownerdead perm pipe proto \
    protonosupport prototype range rofs spipe srch stale timedout txtbsy xdev notcapable";

/// The name of an error.
pub fn error(number: u32) -> String {
    let name = ERRORS.split_whitespace().nth(number as usize);
    name.map_or_else(|| format!("error {number}"), |name| format!("E{}", name.to_uppercase()))
}

/// The flags of a text such as `creat+excl`; `-` for none, `all` for all, `all-fd_read` for all but one.
pub fn flags(text: &str, names: &[&str]) -> Option<u64> {
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let bit = |name: &str| names.iter().position(|known| *known == name).map(|bit| 1 << bit);
    match text.split_once('-') {
        Some(("", "")) => Some(0),
        Some(("all", but)) => Some(((1 << names.len()) - 1) & !bit(but)?),
        _ if text == "all" => Some((1 << names.len()) - 1),
        _ => text.split('+').try_fold(0, |all, name| Some(all | bit(name)?)),
    }
}

/// The names of flags; where fewer are missing than set, those that are missing from all.
pub fn names(flags: u64, names: &[&str]) -> String {
    let named = |flags: u64| -> Vec<&str> {
        names.iter().enumerate().filter(|(bit, _)| flags >> bit & 1 == 1).map(|(_, name)| *name).collect()
    };
    match (named(flags), named(!flags)) {
        (set, _) if set.is_empty() => "-".to_string(),
        (set, missing) if set.len() <= missing.len() => set.join("+"),
        (_, missing) if missing.is_empty() => "all".to_string(),
        (_, missing) => format!("all-{}", missing.join("-")),
    }
}
