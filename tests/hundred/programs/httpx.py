"""httpx with transports in memory: clients of both kinds, redirects, cookies, forms, streams, an ASGI app, and mistakes."""

import asyncio

import httpx


def answer(request):
    if request.url.path == "/from":
        return httpx.Response(307, headers={"Location": "/to", "Set-Cookie": "c=1"})
    return httpx.Response(200, json={"m": request.method, "p": request.url.raw_path.decode(), "b": request.content.decode(), "c": request.headers.get("cookie")})


with httpx.Client(transport=httpx.MockTransport(answer), base_url="http://here", params={"k": "ä"}) as client:
    print(client.get("/x").json())
    reply = client.post("/from", data={"a": "1 2"}, follow_redirects=True)
    print(reply.json(), [old.status_code for old in reply.history], dict(client.cookies))
    print(client.build_request("POST", "/", files={"f": ("n", b"d")}, headers={"Content-Type": "multipart/form-data; boundary=b"}).read())
    try:
        client.get("/from").raise_for_status()
    except httpx.HTTPStatusError as error:
        print(str(error).splitlines()[0])
    with client.stream("GET", "/s") as reply:
        print(len(list(reply.iter_lines())), reply.encoding)


async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 201, "headers": [(b"x", b"y")]})
    await send({"type": "http.response.body", "body": scope["path"].encode()})


async def main():
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://app") as client:
        reply = await client.get("/a%20b")
        print(reply, reply.text, reply.headers["X"])


asyncio.run(main())
for url in ("other://x", "/relative", "http://x:y"):
    try:
        httpx.get(url)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        print(type(error).__name__, error)
print(httpx.URL("HTTP://Ex.org:80/%7e?a=1").copy_add_param("b", "2"), httpx.QueryParams("a=1&a=2").get_list("a"))
