"""The current project, selection and configuration, and every verb as a Python function."""

from nangonb.session.choice import ConnectionChoice
from nangonb.session.config import Config, Target
from nangonb.session.current import (
    check,
    connection,
    connections,
    current,
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
