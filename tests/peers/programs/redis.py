# [requirements] redis==8.1.0
"""Redis by its client: with and without TLS, pipelines, scripts, messages, blocking, and the client of asyncio."""

import asyncio
import os
import threading

import redis
import redis.asyncio


def arguments(secure=True):
    if secure:
        given = {"port": int(os.environ["REDISS"]), "ssl": True}
    else:
        given = {"port": int(os.environ["REDIS"])}
    return {"host": "localhost", "password": "the engine", "socket_timeout": 20, "decode_responses": True, **given}


def refused(what, call):
    try:
        print(f"{what}: {call()}")
    except redis.RedisError as error:
        inner, message = error, ""
        while inner is not None and not message:
            message, inner = getattr(inner, "verify_message", ""), inner.__cause__ or inner.__context__
        print(f"{what}: {type(error).__name__} {message}".rstrip())


def values(client):
    client.flushall()
    print(client.ping(), client.set("a", "Grüße"), client.get("a"), client.get("nothing"), client.incrby("n", 5))
    client.hset("h", mapping={"x": 1, "y": "two"})
    client.rpush("l", *range(10))
    client.zadd("z", {"one": 1, "three": 3, "two": 2})
    print(client.hgetall("h"), client.lrange("l", 2, 4), client.zrange("z", 0, -1, withscores=True))
    print(client.expire("a", 100), 90 < client.ttl("a") <= 100, client.type("z"), sorted(client.scan_iter()))
    large = "0123456789" * 500_000
    print(client.set("large", large), client.get("large") == large, client.strlen("large"))
    with client.pipeline() as pipeline:
        for number in range(500):
            pipeline.set(f"k{number}", number)
        pipeline.get("k499")
        print(len(pipeline.execute()), client.mget("k1", "k2", "none"))
    with client.pipeline() as pipeline:
        pipeline.watch("n")
        client.set("n", 7)
        pipeline.multi()
        pipeline.incr("n")
        refused("it has changed", pipeline.execute)
    double = client.register_script("return redis.call('GET', KEYS[1]) * ARGV[1]")
    print(double(keys=["n"], args=[6]), client.eval("return {1, 'two', {3}}", 0))
    client.xadd("s", {"event": "start"}, id="1-1")
    print(client.xread({"s": 0}))
    refused("of another type", lambda: client.incr("l"))


def messages(client):
    subscription = client.pubsub(ignore_subscribe_messages=True)
    subscription.subscribe("news")
    subscription.psubscribe("more.*")
    while client.pubsub_numsub("news") != [("news", 1)]:
        pass
    client.publish("news", "hello")
    client.publish("more.x", "again")
    found = []
    while len(found) < 2:
        message = subscription.get_message(timeout=10)
        if message:
            found.append((message["type"], message["channel"], message["data"]))
    print(found, subscription.get_message(timeout=0.05))
    subscription.close()


def blocking(client):
    """One thread waits for what another one sends."""
    found = []
    waiting = threading.Thread(target=lambda: found.append(client.blpop("queue", timeout=15)))
    waiting.start()
    client.rpush("queue", "work")
    waiting.join()
    print(found, client.blpop("queue", timeout=0.1))


async def asynchronous():
    async with redis.asyncio.Redis(**arguments()) as client:
        print(await asyncio.gather(*(client.incr("counted") for _ in range(50))) != [], await client.get("counted"))
        async with client.pubsub() as subscription:
            await subscription.subscribe("news")
            await subscription.get_message(timeout=10)
            await client.publish("news", "hello")
            message = await subscription.get_message(ignore_subscribe_messages=True, timeout=10)
            print(message["type"], message["data"])
        waiting = asyncio.create_task(client.blpop("queue", timeout=10))
        await client.rpush("queue", "work")
        print(await waiting)


def main():
    for secure in (False, True):
        with redis.Redis(**arguments(secure)) as client:
            values(client)
            messages(client)
            blocking(client)
    asyncio.run(asynchronous())
    with redis.from_url(f"redis://:the%20engine@localhost:{os.environ['REDIS']}/3") as client:
        print(client.dbsize(), client.ping())
    once = {"retry": None}
    refused("a wrong password", redis.Redis(**{**arguments(), "password": "wrong"}).ping)
    refused("no password", redis.Redis(**{**arguments(False), "password": None}).ping)
    refused("another host's certificate", redis.Redis(**{**arguments(), "port": int(os.environ["OTHER"])}, **once).ping)
    refused("an expired certificate", redis.Redis(**{**arguments(), "port": int(os.environ["EXPIRED"])}, **once).ping)
    silent = {**arguments(False), "port": int(os.environ["SILENT"]), "socket_timeout": 0.2}
    refused("no answer", redis.Redis(**silent, **once).ping)
    refused("no server", redis.Redis(**{**arguments(False), "port": int(os.environ["REFUSING"])}, **once).ping)


if __name__ == "__main__":
    main()
