"""A dry run that is saved, and replayed, in a kernel on the sandbox."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.kernel import Kernel, Result

CELLS = (
    "%load_ext nangonb",
    "%%nango_sync contacts\n#| integration: salesforce\n#| runs: every day\n#| output: Contact\n"
    "#| endpoint: GET /contacts\n"
    "QUERY = 'SELECT Id FROM Contact LIMIT 3'\n"
    "def fetch_data(nango):\n"
    "    rows = nango.get('/services/data/v53.0/query', params={'q': QUERY}).data\n"
    "    nango.batch_save([{'id': row['Id']} for row in rows['records']], 'Contact')\n",
    "%%nango_yaml\nmodels:\n  Contact:\n    id: string\n",
    "%nango_dryrun contacts conn-1 --save-responses",
    "%nango_test contacts",
)


def test_saved_and_replayed(kernel: Kernel, run_cells: Callable[[Sequence[str]], list[Result]]) -> None:
    results = run_cells(CELLS)
    assert "salesforce/tests/contacts.test.json" in results[-2].html
    assert "1 passed · 0 failed · 0 skipped" in results[-1].text
    assert kernel.run("import nangonb; print(nangonb.test().ok)").stdout.strip() == "True"
