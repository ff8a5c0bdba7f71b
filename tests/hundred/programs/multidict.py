"""multidict: several values for a key, keys of any case, proxies, order, and mistakes."""

from multidict import CIMultiDict, MultiDict, MultiDictProxy, istr

many = MultiDict([("a", 1), ("b", 2), ("a", 3)])
many.add("c", 4)
print(many, many.getall("a"), many["a"], list(many.items()), len(many), many.getone("b"))
many["a"] = 9
many.extend({"b": 5}, d=6)
print(list(many.items()), many.popall("b"), many.popitem(), many.setdefault("z", 0))
headers = CIMultiDict({"Content-Type": "x"}, ACCEPT="y")
print(headers["content-type"], "accept" in headers, istr("a-b").title(), headers == CIMultiDict({"content-type": "x", "Accept": "y"}))
proxy = MultiDictProxy(many)
print(proxy.copy() == many, proxy.keys() & {"a"}, many.keys() == {"a": 1, "c": 1, "z": 1}.keys())
many.update([("a", 1), ("a", 2)])
print(list(many.items()))
for wrong in (lambda: many["none"], lambda: many.getall("none"), lambda: many.add(1, 2), lambda: proxy.add("a", 1), lambda: MultiDict(3)):
    try:
        wrong()
    except Exception as error:
        print(type(error).__name__)
iterator = iter(many)
many.add("late", 1)
try:
    list(iterator)
except RuntimeError as error:
    print(type(error).__name__)
