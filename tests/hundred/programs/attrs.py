"""attrs: converters, validators, slots, frozen classes, order, evolution."""

import attrs
from attrs import Factory, define, field, frozen, validators


@define(order=True)
class Person:
    name: str = field(converter=str.strip, validator=validators.min_len(1))
    tags: list = field(factory=list, order=False)
    secret: str = field(default="", repr=False, kw_only=True)


@frozen
class Point:
    x: float
    y: float = Factory(lambda self: self.x * 2, takes_self=True)


one = Person(" Ada ", ["x"])
print(one, attrs.asdict(one), one < Person("Bob"), attrs.evolve(one, name="Eve"), one.__slots__)
print(Point(1), hash(Point(1)) == hash(Point(1, 2)), attrs.astuple(Point(3)), [a.name for a in attrs.fields(Point)])
print(attrs.make_class("Made", {"a": field(default=1)})())
for wrong in (lambda: Person(""), lambda: setattr(Point(1), "x", 2), lambda: setattr(one, "other", 1), lambda: Point()):
    try:
        wrong()
    except Exception as error:
        print(type(error).__name__, str(error)[:60])
