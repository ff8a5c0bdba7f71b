//! Results as text.

use super::driver::SCRIPT;
use super::script::Step;
use super::words::{FDFLAGS, KINDS, RIGHTS, Show, names};

/// Times from here on are those of the run, not of the rule: a few days of 1970.
const NOW: u64 = 1_000_000_000_000_000;

/// What a call has given. `memory` is what the driver has written.
pub fn show(how: Show, step: &Step, memory: &[u8]) -> String {
    let bytes = |at: u32, len: u32| &memory[(at - SCRIPT) as usize..][..len as usize];
    let u32_at = |at: u32| u32::from_le_bytes(bytes(at, 4).try_into().expect("4 bytes"));
    let u64_at = |at: u32| u64::from_le_bytes(bytes(at, 8).try_into().expect("8 bytes"));
    let quoted = |bytes: &[u8]| format!("{:?}", String::from_utf8_lossy(bytes));
    let out = step.outs.first().copied().unwrap_or_default();
    match how {
        Show::Done => "ok".to_string(),
        Show::Number => u64_at(out).cast_signed().to_string(),
        Show::Written => u32_at(out).to_string(),
        Show::Read => {
            let all: Vec<u8> = step.buffers.iter().flat_map(|(at, len)| bytes(*at, *len).to_vec()).collect();
            quoted(&all[..(u32_at(out) as usize).min(all.len())])
        }
        Show::Text => quoted(bytes(step.buffers[0].0, u32_at(out).min(step.buffers[0].1))),
        Show::Buffer => quoted(bytes(step.buffers[0].0, step.buffers[0].1)),
        Show::File => {
            let kind = kind(bytes(out + 16, 1)[0]);
            let (links, size) = (u64_at(out + 24), u64_at(out + 32));
            let times = [("accessed", u64_at(out + 40)), ("modified", u64_at(out + 48))];
            let times = times.map(|(name, time)| if time < NOW { format!(", {name} {time}") } else { String::new() });
            // What folders have depends on the file system.
            match kind {
                "folder" => format!("folder{}", times.concat()),
                kind => format!("{kind} of {size}, {links} links{}", times.concat()),
            }
        }
        Show::Status => {
            let flags = u16::from_le_bytes(bytes(out + 2, 2).try_into().expect("2 bytes"));
            let (base, inheriting) = (names(u64_at(out + 8), &RIGHTS), names(u64_at(out + 16), &RIGHTS));
            format!("{}, {}, {base} / {inheriting}", kind(bytes(out, 1)[0]), names(flags.into(), &FDFLAGS))
        }
        Show::Preopen => format!("name of {}", u32_at(out + 4)),
        Show::Entries => {
            let (at, len) = step.buffers[0];
            let used = u32_at(out);
            let mut names = Vec::new();
            let mut rest = bytes(at, used.min(len));
            while let Some((head, behind)) = rest.split_at_checked(24) {
                let len = u32::from_le_bytes(head[16..20].try_into().expect("4 bytes"));
                let Some((name, behind)) = behind.split_at_checked(len as usize) else { break };
                names.push(format!("{} {}", String::from_utf8_lossy(name), kind(head[20])));
                rest = behind;
            }
            names.sort();
            names.push(if used == len { "no more room".to_string() } else { "the end".to_string() });
            names.join(", ")
        }
        Show::Names => {
            let text = String::from_utf8_lossy(bytes(out, u32_at(step.outs[1]))).into_owned();
            let mut names: Vec<&str> = text.lines().collect();
            names.sort_unstable();
            names.join(" ")
        }
        Show::Counts => {
            let counts = bytes(out, u32_at(step.outs[1])).iter().map(u8::to_string);
            counts.collect::<Vec<_>>().join(" ")
        }
    }
}

fn kind(number: u8) -> &'static str {
    KINDS.get(usize::from(number)).copied().unwrap_or("nothing known")
}
