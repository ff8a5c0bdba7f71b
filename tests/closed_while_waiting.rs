//! Descriptors that one thread closes while another waits on them, as programs see it: as natively, the one that waits goes on with
//! what it has waited on, and gets nothing of what the number has come to lead to.

mod common;

use common::{dedent, prints};

/// What a program prints that starts a thread in `call`, and once that waits goes on with the rest.
fn prints_beside(made: &str, call: &str, rest: &str) -> String {
    let code = dedent(
        r#"
        import os, socket, threading, time
        MADE
        told = []
        def wait():
            try: told.append(CALL)
            except OSError as error: told.append(type(error).__name__)
        thread = threading.Thread(target=wait, daemon=True)
        thread.start()
        time.sleep(0.2)
        REST
        thread.join(10)
        print(told)
        "#,
    );
    prints(&code.replace("MADE", made).replace("CALL", call).replace("REST", rest))
}

#[test]
fn who_reads_finds_the_end_of_a_socket_that_is_shut_down_and_closed() {
    let rest = "here.shutdown(socket.SHUT_RDWR); here.close()";
    assert_eq!(prints_beside("here, there = socket.socketpair()", "here.recv(9)", rest), "[b'']\n");
}

#[test]
fn who_reads_gets_nothing_of_what_has_the_number_of_its_descriptor_now() {
    let made = "here, there = socket.socketpair(); number = here.fileno()";
    let rest = "\
here.close()
reader, writer = socket.socketpair()
assert reader.fileno() == number, (reader, number)
writer.send(b'other')
time.sleep(0.2)
there.send(b'own')
thread.join(10)
print(reader.recv(9))";
    assert_eq!(prints_beside(made, "here.recv(9)", rest), "b'other'\n[b'own']\n");
    let made = "reader, writer = os.pipe()";
    let rest = "\
os.close(reader)
other, beyond = os.pipe()
assert other == reader, (other, reader)
os.write(beyond, b'other')
time.sleep(0.2)
os.write(writer, b'own')
thread.join(10)
print(os.read(other, 9))";
    assert_eq!(prints_beside(made, "os.read(reader, 9)", rest), "b'other'\n[b'own']\n");
}

#[test]
fn who_writes_goes_on_with_what_it_has_begun_to_write_to() {
    let made = "reader, writer = os.pipe(); size = 300_000";
    let rest = "\
os.close(writer)
other, beyond = os.pipe()
got = 0
while got < size: got += len(os.read(reader, size))
thread.join(10)
print(got, os.read(reader, 9))";
    // The end comes when the write is over: nothing else holds the pipe open.
    assert_eq!(prints_beside(made, "os.write(writer, bytes(size))", rest), "300000 b''\n[300000]\n");
}
