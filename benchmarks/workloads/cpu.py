"""Pure-Python work of the kinds that programs do. Each part prints `name seconds result`; results must not depend on the
interpreter, so that a comparison is of the same work.
"""
import json
import re
import time


def gravity(steps=20_000):
    """Floats and attribute-free loops: five bodies that attract each other."""
    bodies = [[float(i * i - 3), float(7 - 2 * i), float(i % 3), 0.01 * i, -0.02 * i, 0.005 * i, 1.0 + i] for i in range(5)]
    pairs = [(a, b) for i, a in enumerate(bodies) for b in bodies[i + 1:]]
    for _ in range(steps):
        for a, b in pairs:
            dx, dy, dz = a[0] - b[0], a[1] - b[1], a[2] - b[2]
            pull = 0.001 / (dx * dx + dy * dy + dz * dz + 0.1) ** 1.5
            for body, other, sign in ((a, b, -1.0), (b, a, 1.0)):
                weight = sign * pull * other[6]
                body[3] += dx * weight
                body[4] += dy * weight
                body[5] += dz * weight
        for body in bodies:
            body[0] += 0.001 * body[3]
            body[1] += 0.001 * body[4]
            body[2] += 0.001 * body[5]
    return round(sum(body[0] for body in bodies), 6)


def queens(size=10):
    """Integers, recursion, comparisons: placements of queens that do not attack each other."""
    def place(row, columns, rising, falling):
        if row == size:
            return 1
        found = 0
        for column in range(size):
            if column not in columns and row + column not in rising and row - column not in falling:
                found += place(row + 1, columns | {column}, rising | {row + column}, falling | {row - column})
        return found
    return place(0, frozenset(), frozenset(), frozenset())


def documents(rounds=80):
    """JSON, there and back: the C accelerator."""
    data = {"rows": [{"id": i, "name": f"row {i}", "tags": ["x", "y", str(i)], "value": i / 7} for i in range(300)]}
    total = 0
    for _ in range(rounds):
        text = json.dumps(data)
        total += len(text) + len(json.loads(text)["rows"])
    return total


def patterns(rounds=400):
    """Regular expressions over some text."""
    text = "order 1234 of 2024-05-06 for jane.doe@example.org costs 99.50 EUR; " * 60
    total = 0
    for _ in range(rounds):
        total += len(re.findall(r"[\w.]+@[\w.]+", text))
        total += len(re.sub(r"(\d+)-(\d+)-(\d+)", r"\3.\2.\1", text))
        total += sum(float(number) for number in re.findall(r"\d+\.\d\d", text))
    return round(total)


def words(rounds=150_000):
    """Dictionaries and strings."""
    counts = {}
    for i in range(rounds):
        key = "word" + str(i * 7919 % 4001)
        counts[key] = counts.get(key, 0) + len(key)
    lines = [f"{key.title()}: {count:>6}" for key, count in sorted(counts.items())]
    return len("\n".join(lines).replace("Word", "w").split(":"))


def matrix(size=90):
    """Nested lists and generator expressions."""
    a = [[(i * j + 1) % 17 for j in range(size)] for i in range(size)]
    b = [[(i - j) % 13 for j in range(size)] for i in range(size)]
    columns = list(zip(*b))
    product = [[sum(x * y for x, y in zip(row, column)) for column in columns] for row in a]
    return sum(map(sum, product))


class Tree:
    """A binary search tree."""

    __slots__ = ("key", "left", "right")

    def __init__(self, key):
        self.key, self.left, self.right = key, None, None

    def insert(self, key):
        at = self
        while True:
            side = "left" if key < at.key else "right"
            below = getattr(at, side)
            if below is None:
                setattr(at, side, Tree(key))
                return
            at = below

    def depth(self):
        return 1 + max(child.depth() if child else 0 for child in (self.left, self.right))


def trees(rounds=25_000):
    """Objects, attributes, method calls, memory."""
    tree = Tree(500_000)
    for i in range(rounds):
        tree.insert(i * 611_953 % 1_000_003)
    return tree.depth()


if __name__ == "__main__":
    for part in (gravity, queens, documents, patterns, words, matrix, trees):
        start = time.perf_counter()
        result = part()
        print(part.__name__, f"{time.perf_counter() - start:.6f}", result)
