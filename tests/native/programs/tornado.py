# [tool.pyapp] native = ["tornado"]
import asyncio

from tornado import speedups, template, util, web

print(speedups.websocket_mask(b"abcd", b"hello"), util._websocket_mask is speedups.websocket_mask)
print(template.Template("{% for x in xs %}<{{ x }}>{% end %}").generate(xs=["a", "<"]).decode())
print(asyncio.run(asyncio.sleep(0, "done")), web.Application([]).default_host)
