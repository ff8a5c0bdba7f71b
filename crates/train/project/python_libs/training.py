"""What the interpreter's profile is counted in: small programs that do what Python programs do, each about as long as the others.

The programs of `benchmarks/programs.py` are others, so these tell how well the profile fits what it does not know. Those of
`benchmarks/workloads/cpu.py` are of the same kinds, and its search tree is much like the one here.
"""
import argparse
import ast
import asyncio
import base64
import bisect
import collections
import configparser
import contextlib
import copy
import csv
import dataclasses
import datetime
import decimal
import difflib
import enum
import functools
import hashlib
import heapq
import html.parser
import io
import itertools
import json
import logging
import math
import operator
import pickle
import random
import re
import statistics
import string
import struct
import textwrap
import tokenize
import urllib.parse
import xml.etree.ElementTree

draw = random.Random(1)


@dataclasses.dataclass
class Point:
    x: float
    y: float
    name: str = "point"

    def length(self):
        return (self.x * self.x + self.y * self.y) ** 0.5

    @property
    def half(self):
        return self.x / 2

    def __eq__(self, other):
        return self.x == other.x and self.y == other.y

    def __hash__(self):
        return hash((self.x, self.y))

    def __lt__(self, other):
        return self.x < other.x


class Far(Point):
    __slots__ = ()

    def length(self):
        return super().length() + 1


class Kind(enum.Enum):
    SMALL = 1
    LARGE = 2


def classes():
    total = 0.0
    for i in range(15_000):
        point = Point(i, i + 1.5) if i & 1 else Far(i, 2.0, name=f"far{i}")
        total += point.length() + point.half
        point.x += 1
        setattr(point, "label", i)
        getattr(point, "missing", None)
        if isinstance(point, Far) and Kind.SMALL is Kind(1):
            total -= 1
    return total, sorted(Point(draw.random(), 1) for _ in range(2_000))[0], len({Point(i % 50, 1) for i in range(2_000)})


def strings():
    words = [("w%d" % (i * 7919 % 1000)).title() for i in range(9_000)]
    counts = collections.Counter(" ".join(words).lower().split())
    lines = []
    for word in words:
        lines.append(word.strip("W").replace("1", "one").upper().center(12, "*"))
        if word.startswith("W1") or word.endswith("9") or "55" in word:
            lines.append(word[1:-1] + word[::-1])
        lines.append(f"{word!r:>10}|{len(word):04d}|{3.14159 * len(word):.3f}")
        lines.append("%s-%d-%5.2f" % (word, len(word), 1.5))
        lines.append("{}:{size}".format(word, size=1))
    text = "\n".join(lines)
    text.encode().decode()
    text.partition("|")
    text.translate({65: "a"})
    return len(text.splitlines()), text.find("zz"), text.count("o"), text.isalpha(), counts.most_common(3)


