"""A dry run as saved responses, in the format of today's CLI and without secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nangonb._dryrun.saved_responses import read, text
from nangonb._dryrun.writing import write
from nangonb._masking import MASK, Masker
from nangonb._secret_names import is_secret
from nangonb._trace import masked_headers
from nangonb.errors import FolderError, UsageError

if TYPE_CHECKING:
    from nangonb._dryrun.recording import Exchange
    from nangonb._dryrun.result import Dryrun
    from nangonb._project import Script
    from nangonb._records import RecordBuffer

#: A value below a secret name is looked for elsewhere, too, where it is too long to be a plain word.
_TELLING: Final = 16
#: Data of which an identity has but a hash.
_WHOLE: Final = "whole data"
#: So many are looked for in all text and in all forms; more of them only as words.
_MOST_SOUGHT: Final = 50
_PIECE: Final = re.compile(r"""[^\s"'&,;:<>()=?\\]{16,}""")
_CONNECTION: Final = ("connection_id", "provider_config_key", "provider", "connection_config", "metadata")


def save(result: Dryrun, path: Path) -> None:
    """Write what a run received and what came of it. Of a failed run, what it received until then.

    Raises:
        UsageError: the responses were too large to be kept, or the run took a webhook.
        FolderError: the file cannot be written, or holds those of a script of another kind.
    """
    hint = f"The run itself is complete: {result.recall.responses}."
    write(path, text(document(result)), refuse=lambda: check_kind(path, result.script), hint=hint)


def check_kind(path: Path, script: Script) -> None:
    """Raises FolderError where a file holds the responses of a script of another kind."""
    kind = kind_of(path)
    if kind is not None and kind != script.kind:
        what = {"sync": "a sync", "action": "an action", "on-event": "an on-event script"}
        raise FolderError(
            f"{path} holds the saved responses of {what[kind]}, and {script.name} is {what[script.kind]}. "
            "They were not overwritten.",
            hint="Nango's tests look for saved responses by the name of a script alone. Rename one of the "
            "two; if the other script is gone, delete the file.",
        )


def kind_of(path: Path) -> str | None:
    """The kind of script whose responses a file holds; None where it does not tell, or there is no file."""
    if not path.is_file():
        return None
    try:
        return read(path).kind
    except FolderError:  # it is broken: nobody's
        return None


def document(result: Dryrun) -> dict[str, Any]:
    """The whole file as JSON-like data."""
    recording, script = result.runtime.run.recording, result.script
    if recording.dropped:
        raise UsageError(
            f"{recording.dropped:,} responses were too large to keep.",
            hint="Run it again with --save-responses, which keeps all of them.",
        )
    if recording.webhook:
        raise UsageError("A run with --payload cannot be saved: Nango's format knows no webhooks.")
    api: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for digest, exchange in _told_apart(recording.exchanges):
        identity = exchange.identity
        there = api.setdefault(identity.method, {}).setdefault(f"/{identity.endpoint}", [])
        there.append(_entry(exchange, digest, recording.sent.get(exchange.number)))
    nango = _nango(result)
    document: dict[str, Any] = {}
    if recording.input is not None:
        document["input"] = recording.input
    failed = result.state != "succeeded"
    if script.kind != "sync" and not failed and not (result.output is None and not script.config.output):
        document["output"] = result.output
    document["nango"] = nango
    document["api"] = api
    if failed:
        document["error"] = result.error_json or {"message": f"The run was {result.state}."}
    return _masked(document, result.masker)


def _told_apart(exchanges: Sequence[Exchange]) -> Iterator[tuple[str, Exchange]]:
    """Hash and exchange of what is saved, in order. A request that was made again is saved up to where its
    answer no longer changes: a replay gives the last one from then on."""
    digests = [exchange.identity.hash for exchange in exchanges]
    needed: dict[str, int] = {}
    latest: dict[str, Exchange] = {}
    for number, (digest, exchange) in enumerate(zip(digests, exchanges, strict=True)):
        before = latest.get(digest)
        if before is None or before.status != exchange.status or before.content() != exchange.content():
            needed[digest] = number
        latest[digest] = exchange
    for number, (digest, exchange) in enumerate(zip(digests, exchanges, strict=True)):
        if number <= needed[digest]:
            yield digest, exchange


def _entry(exchange: Exchange, digest: str, sent: str | None) -> dict[str, Any]:
    """``sent``: the data of the request, whole, where it was kept."""
    identity = exchange.identity
    request: dict[str, Any] = {}
    if identity.params:
        request["params"] = dict(identity.params)
    if identity.headers:
        request["headers"] = masked_headers(dict(identity.headers))  # the hash tells them apart
    if identity.data is not None:
        request["data"] = _parsed(identity.data)
        if sent is not None and sent != identity.data:
            request[_WHOLE] = _parsed(sent)
    return {
        "response": exchange.value(),
        "status": exchange.status,
        "headers": dict(exchange.headers),
        "hash": digest,
        "request": request,
    }


def _parsed(data: str) -> Any:
    from nangonb._records import decode

    try:
        return decode(data.encode("utf-8", "surrogatepass"))
    except ValueError:
        return data


