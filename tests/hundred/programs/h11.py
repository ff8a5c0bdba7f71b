"""h11: both sides of a conversation in HTTP/1.1, chunked and with a length, and what breaks its rules."""

import h11

client, server = h11.Connection(h11.CLIENT), h11.Connection(h11.SERVER)
data = client.send(h11.Request(method="POST", target="/x", headers=[("Host", "a"), ("Transfer-Encoding", "chunked")]))
data += client.send(h11.Data(data=b"hello")) + client.send(h11.EndOfMessage(headers=[("Trail", "1")]))
print(data)
server.receive_data(data[:20])
print(server.next_event())
server.receive_data(data[20:])
while not isinstance(event := server.next_event(), h11.EndOfMessage):
    print(type(event).__name__, event)
print(event.headers.raw_items(), server.states)
data = server.send(h11.Response(status_code=200, headers=[("Content-Length", "2")], reason="OK"))
data += server.send(h11.Data(data=b"ok")) + server.send(h11.EndOfMessage())
client.receive_data(data)
print([type(client.next_event()).__name__ for _ in range(3)], client.our_state)
client.start_next_cycle()
for wrong in (b"GET / HTTP/1.1\r\n\r\n", b"\x00\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n"):
    try:
        other = h11.Connection(h11.SERVER)
        other.receive_data(wrong)
        print(other.next_event())
    except h11.RemoteProtocolError as error:
        print(error, error.error_status_hint)
