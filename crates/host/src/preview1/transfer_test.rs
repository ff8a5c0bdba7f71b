//! A list of buffers that the call itself changes.

use crate::ContextBuilder;
use crate::files::OpenFlags;
use crate::load;
use crate::preview1::types::Fdflags;
use vfs::{Limits, OpenOptions, RootKind, Vfs};
use wiggle::{GuestMemory, GuestPtr};

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

#[test]
fn a_buffer_over_the_list_makes_the_call_read_no_more_than_the_list_said() {
    let mut vfs = Vfs::new(Limits::default());
    let root = vfs.add_root(RootKind::Confined).expect("a root");
    // What comes to lie where the second buffer is told: an address, and a length that is larger.
    load::write_file(&mut vfs, root, "lies", &[words(&[64, 100]), vec![b'x'; 200]].concat()).expect("written");
    let mut guest = ContextBuilder::new(vfs).preopen(root, "/").build().expect("a guest");
    let options = OpenOptions { read: true, ..OpenOptions::default() };
    let ino = guest.vfs.open(root, "lies", options).expect("opened");
    let fd =
        guest.open_inode(ino, OpenFlags { options, flags: Fdflags::empty(), reads_files: true }).expect("a number");
    // Two buffers: eight bytes that are the second of the list, and four elsewhere.
    let mut bytes = [words(&[8, 8, 32, 4]), vec![0; 240]].concat();
    let mut memory = GuestMemory::Unshared(&mut bytes);
    let iovs = GuestPtr::new((0, 2));
    let read = guest.read(&mut memory, fd, iovs, None, |file, vfs, buffer| file.read(vfs, buffer)).expect("read");
    assert_eq!(read, 12);
    assert_eq!((&bytes[64..68], &bytes[68..]), (&b"xxxx"[..], &[0; 188][..]));
}
