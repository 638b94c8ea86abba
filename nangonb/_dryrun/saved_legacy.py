"""Saved responses in the layout of the CLIs that read nango.yaml: a folder ``<integration>/mocks``.

::

    mocks/nango/getConnection.json, getMetadata.json …                 for all scripts of the integration
    mocks/nango/<method>/proxy/<endpoint>/<script>.json                the body alone
    mocks/nango/<method>/proxy/<endpoint>/<script>/<sha1>.json         request, response, status, headers
    mocks/<script>/input.json, output.json, <Model>/batchSave.json, <Model>/batchDelete.json
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from nangonb._dryrun.identity import Identity, data_identity
from nangonb._dryrun.saved_responses import ABSENT, Saved, SavedResponses, read_json, text
from nangonb._nango import js_string

#: What stands for all scripts of an integration; names of files, and of keys of the newer format.
_SHARED: Final = (
    "getConnection", "getMetadata", "updateMetadata", "deleteRecordsFromPreviousExecutions",
    "trackDeletesStart", "trackDeletesEnd",
)  # fmt: skip


def read(mocks: Path, script: str) -> SavedResponses | None:
    """What is saved for one script; None where there is nothing. Raises FolderError."""
    responses = SavedResponses(mocks)
    for method in _folders(mocks / "nango"):
        proxy = mocks / "nango" / method / "proxy"
        for endpoint, names in _endpoints(proxy, script):
            responses.api.setdefault(method.lower(), {})[endpoint] = [
                _saved(proxy / endpoint / name) for name in names
            ]
    own = mocks / script
    there = bool(responses.api)
    if (own / "input.json").is_file():
        responses.input, there = read_json(own / "input.json"), True
    if (own / "output.json").is_file():
        responses.output, there = read_json(own / "output.json"), True
    for name in ("batchSave", "batchDelete"):
        paths = {model: own / model / f"{name}.json" for model in _folders(own)}
        batches = {model: read_json(path) for model, path in paths.items() if path.is_file()}
        if batches:
            responses.nango[name], there = batches, True
    if not there:
        return None
    for name in _SHARED:
        if (mocks / "nango" / f"{name}.json").is_file():
            responses.nango[name] = read_json(mocks / "nango" / f"{name}.json")
    return responses


def _saved(path: Path) -> Saved:
    document = read_json(path)
    if not _is_hash(path.stem):
        return Saved(document, any_request=True)
    identity = document.get("requestIdentity") or {}
    request = {
        "params": dict(identity.get("params") or ()),
        "headers": dict(identity.get("headers") or ()),
        **({"data": identity["data"]} if identity.get("data") is not None else {}),
    }
    return Saved(
        document.get("response"),
        document.get("status") or 200,
        document.get("headers") or {},
        document.get("requestIdentityHash") or path.stem,
        request,
    )


def _endpoints(proxy: Path, script: str) -> Iterator[tuple[str, list[str]]]:
    """Endpoints with files of the script, relative to each. A folder wins over a file."""
    folders = _walked(proxy)
    for folder, files in folders:
        endpoint, _, last = folder.rpartition("/")
        hashed = [f"{script}/{name}" for name in files if _is_hash(name.removesuffix(".json"))]
        if last == script and hashed:
            yield endpoint, hashed
    for folder, files in folders:
        if f"{script}.json" in files and not (proxy / folder / script).is_dir():
            yield folder, [f"{script}.json"]


def _walked(proxy: Path) -> list[tuple[str, list[str]]]:
    """Folders below it, with their JSON files."""
    walked = []
    for folder, folders, names in os.walk(proxy):
        folders.sort()
        walked.append(
            (Path(folder).relative_to(proxy).as_posix(), sorted(n for n in names if n.endswith(".json")))
        )
    return walked


def _folders(path: Path) -> list[str]:
    return sorted(each.name for each in path.iterdir() if each.is_dir()) if path.is_dir() else []


def _is_hash(name: str) -> bool:
    return len(name) == 40 and all(letter in "0123456789abcdef" for letter in name)


def files(saved: SavedResponses, script: str) -> dict[str, bytes]:
    """The same as files of this layout, by their paths below ``mocks``."""
    documents: dict[str, Any] = {}
    for method, endpoint, one in saved.all():
        if endpoint.startswith("/") or _leaves(endpoint):
            continue  # Nango's own API, or a path that no file can have
        identity = _identity(method, endpoint, one.request or {})
        digest = one.hash or identity.hash
        if one.any_request or (one.request is None and one.hash is None):
            documents[f"nango/{method}/proxy/{endpoint}/{script}.json"] = one.response
            continue
        document = {
            "method": method,
            "endpoint": endpoint,
            "requestIdentityHash": digest,
            "requestIdentity": _document(identity),
            "response": one.response,
            "status": one.status,
            "headers": dict(one.headers),
        }
        # a request that was made again has but one file in this layout
        documents.setdefault(f"nango/{method}/proxy/{endpoint}/{script}/{digest}.json", document)
    for name in _SHARED:
        if name in saved.nango:
            documents[f"nango/{name}.json"] = saved.nango[name]
    if saved.input is not None:
        documents[f"{script}/input.json"] = saved.input
    if saved.output is not ABSENT:
        documents[f"{script}/output.json"] = saved.output
    for name in ("batchSave", "batchDelete"):
        for model, rows in (saved.nango.get(name) or {}).items():
            documents[f"{script}/{model}/{name}.json"] = rows
    return {path: text(value) for path, value in sorted(documents.items())}


def _identity(method: str, endpoint: str, request: Mapping[str, Any]) -> Identity:
    def pairs(name: str) -> tuple[tuple[str, str], ...]:
        return tuple((key, js_string(value)) for key, value in (request.get(name) or {}).items())

    return Identity(method, endpoint, pairs("params"), pairs("headers"), data_identity(request.get("data")))


def _document(identity: Identity) -> dict[str, Any]:
    return {
        "method": identity.method,
        "endpoint": identity.endpoint,
        "params": [list(pair) for pair in identity.params],
        "headers": [list(pair) for pair in identity.headers],
        **({} if identity.data is None else {"data": identity.data}),
    }


def _leaves(endpoint: str) -> bool:
    return any(part in ("", ".", "..") for part in endpoint.split("/")) or "\0" in endpoint
