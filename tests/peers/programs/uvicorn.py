# [requirements] uvicorn==0.54.0 h11==0.16.0 click==8.5.1 starlette==1.10.0 anyio==4.16.0 idna==3.20 httpx==0.28.1 httpcore==1.0.9
# [requirements] certifi==2026.10.19.post1 typing-extensions==4.16.0
"""Starlette under uvicorn with h11 and TLS, asked by httpx in the same loop and then by curl, which ends it."""

import asyncio
import hashlib
import os
import ssl
from contextlib import asynccontextmanager

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route

told = []


@asynccontextmanager
async def lifespan(app):
    told.append("started")
    yield
    told.append("ended")


async def hi(request):
    return JSONResponse({"name": request.path_params["name"], "q": request.query_params.getlist("q"), "scheme": request.url.scheme})


async def upload(request):
    digest, count = hashlib.sha256(), 0
    async for chunk in request.stream():
        digest.update(chunk)
        count += len(chunk)
    return PlainTextResponse(f"{count} {digest.hexdigest()}\n", background=BackgroundTask(told.append, count))


async def lines(request):
    async def all_lines():
        for number in range(int(request.query_params["count"])):
            if number % 1000 == 0:
                await asyncio.sleep(0)
            yield f"line {number}\n"

    return StreamingResponse(all_lines(), media_type="text/plain")


def in_thread(request):
    return PlainTextResponse("from a thread\n")


async def broken(request):
    raise RuntimeError("as asked")


async def failed(request, error):
    return JSONResponse({"error": str(error)}, status_code=500)


async def end(request):
    server.should_exit = True
    return PlainTextResponse("bye\n")


ROUTES = [Route("/hi/{name}", hi), Route("/upload", upload, methods=["PUT", "POST"]), Route("/lines", lines)]
ROUTES += [Route("/thread", in_thread), Route("/broken", broken), Route("/stop", end, methods=["POST"])]
server = None


async def ask(port):
    async with httpx.AsyncClient(base_url=f"https://localhost:{port}", verify=ssl.create_default_context()) as client:
        pages = await asyncio.gather(*(client.get(f"/hi/n{number}?q=1&q=2") for number in range(30)))
        print(len({page.text for page in pages}), pages[0].json(), pages[0].http_version)
        print((await client.put("/upload", content=b"0123456789" * 200_000)).text, end="")
        print(len((await client.get("/lines?count=5000")).text), (await client.get("/thread")).text, end="")
        print((await client.get("/broken")).status_code, (await client.get("/nothing")).status_code)


async def main():
    global server
    own, port = os.environ["OWN"], int(os.environ["PORT"])
    app = Starlette(routes=ROUTES, lifespan=lifespan, exception_handlers={RuntimeError: failed})
    secure = {"ssl_certfile": f"{own}/server.pem", "ssl_keyfile": f"{own}/server.key"}
    config = uvicorn.Config(app, "127.0.0.1", port, http="h11", ws="none", loop="asyncio", log_level="critical", **secure)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    await ask(port)
    await serving
    print(told[0], told[-1], len(told))


if __name__ == "__main__":
    asyncio.run(main())
