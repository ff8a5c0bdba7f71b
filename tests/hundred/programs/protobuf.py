"""protobuf: message types made at run time, wire format, JSON, text, well-known types, and a mistake."""

from google.protobuf import (
    descriptor_pb2,
    descriptor_pool,
    duration_pb2,
    field_mask_pb2,
    json_format,
    message_factory,
    struct_pb2,
    text_format,
    timestamp_pb2,
)
from google.protobuf.message import DecodeError

file = descriptor_pb2.FileDescriptorProto(name="x.proto", package="x", syntax="proto3")
thing = file.message_type.add(name="Thing")
F = descriptor_pb2.FieldDescriptorProto
for number, (name, kind, label) in enumerate([("id", F.TYPE_INT64, 1), ("name", F.TYPE_STRING, 1), ("sizes", F.TYPE_DOUBLE, 3)], 1):
    thing.field.add(name=name, number=number, type=kind, label=label)
pool = descriptor_pool.DescriptorPool()
pool.AddSerializedFile(file.SerializeToString())
Thing = message_factory.GetMessageClass(pool.FindMessageTypeByName("x.Thing"))
one = Thing(id=-5, name="ü", sizes=[1, 2.5])
data = one.SerializeToString()
print(data.hex(), Thing.FromString(data) == one, one.ByteSize())
print(json_format.MessageToJson(one, indent=None), json_format.Parse('{"id": "7"}', Thing()).id)
print(text_format.MessageToString(one, as_one_line=True, as_utf8=True), text_format.Parse('name: "q"', Thing()).name)
print([field.name for field, _ in one.ListFields()])
struct = struct_pb2.Struct()
struct.update({"a": [1, None, {"b": True}]})
print(json_format.MessageToDict(struct), timestamp_pb2.Timestamp(seconds=1).ToJsonString())
print(duration_pb2.Duration(seconds=3, nanos=5).ToJsonString(), field_mask_pb2.FieldMask(paths=["a_b"]).ToJsonString())
for wrong in (lambda: Thing.FromString(b"\x0a"), lambda: Thing(id="x"), lambda: Thing(id=2**64)):
    try:
        wrong()
    except (DecodeError, TypeError, ValueError) as error:
        print(type(error).__name__)
