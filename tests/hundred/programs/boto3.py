"""boto3: a client and a resource with answers from a stub, paginators, presigned addresses, what services there are."""

import boto3
from botocore.exceptions import ClientError
from botocore.stub import Stubber

session = boto3.Session("id", "secret", region_name="eu-west-1")
print(len(session.get_available_services()) > 300, "sqs" in session.get_available_resources())
s3 = session.client("s3")
with Stubber(s3) as stub:
    page = {"Contents": [{"Key": "a", "Size": 1}, {"Key": "b", "Size": 2}], "IsTruncated": False}
    stub.add_response("list_objects_v2", page, {"Bucket": "box"})
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket="box")
    print([(entry["Key"], entry["Size"]) for page in pages for entry in page["Contents"]])
    stub.add_client_error("head_bucket", "404", "Not Found", http_status_code=404)
    try:
        s3.head_bucket(Bucket="none")
    except ClientError as error:
        print(error)
url = s3.generate_presigned_url("get_object", {"Bucket": "box", "Key": "a b"}, ExpiresIn=60)
print(url.partition("?")[0], "Signature=" in url)
table = session.resource("dynamodb").Table("things")
with Stubber(table.meta.client) as stub:
    stub.add_response("get_item", {"Item": {"id": {"N": "7"}, "tags": {"SS": ["x"]}}})
    print(table.get_item(Key={"id": 7})["Item"])
try:
    s3.put_object(Bucket="box")
except Exception as error:
    print(type(error).__name__, error)
