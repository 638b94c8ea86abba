"""What several cells say is one nango.yaml; where they contradict each other, both places are named."""

from __future__ import annotations

import pytest

from nangonb._project import Declarations, Problem, Project, read_cell


def project_of(*texts: str) -> Project:
    declarations = Declarations()
    for number, text in enumerate(texts, start=1):
        cell = read_cell(text, label=f"Cell In[{number}]", id=str(number))
        assert cell is not None
        declarations.declare(cell)
    return declarations.project()


def only(project: Project, code: str) -> Problem:
    (found,) = [problem for problem in project.problems if problem.code == code]
    return found


SYNC = "%%nango_sync contacts\n{}def fetch_data(nango):\n    pass\n"
FIRST = """\
%%nango_yaml
integrations:
  salesforce:
    syncs:
      contacts:
        runs: every day
        output: Contact
        endpoint: /contacts
models:
  Contact:
    id: string
"""


def test_parts_of_one_integration_are_merged() -> None:
    second = """\
%%nango_yaml
integrations:
  salesforce:
    syncs:
      accounts:
        runs: every hour
        output: Account
        endpoint: /accounts
models:
  Account:
    id: string
"""
    data = project_of(FIRST, second).data
    assert sorted(data["integrations"]["salesforce"]["syncs"]) == ["accounts", "contacts"]
    assert sorted(data["models"]) == ["Account", "Contact"]


def test_parts_of_one_script_are_merged() -> None:
    more = (
        "%%nango_yaml\nintegrations:\n  salesforce:\n    syncs:\n      contacts:\n        auto_start: false\n"
    )
    project = project_of(FIRST, more, SYNC.format("#| scopes: api\n"))
    assert project.data["integrations"]["salesforce"]["syncs"]["contacts"] == {
        "runs": "every day",
        "output": "Contact",
        "endpoint": "/contacts",
        "auto_start": False,
        "scopes": "api",
    }
    assert project.problems == ()


def test_the_same_thing_twice_is_no_contradiction() -> None:
    assert project_of(FIRST, FIRST, SYNC.format("#| runs: every day\n")).problems == ()


def test_two_yaml_cells_that_contradict_each_other() -> None:
    project = project_of(FIRST, FIRST.replace("every day", "every hour"))
    problem = only(project, "contradiction")
    assert problem.severity == "error"
    assert "integrations > salesforce > syncs > contacts > runs" in problem.message
    assert problem.place is not None
    assert {problem.place.source, problem.related[0].source} == {"Cell In[1]", "Cell In[2]"}
    assert (problem.place.line, problem.related[0].line) == (6, 6)


LIST = "%%nango_yaml a\nintegrations:\n  - salesforce\n"


@pytest.mark.parametrize("cells", [(LIST, FIRST), (FIRST, LIST)])
def test_a_list_where_a_mapping_belongs(cells: tuple[str, str]) -> None:
    project = project_of(*cells)
    problem = only(project, "invalid-value")
    assert problem.message == "`integrations` must be a mapping, not a list."
    assert "without `- `" in problem.hint
    assert problem.place is not None and problem.place.text == "integrations:"
    assert "contradiction" not in [each.code for each in project.problems]


@pytest.mark.parametrize(
    "head", ["contacts --integration-id salesforc", "contacts\n#| integration: salesforc"]
)
def test_a_misspelt_integration(head: str) -> None:
    project = project_of(FIRST, f"%%nango_sync {head}\ndef fetch_data(nango):\n    pass\n")
    problem = only(project, "unknown-integration")
    assert problem.message == "nango.yaml has no integration salesforc; contacts is declared in salesforce."
    assert problem.hint == "Did you mean salesforce?"
    assert problem.place is not None and "salesforc" in problem.place.text
    assert "missing-key" not in [each.code for each in project.problems]


def test_a_line_that_contradicts_the_yaml_loses() -> None:
    project = project_of(SYNC.format("#| runs: every hour\n"), FIRST)
    problem = only(project, "contradiction")
    assert problem.place is not None
    assert (problem.place.source, problem.place.line) == ("Cell In[1]", 2)
    assert problem.place.text == "#| runs: every hour"
    assert problem.related[0].source == "Cell In[2]"
    assert project.script("contacts").config.runs == "every day"


def test_an_option_that_contradicts_the_yaml_is_shown_at_its_line() -> None:
    project = project_of(FIRST, SYNC.format("").replace("contacts\n", "contacts --runs 'every hour'\n"))
    problem = only(project, "contradiction")
    assert problem.place is not None
    assert problem.place.text == "%%nango_sync contacts --runs 'every hour'"


