"""frozenlist: a list until it is frozen."""

from frozenlist import FrozenList

some = FrozenList([1, 2])
some.append(3)
some[0] = 9
some.insert(1, 5)
del some[-1]
print(some, some.frozen, len(some), some == [9, 5, 2], list(reversed(some)), 5 in some, some.index(2), some < [10])
for wrong in (lambda: hash(some), lambda: some[7]):
    try:
        wrong()
    except (RuntimeError, IndexError) as error:
        print(type(error).__name__, error)
some.freeze()
print(some.frozen, hash(some) == hash((9, 5, 2)), some)
for wrong in (lambda: some.append(1), lambda: some.clear(), lambda: some.pop(), lambda: some.__setitem__(0, 1)):
    try:
        wrong()
    except RuntimeError as error:
        print(error)
