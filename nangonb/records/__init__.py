"""Records that a run saves: checked, kept compactly, validated, shown as frames.

Importing this package imports neither pandas nor pyarrow: pyarrow comes when a batch is stored, pandas
when a frame is made.
"""

from __future__ import annotations

from nangonb.records.buffer import Counts, RecordBuffer
from nangonb.records.jsonvalue import decode, iso, to_js_json

__all__ = ["Counts", "RecordBuffer", "decode", "iso", "to_js_json"]
