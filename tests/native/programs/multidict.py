# [tool.pyapp] native = ["multidict"]
import multidict
from multidict import _multidict

headers = multidict.CIMultiDict([("Accept", "a"), ("accept", "b"), ("X", "1")])
headers.add("x", "2")
print(headers.getall("ACCEPT"), list(headers.items()), headers.popone("x"), "X" in headers, len(headers))
print(multidict.CIMultiDict is _multidict.CIMultiDict, multidict.MultiDictProxy(headers)["accept"], multidict.istr("Ab"))
headers.update({"accept": "c"})
print(headers, headers == multidict.CIMultiDict({"Accept": "c", "X": "2"}))
