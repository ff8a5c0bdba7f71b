"""httpcore with a network in memory: a pool, answers that are cut off."""

import httpcore

ANSWER = [b"HTTP/1.1 200 OK\r\n", b"Content-Type: text/plain\r\n", b"Content-Length: 5\r\n", b"\r\n", b"hello"]
with httpcore.ConnectionPool(network_backend=httpcore.MockBackend(ANSWER * 3)) as pool:
    for _ in range(2):
        reply = pool.request("GET", "http://here/a", headers={"X": "1"})
        print(reply, reply.content, reply.headers, reply.extensions["http_version"])
    with pool.stream("POST", "http://here/b", content=b"x") as reply:
        print(reply.read())
    print(pool)
try:
    with httpcore.ConnectionPool(network_backend=httpcore.MockBackend([b"HTTP/1.1 200 OK\r\n"])) as pool:
        pool.request("GET", "http://here/")
except httpcore.RemoteProtocolError as error:
    print(error)
try:
    httpcore.ConnectionPool().request("GET", "ftp://here/")
except httpcore.UnsupportedProtocol as error:
    print(error)
print(httpcore.URL("http://x:8/a?b"), httpcore.Request("GET", "http://x").url.origin)
