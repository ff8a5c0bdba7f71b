"""Which locales there are, on a machine where none is installed beside those of the C library."""
import locale
import os
import time

CATEGORIES = "LC_CTYPE", "LC_NUMERIC", "LC_TIME", "LC_COLLATE", "LC_MONETARY", "LC_MESSAGES", "LC_ALL"
NAMES = [
    "C", "POSIX", "C.UTF-8", "C.utf8", "C.UTF8", "C.utf-8", "c", "posix", "c.utf-8", "C.", "C.ISO8859-1", "C@euro",
    "POSIX.UTF-8", "en_US", "en_US.UTF-8", "de_DE@euro", "nonsense", "a/b", "../C", "C.UTF-8;C", "LC_CTYPE=C;LC_NUMERIC=C",
    "x" * 300,
]


def attempt(category, name):
    try:
        return locale.setlocale(category, name)
    except (locale.Error, ValueError) as error:
        return f"{type(error).__name__}: {error}"


# Each name for all categories and for one; what does not work changes nothing.
for name in NAMES:
    for category in locale.LC_ALL, locale.LC_TIME, locale.LC_CTYPE:
        print(ascii(name[:30]), attempt(category, name), locale.setlocale(locale.LC_ALL), locale.getlocale())

# Of the environment.
for variables in [
    {}, {"LANG": "C"}, {"LANG": "POSIX"}, {"LANG": "C.UTF-8"}, {"LANG": "C.utf8"}, {"LANG": "en_DE"}, {"LANG": "en_US.UTF-8"},
    {"LANG": "xx", "LC_ALL": "C"}, {"LANG": "C", "LC_ALL": "xx"}, {"LANG": "C", "LC_TIME": "xx"}, {"LANG": "", "LC_ALL": ""},
    {"LANG": "xx", "LC_TIME": "C.UTF-8"}, {"LANG": "C.UTF-8", "LC_TIME": "C"}, {"LANG": "C", "LC_NUMERIC": "C.UTF-8", "LC_ALL": ""},
]:
    for category in CATEGORIES:
        os.environ.pop(category, None)
    os.environ.pop("LANG", None)
    # CPython itself sets it where nothing else is set.
    os.environ.update({"LC_CTYPE": "C.UTF-8"} | variables)
    locale.setlocale(locale.LC_ALL, "C")
    for category in CATEGORIES:
        print(variables, category, attempt(getattr(locale, category), ""), locale.getlocale())
    print(time.strptime("Mon", "%a").tm_wday)

# What was set can be set again, whole.
locale.setlocale(locale.LC_ALL, "C")
locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
mixed = locale.setlocale(locale.LC_ALL)
locale.setlocale(locale.LC_ALL, "C")
print(attempt(locale.LC_ALL, mixed), locale.nl_langinfo(locale.CODESET))
backwards = ";".join(reversed(mixed.split(";")))
print(attempt(locale.LC_ALL, backwards), attempt(locale.LC_TIME, mixed), attempt(locale.LC_ALL, mixed.replace("=C;", "=xx;", 1)))
print(attempt(99, "C"), attempt(-1, None), f"{1234.5:n}", locale.format_string("%.1f", 1234.5, grouping=True))
