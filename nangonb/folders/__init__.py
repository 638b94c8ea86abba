"""Notebooks and nango-integrations folders → what they declare, without executing any of it."""

from nangonb.folders.evaluating import evaluate
from nangonb.folders.folder import declare_folder, read_folder
from nangonb.folders.notebook import NotebookCell, declare_notebook, notebook_cells, read_notebook
from nangonb.folders.read import read

__all__ = [
    "NotebookCell",
    "declare_folder",
    "declare_notebook",
    "evaluate",
    "notebook_cells",
    "read",
    "read_folder",
    "read_notebook",
]
