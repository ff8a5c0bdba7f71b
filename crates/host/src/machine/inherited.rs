//! Descriptors that were open when the process began: whoever started it has left them open for it.

use rustix::io::{Errno, FdFlags, Result, fcntl_getfd, fcntl_setfd};
use rustix::net::sockopt::socket_type;
use std::os::fd::{BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::sync::{Mutex, PoisonError};

/// The standard streams have the numbers below, and owners.
const FIRST: RawFd = 3;

/// Held by whoever takes one, so that nobody else takes the same.
static TAKING: Mutex<()> = Mutex::new(());

/// Takes over the socket with this number: it is closed with what is given. The system does not pass it on to other programs from then
/// on.
///
/// # Errors
/// EBADF: there is none that was open when the process began, or it was taken. ENOTSOCK: it is something else.
pub(crate) fn take(number: u32) -> Result<OwnedFd> {
    let number = RawFd::try_from(number).ok().filter(|number| *number >= FIRST).ok_or(Errno::BADF)?;
    let _taking = TAKING.lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: the number is not -1. Until it is known to be inherited it is only used to ask the system for what it has under it, which
    // changes nothing, whoever may own that; under one that is not open it has nothing (EBADF).
    let found = unsafe { BorrowedFd::borrow_raw(number) };
    let flags = fcntl_getfd(found)?;
    // What is opened here is closed when another program takes the place of this one. What is not so has come from such a change.
    if flags.contains(FdFlags::CLOEXEC) {
        return Err(Errno::BADF);
    }
    socket_type(found)?;
    fcntl_setfd(found, flags | FdFlags::CLOEXEC)?;
    // SAFETY: nobody in this process owns the number. The standard library and rustix open everything with CLOEXEC, as `network` does with
    // its sockets, and this one was without; so it was open when the process began, and from then on had an owner only if it was given one
    // here. That happens once: whoever comes later, behind the lock, finds the flag set. Tests try to take a socket of this process, and to
    // take one twice; one of the executable is told of a number that was not open when it began (crates/bundled/tests/inherited.rs).
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}

/// Leaves something as it is in a process that was started with it: open, without an owner, and passed on.
#[cfg(test)]
pub(crate) fn left(file: impl Into<OwnedFd>) -> u32 {
    use std::os::fd::IntoRawFd;

    let file = file.into();
    fcntl_setfd(&file, FdFlags::empty()).expect("changed");
    file.into_raw_fd().cast_unsigned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, UdpSocket};
    use std::os::fd::{AsFd, AsRawFd};

    #[test]
    fn a_socket_is_taken_once() {
        let socket = TcpListener::bind("127.0.0.1:0").expect("bound");
        let address = socket.local_addr().expect("an address");
        let number = left(socket);
        let taken = take(number).expect("taken");
        assert_eq!(taken.as_raw_fd().cast_unsigned(), number);
        assert_eq!(fcntl_getfd(&taken), Ok(FdFlags::CLOEXEC));
        assert_eq!(take(number).expect_err("taken already"), Errno::BADF);
        let taken = TcpListener::from(taken);
        assert_eq!(taken.local_addr().expect("an address"), address);
        drop(taken);
        // Nobody else holds it open.
        assert!(std::net::TcpStream::connect(address).is_err());
    }

    #[test]
    fn what_this_process_has_opened_is_not_taken() {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("bound");
        let (reader, _writer) = std::io::pipe().expect("a pipe");
        for own in [socket.as_fd(), reader.as_fd()] {
            assert_eq!(take(own.as_raw_fd().cast_unsigned()).expect_err("owned"), Errno::BADF);
        }
        socket.local_addr().expect("still open");
    }

    #[test]
    fn what_is_no_socket_or_no_number_of_one_is_not_taken() {
        let (reader, _writer) = std::io::pipe().expect("a pipe");
        let number = left(reader);
        assert_eq!(take(number).expect_err("a pipe"), Errno::NOTSOCK);
        for number in [0, 1, 2, 1 << 20, u32::MAX] {
            assert_eq!(take(number).expect_err("none"), Errno::BADF, "{number}");
        }
    }
}
