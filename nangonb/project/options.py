"""Options of magics, functions and commands: one spec, one parser.

A :class:`Command` is the single place where an option is written down. The magic, the ``nangonb``
command line, the help of both, and completion are made from it; the Python function has a keyword
of the same name.
"""

from __future__ import annotations

import argparse
import json
import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NoReturn

from nangonb.errors import UsageError, nearest
from nangonb.masking import Masker

Completes = Literal["script", "model", "connection", "integration", "environment", "path", "declared"]


@dataclass(frozen=True, slots=True)
class Option:
    """One option (``--integration-id``) or positional argument (``NAME``).

    ``dest`` is the keyword of the Python function. ``completes`` names what its values are. A magic's
    ``$name`` may stand for anything where ``takes`` says so, for a number where there is a ``type``, else
    for text.
    """

    names: tuple[str, ...]
    help: str
    dest: str
    metavar: str = ""
    flag: bool = False
    nargs: str | None = None
    type: Any = None
    choices: tuple[str, ...] = ()
    completes: Completes | None = None
    default: Any = None
    takes: Literal["text", "anything"] = "text"
    where: Literal["both", "magic", "command"] = "both"

    @property
    def positional(self) -> bool:
        return not self.names[0].startswith("-")

    def usable(self, *, magic: bool) -> bool:
        """Whether the magic, or else the command, has this option."""
        return self.where in ("both", "magic" if magic else "command")


@dataclass(frozen=True, slots=True)
class Command:
    """A verb with its options. ``name`` is ``dryrun``; the magic is ``%nango_dryrun``."""

    name: str
    summary: str
    options: tuple[Option, ...] = ()
    details: str = ""
    cell: bool = False
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def magic(self) -> str:
        return ("%%" if self.cell else "%") + "nango_" + self.name

    def parser(self, *, magic: bool) -> argparse.ArgumentParser:
        """An argparse parser that raises :class:`UsageError` and knows no abbreviations."""
        parser = _Parser(
            prog=self.magic if magic else f"nangonb {self.name}",
            description=self.summary,
            epilog=self.details or None,
            allow_abbrev=False,
            add_help=not magic,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        add_options(parser, self, magic=magic)
        return parser

    def parse_line(self, line: str) -> argparse.Namespace:
        """Options of a magic, quoted as for a shell.

        Raises:
            UsageError: a quote is not closed, an option is unknown, a value is missing or wrong.
        """
        try:
            options = self.parse(split_line(line, prog=self.magic), magic=True)
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
        raise _unquoted(self.magic, given[1], value)

    def guess_line(self, line: str) -> dict[str, str]:
        """What a line that cannot be parsed says of positional arguments and options, as far as it does.

        For a refused cell: it must be known which one it is, whatever else is wrong with its line.
        """
        try:
            words = shlex.split(line)
        except ValueError:
            words = line.split()
        usable = [option for option in self.options if option.usable(magic=True)]
        named = {name: option for option in usable if not option.positional for name in option.names}
        free = [option for option in usable if option.positional]
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

    def parse(self, words: Sequence[str], *, magic: bool) -> argparse.Namespace:
        parser = self.parser(magic=magic)
        values, rest = parser.parse_known_args(list(words))
        if rest:
            for option in self.options:
                if option.takes == "anything" and _is_broken_json(getattr(values, option.dest, None)):
                    raise _unquoted(parser.prog, option.names[0], _EXAMPLE)
            unknown = rest[0]
            usable = [o for o in self.options if not o.positional and o.usable(magic=magic)]
            choices = [name for option in usable for name in option.names]
            match = nearest(unknown.split("=")[0], choices) if unknown.startswith("-") else None
            what = "unknown option" if unknown.startswith("-") else "unexpected argument"
            hint = f"Did you mean {match}? " if match else ""
            raise UsageError(f"{parser.prog}: {what} {unknown!r}.", hint=f"{hint}{_where_help(parser)}")
        return values

    def help(self) -> str:
        """The text of ``%nango_dryrun?``."""
        return self.parser(magic=True).format_help()


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


def add_options(parser: argparse.ArgumentParser, command: Command, *, magic: bool) -> None:
    for option in command.options:
        if not option.usable(magic=magic):
            continue
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
            parser.add_argument(option.dest, **{**settings, "metavar": option.names[0]})
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
