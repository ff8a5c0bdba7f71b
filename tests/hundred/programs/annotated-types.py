"""annotated_types: limits as metadata of types."""

from typing import Annotated, get_type_hints

import annotated_types as at


def checks(value, limit):
    match limit:
        case at.Ge(ge):
            return value >= ge
        case at.Lt(lt):
            return value < lt
        case at.MultipleOf(of):
            return value % of == 0
        case at.Predicate(func):
            return func(value)


class Thing:
    size: Annotated[int, at.Interval(ge=1, lt=9), at.MultipleOf(2)]
    name: Annotated[str, at.Len(1, 5), at.Predicate(str.islower)]


hints = get_type_hints(Thing, include_extras=True)
print(hints["size"].__metadata__, hints["name"].__metadata__[0])
interval, multiple = hints["size"].__metadata__
for value in (4, 5, 10):
    print(value, [checks(value, limit) for limit in (*interval, multiple)])
print(checks("ab", hints["name"].__metadata__[1]), at.Timezone(...), at.Unit("m"), list(at.Len(2, 3)))
