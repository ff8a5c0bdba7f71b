"""cloudpickle: functions, closures, classes and what is made at run time, to bytes and back."""

import pickle

import cloudpickle


def make(n):
    class Counter:
        total = n

        def add(self, x):
            self.total += x
            return self

    return Counter, lambda x: x * n + offset


offset = 5
Counter, scale = make(3)
Counter2, scale2 = pickle.loads(cloudpickle.dumps((Counter, scale)))
print(Counter2().add(4).total, scale2(2), Counter2.__name__, scale2.__name__)
recursive = lambda n: 1 if n < 2 else n * recursive(n - 1)  # noqa: E731
print(pickle.loads(cloudpickle.dumps(recursive))(5))
print(pickle.loads(cloudpickle.dumps({"set": {1}, "bytes": memoryview(b"x").tobytes(), "type": type(None), "prop": property(len)}))["type"])
try:
    pickle.dumps(scale)
except Exception as error:
    print(type(error).__name__)
