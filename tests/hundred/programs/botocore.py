"""botocore: models of services as data files, signatures, parsers of answers, validation, endpoints."""

import datetime

import botocore.session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ParamValidationError
from botocore.parsers import create_parser
from botocore.utils import ArnParser, parse_timestamp

session = botocore.session.get_session()
model = session.get_service_model("sqs")
print(model.protocol, model.operation_model("SendMessage").input_shape.required_members)
print(session.get_partition_for_region("cn-north-1"), "eu-west-1" in session.get_available_regions("ec2"))
request = AWSRequest("GET", "https://s.amazonaws.com/?b=2&a=1", headers={"X-Amz-Date": "20260102T030405Z"})
request.context["timestamp"] = "20260102T030405Z"
auth = SigV4Auth(Credentials("id", "secret"), "s", "eu-west-1")
print(auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request))
shape = session.get_service_model("sts").operation_model("GetCallerIdentity").output_shape
body = b"<R><GetCallerIdentityResult><Account>12</Account></GetCallerIdentityResult></R>"
answer = create_parser("query").parse({"status_code": 200, "headers": {}, "body": body}, shape)
print(answer["Account"], ArnParser().parse_arn("arn:aws:s3:::box")["resource"])
print(parse_timestamp("2026-01-02T03:04:05Z").astimezone(datetime.timezone.utc).isoformat())
client = session.create_client("sqs", "eu-west-1", aws_access_key_id="id", aws_secret_access_key="secret")
try:
    client.send_message(QueueUrl=3)
except ParamValidationError as error:
    print(error)
print(client.meta.endpoint_url)
