"""flask: routes, templates, sessions, errors, streaming, files and its command, through the test client."""

import io
import json
import logging
import sys
from importlib.metadata import version

import flask
from flask import Blueprint, Flask, abort, flash, g, jsonify, render_template_string, request, session, url_for
from flask.signals import request_finished

PAGE = """{% for message in get_flashed_messages() %}[{{ message }}] {% endfor -%}
<h1>{{ title }}</h1>{{ text }}{{ url_for('notes.note', number=7, q='a b') }}"""

app = Flask(__name__, static_folder=None)
app.secret_key = "not secret"
app.testing = True
notes = Blueprint("notes", __name__, url_prefix="/notes")


@app.before_request
def count():
    g.visits = session["visits"] = session.get("visits", 0) + 1


@app.get("/")
def index():
    flash(f"visit {g.visits}")
    return render_template_string(PAGE, title="<Home>", text="<b>&")


@notes.route("/<int:number>", methods=["GET", "PUT", "DELETE"])
def note(number):
    if number > 9:
        abort(404, description=f"no note {number}")
    if request.method == "PUT":
        return jsonify(number=number, **request.get_json()), 201, {"Location": url_for(".note", number=number)}
    return {"number": number, "q": request.args.get("q"), "agent": request.headers.get("X-Agent")}


@app.post("/upload")
def upload():
    file = request.files["file"]
    return f"{file.filename} {file.mimetype} {len(file.read())} {request.form['kind']}"


@app.get("/stream")
def stream():
    return app.response_class((f"line {n}\n" for n in range(3)), mimetype="text/plain")


@app.get("/fails")
def fails():
    return 1 // 0


@app.errorhandler(ZeroDivisionError)
def divided(error):
    app.logger.error("caught %s", error)
    return f"caught: {error}", 500


@app.cli.command("hello")
def hello():
    """Greets."""
    print("hello from", flask.current_app.name)


app.register_blueprint(notes)


def shown(response):
    body = response.get_data(as_text=True)
    kept = {name: response.headers.get(name) for name in ("Content-Type", "Content-Length", "Location")}
    kept["Allow"] = sorted(response.allow)
    print(response.status, json.dumps(kept), body, sep="\n", end="\n\n")


def main():
    print("flask", version("flask"), "werkzeug", version("werkzeug"))
    logging.basicConfig(format="%(levelname)s %(message)s", handlers=[logging.StreamHandler(sys.stdout)], force=True)
    statuses = []
    record = lambda sender, response, **_: statuses.append(response.status_code)  # noqa: E731
    request_finished.connect(record, app)
    client = app.test_client()
    shown(client.get("/"))
    shown(client.get("/"))
    shown(client.get("/notes/3?q=%C3%BC", headers={"X-Agent": "test"}))
    shown(client.put("/notes/4", json={"text": "ünï", "done": None}))
    shown(client.post("/notes/4"))
    shown(client.get("/notes/10"))
    shown(client.get("/notes/x"))
    shown(client.post("/upload", data={"file": (io.BytesIO(b"x" * 1000), "a.csv"), "kind": "data"}))
    shown(client.post("/upload", data={"kind": "data"}))
    shown(client.get("/stream"))
    shown(client.get("/fails"))
    print(statuses, len(client.get_cookie("session").value) > 20)
    with app.test_request_context("/notes/1?a=1&a=2"):
        print(request.args.getlist("a"), request.endpoint, request.view_args, url_for("index", _external=True))
    print(app.test_cli_runner().invoke(args=["hello"]).output, end="")
    for rule in app.url_map.iter_rules():
        print(rule.rule, sorted(rule.methods), rule.endpoint)
