"""What an export that was killed had written: it is ours, though it never came to the record.

Without this, the next export would take such a file for one that somebody else wrote or edited, and refuse
to go on once the cell has changed again.
"""

from __future__ import annotations

from pathlib import Path

from nangonb.errors import ProjectError
from nangonb.export import writing
from nangonb.export.file import NANGO_YAML
from nangonb.export.record import EntryPath, Owned, Record, sha256
from nangonb.export.yaml_parts import take_apart


def recovered(folder: Path, record: Record | None, begun: Record) -> Record:
    """The record as it stands: of what is there as ``begun`` would have it, that; else what was before.

    Raises:
        FolderError: a file cannot be read.
    """
    if record is None:
        record = Record(begun.layout)
    if record.layout != begun.layout:  # somebody put the one of another folder there
        return record
    files, entries = dict(record.files), dict(record.entries)
    for path, owned in begun.files.items():
        if writing.obstacle(folder, path) is None and _is(writing.content(folder, path), owned):
            files[path] = owned
    there = _entries(folder)
    entries.update({path: owned for path, owned in begun.entries.items() if _is(there.get(path), owned)})
    return Record(record.layout, files, entries, begun)


def _is(there: str | bytes | None, owned: Owned) -> bool:
    return isinstance(there, str) and sha256(there) == owned.sha256


def _entries(folder: Path) -> dict[EntryPath, str]:
    """The text of each entry of nango.yaml; none where it cannot be read."""
    text = None if writing.obstacle(folder, NANGO_YAML) else writing.content(folder, NANGO_YAML)
    if not isinstance(text, str):
        return {}
    try:
        return {path: part.text for path, part in take_apart(text).parts.items()}
    except ProjectError:
        return {}
