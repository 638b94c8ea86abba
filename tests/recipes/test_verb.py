"""The recipe of a verb: one file, and its import in the package."""

from __future__ import annotations

from tests.recipes.copied import CopiedTree

TALLY = '''\
"""``tally``: count scripts."""

from __future__ import annotations

from typing import Annotated, Any

from nangonb._project.options import Option
from nangonb._session import current
from nangonb._verbs.commands import session_of
from nangonb._verbs.options import SourceArgument
from nangonb._verbs.verb import verb


def _command(source: SourceArgument, **options: Any) -> str:
    with session_of(source):
        return tally(**options)


@verb(command=_command, epilog="Scripts of all integrations count.")
def tally(
    kind: Annotated[str, Option("KIND", "sync, action or on-event", completes="script")] = "sync",
    *,
    least: Annotated[int, Option("--least", "count no further than N", "N")] = 10,
) -> str:
    """Count the scripts of a kind."""
    scripts = [script for script in current().project.scripts if script.kind == kind]
    return f"{min(len(scripts), least)} {kind}"
'''

SYNC = "def fetch_data(nango):\n    pass\n"
CELL = f"%%nango_sync contacts --integration-id acme\n{SYNC}"

IN_A_SHELL = f"""
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance(colors="nocolor")
shell.run_cell("%load_ext nangonb").raise_error()
shell.run_cell({CELL!r}).raise_error()
print("magic:", shell.run_cell("%nango_tally sync --least 5").result)
shell.user_ns["most"] = 0
print("variable:", shell.run_cell("%nango_tally --least $most").result)
shell.run_cell("%nango_tally --leest 5")
print("help:", shell.find_line_magic("nango_tally").__doc__.splitlines()[0])
print("tab:", shell.complete("--l", "%nango_tally --l", 16)[1])
import inspect
import nangonb
print("function:", nangonb.tally("sync"), nangonb.tally("action"), inspect.signature(nangonb.tally))
"""


def test_a_verb_is_a_magic_a_function_and_a_command(copied_tree: CopiedTree) -> None:
    copied_tree.write("nangonb/_verbs/tally.py", TALLY)
    copied_tree.insert(
        "nangonb/__init__.py",
        "    from nangonb._verbs.status import status\n",
        "    from nangonb._verbs.tally import tally\n",
    )
    copied_tree.insert("nangonb/__init__.py", '    "status",\n', '    "tally",\n')

    out = copied_tree.python(IN_A_SHELL)
    assert "magic: 1 sync" in out
    assert "variable: 0 sync" in out
    assert "%nango_tally: unknown option '--leest'." in out and "Did you mean --least?" in out
    assert "help: usage: %nango_tally [--least N] [KIND]" in out
    assert "tab: ['--least']" in out
    assert "function: 1 sync 0 action (kind: str = 'sync', *, least: int = 10) -> 'str'" in out

    copied_tree.write("acme/nango.yaml", "integrations: {}\nmodels: {}\n")
    copied_tree.write("acme/acme/syncs/contacts.py", SYNC)
    ran = copied_tree.nangonb("tally", "acme", "action", "--least", "3")
    assert (ran.returncode, ran.stdout) == (0, "0 action\n"), ran.stderr
    shown = copied_tree.nangonb("--help").stdout
    assert "tally" in shown and "Count the scripts of a kind." in shown
    assert "Scripts of all integrations count." in copied_tree.nangonb("tally", "--help").stdout
    assert "--least" in copied_tree.nangonb("tally", "acme", "--leest", "3").stderr
