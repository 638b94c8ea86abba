"""The magics: each parses its options, calls one function of the session, and returns what that gives."""

from __future__ import annotations

import argparse
import keyword
from collections.abc import Callable
from os import PathLike
from typing import Any

from IPython.core.magic import Magics, cell_magic, line_magic, magics_class, no_var_expand
from traitlets import Float, Int, Unicode, observe

from nangonb.errors import Interrupted, UsageError, nearest
from nangonb.jupyter.cells import CellTracker
from nangonb.project.options import Command, Option
from nangonb.session import Declared, Session
from nangonb.session.native import what
from nangonb.session.options import COMMANDS


def _declaring(name: str) -> Any:
    """A cell magic that declares what its cell says."""

    def declare(self: NangoMagics, line: str, cell: str) -> Declared | None:
        __tracebackhide__ = True
        return self._declare(name, line, cell)

    declare.__name__ = f"nango_{name}"
    return no_var_expand(cell_magic(declare))


@magics_class
class NangoMagics(Magics):
    """``%config NangoMagics`` shows and sets what stands here."""

    environment = Unicode("", help="the Nango environment that verbs without -e use").tag(config=True)
    host = Unicode("", help="address of a self-hosted Nango, as NANGO_HOSTPORT").tag(config=True)
    preview_rows = Int(0, help="rows of a result that are shown; 0 means the default, 20").tag(config=True)

    request_timeout = Float(0, help="seconds that a request may take; 0 means the default, 120").tag(
        config=True
    )

    def __init__(self, shell: Any, *, session: Session, cells: CellTracker) -> None:
        super().__init__(shell=shell)  # which makes %config know it
        self._session = session
        self._cells = cells
        for name in self.trait_names(config=True):
            self._configure(name)

    @observe("environment", "host", "preview_rows", "request_timeout")
    def _changed(self, change: dict[str, Any]) -> None:
        if hasattr(self, "_session"):
            self._configure(change["name"])

    def _configure(self, name: str) -> None:
        self._session.config.overrides[name] = getattr(self, name)

    @property
    def _variables(self) -> dict[str, Any]:
        """The notebook's variables."""
        namespace: dict[str, Any] = self.shell.user_ns  # type: ignore[union-attr]
        return namespace

    # Declaring

    nango_yaml = _declaring("yaml")
    nango_sync = _declaring("sync")
    nango_action = _declaring("action")
    nango_on_event = _declaring("on_event")
    nango_module = _declaring("module")
    nango_sync_ts = _declaring("sync_ts")
    nango_action_ts = _declaring("action_ts")
    nango_on_event_ts = _declaring("on_event_ts")
    nango_module_ts = _declaring("module_ts")

    def _declare(self, magic: str, line: str, cell: str) -> Declared | None:
        __tracebackhide__ = True
        text = self._cells.text(magic, line, cell)
        return self._session.declare(text, label=self._cells.label, id=self._cells.id)

    # Doing

    @no_var_expand
    @line_magic
    def nango_connection(self, line: str) -> Any:
        return self._call("connection", line, self._session.connection)

    @no_var_expand
    @line_magic
    def nango_dryrun(self, line: str) -> Any:
        return self._call("dryrun", line, self._session.dryrun)

    @no_var_expand
    @line_magic
    def nango_check(self, line: str) -> Any:
        return self._call("check", line, self._session.check)

    @no_var_expand
    @line_magic
    def nango_generate(self, line: str) -> Any:
        return self._call("generate", line, self._session.generate)

    @no_var_expand
    @line_magic
    def nango_test(self, line: str) -> Any:
        return self._call("test", line, self._session.test)

    @no_var_expand
    @line_magic
    def nango_show(self, line: str) -> Any:
        return self._call("show", line, self._session.show)

    @no_var_expand
    @line_magic
    def nango_export(self, line: str) -> Any:
        return self._call("export", line, self._session.export)

    @no_var_expand
    @line_magic
    def nango_import(self, line: str) -> Any:
        return self._call("import", line, self._session.import_folder)

    @no_var_expand
    @line_magic
    def nango_deploy(self, line: str) -> Any:
        return self._call("deploy", line, self._session.deploy)

    @no_var_expand
    @line_magic
    def nango_records(self, line: str) -> Any:
        return self._call("records", line, self._session.records)

    @no_var_expand
    @line_magic
    def nango_status(self, line: str) -> Any:
        return self._call("status", line, self._session.status)

    @no_var_expand
    @line_magic
    def nango_trigger(self, line: str) -> Any:
        return self._call("trigger", line, self._session.trigger)

    @no_var_expand
    @line_magic
    def nango_start(self, line: str) -> Any:
        return self._call("start", line, self._session.start)

    @no_var_expand
    @line_magic
    def nango_pause(self, line: str) -> Any:
        return self._call("pause", line, self._session.pause)

    @no_var_expand
    @line_magic
    def nango_forget(self, line: str) -> Any:
        return self._call("forget", line, self._session.forget)

    def _call(self, name: str, line: str, function: Callable[..., Any]) -> Any:
        """Options in, result out. A trailing ``;`` silences the display; ``-o VAR`` binds on success."""
        stripped = line.rstrip()
        silent = stripped.endswith(";")
        options = vars(self._options(COMMANDS[name], stripped.removesuffix(";")))
        out = options.pop("out", None)
        if out is not None:
            if not out.isidentifier() or keyword.iskeyword(out) or out == "nangonb":
                raise UsageError(f"-o {out}: that is no name of a variable.", hint="-o contacts")
            self._variables.pop(out, None)  # it never holds an old result
        try:
            result = function(**options)
        except KeyboardInterrupt:  # what had begun to fetch says so itself, with what it has
            raise Interrupted(f"%nango_{name} was stopped.") from None
        if out is not None:
            try:
                self._variables[out] = result.bound()
            except KeyboardInterrupt:
                hint = f"What it is made of is there: nangonb.last_{name}()"
                raise Interrupted(f"%nango_{name} was stopped while {out} was made.", hint=hint) from None
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
                    f"-o {value}: what is bound is named without $.", hint=f"-o {value[1:] or 'contacts'}"
                )
            if not value[1:].isidentifier():
                raise UsageError(
                    f"{option.names[0]} {value}: after $ stands the name of a variable, and nothing else.",
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


def _documented() -> None:
    for command in COMMANDS.values():
        function = NangoMagics.__dict__.get(f"nango_{command.name}")
        if function is not None:
            function.__doc__ = command.help()


_documented()
