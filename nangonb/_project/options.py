"""Options of magics and commands: what one is, and the one parser of both.

The options of a verb stand in the signature of its function (:mod:`nangonb._verbs`), those of the magics that
declare something in :mod:`nangonb._project.declaring`. The magic, the command line, the help of both, and
completion are made from them.
"""

from __future__ import annotations

import argparse
import json
import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, Final, Literal, NoReturn

from nangonb._masking import Masker
from nangonb.errors import UsageError, nearest

Completes = Literal["script", "model", "connection", "integration", "environment", "path", "declared", "code"]


@dataclass(frozen=True, slots=True)
class Option:
    """One option (``-e --environment``) or positional argument (``NAME``), as it is spelt.

    ``completes`` names what its values are. A magic's ``$name`` may stand for anything where ``takes`` says
    so, for a number where there is a ``type``, else for text. ``dest`` is the keyword of the function;
    without one, it is the last spelling.
    """

    spelling: str
    help: str
    metavar: str = ""
    _: KW_ONLY
    completes: Completes | None = None
    takes: Literal["text", "anything"] = "text"
    dest: str = ""
    flag: bool = False
    nargs: str | None = None
    type: Any = None
    choices: tuple[str, ...] = ()
    default: Any = None

    def __post_init__(self) -> None:
        if not self.dest:
            dest = self.names[-1].lstrip("-").replace("-", "_").lower()
            object.__setattr__(self, "dest", dest)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.spelling.split())

    @property
    def positional(self) -> bool:
        return not self.spelling.startswith("-")


@dataclass(frozen=True, slots=True)
class Command:
    """The options of a magic or of a command. ``prog`` is how it is called: ``%nango_dryrun``."""

    prog: str
    summary: str
    options: tuple[Option, ...] = ()
    details: str = ""

    @property
    def is_magic(self) -> bool:
        return self.prog.startswith("%")

    @property
    def parser(self) -> argparse.ArgumentParser:
        """An argparse parser that raises :class:`UsageError` and takes no abbreviations."""
        parser = _Parser(
            prog=self.prog,
            description=self.summary,
            epilog=self.details or None,
            allow_abbrev=False,
            add_help=not self.is_magic,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        for option in self.options:
            _add(parser, option, magic=self.is_magic)
        return parser

    def parse_line(self, line: str) -> argparse.Namespace:
        """Options of a magic, quoted as for a shell.

        Raises:
            UsageError: a quote is not closed, an option is unknown, a value is missing or wrong.
        """
        try:
            options = self.parse(split_line(line, prog=self.prog))
        except UsageError:
            self._check_quotes(line)
            raise
        for option in self.options:
            value = getattr(options, option.dest, None)
            if option.takes == "anything" and _is_broken_json(value) and str(value) not in line:
                self._check_quotes(line)  # they are in the line, and not in the value
        return options

    def _check_quotes(self, line: str) -> None:
        """Raises :class:`UsageError` where JSON stands in a line as it is: its own quotes are the shell's."""
        names = [name for option in self.options if option.takes == "anything" for name in option.names]
        given = re.search(rf"(?<!\S)({'|'.join(map(re.escape, names))})(?:\s+|=)(\"?)([\[{{])", line)
        if not names or given is None:
            return
        try:
            _, end = json.JSONDecoder().raw_decode(line, given.start(3))
            value = line[given.start(3) : end]
        except (ValueError, RecursionError):
            value = ""
        masked = Masker().text(value)  # it stays in the notebook
        value = shlex.quote(value) if value and masked == value else _EXAMPLE
        raise _unquoted(self.prog, given[1], value)

    def guess_line(self, line: str) -> dict[str, str]:
        """What a line that cannot be parsed says of positional arguments and options, as far as it does.

        For a refused cell: it must be known which one it is, whatever else is wrong with its line.
        """
        try:
            words = shlex.split(line)
        except ValueError:
            words = line.split()
        named = {name: option for option in self.options if not option.positional for name in option.names}
        free = [option for option in self.options if option.positional]
        values: dict[str, str] = {}
        rest = iter(words)
        for word in rest:
            name, equals, value = word.partition("=")
            option = named.get(name)
            if option is not None and not option.flag:
                values[option.dest] = value if equals else next(rest, "")
            elif not word.startswith("-") and free:
                values[free.pop(0).dest] = word
        return values

    def parse(self, words: Sequence[str]) -> argparse.Namespace:
        """The options in ``words``. Raises UsageError."""
        parser = self.parser
        values, rest = parser.parse_known_args(list(words))
        if rest:
            for option in self.options:
                if option.takes == "anything" and _is_broken_json(getattr(values, option.dest, None)):
                    raise _unquoted(parser.prog, option.names[0], _EXAMPLE)
            unknown = rest[0]
            choices = [name for option in self.options if not option.positional for name in option.names]
            match = nearest(unknown.split("=")[0], choices) if unknown.startswith("-") else None
            what = "unknown option" if unknown.startswith("-") else "unexpected argument"
            hint = f"Did you mean {match}? " if match else ""
            raise UsageError(f"{parser.prog}: {what} {unknown!r}.", hint=f"{hint}{_where_help(parser)}")
        return values

    def help(self) -> str:
        """The text of ``%nango_dryrun?`` and ``nangonb dryrun --help``."""
        return self.parser.format_help()


_EXAMPLE: Final = "'{\"id\": 1}'"


def _unquoted(prog: str, name: str, value: str) -> UsageError:
    return UsageError(f"{prog}: the JSON after {name} needs single quotes around it.", hint=f"{name} {value}")


def _is_broken_json(value: Any) -> bool:
    """Whether it begins as an object or list of JSON, and is none."""
    if not isinstance(value, str) or not value.startswith(("{", "[")):
        return False
    try:
        json.loads(value)
    except (ValueError, RecursionError):
        return True
    return False


def _add(parser: argparse.ArgumentParser, option: Option, *, magic: bool) -> None:
    settings: dict[str, Any] = {"help": option.help}
    if option.flag:
        settings.update(action="store_true")
    else:
        type_ = _or_variable(option.type) if magic and option.type else option.type
        settings.update(
            metavar=option.metavar or None, type=type_, nargs=option.nargs, default=option.default
        )
        if option.choices:
            settings["choices"] = option.choices
    if option.positional:
        parser.add_argument(option.dest, **{**settings, "metavar": option.spelling})
    else:
        parser.add_argument(*option.names, dest=option.dest, **settings)


def _or_variable(type_: Callable[[str], Any]) -> Callable[[str], Any]:
    """Leave ``$name``, which stands for a variable of the notebook, as it is."""

    def convert(text: str) -> Any:
        return text if text.startswith("$") else type_(text)

    convert.__name__ = type_.__name__  # argparse says: invalid int value
    return convert


def split_line(line: str, *, prog: str) -> list[str]:
    """``line`` as a shell would split it.

    Raises:
        UsageError: a quote is not closed.
    """
    try:
        return shlex.split(line, comments=False, posix=True)
    except ValueError as error:
        quote = max(line.rfind('"'), line.rfind("'"))
        raise UsageError(
            f"{prog}: {str(error).lower()}.",
            hint=f"{line}\n{' ' * max(quote, 0)}^ Put the value in quotes, as in a shell: -i '{{\"id\": 1}}'",
        ) from None


def _where_help(parser: argparse.ArgumentParser) -> str:
    """``%nango_dryrun? explains all options.``"""
    how = f"{parser.prog}?" if parser.prog.startswith("%") else f"{parser.prog} --help"
    return f"{how} explains all options."


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{self.prog}: {message}.", hint=_where_help(self))
