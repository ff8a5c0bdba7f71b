"""s3fs, up to connecting: paths, options, the store it registers, and files of its cache of listings."""

import asyncio

import fsspec
from s3fs import S3FileSystem
from s3fs.core import ParamKwargsHelper, _error_wrapper, version_id_kw
from s3fs.errors import translate_boto_error
from botocore.exceptions import ClientError

fs = fsspec.filesystem("s3", anon=True, asynchronous=True, client_kwargs={"region_name": "eu-west-1"})
print(isinstance(fs, S3FileSystem), fs.protocol, fs.anon, fsspec.get_filesystem_class("s3a").__name__)
print(fs.split_path("s3://box/a/b.txt?versionId=v1"), S3FileSystem._strip_protocol("s3://box/a/"))
print(S3FileSystem._parent("box/a/b"), version_id_kw("v"), version_id_kw(None))
fs.dircache["box"] = [{"Key": "box/a", "name": "box/a", "size": 3, "type": "file"}]
print(asyncio.run(fs._ls("box")), asyncio.run(fs._ls("box", detail=True))[0]["size"])
error = ClientError({"Error": {"Code": "NoSuchKey", "Message": "gone"}}, "GetObject")
print(repr(translate_boto_error(error)))
print(ParamKwargsHelper.__name__, _error_wrapper.__name__)
