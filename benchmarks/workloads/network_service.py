"""A service of the kind that `soak.py` beside this folder puts under load: Flask under waitress, at the port that PORT names.

The access log is stdout. Its lines wait in stdout's buffer, as those of `print` do, so that the end of the process must write them.
SIGTERM ends it by `sys.exit`, unless the argument `unhandled` leaves the signal as it is.
"""
import logging
import os
import signal
import sys

import waitress
from flask import Flask, Response, jsonify, request

LARGE = b"x" * (2 << 20)
app = Flask(__name__)
access = logging.getLogger("access")


class Unhurried(logging.StreamHandler):
    """Leaves flushing to the buffer below it."""

    def flush(self):
        pass


@app.get("/")
def hello():
    return "hello\n"


@app.get("/json")
def numbers():
    return jsonify([{"number": number, "text": f"row {number}"} for number in range(request.args.get("rows", 10, int))])


@app.post("/length")
def length():
    return f"{len(request.get_data())}\n"


@app.get("/large")
def large():
    return Response(LARGE, mimetype="application/octet-stream")


@app.after_request
def log(response):
    access.info("%s %s %d %s", request.method, request.path, response.status_code, request.user_agent)
    return response


def main():
    access.setLevel(logging.INFO)
    access.propagate = False
    access.addHandler(Unhurried(sys.stdout))
    # Says of each request that waits for a thread that it does.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    if "unhandled" not in sys.argv[1:]:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # Clients that say nothing are let go after some seconds, so that a test sees it.
    waitress.serve(app, host="127.0.0.1", port=int(os.environ["PORT"]), threads=8, connection_limit=1000, channel_timeout=5,
                   cleanup_interval=2, asyncore_use_poll=True)


if __name__ == "__main__":
    main()
