"""The clients of `network_echo.py`, which run natively whatever the server is: PORT CONNECTIONS MESSAGES. Each connection sends a message
of 1 KiB, waits until it is back, and sends the next. Prints the seconds of CPU, which tell whether the clients were the brake.
"""
import selectors
import socket
import sys
import time

MESSAGE = bytes(range(256)) * 4


def main(port, connections, messages):
    selector = selectors.DefaultSelector()
    # For each connection: how many bytes are not back yet, how many messages remain.
    states = {}
    for _ in range(connections):
        client = socket.create_connection(("127.0.0.1", port), timeout=60)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        states[client] = [len(MESSAGE), messages - 1]
        selector.register(client, selectors.EVENT_READ)
    for client in states:
        client.sendall(MESSAGE)
    while states:
        ready = selector.select(60)
        if not ready:
            sys.exit(f"{len(states)} connections: expected their echo within 60 s, found nothing")
        for key, _ in ready:
            client = key.fileobj
            state = states[client]
            piece = client.recv(len(MESSAGE))
            if not piece:
                sys.exit("expected an echo, found the end of the connection")
            state[0] -= len(piece)
            if state[0] == 0:
                if state[1] == 0:
                    selector.unregister(client)
                    del states[client]
                    client.close()
                else:
                    state[:] = len(MESSAGE), state[1] - 1
                    client.sendall(MESSAGE)
    print(f"{time.process_time():.6f}")


main(*map(int, sys.argv[1:]))
