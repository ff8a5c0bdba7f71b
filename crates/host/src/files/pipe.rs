//! Pipes and pairs of sockets: bytes that go from one descriptor of a guest to another.
//!
//! Preview1 has no call that makes them; a guest asks for them as `preview1/requests.rs` says.

use super::channel::{ATOMIC, Channel, Common};
use super::{Attempt, Interest, OpenFile, Readiness, Wait, stat};
use crate::abi::{PIPE_CAPACITY as CAPACITY, PIPE_DEVICE};
use crate::wasi::Result;
use crate::wasi::types::{self, Errno, Fdflags, Rights};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use vfs::Vfs;

type Shared = Arc<Mutex<Channel>>;

/// One end of a pipe, or of a pair of sockets, which has a channel for each way.
pub(crate) struct End {
    receives: Option<Shared>,
    sends: Option<Shared>,
    is_socket: bool,
    /// Of which `Fdflags::NONBLOCK` counts.
    flags: Fdflags,
    number: u64,
    /// The other end, until the guest has asked for it.
    peer: Option<Box<End>>,
}

/// Makes the pipes of one guest.
#[derive(Default)]
pub(crate) struct Pipes {
    /// The last inode number that was given.
    number: u64,
    common: Arc<Common>,
}

impl Pipes {
    /// The end of a new pipe that reads; its peer writes.
    pub fn pipe(&mut self) -> End {
        let channel = self.channel();
        let number = self.next_number();
        let writer = End::new(None, Some(channel.clone()), false, number);
        End::new(Some(channel), None, false, number).with_peer(writer)
    }

    /// One socket of a new pair; its peer is the other.
    pub fn socket_pair(&mut self) -> End {
        let (there, back) = (self.channel(), self.channel());
        let number = self.next_number();
        let other = End::new(Some(there.clone()), Some(back.clone()), true, number + 1);
        End::new(Some(back), Some(there), true, number).with_peer(other)
    }

    /// Whether something has happened to one of them since this was last asked.
    pub fn take_changed(&self) -> bool {
        self.common.changed.load(Ordering::Relaxed) && self.common.changed.swap(false, Ordering::Relaxed)
    }

    fn channel(&self) -> Shared {
        Arc::new(Mutex::new(Channel::new(self.common.clone())))
    }

    /// The pipe's, or the first socket's, whose peer has the one behind it.
    fn next_number(&mut self) -> u64 {
        self.number += 2;
        self.number
    }
}

/// What can be done on an end at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct State {
    ready: bool,
    /// Bytes to read, or room to write.
    bytes: u64,
    /// The other end has gone.
    hung_up: bool,
}

impl State {
    fn only_hung_up(hung_up: bool) -> State {
        State { ready: hung_up, bytes: 0, hung_up }
    }
}

impl End {
    fn new(receives: Option<Shared>, sends: Option<Shared>, is_socket: bool, number: u64) -> End {
        End { receives, sends, is_socket, flags: Fdflags::empty(), number, peer: None }
    }

    fn with_peer(mut self, peer: End) -> End {
        self.peer = Some(Box::new(peer));
        self
    }

    /// What there is, at most as much as `buffer` holds; 0 at the end. With `peek` it stays there.
    fn receive(&self, buffer: &mut [u8], peek: bool) -> Result<Attempt> {
        let mut channel = lock(self.receives.as_ref().ok_or(Errno::Badf)?);
        if channel.bytes.is_empty() && !buffer.is_empty() {
            return if channel.writer_gone { Ok(Attempt::Done(0)) } else { self.would_wait() };
        }
        let read = channel.bytes.len().min(buffer.len());
        let (front, back) = channel.bytes.as_slices();
        let from_front = front.len().min(read);
        buffer[..from_front].copy_from_slice(&front[..from_front]);
        buffer[from_front..read].copy_from_slice(&back[..read - from_front]);
        if !peek {
            channel.note_change();
            channel.bytes.drain(..read);
            if channel.bytes.is_empty() {
                channel.empty();
            }
        }
        Ok(Attempt::Done(read))
    }

