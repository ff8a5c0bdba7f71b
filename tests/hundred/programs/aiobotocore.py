"""aiobotocore: a client of asyncio with answers from a stub, an address that it signs, and a mistake."""

import asyncio

from aiobotocore.session import get_session
from aiobotocore.stub import AioStubber
from botocore.exceptions import ClientError, ParamValidationError


async def main():
    make = get_session().create_client
    async with make("sqs", region_name="eu-west-1", aws_access_key_id="i", aws_secret_access_key="s") as client:
        with AioStubber(client) as stub:
            stub.add_response("list_queues", {"QueueUrls": ["https://a/1"]})
            stub.add_client_error("get_queue_url", "NoQueue", "none")
            print((await client.list_queues())["QueueUrls"])
            try:
                await client.get_queue_url(QueueName="x")
            except ClientError as error:
                print(error)
        try:
            await client.send_message(QueueUrl="x")
        except ParamValidationError as error:
            print(error)
    async with make("s3", region_name="eu-west-1", aws_access_key_id="i", aws_secret_access_key="s") as client:
        url = await client.generate_presigned_url("get_object", {"Bucket": "box", "Key": "k"})
        print(url.partition("?")[0])


asyncio.run(main())
