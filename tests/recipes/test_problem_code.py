"""The recipe "A problem code" of CONTRIBUTING.md, followed in a copy of the tree."""

from __future__ import annotations

from tests.recipes.copied import CopiedTree

ENTRY = '''
    Code(
        "short-name",
        "warning",
        "The name of a script has only one letter.",
        "Nango shows it in its dashboard.",
        """
        %%nango_sync c --integration-id crm
        def fetch_data(nango):
            nango.log("start")
        """,
        "Choose a name that says what the script does: `contacts`.",
    ),
'''
DETECTED = """
        if len(script.name) == 1:
            yield Problem("short-name", f"`{script.name}` is a short name.", place, "Choose a longer one.")
"""
DECLARED = """
from nangonb._session import Session
declared = Session().declare('''%%nango_sync c --integration-id crm
def fetch_data(nango):
    nango.log("start")
''', label="Cell In[1]")
print(*(f"{each.severity} {each.code}" for each in declared.problems))
"""


def test_an_entry_and_a_call_site_are_all_there_is_to_do(copied_tree: CopiedTree) -> None:
    copied_tree.insert("nangonb/_project/codes/scripts.py", "CODES = (", ENTRY.rstrip())
    copied_tree.insert(
        "nangonb/_project/script_problems.py", "        place = script.source.top", DETECTED.rstrip()
    )
    assert "warning short-name" in copied_tree.python(DECLARED)
    copied_tree.python("import runpy; runpy.run_path('tools/problems_pages.py', run_name='__main__')")
    page = (copied_tree.path / "docs" / "problems.md").read_text("utf-8")
    assert "The name of a script has only one letter." in copied_tree.nangonb("explain", "short-name").stdout
    assert "### `short-name`" in page and "Fix: Choose a name that says what the script does" in page
