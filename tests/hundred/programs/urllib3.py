"""urllib3: addresses, retries, timeouts, form data, and answers that are read from memory."""

import gzip
import io

from urllib3 import HTTPHeaderDict, HTTPResponse, PoolManager, Retry, Timeout, encode_multipart_formdata
from urllib3.exceptions import LocationParseError
from urllib3.util import make_headers, parse_url

url = parse_url("HTTP://user:pw@Example.org:8080/a/../b c?q=1#f")
print(url, url.scheme, url.host, url.port, url.auth, url.request_uri)
try:
    parse_url("http://[::1")
except LocationParseError as error:
    print(error)
retry = Retry(total=2, backoff_factor=0.5, status_forcelist=[503])
retry = retry.increment("GET", "/", response=HTTPResponse(status=503))
print(retry.total, retry.history[0].status, retry.is_retry("GET", 503), retry.get_backoff_time())
print(make_headers(basic_auth="a:b", accept_encoding="gzip", user_agent="me"))
headers = HTTPHeaderDict({"A": "1"})
headers.add("a", "2")
print(headers["a"], headers.getlist("A"))
body, kind = encode_multipart_formdata({"f": ("n.txt", b"data", "text/plain"), "x": "y"}, boundary="b")
print(len(body), kind)
packed = io.BytesIO(gzip.compress(b"one\ntwo\n"))
answer = HTTPResponse(packed, {"content-encoding": "gzip"}, 200, preload_content=False)
print(answer.read(4), answer.read())
print(HTTPResponse(b'{"a": [1]}', status=200).json(), Timeout(connect=1, read=2))
print(PoolManager(num_pools=2).connection_from_url("http://x.org/").host)
