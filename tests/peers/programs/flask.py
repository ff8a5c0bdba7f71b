# [requirements] flask==3.1.3 waitress==3.0.2 werkzeug==3.1.9 jinja2==3.1.6 markupsafe==3.0.4 click==8.5.1 blinker==1.9.0
# [requirements] itsdangerous==2.2.0
"""Flask under waitress, asked by threads of the same program and then by curl, which ends it."""

import hashlib
import json
import logging
import os
import threading
import time
import urllib.request
from _thread import interrupt_main

import waitress
from flask import Flask, Response, redirect, render_template_string, request, session, url_for

app = Flask("shop")
app.secret_key = "for tests only"
stop = threading.Event()


@app.get("/")
def index():
    return render_template_string("{% for n in range(3) %}{{ n }}: {{ '<b>' }}\n{% endfor %}")


@app.get("/hi/<name>")
def hi(name):
    return {"name": name, "q": request.args.getlist("q"), "agent": request.headers.get("X-More")}


@app.route("/upload", methods=["POST", "PUT"])
def upload():
    if request.files:
        return {name: [file.filename, len(file.read())] for name, file in sorted(request.files.items())}
    data = request.get_data()
    return {"length": len(data), "sha256": hashlib.sha256(data).hexdigest(), "kind": request.content_type}


@app.get("/count")
def count():
    session["count"] = session.get("count", 0) + 1
    return f"{session['count']}\n"


@app.get("/lines")
def lines():
    return Response((f"line {number}\n" for number in range(int(request.args["count"]))), mimetype="text/plain")


@app.get("/old")
def old():
    return redirect(url_for("hi", name="new"))


@app.get("/broken")
def broken():
    raise RuntimeError("as asked")


@app.errorhandler(RuntimeError)
def told(error):
    return {"error": str(error)}, 500


@app.post("/stop")
def end():
    stop.set()
    return "bye\n"


def ask(port):
    base = f"http://127.0.0.1:{port}"
    with urllib.request.urlopen(f"{base}/hi/ada?q=1&q=2", timeout=20) as answer:
        print(answer.status, answer.headers["Server"], json.load(answer))
    found = [None] * 6

    def one(number):
        texts = [urllib.request.urlopen(f"{base}/lines?count=500", timeout=20).read() for _ in range(10)]
        found[number] = len(set(texts)), len(texts[0])

    threads = [threading.Thread(target=one, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(set(found))


def work(port):
    ask(port)
    stop.wait()
    # What curl has asked for last is on its way.
    time.sleep(1)
    interrupt_main()


def main():
    port = int(os.environ["PORT"])
    # How many requests wait depends on the machine.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = waitress.create_server(app, host="127.0.0.1", port=port, threads=4)
    working = threading.Thread(target=work, args=(port,))
    working.start()
    # It takes an interrupt for the end.
    server.run()
    working.join()
    server.close()
    print("ended", threading.active_count())


if __name__ == "__main__":
    main()
