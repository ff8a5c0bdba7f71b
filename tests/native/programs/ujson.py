# [tool.pyapp] native = ["ujson"]
import ujson

value = {"a": [1, 2.5, -3e20, None, True, "é\n\u2028"], "b": {"c": 2**62}}
print(ujson.dumps(value), ujson.dumps(value, ensure_ascii=False, indent=1, escape_forward_slashes=False))
print(ujson.loads(ujson.dumps(value)) == value, ujson.loads("[1e-7, 123456789.123456789, 0.1]"))
try:
    ujson.loads("[1, }")
except ujson.JSONDecodeError as error:
    print(error)