    /// Writes what there is room for.
    fn send(&self, data: &[u8]) -> Result<Attempt> {
        let mut channel = lock(self.sends.as_ref().ok_or(Errno::Badf)?);
        if data.is_empty() {
            return Ok(Attempt::Done(0));
        }
        if channel.reader_gone || channel.writer_gone {
            return Err(Errno::Pipe.into());
        }
        let room = CAPACITY - channel.bytes.len();
        let too_little = if data.len() <= ATOMIC { room < data.len() } else { room == 0 };
        if too_little {
            return self.would_wait();
        }
        let written = room.min(data.len());
        if !channel.make_room(written) {
            return Err(Errno::Nobufs.into());
        }
        channel.bytes.extend(&data[..written]);
        channel.note_change();
        Ok(Attempt::Done(written))
    }

    /// Whether reading would go on at once; the end counts. An end that only writes is watched for nobody reading any more.
    fn can_read(&self) -> State {
        match (&self.receives, &self.sends) {
            (Some(receives), sends) => {
                let (bytes, at_end) = {
                    let channel = lock(receives);
                    (channel.bytes.len() as u64, channel.writer_gone)
                };
                // A socket has hung up when it is over both ways.
                let hung_up = at_end && sends.as_ref().is_none_or(is_over);
                State { ready: at_end || bytes > 0, bytes, hung_up }
            }
            (None, Some(channel)) => State::only_hung_up(lock(channel).reader_gone),
            (None, None) => State::only_hung_up(true),
        }
    }

    /// Whether writing would go on at once; that nobody reads counts. An end that only reads never is.
    fn can_write(&self) -> State {
        let Some(channel) = &self.sends else { return State::only_hung_up(false) };
        let room = CAPACITY - lock(channel).bytes.len();
        let over = is_over(channel);
        let hung_up = over && self.receives.as_ref().is_none_or(|receives| lock(receives).writer_gone);
        State { ready: over || room >= ATOMIC, bytes: room as u64, hung_up }
    }

    fn would_wait(&self) -> Result<Attempt> {
        let nonblocking = self.flags.contains(Fdflags::NONBLOCK);
        if nonblocking { Err(Errno::Again.into()) } else { Ok(Attempt::WouldWait(Wait::Guest)) }
    }

    fn filetype(&self) -> types::Filetype {
        // Preview1 has no type for pipes.
        if self.is_socket { types::Filetype::SocketStream } else { types::Filetype::Unknown }
    }
}

impl OpenFile for End {
    fn identity(&self) -> String {
        format!("pipe {}, {:?}", self.number, self.flags)
    }

    fn status(&self) -> types::Fdstat {
        let mut rights = Rights::POLL_FD_READWRITE | Rights::FD_FILESTAT_GET | Rights::FD_FDSTAT_SET_FLAGS;
        if self.receives.is_some() {
            rights |= Rights::FD_READ;
        }
        if self.sends.is_some() {
            rights |= Rights::FD_WRITE;
        }
        types::Fdstat {
            fs_filetype: self.filetype(),
            fs_flags: self.flags,
            fs_rights_base: rights,
            fs_rights_inheriting: Rights::empty(),
        }
    }

    fn stat(&self, _: &Vfs) -> Result<types::Filestat> {
        let mode = if self.is_socket { stat::S_IFSOCK | 0o777 } else { stat::S_IFIFO | 0o600 };
        Ok(stat::without_file(PIPE_DEVICE, self.number, mode, self.filetype(), 0))
    }

    fn set_flags(&mut self, flags: Fdflags) -> Result<()> {
        self.flags = flags & Fdflags::NONBLOCK;
        Ok(())
    }

