"""nango.yaml of a folder: our entries beside those of others.

An entry is a script (``integrations > salesforce > syncs > contacts``) or a model (``models > Contact``).
Entries that we own are replaced. Those of others stay, and what says the same already stays as it is
written, with its comments.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nangonb._export import writing
from nangonb._export.owners import (
    NOBODY,
    Owners,
    is_ours_alone,
    may_replace,
    named,
    notebook_of,
    owners_after,
)
from nangonb._export.plan import Planned, State
from nangonb._export.record import Owned, Record, sha256
from nangonb._export.yaml_parts import EntryPath, Part, Parts, in_order, of_project, put_together, take_apart
from nangonb._project import FOLDERS, YAML_FILE, Project
from nangonb._project.nango_yaml import same
from nangonb.errors import FolderError, ProjectError


@dataclass
class Merged:
    """nango.yaml as it would be, the record of our entries, and what keeps us from writing it."""

    planned: Planned
    owned: dict[EntryPath, Owned] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)
    orphaned: list[str] = field(default_factory=list)


def merge(project: Project, folder: Path, record: Record, us: Owners, *, prune: bool, force: bool) -> Merged:
    """Our entries and those that are there.

    Raises:
        FolderError: what is there cannot be read.
    """
    made = of_project(project)
    produced = take_apart(made)
    blocked = writing.obstacle(folder, YAML_FILE)
    if blocked is None and (folder / YAML_FILE).is_symlink():
        blocked = "it is a link"
    if blocked is not None:
        return Merged(Planned(YAML_FILE, "blocked", None, made, blocked))
    old = writing.content(folder, YAML_FILE)
    there = Parts() if old is None else _existing(folder, old)
    merging = _Merging(record, us, prune, force, _owners(project))
    parts = merging.merge(produced.parts, there.parts)
    text = _text(parts, made, produced, old, there, foreign=any(path not in merging.owned for path in parts))
    written = take_apart(text).parts
    owned = {
        path: Owned(before.sha256 or sha256(written[path].text), before.notebooks)
        for path, before in merging.owned.items()
        if path in written
    }
    state: State = "created" if old is None else "unchanged" if old == text else "updated"
    whole = Owned(sha256(text), NOBODY.union(*(one.notebooks for one in owned.values())))
    planned = Planned(YAML_FILE, state, old, text, owned=whole)
    return Merged(planned, owned, merging.conflicts, merging.orphaned)


def _text(
    parts: dict[EntryPath, Part],
    made: str,
    produced: Parts,
    old: str | bytes | None,
    there: Parts,
    *,
    foreign: bool,
) -> str:
    """A file with entries of others keeps its order, its empty lines and all comments in between."""
    if isinstance(old, str) and parts == there.parts and (parts != produced.parts or _same_heads(made, old)):
        return old
    if parts == produced.parts:
        return made
    heads = {**produced.heads, **there.heads}
    lists = (*there.lists, *produced.lists)
    if foreign:
        return put_together(Parts(parts, heads, lists, there.spaced, there.tail))
    return put_together(Parts(in_order(parts), heads, lists, tail=there.tail))


def _same_heads(made: str, old: str) -> bool:
    """Whether what stands above integrations is the same: then only order and empty lines differ."""
    new, there = take_apart(made), take_apart(old)
    said = {path: block.text for path, block in there.heads.items()}
    return new.tail in ("", there.tail) and all(
        said.get(path) == block.text for path, block in new.heads.items()
    )


@dataclass
class _Merging:
    record: Record
    us: Owners
    prune: bool
    force: bool
    notebooks: Mapping[EntryPath, Owners]
    owned: dict[EntryPath, Owned] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)
    orphaned: list[str] = field(default_factory=list)

    def merge(
        self, produced: Mapping[EntryPath, Part], there: Mapping[EntryPath, Part]
    ) -> dict[EntryPath, Part]:
        merged: dict[EntryPath, Part] = {}
        for path, part in there.items():
            inner = [one for one in produced if one != path and one[: len(path)] == path]
            if inner:  # `syncs:` without anything below it makes room
                if part.value and not self.force:
                    self.conflicts.append(f"{' > '.join(path)} is there already, and holds no entries")
                continue
            kept = self._ours(path, part, produced[path]) if path in produced else self._theirs(path, part)
            if kept is not None:
                merged[path] = kept
        for path, part in produced.items():
            if path not in there:
                merged[path] = part
                self._own(path, "")
        return merged

    def _ours(self, path: EntryPath, there: Part, new: Part) -> Part:
        """Which of the two stays, where we produce something that is there already."""
        before = self.record.entries.get(path)
        if there.text == new.text:
            self._own(path, "")
            return there
        edited = before is None or sha256(there.text) != before.sha256
        if same(there.value, new.value) and (edited or not may_replace(_notebooks(before), self.us)):
            # Said already in other words, perhaps with comments: these stay, and stay theirs
            if before is not None:
                self._own(path, before.sha256 if edited else "")
            return there
        reason = ""
        if before is None:
            reason = "is there already, with other content"
        elif edited:
            reason = "was changed since it was exported"
        elif not may_replace(before.notebooks, self.us):
            reason = f"comes from {named(before.notebooks - self.us)}"
        if reason and not self.force:
            self.conflicts.append(f"{' > '.join(path)} {reason}")
        self._own(path, "", taken=bool(reason))
        return new

    def _theirs(self, path: EntryPath, there: Part) -> Part | None:
        """What we do not produce stays, unless it is ours alone."""
        before = self.record.entries.get(path)
        if before is None:
            return there
        edited = sha256(there.text) != before.sha256
        if not is_ours_alone(before.notebooks, self.us):
            self.owned[path] = Owned(before.sha256 if edited else "", before.notebooks - self.us)
            return there
        gone = (self.prune or bool(self.us)) and (not edited or (self.prune and self.force))
        if gone:
            return None
        self.owned[path] = before
        self.orphaned.append(" > ".join(path))
        return there

    def _own(self, path: EntryPath, digest: str, *, taken: bool = False) -> None:
        mine = self.notebooks.get(path, NOBODY)
        before = NOBODY if taken else _notebooks(self.record.entries.get(path))
        self.owned[path] = Owned(digest, owners_after(mine, before, self.us))


def _notebooks(owned: Owned | None) -> Owners:
    return owned.notebooks if owned else NOBODY


def _existing(folder: Path, old: str | bytes) -> Parts:
    if isinstance(old, bytes):
        raise FolderError(f"{folder / YAML_FILE} is not UTF-8 text.", hint="Save it as UTF-8.")
    try:
        return take_apart(old)
    except ProjectError as error:
        raise FolderError(
            f"{folder / YAML_FILE} cannot be read, so nothing can be put beside what is in it.",
            hint="\n".join(str(problem) for problem in error.problems),
        ) from None


def _owners(project: Project) -> dict[EntryPath, Owners]:
    """The notebooks that say something of each entry."""
    found: dict[EntryPath, Owners] = {}
    for cell in project.yaml_cells:
        for path in take_apart(cell.document.text).parts:
            found[path] = found.get(path, NOBODY) | notebook_of(cell.source)
    for script in project.scripts:
        if script.integration is None:
            continue
        path = ("integrations", script.integration, FOLDERS[script.kind], script.name)
        if script.kind == "on-event":
            path = (*path[:3], script.config.event or "", script.name)
        found[path] = found.get(path, NOBODY) | notebook_of(script.source)
    return found
