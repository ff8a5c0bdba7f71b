"""s3transfer: what it does without threads: ranges, parts of files, subscribers' arguments, an upload in the main thread."""

import io
import tempfile

import botocore.session
from botocore.stub import ANY, Stubber
from s3transfer.futures import NonThreadedExecutor
from s3transfer.manager import TransferConfig, TransferManager
from s3transfer.utils import ChunksizeAdjuster, ReadFileChunk, calculate_num_parts, calculate_range_parameter

print(calculate_num_parts(25, 10), [calculate_range_parameter(10, part, 3) for part in range(3)])
print(ChunksizeAdjuster().adjust_chunksize(1, 10**12))
with tempfile.NamedTemporaryFile() as file:
    file.write(b"0123456789")
    file.flush()
    with ReadFileChunk.from_filename(file.name, 3, 4) as chunk:
        print(chunk.read(), len(chunk), chunk.seek(1), chunk.read(2))
client = botocore.session.get_session().create_client(
    "s3", "eu-west-1", aws_access_key_id="id", aws_secret_access_key="secret"
)
with Stubber(client) as stub:
    stub.add_response("put_object", {"ETag": '"1"'}, {"Bucket": "box", "Key": "k", "Body": ANY, "ChecksumAlgorithm": ANY})
    manager = TransferManager(client, TransferConfig(), executor_cls=NonThreadedExecutor)
    future = manager.upload(io.BytesIO(b"data"), "box", "k")
    print(future.result(), future.meta.size, future.done())
    manager.shutdown()
