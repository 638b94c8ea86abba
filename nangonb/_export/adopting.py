"""Files of a folder that a notebook was made of: they are ours from the first export on."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

from nangonb._export import writing
from nangonb._export.owners import Owners
from nangonb._export.record import Owned, Record, sha256
from nangonb._export.yaml_parts import take_apart
from nangonb._project import YAML_FILE
from nangonb.errors import ProjectError


def adopted(record: Record, folder: Path, imported: Mapping[str, str], us: Owners) -> Record:
    """The record, with what was imported and is unchanged since. ``imported``: path → SHA-256 then."""
    files, entries = dict(record.files), dict(record.entries)
    for path, digest in imported.items():
        if writing.obstacle(folder, path) is not None or (folder / path).is_symlink():
            continue
        there = writing.content(folder, path)
        if not isinstance(there, str) or sha256(there) != digest:
            continue
        if path != YAML_FILE:
            files.setdefault(path, Owned(digest, us))
        elif path not in files:
            try:
                parts = take_apart(there).parts
            except ProjectError:
                continue
            entries |= {each: Owned(sha256(part.text), us) for each, part in parts.items()}
    return dataclasses.replace(record, files=files, entries=entries)
