"""requests, up to connecting: prepared requests, a session with an adapter of its own, cookies, redirects, and what fails."""

import io
import json
from importlib.metadata import version

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.auth import HTTPDigestAuth
from requests.cookies import extract_cookies_to_jar
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPResponse
from urllib3.util import Retry, parse_url


class Server(BaseAdapter):
    """Answers in place of a server."""

    def send(self, request, **_):
        status, headers, body = self.answer(request)
        raw = HTTPResponse(
            io.BytesIO(body), headers, status, preload_content=False, decode_content=False, request_method=request.method
        )
        response = HTTPAdapter().build_response(request, raw)
        extract_cookies_to_jar(response.cookies, request, raw)
        return response

    def answer(self, request):
        path = parse_url(request.url).path
        if path == "/moved":
            return 302, {"Location": "/json?from=moved"}, b""
        if path == "/loop":
            return 301, {"Location": "/loop"}, b""
        if path == "/latin":
            return 200, {"Content-Type": "text/plain; charset=latin-1"}, "fünf".encode("latin-1")
        if path == "/missing":
            return 404, {}, b"not here"
        seen = {
            "method": request.method,
            "url": request.url,
            "cookie": request.headers.get("Cookie"),
            "auth": request.headers.get("Authorization"),
            "body": str(request.body),
        }
        return 200, {"Content-Type": "application/json", "Link": '<http://x/2>; rel="next"'}, json.dumps(seen).encode()

    def close(self):
        pass


def tried(action):
    try:
        print(repr(action()))
    except requests.RequestException as error:
        print([kind.__name__ for kind in type(error).__mro__ if kind.__module__.startswith("requests")])


def main():
    print("requests", version("requests"), "urllib3", version("urllib3"), "idna", version("idna"))
    request = requests.Request("POST", "http://bücher.example/ä b?x=1", params={"y": ["2", "ü"]}, json={"a": [1, None]})
    prepared = request.prepare()
    print(prepared.method, prepared.url, prepared.body, dict(prepared.headers))
    form = requests.Request("POST", "http://x/", data={"a": "1 2"}, files={"file": ("a.txt", b"text", "text/plain")}).prepare()
    print(form.headers["Content-Length"], b'filename="a.txt"' in form.body, form.headers["Content-Type"].split(";")[0])

    session = requests.Session()
    session.trust_env = False
    session.mount("http://", Server())
    session.headers.update({"User-Agent": "test"})
    session.cookies.set("id", "7")
    session.auth = ("user", "pass")
    session.hooks["response"].append(lambda response, **_: print("hook", response.status_code, response.url))
    answer = session.get("http://x/moved")
    print(answer.json(), answer.history, answer.links, answer.encoding, answer.apparent_encoding, answer.ok)
    print(
        session.post("http://x/form", data={"a": ["1", "2"]}).json()["body"],
        session.put("http://x/p", data=b"raw").json()["body"],
    )
    latin = session.get("http://x/latin", stream=True)
    print(latin.text, list(latin.iter_lines()), latin.headers["content-TYPE"])
    tried(lambda: session.get("http://x/missing").raise_for_status())
    tried(lambda: session.get("http://x/loop", hooks={"response": []}, allow_redirects=False).is_permanent_redirect)
    session.hooks["response"].clear()
    tried(lambda: session.get("http://x/loop"))
    tried(lambda: session.get("http://x/missing").json())
    tried(lambda: session.get("no-scheme"))
    tried(lambda: session.get("ftp://x/"))
    tried(lambda: session.get("http://[::1/"))
    tried(lambda: requests.get("http://127.0.0.1:9/", timeout=1))
    tried(lambda: requests.get("http://name.invalid/", timeout=1))
    retrying = HTTPAdapter(max_retries=Retry(2, backoff_factor=0))
    print(retrying.max_retries.total, retrying.proxy_headers("http://u:p@proxy"))
    print(CaseInsensitiveDict(Accept="x") == {"ACCEPT": "x"}, requests.codes.teapot, requests.utils.quote("a/ü"))
    print(HTTPDigestAuth("u", "p") == HTTPDigestAuth("u", "p"), requests.certs.where().endswith("certifi/cacert.pem"))
    with open(requests.certs.where(), encoding="ascii") as file:
        print(file.read().count("BEGIN CERTIFICATE") > 100)
