"""Whatever happened before: an export writes all or nothing, and nothing that is not its own."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nangonb._folders import read
from nangonb.errors import FolderError
from tests.export.python_layout import export
from tests.export.test_export import files
from tests.folders.making import write_notebook

NAMES = ("one", "two", "three")


def cells(name: str, version: int) -> list[str]:
    return [
        f"%%nango_yaml {name}\nintegrations:\n  crm:\n    actions:\n      {name}:\n"
        f"        endpoint: /{name}/{version}\n        output: {name.title()}\n"
        f"models:\n  {name.title()}:\n    id: string\n",
        f"%%nango_action {name}\ndef run_action(nango):\n    return {version}\n",
    ]


exports = st.tuples(
    st.just("export"),
    st.sampled_from(["a.ipynb", "b.ipynb"]),
    st.dictionaries(st.sampled_from(NAMES), st.integers(1, 2)),
    st.booleans(),
)
edits = st.tuples(st.just("edit"), st.sampled_from([*NAMES, "nango.yaml", "README.md"]))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.one_of(exports, exports, edits), min_size=2, max_size=7))
def test_histories(tmp_path_factory: pytest.TempPathFactory, history: list[tuple[object, ...]]) -> None:
    tmp_path = tmp_path_factory.mktemp("history")
    out = tmp_path / "out"
    out.mkdir()
    by_hand: dict[str, str] = {}
    for number, (what, *arguments) in enumerate(history):
        before = files(out)
        if what == "edit":
            (name,) = arguments
            path = str(name) if "." in str(name) else f"crm/actions/{name}.py"
            (out / path).parent.mkdir(parents=True, exist_ok=True)
            if path == "nango.yaml":  # somebody adds a model
                text = before.get(path, "integrations: {}\nmodels: {}\n").replace("models: {}", "models:")
                (out / path).write_text(f"{text}    Mine{number}: # {number}\n        id: string\n")
                continue
            by_hand[path] = f"# {number}\ndef run_action(nango):\n    pass\n"
            (out / path).write_text(by_hand[path])
            continue
        book, wanted, prune = arguments
        assert isinstance(book, str) and isinstance(wanted, dict)
        texts = [text for name, version in sorted(wanted.items()) for text in cells(name, version)]
        path = write_notebook(tmp_path / book, *texts, "%%nango_module shared\nX = 1\n")
        project = read([path])
        try:
            result = export(project, out, notebooks=[book], prune=bool(prune))
        except FolderError:
            assert files(out) == before
            continue
        after = files(out)
        for name, text in by_hand.items():
            assert after.get(name) == text, name
        for name in before:
            assert name in after or name in result.removed
        mine = [line for line in before.get("nango.yaml", "").splitlines() if "Mine" in line]
        assert [line for line in mine if line not in after["nango.yaml"]] == []
        exported = read([out])
        for name, version in wanted.items():
            script = exported.script(str(name))
            assert f"return {version}" in script.source.text
            assert script.config.endpoints == (f"POST /{name}/{version}",)
        export(project, out, notebooks=[book], prune=bool(prune), check=not result.orphaned)
        assert files(out) == after
