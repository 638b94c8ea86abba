"""Running cells, running them again, and taking them back."""

from __future__ import annotations

import itertools

import pytest

from nangonb._project import Declarations, Problem, Project, read_cell
from nangonb.errors import ProjectError, UnknownName, UsageError

YAML = """\
%%nango_yaml
integrations:
  salesforce:
    syncs:
      contacts:
        description: All contacts
        runs: every day
        output: Contact
        endpoint: /crm/contact
models:
  Contact:
    id: string
"""
SYNC = "%%nango_sync contacts\ndef fetch_data(nango):\n    pass\n"
ACTION = """\
%%nango_action fields
#| integration: salesforce
#| endpoint: /fields
#| output: Field
def run_action(nango):
    return None
"""
FIELD = "%%nango_yaml field\nmodels:\n  Field:\n    name: string\n"
MODULE = "%%nango_module helpers/dates\nX = 1\n"


class Notebook:
    """Cells as a kernel declares them: each has the id that its front end gave it."""

    def __init__(self, ids: bool = True) -> None:
        self.declarations = Declarations()
        self.count = 0
        self.ids = ids

    def run(self, text: str, id: str | None = None) -> list[Problem]:
        self.count += 1
        id = (id or f"cell-{self.count}") if self.ids else None
        cell = read_cell(text, label=f"Cell In[{self.count}]", id=id)
        assert cell is not None
        return self.declarations.declare(cell)

    @property
    def project(self) -> Project:
        return self.declarations.project()


def notebook(*texts: str, ids: bool = True) -> Notebook:
    made = Notebook(ids)
    for text in texts:
        made.run(text)
    return made


def codes(project: Project) -> list[str]:
    return [problem.code for problem in project.problems]


def test_cells_come_in_any_order() -> None:
    texts = [YAML, SYNC, ACTION, FIELD, MODULE]
    seen = set()
    for order in itertools.permutations(texts):
        project = notebook(*order).project
        assert project.problems == ()
        seen.add(
            repr(
                (
                    [(s.key, s.source.text, s.config) for s in project.scripts],
                    [m.path for m in project.modules],
                    project.data,
                )
            )
        )
    assert len(seen) == 1


def test_a_script_takes_its_configuration_from_the_yaml() -> None:
    config = notebook(SYNC, YAML).project.script("contacts").config
    assert config.output == ("Contact",)
    assert config.runs == "every day"
    assert config.description == "All contacts"
    assert config.endpoints == ("GET /crm/contact",)
    assert config.declared


def test_a_script_may_configure_itself_without_any_yaml() -> None:
    project = notebook(ACTION, FIELD).project
    assert project.problems == ()
    assert project.data["integrations"] == {
        "salesforce": {"actions": {"fields": {"endpoint": "/fields", "output": "Field"}}}
    }


def test_a_docstring_is_the_description_unless_there_is_one() -> None:
    documented = SYNC.replace("    pass", '    """From the docstring."""')
    assert notebook(YAML, documented).project.script("contacts").config.description == "All contacts"
    bare = YAML.replace("        description: All contacts\n", "")
    project = notebook(bare, documented).project
    assert project.script("contacts").config.description == "From the docstring."
    assert project.problems == ()


def test_an_on_event_script() -> None:
    cell = "%%nango_on_event greet --integration-id salesforce\ndef on_event(nango):\n    pass\n"
    project = notebook(cell).project
    assert "no-event" in codes(project)
    listed = (
        "%%nango_yaml\nintegrations:\n  salesforce:\n    on-events:\n      pre-connection-deletion: [greet]\n"
    )
    project = notebook(cell, listed).project
    assert project.problems == ()
    assert project.script("greet").config.event == "pre-connection-deletion"
    project = notebook(cell.replace("salesforce", "salesforce --event validate-connection")).project
    assert project.data["integrations"]["salesforce"] == {"on-events": {"validate-connection": ["greet"]}}


# -- running again -------------------------------------------------------------------------------


@pytest.mark.parametrize("ids", [True, False])
def test_a_cell_that_is_run_again_replaces_what_it_declared(ids: bool) -> None:
    cells = notebook(YAML, SYNC, ids=ids)
    notes = cells.run(SYNC.replace("pass", "return"), "cell-2")
    assert notes == []
    assert "return" in cells.project.script("contacts").source.text
    assert len(cells.project.scripts) == 1


def test_a_renamed_script_leaves_no_other_behind() -> None:
    cells = notebook(YAML, SYNC)
    cells.run(SYNC.replace("contacts", "people"), "cell-2")
    assert [script.name for script in cells.project.scripts] == ["people"]


def test_a_cell_that_moved_to_another_integration_leaves_no_other_behind() -> None:
    cells = notebook(ACTION)
    cells.run(ACTION.replace("salesforce", "hubspot"), "cell-1")
    assert [script.key for script in cells.project.scripts] == ["hubspot/actions/fields"]


