"""requests_oauthlib: signed requests of OAuth 1, addresses and tokens of OAuth 2, with answers from memory."""

import json

import requests
from requests.adapters import BaseAdapter
from requests_oauthlib import OAuth1, OAuth2Session


class Server(BaseAdapter):
    def send(self, request, **_):
        answer = requests.Response()
        answer.status_code, answer.request, answer.url = 200, request, request.url
        token = {"access_token": "t", "token_type": "Bearer", "expires_in": 60}
        answer._content = json.dumps(token if "token" in request.url else {"seen": request.headers.get("Authorization")}).encode()
        return answer

    def close(self):
        pass


auth = OAuth1("client", "secret", "owner", "more", nonce="n", timestamp="1")
request = requests.Request("GET", "http://x/y?b=2&a=1", auth=auth).prepare()
print(request.headers["Authorization"])
session = OAuth2Session("id", redirect_uri="https://back", scope=["a", "b"], state="s", pkce=None)
session.mount("https://", Server())
print(session.authorization_url("https://x/auth"))
token = session.fetch_token("https://x/token", authorization_response="https://back?code=c&state=s", client_secret="p")
print(token["access_token"], session.authorized, session.get("https://x/me").json())
try:
    session.fetch_token("https://x/token", authorization_response="https://back?code=c&state=other")
except Exception as error:
    print(type(error).__name__, error)
