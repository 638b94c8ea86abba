"""Records that a run saves: check, compact storage, validation, DataFrames.

Importing this package imports neither pandas nor pyarrow: storing a batch imports pyarrow, making a frame
pandas.
"""

from __future__ import annotations

from nangonb._records.buffer import Counts, RecordBuffer
from nangonb._records.collector import relaxed_gc
from nangonb._records.compare import Changes, changes
from nangonb._records.frames import frame_of
from nangonb._records.jsonvalue import check_levels, decode, iso, levels, may_round, rounded, to_js_json
from nangonb._records.notes import unsafe_integers
from nangonb._records.summary import Breach, ValidationSummary, Violation, breaches_frame
from nangonb._records.synced import SyncedBuffer
from nangonb._records.validate import Validator

__all__ = [
    "Breach",
    "Changes",
    "Counts",
    "RecordBuffer",
    "SyncedBuffer",
    "ValidationSummary",
    "Validator",
    "Violation",
    "breaches_frame",
    "changes",
    "check_levels",
    "decode",
    "frame_of",
    "iso",
    "levels",
    "may_round",
    "relaxed_gc",
    "rounded",
    "to_js_json",
    "unsafe_integers",
]
