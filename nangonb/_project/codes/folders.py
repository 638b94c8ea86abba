"""Notebooks, folders and exports."""

from __future__ import annotations

from typing import Final

from nangonb._project.codes.code import Code

_KERNEL: Final = "compares a kernel with its saved notebook"

CODES = (
    Code(
        "cell-not-run",
        "warning",
        "The saved notebook has a script whose cell was not run in this kernel.",
        "",
        """
        %nango_check
        """,
        "Run the cell.",
        untested=_KERNEL,
    ),
    Code(
        "not-in-notebook",
        "warning",
        "The kernel has a script that the saved notebook does not contain.",
        "Its cell was deleted or is not saved yet.",
        """
        %nango_check
        """,
        "Save the notebook, or withdraw the script with `%nango_forget NAME`.",
        untested=_KERNEL,
    ),
    Code(
        "differs-from-notebook",
        "warning",
        "The script of the kernel differs from the saved one.",
        "The script of the kernel is used. If several saved cells declare a script, the last one counts, once it "
        "was run.",
        """
        %nango_check
        """,
        "Run the cell again, or save the notebook.",
        untested=_KERNEL,
    ),
    Code(
        "needs-execution",
        "warning",
        "What a cell declares depends on a variable or on code, and is known only in a running kernel.",
        "",
        """
        %%nango_sync $name
        def fetch_data(nango):
            nango.log("start")

        $ nangonb check notebook.ipynb
        """,
        "Write the name itself: `%%nango_sync contacts`.",
        also=("error",),
    ),
    Code(
        "magic-not-first",
        "warning",
        "Code above the `%%` line hides the magic from IPython.",
        "",
        """
        limit = 3
        %%nango_sync contacts
        def fetch_data(nango):
            nango.log("start")

        $ nangonb check notebook.ipynb
        """,
        "Move the code to a cell of its own.",
    ),
    Code(
        "unknown-magic",
        "error",
        "The `%%nango_…` magic does not exist.",
        "",
        """
        %%nango_snc contacts
        def fetch_data(nango):
            nango.log("start")

        $ nangonb check notebook.ipynb
        """,
        "Use the name from the hint: `%%nango_sync`.",
    ),
    Code(
        "forget",
        "warning",
        "`%nango_forget` names something that no cell declares.",
        "",
        """
        %nango_forget contcts

        $ nangonb check notebook.ipynb
        """,
        "Correct the name, or remove the line.",
    ),
    Code(
        "folder-contradiction",
        "error",
        "The folder of a file and its `#|` line name different integrations.",
        "",
        """
        ==> nango.yaml <==
        integrations: {}
        models: {}

        ==> crm/actions/find.py <==
        #| integration: hubspot
        def run_action(nango, input):
            return {}
        """,
        "Remove the line, or move the file.",
    ),
    Code(
        "path-taken",
        "error",
        "Two files of an export have the same path, or a path is both a file and a folder.",
        "Example: a module `models`, and the `models.ts` that is generated from nango.yaml.",
        """
        %%nango_module models
        def first():
            return 1

        %nango_export
        """,
        "Rename the module.",
    ),
    Code(
        "file-name",
        "error",
        "A file cannot be written because of its name.",
        "A part of its path, or the whole path, is longer than the file system allows, or contains half of a "
        "surrogate pair. Nothing was written.",
        """
        %%nango_module a_very_long_name_…  # more than 255 characters
        def first():
            return 1

        %nango_export
        """,
        "Rename the script, the integration or the module.",
        untested="the limit depends on the file system",
    ),
    Code(
        "half-character",
        "error",
        "The text of a file contains half of a surrogate pair, which UTF-8 cannot encode.",
        "",
        r"""
        nango.log("\ud83d")  # the character itself, not the escape
        """,
        r'Write it as an escape: `"\ud83d"`.',
        untested="this page cannot contain the character",
    ),
    Code(
        "zero-yaml-model-name",
        "error",
        "The zero-yaml CLI does not accept the name of a model of a sync.",
        "It must begin with a capital letter, and have two or more letters, digits and underscores.",
        """
        %%nango_yaml
        integrations:
          crm:
            syncs:
              people:
                runs: every day
                output: person
                endpoint: GET /people
        models:
          person:
            id: string

        %%nango_sync people
        def fetch_data(nango):
            nango.batch_save([{"id": "1"}], "person")

        %nango_export --layout zero-yaml
        """,
        "Rename the model: `Person`.",
    ),
    Code(
        "integration-name",
        "error",
        "The name of an integration cannot be the name of a folder.",
        "Or it is `~`, `null` or empty, which yaml reads as null.",
        """
        %%nango_action find-all --integration-id ..
        def run_action(nango, input):
            return {}

        %nango_export
        """,
        "Rename the integration, or quote it in nango.yaml.",
    ),
    Code(
        "not-in-nango-yaml",
        "warning",
        "A TypeScript file is in a folder of scripts, and nango.yaml does not declare it.",
        "Nango's CLI ignores it, and so does nangonb.",
        """
        ==> nango.yaml <==
        integrations:
          crm:
            actions:
              find:
                endpoint: POST /find
        models: {}

        ==> crm/actions/find.ts <==
        export default async function runAction(nango: NangoAction) {}

        ==> crm/actions/search.ts <==
        export default async function runAction(nango: NangoAction) {}
        """,
        "Declare it in nango.yaml.",
    ),
    Code(
        "not-in-index",
        "warning",
        "index.ts does not import the script, so that Nango's CLI does not deploy it.",
        "This applies to folders without nango.yaml.",
        """
        ==> index.ts <==
        import './crm/actions/find.js';

        ==> crm/actions/find.ts <==
        import { createAction } from 'nango';
        import * as z from 'zod';
        export default createAction({
            description: 'Find', input: z.object({}), output: z.object({}), exec: async () => ({}),
        });

        ==> crm/actions/search.ts <==
        import { createAction } from 'nango';
        import * as z from 'zod';
        export default createAction({
            description: 'Search', input: z.object({}), output: z.object({}), exec: async () => ({}),
        });
        """,
        "Add `import './crm/actions/search.js';` to index.ts.",
    ),
    Code(
        "no-index",
        "warning",
        "A folder has neither nango.yaml nor index.ts.",
        "Nango's CLI deploys the scripts that index.ts imports.",
        """
        ==> crm/actions/find.ts <==
        import { createAction } from 'nango';
        import * as z from 'zod';
        export default createAction({
            description: 'Find', input: z.object({}), output: z.object({}), exec: async () => ({}),
        });
        """,
        "Write index.ts: `import './crm/actions/find.js';`.",
    ),
    Code(
        "index-import",
        "error",
        "index.ts imports a file that does not exist.",
        "",
        """
        ==> index.ts <==
        import './crm/actions/find.js';
        import './crm/actions/search.js';

        ==> crm/actions/find.ts <==
        import { createAction } from 'nango';
        import * as z from 'zod';
        export default createAction({
            description: 'Find', input: z.object({}), output: z.object({}), exec: async () => ({}),
        });
        """,
        "Remove the line, or add the file.",
    ),
    Code(
        "zero-style",
        "error",
        "A script with `createSync`, `createAction` or `createOnEvent` is not valid in the nango-yaml layout.",
        "",
        """
        ==> nango.yaml <==
        integrations:
          crm:
            actions:
              find:
                endpoint: POST /find
        models: {}

        ==> crm/actions/find.ts <==
        import { createAction } from 'nango';
        import * as z from 'zod';
        export default createAction({
            description: 'Find', input: z.object({}), output: z.object({}), exec: async () => ({}),
        });
        """,
        "Use `--layout zero-yaml`, or write a function and declare it in nango.yaml.",
        also=("warning",),
    ),
)
