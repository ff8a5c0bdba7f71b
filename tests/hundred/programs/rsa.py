"""rsa: encryption, signatures, keys as text, and what fails. The key is given: making one takes chance."""

import rsa

# Two primes, so that the same is said each time.
p, q = 2**521 - 1, 2**607 - 1
private = rsa.PrivateKey(p * q, 65537, pow(65537, -1, (p - 1) * (q - 1)), p, q)
public = rsa.PublicKey(private.n, private.e)
secret = rsa.encrypt(b"hello", public)
print(len(secret), rsa.decrypt(secret, private))
signature = rsa.sign(b"text", private, "SHA-256")
print(signature.hex()[:32], rsa.verify(b"text", signature, public), rsa.find_signature_hash(signature, public))
text = private.save_pkcs1()
print(text.splitlines()[0], rsa.PrivateKey.load_pkcs1(text) == private)
print(rsa.PublicKey.load_pkcs1_openssl_pem(b"""-----BEGIN PUBLIC KEY-----
MCwwDQYJKoZIhvcNAQEBBQADGwAwGAIRAL4zYmNQR6Vd7kXQYBLPJp8CAwEAAQ==
-----END PUBLIC KEY-----""").e)
for wrong in (lambda: rsa.verify(b"other", signature, public), lambda: rsa.decrypt(b"x" * 141, private)):
    try:
        print(wrong())
    except rsa.pkcs1.CryptoError as error:
        print(type(error).__name__, error)
made, other = rsa.newkeys(256)
print(rsa.decrypt(rsa.encrypt(b"new", made), other))
