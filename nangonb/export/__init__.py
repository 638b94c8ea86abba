"""Project → folder, with a record of what in it is ours."""

from nangonb.export.export import export
from nangonb.export.file import File
from nangonb.export.generate import Generated, generate
from nangonb.export.plan import State
from nangonb.export.project_files import ProjectFiles
from nangonb.export.result import Entry, ExportResult
from nangonb.folders.names import RECORD

__all__ = [
    "RECORD",
    "Entry",
    "ExportResult",
    "File",
    "Generated",
    "ProjectFiles",
    "State",
    "export",
    "generate",
]
