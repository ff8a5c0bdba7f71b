# [tool.pyapp] native = ["jiter"]
import jiter

print(jiter.from_json(b'{"a": [1, 2.5, "x", null, 123456789012345678901234567890]}'))
print(jiter.from_json(b'{"a": [1, 2', partial_mode=True))
try:
    jiter.from_json(b'{"a": }')
except ValueError as error:
    print(error)
