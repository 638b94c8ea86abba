"""Models as Python: a module of TypedDicts, for ``from nangonb.models import Contact`` and for editors.

Annotations are put together with ``$`` before every word of Python's own (``$list[Contact]``), so that
a model may be called ``list`` or ``Any``: :meth:`_Module.spell` then writes them out.
"""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from nangonb._project.nango_yaml.checked import Checked
from nangonb._project.nango_yaml.fields import Field, Model, flat

_TYPES = {
    "string": "$str", "number": "$float", "boolean": "$bool", "bigint": "$int", "Date": "$datetime | $str",
    "any": "$Any", "any[]": "$list[$Any]", "Record<string, any>": "$dict[$str, $Any]",
    "void": "None", "undefined": "None", "never": "$Never",
}  # fmt: skip
_ANY_DICT = "$dict[$str, $Any]"
_HOMES = {
    **dict.fromkeys(("bool", "dict", "float", "int", "list", "str"), "builtins"),
    "datetime": "datetime",
    **dict.fromkeys(("Any", "Literal", "Never", "NotRequired", "TypeAlias", "TypedDict"), "typing"),
}
#: A quoted text, which is left alone, or a word.
_PYTHON_WORD = re.compile(r'"(?:\\.|[^"\\])*"|\$([A-Za-z]+)')
_NAME = re.compile(r'"(?:\\.|[^"\\])*"|([A-Za-z_][A-Za-z0-9_]*)')
_NOT_IN_NAMES = re.compile("[^A-Za-z0-9_]")


def models_module(checked: Checked, origins: Mapping[str, str] | None = None) -> str:
    """Python source with one class or alias a model, under its own name; it passes ``mypy --strict``.

    ``origins`` says where each model is declared (``Cell In[3], line 9``); it goes into the docstring.
    A name that Python cannot have is changed by :func:`python_name`. A model with ``__string`` is a
    ``dict``, for a TypedDict cannot have further keys.
    """
    return _Module(checked.models, origins or {}).source()


def python_name(name: str) -> str:
    """The name under which a model can be imported: ``class`` is ``class_``, ``5`` is ``_5``."""
    if keyword.iskeyword(name):
        return f"{name}_"
    return name if name.isidentifier() and not name.startswith("__") else f"_{name.lstrip('_')}"


