"""Two ends of TLS that talk through memory."""
import os
import ssl

CERTIFICATE = os.path.join(os.path.dirname(__file__), "localhost.pem")


def contexts(version):
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(CERTIFICATE)
    client = ssl.create_default_context(cafile=CERTIFICATE)
    client.maximum_version = version
    return server, client


def talk(server, client, session=None):
    """What the server has sent in a handshake, and the client's end."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    end = client.wrap_bio(to_client, to_server, server_hostname="localhost", session=session)
    other_end = server.wrap_bio(to_server, to_client, server_side=True)
    sent, due = b"", [end, other_end]
    while due:
        one = due.pop(0)
        try:
            one.do_handshake()
        except ssl.SSLWantReadError:
            due.append(one)
        data = to_client.read()
        sent += data
        to_client.write(data)
    end.write(b"question")
    assert other_end.read() == b"question"
    other_end.write(b"answer")
    assert end.read() == b"answer"
    return sent, end


def ticket_key(sent):
    """The name of the key that a server of TLS 1.2 has encrypted a ticket with: the first 16 bytes of it."""
    while sent:
        kind, length = sent[0], int.from_bytes(sent[3:5])
        record, sent = sent[5:5 + length], sent[5 + length:]
        # Records of a handshake may hold several messages; a ticket has one of its own, or is the first.
        if kind == 22 and record[0] == 4:
            return record[10:26].hex()
    return None