def _nango(result: Dryrun) -> dict[str, Any]:
    recording = result.runtime.run.recording
    nango: dict[str, Any] = {}
    connection = recording.connection
    if connection is not None:
        nango["getConnection"] = {name: connection[name] for name in _CONNECTION if name in connection}
        credentials = connection.get("credentials")
        if isinstance(credentials, Mapping):
            nango["getConnection"]["credentials"] = _blank(credentials)
    metadata = recording.metadata if recording.metadata_given is None else recording.metadata_given
    if metadata is None and connection is not None:
        metadata = connection.get("metadata") or None
    if metadata is not None:
        nango["getMetadata"] = dict(metadata)
    if result.script.kind == "sync" and result.state == "succeeded" and result.models:
        for key, operation in (("batchSave", "save"), ("batchDelete", "delete")):
            nango[key] = {
                full_name(result, model): list(_rows(result.buffer(model), operation))
                for model in result.models
            }
    if recording.pagination:
        nango["provider"] = {"proxy": {"paginate": dict(recording.pagination)}}
    if recording.fetched:
        nango["uncontrolledFetch"] = recording.fetched
    return nango


def full_name(result: Dryrun, model: str) -> str:
    """A model as Nango names it: ``Contact``, and of a variant ``Contact::emea``."""
    variant = result.runtime.context.variant
    return model if variant == "base" else f"{model}::{variant}"


def _rows(buffer: RecordBuffer, operation: str) -> Iterator[dict[str, Any]]:
    """What all calls gave, one after the other; of an id that a call saves twice, the last."""
    for call in buffer.calls(operation):
        yield from last_of_each(call) if operation == "save" else call


def last_of_each(call: Sequence[Mapping[str, Any]]) -> list[Any]:
    """The records of one ``batch_save`` as the CLI saves them."""
    last = {_key(record.get("id")): number for number, record in enumerate(call)}
    return [record for number, record in enumerate(call) if last[_key(record.get("id"))] == number]


def _key(id: Any) -> tuple[bool, Any]:
    return isinstance(id, str), id


def _blank(credentials: Mapping[str, Any]) -> dict[str, Any]:
    """Its names, and nothing of what it holds but its type."""
    return {name: value if name == "type" else _blank_value(value) for name, value in credentials.items()}


def _blank_value(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _blank(value)
    return value if value is None else MASK


# Secrets


def _masked(document: dict[str, Any], masker: Masker) -> dict[str, Any]:
    """Without secrets, by value and by name; the request's hash stays, which tells nothing of it.

    Long values below names of secrets are looked for everywhere: a record may hold them under another name.
    """
    telling = {value for value in _secrets(document) if len(value) >= _TELLING}
    few = len(telling) <= _MOST_SOUGHT
    hide = masker.with_values(telling if few else ())
    whole = document if few else _without(document, telling)
    return {
        name: _masked_api(value, hide) if name == "api" else hide.data(_as_text(value, hide))
        for name, value in whole.items()
    }


def _masked_api(api: Mapping[str, Any], hide: Masker) -> dict[str, Any]:
    """Responses by method and path; what is masked may make paths equal."""
    masked: dict[str, Any] = {}
    for method, paths in api.items():
        for path, entries in paths.items():
            there = masked.setdefault(method, {}).setdefault(hide.text(path), [])
            there += [_masked_entry(entry, hide) for entry in entries]
    return {
        method: {path: one[0] if len(one) == 1 else one for path, one in paths.items()}
        for method, paths in masked.items()
    }


def _masked_entry(entry: Mapping[str, Any], hide: Masker) -> dict[str, Any]:
    sent = ("params", "headers")
    given = dict(entry["request"])
    whole = given.pop(_WHOLE, None)
    request = {name: hide.data(_as_text(value, hide), sent=name in sent) for name, value in given.items()}
    if whole is not None and (masked := hide.data(whole)) != whole:
        request["data"] = masked  # a hash of it would not be found again
    headers = hide.data(masked_headers(entry["headers"]), sent=True)
    response = hide.data(_as_text(entry["response"], hide))
    return {**entry, "response": response, "headers": headers, "request": request}


def _as_text(value: Any, hide: Masker) -> Any:
    """Bytes as JSON has them, without the secrets in them where they are text."""
    if not (
        isinstance(value, Mapping) and value.get("type") == "Buffer" and isinstance(value.get("data"), list)
    ):
        return value
    try:
        content = bytes(value["data"]).decode()
    except (ValueError, TypeError):
        return value
    masked = hide.text(content)
    return value if masked == content else {**value, "data": list(masked.encode())}


def _without(value: Any, secrets: Set[str]) -> Any:
    """Without so many secrets that they are not looked for one by one: where they stand as a word."""
    if isinstance(value, dict):
        return {name: _without(item, secrets) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without(item, secrets) for item in value]
    if isinstance(value, str) and len(value) >= _TELLING:
        if value in secrets:
            return MASK
        return _PIECE.sub(lambda piece: MASK if piece[0] in secrets else piece[0], value)
    return value


def _secrets(value: Any) -> Iterator[str]:
    """Text below names of secrets."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            if isinstance(item, str):
                if is_secret(str(name), item) and not any(map(str.isspace, item)):
                    yield item
            else:
                yield from _secrets(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            if isinstance(item, (Mapping, list, tuple)):
                yield from _secrets(item)
