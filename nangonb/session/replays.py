"""Replays of saved responses: which files belong to a script, and what replaying them gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nangonb.render import Shown

if TYPE_CHECKING:
    import pandas as pd

    from nangonb.dryrun.replayed import Replayed
    from nangonb.dryrun.saved_responses import SavedResponses
    from nangonb.project import Script

_COLUMNS = ["", "integration", "kind", "name", "first difference in", "id", "path", "expected", "got"]
_MARKS = {True: "✓ passed", False: "✕ failed", None: "– skipped"}


@dataclass(frozen=True, repr=False)
class Replays(Shown):
    """What replaying scripts gave, one of each; those without saved responses are skipped.

    ``replays["salesforce/syncs/contacts"]`` (or ``["contacts"]``) has ``.passed``, ``.reason``,
    ``.difference`` and ``.dryrun``, the whole result of its replay.
    """

    replays: tuple[Replayed, ...]

    @property
    def ok(self) -> bool:
        """Whether none failed."""
        return all(one.passed is not False for one in self.replays)

    @property
    def passed(self) -> int:
        return sum(one.passed is True for one in self.replays)

    @property
    def failed(self) -> int:
        return sum(one.passed is False for one in self.replays)

    @property
    def not_run(self) -> bool:
        """Whether something is saved for a script that could not be run, without Node.js."""
        return any(one.saved and one.passed is None for one in self.replays)

    @property
    def skipped(self) -> int:
        return sum(one.passed is None for one in self.replays)

    def __getitem__(self, name: str) -> Replayed:
        from nangonb.errors import UnknownName

        found = [one for one in self.replays if one.script.answers_to(name)]
        if len(found) != 1:
            raise UnknownName("replayed script", name, [one.script.key for one in self.replays])
        return found[0]

    def __iter__(self) -> Iterator[Replayed]:
        return iter(self.replays)

    def __len__(self) -> int:
        return len(self.replays)

    @property
    def df(self) -> pd.DataFrame:
        """One row a script: integration, kind, name, passed (missing where skipped), reason."""
        import pandas as pd

        rows = [one.as_dict() for one in self.replays]
        order = ("integration", "kind", "name", "passed", "reason")
        kinds = {**dict.fromkeys(order, "string"), "passed": "boolean"}
        return pd.DataFrame(
            {name: pd.Series([row[name] for row in rows], dtype=kinds[name]) for name in order}
        )

    def text(self) -> str:
        from nangonb.render import table_text

        if not self.replays:
            return self._said()
        table = table_text(_COLUMNS, self._rows(), size=self._said())
        return "\n".join([table, *(f"{mark} {what}: {reason}" for mark, what, reason in self._reasons())])

    def html(self) -> str:
        from nangonb.render import escape, page, table_html

        said = self._said()
        if not self.replays:
            return page(escape(said))
        reasons = "".join(
            f"<p>{mark} <b>{escape(what)}</b>: {escape(reason)}</p>" for mark, what, reason in self._reasons()
        )
        return table_html(_COLUMNS, self._rows(), size=said) + (page(reasons) if reasons else "")

    def _reasons(self) -> Iterator[tuple[str, str, str]]:
        """Why replays could not be compared, in full: mark, which, why."""
        for one in self.replays:
            if one.passed is False and one.difference is None:
                yield "✕", one.script.key, one.reason
        for reason in dict.fromkeys(one.reason for one in self.replays if one.saved and one.passed is None):
            keys = [one.script.key for one in self.replays if one.saved and one.reason == reason]
            yield "–", keys[0] if len(keys) == 1 else f"{len(keys):,} scripts", reason

    def _said(self) -> str:
        if not self.replays:
            return "No scripts are declared."
        return f"{self.passed:,} passed · {self.failed:,} failed · {self.skipped:,} skipped"

    def _rows(self) -> list[list[Any]]:
        order = {False: 0, True: 1, None: 2}
        rows = sorted(self.replays, key=lambda one: order[one.passed])
        return [
            [_MARKS[one.passed], one.script.integration or "–", one.script.kind, one.script.name, *_why(one)]
            for one in rows
        ]


def _why(one: Replayed) -> list[Any]:
    if one.difference is None:
        return [one.reason, "", "", "", ""]
    found = one.difference
    id = "" if found.id is None else str(found.id)
    return [found.where, id, found.path, found.expected_text, found.got_text]


def path_for(script: Script, integration: str) -> Path:
    """Where the responses of a script are saved, below a folder."""
    return Path(integration) / "tests" / f"{script.name}.test.json"


def saved_for(script: Script, scripts: Sequence[Script], folders: Sequence[Path]) -> SavedResponses | None:
    """What is saved for a script in the first folder that has something; None where none has.

    Looked for as Nango's CLI does: ``tests/<integration>-<name>.test.json``, ``tests/<name>.test.json``,
    then the folder ``mocks`` of older versions. Raises FolderError where a file cannot be read.
    """
    found = _saved(script, scripts, folders)
    return None if found is None or found.kind not in (None, script.kind) else found


def _saved(script: Script, scripts: Sequence[Script], folders: Sequence[Path]) -> SavedResponses | None:
    """The same, perhaps of a script of another kind that has the same name."""
    from nangonb.dryrun.saved_legacy import read as read_legacy
    from nangonb.dryrun.saved_responses import read

    integration = script.integration or ""
    for folder in folders:
        path = file_of(script, scripts, folder)
        if path is not None:
            return read(path)
        if integration and (folder / integration / "mocks").is_dir():
            found = read_legacy(folder / integration / "mocks", script.name)
            if found is not None:
                return found
    return None


def file_of(
    script: Script, scripts: Sequence[Script], folder: Path, integration: str | None = None
) -> Path | None:
    """The file with a script's saved responses below ``folder``; None where there is none.

    ``scripts`` are all that there are: ``acme-contacts`` of acme has the file that would come first for
    ``contacts``.
    """
    integration = integration or script.integration
    if integration is None:
        return None
    taken = {other.name for other in scripts if other.integration == integration} - {script.name}
    for name in (f"{integration}-{script.name}", script.name):
        if name in taken:
            continue
        path = folder / integration / "tests" / f"{name}.test.json"
        if path.is_file():
            return path
    return None


def replay_all(scripts: Sequence[Script], project: Any, folders: Sequence[Path]) -> Replays:
    """Replay each script that has saved responses. A file that cannot be read fails its script; one in
    TypeScript is skipped where there is no Node.js.

    Raises Interrupted where the user stops it.
    """
    from nangonb.dryrun.replayed import Replayed, replayed
    from nangonb.errors import FolderError

    found = []
    for script in scripts:
        try:
            saved = saved_for(script, project.scripts, folders)
        except FolderError as error:
            found.append(Replayed(script, False, " ".join(error.lines())))
            continue
        if saved is None:
            reason = "nothing saved yet (--save-responses)"
            found.append(Replayed(script, None, reason, saved=False))
        else:
            found.append(replayed(project, script, saved))
    return Replays(tuple(found))


def export_files(
    scripts: Sequence[Script], folders: Sequence[Path], layout: str, folder: Path
) -> dict[str, tuple[str, str]]:
    """path in the exported ``folder`` → text and key of the script, for what is saved of ``scripts``.

    Layout ``nango-yaml`` gets it as its CLI keeps it, below ``<integration>/mocks``.
    """
    from nangonb.dryrun.saved_legacy import files

    found: dict[str, tuple[str, str]] = {}
    here = folder.expanduser().resolve()
    for script in scripts:
        saved = saved_for(script, scripts, folders)
        if saved is None or not saved.is_compared or script.integration is None:
            continue
        if saved.path is not None and saved.path.is_dir() and saved.path.resolve().is_relative_to(here):
            continue  # it is there already, as somebody else has written it
        if layout == "nango-yaml":
            for path, data in files(saved, script.name).items():
                found.setdefault(f"{script.integration}/mocks/{path}", (data.decode(), script.key))
        elif saved.path is not None and saved.path.is_file():
            name = path_for(script, script.integration).as_posix()
            found[name] = (saved.path.read_bytes().decode("utf-8", "replace"), script.key)
    return found


def folders_of(sources: Sequence[Path], configured: Path | None, here: Path) -> list[Path]:
    """Folders below which ``<integration>/tests`` stands; the first is the one that is written to."""
    if configured is not None:
        return [configured]
    return list(dict.fromkeys(path if path.is_dir() else path.parent for path in sources)) or [here]
