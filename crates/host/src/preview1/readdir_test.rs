//! `fd_readdir` with every buffer size and cookie, as a C library uses it: in the VFS and in a folder of the host.

use crate::namespace::Node;
use crate::{Context, ContextBuilder};
use vfs::{Limits, OpenOptions, RootKind, Vfs};
use wiggle::{GuestMemory, GuestPtr};

const HEAD: usize = 24;

/// Names of several lengths; one is not ASCII.
fn names() -> Vec<String> {
    let mut names: Vec<String> = (1..30).map(|len| "n".repeat(len)).collect();
    names.push("имя-файла".to_string());
    names
}

/// The descriptor of the preopen.
const ROOT: u32 = 3;

fn guest() -> Context {
    let mut vfs = Vfs::new(Limits::default());
    let root = vfs.add_root(RootKind::Confined).expect("a root");
    for name in names() {
        let options = OpenOptions { create: true, ..OpenOptions::default() };
        let ino = vfs.open(root, &name, options).expect("made");
        vfs.close(ino);
    }
    ContextBuilder::new(vfs).preopen(root, "/").build().expect("a guest")
}

fn guest_of_host_folder() -> (Context, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    for name in names() {
        std::fs::write(folder.path().join(name), "").expect("written");
    }
    let builder = ContextBuilder::new(Vfs::new(Limits::default()));
    let path = folder.path().to_str().expect("UTF-8");
    // Listed through a descriptor of its own, as a C library does.
    (builder.preopen_host(path, "/").build().expect("a guest"), folder)
}

/// One call; what it wrote.
fn call(guest: &Context, len: usize, cookie: u64) -> Vec<u8> {
    let mut bytes = vec![0xee; len];
    let used = {
        let mut memory = GuestMemory::Unshared(&mut bytes);
        guest.list(&mut memory, ROOT.into(), GuestPtr::new(0), len as u32, cookie).expect("listed")
    };
    assert!(bytes[used as usize..].iter().all(|byte| *byte == 0xee), "nothing is written behind what it tells");
    bytes.truncate(used as usize);
    bytes
}

/// The entries that a buffer holds whole: name, inode, cookie.
fn entries(mut bytes: &[u8]) -> Vec<(String, u64, u64)> {
    let number = |bytes: &[u8]| u64::from_le_bytes(bytes[..8].try_into().expect("eight bytes"));
    let mut all = Vec::new();
    while bytes.len() >= HEAD {
        let len = u32::from_le_bytes(bytes[16..20].try_into().expect("four bytes")) as usize;
        let Some(name) = bytes.get(HEAD..HEAD + len) else { break };
        let name = String::from_utf8(name.to_vec()).expect("UTF-8");
        all.push((name, number(&bytes[8..]), number(bytes)));
        bytes = &bytes[HEAD + len..];
    }
    all
}

fn expected() -> Vec<String> {
    [".".to_string(), "..".to_string()].into_iter().chain(names()).collect()
}

fn expect_all_once(guest: &Context) {
    let sorted = |mut names: Vec<String>| {
        names.sort();
        names
    };
    // The smallest that holds the longest entry, up to more than all.
    for len in HEAD + 29..HEAD * 40 + 700 {
        let (mut listed, mut cookie) = (Vec::new(), 0);
        loop {
            let bytes = call(guest, len, cookie);
            let found = entries(&bytes);
            cookie = found.last().map_or(cookie, |(_, _, cookie)| *cookie);
            listed.extend(found.into_iter().map(|(name, ino, _)| {
                assert_ne!(ino, 0);
                name
            }));
            // A buffer that is not full says that this was all.
            if bytes.len() < len {
                break;
            }
        }
        assert_eq!(sorted(listed), sorted(expected()), "buffer of {len}");
    }
}

fn expect_filled(guest: &Context) {
    let whole = call(guest, 1 << 16, 0);
    for len in 0..whole.len() {
        assert_eq!(call(guest, len, 0), whole[..len], "buffer of {len}");
    }
}

fn expect_to_go_on(guest: &Context) {
    let all = entries(&call(guest, 1 << 16, 0));
    for (position, (_, _, cookie)) in all.iter().enumerate() {
        assert_eq!(entries(&call(guest, 1 << 16, *cookie)), all[position + 1..]);
    }
}

#[test]
fn every_buffer_size_lists_all_once() {
    expect_all_once(&guest());
    let (guest, _folder) = guest_of_host_folder();
    expect_all_once(&guest);
}

#[test]
fn a_buffer_is_filled_to_its_last_byte() {
    expect_filled(&guest());
    let (guest, _folder) = guest_of_host_folder();
    expect_filled(&guest);
}

#[test]
fn every_cookie_goes_on_behind_its_entry() {
    let guest = guest();
    expect_to_go_on(&guest);
    let last = entries(&call(&guest, 1 << 16, 0)).last().map_or(0, |(_, _, cookie)| *cookie);
    for beyond in [last + 1, u64::MAX] {
        assert_eq!(call(&guest, 1 << 16, beyond), b"");
    }
    let (guest, _folder) = guest_of_host_folder();
    expect_to_go_on(&guest);
}

#[test]
fn removing_while_listing_hides_nothing() {
    let mut guest = guest();
    let Ok(Node::Vfs(root)) = guest.table.get(ROOT.into()).and_then(|file| file.node()) else { panic!("a directory") };
    let (mut listed, mut cookie) = (Vec::new(), 0);
    loop {
        let found = entries(&call(&guest, 100, cookie));
        let Some((_, _, last)) = found.last() else { break };
        cookie = *last;
        for (name, _, _) in found {
            if name != "." && name != ".." {
                guest.vfs_mut().unlink(root, &name).expect("it was listed");
            }
            listed.push(name);
        }
    }
    assert_eq!(listed, expected());
    assert_eq!(entries(&call(&guest, 1 << 16, 0)).len(), 2, "only the dots are left");
}
