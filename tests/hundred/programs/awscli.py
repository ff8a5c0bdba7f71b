"""awscli: the command with its version, settings, skeletons from the models, help texts, and mistakes."""

import contextlib
import io
import os
import tempfile

folder = tempfile.mkdtemp()
os.environ.update(AWS_CONFIG_FILE=f"{folder}/config", AWS_SHARED_CREDENTIALS_FILE=f"{folder}/cred", AWS_DEFAULT_REGION="eu-west-1", AWS_PAGER="")
from awscli.clidriver import create_clidriver  # noqa: E402


def aws(*arguments):
    said, wrong = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(wrong):
        try:
            status = create_clidriver().main(list(arguments))
        except SystemExit as stop:
            status = stop.code
    print("$ aws", *arguments, "->", status)
    print(said.getvalue().strip(), wrong.getvalue().strip()[-60:])


aws("configure", "set", "region", "cn-north-1", "--profile", "p")
aws("configure", "get", "region", "--profile", "p")
print(open(f"{folder}/config").read())
aws("sqs", "create-queue", "--generate-cli-skeleton")
aws("sqs", "send-message", "--generate-cli-skeleton", "output", "--query", "MessageId")
aws("sqs", "none")
aws("s3", "cp", "nowhere", "nothing")
