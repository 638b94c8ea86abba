"""One cell's text → what it declares, or an error that says which line to mend."""

from __future__ import annotations

import pytest

from nangonb._project import FailedCell, ModuleCell, Problem, ScriptCell, YamlCell, read_cell
from nangonb.errors import NangonbError, ProjectError, UsageError

SYNC = "def fetch_data(nango):\n    pass\n"


def script(text: str) -> ScriptCell:
    cell = read_cell(text, label="Cell In[1]")
    assert isinstance(cell, ScriptCell), getattr(cell, "error", cell)
    return cell


def failure(text: str) -> NangonbError:
    cell = read_cell(text, label="Cell In[1]")
    assert isinstance(cell, FailedCell)
    return cell.error


def problem(text: str) -> Problem:
    error = failure(text)
    assert isinstance(error, ProjectError), error
    assert len(error.problems) == 1
    return error.problems[0]


@pytest.mark.parametrize("text", ["", "1 + 1", "%%time\n%%nango_sync x", "# only a comment", "%nango_sync x"])
def test_other_cells_declare_nothing(text: str) -> None:
    assert read_cell(text, label="Cell In[1]") is None


def test_a_sync() -> None:
    cell = script(f"%%nango_sync contacts --integration-id salesforce --runs 'every day'\n{SYNC}")
    assert (cell.kind, cell.name, cell.integration) == ("sync", "contacts", "salesforce")
    assert cell.config == {"runs": "every day"}
    assert cell.source.body == SYNC
    assert cell.source.offset == 1


def test_lines_stand_for_options() -> None:
    cell = script(
        "%%nango_sync contacts\n"
        "#| integration: salesforce\n"
        "#| runs: every day\n"
        "#| output: [Contact, Account]\n"
        "#| endpoint:\n"
        "#|   method: GET\n"
        "#|   path: /contacts\n"
        "\n"
        "# an ordinary comment\n" + SYNC
    )
    assert cell.integration == "salesforce"
    assert cell.config == {
        "runs": "every day",
        "output": ["Contact", "Account"],
        "endpoint": {"method": "GET", "path": "/contacts"},
    }
    assert cell.lines["runs"] == 2


def test_lines_below_the_code_are_comments() -> None:
    cell = script(f"%%nango_sync contacts\nimport json\n#| runs: every day\n{SYNC}")
    assert cell.config == {}


def test_several_outputs_in_one_option() -> None:
    assert script(f"%%nango_sync x --output Contact,Account\n{SYNC}").config["output"] == [
        "Contact",
        "Account",
    ]


def test_the_docstring_of_the_function_comes_before_that_of_the_module() -> None:
    assert script('%%nango_sync x\n"""Of the module."""\n' + SYNC).docstring == "Of the module."
    both = '%%nango_sync x\n"""Of the module."""\ndef fetch_data(nango):\n    """Of the function."""\n'
    assert script(both).docstring == "Of the function."


def test_blank_lines_and_comments_may_stand_above() -> None:
    cell = script(f"# @title Contacts\n\n%%nango_sync contacts\n{SYNC}")
    assert cell.source.body == SYNC
    assert cell.source.body_place(1).line == 4


def test_kinds() -> None:
    action = script("%%nango_action a\ndef run_action(nango, input):\n    return input\n")
    event = script("%%nango_on_event e --event pre-connection-deletion\ndef on_event(nango):\n    pass\n")
    assert (action.kind, event.kind) == ("action", "on-event")
    assert event.config == {"event": "pre-connection-deletion"}
    module = read_cell("%%nango_module mappers/contact\nX = 1\n", label="Cell In[1]")
    assert isinstance(module, ModuleCell)
    assert module.path == "mappers/contact"
    yaml = read_cell("%%nango_yaml models\nmodels: {}\n", label="Cell In[1]")
    assert isinstance(yaml, YamlCell)
    assert (yaml.name, yaml.document.data) == ("models", {"models": {}})


# -- wrong input ---------------------------------------------------------------------------------


def test_an_unknown_option_names_the_nearest() -> None:
    error = failure(f"%%nango_sync x --integraton-id salesforce\n{SYNC}")
    assert isinstance(error, UsageError)
    assert "--integraton-id" in error.message
    assert "--integration-id" in error.hint


def test_options_are_not_abbreviated() -> None:
    assert "--integ" in failure(f"%%nango_sync x --integ salesforce\n{SYNC}").message


def test_an_open_quote() -> None:
    assert "quot" in failure(f"%%nango_sync x --runs 'every day\n{SYNC}").message


def test_no_name() -> None:
    assert "NAME" in failure(f"%%nango_sync\n{SYNC}").message


