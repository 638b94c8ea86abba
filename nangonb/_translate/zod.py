"""Models of nango.yaml as zod schemas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from nangonb._project.nango_yaml import Field, Model
from nangonb._translate import code
from nangonb._translate.code import Line

_TYPES = {
    "string": "z.string()",
    "number": "z.number()",
    "bigint": "z.number()",
    "boolean": "z.boolean()",
    "Record<string, any>": "z.record(z.string(), z.any())",
    "any": "z.any()",
    "any[]": "z.array(z.any())",
    "void": "z.void()",
    "undefined": "z.undefined()",
    "never": "z.never()",
    # a record is JSON: its dates are ISO 8601 text
    "Date": "z.iso.datetime({ offset: true })",
}


def schemas(models: Mapping[str, Model], wanted: Iterable[str]) -> list[tuple[str, list[Line]]]:
    """Return (name, ``const Contact = z.object({ … });``) of the models, each after those it uses."""
    found: dict[str, list[Line]] = {}
    open_: list[str] = []

    def add(name: str) -> None:
        if name in found or name not in models or name in open_:
            return
        open_.append(name)
        for inner in _references(models[name].fields):
            add(inner)
        open_.pop()
        text = f"const {name} = {model_schema(models[name], {*found})};"
        found[name] = [Line(line) for line in text.split("\n")]

    for name in wanted:
        add(name)
    return list(found.items())


def model_schema(model: Model, known: set[str]) -> str:
    """Return the schema of one model. It refers to models that are not ``known`` yet by a getter."""
    if model.is_anonymous:
        return field_schema(model.fields[0], known)
    return _object(model.fields, known)


def field_schema(field: Field, known: set[str]) -> str:
    """Return the schema of a field, including ``.optional()``."""
    text = _value(field, known)
    return chained(text, ".optional()") if field.optional and not text.endswith(".optional()") else text


def _object(fields: Sequence[Field], known: set[str]) -> str:
    dynamic = [field for field in fields if field.dynamic]
    parts = []
    for field in fields:
        if field.dynamic:
            continue
        schema = field_schema(field, known)
        if set(_references((field,))) <= known:
            parts.append(f"{code.key(field.name)}: {schema}")
        else:
            parts.append(f"get {code.key(field.name)}() {{\n{code.INDENT}return {schema};\n}}")
    more = _later(dynamic[0], known) if dynamic else ""
    if dynamic and not parts:
        return f"z.record(z.string(), {more})"
    inner = ",\n".join(code.INDENT + code.shifted(part) for part in parts)
    text = f"z.object({{\n{inner}\n}})" if parts else "z.object({})"
    text = chained(text, f".catchall({more})") if dynamic else text
    if dynamic and any(part.startswith("get ") for part in parts):  # catchall calls getters immediately
        return f"z.lazy((): z.ZodType<any> => {text})"
    return text


def chained(text: str, call: str) -> str:
    """Return ``text`` with a method call, each call on its line if ``text`` has several lines."""
    if "\n" not in text or not text.startswith("z"):
        return text + call
    calls = text if text.startswith("z\n") else f"z\n{code.INDENT}{code.shifted(text[1:])}"
    return f"{calls}\n{code.INDENT}{call}"


def _later(field: Field, known: set[str]) -> str:
    """Return the schema of an index. It cannot have a getter, so that ``z.lazy`` refers to later models.

    TypeScript could not infer its type, so that it is annotated as any.
    """
    text = field_schema(field, known)
    return text if set(_references((field,))) <= known else f"z.lazy((): z.ZodType<any> => {text})"


def _value(field: Field, known: set[str]) -> str:
    if field.union:
        return _union(field.fields, known)
    if isinstance(field.value, tuple):
        if field.array:
            return f"z.array({_union(field.value, known) if field.value else 'z.any()'})"
        return _object(field.value, known)
    text = _scalar(field)
    return f"z.array({text})" if field.array and (field.model or field.ts_type) else text


def _scalar(field: Field) -> str:
    value = field.value
    if field.model:
        return str(value)
    if not field.ts_type:
        return f"z.literal({code.string(f'{value}[]' if field.array else str(value))})"
    if value is None:
        return "z.null()"
    if isinstance(value, bool):
        return f"z.literal({'true' if value else 'false'})"
    if isinstance(value, int | float):
        return f"z.literal({value!r})"
    return _TYPES.get(str(value), "z.any()")


def _union(members: Sequence[Field], known: set[str]) -> str:
    """Return a union. Null and undefined are ``.nullable()`` and ``.optional()``, literal texts an enum."""
    nullable = any(_is(member, None) for member in members)
    optional = any(_is(member, "undefined") for member in members)
    rest = [member for member in members if not _is(member, None) and not _is(member, "undefined")]
    literals = [
        f"{member.value}[]" if member.array else str(member.value)
        for member in rest
        if not (member.model or member.ts_type or isinstance(member.value, tuple))
    ]
    parts = [_value(member, known) for member in rest]
    if not rest:
        text = "z.null()" if nullable else "z.undefined()"
        return f"{text}.optional()" if nullable and optional else text
    if len(rest) == 1:
        text = parts[0]
    elif len(literals) == len(rest):
        text = f"z.enum([{', '.join(code.string(each) for each in dict.fromkeys(literals))}])"
    else:
        text = f"z.union([{', '.join(dict.fromkeys(parts))}])"
    for call in (".nullable()" if nullable else "", ".optional()" if optional else ""):
        text = chained(text, call) if call else text
    return text


def _is(field: Field, value: object) -> bool:
    return bool(field.ts_type) and not field.array and field.value == value and field.value is not False


def _references(fields: Iterable[Field]) -> list[str]:
    found: list[str] = []
    for field in fields:
        if field.model and isinstance(field.value, str):
            found.append(field.value)
        found += _references(field.fields)
    return found
