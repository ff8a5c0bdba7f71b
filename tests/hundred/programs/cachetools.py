"""cachetools: caches that forget, by use, number and time; decorators with keys."""

import cachetools
from cachetools import FIFOCache, LFUCache, LRUCache, TLRUCache, TTLCache, cached, cachedmethod
from cachetools.keys import hashkey

now = [0]
lru, lfu, fifo = LRUCache(2), LFUCache(2), FIFOCache(2)
for cache in (lru, lfu, fifo):
    cache["a"], cache["b"] = 1, 2
    cache["a"], cache["c"] = cache["a"], 3
    print(type(cache).__name__, sorted(cache), cache.currsize)
ttl = TTLCache(9, ttl=5, timer=lambda: now[0])
ttl["x"] = 1
now[0] = 6
print("x" in ttl, len(ttl))
until = TLRUCache(9, ttu=lambda key, value, time: time + value, timer=lambda: now[0])
until["s"], until["l"] = 1, 10
now[0] = 8
print(sorted(until))


@cached(LRUCache(8), key=lambda x, **_: hashkey(x), info=True)
def square(x, **options):
    return x * x


class Thing:
    cache = {}

    @cachedmethod(lambda self: self.cache)
    def get(self, x):
        return [x]


print(square(3), square(3, other=1), square.cache_info(), Thing().get(1) is Thing().get(1))
try:
    LRUCache(1, getsizeof=len)["k"] = "long"
except ValueError as error:
    print(error, cachetools.RRCache(1).maxsize)
