"""googleapis-common-protos: messages for statuses, dates and addresses of calls, packed and as JSON."""

from google.api import annotations_pb2, http_pb2
from google.protobuf import json_format
from google.rpc import code_pb2, error_details_pb2, status_pb2
from google.type import date_pb2, money_pb2

status = status_pb2.Status(code=code_pb2.NOT_FOUND, message="gone")
status.details.add().Pack(error_details_pb2.ErrorInfo(reason="R", domain="d", metadata={"a": "b"}))
back = status_pb2.Status.FromString(status.SerializeToString())
info = error_details_pb2.ErrorInfo()
print(back == status, back.details[0].Unpack(info), info.reason, dict(info.metadata), code_pb2.Code.Name(back.code))
print(json_format.MessageToDict(status)["details"][0]["@type"])
print(json_format.MessageToDict(date_pb2.Date(year=2026, month=1)), money_pb2.Money(units=3).SerializeToString())
print(http_pb2.HttpRule(get="/v1").WhichOneof("pattern"), annotations_pb2.http.number)
