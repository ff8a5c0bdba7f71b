# [tool.pyapp] native = ["aiohttp", "multidict", "yarl", "propcache", "frozenlist"]
import aiohttp
from aiohttp import _http_parser, http, http_parser


class Protocol:
    _reading_paused = False


parser = http_parser.HttpRequestParser(Protocol(), __import__("asyncio").new_event_loop(), 2**16)
messages, upgraded, tail = parser.feed_data(b"GET /a?b=1 HTTP/1.1\r\nHost: x\r\nX-Y: z\r\n\r\n")
message = messages[0][0]
print(http_parser.HttpRequestParser is _http_parser.HttpRequestParser, message.method, message.path, message.headers["x-y"])
print(aiohttp.FormData({"a": "b"})().size, http.HttpVersion11, aiohttp.ClientTimeout(total=5).total)
