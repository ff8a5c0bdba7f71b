"""A seed gives the same sequence everywhere, of ranges of any length, too."""
import random

LONG = [range(10**10), range(2**31), range(2**31 - 1), range(2**63 - 1), range(10**12, -(10**12), -7), range(5, 10**11, 13)]
for seed in (0, 1, -1, 2**70, "text", b"bytes", 0.5, -0.5, 1.0, -1.0, 0.0, 1e300, 5e-324, float("inf"), float("-inf"),
             2.0**61 - 1, -(2.0**61), 3.14):
    source = random.Random(seed)
    print(repr(seed), source.random(), source.getrandbits(70), source.randrange(10**20), source.randbytes(5).hex())
    print([source.sample(population, 3) for population in LONG])
    print([source.choice(population) for population in LONG])
    print([source.choices(population, k=2) for population in LONG])
    print(source.sample(range(10), 3), source.choice("abc"), source.choices("abc", [1, 2, 3], k=4))
    few = [1, 2, 3, 4, 5]
    source.shuffle(few)
    print(few, source.sample("ab", 3, counts=[10**10, 10**10]), source.randint(-(10**15), 10**15))
for population in (range(0), range(5, 5), range(10**10, 0), range(0, -(10**10))):
    for method in (random.choice, lambda some: random.sample(some, 1), lambda some: random.choices(some, k=1)):
        try:
            print(method(population))
        except (IndexError, ValueError) as error:
            print(type(error).__name__, error)


class Endless(list):
    def __len__(self):
        return 2**70


try:
    random.choice(Endless())
except OverflowError:
    print("OverflowError")
