"""more_itertools: parts, windows, looking ahead, buckets, partitions, and mistakes."""

import more_itertools as mi

print(list(mi.chunked(range(7), 3)), list(mi.windowed("abcd", 2)), list(mi.sliced("abcdef", 4)))
peek = mi.peekable([1, 2, 3])
print(peek.peek(), peek[1], list(peek), bool(peek))
buckets = mi.bucket(["a1", "b1", "a2"], key=lambda text: text[0])
print(sorted(buckets), list(buckets["a"]), mi.first([], "none"), mi.one([5]), mi.ilen(range(4)))
print(list(mi.split_at([1, 0, 2, 0], lambda x: x == 0)), list(mi.collapse([1, [2, [3, "ab"]]])), list(mi.interleave_longest([1, 2], [3])))
print([list(group) for group in mi.consecutive_groups([1, 2, 5, 6])], mi.minmax([3, 1, 2]))
print(list(mi.set_partitions([1, 2, 3], 2)), list(mi.powerset([1, 2])), len(list(mi.distinct_permutations("aab"))))
print(mi.map_reduce(range(5), lambda x: x % 2, reducefunc=sum), list(mi.run_length.encode("aab")), list(mi.roundrobin("ab", "c")))
print(list(mi.numeric_range(1, 2, 0.25)), mi.nth_product(3, "ab", "cd"), list(mi.sieve(12)), mi.polynomial_from_roots([1, 2]))
first, second = mi.spy([1, 2, 3], 2)
print(first, list(second), mi.exactly_n([1, 0, 1], 2), list(mi.unique_everseen("AbaB", str.lower)))
for wrong in (lambda: mi.one([1, 2]), lambda: mi.first([]), lambda: mi.strictly_n([1], 2)):
    try:
        list(wrong())
    except ValueError as error:
        print(type(error).__name__, str(error)[:50])
