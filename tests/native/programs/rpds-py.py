# [tool.pyapp] native = ["rpds-py"]
import rpds

table = rpds.HashTrieMap({"a": 1}).insert("b", 2)
print(sorted(table.items()), table.remove("a"), rpds.List([1, 2]).push_front(0), rpds.HashTrieSet([1]).insert(1))
try:
    table["c"]
except KeyError as error:
    print("KeyError", error)
print(rpds.__file__.endswith(".so") or rpds.rpds.__file__.endswith(".so"))