    fn read(&mut self, _: &mut Vfs, buffer: &mut [u8]) -> Result<Attempt> {
        self.receive(buffer, false)
    }

    fn write(&mut self, _: &mut Vfs, data: &[u8]) -> Result<Attempt> {
        self.send(data)
    }

    fn take_peer(&mut self) -> Result<Box<dyn OpenFile>> {
        self.peer.take().map(|peer| peer as Box<dyn OpenFile>).ok_or_else(|| Errno::Inval.into())
    }

    fn expect_socket(&self) -> Result<()> {
        if self.is_socket { Ok(()) } else { Err(Errno::Notsock.into()) }
    }

    fn peek(&mut self, buffer: &mut [u8]) -> Result<Attempt> {
        self.expect_socket()?;
        self.receive(buffer, true)
    }

    /// What has been sent can still be read.
    fn shut_down(&mut self, how: types::Sdflags) -> Result<()> {
        self.expect_socket()?;
        if how.contains(types::Sdflags::RD)
            && let Some(channel) = &self.receives
        {
            let mut channel = lock(channel);
            channel.reader_gone = true;
            channel.writer_gone = true;
            channel.note_change();
        }
        if how.contains(types::Sdflags::WR)
            && let Some(channel) = &self.sends
        {
            let mut channel = lock(channel);
            channel.writer_gone = true;
            channel.note_change();
        }
        Ok(())
    }

    fn readiness(&self, _: &Vfs, interest: Interest) -> Result<Readiness> {
        let state = if interest == Interest::Read { self.can_read() } else { self.can_write() };
        Ok(match state {
            State { ready: false, .. } => Readiness::Waiting(Wait::Guest),
            State { bytes, hung_up, .. } => Readiness::Ready { bytes, hung_up },
        })
    }
}

impl Drop for End {
    fn drop(&mut self) {
        if let Some(channel) = &self.receives {
            let mut channel = lock(channel);
            channel.reader_gone = true;
            channel.note_change();
        }
        if let Some(channel) = &self.sends {
            let mut channel = lock(channel);
            channel.writer_gone = true;
            channel.note_change();
        }
    }
}

/// Whether nothing can be sent any more.
fn is_over(channel: &Shared) -> bool {
    let channel = lock(channel);
    channel.reader_gone || channel.writer_gone
}

