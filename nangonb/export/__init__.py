"""Project → folder, with a record of what in it is ours."""

from nangonb.export.export import export
from nangonb.export.generate import Generated, generate
from nangonb.export.layouts import LAYOUTS, File, Layout
from nangonb.export.plan import State
from nangonb.export.record import RECORD
from nangonb.export.result import Entry, ExportResult
from nangonb.export.targets import NANGO_YAML_CLI, ZERO_YAML_CLI

__all__ = [
    "LAYOUTS",
    "NANGO_YAML_CLI",
    "RECORD",
    "ZERO_YAML_CLI",
    "Entry",
    "ExportResult",
    "File",
    "Generated",
    "Layout",
    "State",
    "export",
    "generate",
]
