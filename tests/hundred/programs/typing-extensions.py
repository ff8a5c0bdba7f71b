"""typing_extensions: typed dictionaries, protocols, type parameters with defaults, deprecation, hints at run time."""

import warnings

from typing_extensions import (
    Annotated,
    Doc,
    NotRequired,
    Protocol,
    ReadOnly,
    Sentinel,
    TypedDict,
    TypeVar,
    deprecated,
    get_overloads,
    get_type_hints,
    is_typeddict,
    overload,
    override,
    runtime_checkable,
)


class Movie(TypedDict, total=False, closed=True):
    title: ReadOnly[str]
    year: NotRequired[Annotated[int, Doc("of release")]]


@runtime_checkable
class Named(Protocol):
    name: str


class Thing:
    name = "x"

    @override
    def __repr__(self):
        return "Thing"


@overload
def f(x: int) -> int: ...
@overload
def f(x: str) -> str: ...
def f(x):
    return x


@deprecated("use f")
def g():
    return 1


print(is_typeddict(Movie), sorted(Movie.__optional_keys__), sorted(Movie.__readonly_keys__), Movie.__closed__)
print(get_type_hints(Movie, include_extras=True)["year"].__args__[0].__metadata__)
print(isinstance(Thing(), Named), isinstance(3, Named), Thing.__repr__.__override__, len(get_overloads(f)))
print(TypeVar("T", default=int).__default__, Sentinel("MISSING"))
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print(g(), caught[0].category.__name__, caught[0].message)
