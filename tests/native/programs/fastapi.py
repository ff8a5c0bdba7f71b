# [tool.pyapp] native = ["pydantic-core"]
# [requirements] httpx==0.28.1
import threading
import warnings
from typing import Annotated

# It prefers another client.
warnings.simplefilter("ignore")

from fastapi import Depends, FastAPI, HTTPException
from fastapi.testclient import TestClient
from pydantic import BaseModel, Field

app = FastAPI(title="shop")
seen = []


class Item(BaseModel):
    name: str
    price: float = Field(gt=0)


def token(key: str = "none"):
    return key


# What is no coroutine runs on a thread of anyio's.
@app.post("/items/{number}")
def add(number: int, item: Item, key: Annotated[str, Depends(token)]):
    seen.append(threading.current_thread() is threading.main_thread())
    return {"number": number, "item": item, "key": key}


@app.get("/items")
async def items(limit: int = 10) -> list[Item]:
    if limit > 50:
        raise HTTPException(400, "too many")
    return [Item(name=f"item {each}", price=each + 0.5) for each in range(min(limit, 2))]


with TestClient(app) as client:
    for answer in (
        client.post("/items/3?key=k", json={"name": "tea", "price": "1.5"}),
        client.post("/items/x", json={"name": "tea", "price": -1}),
        client.get("/items?limit=2"),
        client.get("/items?limit=99"),
        client.get("/nothing"),
    ):
        print(answer.status_code, answer.json())
    schema = client.get("/openapi.json").json()
print(seen, sorted(schema["paths"]), sorted(schema["components"]["schemas"]))