def containers():
    found = {}
    for i in range(15_000):
        found[i * 31 % 1009] = found.get(i, 0) + 1
        found.setdefault(str(i % 100), []).append(i)
    numbers = [i * 2 for i in range(15_000) if i % 3]
    squares = {number: number * number for number in numbers}
    few = {number % 97 for number in numbers} | {1, 2} - {3}
    numbers.sort(key=lambda number: -number)
    numbers.reverse()
    numbers[10:20] = [1, 2]
    numbers.insert(5, 1)
    numbers.pop()
    pairs = list(zip(numbers, numbers[1:])) + list(enumerate(numbers))
    texts = list(map(str, numbers))
    sums = sum(numbers), max(numbers), min(numbers, key=lambda number: number % 7)
    answers = any(number > 25_000 for number in numbers), all(numbers)
    first, *others = tuple(numbers)
    queue = collections.deque(numbers, 100)
    queue.appendleft(1)
    queue.rotate(3)
    groups = collections.defaultdict(list)
    for number in numbers:
        groups[number % 10].append(number)
    heap = []
    for number in numbers[:2_000]:
        heapq.heappush(heap, number)
    while heap:
        heapq.heappop(heap)
    bisect.insort(others, 5)
    chained = list(itertools.chain(numbers, others))
    hundreds = [key for key, _ in itertools.groupby(numbers, lambda number: number // 100)]
    return len(squares), few, pairs[0], texts[0], sums, answers, first, len(chained), hundreds[-1], functools.reduce(operator.add, numbers)


class CountDown:
    def __init__(self, start):
        self.left = start

    def __iter__(self):
        return self

    def __next__(self):
        self.left -= 1
        if self.left < 0:
            raise StopIteration
        return self.left


@contextlib.contextmanager
def one():
    yield 1


def generators():
    def numbers(count):
        for i in range(count):
            yield i

    def twice(count):
        yield from numbers(count)
        yield from (i for i in range(count) if i % 2)

    total = 0
    for i in twice(40_000):
        total += i
    for i in CountDown(20_000):
        total ^= i
    for i in range(4_000):
        with one() as more:
            total += more
        try:
            if i % 3 == 0:
                raise ValueError(i)
            {}[i]
        except (ValueError, KeyError) as error:
            total += len(error.args)
        finally:
            total += 1
    return total


def calls():
    @functools.cache
    def fibonacci(n):
        return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)

    def add(a, b, *more, factor=1, **named):
        return a + b + factor + len(more) + len(named)

    def factorial(n):
        return 1 if n < 2 else n * factorial(n - 1)

    add_one = functools.partial(add, 1)
    total = 0
    for i in range(20_000):
        total += add(i, 1) + add(1, b=2, factor=3) + add_one(i, 5, 6, other=1)
        total ^= (lambda number: number + 1)(i)
    for _ in range(150):
        factorial(60)
        fibonacci(80)
    whole = pow(3, 10**5, 10**9 + 7), divmod(10**60, 7**20), 5 // 3 + 5 % 3 - (-7 >> 1) | 6 & 3
    return total, len(str(factorial(500))), whole


def formats():
    data = [
        {"id": i, "name": f"n{i}\u00e9", "tags": ["a", "b", None, True, 1.5 * i], "sub": {"k": [i] * 5}} for i in range(1_000)
    ]
    text = json.dumps(data)
    data = json.loads(text)
    json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False)
    pickle.loads(pickle.dumps(data))
    # The same in Python.
    pickle._loads(pickle._dumps(data[:100]))
    copy.deepcopy(data[:100])
    ast.literal_eval(repr(data[:50]))
    table = io.StringIO()
    csv.writer(table).writerows([i, "x,y", i * 1.1] for i in range(1_500))
    table.seek(0)
    rows = list(csv.DictReader(table, ["number", "text", "product"]))
    tree = xml.etree.ElementTree.fromstring("<r>" + "".join(f'<i n="{i}">t{i}</i>' for i in range(1_000)) + "</r>")
    xml.etree.ElementTree.tostring(tree)
    packed = struct.pack("<500I", *range(500))
    struct.unpack("<500I", packed)
    base64.b64encode(hashlib.sha256(text.encode()).digest())
    urllib.parse.urlencode(data[0])
    places = [urllib.parse.urlsplit(f"http://host{i}/path?query={i}#part") for i in range(400)]
    settings = configparser.ConfigParser()
    settings.read_string("".join(f"[s{i}]\nkey = value {i}\nother: 1\n" for i in range(30)))
    return len(text), rows[1], len(tree.findall("i")), places[3], settings["s3"]["key"]


def patterns():
    lines = (f"user{i}@host{i % 9}.org 2024-0{i % 9 + 1}-1{i % 9} +{i}.5e3 <b a='{i}'>x</b>" for i in range(1_500))
    text = " ".join(lines)
    addresses = re.findall(r"[\w.]+@[\w.]+", text)
    dates = re.sub(r"(\d{4})-(\d\d)-(\d\d)", r"\3/\2/\1", text)
    size = sum(len(found["number"]) for found in re.finditer(r"(?P<number>[+-]?\d+\.?\d*(?:e\d+)?)", text))
    for i in range(60):
        re.compile(rf"(a|b{i})*c+?[^x]{{1,3}}")
    return len(addresses), len(dates), size, re.split(r"\s+|,", text)[:2]


