"""``.nangonb/export.json``: the only record of what we wrote into a folder. It is written last.

While an export writes, ``.nangonb/export-begun.json`` holds the record that there will be
(:mod:`nangonb._export.recovery`).

::

    {"schema": 1, "layout": "python",
     "files": [{"path": …, "script": …, "sha256": …, "notebooks": […]}, …],
     "entries": [{"entry": ["models", "Contact"], "sha256": …, "notebooks": […]}, …]}

``entries`` are the parts of nango.yaml, which may hold parts of others, too.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nangonb._export.owners import NOBODY, Owners
from nangonb._export.yaml_parts import EntryPath
from nangonb.errors import FolderError

BEGUN = ".nangonb/export-begun.json"
SCHEMA = 1


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Owned:
    """Something we wrote: its hash, and the notebooks that it came from (none where that is unknown)."""

    sha256: str
    notebooks: Owners = NOBODY
    script: str | None = None


@dataclass(frozen=True)
class Record:
    """``begun``: the record of an export that did not come to its end, where there is one."""

    layout: str
    files: dict[str, Owned] = field(default_factory=dict)
    entries: dict[EntryPath, Owned] = field(default_factory=dict)
    begun: Record | None = None

    def text(self) -> str:
        files = [
            {"path": path}
            | ({"script": owned.script} if owned.script else {})
            | {"sha256": owned.sha256, "notebooks": sorted(owned.notebooks)}
            for path, owned in sorted(self.files.items())
        ]
        entries = [
            {"entry": list(path), "sha256": owned.sha256, "notebooks": sorted(owned.notebooks)}
            for path, owned in sorted(self.entries.items())
        ]
        data = {"schema": SCHEMA, "layout": self.layout, "files": files, "entries": entries}
        return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def read_record(path: Path) -> Record | None:
    """The record in a file; None where there is none.

    Raises:
        FolderError: it is damaged, or a newer nangonb wrote it.
    """
    try:
        data = json.loads(path.read_bytes())
        if data["schema"] > SCHEMA:
            raise FolderError(
                f"{path} was written by a newer nangonb.", hint="Upgrade: pip install --upgrade nangonb"
            )
        return Record(
            data["layout"],
            {item["path"]: _owned(item) for item in data["files"]},
            {tuple(item["entry"]): _owned(item) for item in data["entries"]},
        )
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FolderError(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise FolderError(
            f"{path} is damaged: it is not the record that nangonb wrote.",
            hint="Restore it, or delete it: files whose content is the same are then taken for ours again.",
        ) from None


def _owned(item: dict[str, Any]) -> Owned:
    digest, notebooks, script = item["sha256"], item["notebooks"], item.get("script")
    if not isinstance(digest, str) or not all(isinstance(name, str) for name in notebooks):
        raise TypeError
    return Owned(digest, frozenset(notebooks), script)
