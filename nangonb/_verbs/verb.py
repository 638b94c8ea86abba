"""What a verb is: one function, whose signature says its options, and what a signature cannot say."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from types import UnionType
from typing import Any, Final, Literal, TypeVar, Union, get_args, get_origin

from nangonb._project.options import Command, Option
from nangonb._verbs.commands import session_of

_F = TypeVar("_F", bound=Callable[..., Any])

#: All verbs whose modules are imported, by name. :func:`nangonb._verbs.verbs` imports them all.
REGISTERED: Final[dict[str, Verb]] = {}


@dataclass(frozen=True)
class Verb:
    """A verb, and what it is: ``%nango_NAME`` (``in_notebook``), ``nangonb.FUNCTION`` (``in_package``),
    ``nangonb NAME`` (``in_shell``).

    ``run`` runs the command; without it, the function does. ``binds`` is what ``-o VAR`` of the magic binds;
    without it there is no such option. ``epilog`` ends the help.
    """

    name: str
    function: Callable[..., Any]
    in_notebook: bool
    in_package: bool
    in_shell: bool
    run: Callable[..., Any] | None = None
    epilog: str = ""
    binds: str = ""

    @property
    def summary(self) -> str:
        """The first paragraph of the documentation of the function."""
        return " ".join((inspect.getdoc(self.function) or "").partition("\n\n")[0].split())

    @property
    def magic(self) -> Command:
        options = [*_options(self.function)]
        if self.binds:
            options.append(Option("-o --out", f"bind the result to a variable: {self.binds}", "VAR"))
        return self._spelt("%nango_", options)

    @property
    def command(self) -> Command:
        """The options of :attr:`run`; its ``**options`` are those of the function."""
        return self._spelt("nangonb ", list(_options(self.run or self.function, self.function)))

    @property
    def takes_words(self) -> bool:
        """Whether the command takes its words as they are, and parses them itself."""
        kinds = [parameter.kind for parameter in inspect.signature(self.function).parameters.values()]
        return inspect.Parameter.VAR_POSITIONAL in kinds

    def run_command(self, words: Sequence[str]) -> int:
        """Run the command. Returns its exit code: what it returns, if that is a number; else 0, and what it
        returns is printed. Raises NangonbError."""
        if self.takes_words:
            result = self.function(*words)
        else:
            options = vars(self.command.parse(words))
            if self.run is None:
                with session_of():
                    result = self.function(**options)
            else:
                function = {"function": self.function} if "function" in _parameters(self.run) else {}
                result = self.run(**function, **options)
        if isinstance(result, int):
            return result
        print(result)
        return 0

    def _spelt(self, prefix: str, options: Sequence[Option]) -> Command:
        # positional arguments keep their order, and stand before options
        ordered = sorted(options, key=lambda option: not option.positional)
        return Command(f"{prefix}{self.name}", self.summary, tuple(ordered), self.epilog)


def verb(
    *,
    name: str = "",
    magic: bool = True,
    function: bool = True,
    command: bool | Callable[..., Any] = False,
    epilog: str = "",
    binds: str = "",
) -> Callable[[_F], _F]:
    """Register a function as a verb. ``name`` is that of the function, unless given.

    ``command`` is True where the command does what the function does, or a function that runs it: it takes
    options of its own (``source``, ``json``), ``**options`` for those of the verb, and the verb's
    ``function``, where several verbs share it. The module of a verb has the name of its function.
    """

    def register(decorated: _F) -> _F:
        registered = Verb(
            name or decorated.__name__,
            decorated,
            magic,
            function,
            command is not False,
            None if isinstance(command, bool) else command,
            epilog,
            binds,
        )
        REGISTERED[registered.name] = registered
        # help() and Tab show types, and not what the command line makes of them
        signature = inspect.signature(decorated)
        plain = [each.replace(annotation=_type(each)) for each in _parameters(decorated).values()]
        vars(decorated)["__signature__"] = signature.replace(parameters=plain)
        return decorated

    return register


def _options(function: Callable[..., Any], own: Callable[..., Any] | None = None) -> Iterator[Option]:
    """The options that the signature of a function declares. ``**options`` are those of ``own``, except what
    ``function`` declares itself."""
    declared = _parameters(function)
    for parameter in declared.values():
        if parameter.kind is inspect.Parameter.VAR_KEYWORD and own is not None:
            yield from (
                option
                for name, each in _parameters(own).items()
                if name not in declared and (option := _option(each)) is not None
            )
        elif (option := _option(parameter)) is not None:
            yield option


def _parameters(function: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """With the annotations as they are written, evaluated: ``Annotated[type, Option(…)]``."""
    parameters = dict(inspect.signature(function).parameters)
    for name, annotation in function.__annotations__.items():
        if isinstance(annotation, str) and name in parameters:
            annotation = eval(annotation, function.__globals__)  # written in our own module
        if name in parameters:
            parameters[name] = parameters[name].replace(annotation=annotation)
    return parameters


def _option(parameter: inspect.Parameter) -> Option | None:
    """What is written, with what the parameter says: its name, type and default."""
    written = next(
        (each for each in getattr(parameter.annotation, "__metadata__", ()) if isinstance(each, Option)), None
    )
    if written is None:
        return None
    optional = parameter.default is not inspect.Parameter.empty
    types = _alternatives(_type(parameter))
    nargs = None
    if any(get_origin(each) is list for each in types):
        nargs = "+"
    elif written.positional and (optional or type(None) in types):
        nargs = "?"
    return replace(
        written,
        dest=parameter.name,
        flag=types == (bool,),
        nargs=nargs,
        type=next((each for each in (int, float) if each in types and written.takes == "text"), None),
        choices=tuple(text for each in types if get_origin(each) is Literal for text in get_args(each)),
        default=parameter.default if optional else None,
    )


def _type(parameter: inspect.Parameter) -> Any:
    """The annotation without ``Annotated``."""
    annotation = parameter.annotation
    return (
        getattr(annotation, "__origin__", annotation) if hasattr(annotation, "__metadata__") else annotation
    )


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
