"""The mini-language of ``models:``: what each field of a model is.

The order of the tests, and what is kept of which flag, are those of Nango's models parser: a second
``[]`` makes a literal of the whole, a bare number loses its ``?``, and so on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from nangonb._project.nango_yaml.findings import Finding
from nangonb._project.nango_yaml.javascript import JsCrash, JsDate, entries, keys, parse_int, trim

Path = tuple[str | int, ...]
Scalar = str | int | float | bool | None

MODEL_NAME = re.compile("[a-zA-Z0-9_]+")

#: Words for types, in any case, and the TypeScript they stand for.
ALIASES = {
    "string": "string", "char": "string", "varchar": "string",
    "number": "number", "int": "number", "integer": "number", "float": "number", "bigint": "bigint",
    "boolean": "boolean", "bool": "boolean",
    "date": "Date", "object": "Record<string, any>", "array": "any[]",
    "any": "any", "never": "never", "void": "void", "undefined": "undefined",
}  # fmt: skip
_CONSTANTS: dict[str, Scalar] = {"true": True, "false": False, "null": None, "undefined": "undefined"}
_REFUSED_GENERICS = re.compile(
    "(Object|Array|Function|Date|RegExp|Map|Set|WeakMap|WeakSet|Promise|Symbol|Error|Record|Partial|Readonly"
    "|Pick|Omit|Awaited|Required|Exclude|Extract|Uppercase|Lowercase)<"
)
TYPES_PAGE = "https://nango.dev/docs/integrations/api-configuration#all-configuration-fields"
DYNAMIC = "__string"
EXTENDS = "__extends"


@dataclass(frozen=True, slots=True)
class Field:
    """A field. ``value`` is a scalar, or the fields of a nested object, list or union.

    ``ts_type``: value is a TypeScript type, or a literal number, boolean or null; ``model``: the name
    of a model; neither: a literal string. A nested object has none of the flags, a list is an
    ``array`` with fields named 0, 1 … None is a flag that Nango leaves out.
    """

    name: str
    value: Scalar | tuple[Field, ...]
    ts_type: bool | None = None
    model: bool | None = None
    array: bool | None = None
    union: bool | None = None
    optional: bool | None = None
    dynamic: bool | None = None

    @property
    def fields(self) -> tuple[Field, ...]:
        """The nested fields; empty for a scalar."""
        return self.value if isinstance(self.value, tuple) else ()

    def as_dict(self) -> dict[str, Any]:
        """The field as Nango's parser gives it."""
        value = [one.as_dict() for one in self.value] if isinstance(self.value, tuple) else self.value
        flags = {
            "tsType": self.ts_type, "model": self.model, "array": self.array,
            "union": self.union, "optional": self.optional, "dynamic": self.dynamic,
        }  # fmt: skip
        return {"name": self.name, "value": value} | {
            key: flag for key, flag in flags.items() if flag is not None
        }


@dataclass(frozen=True, slots=True)
class Model:
    """A model: its fields in order, the dynamic one (``__string``) last.

    An anonymous model is made of an ``input`` or ``output`` that names no model; it has one field.
    """

    name: str
    fields: tuple[Field, ...]
    is_anonymous: bool = False

    def field(self, name: str) -> Field | None:
        return next((one for one in self.fields if one.name == name), None)

    def as_dict(self) -> dict[str, Any]:
        model: dict[str, Any] = {"name": self.name, "fields": [one.as_dict() for one in self.fields]}
        return model | {"isAnon": True} if self.is_anonymous else model


def references(fields: tuple[Field, ...]) -> Iterator[str]:
    """The names of the models that these fields use, in order, repeated where used again."""
    for one in fields:
        if one.model and isinstance(one.value, str):
            yield one.value
        yield from references(one.fields)


def flat(fields: Iterable[Field]) -> Iterator[Field]:
    """The members of a union, those of unions within it in their place."""
    for one in fields:
        if one.union:
            yield from flat(one.fields)
        else:
            yield one