def numbers():
    decimal.getcontext().prec = 30
    decimals = sum((decimal.Decimal(i) / 7 for i in range(1, 1_000)), decimal.Decimal(0))
    rows = [[draw.random() for _ in range(40)] for _ in range(40)]
    product = [[sum(a * b for a, b in zip(row, column)) for column in zip(*rows)] for row in rows]
    sieve = bytearray(50_000)
    for i in range(2, 220):
        if not sieve[i]:
            sieve[i * i::i] = b"\1" * len(sieve[i * i::i])
    point = 0j
    for _ in range(4_000):
        point = point * point + 0.1 + 0.2j if abs(point) < 2 else 0j
    state = 0
    for i in range(20_000):
        state = (state * 1103515245 + 12345) & 0x7fffffff
        state ^= state >> 3
        state |= 1 << (i & 15)
    total = 0.0
    for i in range(1, 6_000):
        total += math.sin(i) + math.sqrt(i) + math.floor(i / 3) + round(i / 7, 2) + int(i * 1.5) + float(i) + abs(-i)
    start = datetime.datetime(2024, 1, 1)
    times = [(start + datetime.timedelta(hours=i)).isoformat() for i in range(1_500)]
    days = [datetime.date.fromisoformat("2024-05-06").strftime("%Y %j") for _ in range(500)]
    return decimals, product[0][0], sum(sieve), point, state, total, times[-1], days[0], statistics.mean(rows[0])


SOURCE = '''def f(a, b=1):
    """doc"""
    return [x for x in a if x > b] or {1: 2, **a}

class A(B):
    x: int = 3
    def g(self, *args, **k):
        try:
            with open(a) as f: yield f
        except E as e: raise
'''


class Tags(html.parser.HTMLParser):
    count = 0

    def handle_starttag(self, tag, attributes):
        self.count += 1


def texts():
    source = SOURCE * 30
    tree = ast.parse(source)
    compile(tree, "tree", "exec")
    compile(source, "source", "exec")
    lines = source.splitlines()
    tokens = sum(1 for _ in tokenize.generate_tokens(io.StringIO(source).readline))
    filled = textwrap.fill("lorem ipsum dolor " * 200)
    changes = list(difflib.unified_diff(lines[:80], lines[5:90]))
    tags = Tags()
    tags.feed("<div class='a'><p>x &amp; y</p></div>" * 200)
    string.Template("$a ${b}").substitute(a=1, b=2)
    log = logging.getLogger("training")
    log.propagate = False
    log.addHandler(logging.StreamHandler(io.StringIO()))
    for i in range(1_200):
        log.warning("message %d %s", i, "text")
        log.debug("none")
    parser = argparse.ArgumentParser()
    parser.add_argument("--number", type=int)
    parser.add_argument("rest", nargs="*")
    for _ in range(50):
        parser.parse_args(["--number", "3", "a", "b"])
    exec("for i in range(3000):\n  globals()['v'] = i\n  z = i * 2 if i else 0\n", {})
    return len(ast.unparse(tree)), tokens, len(filled), len(changes), tags.count


async def take(queue, taken):
    while (item := await queue.get()) is not None:
        taken.append(item)
        await asyncio.sleep(0)


async def count_up():
    for i in range(4_000):
        yield i


async def tasks():
    queue, taken = asyncio.Queue(), []
    takers = [asyncio.create_task(take(queue, taken)) for _ in range(5)]
    for i in range(5_000):
        queue.put_nowait(i)
    for _ in takers:
        queue.put_nowait(None)
    await asyncio.gather(*takers)
    return len(taken), sum([i async for i in count_up()])


class Node:
    def __init__(self, value):
        self.value = value
        self.left = self.right = None

    def add(self, value):
        node = self
        while True:
            side = "left" if value < node.value else "right"
            below = getattr(node, side)
            if below is None:
                setattr(node, side, Node(value))
                return
            node = below

    def walk(self):
        if self.left:
            yield from self.left.walk()
        yield self.value
        if self.right:
            yield from self.right.walk()


def trees():
    root = Node(0.5)
    for _ in range(8_000):
        root.add(draw.random())
    return sum(root.walk())


def cells():
    size = 40
    grid = [[draw.random() < 0.3 for _ in range(size)] for _ in range(size)]
    steps = [(y, x) for y in (-1, 0, 1) for x in (-1, 0, 1) if y or x]
    for _ in range(12):
        around = [
            [sum(grid[(y + dy) % size][(x + dx) % size] for dy, dx in steps) for x in range(size)] for y in range(size)
        ]
        grid = [[around[y][x] == 3 or (grid[y][x] and around[y][x] == 2) for x in range(size)] for y in range(size)]
    return sum(map(sum, grid))


def main():
    for part in (classes, strings, containers, generators, calls, formats, patterns, numbers, texts, trees, cells):
        print(part.__name__, part())
    print(tasks.__name__, asyncio.run(tasks()))
