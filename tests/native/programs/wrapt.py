# [tool.pyapp] native = ["wrapt"]
import wrapt
from wrapt import _wrappers


@wrapt.decorator
def twice(wrapped, instance, args, kwargs):
    return wrapped(*args, **kwargs) * 2


class Thing:
    @twice
    def value(self, more=0):
        """Doc."""
        return 5 + more


print(Thing().value(), Thing().value(more=1), Thing.value.__doc__, wrapt.ObjectProxy is _wrappers.ObjectProxy)
proxy = wrapt.ObjectProxy([1, 2])
proxy += [3]
print(proxy, len(proxy), isinstance(proxy, list), proxy == [1, 2, 3], hash(wrapt.ObjectProxy(5)) == hash(5))