@dataclass
class ModelsParser:
    """Reads the models; ``parsed`` holds them in the order in which they were finished."""

    raw: Any
    parsed: dict[str, Model] = field(default_factory=dict)
    errors: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)

    def parse_all(self) -> None:
        for name, value, _ in entries(self.raw, ("models",), "`models`"):
            if MODEL_NAME.fullmatch(name) is None:
                message = f'Model "{name}" contains invalid characters'
                self._error("invalid_model_name", message, (name,), ("models", name), name, key=True)
            elif name not in self.parsed:
                self._model(name, value, [])

    def anonymous(self, name: str, field_name: str, value: Any, at: Path) -> Model:
        """The model of an ``input`` or ``output`` that names none."""
        fields = self._fields([(field_name, value, at)], [name])
        return Model(name, fields, is_anonymous=True)

    def _model(self, name: str, value: Any, stack: list[str]) -> None:
        stack.append(name)
        at: Path = ("models", name)
        items = [(key, item, (*at, part)) for key, item, part in entries(value, at, f"Model {name!r}")]
        self.parsed[name] = Model(name, self._fields(items, stack))

    def _known(self, name: str) -> bool:
        return isinstance(self.raw, Mapping) and name in self.raw

    def _reference(self, name: str, stack: list[str], at: Path) -> bool:
        """Whether ``name`` is a model; parses it first if need be."""
        if not self._known(name):
            return False
        if name in stack:
            last = stack[-1] if len(stack) > 1 else "undefined"
            self._warn("cyclic_model", f"Cyclic import {stack[0]}->{last}", tuple(stack), at, name)
        elif name not in self.parsed:
            self._model(name, self.raw[name], stack)
        return True

    def _fields(self, items: list[tuple[str, Any, Path]], stack: list[str]) -> tuple[Field, ...]:
        fields: dict[str, Field] = {}
        dynamic: Field | None = None
        for key, value, at in items:
            name = key.removesuffix("?")
            if name == EXTENDS:
                for inherited in self._inherited(value, stack, at):
                    if inherited.dynamic:
                        dynamic = inherited
                    else:
                        fields.setdefault(inherited.name, inherited)
                continue
            if name == DYNAMIC:  # errors in it name the field "tmp", as in the original
                one = self._field("tmp", value, key != name, stack, at)
                dynamic = replace(one, name=name, dynamic=True, optional=key != name)
            else:
                fields[name] = self._field(name, value, key != name, stack, at)
        return (*fields.values(), dynamic) if dynamic else tuple(fields.values())

    def _inherited(self, value: Any, stack: list[str], at: Path) -> Iterator[Field]:
        if not isinstance(value, str):
            raise JsCrash(
                "`__extends` must be the name of a model, or several with commas between", at, "bad_extends"
            )
        child = stack[-1]
        for part in value.split(","):
            name = trim(part)
            if not self._known(name):
                message = f'Model "{child}" is extending "{name}", but it does not exists'
                self._error("model_extends_not_found", message, (*stack, EXTENDS), at, name)
                continue
            self._reference(name, stack, at)
            if name not in self.parsed:
                chain = " -> ".join([*stack[stack.index(name) :], name])
                raise JsCrash(f"Models extend each other in a cycle: {chain}", at, "extends_cycle")
            yield from self.parsed[name].fields

    def _field(self, name: str, value: Any, optional: bool, stack: list[str], at: Path) -> Field:
        if isinstance(value, list):
            items = [(str(number), item, (*at, number)) for number, item in enumerate(value)]
            return Field(name, self._fields(items, stack), array=True, optional=optional)
        if isinstance(value, dict):
            items = [(key, value[key], (*at, key)) for key in keys(value)]
            return Field(name, self._fields(items, stack), optional=optional)
        if isinstance(value, JsDate):
            return Field(name, (), optional=optional)
        if not isinstance(value, str):
            return Field(name, value, ts_type=True)
        return self._text(name, value, optional, stack, at)

    def _text(self, name: str, value: str, optional: bool, stack: list[str], at: Path) -> Field:
        if "|" in value:
            items = [(str(number), trim(part), at) for number, part in enumerate(value.split("|"))]
            return Field(name, self._fields(items, stack), union=True, optional=optional)
        array = value.endswith("[]") and value != "[]"
        bare = value[:-2] if array else value
        if value in ("", "[]") or _REFUSED_GENERICS.match(bare):
            message = (
                f'Type "{bare}" contains some unsupported typescript syntax, please use allowed syntax. '
                f"Documentation: {TYPES_PAGE}"
            )
            self._error("type_syntax_error", message, (stack[-1], name), at, value)
        alias = ALIASES.get(bare.lower())
        if alias is not None:
            return Field(name, alias, ts_type=True, array=array, optional=optional)
        native = parse_int(bare)
        if native is not None or bare in _CONSTANTS:
            literal = _CONSTANTS[bare] if native is None else native
            return Field(name, literal, ts_type=True, array=array, optional=optional)
        if self._reference(bare, stack, at):
            return Field(name, bare, model=True, array=array, optional=optional)
        message = f'Model "{bare}" is not defined, using as string literal'
        self._warn("model_not_found_fallback", message, (*stack, bare), at, bare)
        return Field(name, bare, array=array, optional=optional)

    def _error(
        self, code: str, message: str, path: tuple[str, ...], at: Path, subject: str, key: bool = False
    ) -> None:
        self.errors.append(Finding(code, message, path, at, subject, key))

    def _warn(self, code: str, message: str, path: tuple[str, ...], at: Path, subject: str) -> None:
        self.warnings.append(Finding(code, message, path, at, subject))
