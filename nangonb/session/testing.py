"""The part of a session that saves responses and replays them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nangonb.errors import FolderError, Interrupted, ProjectError, UnknownName, UsageError
from nangonb.folders.names import check_inside
from nangonb.project import Problem, Project, Script, wording
from nangonb.project.script_problems import failed_cell
from nangonb.session.connecting import Connecting
from nangonb.session.replays import Replays, export_files, file_of, folders_of, path_for, replay_all
from nangonb.text import plural

if TYPE_CHECKING:
    from nangonb.dryrun import Dryrun


class Testing(Connecting):
    """Saved responses stand in ``<integration>/tests/<name>.test.json`` below a folder: the one that
    ``[tool.nangonb] tests`` names, else that of the notebook or the folder that was read, else the working
    directory."""

    _sources: tuple[Path, ...]

    @property
    def project(self) -> Project:
        raise NotImplementedError

    def _script(self, name: str, integration: str | None) -> Script:
        raise NotImplementedError

    def _own_notebook(self) -> list[Path]:
        raise NotImplementedError

    def test(self, name: str | None = None, *, integration_id: str | None = None) -> Replays:
        """Replay every script that has saved responses, or one, offline; compare records and output.

        A replay is a first run: ``last_sync_date`` is None, and there is no checkpoint. What a script asks
        for that is not saved is an error, which names the nearest that is.

        Raises:
            UnknownName: there is no such script or integration.
            ProjectError: a cell was refused that may declare or configure one of the scripts.
            Interrupted: it was stopped.
        """
        scripts: Sequence[Script] = self.project.scripts
        if name is None:
            self._check_refused(integration_id)
        if name is not None:
            scripts = [self._script(name, integration_id)]
        elif integration_id is not None:
            scripts = [script for script in scripts if script.integration == integration_id]
            known = sorted({script.integration for script in self.project.scripts if script.integration})
            if not scripts:
                nothing = wording.first_script(self.project, "NAME")
                raise UnknownName("integration with scripts", integration_id, known, none=nothing)
        return replay_all(scripts, self.project, self.test_folders())

    def _check_refused(self, integration: str | None) -> None:
        """Without them a test of everything would pass, and not be one of everything."""
        project = self.project
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

    def test_folders(self) -> list[Path]:
        """Folders below which saved responses are looked for; they are written below the first."""
        named = [*self._sources, *self._own_notebook()]
        return folders_of(named, self.config.tests, self.config.folder)

    def _check_saving(self, script: Script, integration: str) -> None:
        """Before the run: where its responses would go, no other script's are.

        Raises:
            UsageError: another script has the same name.
            FolderError: the file there holds the responses of a script of another kind.
        """
        from nangonb.dryrun.saving import check_kind

        twins = [
            other
            for other in self.project.scripts
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
        folder = self.test_folders()[0]
        there = file_of(script, self.project.scripts, folder, integration)
        path = there or folder / path_for(script, integration)
        check_inside(path, folder)
        return path

    def _save_responses(self, result: Dryrun) -> None:
        """Write what a run received, and say where; of a run that a cap ended, say why not.

        Raises:
            FolderError, Interrupted: the file was not written; ``error.dryrun`` is the run, which is whole.
        """
        if result.capped is not None:
            message = f"The responses were not saved, because the run was ended ({result.capped})."
            hint = (
                f'nangonb.last_dryrun("{result.script.name}").save_responses(PATH) saves them all the same.'
            )
            result.runtime.add(Problem("responses-not-saved", message, hint=hint))
            return
        try:
            path = result.save_responses(
                self._responses_path(result.script, result.runtime.context.integration)
            )
        except FolderError as error:
            result.runtime.add(
                Problem("responses-not-saved", error.message, hint=error.hint, severity="error")
            )
            error.dryrun = result
            raise
        except KeyboardInterrupt:
            message = f"{result.script.name} ran to its end, and was stopped while its responses were saved."
            result.runtime.add(Problem("responses-not-saved", message))
            hint = f"The run itself is whole: {result.recall.responses}."
            raise Interrupted(message, dryrun=result, hint=hint) from None
        shown = path.relative_to(self.test_folders()[0]).as_posix()
        message = f"The responses are saved: {shown}"
        hint = f"%nango_test {result.script.name} replays them without a network."
        if self.door == "command":
            hint = f"nangonb test {' '.join(self.named_sources)} replays them without a network."
        result.runtime.add(Problem("responses-saved", message, hint=hint))

    def _saved_files(self, layout: str, folder: Path) -> dict[str, tuple[str, str]]:
        """What is saved of the project's scripts, as files of the exported ``folder``."""
        return export_files(self.project.scripts, self.test_folders(), layout, folder)
