# [tool.pyapp] native = ["lru-dict"]
import lru

cache = lru.LRU(2, callback=lambda key, value: print("gone", key, value))
cache["a"], cache["b"] = 1, 2
cache["a"]
cache["c"] = 3
print(cache.keys(), cache.get_stats(), "b" in cache)
