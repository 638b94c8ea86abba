"""The picker, played from the front end's side: comm messages, no browser."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.demo import CONNECTIONS
from tests.jupyter.cells import SYNC, YAML, declare
from tests.kernel import Kernel, Result
from tests.sandbox.process import Sandbox


@pytest.fixture(autouse=True)
def _declared(kernel: Kernel) -> None:
    declare(kernel, YAML, SYNC)


class Page:
    """What a cell shows of a picker; ``choose`` does what a user does."""

    def __init__(self, kernel: Kernel, line: str = "%nango_connection", cell_id: str | None = None) -> None:
        self.kernel = kernel
        before = set(kernel.widgets)
        self.result = kernel.run(line, cell_id=cell_id).check()
        self.widgets = {id for id in kernel.widgets if id not in before}
        self.shown = [o for o in self.result.outputs if o["output_type"] == "display_data"]
        self.display_id = self.shown[-1]["transient"]["display_id"]
        self.table = self.shown[-1]["data"]

    def find(self, model: str, **state: object) -> str:
        found = [
            id
            for id in self.widgets
            if self.kernel.widgets[id]["_model_name"] == model
            and all(self.kernel.widgets[id].get(name) == value for name, value in state.items())
        ]
        assert len(found) == 1, found
        return found[0]

    @property
    def connections(self) -> tuple[list[str], int | None]:
        state = self.kernel.widgets[self.find("SelectModel")]
        return list(state["_options_labels"]), state["index"]

    def choose(self, connection: str) -> str:
        return self._pick(self.find("SelectModel"), connection)

    def integration(self, name: str) -> str:
        return self._pick(self.find("DropdownModel", description="integration"), name)

    def environment(self, name: str) -> str:
        return self._pick(self.find("DropdownModel", description="environment"), name)

    def search(self, words: str) -> str:
        return self._updated(self.kernel.update_widget(self.find("TextModel"), value=words))

    def _pick(self, widget: str, label: str) -> str:
        index = list(self.kernel.widgets[widget]["_options_labels"]).index(label)
        return self._updated(self.kernel.update_widget(widget, index=index))

    def _updated(self, result: Result) -> str:
        """The table as it is then, in its place."""
        mine = [o for o in result.outputs if o.get("transient", {}).get("display_id") == self.display_id]
        assert result.error is None
        return str(mine[-1]["data"]["text/plain"])


def test_choosing_selects_for_the_next_dry_run(kernel: Kernel) -> None:
    page = Page(kernel, "%nango_connection --integration-id salesforce")
    assert page.connections == (["conn-1", "conn-2"], None)
    assert "no connection is selected for salesforce" in page.table["text/plain"]
    shown = page.choose("conn-2")
    assert " on conn-2 " in kernel.run("%nango_dryrun contacts").check().text
    assert "conn-2 is selected for salesforce. The line that does it:\n    %nango_connection conn-2" in shown
    page.choose("conn-1")
    assert " on conn-1 " in kernel.run("%nango_dryrun contacts").check().text


def test_integration_and_search_narrow_list_and_table(kernel: Kernel) -> None:
    page = Page(kernel)
    assert len(page.connections[0]) == len(CONNECTIONS)
    shown = page.integration("github")
    assert page.connections[0] == ["gh-1", "gh-2"]
    assert "conn-1" not in shown
    page.search("initech jose")
    assert page.connections[0] == ["gh-2"]
    assert "No connection matches 'nobody'." in page.search("nobody")
    assert page.connections[0] == []
    page.search("")
    page.integration("all")
    assert "expired-1 · unreliable" in page.connections[0]


def test_widgets_hold_ids_only(kernel: Kernel, nango: Sandbox) -> None:
    before = set(kernel.widgets)
    page = Page(kernel)
    page.choose("conn-1 · salesforce")
    state = json.dumps(
        {id: held for id, held in kernel.widgets.items() if id not in before}, ensure_ascii=False
    )
    assert "conn-1" in state
    for private in (".example", "Ada", "acme", "2026-0", "user-1", "auth", nango.key, "access.token"):
        assert private not in state
    assert "ada@acme.example" in page.table["text/html"]  # details stand in the table


def test_the_table_alone_says_it_all(kernel: Kernel) -> None:
    """For front ends without widgets, and for a saved notebook that is opened again."""
    page = Page(kernel, "%nango_connection conn-1")
    widget, table = page.shown
    assert widget["data"]["text/html"] == ""
    assert widget["data"]["text/plain"] == ""
    for said in ("conn-2", "salesforce-sandbox", "2026-03-03", "auth", "%nango_connection gh-1"):
        assert said in table["data"]["text/html"]
        assert said in table["data"]["text/plain"]
    assert "conn-1 is selected for salesforce" in table["data"]["text/html"]


def test_pickers_on_one_page_agree(kernel: Kernel) -> None:
    first = Page(kernel, "%nango_connection --integration-id salesforce", cell_id="one")
    second = Page(kernel, "%nango_connection --integration-id salesforce", cell_id="two")
    first.choose("conn-1")
    assert second.connections[1] == 0
    second.choose("conn-2")
    assert first.connections[1] == 1
    first.choose("conn-1")  # a change for the first one, which is why they must agree
    assert " on conn-1 " in kernel.run("%nango_dryrun contacts").check().text
    kernel.run("%nango_connection conn-2;").check()
    assert first.connections[1] == second.connections[1] == 1
    third = Page(kernel, "%nango_connection --integration-id salesforce", cell_id="one")
    assert first.widgets.isdisjoint(kernel.widgets)  # closed: its cell ran again
    third.choose("conn-1")
    assert second.connections[1] == 0


def test_a_wrong_key_is_shown_and_left_again(new_kernel: Callable[..., Kernel], nango: Sandbox) -> None:
    wrong = "00000000-0000-4000-8000-00000000beef"
    env = {"NANGO_HOSTPORT": nango.url, "NANGO_SECRET_KEY_DEV": nango.key, "NANGO_SECRET_KEY_PROD": wrong}
    kernel = new_kernel(env=env)
    kernel.run("%load_ext nangonb\nfrom nangonb._session import current").check()
    page = Page(kernel, "%nango_connection conn-1")
    shown = page.environment("prod")
    assert "NANGO_SECRET_KEY_PROD" in shown
    assert wrong not in shown
    assert page.connections == ([], None)  # nothing of dev can be chosen by mistake
    assert "conn-1 is selected" in page.environment("dev")
    assert "sandbox · no connection is selected" in page.environment("sandbox")
    assert "sandbox · gh-1 is selected for github" in page.choose("gh-1 · github")
    selection = "current().connections.selection"
    assert kernel.run(f"{selection}.of('sandbox'), {selection}.of('dev')").check().text == (
        "({'github': 'gh-1'}, {'salesforce': 'conn-1'})"
    )


def test_any_error_of_a_callback_is_shown(kernel: Kernel) -> None:
    page = Page(kernel)
    kernel.run(
        "def broken(*_): raise RuntimeError('something broke')\n"
        "selection = current().connections.selection\n"
        "original, selection.select = selection.select, broken"
    ).check()
    assert page.choose("conn-1 · salesforce") == "RuntimeError: something broke"
    kernel.run("selection.select = original").check()
    assert "conn-2 is selected" in page.choose("conn-2 · salesforce")
