"""requests_toolbelt: forms that are streamed, sessions with a base, headers of agents."""

import io

import requests
from requests.adapters import BaseAdapter
from requests_toolbelt import MultipartDecoder, MultipartEncoder, MultipartEncoderMonitor, user_agent
from requests_toolbelt.sessions import BaseUrlSession
from requests_toolbelt.utils import formdata


class Server(BaseAdapter):
    def send(self, request, **_):
        answer = requests.Response()
        answer.status_code, answer.reason, answer.request, answer.url = 200, "OK", request, request.url
        answer._content = request.body or b"none"
        return answer

    def close(self):
        pass


encoder = MultipartEncoder({"a": "1", "f": ("n.txt", io.BytesIO(b"data"), "text/plain")}, boundary="b")
seen = []
monitor = MultipartEncoderMonitor(encoder, lambda monitor: seen.append(monitor.bytes_read))
body = monitor.read(20) + monitor.read()
print(len(body) == encoder.len, encoder.content_type, seen)
print([(part.text, part.headers[b"Content-Disposition"]) for part in MultipartDecoder(body, encoder.content_type).parts])
session = BaseUrlSession("http://here/api/")
session.mount("http://", Server())
session.headers = {"X": "1"}
answer = session.post("things", data="text")
print(answer.url, user_agent("me", "1").split()[0], formdata.urlencode({"a": {"b": "c"}}))
