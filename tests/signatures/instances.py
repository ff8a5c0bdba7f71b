"""Instances that junk as arguments does not make, or of which there is more to see than of an empty one: one a line."""

INSTANCES = r"""
iter([1, 2])
reversed([1, 2])
iter((1, 2))
iter("text")
iter("\u1234")
iter(b"text")
iter(bytearray(b"text"))
iter({1, 2})
iter({1: 2})
iter({1: 2}.values())
iter({1: 2}.items())
reversed({1: 2})
reversed({1: 2}.values())
reversed({1: 2}.items())
{1: 2}.keys()
{1: 2}.values()
{1: 2}.items()
iter(range(3))
iter(range(1 << 70))
iter(memoryview(b"text"))
iter(lambda: 1, 1)
enumerate("text")
reversed("text")
map(len, [[]])
filter(None, [1])
zip([1], [2], strict=True)
[].append
len
str.join
int.__add__
(1).__add__
dict.fromkeys
vars(dict)["fromkeys"]
vars(type)["__dict__"]
types.FunctionType.__code__
slice.start
types.MappingProxyType({1: 2})
types.SimpleNamespace(a=1)
frame()
frame().f_locals
raised().__traceback__
generator
generator()
suspended(generator)
generator.__code__
generator.__code__.co_lines()
generator.__code__.co_positions()
coroutine()
coroutine().__await__()
async_generator()
async_generator().__anext__()
async_generator().asend(None)
async_generator().athrow(ValueError)
async_generator().aclose()
anext(async_generator(), 1)
Odd().read
cell()
classmethod(len)
staticmethod(len)
property(len, len, len, "text")
super(Odd, Odd())
iter(Indexed())
weakref.ref(Odd)
weakref.proxy(KEPT)
weakref.proxy(generator)
weakref.proxy(Odd)
list[int]
iter(list[int])
int | str
memoryview(bytearray(b"12345678")).cast("I")
pickle.PickleBuffer(bytearray(b"text"))
ExceptionGroup("text", [ValueError(1), OSError(2, "text", "file")])
OSError(2, "text", "file", None, "other")
UnicodeDecodeError("utf-8", b"text", 0, 1, "text")
UnicodeEncodeError("utf-8", "text", 0, 1, "text")
UnicodeTranslateError("text", 0, 1, "text")
SyntaxError("text", ("file", 1, 1, "text", 1, 2))
ImportError("text", name="name", path="path")
AttributeError("text", name="name", obj=1)
NotImplemented
Ellipsis
sys.flags
sys.float_info
sys.hash_info
sys.version_info
sys.thread_info
os.stat("/")
os.statvfs("/")
os.uname()
os.times()
os.terminal_size((1, 2))
os.scandir("/")
next(os.scandir("/"))
time.localtime(0)
collections.OrderedDict(a=1, b=2)
iter(collections.OrderedDict(a=1))
collections.OrderedDict(a=1).keys()
collections.OrderedDict(a=1).values()
collections.OrderedDict(a=1).items()
collections.deque([1, 2], 3)
iter(collections.deque([1]))
reversed(collections.deque([1]))
collections.defaultdict(list, a=[1])
collections.namedtuple("Point", "x y").x
functools.partial(len, [])
functools.cmp_to_key(lambda a, b: 0)
functools.cmp_to_key(lambda a, b: 0)(1)
functools.lru_cache(2)(Odd().read)
functools.lru_cache(None)(len)
operator.methodcaller("join", [], key=1)
operator.methodcaller("x")
operator.attrgetter("a", "b.c")
operator.itemgetter(0, 1)
itertools.groupby([1, 1, 2])
next(itertools.groupby([1, 1, 2]))[1]
itertools.tee([1, 2])[0]
itertools.tee([1, 2])[0].__reduce__()[2][0]
itertools.chain([1], [2])
itertools.product([1], [2])
itertools.permutations([1, 2])
itertools.combinations([1, 2], 2)
itertools.combinations_with_replacement([1], 2)
itertools.accumulate([1, 2], initial=1)
itertools.starmap(pow, [(1, 2)])
itertools.islice([1, 2], 1)
itertools.takewhile(bool, [1])
itertools.dropwhile(bool, [1])
itertools.compress([1], [1])
itertools.filterfalse(bool, [0])
itertools.zip_longest([1], [1, 2])
itertools.pairwise([1, 2])
itertools.batched([1, 2], 2)
itertools.count(1.5, 2)
itertools.cycle([1])
itertools.repeat(1)
array.array("d", [1.5])
array.array("w", "text")
iter(array.array("i", [1]))
re.compile("(?P<a>t)e(x)?")
re.match("(t)(e)", "text")
re.compile("t").scanner("text")
re.finditer("t", "text")
re._compile_template(re.compile("(t)"), r"\1")
struct.Struct("<iq")
struct.iter_unpack("i", bytes(8))
random.Random(1)
decimal.Decimal("1.5")
decimal.Context(prec=5)
decimal.localcontext()
decimal.Context().flags
datetime.date(2000, 1, 2)
datetime.date(2000, 1, 2).isocalendar()
datetime.datetime(2000, 1, 2, tzinfo=datetime.timezone.utc)
datetime.time(1, 2)
datetime.timedelta(1)
datetime.timezone(datetime.timedelta(hours=1), "text")
datetime.datetime_CAPI
zoneinfo.ZoneInfo("Europe/Berlin")
io.StringIO("a\nb")
io.BytesIO(b"a\nb")
io.BytesIO(b"a").getbuffer()
io.BytesIO(b"a").getbuffer().obj
io.FileIO("file", "w+")
io.BufferedReader(io.BytesIO(b"text"))
io.BufferedWriter(io.BytesIO())
io.BufferedRandom(io.BytesIO(b"text"))
io.BufferedRWPair(io.BytesIO(b"text"), io.BytesIO())
io.TextIOWrapper(io.BytesIO(b"a\nb"))
io.IncrementalNewlineDecoder(None, True)
open("file", "w+")
zlib.compressobj()
zlib.decompressobj()
zlib._ZlibDecompressor()
bz2.BZ2Compressor()
bz2.BZ2Decompressor()
lzma.LZMACompressor(preset=0)
lzma.LZMADecompressor()
csv.reader(["a,b"])
csv.writer(io.StringIO())
csv.get_dialect("excel")
pickle.Pickler(io.BytesIO())
pickle.Pickler(io.BytesIO()).memo
pickle.Unpickler(io.BytesIO(b"N."))
pickle.Unpickler(io.BytesIO()).memo
json.encoder.c_make_encoder(None, len, json.encoder.encode_basestring, None, ":", ",", False, False, True)
json.scanner.c_make_scanner(json.JSONDecoder())
element()
element().iter()
_elementtree.TreeBuilder()
_elementtree.XMLParser(target=_elementtree.TreeBuilder())
pyexpat.ParserCreate()
connection()
connection().cursor()
connection().execute("select * from t")
connection().blobopen("t", "b", 1)
connection()("select 1")
sqlite3.Row(connection().execute("select 1 as a"), (1,))
contextvars.copy_context()
contextvars.copy_context().keys()
contextvars.copy_context().values()
contextvars.copy_context().items()
iter(contextvars.copy_context())
iter(contextvars.copy_context().values())
iter(contextvars.copy_context().items())
contextvars.ContextVar("text", default=1)
contextvars.ContextVar("text").set(1)
contextvars.ContextVar("text").set(1).old_value
_thread.allocate_lock()
_thread.RLock()
_thread._local()
_queue.SimpleQueue()
registered(select.poll())
socket.socketpair()[0]
profiled()
profiled().getstats()[0]
future()
task()
iter(future())
_tokenize.TokenizerIter(io.StringIO("a = 1\n").readline, extra_tokens=True)
ast.parse("a = 1")
ast.parse("a = 1").body[0]
codecs.getincrementalencoder("big5")()
codecs.getincrementaldecoder("big5")()
codecs.getreader("shift_jis")(io.BytesIO(b"text"))
codecs.getwriter("euc_kr")(io.BytesIO())
codecs.charmap_build("".join(map(chr, range(256))))
_codecs_jp.getcodec("cp932")
unicodedata.ucd_3_2_0
typing.TypeVar("T")
typing.ParamSpec("P")
typing.ParamSpec("P").args
typing.ParamSpec("P").kwargs
typing.TypeVarTuple("Ts")
typing.TypeAliasType("A", int)
typing.NoDefault
_string.formatter_parser("a{b}")
_string.formatter_field_name_split("a.b[c]")[1]
symtable.symtable("a = 1", "text", "exec")._table
_sha2.sha224(b"text")
_sha2.sha256(b"text")
_sha2.sha384(b"text")
_sha2.sha512(b"text")
_sha1.sha1()
_md5.md5()
_sha3.sha3_256(b"text")
_sha3.shake_128(b"text")
_blake2.blake2b(b"text")
_blake2.blake2s(b"text")
collections.abc.Sized._abc_impl
pwd.getpwuid(os.getuid())
grp.getgrall()[0]
ctypes.byref(ctypes.c_int())
ctypes.pointer(ctypes.c_int(1))
ctypes.POINTER(ctypes.c_int)
ctypes.c_int(1)
ctypes.c_int
ctypes.create_string_buffer(b"text")
ctypes.c_char * 4
ctypes.CFUNCTYPE(ctypes.c_int)
ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(len)
ctypes.cast(ctypes.create_string_buffer(4), ctypes.c_void_p)
Record
Record(1, 2)
Record.number
Either
Either(1)
mmap.mmap(-1, 4096)
"""
