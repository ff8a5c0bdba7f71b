"""typing_inspection: what annotations are, and objects of typing told apart."""

from typing import Annotated, Any, ClassVar, Final, Literal, Optional, Union

import typing_extensions
from typing_inspection.introspection import (
    AnnotationSource,
    ForbiddenQualifier,
    get_literal_values,
    inspect_annotation,
    is_union_origin,
)
from typing_inspection.typing_objects import is_annotated, is_any, is_classvar, is_literal, is_self, is_union

found = inspect_annotation(ClassVar[Annotated[int, "m", 3]], annotation_source=AnnotationSource.CLASS)
print(found.type, sorted(found.qualifiers), found.metadata)
print(inspect_annotation(Final, annotation_source=AnnotationSource.ANY).qualifiers)
print(list(get_literal_values(Literal[1, "a", Literal[True, None]])), is_union_origin(type(int | str)))
print(is_any(Any), is_classvar(ClassVar), is_literal(Literal), is_union(Union), is_annotated(Annotated), is_self(typing_extensions.Self))
print(inspect_annotation(Optional[int], annotation_source=AnnotationSource.BARE).type)
try:
    inspect_annotation(ClassVar[int], annotation_source=AnnotationSource.FUNCTION)
except ForbiddenQualifier as error:
    print(type(error).__name__, error)
