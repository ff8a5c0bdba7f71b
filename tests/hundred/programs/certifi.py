"""certifi: the file of certificates, as a path and as text."""

import base64
import hashlib
import os

import certifi

text = certifi.contents()
print(os.path.basename(certifi.where()), os.path.isfile(certifi.where()))
with open(certifi.where()) as file:
    print(file.read() == text)
blocks = text.split("-----BEGIN CERTIFICATE-----")[1:]
certificates = [base64.b64decode(block.split("-----END")[0]) for block in blocks]
print(len(certificates), hashlib.sha256(b"".join(certificates)).hexdigest())
print(sorted(line[9:] for line in text.splitlines() if line.startswith("# Label:"))[:5])