fn lock(channel: &Shared) -> MutexGuard<'_, Channel> {
    channel.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::super::channel::ALL_TOGETHER;
    use super::*;

    fn errno(result: Result<usize>) -> Errno {
        result.expect_err("refused").downcast().expect("an errno")
    }

    /// As a call does it in a guest of one thread, which nobody would wake.
    fn done(attempt: Result<Attempt>) -> Result<usize> {
        match attempt? {
            Attempt::Done(bytes) => Ok(bytes),
            Attempt::WouldWait(_) => Err(Errno::Deadlk.into()),
        }
    }

    impl End {
        fn read(&self, buffer: &mut [u8], peek: bool) -> Result<usize> {
            done(self.receive(buffer, peek))
        }

        fn write(&self, data: &[u8]) -> Result<usize> {
            done(self.send(data))
        }

        fn peer(&mut self) -> Result<End> {
            self.peer.take().map(|peer| *peer).ok_or_else(|| Errno::Inval.into())
        }
    }

    #[test]
    fn what_is_written_is_read_in_order_and_then_the_end() {
        let mut reader = Pipes::default().pipe();
        let writer = reader.peer().expect("the first time");
        assert!(reader.take_peer().is_err(), "there is one peer");
        assert_eq!(writer.write(b"abc").expect("room"), 3);
        assert_eq!(writer.write(b"de").expect("room"), 2);
        let mut buffer = [0; 4];
        assert_eq!((reader.read(&mut buffer, true).expect("bytes"), &buffer), (4, b"abcd"));
        assert_eq!((reader.read(&mut buffer, false).expect("bytes"), &buffer), (4, b"abcd"));
        assert_eq!(reader.read(&mut buffer, false).expect("bytes"), 1);
        assert_eq!(errno(reader.read(&mut buffer, false)), Errno::Deadlk);
        drop(writer);
        assert_eq!(reader.read(&mut buffer, false).expect("the end"), 0);
    }

    #[test]
    fn a_full_pipe_takes_no_more_and_never_a_part_of_little() {
        let mut reader = Pipes::default().pipe();
        let mut writer = reader.peer().expect("the first time");
        assert_eq!(writer.write(&vec![1; CAPACITY + 1]).expect("room"), CAPACITY);
        assert!(!writer.can_write().ready);
        assert!(!writer.can_read().ready && !reader.can_write().ready);
        writer.flags = Fdflags::NONBLOCK;
        assert_eq!(errno(writer.write(b"x")), Errno::Again);
        let mut one = [0; 1];
        assert_eq!(reader.read(&mut one, false).expect("bytes"), 1);
        assert_eq!(errno(writer.write(b"xy")), Errno::Again);
        assert_eq!(writer.write(b"x").expect("room"), 1);
        drop(reader);
        assert_eq!(errno(writer.write(b"x")), Errno::Pipe);
        assert!(writer.can_read().hung_up);
    }

    #[test]
    fn sockets_go_both_ways_and_are_shut_down_one_way() {
        let mut one = Pipes::default().socket_pair();
        let other = one.peer().expect("the first time");
        one.write(b"there").expect("room");
        other.write(b"back").expect("room");
        let mut buffer = [0; 8];
        assert_eq!((other.read(&mut buffer, false).expect("bytes"), &buffer[..5]), (5, &b"there"[..]));
        one.shut_down(types::Sdflags::WR).expect("a socket");
        assert_eq!(errno(one.write(b"x")), Errno::Pipe);
        assert_eq!(other.read(&mut buffer, false).expect("the end"), 0);
        assert_eq!(other.can_read(), State { ready: true, bytes: 0, hung_up: false });
        // The other way stays open until the end that reads is shut down, too; what was sent before can still be read.
        other.write(b"more").expect("room");
        one.shut_down(types::Sdflags::RD).expect("a socket");
        assert_eq!(errno(other.write(b"x")), Errno::Pipe);
        assert_eq!((one.read(&mut buffer, false).expect("bytes"), &buffer), (8, b"backmore"));
        assert_eq!(one.read(&mut buffer, false).expect("the end"), 0);
        assert!(other.can_read().hung_up && one.can_read().hung_up && one.can_write().hung_up);
    }

    #[test]
    fn all_together_take_only_so_much_memory() {
        let mut pipes = Pipes::default();
        let full = || {
            let mut reader = pipes.pipe();
            let writer = reader.peer().expect("the first time");
            writer.write(&[1; CAPACITY]).map(|_| (reader, writer))
        };
        let mut ends: Vec<(End, End)> = std::iter::repeat_with(full).map_while(Result::ok).collect();
        assert_eq!(ends.len(), ALL_TOGETHER / CAPACITY);
        let mut reader = pipes.pipe();
        let writer = reader.peer().expect("the first time");
        assert_eq!(errno(writer.write(b"x")), Errno::Nobufs);
        // One byte left of what was much still takes as much; none does not, nor does a pipe that is gone.
        let mut buffer = [0; CAPACITY];
        assert_eq!(ends[0].0.read(&mut buffer[1..], false).expect("bytes"), CAPACITY - 1);
        assert_eq!(errno(writer.write(b"x")), Errno::Nobufs);
        assert_eq!(ends[0].0.read(&mut buffer, false).expect("bytes"), 1);
        assert_eq!(writer.write(&[1; CAPACITY]).expect("room"), CAPACITY);
        ends.pop();
        assert_eq!(ends[0].1.write(&[1; CAPACITY]).expect("room"), CAPACITY);
    }
}
