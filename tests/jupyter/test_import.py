"""%nango_import in a real kernel: it writes a notebook whose cells run as they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat

from tests.folders.making import write_folder
from tests.folders.test_typescript_folder import NESTED
from tests.kernel import Kernel


def test_a_folder_becomes_a_notebook(new_kernel: Callable[..., Kernel], tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "team", NESTED)
    mapper = folder / "salesforce/mappers/to-contact.ts"
    mapper.write_bytes(mapper.read_bytes().replace(b"\n", b"\r\n"))
    odd = folder / "salesforce/odd"
    odd.mkdir()
    (odd / "empty.ts").write_bytes(b"")
    (odd / "blanks.ts").write_bytes(b"\n  \nexport const a = `\n   \n`;\n\t\n\n")
    (odd / "unended.ts").write_bytes("\ufeffexport const b = '%%nango_sync x';".encode())
    before = {path: path.read_bytes() for path in folder.rglob("*.ts")}
    kernel = new_kernel()
    kernel.run("%load_ext nangonb").check()
    shown = kernel.run("%nango_import team").check().text
    assert "team.ipynb is written: 2 scripts, 5 modules of team." in shown
    assert "%nango_export team --layout nango-yaml" in shown
    assert "No scripts are declared." in kernel.run("%nango_check").check().text
    again = kernel.run("%nango_import team")
    assert again.error is not None and "exists" in again.error.evalue
    kernel.run("%nango_import team --force").check()
    cells = nbformat.read(tmp_path / "team.ipynb", as_version=4).cells  # type: ignore[no-untyped-call]
    for cell in cells:
        if cell["cell_type"] == "code" and not cell["source"].startswith("%nango_dryrun"):
            kernel.run(cell["source"]).check()
    assert "2 scripts" in kernel.run("%nango_check").check().text
    kernel.run("%nango_export team").check()
    left = {path: data for path, data in before.items() if path.name != "models.ts"}
    assert {path: path.read_bytes() for path in left} == left
