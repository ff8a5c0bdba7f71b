"""oauthlib: signatures of OAuth 1, a client and a server of OAuth 2, and mistakes."""

from oauthlib import oauth1, oauth2
from oauthlib.common import generate_token, urlencode

client = oauth1.Client("client", "secret", "owner", "more", nonce="n", timestamp="1")
uri, headers, body = client.sign("http://x/y?b=2", "POST", "a=1", {"Content-Type": "application/x-www-form-urlencoded"})
print(headers["Authorization"])
web = oauth2.WebApplicationClient("id")
print(web.prepare_request_uri("https://x/auth", redirect_uri="https://b", scope=["a", "b"], state="s"))
print(web.parse_request_uri_response("https://b?code=c&state=s", state="s"), web.prepare_request_body(client_secret="p"))
print(web.parse_request_body_response('{"access_token": "t", "token_type": "Bearer"}'), web.add_token("https://x/me")[1])


class Validator(oauth2.RequestValidator):
    def authenticate_client(self, request, *args, **kwargs):
        request.client = type("Client", (), {"client_id": "id"})
        return request.client_id != "bad"

    def validate_grant_type(self, *args, **kwargs):
        return True

    def validate_scopes(self, client_id, scopes, *args, **kwargs):
        return scopes == ["a"]

    def save_token(self, token, request, *args, **kwargs):
        return None


server = oauth2.BackendApplicationServer(Validator(), token_generator=lambda request, *_: "made")
for fields in ({"scope": "a"}, {"scope": "z"}, {"client_id": "bad", "scope": "a"}):
    body = urlencode([("grant_type", "client_credentials"), *fields.items()])
    headers, answer, status = server.create_token_response("https://x/token", "POST", body, {})
    print(status, answer)
try:
    web.parse_request_uri_response("https://b?error=access_denied", state="s")
except oauth2.OAuth2Error as error:
    print(type(error).__name__, error)
print(len(generate_token(12)))
