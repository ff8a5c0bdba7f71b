//! The bytes of a writable file: pages that exist only where something was written.
//!
//! A hole costs nothing, so a file may be extended far beyond what the scratch may hold, as on a disk. Bytes behind
//! a page's own end read as zeros; a small file therefore takes little more than its own length.

use std::collections::BTreeMap;

const PAGE: u64 = 64 * 1024;
/// What a page costs the host beside its bytes: its place in the map, and the allocator's own.
const PAGE_OVERHEAD: u64 = 128;

/// Largest size of a file, bytes: what a signed 64-bit offset can name.
pub(crate) const MAX_SIZE: u64 = i64::MAX as u64;

/// A sparse run of bytes.
#[derive(Debug, Default)]
pub(crate) struct Content {
    size: u64,
    /// Page number to the page's bytes, at most [`PAGE`] of them, never empty.
    pages: BTreeMap<u64, Vec<u8>>,
}

impl Content {
    /// Length, bytes, holes included.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Bytes of memory that the pages take.
    pub fn allocated(&self) -> u64 {
        self.pages.values().map(|page| page.len() as u64 + PAGE_OVERHEAD).sum()
    }

    /// Fills `buffer` from `offset` on; returns how many bytes there were.
    pub fn read(&self, offset: u64, buffer: &mut [u8]) -> usize {
        let there = self.size.saturating_sub(offset).min(buffer.len() as u64) as usize;
        let mut done = 0;
        while done < there {
            let (number, start) = locate(offset + done as u64);
            let end = (start + there - done).min(PAGE as usize);
            let target = &mut buffer[done..done + end - start];
            let page = self.pages.get(&number).map_or(&[][..], Vec::as_slice);
            let held = page.get(start..end.min(page.len())).unwrap_or_default();
            target[..held.len()].copy_from_slice(held);
            target[held.len()..].fill(0);
            done += end - start;
        }
        there
    }

    /// How many more bytes of memory a write would take.
    pub fn cost(&self, offset: u64, len: u64) -> u64 {
        let mut cost = 0;
        let mut at = offset;
        while at < offset + len {
            let (number, start) = locate(at);
            let end = (start as u64 + (offset + len - at)).min(PAGE);
            cost += match self.pages.get(&number) {
                Some(page) => end.saturating_sub(page.len() as u64),
                None => end + PAGE_OVERHEAD,
            };
            at += end - start as u64;
        }
        cost
    }

    /// Writes `data` at `offset`, extending the file; the caller has checked that the end is within [`MAX_SIZE`].
    pub fn write(&mut self, offset: u64, data: &[u8]) {
        let mut done = 0;
        while done < data.len() {
            let (number, start) = locate(offset + done as u64);
            let end = (start + data.len() - done).min(PAGE as usize);
            let page = self.pages.entry(number).or_default();
            grow(page, end);
            page[start..end].copy_from_slice(&data[done..done + end - start]);
            done += end - start;
        }
        if !data.is_empty() {
            self.size = self.size.max(offset + data.len() as u64);
        }
    }

    /// Makes pages for `len` bytes at `offset`, which read as before.
    pub fn reserve(&mut self, offset: u64, len: u64) {
        let mut at = offset;
        while at < offset + len {
            let (number, start) = locate(at);
            let end = (start as u64 + (offset + len - at)).min(PAGE);
            let page = self.pages.entry(number).or_default();
            grow(page, end as usize);
            at += end - start as u64;
        }
    }

    /// Cuts or extends (with a hole) to `size`.
    pub fn set_size(&mut self, size: u64) {
        if size < self.size {
            let (number, start) = locate(size);
            self.pages.split_off(&(number + 1));
            if let Some(page) = self.pages.get_mut(&number) {
                page.truncate(start);
                page.shrink_to_fit();
            }
            if start == 0 {
                self.pages.remove(&number);
            }
        }
        self.size = size;
    }
}

/// Makes a page at least `len` bytes long. Its memory grows by halves, not doubles: what it takes stays near what it is
/// charged for.
fn grow(page: &mut Vec<u8>, len: usize) {
    if page.len() < len {
        if page.capacity() < len {
            let ahead = (len + len / 2).min(PAGE as usize);
            page.reserve_exact(ahead - page.len());
        }
        page.resize(len, 0);
    }
}

/// Page number and offset in the page.
fn locate(offset: u64) -> (u64, usize) {
    (offset / PAGE, (offset % PAGE) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(content: &Content) -> Vec<u8> {
        let mut buffer = vec![0xaa; content.size() as usize + 10];
        let n = content.read(0, &mut buffer);
        buffer.truncate(n);
        buffer
    }

    #[test]
    fn a_write_behind_the_end_leaves_a_hole_of_zeros() {
        let mut content = Content::default();
        content.write(PAGE * 3 + 5, b"x");
        assert_eq!(content.size(), PAGE * 3 + 6);
        assert_eq!(content.allocated(), 6 + PAGE_OVERHEAD);
        let all = bytes(&content);
        assert!(all[..all.len() - 1].iter().all(|byte| *byte == 0));
        assert_eq!(all.last(), Some(&b'x'));
    }

    #[test]
    fn what_a_truncation_cut_off_does_not_come_back() {
        let mut content = Content::default();
        content.write(0, &vec![7; PAGE as usize + 100]);
        content.set_size(10);
        content.set_size(PAGE * 2);
        let all = bytes(&content);
        assert_eq!(&all[..10], &[7; 10]);
        assert!(all[10..].iter().all(|byte| *byte == 0));
        assert_eq!(content.allocated(), 10 + PAGE_OVERHEAD);
    }

    #[test]
    fn cost_is_what_a_write_then_allocates() {
        let mut content = Content::default();
        for (offset, len) in [(0, 10), (5, 10), (PAGE - 3, 7), (PAGE * 9, 1), (100, PAGE as usize as u64 * 2)] {
            let before = content.allocated();
            let cost = content.cost(offset, len);
            content.write(offset, &vec![1; len as usize]);
            assert_eq!(content.allocated() - before, cost, "at {offset}, {len} bytes");
        }
    }
}
