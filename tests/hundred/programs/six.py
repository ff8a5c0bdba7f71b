"""six: modules under one name, metaclasses, text and bytes, and its helpers."""

import six
from six.moves import configparser, input, range, urllib, zip_longest
from six.moves.urllib.parse import quote, urlsplit


class Meta(type):
    def __new__(cls, name, bases, body):
        return super().__new__(cls, name, bases, {**body, "made": name})


@six.add_metaclass(Meta)
class A:
    pass


@six.python_2_unicode_compatible
class B(six.with_metaclass(Meta, object)):
    def __str__(self):
        return "ü"


print(six.PY3, six.PY2, A.made, B.made, str(B()))
print(six.ensure_binary("ü"), six.ensure_str(b"a"), six.text_type, six.string_types)
print(list(six.iteritems({"a": 1})), list(zip_longest(range(2), range(1))), quote("a b"), urlsplit("http://x/y").path)
print(configparser.ConfigParser.__name__, urllib.error.URLError.__name__, input.__name__)
print(six.int2byte(65), six.byte2int(b"A"), six.next(iter([1])), six.get_unbound_function(B.__str__).__name__)
try:
    six.raise_from(ValueError("new"), KeyError("old"))
except ValueError as error:
    print(error, repr(error.__cause__))