@pytest.mark.parametrize("name", ["a/b", "ü", "a.b", "'a b'", "../x"])
def test_a_name_that_nango_refuses(name: str) -> None:
    assert "is not a valid script name" in failure(f"%%nango_sync {name}\n{SYNC}").message


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "a//b", "a/", "helpers.py", "1st", "a/../b"])
def test_a_module_path_cannot_leave_the_folder(path: str) -> None:
    assert "is not a valid module path" in failure(f"%%nango_module {path}\nX = 1\n").message


def test_a_syntax_error_has_its_line_in_the_cell() -> None:
    found = problem("%%nango_sync x\ndef fetch_data(nango):\n    return (\n")
    assert found.code == "python-syntax"
    assert found.place is not None
    assert (found.place.line, found.place.text) == (3, "    return (")


def test_typescript_in_a_python_cell() -> None:
    found = problem(
        "%%nango_sync x\nimport type { NangoSync } from '../../models';\n"
        "export default async function fetchData(nango: NangoSync) {}\n"
    )
    assert "TypeScript" in found.hint


def test_no_entry_function_names_the_nearest() -> None:
    found = problem("%%nango_sync x\n\ndef fetch_date(nango):\n    pass\n")
    assert found.code == "no-entry-function"
    assert found.place is not None and found.place.line == 3
    assert "fetch_date" in found.hint


def test_the_entry_function_of_another_kind() -> None:
    found = problem("%%nango_sync x\ndef run_action(nango):\n    pass\n")
    assert "%%nango_action" in found.hint


def test_no_function_at_all() -> None:
    found = problem("%%nango_action x\nprint(1)\n")
    assert found.hint == "def run_action(nango, input): …"


def test_async_is_refused_with_the_reason() -> None:
    found = problem("%%nango_sync x\nasync def fetch_data(nango):\n    pass\n")
    assert found.code == "async-script"
    assert "plain def" in found.hint


@pytest.mark.parametrize("parameters", ["", "nango, since", "*nango"])
def test_parameters_that_nango_does_not_give(parameters: str) -> None:
    found = problem(f"%%nango_sync x\ndef fetch_data({parameters}):\n    pass\n")
    assert found.code == "entry-signature"


@pytest.mark.parametrize(
    "parameters", ["nango", "nango, input", "nango, input, limit=5", "nango, /, input=None"]
)
def test_parameters_of_an_action(parameters: str) -> None:
    assert script(f"%%nango_action x\ndef run_action({parameters}):\n    pass\n").name == "x"


def test_a_line_that_is_no_key_names_the_nearest() -> None:
    found = problem(f"%%nango_sync x\n#| integration: salesforce\n#| run: every day\n{SYNC}")
    assert found.code == "config-key"
    assert found.place is not None
    assert (found.place.line, found.place.text) == (3, "#| run: every day")
    assert "runs" in found.hint


def test_a_key_of_a_sync_in_an_action() -> None:
    found = problem("%%nango_action x\n#| runs: every day\ndef run_action(nango):\n    pass\n")
    assert "an action" in found.message


def test_a_line_that_is_no_yaml() -> None:
    found = problem(f"%%nango_sync x\n#| runs: [every day\n{SYNC}")
    assert found.place is not None
    assert found.place.source == "Cell In[1]"
    assert found.place.line in (2, 3)


def test_a_line_without_a_key() -> None:
    assert problem(f"%%nango_sync x\n#| every day\n{SYNC}").code == "config-line"


def test_a_line_of_the_other_language() -> None:
    found = problem("%%nango_sync_ts x\n#| runs: every day\nexport default async () => {};\n")
    assert (found.code, found.hint, str(found.place)) == (
        "config-line",
        "//| runs: every day",
        "Cell In[1], line 2",
    )
    found = problem(f"%%nango_sync x\n//| runs: every day\n{SYNC}")
    assert found.code == "python-syntax"
    assert found.hint == "In Python these lines start with #|: #| runs: every day"


def test_an_option_against_a_line() -> None:
    found = problem(f"%%nango_sync x --runs 'every hour'\n#| runs: every day\n{SYNC}")
    assert found.code == "config-contradiction"
    assert "every hour" in found.message and "every day" in found.message


def test_an_option_and_a_line_that_agree() -> None:
    cell = script(f"%%nango_sync x --runs 'every day'\n#| runs: every day\n{SYNC}")
    assert cell.config == {"runs": "every day"}


@pytest.mark.parametrize(
    "text",
    [
        "integrations:\n\tsalesforce: {}\n",
        "models:\n  A: {}\n  A: {}\n",
        "models: [\n",
    ],
)
def test_yaml_that_nango_cannot_read(text: str) -> None:
    found = problem(f"%%nango_yaml\n{text}")
    assert found.place is not None
    assert found.place.line is not None and found.place.line >= 2


def test_text_that_is_no_text() -> None:
    assert isinstance(failure('%%nango_sync x\nX = "\ud800"\n' + SYNC), ProjectError)
    assert isinstance(failure("%%nango_sync x\nX = '\0'\n" + SYNC), ProjectError)
