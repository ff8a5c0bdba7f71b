"""What a client costs. The arguments are a certificate, then `NAME=PORT` of each server that `network.py` beside this folder has started
on loopback, and `NAME=COUNT` of how much there is to do. Each part prints `name seconds result`.
"""
import http.client
import socket
import ssl
import sys
import time

HOST = "127.0.0.1"
PIECE = 64 * 1024


def answer(connection, path):
    connection.request("GET", path)
    response = connection.getresponse()
    if response.status != 200:
        raise OSError(f"{path}: expected status 200, found {response.status}")
    return response


def keep_alive(context, number):
    """Requests for a small file, one after the other over one connection with TLS."""
    connection = http.client.HTTPSConnection(HOST, number["any"], context=context)
    total = 0
    for _ in range(number["requests"]):
        with answer(connection, "/small") as response:
            total += len(response.read())
    connection.close()
    return total


def handshakes(context, number):
    """Connections with TLS, each with a whole handshake: no session is taken up again."""
    done = 0
    for _ in range(number["handshakes"]):
        with socket.create_connection((HOST, number["any"])) as plain:
            with context.wrap_socket(plain, server_hostname=HOST) as secure:
                done += not secure.session_reused
    return done


def download(connection):
    """The large file, 64 KiB at a time."""
    total = 0
    with answer(connection, "/large") as response:
        while piece := response.read(PIECE):
            total += len(piece)
    connection.close()
    return total


def tcp(_, number):
    return download(http.client.HTTPConnection(HOST, number["plain"]))


def over_tls(name):
    def part(context, number):
        return download(http.client.HTTPSConnection(HOST, number[name], context=context))

    part.__name__ = f"tls_{name}"
    return part


def main():
    certificate, *numbers = sys.argv[1:]
    number = {name: int(value) for name, value in (each.split("=") for each in numbers)}
    context = ssl.create_default_context(cafile=certificate)
    for part in keep_alive, handshakes, tcp, over_tls("any"), over_tls("aes128"), over_tls("chacha20"):
        start = time.perf_counter()
        result = part(context, number)
        print(part.__name__, f"{time.perf_counter() - start:.6f}", result, flush=True)


main()
