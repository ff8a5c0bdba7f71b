//! `abi.h`: what the host and the guest agree on (`host::abi`), as C. Its text is part of the recipe's key.

use host::abi::{self, call, kind, request, signal};

/// The header's name, for `#include`.
pub(super) const NAME: &str = "abi.h";

/// The header's text.
pub(super) fn text() -> String {
    let in_archive = |path: &str| format!("/{}/{path}", abi::MOUNT);
    let texts = [
        ("PREFIX", in_archive(abi::PREFIX)),
        ("EXECUTABLE", in_archive(&format!("{}/{}", abi::PREFIX, abi::EXECUTABLE))),
        ("ZONES", in_archive(&format!("{}/{}/", abi::PREFIX, abi::ZONES))),
        ("HOME", abi::HOME.to_string()),
        ("ENTRY_VARIABLE", abi::ENTRY_VARIABLE.to_string()),
        ("OPTIMIZE_VARIABLE", abi::OPTIMIZE_VARIABLE.to_string()),
        ("EXPORT_INIT", abi::INIT.to_string()),
        ("EXPORT_RESUME", abi::RESUME.to_string()),
        ("EXPORT_RUN", abi::RUN.to_string()),
        ("EXPORT_EXIT", abi::EXIT.to_string()),
        ("EXPORT_THREAD", abi::THREAD.to_string()),
        ("DEVICE", format!("/{}", abi::DEVICE)),
        ("REQUEST_DUP", request::DUP.to_string()),
        ("REQUEST_PIPE", request::PIPE.to_string()),
        ("REQUEST_SOCKETPAIR", request::SOCKETPAIR.to_string()),
        ("REQUEST_PEER", request::PEER.to_string()),
        ("REQUEST_CWD", request::CWD.to_string()),
        ("REQUEST_CHMOD", request::CHMOD.to_string()),
        ("REQUEST_MODE", request::MODE.to_string()),
        ("REQUEST_ACCESS", request::ACCESS.to_string()),
        ("REQUEST_PATH", request::PATH.to_string()),
        ("REQUEST_TERMINAL", request::TERMINAL.to_string()),
        ("REQUEST_OWNER", request::OWNER.to_string()),
        ("REQUEST_LOCK", request::LOCK.to_string()),
        ("REQUEST_FLOCK", request::FLOCK.to_string()),
        ("REQUEST_UNCAUGHT", request::UNCAUGHT.to_string()),
        ("REQUEST_STATVFS", request::STATVFS.to_string()),
        ("REQUEST_ZONE", request::ZONE.to_string()),
        ("REQUEST_SOCKET", request::SOCKET.to_string()),
        ("REQUEST_CONNECT", request::CONNECT.to_string()),
        ("REQUEST_BIND", request::BIND.to_string()),
        ("REQUEST_LISTEN", request::LISTEN.to_string()),
        ("REQUEST_NAME", request::NAME.to_string()),
        ("REQUEST_PEERNAME", request::PEERNAME.to_string()),
        ("REQUEST_ACCEPTED", request::ACCEPTED.to_string()),
        ("REQUEST_OPTION", request::OPTION.to_string()),
        ("REQUEST_RECEIVE", request::RECEIVE.to_string()),
        ("REQUEST_SEND", request::SEND.to_string()),
        ("REQUEST_LOOKUP", request::LOOKUP.to_string()),
        ("REQUEST_REVERSE", request::REVERSE.to_string()),
    ];
    let numbers = [
        ("CANNOT_START", abi::CANNOT_START.to_string()),
        ("ENDED_BY_SIGNAL", abi::ENDED_BY_SIGNAL.to_string()),
        ("CALLS", format!("{:#x}u", abi::CALLS)),
        ("CALL_ATTACH", call::ATTACH.to_string()),
        ("CALL_WAIT", call::WAIT.to_string()),
        ("CALL_WAKE", call::WAKE.to_string()),
        ("CALL_YIELD", call::YIELD.to_string()),
        ("CALL_SPAWN", call::SPAWN.to_string()),
        ("CALL_EXIT", call::EXIT.to_string()),
        ("CALL_FENCE", call::FENCE.to_string()),
        ("CALL_SIGNAL", call::SIGNAL.to_string()),
        ("CALL_IGNORED", call::IGNORED.to_string()),
        ("CALL_INTERRUPT", call::INTERRUPT.to_string()),
        ("CALL_STOP", call::STOP.to_string()),
        ("CALL_SET_TIMER", call::SET_TIMER.to_string()),
        ("CALL_GET_TIMER", call::GET_TIMER.to_string()),
        ("CALL_UNCAUGHT", call::UNCAUGHT.to_string()),
        ("CALL_FIND", call::FIND.to_string()),
        ("CALL_LOAD", call::LOAD.to_string()),
        ("CALL_LOOK_UP", call::LOOK_UP.to_string()),
        ("CALL_OWN", call::OWN.to_string()),
        ("CALL_ENDS", call::ENDS.to_string()),
        ("FIRST_EXTENSION", format!("{:#x}u", abi::FIRST_EXTENSION)),
        ("OTHER_KIND", kind::OTHER.to_string()),
        ("GIVES", kind::GIVES.to_string()),
        ("SIGNAL_DEFAULT", signal::DEFAULT.to_string()),
        ("SIGNAL_IGNORE", signal::IGNORE.to_string()),
        ("SIGNAL_TELL", signal::TELL.to_string()),
        ("TIME_LIMIT", format!("{:#x}ull", abi::TIME_LIMIT)),
        ("CPU_LIMIT", format!("{:#x}ull", abi::CPU_LIMIT)),
        ("ATTENTION_BIT", format!("{:#x}u", abi::ATTENTION_BIT)),
        ("GUARD", format!("{}u", abi::GUARD)),
        ("MAX_DESCRIPTORS", abi::MAX_DESCRIPTORS.to_string()),
        ("PIPE_CAPACITY", abi::PIPE_CAPACITY.to_string()),
        ("TERMINAL_CODES", abi::TERMINAL_CODES.to_string()),
        ("ZONE_SIZE", abi::ZONE_SIZE.to_string()),
        ("USER", abi::USER.to_string()),
        ("DEVICE_MARK", format!("{:#x}u", abi::DEVICE_MARK)),
        ("READ_ONLY_DEVICE", abi::READ_ONLY_DEVICE.to_string()),
        ("FIRST_HOST_DEVICE", abi::FIRST_HOST_DEVICE.to_string()),
        ("FILE_MODE", format!("0{:o}", abi::FILE_MODE)),
        ("DIRECTORY_MODE", format!("0{:o}", abi::DIRECTORY_MODE)),
    ];
    let mut header = String::from(
        "/* What the host and the guest agree on. Generated from crates/host/src/abi.rs. */\n\
         #ifndef PYAPP_ABI_H\n#define PYAPP_ABI_H\n\n",
    );
    for (name, text) in texts {
        header += &format!("#define PYAPP_{name} \"{text}\"\n");
    }
    for (name, number) in numbers {
        header += &format!("#define PYAPP_{name} {number}\n");
    }
    header + "\n#endif\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    fn defined() -> BTreeSet<String> {
        let names: Vec<String> = text().lines().filter_map(|line| name_of(line.strip_prefix("#define ")?)).collect();
        let set: BTreeSet<String> = names.iter().filter(|name| *name != "PYAPP_ABI_H").cloned().collect();
        assert_eq!(set.len() + 1, names.len(), "each once");
        set
    }

    fn name_of(text: &str) -> Option<String> {
        text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next().map(str::to_string)
    }

    /// The names with this prefix and in capitals that the C of the recipe uses, but for guards of headers.
    fn used() -> BTreeSet<String> {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wasm/src");
        let files = [source.clone(), source.join("posix")].map(|folder| fs::read_dir(folder).expect("listed"));
        let files = files.into_iter().flatten().map(|entry| entry.expect("listed").path());
        let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "c" || extension == "h"));
        let text: String = files.map(|path| fs::read_to_string(path).expect("read")).collect();
        let uses = text.match_indices("PYAPP_").filter_map(|(at, _)| name_of(&text[at..]));
        // In a comment of pyapp.c the variable stands as a user would set it. A header knows itself by a name that ends so.
        uses.filter(|name| {
            name != abi::ENTRY_VARIABLE && !name.ends_with("_H") && name.chars().all(|c| !c.is_ascii_lowercase())
        })
        .collect()
    }

    #[test]
    fn constants_become_macros() {
        let header = text();
        for line in [
            "#define PYAPP_PREFIX \"/vfs/usr/local\"",
            "#define PYAPP_EXECUTABLE \"/vfs/usr/local/bin/python3.13\"",
            "#define PYAPP_DEVICE \"/dev/pyapp/\"",
            "#define PYAPP_DEVICE_MARK 0x70796170u",
            "#define PYAPP_FILE_MODE 0644",
            "#define PYAPP_MAX_DESCRIPTORS 8192",
        ] {
            assert!(header.lines().any(|found| found == line), "{line} in\n{header}");
        }
    }

    #[test]
    fn the_header_has_what_the_c_sources_use_and_nothing_else() {
        assert_eq!(defined(), used());
    }

    /// Python gets no header.
    #[test]
    fn the_check_of_the_entry_looks_where_the_libraries_are() {
        let line = format!("\nSITE_PACKAGES = \"/{}/{}\"\n", abi::MOUNT, host::layout::SITE_PACKAGES);
        assert!(include_str!("../output/check_entry.py").contains(&line), "{line}");
    }
}
