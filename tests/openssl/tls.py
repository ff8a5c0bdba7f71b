"""TLS between two ends, and what `hashlib` takes from OpenSSL."""
import hashlib
import hmac
import ssl

from talk import contexts, talk


def main():
    for version in ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3:
        server, client = contexts(version)
        _, end = talk(server, client)
        print(end.version(), end.cipher()[0], end.getpeercert()["subject"], end.session_reused)
        _, end = talk(server, client, end.session)
        print("again", end.session_reused)
    try:
        talk(server, ssl.create_default_context())
    except ssl.SSLCertVerificationError as error:
        print(error.reason, "-", error.verify_message)
    client.minimum_version = ssl.TLSVersion.TLSv1_3
    server.maximum_version = ssl.TLSVersion.TLSv1_2
    try:
        talk(server, client)
    except ssl.SSLError as error:
        print(error.library, error.reason)
    print(ssl.get_default_verify_paths().openssl_cafile, ssl.get_default_verify_paths().openssl_capath)
    print(hashlib.pbkdf2_hmac("sha256", b"a", b"b", 1000).hex()[:16])
    print(hashlib.scrypt(b"a", salt=b"b", n=16, r=8, p=1).hex()[:16])
    print(hashlib.new("ripemd160", b"a").hexdigest()[:16], hmac.digest(b"a", b"b", "sha3_256").hex()[:16])
    print(type(hmac.new(b"a", b"b", "sha256")._hmac).__module__, sorted(hashlib.algorithms_available))
