"""``demo``: the notebooks, copied, and the quickstart run if asked to."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

from nangonb._project.options import Option
from nangonb._verbs.verb import verb
from nangonb.errors import FolderError

_QUICKSTART = "quickstart.ipynb"


@verb(magic=False, function=False, command=True)
def demo(
    folder: Annotated[str, Option("DIR", "the folder to copy to", completes="path")] = ".",
    *,
    execute: Annotated[bool, Option("--execute", "run it, too, and print its results")] = False,
) -> int:
    """Copy the quickstart notebook and say how to open it.

    The other notebooks, too; a copy that was edited stays as it is.

    Raises:
        FolderError: the folder cannot be written, or this installation has no notebooks.
    """
    for original in _notebooks():
        _copy(original, Path(folder) / original.name)
    path = Path(folder) / _QUICKSTART
    if execute:
        _execute(path)
    print(f"Open it: jupyter lab {path}")
    if not execute:
        print("Any notebook editor works. Install JupyterLab with: pip install jupyterlab")
    return 0


def _copy(original: Path, path: Path) -> None:
    text = original.read_text("utf-8")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_text(text, "utf-8")
        elif _code(path.read_text("utf-8")) != _code(text):
            print(f"{path} exists and was edited. It is kept.", file=sys.stderr)
    except (OSError, ValueError) as error:
        raise FolderError(
            f"{path} cannot be written: {error}", hint="Name another folder: nangonb demo DIR"
        ) from None


def _notebooks() -> list[Path]:
    here = Path(__file__).resolve()
    for folder in (here.parents[1] / "notebooks", here.parents[2] / "notebooks"):  # installed; a checkout
        if (folder / _QUICKSTART).is_file():
            return sorted(folder.glob("*.ipynb"))
    raise FolderError("The notebooks are missing from this installation.", hint="Install nangonb again.")


def _code(text: str) -> list[Any]:
    return [(cell["cell_type"], "".join(cell["source"])) for cell in json.loads(text)["cells"]]


def _execute(path: Path) -> None:
    """Run the notebook in a kernel of its own, print its results, and save it with them."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    client = NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(path.parent)}},
    )
    try:
        client.execute()
    except CellExecutionError as error:
        raise FolderError(f"{path.name} failed: {error}") from None
    finally:
        nbformat.write(notebook, path)  # type: ignore[no-untyped-call]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            _print_cell(cell)


def _print_cell(cell: Any) -> None:
    lines = cell.source.splitlines()
    more = f"  … {len(lines) - 1} more lines" if len(lines) > 3 else ""
    print(f"In [{cell.execution_count}]: " + (lines[0] + more if more else "\n        ".join(lines)))
    for output in cell.outputs:
        shown = output.get("text") or output.get("data", {}).get("text/plain", "")
        if shown.strip():
            print(shown.rstrip())
    print()
