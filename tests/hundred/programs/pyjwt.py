"""pyjwt: tokens with a shared secret, their claims, keys as JSON, and what is refused."""

import datetime

import jwt

KEY = "a secret of at least thirty-two bytes, " * 2
now = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
token = jwt.encode({"sub": "me", "aud": "all", "iat": now}, KEY, algorithm="HS256", headers={"kid": "1"})
print(token)
print(jwt.decode(token, KEY, algorithms=["HS256"], audience="all", options={"verify_iat": False}), jwt.get_unverified_header(token))
key = jwt.PyJWK({"kty": "oct", "k": "c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0IHNlY3JldA", "alg": "HS256", "kid": "x"})
print(key.key_id, jwt.decode(jwt.encode({"a": 1}, key.key, "HS256"), key, algorithms=["HS256"]))
old = jwt.encode({"exp": now, "sub": "me"}, KEY, "HS512")
for wrong in (
    lambda: jwt.decode(token, "other" * 9, algorithms=["HS256"]),
    lambda: jwt.decode(token, KEY, algorithms=["HS512"]),
    lambda: jwt.decode(token, KEY, algorithms=["HS256"]),
    lambda: jwt.decode(old, KEY, algorithms=["HS512"]),
    lambda: jwt.decode("a.b", KEY, algorithms=["HS256"]),
    lambda: jwt.encode({}, KEY, "RS256"),
):
    try:
        print(wrong())
    except (jwt.PyJWTError, NotImplementedError) as error:
        print(type(error).__name__, str(error)[:50])
