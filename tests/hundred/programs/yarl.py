"""yarl: addresses, their parts, joined, quoted, with other queries, and mistakes."""

from yarl import URL

url = URL("http://üser:pw@Exämple.org:8080/a b/ü?q=1&q=ä#f")
print(url, url.host, url.raw_host, url.user, url.port, url.path, url.raw_path, url.query.getall("q"), url.fragment, url.parts)
print(url.human_repr(), url.origin(), url.relative(), url.name, url.suffix, url.parent, url.is_default_port())
print(URL("http://x/a/b/").join(URL("../c?d")), URL("http://x") / "a/b" / "c d", URL("http://x") % {"k": "a&b"})
print(url.with_query([("a", 1), ("a", 2)]).query_string, url.update_query(z="3").with_fragment(None), url.with_suffix(".txt").name)
print(URL.build(scheme="https", host="::1", path="/p", query={"x": 1.5}), URL("/a/./b/../c"), URL("http://x/%7e%2f"))
print(URL("http://a") < URL("http://b"), hash(URL("http://x/")) == hash(URL("http://x")), URL("http://x:80") == URL("http://x"))
for wrong in (lambda: URL("http://x:99999"), lambda: URL("/a").origin(), lambda: URL(3), lambda: URL("http://x").with_port("a"), lambda: URL.build(host="x", authority="y")):
    try:
        print(wrong())
    except (ValueError, TypeError) as error:
        print(type(error).__name__, error)