@dataclass
class _Module:
    models: Mapping[str, Model]
    origins: Mapping[str, str]
    classes: list[str] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    imports: dict[str, str] = field(default_factory=dict)  # word -> the name it has here

    def source(self) -> str:
        self.taken = {python_name(name) for name in self.models}
        aliases = [model for model in self.models.values() if _is_alias(model)]
        for model in self.models.values():
            if not _is_alias(model):
                self._record(python_name(model.name), model.fields, self._doc(model.name))
        written = self._aliases(aliases)
        names = "".join(f"    {json.dumps(name)},\n" for name in sorted(map(python_name, self.models)))
        exported = f"__all__ = [\n{names}]\n" if names else f"__all__: {self.spell('$list[$str]')} = []\n"
        head = '"""The models of nango.yaml."""\n'
        body = "".join(f"\n\n{one}" for one in self.classes)
        return head + self._imports() + "\n" + exported + body + written

    # -- models ------------------------------------------------------------------------------------

    def _aliases(self, models: list[Model]) -> str:
        """Aliases stand after the classes; one that needs itself or a later one is less exact."""
        waiting = {python_name(model.name) for model in models}
        lines = []
        for model in models:
            name = python_name(model.name)
            annotation = self._alias(name, model)
            if _references(annotation) & waiting:
                annotation = "$Any" if model.is_anonymous else _ANY_DICT
            waiting.discard(name)
            alias = f"{name}: {self.spell('$TypeAlias')} = {self.spell(annotation)}"
            lines.append(f"\n\n{alias}\n{self._doc(model.name)}\n")
        # Classes of nested objects are made on the way: they stand before the aliases too.
        return "".join(lines)

    def _alias(self, name: str, model: Model) -> str:
        if model.is_anonymous:
            return self._type(name, model.fields[0])
        return self._dict(name, model.fields)

    def _dict(self, owner: str, fields: tuple[Field, ...]) -> str:
        """A model with a dynamic field: exact where it has no other."""
        return _ANY_DICT if len(fields) > 1 else f"$dict[$str, {self._type(owner, fields[0])}]"

    def _record(self, name: str, fields: Iterable[Field], doc: str) -> None:
        """A TypedDict; the functional form where a key cannot stand in a class."""
        place = len(self.classes)
        items = {one.name: self._annotation(name, one) for one in fields}
        used = {word for annotation in items.values() for word in _names(annotation)}
        spelled = {key: self._written(annotation) for key, annotation in items.items()}
        base = self.spell("$TypedDict")
        if all(_fits_class(key, used) for key in items):
            lines = "".join(f"    {key}: {annotation}\n" for key, annotation in spelled.items())
            text = f"class {name}({base}):\n    {doc}\n" + (f"\n{lines}" if lines else "")
        else:
            lines = "".join(f"        {_text(key)}: {value},\n" for key, value in spelled.items())
            text = f"{name} = {base}(\n    {_text(name)},\n    {{\n{lines}    }},\n)\n{doc}\n"
        self.classes.insert(place, text)

    # -- annotations -------------------------------------------------------------------------------

    def _written(self, annotation: str) -> str:
        """The annotation as Python evaluates it: quoted where it needs a name that may come later.

        ``NotRequired`` stays outside the quotes, for ``__optional_keys__`` is made at run time.
        """
        inner = annotation.removeprefix("$NotRequired[")
        optional = inner != annotation
        inner = inner[:-1] if optional else inner
        spelled = self.spell(inner)
        if _references(inner):
            spelled = _text(spelled)
        return f"{self.spell('$NotRequired')}[{spelled}]" if optional else spelled

    def _annotation(self, owner: str, one: Field) -> str:
        annotation = self._type(owner, one)
        return f"$NotRequired[{annotation}]" if one.optional or _may_be_absent(one) else annotation

    def _type(self, owner: str, one: Field, name: str = "") -> str:
        if one.union:
            return self._union(
                owner, [part for part in flat(one.fields) if not _may_be_absent(part)], one.name
            )
        if isinstance(one.value, tuple):
            if not one.array:
                return self._nested(owner, one, name or one.name)
            return f"$list[{self._union(owner, one.value, name or one.name) if one.value else '$Any'}]"
        bare = _scalar(one)
        return f"$list[{bare}]" if one.array and (one.model or one.ts_type) else bare

    def _union(self, owner: str, parts: Iterable[Field], name: str) -> str:
        literals: list[str] = []
        others: list[str] = []
        for part in flat(parts):
            annotation = self._type(owner, part, f"{name}_{part.name}" if part.name != "0" else name)
            if annotation.startswith("$Literal["):
                literals.append(annotation.removeprefix("$Literal[").removesuffix("]"))
            else:
                others += annotation.split(" | ") if part.value == "Date" and not part.array else [annotation]
        joined = [f"$Literal[{', '.join(dict.fromkeys(literals))}]"] if literals else []
        members = list(dict.fromkeys([*joined, *others]))
        return "$Any" if "$Any" in members else " | ".join(members) or "None"

    def _nested(self, owner: str, one: Field, name: str) -> str:
        if any(part.dynamic for part in one.fields):
            return self._dict(owner, one.fields)
        chosen = f"{owner}_{_NOT_IN_NAMES.sub('_', name)}"
        while chosen in self.taken:
            chosen += "_"
        self.taken.add(chosen)
        self._record(chosen, one.fields, _doc(f"{name} of {owner}."))
        return chosen

    # -- words -------------------------------------------------------------------------------------

    def spell(self, annotation: str) -> str:
        """``annotation`` without the ``$``; a word whose name a model has is imported as ``word_``."""

        def word(match: re.Match[str]) -> str:
            text = match[1]
            if text is None:
                return match[0]
            name = text
            while name in self.taken:
                name += "_"
            if name != text or _HOMES[text] != "builtins":
                self.imports[text] = name
            return name

        return _PYTHON_WORD.sub(word, annotation)

    def _imports(self) -> str:
        modules: dict[str, list[str]] = {}
        for word, name in sorted(self.imports.items()):
            modules.setdefault(_HOMES[word], []).append(word if word == name else f"{word} as {name}")
        lines = [f"from {module} import {', '.join(words)}\n" for module, words in sorted(modules.items())]
        return "".join(["\n", *lines]) if lines else ""

    def _doc(self, name: str) -> str:
        origin = self.origins.get(name)
        return _doc(f"{name}, declared in {origin}." if origin else f"{name} of nango.yaml.")


def _is_alias(model: Model) -> bool:
    return model.is_anonymous or any(one.dynamic for one in model.fields)


def _may_be_absent(one: Field) -> bool:
    if one.union:
        return any(map(_may_be_absent, one.fields))
    return bool(one.ts_type) and one.value == "undefined" and not one.array


def _scalar(one: Field) -> str:
    value = one.value
    if one.model:
        return python_name(str(value))
    if not one.ts_type:
        return f"$Literal[{_text(str(value) + ('[]' if one.array else ''))}]"
    if value is None:
        return "None"
    if isinstance(value, bool | int):
        return f"$Literal[{value!r}]"
    return "$float" if isinstance(value, float) else _TYPES[str(value)]


def _names(annotation: str) -> set[str]:
    """All names in it, Python's own too."""
    return {match[1] for match in _NAME.finditer(annotation) if match[1]}


def _references(annotation: str) -> set[str]:
    """The models and nested classes in it."""
    return _names(_PYTHON_WORD.sub("", annotation)) - {"None", "True", "False"}


def _fits_class(key: str, used: set[str]) -> bool:
    """Whether ``key`` can be a name in a class that uses the names ``used``."""
    return key.isidentifier() and not keyword.iskeyword(key) and not key.startswith("__") and key not in used


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _doc(text: str) -> str:
    return f'"""{json.dumps(text, ensure_ascii=False)[1:-1]}"""'
