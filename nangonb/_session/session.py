"""A session: one lives in each kernel, and one in each command."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nangonb._project import Project
from nangonb._session.config import Config
from nangonb._session.connections import Connections
from nangonb._session.context import Context
from nangonb._session.declared import Declared
from nangonb._session.deploying import Deployer
from nangonb._session.dryruns import DryRuns
from nangonb._session.front import Front
from nangonb._session.lines import Door, Lines
from nangonb._session.replays import Replayer
from nangonb._session.synced_records import RecordsReader
from nangonb._session.syncs import Syncs
from nangonb._session.workspace import Workspace


class Session:
    """What verbs work with.

    ``workspace`` is what is declared, ``connections`` the Nango that is talked to and what is selected,
    ``dry_runs`` runs scripts and remembers the results, ``syncs`` and ``records`` are what is deployed,
    ``deployer`` deploys, ``replayer`` saves and replays responses, ``lines`` spells the lines to type.
    """

    def __init__(
        self,
        *,
        project: Project | None = None,
        sources: Sequence[Path] = (),
        config: Config | None = None,
        door: Door = "notebook",
        front: Front | None = None,
    ) -> None:
        """``project`` was read from ``sources``; without one, it is what :meth:`declare` collects. ``door``
        is how hints spell the verbs."""
        self.config = config or Config()
        self.lines = Lines(self.config, door, tuple(map(str, sources)))
        self.context = Context(self.config, self.lines, front)
        self.workspace = Workspace(self.context, project, sources)
        self.connections = Connections(self.context)
        self.replayer = Replayer(self.context, self.workspace)
        self.dry_runs = DryRuns(self.context, self.workspace, self.connections, self.replayer)
        self.syncs = Syncs(self.context, self.workspace, self.connections)
        self.records = RecordsReader(self.context, self.workspace, self.connections)
        self.deployer = Deployer(self.context, self.workspace, self.connections)

    @property
    def front(self) -> Front | None:
        """The front end; None where a program uses the session."""
        return self.context.front

    @front.setter
    def front(self, front: Front | None) -> None:
        self.context.front = front

    @property
    def project(self) -> Project:
        return self.workspace.project

    def declare(self, text: str, *, label: str, id: str | None = None) -> Declared:
        """Take in one cell: see :meth:`Workspace.declare`."""
        return self.workspace.declare(text, label=label, id=id)

    def close(self) -> None:
        """Close connections, the compiler, and the sandbox if this session started it."""
        self.connections.close()
        self.deployer.close()
