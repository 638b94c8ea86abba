"""Project → folder, with a record of what in it is ours."""

from nangonb.export.export import export
from nangonb.export.generate import Generated, generate
from nangonb.export.layouts import LAYOUTS, File, Layout
from nangonb.export.plan import State
from nangonb.export.record import RECORD
from nangonb.export.result import Entry, ExportResult

__all__ = [
    "LAYOUTS",
    "RECORD",
    "Entry",
    "ExportResult",
    "File",
    "Generated",
    "Layout",
    "State",
    "export",
    "generate",
]
