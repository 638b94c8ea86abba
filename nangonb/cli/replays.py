"""``nangonb test``: saved responses, replayed."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from nangonb.cli.stdout import own_stdout
from nangonb.errors import UsageError
from nangonb.session import Replays, Session

_FAILED, _NOT_RUN = 12, 3


def test(session: Session, integration_id: str | None, *, as_json: bool) -> int:
    """0 where none failed, 12 where one did, 3 where one could not be run.

    Raises UsageError where there is no script to test, ProjectError where one was refused.
    """
    if not session.project.scripts and not session.project.failed:
        raise UsageError(
            f"{' '.join(session.named_sources)}: no scripts are declared, so there is nothing to test.",
            hint=_other_sources(session),
        )
    if not as_json:
        replays = session.test(integration_id=integration_id)
        print(replays)
        return _code(replays)
    with own_stdout() as document:
        replays = session.test(integration_id=integration_id)
        for one in replays:
            if one.saved:
                document.write(json.dumps(one.as_dict(), ensure_ascii=False).encode() + b"\n")
    return _code(replays)


def _code(replays: Replays) -> int:
    return _FAILED if not replays.ok else _NOT_RUN if replays.not_run else 0


def _other_sources(session: Session) -> str:
    """The line that may have been meant, where notebooks lie in the folder that was named."""
    folders = [Path(source) for source in session.named_sources if Path(source).is_dir()]
    notebooks = sorted(str(path) for folder in folders for path in folder.glob("*.ipynb"))
    if not notebooks:
        return "Name the folder with nango.yaml, or the notebook, that declares the scripts."
    return f"Name the notebook that declares the scripts: nangonb test {shlex.quote(notebooks[0])}"
