"""Records that a run saves: checked, kept compactly, validated, shown as frames.

Importing this package imports neither pandas nor pyarrow: pyarrow comes when a batch is stored, pandas when a
frame is made.
"""

from __future__ import annotations

from nangonb.records.buffer import Counts, RecordBuffer
from nangonb.records.collector import relaxed_gc
from nangonb.records.compare import Changes, changes
from nangonb.records.frames import frame_of
from nangonb.records.jsonvalue import check_levels, decode, iso, levels, to_js_json
from nangonb.records.notes import unsafe_integers
from nangonb.records.rounding import may_round, rounded
from nangonb.records.summary import Breach, ValidationSummary, Violation, breaches_frame
from nangonb.records.synced import SyncedBuffer
from nangonb.records.validate import Validator

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
