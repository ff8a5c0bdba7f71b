# [tool.pyapp] native = ["fastavro"]
import io

import fastavro

schema = fastavro.parse_schema({"type": "record", "name": "R", "fields": [
    {"name": "a", "type": "long"}, {"name": "b", "type": {"type": "array", "items": "string"}}]})
file = io.BytesIO()
fastavro.writer(file, schema, [{"a": 2**40, "b": ["x", "é"]}, {"a": -1, "b": []}], codec="deflate")
file.seek(0)
print(list(fastavro.reader(file)), fastavro.read.reader.__module__, fastavro.validate({"a": 1, "b": [1]}, schema, raise_errors=False))
