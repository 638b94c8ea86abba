"""``nangonb test``: saved responses, replayed."""

from __future__ import annotations

import json

from nangonb.cli.stdout import own_stdout
from nangonb.session import Session

_FAILED = 12


def test(session: Session, integration_id: str | None, *, as_json: bool) -> int:
    """0 where none failed, 12 where one did."""
    if not as_json:
        replays = session.test(integration_id=integration_id)
        print(replays)
        return 0 if replays.ok else _FAILED
    with own_stdout() as document:
        replays = session.test(integration_id=integration_id)
        for one in replays:
            if one.saved:
                document.write(json.dumps(one.as_dict(), ensure_ascii=False).encode() + b"\n")
    return 0 if replays.ok else _FAILED
