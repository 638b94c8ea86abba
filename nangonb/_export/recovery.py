"""What an export that was killed had written: it is ours, though it never came to the record.

Without this, the next export would take such a file for one that somebody else wrote or edited, and refuse
to go on once the cell has changed again.
"""

from __future__ import annotations

from pathlib import Path

from nangonb._export import writing
from nangonb._export.record import BEGUN, Owned, Record, read_record, sha256
from nangonb._export.yaml_parts import EntryPath, take_apart
from nangonb._folders.names import RECORD
from nangonb._project import YAML_FILE, Layout
from nangonb.errors import FolderError, ProjectError


def load(folder: Path, layout: Layout) -> Record:
    """The record of a folder; an empty one where there is none. What an export that was killed had written
    until then is in it.

    Raises:
        FolderError: it is damaged, of a newer nangonb, or of another layout.
    """
    begun, record = read_record(folder / BEGUN), read_record(folder / RECORD)
    if begun is not None:
        record = _recovered(folder, record, begun)
    if record is None:
        return Record(layout.name)
    if record.layout != layout.name:
        raise FolderError(
            f"{folder} holds an export of layout {record.layout}, not {layout}.",
            hint=f"Export to another folder, or with --layout {record.layout}.",
        )
    return record


def _recovered(folder: Path, record: Record | None, begun: Record) -> Record:
    """The record as it stands: of what is there as ``begun`` would have it, that; else what was before."""
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
    text = None if writing.obstacle(folder, YAML_FILE) else writing.content(folder, YAML_FILE)
    if not isinstance(text, str):
        return {}
    try:
        return {path: part.text for path, part in take_apart(text).parts.items()}
    except ProjectError:
        return {}
