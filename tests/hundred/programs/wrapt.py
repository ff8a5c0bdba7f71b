"""wrapt: proxies, decorators that know what they wrap, patching."""

import wrapt


@wrapt.decorator
def note(wrapped, instance, args, kwargs):
    return type(instance).__name__, args, wrapped(*args, **kwargs)


class A:
    @note
    def method(self, x):
        "Doc."
        return x + 1

    @note
    @classmethod
    def of(cls, x):
        return x * 2


@note
def free(x, *, y=1):
    return x + y


proxy = wrapt.ObjectProxy([1, 2])
proxy.append(3)
print(A().method(1), A.of(2), free(1, y=2), A.method.__doc__, free.__name__, isinstance(free, wrapt.FunctionWrapper))
print(proxy, len(proxy), isinstance(proxy, list), proxy.__wrapped__, proxy + [4], hash(wrapt.ObjectProxy(1)) == hash(1))
wrapt.wrap_function_wrapper(A, "method", lambda wrapped, instance, args, kwargs: ("patched", wrapped(*args)))
print(A().method(5), wrapt.PartialCallableObjectProxy(free, 1)(y=4))


class Counted(wrapt.CallableObjectProxy):
    count = 0

    def __call__(self, *args):
        self._self_count = getattr(self, "_self_count", 0) + 1
        return self.__wrapped__(*args), self._self_count


counted = Counted(len)
print(counted("ab"), counted(""), free.__wrapped__.__name__)
