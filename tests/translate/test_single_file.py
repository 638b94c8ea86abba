"""A script with its modules as one file: what is put together, and what is refused with its reason."""

from __future__ import annotations

import pytest

from nangonb._project import Declarations, Project
from nangonb._project.cells import read_cell
from nangonb._translate import SingleFile, single_file

ACTION = """%%nango_action_ts hello --integration-id acme
import {{ createAction }} from 'nango';
import * as z from 'zod';
{imports}

export default createAction({{
    description: 'x',
    version: '1.0.0',
    endpoint: {{ method: 'POST', path: '/hello' }},
    input: z.void(),
    output: z.any(),
    exec: async (nango) => {{
        {body}
    }}
}});
"""


def project_of(*cells: str) -> Project:
    declarations = Declarations()
    for number, cell in enumerate(cells, 1):
        found = read_cell(cell, label=f"Cell In[{number}]")
        assert found is not None
        declarations.declare(found)
    return declarations.project()


def made(imports: str, body: str, *modules: str) -> SingleFile:
    """The file of an action in TypeScript; modules are ``path`` and text, with a line between."""
    cells = [f"%%nango_module_ts {module}" for module in modules]
    project = project_of(ACTION.format(imports=imports, body=body), *cells)
    return single_file(project, project.scripts[0])


def refused(imports: str, body: str, *modules: str) -> list[tuple[str, str, str]]:
    """Place, first words of the message, and hint."""
    found = made(imports, body, *modules).problems
    assert {each.code for each in found} == {"functions-one-file"}
    return [(str(each.place), each.message.split(";")[0], each.hint) for each in found]


class TestPutTogether:
    def test_modules_come_before_what_imports_them_each_once(self) -> None:
        code = made(
            "import { a } from '../../helpers/a.js';\nimport { b } from '../../helpers/b';",
            "return a() + b();",
            "helpers/a\nimport { c } from './c.js';\nexport const a = () => c;\n",
            "helpers/b\nimport { c } from './c';\n\nexport const b = () => c;\n",
            "helpers/c\nexport const c = 1;\n",
        ).code
        assert code.index("const c = 1;") < code.index("const a = ") < code.index("const b = ")
        assert code.count("const c = 1;") == 1
        assert "helpers/a.js" not in code and code.count("export ") == 1

    def test_imports_of_packages_are_merged(self) -> None:
        code = made(
            "import { a } from '../../helpers/a.js';",
            "return a(z.string());",
            "helpers/a\nimport type { ActionError } from 'nango';\nimport * as z from 'zod';\n"
            "import { createHash, type Hash } from 'crypto';\n"
            "export function a(it: z.ZodString): Hash | ActionError | null {\n"
            "    return createHash(String(it));\n}\n",
        ).code
        assert code.splitlines()[:6] == [
            "import { createAction } from 'nango';",
            "import type { ActionError } from 'nango';",
            "import * as z from 'zod';",
            "import { createHash } from 'crypto';",
            "import type { Hash } from 'crypto';",
            "",
        ]

    def test_what_nothing_uses_is_left_out_with_its_imports(self) -> None:
        """The compiler refuses what is unused; as an export it counted as used."""
        code = made(
            "import { a } from '../../helpers/a.js';",
            "return { name: a, unused: 1 }.name;",
            "helpers/a\nimport { createHash } from 'crypto';\nexport const a = 1;\n"
            "export const unused = createHash('x');\nexport const name = 2;\n",
        ).code
        assert "const a = 1;" in code
        assert "createHash" not in code and "const name" not in code

    def test_names_in_comments_and_texts_are_no_uses_and_no_statements(self) -> None:
        code = made(
            "import { a } from '../../helpers/a.js';",
            "return `${a}`; // hidden",
            "helpers/a\n/*\nimport { x } from './nowhere.js';\n*/\n"
            "export const a = `\nexport const no = 1;\n`;\n"
            "export const hidden = 1;\n",
        ).code
        assert "export const no = 1;" in code  # a part of a text
        assert "const hidden" not in code

    def test_the_same_helper_of_two_python_cells_is_there_once(self) -> None:
        project = project_of(
            "%%nango_yaml\nintegrations:\n  acme:\n    actions:\n      hello:\n"
            "        endpoint: POST /hello\n        output: Row\n"
            "models:\n  Row:\n    a: string\n    b: string\n",
            "%%nango_module helpers/clean\ndef clean(text: str) -> str:\n    return text.strip()\n",
            "%%nango_action hello\nfrom nangonb.modules.helpers.clean import clean\n\n"
            "def run_action(nango, input):\n"
            '    return {"a": clean(" a "), "b": " b ".strip()}\n',
        )
        found = single_file(project, project.scripts[0])
        assert found.ok
        assert found.code.count("function stripText(") == 1
        assert "export function" not in found.code

    def test_lines_lead_back_to_the_cells(self) -> None:
        found = made(
            "import { a } from '../../helpers/a.js';",
            "return a;",
            "helpers/a\n\n// why\nexport const a = 1;\n",
        )
        lines = found.code.splitlines()
        place = found.place(lines.index("const a = 1;") + 1, 7)
        assert str(place) == "Cell In[2], line 4, column 7"
        place = found.place(lines.index("        return a;") + 1, 9)
        assert str(place) == "Cell In[1], line 13, column 9"


class TestRefused:
    def test_an_import_that_renames(self) -> None:
        assert refused("import { a as b } from '../../h.js';", "return b;", "h\nexport const a = 1;\n") == [
            (
                "Cell In[1], line 4, column 1",
                "The renaming import `a as b` is not supported",
                "Use the name from the module.",
            )
        ]

    @pytest.mark.parametrize("clause", ["* as h", "h", "h, { a }"])
    def test_a_module_as_a_whole_or_by_its_default(self, clause: str) -> None:
        found = refused(f"import {clause} from '../../h.js';", "return h;", "h\nexport const a = 1;\n")
        assert found[0][1].startswith("Importing a whole module or a default export is not supported")

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("export default 1;\nexport const a = 1;", "A default export of a module is not supported"),
            ("export * from './i.js';", "The module re-exports another file"),
            ("const b = 1;\nexport { b as a };", "Exporting a name under another name is not supported"),
        ],
    )
    def test_exports_of_other_kinds(self, text: str, said: str) -> None:
        found = refused(
            "import { a } from '../../h.js';", "return a;", f"h\n{text}\n", "i\nexport const a = 1;\n"
        )
        assert any(each[1].startswith(said) for each in found)
        assert all(each[0].startswith("Cell In[2]") for each in found)

    def test_two_things_of_one_name(self) -> None:
        found = refused(
            "import { a } from '../../h.js';\nconst same = 1;",
            "return a + same;",
            "h\nconst same = 2;\nexport const a = same;\n",
        )
        assert found == [
            ("Cell In[1], line 5, column 1", "`same` is declared here and in `h.ts`", "Rename one of them.")
        ]

    def test_a_module_that_is_not_there(self) -> None:
        found = refused("import { a } from '../../h.js';", "return a;")
        assert found[0][1] == "There is no module `../../h.js`"

    def test_other_kinds_of_scripts(self) -> None:
        project = project_of(
            "%%nango_on_event hi --event post-connection-creation --integration-id acme\n"
            "def on_event(nango):\n    nango.log('x')\n",
            "%%nango_action_ts old --integration-id acme\n"
            "export default async function runAction(nango) {\n    return 1;\n}\n",
        )
        codes = {script.name: single_file(project, script).problems[0].code for script in project.scripts}
        assert codes == {"hi": "functions-on-event", "old": "functions-style"}
