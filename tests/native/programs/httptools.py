# [tool.pyapp] native = ["httptools"]
import httptools


class Seen:
    def __init__(self):
        self.events = []

    def on_url(self, url):
        self.events.append(url)

    def on_header(self, name, value):
        self.events.append((name, value))

    def on_body(self, body):
        self.events.append(body)

    def on_message_complete(self):
        self.events.append("complete")


seen = Seen()
parser = httptools.HttpRequestParser(seen)
parser.feed_data(b"POST /a?b=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhel")
parser.feed_data(b"lo")
print(seen.events, parser.get_method(), parser.get_http_version(), parser.should_keep_alive())
url = httptools.parse_url(b"http://example.org:80/p?q#f")
print(url.schema, url.host, url.port, url.path, url.query, url.fragment)
try:
    httptools.HttpRequestParser(Seen()).feed_data(b"nonsense\r\n\r\n")
except httptools.HttpParserError as error:
    print(type(error).__name__)
