"""The part of a session that saves responses and replays them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nangonb.errors import UnknownName
from nangonb.project import Problem, Project, Script
from nangonb.session.connecting import Connecting
from nangonb.session.replays import Replays, export_files, file_of, folders_of, path_for, replay_all

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
            Interrupted: it was stopped.
        """
        scripts: Sequence[Script] = self.project.scripts
        if name is not None:
            scripts = [self._script(name, integration_id)]
        elif integration_id is not None:
            scripts = [script for script in scripts if script.integration == integration_id]
            known = sorted({script.integration for script in self.project.scripts if script.integration})
            if not scripts:
                raise UnknownName("integration with scripts", integration_id, known)
        return replay_all(scripts, self.project, self.test_folders())

    def test_folders(self) -> list[Path]:
        """Folders below which saved responses are looked for; they are written below the first."""
        named = [*self._sources, *self._own_notebook()]
        return folders_of(named, self.config.tests, self.config.folder)

    def _save_responses(self, result: Dryrun) -> None:
        """Write what a run received, and say where; of a run that a cap ended, say why not."""
        if result.capped is not None:
            message = f"The responses were not saved, because the run was ended ({result.capped})."
            hint = (
                f'nangonb.last_dryrun("{result.script.name}").save_responses(PATH) saves them all the same.'
            )
            result.runtime.add(Problem("responses-not-saved", "warning", message, hint=hint))
            return
        folder = self.test_folders()[0]
        integration = result.runtime.context.integration
        there = file_of(result.script, folder, integration)  # that which a replay would read
        path = result.save_responses(there or folder / path_for(result.script, integration))
        shown = path.relative_to(folder).as_posix()
        message = f"The responses are saved: {shown}"
        hint = f"%nango_test {result.script.name} replays them without a network."
        if self.door == "command":
            hint = f"nangonb test {' '.join(self.named_sources)} replays them without a network."
        result.runtime.add(Problem("responses-saved", "note", message, hint=hint))

    def _saved_files(self, layout: str, folder: Path) -> dict[str, tuple[str, str]]:
        """What is saved of the project's scripts, as files of the exported ``folder``."""
        return export_files(self.project.scripts, self.test_folders(), layout, folder)
