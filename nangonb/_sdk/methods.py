"""What is declared of each method and property of the ``nango`` object: once, where it is defined.

The signature gives the parameters; the docstring says what the method does (its first paragraph) and what is
different in a dry run (its section ``In a dry run:``); :func:`method` and :func:`attribute` declare what
neither can say. The TypeScript host, the translator, the checks, completion and docs/sdk.md read these
records.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from types import UnionType
from typing import Any, Final, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from nangonb._sdk.names import camel_case

Answered = Literal[
    "json",
    "at-start",
    "not-awaited",
    "response",
    "pages",
    "fetched",
    "saved",
    "records",
    "stream",
    "log",
    "in-node",
]
"""How a call in TypeScript is answered.

``json``: arguments and answer are JSON. ``at-start``: with what the host gets when the script starts; the
call gives no promise. ``not-awaited``: the script does not wait for it. ``response``, ``pages``, ``fetched``,
``saved``, ``records``, ``stream``, ``log``: as the requests, ``paginate``, ``uncontrolled_fetch``, the
methods that save, ``get_records_by_ids``, ``list_records`` and ``log``. ``in-node``: without the Python side.
"""
Topic = Literal["run", "requests", "connection", "scripts", "state", "records", "log"]
Owner = Literal["provider", "Nango", "run"]
F = TypeVar("F", bound=Callable[..., Any])

_BY_POSITION: Final = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a method. ``annotation`` is its text: ``str | None``; ``choices`` are those of a
    Literal."""

    name: str
    annotation: str
    choices: tuple[str, ...]
    default: Any
    by_position: bool

    @property
    def typescript(self) -> str:
        return camel_case(self.name)

    @property
    def required(self) -> bool:
        return self.default is inspect.Parameter.empty


def _choices(hint: Any) -> tuple[str, ...]:
    """The values of a Literal, or of one that may be None."""
    if get_origin(hint) is Literal:
        return get_args(hint)
    parts = get_args(hint) if get_origin(hint) in (Union, UnionType) else ()
    return tuple(choice for part in parts for choice in _choices(part))


@dataclass(frozen=True)
class Member:
    """A property or a method. ``zero_yaml_only``: the CLI of the layout nango-yaml lacks it."""

    function: Callable[..., Any]
    typescript: str
    topic: Topic
    zero_yaml_only: bool

    @property
    def name(self) -> str:
        return self.function.__name__

    @property
    def sync_only(self) -> bool:
        return self.function.__qualname__.startswith("NangoSync.")

    @property
    def is_deprecated(self) -> bool:
        return isinstance(self, Method) and self.replaced_by != ""

    @property
    def returns(self) -> str:
        """The text of the annotation: ``dict[str, Any]``."""
        return str(self.function.__annotations__["return"])

    @property
    def summary(self) -> str:
        """The first paragraph of the docstring, on one line."""
        return " ".join((inspect.getdoc(self.function) or "").partition("\n\n")[0].split())

    @property
    def in_a_dry_run(self) -> str:
        """What is different in a dry run, on one line."""
        section = re.search(
            r"^In a dry run:\n((?:    .*\n|\n)+)", f"{inspect.getdoc(self.function)}\n", re.MULTILINE
        )
        return " ".join(section[1].split()) if section else ""


@dataclass(frozen=True)
class Attribute(Member):
    """A property of the ``nango`` object."""


@dataclass(frozen=True)
class Method(Member):
    """A method of the ``nango`` object.

    ``owner`` is who owns what the call changes; None where it changes nothing. ``replaced_by`` is the method
    to use in place of a deprecated one.
    """

    answered: Answered
    owner: Owner | None
    replaced_by: str
    objects: tuple[tuple[str, ...], ...]

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """Without ``self``, ``*messages`` and ``**options``."""
        hints = get_type_hints(self.function)
        return tuple(
            Parameter(
                each.name,
                str(each.annotation),
                _choices(hints[each.name]),
                each.default,
                each.kind in _BY_POSITION,
            )
            for each in list(inspect.signature(self.function).parameters.values())[1:]
            if each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
        )

    @cached_property
    def takes_options(self) -> bool:
        """Whether it takes the options of a request: :class:`~nangonb._sdk.options.RequestOptions`."""
        return "options" in inspect.signature(self.function).parameters

    @cached_property
    def takes_any_number(self) -> bool:
        """Whether it takes any number of positional arguments."""
        kinds = (each.kind for each in inspect.signature(self.function).parameters.values())
        return inspect.Parameter.VAR_POSITIONAL in kinds

    @cached_property
    def arguments(self) -> tuple[tuple[Parameter, ...] | Parameter, ...]:
        """The arguments of a call in TypeScript: a parameter, or an object of several.

        Keyword-only parameters are one object, the last argument.
        """
        grouped = {name: group for group in self.objects for name in group}
        named = {each.name: each for each in self.parameters}
        keywords = tuple(
            each.name for each in self.parameters if not each.by_position and each.name not in grouped
        )
        grouped |= dict.fromkeys(keywords, keywords)
        arguments: dict[tuple[str, ...] | str, tuple[Parameter, ...] | Parameter] = {}
        for each in self.parameters:
            group = grouped.get(each.name)
            arguments[group or each.name] = tuple(named[name] for name in group) if group else each
        return tuple(arguments.values())

    @property
    def returns_nothing(self) -> bool:
        return self.returns == "None"

    @property
    def gives_promise(self) -> bool:
        """Whether a call in TypeScript gives what has to be awaited."""
        return self.answered not in ("at-start", "not-awaited")


METHODS: Final[dict[str, Method]] = {}
"""All methods by their names in Python, in the order in which they are defined."""

ATTRIBUTES: Final[dict[str, Attribute]] = {}
"""All properties by their names in Python."""


def method(
    topic: Topic,
    *,
    typescript: str = "",
    answered: Answered = "json",
    owner: Owner | None = None,
    zero_yaml_only: bool = False,
    replaced_by: str = "",
    objects: tuple[tuple[str, ...], ...] = (),
) -> Callable[[F], F]:
    """Declare a method of the ``nango`` object.

    Args:
        typescript: its name in TypeScript, where that is not the name in camel case.
        objects: parameters that TypeScript takes as one object, besides those that are keyword-only.
    """

    def declare(function: F) -> F:
        METHODS[function.__name__] = Method(
            function,
            typescript or camel_case(function.__name__),
            topic,
            zero_yaml_only,
            answered,
            owner,
            replaced_by,
            objects,
        )
        return function

    return declare


def attribute(*, typescript: str = "", zero_yaml_only: bool = False) -> Callable[[F], F]:
    """Declare a property of the ``nango`` object, below ``@property``."""

    def declare(function: F) -> F:
        ATTRIBUTES[function.__name__] = Attribute(
            function, typescript or camel_case(function.__name__), "run", zero_yaml_only
        )
        return function

    return declare


def members(*, is_sync: bool) -> list[Member]:
    """What a script of this kind has, in the order of :data:`ATTRIBUTES` and :data:`METHODS`."""
    return [each for each in (*ATTRIBUTES.values(), *METHODS.values()) if is_sync or not each.sync_only]
