"""The types of the translator.

JSON from outside is ``ANY``: a value of some JSON type. All other types are known statically.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Type:
    """``kind`` and its parameters. ``nullable`` values may be None.

    ``item`` is the type of the elements of a list, set or iterator, and of the values of a map; ``fields``
    are those of a record, each with whether it is always present; ``parts`` are the elements of a tuple. The
    ``name`` of a text lists its possible values: ``'home' | 'work'``. ``known`` is false if TypeScript has
    no type for the value.

    Fields of models have kinds of their own: ``wire`` (a Date: text to a script), ``literal``, ``void``,
    ``never``, ``any`` with the types of a union as ``parts``, ``map`` with a name.
    """

    kind: str
    item: Type | None = None
    fields: Mapping[str, Field] = field(default_factory=dict, compare=False, hash=False)
    parts: tuple[Type, ...] = ()
    nullable: bool = False
    name: str = ""
    known: bool = field(default=True, compare=False)

    def __str__(self) -> str:
        inner = f"[{self.item}]" if self.item is not None else ""
        shown = self.name or self.kind + inner
        return f"{shown} or None" if self.nullable else shown

    @property
    def required(self) -> Type:
        """The type without None."""
        return replace(self, nullable=False) if self.nullable else self

    @property
    def optional(self) -> Type:
        """The type or None."""
        return self if self.nullable or self.kind in ("any", "none") else replace(self, nullable=True)

    def fits(self, wanted: Type) -> bool:
        """Return whether an operand of this type matches ``wanted``; never if it may be None."""
        if wanted is ANYTHING:
            return True
        if self.nullable:
            return False
        if wanted.kind == "number":
            return self.kind in NUMERIC and self.kind != "bool"
        if wanted.kind == "dict":
            return self.kind in ("map", "record")
        return self.kind == wanted.kind


@dataclass(frozen=True, slots=True)
class Field:
    type: Type
    required: bool = True


ANYTHING = Type("anything")
ANY = Type("any")
#: The same, computed by the script: an integral number may be a float, so that its text is unknown.
LOOSE = Type("any", name="any with floats")
#: The result of + of values from outside: a number whose text may differ, or a list of them.
SUM = Type("any", name="sum of any")
NONE = Type("none")
BOOL = Type("bool")
SMALL = Type("small", name="int")  # an int that stays far below 2^53: a count, an index, a small literal
INT = Type("int")
FLOAT = Type("float")
NUMBER = Type("number")  # an int or a float: its text is unknown
JSON_NUMBER = Type("json-number", name="number")  # from outside: integral numbers are ints, with a known text
STR = Type("str")
BYTES = Type("bytes")
DATETIME = Type("datetime")  # a Date in TypeScript, with its JSON form
DATE = Type("date")  # represented by its ISO text
TIMEDELTA = Type("timedelta")  # represented by microseconds
TIMEZONE = Type("timezone")  # represented by its offset in seconds
HASH = Type("hash")
UUID = Type("uuid")  # represented by its text
URL_PARTS = Type("url-parts")
MIXED = Type("mixed", name="value of several types")  # not only JSON: it can only be passed on
RESPONSE = Type("response")
FETCHED = Type("fetch-response")  # the response of a request without the proxy
HTTP_ERROR = Type("http-error")
ACTION_ERROR = Type("action-error")
ERROR = Type("error")
NANGO = Type("nango")
LIST = Type("list")
TUPLE = Type("tuple")
SET = Type("set")
DICT = Type("dict")
RECORD = Type("record")
MATCH = Type("match")

NUMERIC = ("bool", "small", "int", "float", "number", "json-number")
#: Kinds of values that are JSON: a datetime is a Date, which JSON writes as text.
JSON_KINDS = frozenset(
    {"any", "none", *NUMERIC, "str", "list", "tuple", "map", "record", "datetime", "wire", "literal"}
)
INTS = ("small", "int")


def list_of(item: Type) -> Type:
    return Type("list", item)


def set_of(item: Type) -> Type:
    return Type("set", item)


def map_of(item: Type) -> Type:
    return Type("map", item)


#: A Counter: a dict with a count for every key.
COUNTS = Type("map", SMALL, parts=(Type("small", name="count"),))


def has_defaults(kind: Type) -> bool:
    """Return whether it is a dict with defaults: a defaultdict or Counter."""
    return kind.kind == "map" and bool(kind.parts)


def iterator_of(item: Type) -> Type:
    return Type("iterator", item)


def tuple_of(*parts: Type) -> Type:
    return Type("tuple", parts=parts)


def record_of(fields: Mapping[str, Field], name: str = "") -> Type:
    return Type("record", fields=dict(fields), name=name)


def join(types: Iterable[Type]) -> Type:
    """Return the narrowest type that covers all; ``ANY`` if they have nothing in common."""
    found: Type | None = None
    for each in types:
        found = each if found is None else _join(found, each)
    return ANY if found is None else found


def _join(a: Type, b: Type) -> Type:
    if a.known != b.known:
        return replace(_join(replace(a, known=True), replace(b, known=True)), known=False)
    if a == b and a.fields == b.fields:
        return a
    if a.kind == "none":
        return b.optional
    if b.kind == "none":
        return a.optional
    nullable = a.nullable or b.nullable
    joined = _join_required(a.required, b.required)
    return joined.optional if nullable else joined


def _join_required(a: Type, b: Type) -> Type:
    if a.kind == b.kind:
        if a.kind == "any":
            return LOOSE if LOOSE in (a, b) else SUM if SUM in (a, b) else ANY
        if a.kind == "map" and a.parts != b.parts:
            return MIXED
        if a.kind in ("list", "set", "map", "iterator"):
            return replace(a, item=join([t for t in (a.item, b.item) if t is not None]))
        if a.kind == "tuple" and len(a.parts) == len(b.parts):
            return tuple_of(*(join([x, y]) for x, y in zip(a.parts, b.parts, strict=True)))
        if a.kind == "record":
            if a.name and a.name == b.name:
                return a
            return ANY if a.name and b.name else _join_records(a, b)
        if a.kind == "str":
            few = dict.fromkeys([*a.name.split(" | "), *b.name.split(" | ")])
            return Type("str", name=" | ".join(few) if a.name and b.name else "")
        return a if a.item == b.item else MIXED
    if a.kind in NUMERIC and b.kind in NUMERIC and "bool" not in (a.kind, b.kind):
        if {a.kind, b.kind} <= {"small", "int"}:
            return INT
        return JSON_NUMBER if {a.kind, b.kind} <= {"small", "int", "json-number"} else NUMBER
    if not (is_json(a) and is_json(b)) or has_defaults(a) or has_defaults(b):
        return MIXED
    if {a.kind, b.kind} == {"map", "record"}:
        return map_of(join([*_held(a), *_held(b)]))
    if SUM in (a, b) and not has_floats(b if a == SUM else a):
        return SUM
    return LOOSE if has_floats(a) or has_floats(b) else ANY


def _held(kind: Type) -> list[Type]:
    return [item_of(kind)] if kind.kind == "map" else [field.type for field in kind.fields.values()]


def has_floats(kind: Type) -> bool:
    """Return whether a value of this type may be an integral float, or a list or map of such.

    Fields of records do not count: translators note their names.
    """
    inner = [*kind.parts] if kind.item is None else [kind.item]
    return kind.kind in ("float", "number") or is_loose(kind) or any(map(has_floats, inner))


def is_loose(kind: Type) -> bool:
    """Return whether the script computed this value of unknown type, so that its text is unknown."""
    return kind in (LOOSE, SUM)


def has_tuples(kind: Type) -> bool:
    """Return whether a value of this type is or contains a tuple, which is a list in JavaScript."""
    if kind.kind == "record" and kind.name:
        return False
    inner = [*kind.parts, *(field.type for field in kind.fields.values())]
    if kind.item is not None:
        inner.append(kind.item)
    return kind.kind == "tuple" or any(map(has_tuples, inner))


def item_of(kind: Type) -> Type:
    """Return the type of the elements of a list or set, or of the values of a map."""
    if kind == SUM:  # a container is a list of values from outside
        return ANY
    return kind if kind.kind == "any" else kind.item or ANY


def is_json(kind: Type) -> bool:
    """Return whether values of this type are JSON at all levels; datetimes count."""
    if kind.kind == "record" and kind.name:
        return True
    inner = [*kind.parts, *(field.type for field in kind.fields.values())]
    if kind.item is not None:
        inner.append(kind.item)
    return kind.kind in JSON_KINDS and all(map(is_json, inner))


def _join_records(a: Type, b: Type) -> Type:
    fields = {}
    for name in (*a.fields, *(n for n in b.fields if n not in a.fields)):
        mine, theirs = a.fields.get(name), b.fields.get(name)
        if mine and theirs:
            fields[name] = Field(_join(mine.type, theirs.type), mine.required and theirs.required)
        else:
            one = mine or theirs
            assert one is not None
            fields[name] = Field(one.type, required=False)
    return record_of(fields)


def element(container: Type) -> Type:
    """Return the type of the elements of an iteration."""
    if container.kind in ("list", "set", "iterator"):
        return container.item or ANY
    if container.kind == "tuple":
        return join(container.parts)
    if container.kind in ("map", "record", "str"):
        return STR
    return item_of(container)


def typescript(kind: Type) -> str:
    """Return the TypeScript annotation of a variable or parameter of this type."""
    shown = _typescript(kind.required)
    return f"{shown} | null" if kind.nullable and shown != "any" else shown


def _typescript(kind: Type) -> str:
    match kind.kind:
        case "bool":
            return "boolean"
        case "small" | "int" | "float" | "number" | "json-number" | "timedelta" | "timezone":
            return "number"
        case "str":
            return kind.name or "string"
        case "none":
            return "null"
        case "bytes":
            return "Buffer"
        case "datetime":
            return "DateTime"
        case "date" | "uuid":
            return "string"
        case "match":
            return "RegExpExecArray"
        case "pattern":
            return "RegExp"
        case "hash":
            return "crypto.Hmac" if kind.name else "crypto.Hash"
        case "list" | "iterator":
            inner = typescript(kind.item or ANY)
            return f"({inner})[]" if " " in inner and not inner.startswith(("[", "Record<")) else f"{inner}[]"
        case "set":
            return f"Set<{typescript(kind.item or ANY)}>"
        case "map" if kind.item is None or kind.item.kind == "any":
            return "any"
        case "map":
            return f"Record<string, {typescript(kind.item or ANY)}>"
        case "tuple":
            return f"[{', '.join(typescript(part) for part in kind.parts)}]"
        case "record" if kind.name:
            return kind.name
    return "any"
