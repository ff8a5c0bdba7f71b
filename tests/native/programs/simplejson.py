# [tool.pyapp] native = ["simplejson"]
import decimal

import simplejson
from simplejson import _speedups

print(simplejson.dumps({"a": decimal.Decimal("1.10"), "b": (1, 2), "c": "</é>"}, sort_keys=True))
print(simplejson.loads('[1.1, {"x": null}]', use_decimal=True), simplejson.encoder.c_make_encoder is _speedups.make_encoder)
try:
    simplejson.loads('{"a": }')
except simplejson.JSONDecodeError as error:
    print(error)
