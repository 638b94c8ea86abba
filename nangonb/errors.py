"""Every exception of nangonb, and what a caller can do about each.

::

    Exception
    ├── NangonbError                 everything that nangonb raises; has ``hint`` and ``exit_code``
    │   ├── UsageError          (2)  an option or an argument is wrong: fix the call
    │   │   └── UnknownName     (2)  a script, model, integration, connection … does not exist
    │   ├── ConfigurationError  (3)  a key, a host or an environment is missing or contradictory
    │   ├── ApiError            (3)  Nango answered with an error: ``code``, ``status``
    │   ├── NetworkError        (3)  Nango did not answer at all: try again, or fix the host
    │   ├── ProjectError        (1)  the declarations cannot be used: ``problems`` say where; 10 where
    │   │                            the TypeScript does not compile
    │   ├── FolderError         (1)  a folder cannot be read, or must not be overwritten
    │   ├── DeployError        (11)  nothing is deployed, or not everything: see ``deployed``
    │   ├── ScriptError        (12)  the script raised, or broke a rule: ``dryrun`` is the partial result
    │   ├── RunError           (12)  a deployed sync failed, or did not end in time: ``states``
    │   └── Interrupted       (130)  the user stopped it: ``dryrun``, ``records``, ``states``
    └── errors that a script can catch
        ├── ActionError              raised by a script to report an error to its caller
        ├── HTTPError                a request failed: ``status``, ``data``, ``headers``
        ├── SDKError                 the ``nango`` object was misused: ``code``
        └── NestedTooDeeply          JSON has too many levels to be read; a ValueError

Errors are below all other modules, so that fields of richer types are declared ``Any``: ``problems`` are
:class:`nangonb._project.Problem`, ``dryrun`` is a :class:`nangonb.Dryrun`, ``records`` is what
``nangonb.records`` returns and ``states`` what ``nangonb.trigger`` does.

The number is the exit code of the ``nangonb`` command. An error never carries a secret: whoever
makes one from foreign text masks it first (:mod:`nangonb._masking`).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nangonb._text import LEVELS, printable

__all__ = [
    "ActionError",
    "ApiError",
    "ConfigurationError",
    "DeployError",
    "FolderError",
    "HTTPError",
    "Interrupted",
    "NangonbError",
    "NestedTooDeeply",
    "NetworkError",
    "ProjectError",
    "RunError",
    "SDKError",
    "ScriptError",
    "UnknownName",
    "UsageError",
    "nearest",
]


def nearest(name: str, choices: Iterable[str]) -> str | None:
    """The choice that ``name`` was most probably meant to be, or None."""
    pool = list(choices)
    folded = {choice.lower(): choice for choice in reversed(pool)}
    found = difflib.get_close_matches(name.lower(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


class NangonbError(Exception):
    """Base of all errors that nangonb raises.

    ``str(error)`` is one sentence; ``hint`` says how to fix it, or is empty. What cannot be shown in
    foreign text (control characters, halves of surrogate pairs) stands there as an escape.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return printable(self.message)

    def lines(self) -> list[str]:
        """The error as a person reads it: message, then hint, without a traceback."""
        return [printable(line) for line in self._lines()]

    def _lines(self) -> list[str]:
        shown = [f"{type(self).__name__}: {self.message}"]
        if self.hint:
            shown.append(self.hint)
        return shown

    def _render_traceback_(self) -> list[str]:
        # IPython asks an exception for this before it draws its own traceback: the user sees our
        # sentence in a proper `error` output, and none of our frames.
        return [_coloured(line) for line in self.lines()]


_COLOURS = {
    re.compile(r"[A-Z]\w+(?=: )"): "31",  # the name of an error
    re.compile(r"-+> +\d+"): "32;1",  # the line of the script
    re.compile(r"(Cell In\[\d+\]|\S+\.(ipynb|py|yaml)\b.*?)(, line \d+)?(, column \d+)?(?=:|,|$)"): "32",
}


def _coloured(line: str) -> str:
    """``line`` with what a reader looks for first in colour, as IPython's own tracebacks have it."""
    for start, colour in _COLOURS.items():
        if found := start.match(line):
            return f"\x1b[{colour}m{found[0]}\x1b[0m{line[found.end() :]}"
    return line


class UsageError(NangonbError):
    """An option or argument is unknown, missing or malformed."""

    exit_code = 2


class UnknownName(UsageError):
    """Nothing of this kind has that name. ``choices`` are the names there are; where there are none, ``none``
    says what to do first."""

    def __init__(
        self, kind: str, name: str, choices: Sequence[str], *, hint: str = "", none: str = ""
    ) -> None:
        self.kind, self.name, self.choices = kind, name, tuple(choices)
        match = nearest(name, choices)
        said = [f"Did you mean {match!r}?"] if match else []
        if choices:
            some = ", ".join(choices[:12]) + (f" … ({len(choices)} in all)" if len(choices) > 12 else "")
            said.append(f"There is: {some}.")
        elif none or not hint:
            said.append(none or "There is none.")
        if hint:
            said.append(hint)
        super().__init__(f"There is no {kind} named {name!r}.", hint=" ".join(said))


class ConfigurationError(NangonbError):
    """A key, host or environment is missing or contradictory."""

    exit_code = 3


