# [tool.pyapp] native = ["frozenlist"]
import frozenlist

items = frozenlist.FrozenList([3, 1, 2])
items.append(4)
items.freeze()
print(items, hash(items) == hash(tuple(items)), items.frozen, type(items).__module__)
try:
    items.append(5)
except RuntimeError as error:
    print(error)
