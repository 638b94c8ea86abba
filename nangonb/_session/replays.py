"""Saved responses and their replays: which files belong to a script, saving them, and what a replay gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nangonb._folders.names import check_inside
from nangonb._project import NANGO_YAML, Layout, Problem, Project, Script, wording
from nangonb._project.script_problems import failed_cell
from nangonb._render import Displayable
from nangonb._session.context import Context
from nangonb._session.workspace import Workspace
from nangonb._text import plural
from nangonb.errors import FolderError, Interrupted, ProjectError, UnknownName, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from nangonb._dryrun import Dryrun
    from nangonb._dryrun.replayed import Replayed
    from nangonb._dryrun.saved_responses import SavedResponses

_COLUMNS = ["", "integration", "kind", "name", "first difference in", "id", "path", "expected", "got"]
_MARKS = {True: "✓ passed", False: "✕ failed", None: "– skipped"}


@dataclass(frozen=True, repr=False)
class Replays(Displayable):
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
        matches = [one for one in self.replays if one.script.answers_to(name)]
        if len(matches) != 1:
            raise UnknownName("replayed script", name, [one.script.key for one in self.replays])
        return matches[0]

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
        from nangonb._render import table_text

        if not self.replays:
            return self._counts()
        table = table_text(_COLUMNS, self._rows(), size=self._counts())
        return "\n".join([table, *(f"{mark} {what}: {reason}" for mark, what, reason in self._reasons())])

    def html(self) -> str:
        from nangonb._render import escape, page, table_html

        counts = self._counts()
        if not self.replays:
            return page(escape(counts))
        reasons = "".join(
            f"<p>{mark} <b>{escape(what)}</b>: {escape(reason)}</p>" for mark, what, reason in self._reasons()
        )
        return table_html(_COLUMNS, self._rows(), size=counts) + (page(reasons) if reasons else "")

    def _reasons(self) -> Iterator[tuple[str, str, str]]:
        """Why replays could not be compared, in full: mark, which, why."""
        for one in self.replays:
            if one.passed is False and one.difference is None:
                yield "✕", one.script.key, one.reason
        for reason in dict.fromkeys(one.reason for one in self.replays if one.saved and one.passed is None):
            keys = [one.script.key for one in self.replays if one.saved and one.reason == reason]
            yield "–", keys[0] if len(keys) == 1 else f"{len(keys):,} scripts", reason

    def _counts(self) -> str:
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
    difference = one.difference
    id = "" if difference.id is None else str(difference.id)
    return [difference.where, id, difference.path, difference.expected_text, difference.got_text]


def path_for(script: Script, integration: str) -> Path:
    """Where the responses of a script are saved, below a folder."""
    return Path(integration) / "tests" / f"{script.name}.test.json"


def saved_for(script: Script, scripts: Sequence[Script], folders: Sequence[Path]) -> SavedResponses | None:
    """What is saved for a script in the first folder that has something; None where none has.

    Looked for as Nango's CLI does: ``tests/<integration>-<name>.test.json``, ``tests/<name>.test.json``,
    then the folder ``mocks`` of older versions. Raises FolderError where a file cannot be read.
    """
    saved = _saved(script, scripts, folders)
    return None if saved is None or saved.kind not in (None, script.kind) else saved


def _saved(script: Script, scripts: Sequence[Script], folders: Sequence[Path]) -> SavedResponses | None:
    """The same, perhaps of a script of another kind that has the same name."""
    from nangonb._dryrun.saved_legacy import read as read_legacy
    from nangonb._dryrun.saved_responses import read

    integration = script.integration or ""
    for folder in folders:
        path = file_of(script, scripts, folder)
        if path is not None:
            return read(path)
        if integration and (folder / integration / "mocks").is_dir():
            legacy = read_legacy(folder / integration / "mocks", script.name)
            if legacy is not None:
                return legacy
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


def replay_all(scripts: Sequence[Script], project: Project, folders: Sequence[Path]) -> Replays:
    """Replay each script that has saved responses. A file that cannot be read fails its script; one in
    TypeScript is skipped where there is no Node.js.

    Raises Interrupted where the user stops it.
    """
    from nangonb._dryrun.replayed import Replayed, replayed

    replays = []
    for script in scripts:
        try:
            saved = saved_for(script, project.scripts, folders)
        except FolderError as error:
            replays.append(Replayed(script, False, " ".join(error.lines())))
            continue
        if saved is None:
            reason = "nothing saved yet (--save-responses)"
            replays.append(Replayed(script, None, reason, saved=False))
        else:
            replays.append(replayed(project, script, saved))
    return Replays(tuple(replays))


def export_files(
    scripts: Sequence[Script], folders: Sequence[Path], layout: Layout, folder: Path
) -> dict[str, tuple[str, str]]:
    """path in the exported ``folder`` → text and key of the script, for what is saved of ``scripts``.

    Layout ``nango-yaml`` gets it as its CLI keeps it, below ``<integration>/mocks``.
    """
    from nangonb._dryrun.saved_legacy import files

    exported: dict[str, tuple[str, str]] = {}
    here = folder.expanduser().resolve()
    for script in scripts:
        saved = saved_for(script, scripts, folders)
        if saved is None or not saved.is_compared or script.integration is None:
            continue
        if saved.path is not None and saved.path.is_dir() and saved.path.resolve().is_relative_to(here):
            continue  # it is there already, as somebody else has written it
        if layout == NANGO_YAML:
            for path, data in files(saved, script.name).items():
                exported.setdefault(f"{script.integration}/mocks/{path}", (data.decode(), script.key))
        elif saved.path is not None and saved.path.is_file():
            name = path_for(script, script.integration).as_posix()
            exported[name] = (saved.path.read_bytes().decode("utf-8", "replace"), script.key)
    return exported


def folders_of(sources: Sequence[Path], configured: Path | None, here: Path) -> list[Path]:
    """Folders below which ``<integration>/tests`` stands; the first is the one that is written to."""
    if configured is not None:
        return [configured]
    return list(dict.fromkeys(path if path.is_dir() else path.parent for path in sources)) or [here]


class Replayer:
    """Saves responses and replays them.

    Saved responses stand in ``<integration>/tests/<name>.test.json`` below a folder: the one that
    ``[tool.nangonb] tests`` names, else that of the notebook or the folder that was read, else the working
    directory.
    """

    def __init__(self, context: Context, workspace: Workspace) -> None:
        self._context, self._workspace = context, workspace

    def replay(self, name: str | None, integration_id: str | None) -> Replays:
        """Replay every script that has saved responses, or one, offline; compare records and output.

        A replay is a first run: ``last_sync_date`` is None, and there is no checkpoint. What a script asks
        for that is not saved is an error, which names the nearest that is.

        Raises:
            UnknownName: there is no such script or integration.
            ProjectError: a cell was refused that may declare or configure one of the scripts.
            Interrupted: it was stopped.
        """
        scripts: Sequence[Script] = self._workspace.project.scripts
        if name is None:
            self._check_refused(integration_id)
        if name is not None:
            scripts = [self._workspace.script(name, integration_id)]
        elif integration_id is not None:
            scripts = [script for script in scripts if script.integration == integration_id]
            known = sorted(
                {script.integration for script in self._workspace.project.scripts if script.integration}
            )
            if not scripts:
                nothing = wording.first_script(self._workspace.project, "NAME")
                raise UnknownName("integration with scripts", integration_id, known, none=nothing)
        return replay_all(scripts, self._workspace.project, self.folders())

    def _check_refused(self, integration: str | None) -> None:
        """Without them a test of everything would pass, and not be one of everything."""
        project = self._workspace.project
        refused = [
            cell
            for cell in project.failed
            if None in (integration, cell.integration) or cell.integration == integration
        ]
        if refused:
            raise ProjectError(
                f"Nothing was tested: {plural(len(refused), f'refused {wording.thing(project)}')}.",
                problems=[failed_cell(project, cell) for cell in refused],
                hint=wording.fix_or_forget(project, refused[0]),
            )

    def folders(self) -> list[Path]:
        """Folders below which saved responses are looked for; they are written below the first."""
        config = self._context.config
        return folders_of(self._workspace.files, config.tests, config.folder)

    def check_saving(self, script: Script, integration: str) -> None:
        """Before the run: where its responses would go, no other script's are.

        Raises:
            UsageError: another script has the same name.
            FolderError: the file there holds the responses of a script of another kind.
        """
        from nangonb._dryrun.saving import check_kind

        twins = [
            other
            for other in self._workspace.project.scripts
            if other.key != script.key
            and (other.name, other.integration) == (script.name, script.integration)
        ]
        path = self._responses_path(script, integration)
        if twins:
            kinds = " and ".join(f"the {one.kind} {one.name}" for one in (script, *twins))
            raise UsageError(
                f"{kinds[0].upper()}{kinds[1:]} of {integration} would both be saved in "
                f"{path_for(script, integration).as_posix()}: Nango's tests look for saved responses by the "
                "name of a script alone.",
                hint="Rename one of them, here and in nango.yaml.",
            )
        check_kind(path, script)

    def _responses_path(self, script: Script, integration: str) -> Path:
        """The file that a replay would read, else the one that a replay will read.

        Raises FolderError where it is outside of the folder, or cannot be a file.
        """
        folder = self.folders()[0]
        existing = file_of(script, self._workspace.project.scripts, folder, integration)
        path = existing or folder / path_for(script, integration)
        check_inside(path, folder)
        return path

    def save(self, result: Dryrun) -> None:
        """Write what a run received, and say where; of a run that a cap ended, say why not.

        Raises:
            FolderError, Interrupted: the file was not written; ``error.dryrun`` is the complete run.
        """
        if result.capped is not None:
            message = f"The responses were not saved, because the run was ended ({result.capped})."
            hint = (
                f'nangonb.last_dryrun("{result.script.name}").save_responses(PATH) saves them all the same.'
            )
            result.findings.add(Problem("responses-not-saved", message, hint=hint))
            return
        try:
            path = result.save_responses(
                self._responses_path(result.script, result.runtime.context.integration)
            )
        except FolderError as error:
            result.findings.add(
                Problem("responses-not-saved", error.message, hint=error.hint, severity="error")
            )
            raise FolderError(error.message, dryrun=result, hint=error.hint) from None
        except KeyboardInterrupt:
            message = f"{result.script.name} ran to its end, and was stopped while its responses were saved."
            result.findings.add(Problem("responses-not-saved", message))
            hint = f"The run itself is complete: {result.recall.responses}."
            raise Interrupted(message, dryrun=result, hint=hint) from None
        relative = path.relative_to(self.folders()[0]).as_posix()
        message = f"The responses are saved: {relative}"
        words = () if self._context.is_command else (result.script.name,)
        hint = (
            f"{self._context.lines.verb('test', *words, every_source=True)} replays them without a network."
        )
        result.findings.add(Problem("responses-saved", message, hint=hint))

    def exported_files(self, layout: Layout, folder: Path) -> dict[str, tuple[str, str]]:
        """What is saved of the project's scripts, as files of the exported ``folder``."""
        return export_files(self._workspace.project.scripts, self.folders(), layout, folder)