class ApiError(NangonbError):
    """Nango answered with an error.

    ``code`` is Nango's own (``unknown_connection``, ``invalid_body`` …), ``status`` the HTTP status.
    """

    exit_code = 3

    def __init__(self, message: str, *, code: str, status: int, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.code, self.status = code, status


class NetworkError(NangonbError):
    """Nango did not answer: no server, no route, a broken or too slow connection.

    ``code`` is Node's or axios' (``ECONNREFUSED`` …).
    """

    exit_code = 3

    def __init__(self, message: str, *, code: str = "ECONNRESET", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.code = code


#: Codes of what a TypeScript compiler or bundler refuses, here or on Nango's servers.
_OF_COMPILER = re.compile(r"ts-\d+|does-not-bundle|remote-compile")


class ProjectError(NangonbError):
    """What the cells or files declare cannot be used. ``problems`` are what is wrong, where, and the fix.

    ``exit_code`` is 10 where all of them are errors of the TypeScript compiler, else 1.
    """

    def __init__(self, message: str, *, problems: Sequence[Any] = (), hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.problems = tuple(problems)
        if problems and all(_OF_COMPILER.fullmatch(each.code) for each in problems):
            self.exit_code = 10

    def _lines(self) -> list[str]:
        return _with_problems(self, self.problems)


def _with_problems(error: NangonbError, problems: Sequence[Any]) -> list[str]:
    shown = [f"{type(error).__name__}: {error.message}"]
    for problem in problems:
        shown.extend(str(problem).splitlines())
    return [*shown, error.hint] if error.hint else shown


class FolderError(NangonbError):
    """A folder cannot be read, or holds files that must not be overwritten.

    ``dryrun`` is the run whose responses could not be saved; None for anything else.
    """

    def __init__(self, message: str, *, dryrun: Any = None, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.dryrun = dryrun


class DeployError(NangonbError):
    """A deployment was refused, or broke off. The message says what is deployed and what is not.

    ``code`` is Nango's own (``invalid_body``, ``unknown_provider_config`` …), or empty where it did not
    answer. ``deployed`` is True or False where that is known of all scripts, else None; ``live`` are the
    keys of those that are known to be deployed. ``problems`` are what Nango refuses, each with its script.
    """

    exit_code = 11

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        deployed: bool | None = False,
        live: Sequence[str] = (),
        problems: Sequence[Any] = (),
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.code, self.deployed, self.live = code, deployed, tuple(live)
        self.problems = tuple(problems)

    def _lines(self) -> list[str]:
        return _with_problems(self, self.problems)


class ScriptError(NangonbError):
    """The script raised, or broke a rule that is enforced.

    ``dryrun`` is the partial result: records, logs and requests until then. The script's own
    exception is ``__cause__``.
    """

    exit_code = 12

    def __init__(self, message: str, *, dryrun: Any, trace: Sequence[str] = (), hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.dryrun = dryrun
        self.trace = tuple(trace)

    def _lines(self) -> list[str]:
        # The trace ends with what the script raised; the message would only repeat it.
        return [*(self.trace or [self.message]), *([self.hint] if self.hint else [])]


class RunError(NangonbError):
    """A run of a deployed sync that was awaited failed, or had not ended in time.

    ``states`` is the state of the sync; ``states.run`` is None where the run has not ended.
    """

    exit_code = 12

    def __init__(self, message: str, *, states: Any, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.states = states


class Interrupted(NangonbError):
    """The user stopped it. The partial result is ``dryrun``, ``records`` of ``%nango_records``, or ``states``
    of ``%nango_trigger --wait``."""

    exit_code = 130

    def __init__(
        self,
        message: str,
        *,
        dryrun: Any = None,
        records: Any = None,
        states: Any = None,
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.dryrun, self.records, self.states = dryrun, records, states


class CatchableError(Exception):
    """What the calls of a script raise. ``script_frames``: of a TypeScript script, the innermost first."""

    script_frames: Sequence[Any] | None = None


class ActionError(CatchableError):
    """Reports an error to whoever triggered the script.

    A message and keyword details, or one dict that is the payload as it stands::

        raise nango.ActionError("No such contact", id=contact_id)
        raise nango.ActionError({"message": "No such contact", "id": contact_id})

    Mirrors ``ActionError`` of Nango's runner-sdk, whose payload is one object.
    """

    type = "action_script_runtime_error"

    def __init__(self, message: str | Mapping[str, Any] | None = None, /, **details: Any) -> None:
        if isinstance(message, Mapping):
            payload: dict[str, Any] = {**message, **details}
        else:
            payload = {**({} if message is None else {"message": message}), **details}
        self.payload = payload
        super().__init__(str(payload.get("message", "")) or "ActionError")


class HTTPError(CatchableError):
    """A request of the script failed.

    ``status`` is None when no response came; then ``code`` says why (``ECONNRESET``,
    ``ETIMEDOUT`` …, the codes that scripts see on Nango). ``data`` is the decoded body.
    The message is axios': ``Request failed with status code 404``.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        data: Any = None,
        headers: Mapping[str, str] | None = None,
        code: str | None = None,
        method: str = "",
        url: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status, self.data, self.headers = status, data, dict(headers or {})
        self.code, self.method, self.url = code, method, url


class SDKError(CatchableError):
    """The ``nango`` object was used in a way that Nango refuses. ``code`` is stable."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.message, self.code = message, code


class NestedTooDeeply(ValueError):
    """JSON has too many levels to be read. It may be right all the same."""

    def __init__(self) -> None:
        super().__init__(f"the JSON is nested too deeply: more than {LEVELS} levels")
