"""The current project, selection and configuration, and every verb as a Python function.

Where to look: ``current`` has the functions, ``options`` what they take, ``values`` and ``native`` read that.
A Session is made of parts, each on top of the one before: ``connecting`` (which Nango, which connection),
``homes`` (which integration), then beside each other ``synced`` (``records``), ``syncs`` (``status``,
``trigger`` …) and ``testing`` (``test``), and ``session`` (the rest, dry runs among it; ``earlier`` finds the
run before). What a verb returns: ``shown``, ``choice``, ``synced_records``, ``sync_states``, ``replays``,
``translated``, ``scaffolds``.
"""

from nangonb.session.choice import ConnectionChoice
from nangonb.session.config import Config, Target
from nangonb.session.current import (
    check,
    connection,
    connections,
    current,
    deploy,
    dryrun,
    export,
    forget,
    generate,
    import_folder,
    last_dryrun,
    last_records,
    pause,
    records,
    show,
    start,
    status,
    test,
    trigger,
)
from nangonb.session.front import Front
from nangonb.session.replays import Replays
from nangonb.session.session import Session
from nangonb.session.shown import Check, Declared, Forgotten
from nangonb.session.sync_states import SyncStates
from nangonb.session.synced_records import SyncedRecords
from nangonb.session.translated import Translated

__all__ = [
    "Check",
    "Config",
    "ConnectionChoice",
    "Declared",
    "Forgotten",
    "Front",
    "Replays",
    "Session",
    "SyncStates",
    "SyncedRecords",
    "Target",
    "Translated",
    "check",
    "connection",
    "connections",
    "current",
    "deploy",
    "dryrun",
    "export",
    "forget",
    "generate",
    "import_folder",
    "last_dryrun",
    "last_records",
    "pause",
    "records",
    "show",
    "start",
    "status",
    "test",
    "trigger",
]
