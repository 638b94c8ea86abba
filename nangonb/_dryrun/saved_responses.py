"""Saved responses of one script: ``<integration>/tests/<name>.test.json``, as Nango's CLI writes it.

::

    {"input"?, "output"?,
     "nango": {"getConnection"?, "getMetadata"?, "batchSave"?: {Model: […]}, "batchDelete"?: {Model: […]}, …},
     "api": {"get": {"/path": {response, status, headers, hash, request: {params?, headers?, data?}} | […]}}}

Two keys are ours, and the CLI ignores them: ``nango.provider`` (how the provider paginates) and ``error``
(what the script raised; such a file has nothing to compare with).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from nangonb._dryrun.identity import Identity, data_identity, is_form
from nangonb._masking import MASK
from nangonb._nango import js_string
from nangonb._secret_names import is_secret
from nangonb.errors import FolderError, SDKError

ABSENT: Final = object()
"""Where null means something."""
_SHOWN: Final = 80


@dataclass(slots=True, eq=False)
class Saved:
    """One response. ``request`` is None where only the hash, or nothing, says what it answers.

    ``any_request``: the old layout's body without status and headers, which answers whatever was asked.
    """

    response: Any
    status: int = 200
    headers: Mapping[str, Any] = field(default_factory=dict)
    hash: str | None = None
    request: Mapping[str, Any] | None = None
    any_request: bool = False

    def line(self, method: str, endpoint: str) -> str:
        """The request that it answers, for people."""
        params = (self.request or {}).get("params") or {}
        return Identity(method, endpoint, tuple(params.items())).line


@dataclass(eq=False)
class SavedResponses:
    """What is saved for one script. ``endpoint`` in ``api`` lacks its leading slash."""

    path: Path | None = None
    input: Any = None
    output: Any = ABSENT
    nango: dict[str, Any] = field(default_factory=dict)
    api: dict[str, dict[str, list[Saved]]] = field(default_factory=dict)
    error: Mapping[str, Any] | None = None
    _given: set[int] = field(default_factory=set)

    @property
    def kind(self) -> Literal["sync", "action"] | None:
        """What kind of script it is of, as far as it tells: a sync's has records, an action's an output."""
        sync = "batchSave" in self.nango or "batchDelete" in self.nango
        action = self.output is not ABSENT or self.input is not None
        return None if sync == action else "sync" if sync else "action"

    @property
    def is_compared(self) -> bool:
        """Whether there is something to compare a replay with: not where the script had failed."""
        return self.error is None

    def all(self) -> Iterator[tuple[str, str, Saved]]:
        """Method, endpoint and response of everything saved."""
        for method, endpoints in self.api.items():
            for endpoint, saved in endpoints.items():
                yield from ((method, endpoint, one) for one in saved)

    def find(self, candidates: Sequence[Identity], data: str | None = None) -> Saved:
        """The response to a request that is known by any of ``candidates``.

        The first that has its hash, or its params, headers and data, or, being the only one and without a
        request of its own, answers a request without params; as in Nango's test library. Then those in
        which ``****`` stands for something that was masked. Where several have that hash, each is given
        once, in order, and the last from then on; Nango's own library knows the first alone.
        ``data`` is that of the request, of which candidates may have but a hash.

        Raises SDKError (``no_saved_response``), which names the request and the nearest that is saved.
        """
        there = [(identity, saved) for identity in candidates for saved in self._at(identity)]
        for identity, saved in there:
            if self._answers(identity, saved):
                again = [one for _, one in there if one.hash is not None and one.hash == saved.hash]
                return self._in_turn(again or [saved], otherwise=-1)
        # what is masked looks the same for several: then in the order in which they were saved
        masked = [saved for identity, saved in there if _is_request(saved, identity, data, masked=True)]
        if not masked:
            raise self._missing(candidates)
        return self._in_turn(masked, otherwise=0)

    def _in_turn(self, candidates: Sequence[Saved], *, otherwise: int) -> Saved:
        """The first that was not given yet, else the one at ``otherwise``."""
        chosen = next((saved for saved in candidates if id(saved) not in self._given), candidates[otherwise])
        self._given.add(id(chosen))
        return chosen

    def _answers(self, identity: Identity, saved: Saved) -> bool:
        if saved.any_request or (saved.hash is not None and saved.hash == identity.hash):
            return True
        if saved.request is not None:
            # what is masked in both is equal, and may be of several requests
            return MASK not in str(saved.request) and _is_request(saved, identity)
        return not identity.params and len(self._at(identity)) == 1

    def _at(self, identity: Identity) -> list[Saved]:
        """What is saved at its endpoint, in which something may be masked."""
        there = self.api.get(identity.method, {})
        responses = there.get(identity.endpoint)
        if responses is None:
            responses = next((there[path] for path in there if same_text(path, identity.endpoint)), [])
        return responses

    def _missing(self, candidates: Sequence[Identity]) -> SDKError:
        asked = candidates[0]
        error = SDKError(f"No saved response for {asked.line}", code="no_saved_response")
        error.add_note(self._nearest(candidates))
        return error

    def _nearest(self, candidates: Sequence[Identity]) -> str:
        same = [(identity, saved) for identity in candidates for saved in self._at(identity)]
        if same:
            identity, saved = min(same, key=lambda pair: len(_differences(pair[1].request or {}, pair[0])))
            difference = "; ".join(_differences(saved.request or {}, identity)) or "its hash differs"
            line = saved.line(identity.method, identity.endpoint)
            return f"The nearest saved response: {line}, but {difference}."
        lines = {saved.line(method, endpoint): None for method, endpoint, saved in self.all()}
        near = difflib.get_close_matches(candidates[0].line, list(lines), n=1, cutoff=0)
        return f"The nearest saved response: {near[0]}." if near else "No response is saved at all."


def from_document(document: Any, path: Path | None = None) -> SavedResponses:
    """Raises FolderError where it is not of this format."""

    def broken(what: str) -> FolderError:
        hint = "Save the responses again."
        return FolderError(f"{path or 'The file'} has no saved responses: {what}.", hint=hint)

    if not isinstance(document, dict):
        raise broken("it is not a JSON object")
    nango, saved = document.get("nango") or {}, document.get("api") or {}
    if not isinstance(nango, dict) or not isinstance(saved, dict):
        raise broken("nango and api are objects")
    api: dict[str, dict[str, list[Saved]]] = {}
    for method, endpoints in saved.items():
        if not isinstance(endpoints, dict):
            raise broken(f"api.{method} is not an object")
        for endpoint, entries in endpoints.items():
            for entry in entries if isinstance(entries, list) else [entries]:
                if not isinstance(entry, dict):
                    raise broken(f"a response of {method.upper()} {endpoint} is not an object")
                there = api.setdefault(method.lower(), {}).setdefault(endpoint.removeprefix("/"), [])
                there.append(_saved(entry))
    return SavedResponses(
        path, document.get("input"), document.get("output", ABSENT), nango, api, document.get("error")
    )


def _saved(entry: Mapping[str, Any]) -> Saved:
    status, headers, request = entry.get("status"), entry.get("headers"), entry.get("request")
    return Saved(
        entry.get("response"),
        status if isinstance(status, int) else 200,
        headers if isinstance(headers, Mapping) else {},
        entry.get("hash") or None,
        request if isinstance(request, Mapping) else None,
    )


def read(path: Path) -> SavedResponses:
    """One file. Raises FolderError where it cannot be read."""
    return from_document(read_json(path), path)


def read_json(path: Path) -> Any:
    """Any JSON file, with all digits of its integers. Raises FolderError."""
    from nangonb._records import decode

    try:
        return decode(path.read_bytes())
    except OSError as error:
        raise FolderError(f"{path} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise FolderError(f"{path} is not JSON: {error}.", hint="Save the responses again.") from None


def text(value: Any) -> bytes:
    """``JSON.stringify(value, null, 2)``."""
    import orjson

    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2)
    except TypeError:  # integers beyond 64 bits, lone surrogates
        import json

        written = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
        return re.sub("[\ud800-\udfff]", lambda match: f"\\u{ord(match[0]):04x}", written).encode()


def _is_request(saved: Saved, identity: Identity, data: str | None = None, *, masked: bool = False) -> bool:
    return saved.request is not None and not _differences(saved.request, identity, data, masked=masked)


def _differences(
    request: Mapping[str, Any], identity: Identity, whole: str | None = None, *, masked: bool = True
) -> list[str]:
    """How a request differs from the one that a response was saved for, in words."""
    same = same_text if masked else str.__eq__
    params, headers = request.get("params") or {}, request.get("headers") or {}
    differences = [*_named("parameter", params, dict(identity.params), same)]
    differences += _named("header", _headers(headers), _headers(dict(identity.headers)), same)
    if len(params) != len(identity.params) and not differences:
        differences.append("a parameter is repeated")
    data = request.get("data")
    if data is not None and not (
        same(data_identity(data) or "", identity.data or "")
        or (masked and _same_data(data, _parsed(whole or identity.data)))
    ):
        differences.append("its data differs")
    return differences


def _parsed(data: str | None) -> Any:
    from nangonb._records import decode

    try:
        return decode((data or "").encode("utf-8", "surrogatepass"))
    except ValueError:
        return data


def _same_data(saved: Any, asked: Any) -> bool:
    """Whether JSON is equal, where a mask stands for any text or number."""
    if isinstance(saved, Mapping) and isinstance(asked, Mapping):
        return saved.keys() == asked.keys() and all(_same_data(saved[name], asked[name]) for name in saved)
    if isinstance(saved, list) and isinstance(asked, list):
        return len(saved) == len(asked) and all(map(_same_data, saved, asked))
    if isinstance(saved, str) and isinstance(asked, (str, int, float)) and not isinstance(asked, bool):
        return same_text(saved, js_string(asked))
    return type(saved) is type(asked) and bool(saved == asked)


def _named(
    what: str, saved: Mapping[str, Any], asked: Mapping[str, Any], same: Callable[[str, str], bool]
) -> Iterator[str]:
    for name in dict.fromkeys([*saved, *asked]):
        if name not in asked:
            yield f"it has the {what} {name}"
        elif name not in saved:
            yield f"it lacks the {what} {name}"
        elif not same(js_string(saved[name]), js_string(asked[name])):
            if is_secret(name, asked[name], sent=True):
                yield f"its {what} {name} differs"
            else:
                yield f"its {what} {name} is {_short(saved[name])}, not {_short(asked[name])}"


def _headers(headers: Mapping[str, Any]) -> dict[str, Any]:
    """By lower-case names, without the form's content type, which clients add by themselves."""
    by_name: dict[str, Any] = {}
    for name, value in headers.items():
        if not (name.lower() == "content-type" and is_form(js_string(value))):
            by_name.setdefault(name.lower(), value)
    return by_name


def same_text(saved: str, asked: str) -> bool:
    """Whether two texts are equal, where a mask in the saved one stands for anything."""
    if saved == asked:
        return True
    if MASK not in saved:
        return False
    pattern = ".*".join(re.escape(part) for part in saved.split(MASK))
    return re.fullmatch(pattern, asked, re.DOTALL) is not None


def _short(value: Any) -> str:
    text = repr(js_string(value))
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
