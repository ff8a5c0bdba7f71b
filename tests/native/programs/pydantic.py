# [tool.pyapp] native = ["pydantic-core"]
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
