"""What an export would do to each file, before it does anything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from nangonb.export import writing
from nangonb.export.layouts import File
from nangonb.export.owners import NOBODY, Owners, is_ours_alone, may_replace, named, owners_after
from nangonb.export.record import Owned, Record, sha256

#: ``kept``: an edited file that we leave alone, without it being in the way.
State = Literal[
    "created", "updated", "unchanged", "kept", "orphaned", "removed",
    "foreign", "edited", "of another notebook", "blocked",
]  # fmt: skip
#: What keeps an export from writing; all but ``blocked`` give way to ``force``.
CONFLICTS: tuple[State, ...] = ("foreign", "edited", "of another notebook", "blocked")


@dataclass(frozen=True, slots=True)
class Planned:
    """One file: its state, what is there (``old``), what would be there (``new``), and why not."""

    path: str
    state: State
    old: str | bytes | None = None
    new: str | None = None
    reason: str = ""
    owned: Owned | None = None


def plan_file(folder: Path, file: File, record: Record, us: Owners, *, force: bool) -> Planned:
    """What to do with a file that is produced."""
    blocked = writing.obstacle(folder, file.path)
    if blocked is not None:
        return Planned(file.path, "blocked", None, file.text, blocked)
    old, before = writing.content(folder, file.path), record.files.get(file.path)
    link = (folder / file.path).is_symlink()
    owners = owners_after(file.notebooks, before.notebooks if before else NOBODY, us)
    owned = Owned(sha256(file.text), NOBODY if file.optional else owners, file.script)
    if old is None:
        return Planned(file.path, "created", old, file.text, owned=owned)
    if old == file.text and not link:
        return Planned(file.path, "unchanged", old, file.text, owned=owned)
    edited = before is not None and (not isinstance(old, str) or sha256(old) != before.sha256)
    if file.optional and (before is None or edited):
        return Planned(file.path, "kept", old, None, "it is yours", before)
    state: State = "updated"
    reason = ""
    if before is None or link:
        state, reason = "foreign", "it is a link" if link else "nangonb did not write it"
    elif edited:
        state, reason = "edited", "it was changed since it was exported"
    elif not may_replace(before.notebooks, us):
        state, reason = "of another notebook", f"it comes from {named(before.notebooks - us)}"
        owned = Owned(owned.sha256, file.notebooks or us, file.script)
    return Planned(file.path, "updated" if force else state, old, file.text, "" if force else reason, owned)


def plan_orphans(
    folder: Path, produced: Iterable[str], record: Record, us: Owners, *, prune: bool, force: bool
) -> list[Planned]:
    """What to do with files that we wrote and no longer produce. Those of others stay as they are."""
    found = []
    made = set(produced)
    for path, before in sorted(record.files.items()):
        if path in made:
            continue
        old = None if writing.obstacle(folder, path) else writing.content(folder, path)
        if not is_ours_alone(before.notebooks, us):
            rest = Owned(before.sha256, before.notebooks - us, before.script)
            found.append(Planned(path, "unchanged", old, None, "elsewhere", rest))
        elif old is None:
            continue  # somebody removed it already
        elif (folder / path).is_symlink() or not isinstance(old, str) or sha256(old) != before.sha256:
            if prune and force and not (folder / path).is_symlink():
                found.append(Planned(path, "removed", old))
            else:
                reason = "no longer exported, and was changed since"
                found.append(Planned(path, "orphaned", old, None, reason, before))
        elif prune:
            found.append(Planned(path, "removed", old))
        else:
            found.append(Planned(path, "orphaned", old, None, "no longer exported", before))
    return found
