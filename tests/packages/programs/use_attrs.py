"""attrs: validated and converted fields, slots, frozen classes, evolution, comparison and hashes."""

from datetime import date
from importlib.metadata import version

import attrs
from attrs import define, field, frozen, validators


@define
class Address:
    street: str = field(converter=str.strip)
    postcode: str = field(validator=validators.matches_re(r"\d{5}"))


@define(kw_only=True, order=True)
class Person:
    name: str = field(validator=validators.min_len(1))
    born: date = field(converter=lambda born: date.fromisoformat(born) if isinstance(born, str) else born)
    tags: frozenset = field(factory=frozenset, converter=frozenset, order=False)
    home: Address | None = field(default=None, validator=validators.optional(validators.instance_of(Address)), order=False)
    secret: str = field(default="", repr=False, eq=False)

    @secret.validator
    def _check(self, attribute, value):
        if " " in value:
            raise ValueError(f"{attribute.name} must not contain blanks")


@frozen(slots=False)
class Point:
    x: float = 0.0
    y: float = field(default=attrs.Factory(lambda self: self.x * 2, takes_self=True))


Made = attrs.make_class("Made", {"a": field(type=int, default=1), "b": field(default=2)}, bases=(Point,))


def tried(action):
    try:
        print(action())
    except Exception as error:
        print(f"{type(error).__name__}: {error}")


def main():
    print("attrs", version("attrs"))
    ada = Person(name="Ada", born="1815-12-10", tags=["first"], home=Address("  1 St James's Square ", "12345"))
    bob = attrs.evolve(ada, name="Bob", tags=())
    print(ada)
    print(bob, ada < bob, ada == bob, sorted([bob, ada])[0].name)
    print(
        attrs.asdict(
            ada,
            value_serializer=lambda _, attribute, value: (
                value.isoformat() if isinstance(value, date) else sorted(value) if isinstance(value, frozenset) else value
            ),
        )
    )
    print(attrs.astuple(bob, recurse=False)[0], [attribute.name for attribute in attrs.fields(Person)])
    print(Point(), Point(2), hash(Point(1, 2)) == hash(Point(1.0, 2)), {Point(1, 2): "kept"}[Point(1, 2)])
    print(Made(x=1, a=3), Made.__mro__[1].__name__, attrs.has(Made))
    tried(lambda: Person(name="", born="2000-01-01"))
    tried(lambda: Address("x", "1234x"))
    tried(lambda: Person(name="C", born="2000-01-01", secret="a b"))
    tried(lambda: Person(name="C", born="yesterday"))
    tried(lambda: Person(name="C", born="2000-01-01", home="here"))
    tried(lambda: Person("C", "2000-01-01"))
    tried(lambda: setattr(Point(), "x", 1))
    tried(lambda: setattr(ada, "age", 3))
    tried(lambda: setattr(ada, "name", ""))
    print(attrs.resolve_types(Person) is Person, attrs.fields(Person).home.type)
