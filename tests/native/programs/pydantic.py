# [tool.pyapp] native = ["pydantic-core"]
import sys
import threading
import time
from datetime import date

import pydantic_core
from pydantic import BaseModel, Field, ValidationError, field_validator


class Item(BaseModel):
    name: str = Field(min_length=2)
    price: float = Field(gt=0)
    tags: list[str] = []


class Order(BaseModel):
    number: int
    when: date
    items: dict[str, Item]

    @field_validator("number")
    @classmethod
    def is_odd(cls, value):
        if value % 2 == 0:
            raise ValueError("even")
        return value


print(pydantic_core.__file__ is not None, pydantic_core._pydantic_core.__file__.endswith(".so"))
order = Order.model_validate_json('{"number": "7", "when": "2026-11-27", "items": {"a": {"name": "tea", "price": 1.5, "tags": ["x"]}}}')
print(order, order.model_dump_json(), sep="\n")
try:
    Order.model_validate({"number": 2, "when": "today", "items": {"a": {"name": "t", "price": -1}}})
except ValidationError as error:
    print(error)
print(Order.model_json_schema()["properties"]["items"])


class Slow(BaseModel):
    values: list[int]

    @field_validator("values")
    @classmethod
    def waits(cls, values):
        # Another thread goes on in here, from within the extension.
        time.sleep(0.001)
        return [value + 1 for value in values]


def work(number):
    for _ in range(20):
        made = Slow.model_validate_json(f'{{"values": ["{number}", 2]}}')
        try:
            Slow(values=["x"])
        except ValidationError as error:
            results.append((made.values, error.error_count()))


results = []
sys.setswitchinterval(1e-5)
threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(results), sorted({(*values, count) for values, count in results}))
