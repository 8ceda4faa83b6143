"""JSON Schema of an edition's document, read off its dataclasses, so that the two can't disagree."""

import dataclasses
import types
import typing
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from reports.document import Document


def json_schema(kind: Any) -> dict[str, Any]:
    """The JSON Schema of what `Document.to_json` makes of a value of this type."""
    if isinstance(kind, typing.TypeAliasType):
        return json_schema(kind.__value__)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        some = [json_schema(one) for one in arguments if one is not types.NoneType]
        if types.NoneType not in arguments:
            return {"oneOf": some}
        only = some[0]
        return {**only, "type": [only["type"], "null"]}
    if origin is tuple:
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return {"type": "array", "items": json_schema(arguments[0])}
        distinct: list[dict[str, Any]] = []
        for schema in map(json_schema, arguments):
            if schema not in distinct:
                distinct.append(schema)
        return {
            "type": "array",
            "items": distinct[0] if len(distinct) == 1 else {"oneOf": distinct},
            "minItems": len(arguments),
            "maxItems": len(arguments),
        }
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        told = (kind.__doc__ or "").split("\n")[0]  # of a dataclass without a docstring, its signature
        fields = [field.name for field in dataclasses.fields(kind)]
        return {
            "type": "object",
            "description": "" if told.startswith(kind.__name__) else told,
            "properties": {name: json_schema(hints[name]) for name in fields},
            "required": fields,
        }
    if kind is Decimal:
        return {"type": "string", "format": "decimal"}
    return {"type": {str: "string", int: "integer", bool: "boolean"}[kind]}


def document_field(kind: Any = Document, *, allow_null: bool = False, help_text: str = "") -> serializers.JSONField:
    """A serializer field described by the dataclass `kind`."""
    schema = json_schema(kind)
    if allow_null:
        schema["type"] = [schema["type"], "null"]
    made: type[serializers.JSONField] = type(f"{kind.__name__}Field", (serializers.JSONField,), {})
    extend_schema_field(schema)(made)
    return made(help_text=help_text or kind.__doc__)
