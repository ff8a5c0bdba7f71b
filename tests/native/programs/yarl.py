# [tool.pyapp] native = ["yarl", "multidict", "propcache"]
import yarl
from yarl import _quoting_c

url = yarl.URL("https://user:pa%20ss@example.org:8443/p a/ü?q=1&q=ö#f")
print(url, url.host, url.port, url.path, url.query.getall("q"), url.with_query(a=[1, 2]), url / "x" % {"y": "z"})
print(yarl._quoting._Quoter is _quoting_c._Quoter, url.origin(), url.join(yarl.URL("../up")), url.human_repr())
