"""``test``: replay saved responses."""

from __future__ import annotations

from json import dumps
from pathlib import Path
from typing import Annotated, Final

from nangonb._project.options import Option
from nangonb._session import Replays, Session, current
from nangonb._session.lines import Lines
from nangonb._verbs.commands import own_stdout, session_of
from nangonb._verbs.options import SourcesArgument
from nangonb._verbs.verb import verb
from nangonb.errors import UsageError

_FAILED: Final = 12
_NOT_RUN: Final = 3

_IntegrationOption = Annotated[
    str | None,
    Option(
        "--integration-id --integration", "only scripts of this integration", "ID", completes="integration"
    ),
]


def _command(
    sources: SourcesArgument,
    *,
    integration_id: _IntegrationOption = None,
    json: Annotated[
        bool,
        Option(
            "--json", "one line of JSON for each script that has saved responses, everything else on stderr"
        ),
    ] = False,
) -> int:
    """0 where none failed, 12 where one did, 3 where one could not be run.

    Raises UsageError where there is no script to test, ProjectError where one was refused.
    """
    with session_of(*sources, trust=True) as session:
        if not session.project.scripts and not session.project.failed:
            raise UsageError(
                f"{' '.join(sources)}: no scripts are declared, so there is nothing to test.",
                hint=_other_sources(session),
            )
        if not json:
            replays = test(integration_id=integration_id)
            print(replays)
            return _code(replays)
        with own_stdout() as document:
            replays = test(integration_id=integration_id)
            for one in replays:
                if one.saved:
                    document.write(dumps(one.as_dict(), ensure_ascii=False).encode() + b"\n")
        return _code(replays)


def _code(replays: Replays) -> int:
    return _FAILED if not replays.ok else _NOT_RUN if replays.not_run else 0


def _other_sources(session: Session) -> str:
    """The line that may have been meant, where notebooks lie in the folder that was named."""
    folders = [Path(source) for source in session.lines.sources if Path(source).is_dir()]
    notebooks = sorted(str(path) for folder in folders for path in folder.glob("*.ipynb"))
    if not notebooks:
        return "Name the folder with nango.yaml, or the notebook, that declares the scripts."
    line = Lines(session.config, session.lines.door, (notebooks[0],)).verb("test")
    return f"Name the notebook that declares the scripts: {line}"


@verb(
    command=_command,
    epilog="Responses are saved by a dry run with --save-responses. Exit code 12: a replay failed.",
)
def test(
    name: Annotated[str | None, Option("NAME", "only this script", completes="script")] = None,
    *,
    integration_id: _IntegrationOption = None,
) -> Replays:
    """Replay saved responses without a network, and compare records and outputs with the saved ones.

    Of every script that has some, or of one. A replay is a first run: ``last_sync_date`` is None, and there
    is no checkpoint. What a script asks for that is not saved is an error, which names the nearest that is.

    Raises:
        UnknownName: there is no such script or integration.
        ProjectError: a cell was refused that may declare or configure one of the scripts.
        Interrupted: it was stopped.
    """
    return current().replayer.replay(name, integration_id)
