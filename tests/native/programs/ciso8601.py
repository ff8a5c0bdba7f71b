# [tool.pyapp] native = ["ciso8601"]
import ciso8601

print(ciso8601.parse_datetime("2026-11-27T10:20:30.123456+02:30"), repr(ciso8601.parse_datetime("20261127T10Z")))
try:
    ciso8601.parse_datetime("2026-13-01")
except ValueError as error:
    print(error)
