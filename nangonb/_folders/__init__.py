"""Notebooks and nango-integrations folders → what they declare.

Their Python is not executed; their TypeScript only as described at :func:`read`.
"""

from nangonb._folders.evaluating import evaluate, evaluate_foreign
from nangonb._folders.folder import declare_folder, read_folder
from nangonb._folders.importing import FolderNotebook, folder_notebook
from nangonb._folders.notebook import (
    NotebookCell,
    declare_notebook,
    imported_files,
    notebook_cells,
    read_notebook,
)
from nangonb._folders.read import read

__all__ = [
    "FolderNotebook",
    "NotebookCell",
    "declare_folder",
    "declare_notebook",
    "evaluate",
    "evaluate_foreign",
    "folder_notebook",
    "imported_files",
    "notebook_cells",
    "read",
    "read_folder",
    "read_notebook",
]
