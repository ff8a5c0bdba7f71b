"""Where Python has an encoding from: a locale of UTF-8 is what the recorded run had."""
import io
import locale
import os
import sys
import threading

print(locale.getencoding().lower(), locale.getpreferredencoding().lower(), locale.getpreferredencoding(False).lower())
print(locale.getlocale(), locale.setlocale(locale.LC_CTYPE), locale.nl_langinfo(locale.CODESET))
print(sys.getfilesystemencoding(), sys.getfilesystemencodeerrors(), sys.getdefaultencoding())
for stream in sys.stdin, sys.stdout, sys.stderr:
    print(stream.encoding)
print(io.TextIOWrapper(io.BytesIO(), encoding="locale").encoding.lower(), os.fsencode("ä\udcff"), ascii(os.fsdecode(b"\xc3\xa4\xff")))
print("ä".isalpha(), "Ä".lower(), locale.localeconv()["decimal_point"], locale.strcoll("a", "b") < 0)
print(threading.get_native_id() == threading.main_thread().native_id == os.getpid())