def test_two_cells_of_one_script_are_noted() -> None:
    cells = notebook(YAML, SYNC)
    (note,) = cells.run(SYNC.replace("pass", "return"))
    assert (note.code, note.severity) == ("declared-twice", "note")
    assert "Cell In[2]" in note.message
    assert note.place is not None and note.place.source == "Cell In[3]"
    assert len(cells.project.scripts) == 1


def test_a_yaml_cell_is_known_by_its_name() -> None:
    cells = notebook(FIELD, ids=False)
    cells.run("%%nango_yaml field\nmodels:\n  Other:\n    id: string\n")
    assert cells.project.model_names == ("Other",)


def test_a_yaml_cell_is_known_by_its_id() -> None:
    cells = notebook(YAML)
    cells.run(YAML.replace("contacts:", "people:"), "cell-1")
    assert list(cells.project.data["integrations"]["salesforce"]["syncs"]) == ["people"]


def test_yaml_cells_that_nothing_tells_apart_replace_entry_by_entry() -> None:
    cells = notebook(YAML, ids=False)
    (note,) = cells.run("%%nango_yaml\nmodels:\n  Contact:\n    id: number\n  Other:\n    id: string\n")
    assert note.code == "yaml-entries-replaced"
    assert "models > Contact" in note.message
    assert cells.project.data["models"] == {"Contact": {"id": "number"}, "Other": {"id": "string"}}
    assert list(cells.project.data["integrations"]["salesforce"]["syncs"]) == ["contacts"]
    assert "contradiction" not in codes(cells.project)


def test_a_yaml_cell_with_the_same_entries_replaces_all_of_the_other() -> None:
    cells = notebook(YAML, ids=False)
    cells.run(YAML.replace("every day", "every hour"))
    assert cells.project.data["integrations"]["salesforce"]["syncs"]["contacts"]["runs"] == "every hour"
    assert "contradiction" not in codes(cells.project)


# -- failing -------------------------------------------------------------------------------------


@pytest.mark.parametrize("ids", [True, False])
def test_a_cell_that_fails_withdraws_what_it_declared(ids: bool) -> None:
    cells = notebook(YAML, SYNC, ids=ids)
    cells.run(SYNC.replace("pass", "return ("), "cell-2")
    assert cells.project.scripts == ()
    with pytest.raises(ProjectError, match=r"contacts cannot be used: its cell has an error \(Cell In\[3"):
        cells.project.script("contacts")
    (failed,) = [problem for problem in cells.project.problems if problem.code == "failed-cell"]
    assert failed.place is not None
    assert (failed.place.source, failed.place.line) == ("Cell In[3]", 3)


@pytest.mark.parametrize("ids", [True, False])
def test_a_mended_cell_is_as_if_it_had_never_failed(ids: bool) -> None:
    cells = notebook(YAML, ids=ids)
    cells.run(SYNC.replace("pass", "return ("), "cell-2")
    cells.run(SYNC, "cell-2")
    assert cells.project.problems == ()
    assert cells.project.script("contacts").name == "contacts"


def test_a_failing_cell_withdraws_an_older_cell_of_its_name_until_that_is_run_again() -> None:
    cells = notebook(YAML, SYNC)
    cells.run(SYNC.replace("pass", "return ("), "another")
    with pytest.raises(ProjectError, match=r"contacts cannot be used: .*\(Cell In\[3\]\)"):
        cells.project.script("contacts")
    assert codes(cells.project) == ["failed-cell"]
    cells.run(SYNC, "cell-2")
    assert cells.project.script("contacts").source.id == "cell-2"
    assert cells.project.problems == ()


def test_a_failing_cell_withdraws_no_script_of_another_integration_or_kind() -> None:
    cells = notebook(ACTION, ACTION.replace("salesforce", "hubspot"), FIELD)
    cells.run(ACTION.replace("salesforce", "hubspot").replace("return", "return ("), "another")
    assert cells.project.script("salesforce/fields").integration == "salesforce"
    assert cells.project.script("fields", "salesforce").integration == "salesforce"
    for name, home in (("fields", None), ("hubspot/fields", None), ("fields", "hubspot")):
        with pytest.raises(ProjectError, match="has an error"):
            cells.project.script(name, home)
    cells.run(SYNC.replace("contacts", "fields --integration-id salesforce"))
    assert cells.project.script("salesforce/syncs/fields").kind == "sync"
    with pytest.raises(ProjectError, match="has an error") as caught:
        cells.project.script("fields")
    assert "salesforce/syncs/fields" in caught.value.hint


