"""What ctypes does with data, and with functions that need no machine code."""
import ctypes
import ctypes.util
import ctypes.wintypes
import multiprocessing.sharedctypes


def attempt(title, function, *arguments):
    try:
        result = repr(function(*arguments))
    except Exception as error:
        result = f"{type(error).__name__}: {error}"
    print(f"{title}: {result}")


class Point(ctypes.Structure):
    _fields_ = [("x", ctypes.c_int32), ("y", ctypes.c_int16), ("name", ctypes.c_char * 4), ("flag", ctypes.c_uint8, 3)]


class Either(ctypes.Union):
    _fields_ = [("number", ctypes.c_uint32), ("bytes", ctypes.c_ubyte * 4)]


class Packed(ctypes.BigEndianStructure):
    _pack_ = 1
    _fields_ = [("kind", ctypes.c_uint8), ("length", ctypes.c_uint32), ("value", ctypes.c_double)]


point = Point(1, -2, b"abc", 5)
print(ctypes.sizeof(Point), Point.y.offset, point.x, point.y, point.name, point.flag, bytes(point))
print(hex(Either(0x01020304).bytes[0]), bytes(Packed(1, 2, 3.0)), ctypes.sizeof(Packed))
numbers = (ctypes.c_int * 5)(*range(5))
print(list(numbers), numbers[1:4], len(numbers), ctypes.sizeof(numbers))
print([kind.__name__ for kind in (ctypes.c_int8, ctypes.c_uint16, ctypes.c_float)], ctypes.c_uint8(300).value)
print(ctypes.c_longdouble(1.5).value, ctypes.c_bool(7).value, ctypes.c_wchar("é").value, ctypes.c_char_p(b"text").value)
buffer = bytearray(16)
view = Point.from_buffer(buffer)
view.x = 0x41424344
print(bytes(buffer[:4]), Point.from_buffer_copy(b"\1" + bytes(15)).x)
attempt("too small", Point.from_buffer, bytearray(3))
attempt("wrong type", ctypes.c_int, "text")

number = ctypes.c_int(42)
pointer = ctypes.pointer(number)
pointer.contents.value = 43
print(number.value, pointer[0], bool(ctypes.POINTER(ctypes.c_int)()), ctypes.byref(number) is not None)
attempt("null", lambda: ctypes.POINTER(ctypes.c_int)().contents)

print("-- functions")
text = ctypes.create_string_buffer(b"hello, world", 20)
print(text.value, ctypes.string_at(text), ctypes.string_at(text, 5), ctypes.sizeof(text))
print(ctypes.wstring_at(ctypes.create_unicode_buffer("wide é")), ctypes.wstring_at(ctypes.create_unicode_buffer("wide"), 2))
ctypes.memmove(ctypes.addressof(text) + 7, b"there", 5)
print(text.value)
ctypes.memset(text, ord("-"), 3)
print(text.value)
print(ctypes.cast(text, ctypes.POINTER(ctypes.c_uint8))[0], ctypes.cast(text, ctypes.c_char_p).value)
attempt("cast to no pointer", ctypes.cast, text, ctypes.c_short)
attempt("too few arguments", ctypes.memmove, text)

print("-- callbacks, called from Python")


@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_double)
def callback(count, factor):
    return int(count * factor)


print(callback(3, 2.5), callback(-1, 4))
attempt("wrong argument", callback, "x", 1)
wide = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64, ctypes.c_int8)(lambda a, b: a * b)
print(wide(2**40, -3))
print(ctypes.CFUNCTYPE(None)(lambda: print("called"))())
print(ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.py_object)(lambda thing: [thing])("x"))
print(ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_char_p)(lambda text: text == b"yes")(b"yes"))
address = ctypes.cast(callback, ctypes.c_void_p)
print(ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_double)(address.value)(2, 2.0))

print("-- shared values")
value = multiprocessing.sharedctypes.RawValue("i", 7)
array = multiprocessing.sharedctypes.RawArray("d", 3)
array[1] = 1.5
print(value.value, list(array), ctypes.wintypes.WORD(2**16 + 1).value)
