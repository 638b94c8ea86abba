"""Project → folder, with a record of what in it is ours."""

from nangonb._export.export import export
from nangonb._export.file import File
from nangonb._export.generate import Generated, generate
from nangonb._export.plan import State
from nangonb._export.project_files import ProjectFiles
from nangonb._export.result import Entry, ExportResult
from nangonb._folders.names import RECORD

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
