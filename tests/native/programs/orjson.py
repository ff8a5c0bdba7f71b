# [tool.pyapp] native = ["orjson"]
import datetime

import orjson

data = {"a": [1, 2.5, None, True], "ü": "\u20ac\n", "when": datetime.datetime(2026, 11, 27, tzinfo=datetime.timezone.utc)}
text = orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
print(text.decode(), orjson.loads(text))
try:
    orjson.loads(b'{"a": tru}')
except orjson.JSONDecodeError as error:
    print(error)
try:
    orjson.dumps({1: 2})
except TypeError as error:
    print(error)
