"""requests, up to connecting: a session with an adapter of its own, redirects, cookies, and what fails."""

import io

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse


class Server(BaseAdapter):
    def send(self, request, **_):
        status, headers = (302, {"Location": "/to"}) if request.path_url == "/from" else (200, {"X": "1"})
        body = f'{{"method": "{request.method}", "path": "{request.path_url}"}}'.encode()
        raw = HTTPResponse(io.BytesIO(body), headers, status, preload_content=False)
        return HTTPAdapter().build_response(request, raw)

    def close(self):
        pass


session = requests.Session()
session.mount("http://here", Server())
answer = session.get("http://here/from", params={"q": "ä b"})
print(answer.url, answer.status_code, answer.json(), answer.headers["x"])
answer = session.get("http://here/from", allow_redirects=True)
print([old.status_code for old in answer.history], answer.url)
request = requests.Request("POST", "http://here/x", json={"a": 1}, auth=("u", "p"), cookies={"c": "1"}).prepare()
print(request.body, request.headers["Authorization"], request.headers["Cookie"])
request = requests.Request("POST", "http://here/x", data=[("a", "1"), ("a", "2")]).prepare()
print(request.body, request.headers["Content-Type"])
for url in ("no-scheme", "http://", "other://x"):
    try:
        session.get(url)
    except requests.RequestException as error:
        print(type(error).__name__, error)
