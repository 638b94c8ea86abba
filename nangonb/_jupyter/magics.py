"""The magics: each parses its options, calls one function, and returns what that gives."""

from __future__ import annotations

import argparse
import keyword
from collections.abc import Callable
from os import PathLike
from typing import Any

from IPython.core import magic
from traitlets import Float, Int, Unicode, observe

from nangonb._jupyter.cells import CellTracker
from nangonb._project.declaring import COMMANDS
from nangonb._project.options import Command, Option
from nangonb._session import Session, using
from nangonb._session.native import what
from nangonb._verbs import Verb, verbs
from nangonb.errors import Interrupted, UsageError, nearest


@magic.magics_class
class NangoMagics(magic.Magics):
    """``%config NangoMagics`` shows and sets what stands here."""

    environment = Unicode("", help="the Nango environment that verbs without -e use").tag(config=True)
    host = Unicode("", help="address of a self-hosted Nango, as NANGO_HOSTPORT").tag(config=True)
    layout = Unicode("", help="nango-yaml, zero-yaml or python: the layout of the project").tag(config=True)
    preview_rows = Int(0, help="rows of a result that are shown; 0 means the default, 20").tag(config=True)

    request_timeout = Float(0, help="seconds that a request may take; 0 means the default, 120").tag(
        config=True
    )

    def __init__(self, shell: Any, session: Session) -> None:
        super().__init__(shell=shell)  # which makes %config know it
        self._session = session
        for name in self.trait_names(config=True):
            self._configure(name)

    @observe("environment", "host", "layout", "preview_rows", "request_timeout")
    def _changed(self, change: dict[str, Any]) -> None:
        if hasattr(self, "_session"):
            self._configure(change["name"])

    def _configure(self, name: str) -> None:
        self._session.config.overrides[name] = getattr(self, name)


class Magics:
    """A magic for each verb, and for each kind of cell that declares something."""

    def __init__(self, shell: Any, session: Session, cells: CellTracker) -> None:
        self._shell, self._session, self._cells = shell, session, cells
        self._registered: list[tuple[str, str]] = []

    def register(self) -> None:
        for name, command in COMMANDS.items():
            self._register("cell", name, command, self._declaring(name))
        for name, verb in verbs().items():
            if verb.in_notebook:
                command = verb.magic
                self._register("line", name, command, self._doing(verb, command))

    def unregister(self) -> None:
        for kind, name in self._registered:
            self._shell.magics_manager.magics[kind].pop(name, None)
        self._registered.clear()

    def _register(self, kind: str, name: str, command: Command, function: Callable[..., Any]) -> None:
        function.__name__ = f"nango_{name}"
        function.__doc__ = command.help()
        self._shell.magics_manager.magics[kind][function.__name__] = magic.no_var_expand(function)
        self._registered.append((kind, function.__name__))

    def _declaring(self, name: str) -> Callable[[str, str], Any]:
        def declare(line: str, cell: str) -> Any:
            __tracebackhide__ = True
            text = self._cells.text(name, line, cell)
            return self._session.declare(text, label=self._cells.label, id=self._cells.id)

        return declare

    def _doing(self, verb: Verb, command: Command) -> Callable[[str], Any]:
        def run(line: str) -> Any:
            __tracebackhide__ = True
            return self._run(verb, command, line)

        return run

    @property
    def _variables(self) -> dict[str, Any]:
        """The notebook's variables."""
        namespace: dict[str, Any] = self._shell.user_ns
        return namespace

    def _run(self, verb: Verb, command: Command, line: str) -> Any:
        """Options in, result out. A trailing ``;`` silences the display; ``-o VAR`` binds on success."""
        stripped = line.rstrip()
        silent = stripped.endswith(";")
        options = vars(self._options(command, stripped.removesuffix(";")))
        out = options.pop("out", None)
        if out is not None:
            if not out.isidentifier() or keyword.iskeyword(out) or out == "nangonb":
                raise UsageError(f"-o {out}: this is not the name of a variable.", hint="-o contacts")
            self._variables.pop(out, None)  # it never holds an old result
        try:
            with using(self._session):
                result = verb.function(**options)
        except KeyboardInterrupt:  # what had begun to fetch says so itself, with what it has
            raise Interrupted(f"{command.prog} was stopped.") from None
        if out is not None:
            try:
                self._variables[out] = result.bound()
            except KeyboardInterrupt:
                hint = f"What it is made of is there: nangonb.last_{verb.name}()"
                raise Interrupted(f"{command.prog} was stopped while {out} was made.", hint=hint) from None
        return None if silent else result

    def _options(self, command: Command, line: str) -> argparse.Namespace:
        """Parsed options; a value ``$name`` is the notebook's variable of that name."""
        options = command.parse_line(line)
        for option in command.options:
            value = getattr(options, option.dest, None)
            if not isinstance(value, str) or not value.startswith("$"):
                continue
            if option.dest == "out":
                raise UsageError(
                    f"-o {value}: name the variable without $.", hint=f"-o {value[1:] or 'contacts'}"
                )
            if not value[1:].isidentifier():
                raise UsageError(
                    f"{option.names[0]} {value}: write only the name of a variable after $.",
                    hint=f"value = … in a line of its own, then {option.names[0]} $value",
                )
            setattr(options, option.dest, self._taken(option, value[1:]))
        return options

    def _taken(self, option: Option, name: str) -> Any:
        """The value of a variable for an option. Raises UsageError where it cannot be one."""
        value = self._variable(name)
        if option.type is not None or option.takes == "anything":
            return value
        required = option.positional and option.nargs != "?"
        if value is None and not required:
            return option.default
        if isinstance(value, str) or (option.completes == "path" and isinstance(value, PathLike)):
            return value
        raise UsageError(f"{option.names[0]} is text, and ${name} is {what(value)}.")

    def _variable(self, name: str) -> Any:
        try:
            return self._variables[name]
        except KeyError:
            names = [known for known in self._variables if not known.startswith("_")]
            match = nearest(name, names)
            hint = f"Did you mean ${match}?" if match else "Define it in a cell above."
            raise UsageError(f"The notebook has no variable {name!r}.", hint=hint) from None