@pytest.mark.parametrize(
    "line",
    [
        "contacts --bogus",
        "--integration-id salesforce contacts --bogus",
        "--bogus contacts",
        "contacts --runs 'every day",
        "contacts and more",
    ],
)
def test_a_cell_with_a_wrong_line_withdraws_an_older_cell_of_its_name(line: str) -> None:
    cells = notebook(YAML, SYNC)
    cells.run(SYNC.replace("contacts", line), "another")
    with pytest.raises(ProjectError, match="contacts cannot be used"):
        cells.project.script("contacts")


@pytest.mark.parametrize("deep", ["-" * 200_000 + "1", "a" + ".b" * 20_000])
def test_code_that_is_too_deep_for_the_parser_withdraws_an_older_cell(deep: str) -> None:
    cells = notebook(YAML, SYNC)
    cells.run(SYNC.replace("pass", f"return {deep}"), "another")
    with pytest.raises(ProjectError, match="contacts cannot be used") as caught:
        cells.project.script("contacts")
    assert "too many levels of nesting" in caught.value.problems[0].message


@pytest.mark.parametrize("ids", [True, False])
@pytest.mark.parametrize("name", ["", " config"])
def test_a_failing_yaml_cell_keeps_every_script_from_being_used_until_it_is_mended(
    ids: bool, name: str
) -> None:
    more = YAML.replace("%%nango_yaml", f"%%nango_yaml{name}").replace("contacts", "leads")
    cells = notebook(YAML.replace("yaml", "yaml contacts"), SYNC, more, ids=ids)
    cells.run(more.replace("models:", "models: ["), "another")
    with pytest.raises(ProjectError, match=r"contacts cannot be used: a %%nango_yaml cell has an error"):
        cells.project.script("contacts")
    cells.run(more, "another")
    assert cells.project.script("contacts").config.output == ("Contact",)


def test_forget_a_failed_yaml_cell_without_a_name() -> None:
    cells = notebook(YAML, SYNC)
    cells.run(YAML.replace("models:", "models: ["), "another")
    assert cells.declarations.forget("Cell In[3]") == ["the refused yaml cell (Cell In[3])"]
    assert cells.project.script("contacts").name == "contacts"


def test_a_failing_module_withdraws_the_one_of_its_language() -> None:
    cells = notebook(MODULE, "%%nango_module_ts helpers/dates\nexport const X = 1;\n")
    cells.run("%%nango_module helpers/dates\nX = (\n", "another")
    assert [module.language for module in cells.project.modules] == ["typescript"]
    cells.run(MODULE, "another")
    assert len(cells.project.modules) == 2


def test_a_failing_yaml_cell_withdraws_its_entries() -> None:
    cells = notebook(YAML, SYNC)
    cells.run(YAML.replace("models:", "models: ["), "cell-1")
    assert cells.project.data == {}
    assert "failed-cell" in codes(cells.project)


# -- forgetting ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["contacts", "salesforce/contacts", "salesforce/syncs/contacts"])
def test_forget_a_script(name: str) -> None:
    cells = notebook(YAML, SYNC)
    assert cells.declarations.forget(name) == ["sync contacts (Cell In[2])"]
    assert cells.project.scripts == ()
    assert "no-script" in codes(cells.project)


def test_forget_a_module_and_a_yaml_cell() -> None:
    cells = notebook(MODULE, FIELD)
    assert cells.declarations.forget("helpers/dates") == ["module helpers/dates (Cell In[1])"]
    assert cells.declarations.forget("field") == ["yaml field (Cell In[2])"]
    assert len(cells.declarations) == 0


def test_forget_a_failed_cell() -> None:
    cells = notebook(SYNC.replace("pass", "return ("))
    cells.declarations.forget("contacts")
    assert cells.project.problems == ()


def test_forget_what_is_not_there() -> None:
    cells = notebook(YAML, SYNC)
    with pytest.raises(UnknownName) as caught:
        cells.declarations.forget("contact")
    assert "contacts" in caught.value.hint
    assert len(cells.project.scripts) == 1


# -- looking up ----------------------------------------------------------------------------------


def test_an_ambiguous_name_lists_the_choices() -> None:
    cells = notebook(ACTION, ACTION.replace("salesforce", "hubspot"))
    with pytest.raises(UsageError, match="hubspot/actions/fields, salesforce/actions/fields"):
        cells.project.script("fields")
    assert cells.project.script("hubspot/fields").integration == "hubspot"
    assert cells.project.script("fields", "salesforce").integration == "salesforce"


def test_a_misspelt_name_gets_the_nearest() -> None:
    with pytest.raises(UnknownName) as caught:
        notebook(YAML, SYNC).project.script("contcts")
    assert "'contacts'" in caught.value.hint


def test_a_declared_script_whose_cell_was_not_run() -> None:
    with pytest.raises(ProjectError) as caught:
        notebook(YAML).project.script("contacts")
    assert "no cell has its script" in caught.value.message
    assert "%%nango_sync contacts" in caught.value.hint