def test_two_models_of_one_name_are_not_mixed() -> None:
    project = project_of(FIRST, "%%nango_yaml\nmodels:\n  Contact:\n    id: string\n    email: string\n")
    assert "models > Contact" in only(project, "contradiction").message
    assert project.data["models"]["Contact"] in ({"id": "string"}, {"id": "string", "email": "string"})


def test_the_winner_does_not_depend_on_the_order() -> None:
    cells = [FIRST, FIRST.replace("every day", "every hour"), SYNC.format("#| runs: every week\n")]
    chosen = {
        project_of(*order).script("contacts").config.runs
        for order in (cells, cells[::-1], [cells[2], cells[0], cells[1]])
    }
    assert len(chosen) == 1


def test_on_events_of_several_cells_are_listed_together() -> None:
    one = "%%nango_yaml\nintegrations:\n  salesforce:\n    on-events:\n      validate-connection: [{}]\n"
    project = project_of(one.format("a"), one.format("b"), one.format("a"))
    listed = project.data["integrations"]["salesforce"]["on-events"]["validate-connection"]
    assert sorted(listed) == ["a", "b"]
    assert all(problem.code == "no-script" for problem in project.problems)


def test_a_script_without_an_integration() -> None:
    project = project_of(SYNC.format(""))
    problem = only(project, "no-integration")
    assert problem.place is not None and problem.place.line == 1
    assert "#| integration:" in problem.hint


def test_a_bare_name_of_two_integrations_is_not_guessed() -> None:
    project = project_of(FIRST, FIRST.replace("salesforce", "hubspot"), SYNC.format(""))
    assert only(project, "no-integration").severity == "error"


def test_two_cells_of_one_key() -> None:
    project = project_of(FIRST, SYNC.format(""), SYNC.format("#| integration: salesforce\n"))
    problem = only(project, "declared-twice")
    assert problem.place is not None
    assert {problem.place.source, problem.related[0].source} == {"Cell In[2]", "Cell In[3]"}


def test_problems_of_nango_yaml_point_into_the_cell() -> None:
    project = project_of(FIRST.replace("every day", "every blue moon"), SYNC.format(""))
    (problem,) = project.problems
    assert problem.place is not None
    assert (problem.place.source, problem.place.line) == ("Cell In[1]", 6)
    assert "every blue moon" in problem.place.text


def test_a_missing_key_of_a_script_that_configures_itself() -> None:
    model = "%%nango_yaml\nmodels:\n  Contact:\n    id: string\n"
    project = project_of(SYNC.format("#| integration: salesforce\n#| output: Contact\n"), model)
    missing = [problem for problem in project.problems if problem.code == "missing-key"]
    assert {p.place.source for p in missing if p.place} == {"Cell In[1]"}
    assert any("runs" in problem.message for problem in missing)


def test_no_models_at_all_is_no_problem() -> None:
    text = "%%nango_action ping\n#| integration: x\n#| endpoint: /ping\ndef run_action(nango):\n    pass\n"
    assert project_of(text).problems == ()


def test_names_that_differ_only_in_case() -> None:
    module = "%%nango_module {}\nX = 1\n"
    problem = only(project_of(module.format("Dates"), module.format("dates")), "case-collision")
    assert problem.related
    problem = only(project_of(module.format("Helpers/a"), module.format("helpers/b")), "case-collision")
    assert "Helpers and helpers" in problem.message or "helpers and Helpers" in problem.message


def test_a_module_where_a_script_would_be() -> None:
    problem = only(project_of("%%nango_module salesforce/syncs/helpers\nX = 1\n"), "module-path")
    assert "salesforce/helpers" in problem.hint


def test_a_missing_script_is_asked_for_in_the_language_of_the_others() -> None:
    declared = FIRST.replace(
        "models:", "      leads: {runs: every day, output: Contact, endpoint: /leads}\nmodels:"
    )
    typescript = "%%nango_sync_ts contacts\nexport default async function fetchData() {}\n"
    assert only(project_of(declared, SYNC.format("")), "no-script").hint == "%%nango_sync leads"
    assert only(project_of(declared, typescript), "no-script").hint == "%%nango_sync_ts leads"


def test_models_alone_are_no_problem() -> None:
    assert project_of("%%nango_yaml\nmodels:\n  Contact:\n    id: string\n").problems == ()


@pytest.mark.parametrize("others", [(), (FIRST,)])
def test_a_slip_at_the_top_is_a_problem(others: tuple[str, ...]) -> None:
    slip = "%%nango_yaml\nintegration:\n  hubspot: {}\n"
    assert any(problem.severity == "error" for problem in project_of(slip, *others).problems)
