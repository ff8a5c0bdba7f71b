"""propcache: properties that are kept, in a dictionary of their own or in the object's."""

from propcache.api import cached_property, under_cached_property


class A:
    def __init__(self):
        self._cache = {}
        self.calls = 0

    @cached_property
    def once(self):
        "Doc."
        self.calls += 1
        return self.calls

    @under_cached_property
    def under(self):
        self.calls += 10
        return self.calls


a = A()
print(a.once, a.once, a.under, a.under, a.calls, a._cache, "once" in vars(a), A.once.__doc__, type(A.under).__name__)
del a.once
print(a.once)
try:
    a.under = 1
except AttributeError as error:
    print(error)
