"""aiohttp, as far as it opens no socket: routes and handlers of a server with made requests, forms, addresses, cookies."""

import asyncio

from aiohttp import FormData, MultipartWriter, hdrs, web
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict
from yarl import URL

routes = web.RouteTableDef()


@routes.get("/hi/{name:[a-z]+}")
async def hi(request):
    return web.json_response({"name": request.match_info["name"], "q": request.query.getall("q")}, headers={"X": "1"})


@routes.view("/thing")
class Thing(web.View):
    async def get(self):
        raise web.HTTPFound("/hi/x")


async def main():
    app = web.Application()
    app.add_routes(routes)
    for method, path in (("GET", "/hi/ada?q=1&q=2"), ("GET", "/hi/9"), ("POST", "/hi/ada"), ("GET", "/thing")):
        request = make_mocked_request(method, path, headers=CIMultiDict({"Cookie": "a=b"}), app=app)
        match = await app.router.resolve(request)
        match.add_app(app)
        request._match_info = match
        try:
            answer = await match.handler(request)
            print(answer.status, answer.text, answer.headers["x"], answer.content_type, dict(request.cookies))
        except web.HTTPException as error:
            print(type(error).__name__, error.status, error.headers.get(hdrs.LOCATION, error.headers.get("Allow")))
    print([resource.canonical for resource in app.router.resources()], Thing.__name__)
    form = FormData({"a": "1 2", "b": "ü"})
    print(form()._value, URL("http://x/a b").with_query(q=1))
    with MultipartWriter("mixed", boundary="b") as writer:
        writer.append_json({"k": 1})
        writer.append("text")
    print(writer.content_type, writer.size)


asyncio.run(main())
