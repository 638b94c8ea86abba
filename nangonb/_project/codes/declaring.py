"""What cells declare."""

from __future__ import annotations

from nangonb._project.codes.code import Code

CODES = (
    Code(
        "config-contradiction",
        "error",
        "An option of the magic and a `#|` line of the same cell have different values.",
        "In a TypeScript script that declares itself, a `//|` line repeats what `createSync` declares.",
        """
        %%nango_sync contacts --integration-id hubspot
        #| integration: crm
        def fetch_data(nango):
            nango.log("start")
        """,
        "Remove either the line or the option.",
    ),
    Code(
        "config-key",
        "error",
        "A `#|` line has a key that nango.yaml does not define for this kind of script.",
        "The message lists the valid keys. Quarto options also begin with `#|`: keep them in other cells.",
        """
        %%nango_sync contacts
        #| frequency: every day
        def fetch_data(nango):
            nango.log("start")
        """,
        "Use a valid key: `#| runs: every day`.",
    ),
    Code(
        "config-line",
        "error",
        "A `#|` line is not one nango.yaml key and its value.",
        "In TypeScript, the line begins with `//|`.",
        """
        %%nango_sync contacts
        #| every day
        def fetch_data(nango):
            nango.log("start")
        """,
        "Write `#| runs: every day`.",
    ),
    Code(
        "invalid-reads",
        "error",
        "A `#| reads:` line is not a list of endpoints.",
        "It names the endpoints that the script calls with POST and only reads from. "
        "See [sdk.md](sdk.md#posts-that-only-read).",
        """
        %%nango_sync contacts
        #| reads: 3
        def fetch_data(nango):
            nango.post("/search")
        """,
        "Write `#| reads: POST /search`, or a list: `#| reads: [/search, /v1/reports/*/run]`.",
    ),
    Code(
        "contradiction",
        "error",
        "Two cells give one key of nango.yaml different values.",
        "Both places are named. A dry run uses the value of the yaml cell; an export stops.",
        """
        %%nango_yaml
        integrations:
          crm:
            syncs:
              contacts:
                runs: every day
                output: Contact
                endpoint: GET /contacts
        models:
          Contact:
            id: string

        %%nango_sync contacts
        #| runs: every hour
        def fetch_data(nango):
            nango.log("start")
        """,
        "Remove one of the two values.",
    ),
    Code(
        "declared-twice",
        "error",
        "Two cells or files declare the same script or module.",
        "In a kernel, the newer cell replaces the older one, and this is a note. In a saved notebook, the last "
        "cell counts. Between notebooks and files, it is an error.",
        """
        ==> nango.yaml <==
        integrations:
          crm:
            actions:
              find:
                endpoint: POST /find
        models: {}

        ==> crm/actions/find.py <==
        def run_action(nango, input):
            return {}

        ==> crm/actions/find.ts <==
        export default async function runAction(nango: NangoAction, input: any) {
            return {};
        }
        """,
        "Delete or rename one of the two.",
        also=("note",),
    ),
    Code(
        "yaml-entries-replaced",
        "note",
        "An unnamed yaml cell replaces entries of another unnamed yaml cell.",
        "This happens in front ends that do not send cell ids. The newer cell counts.",
        """
        %%nango_yaml
        models:
          Contact:
            id: string

        %%nango_yaml
        models:
          Contact:
            id: string
            name: string
        """,
        "Name the cells: `%%nango_yaml contacts`.",
    ),
    Code(
        "failed-cell",
        "error",
        "A cell was rejected when it was last run, so that nothing can use what it declares.",
        "An older cell of the same name is withdrawn. Verbs report the rejected cell in its place. A rejected "
        "module affects the scripts that import it; a rejected yaml cell affects all scripts. "
        "`%nango_forget NAME` withdraws a rejected cell that you deleted; use the label of an unnamed cell: "
        '`%nango_forget "Cell In[3]"`.',
        """
        ==> nango.yaml <==
        integrations:
          crm:
            actions:
              find:
                endpoint: POST /find
        models: {}

        ==> crm/actions/find.py <==
        def run_action(nango, input)
            return {}
        """,
        "Fix the cell and run it, or run the older cell again.",
    ),
    Code(
        "no-integration",
        "error",
        "No integration is set for a script.",
        "No yaml cell declares a script of this name, and its cell has neither a `#| integration:` line nor "
        "`--integration-id`.",
        """
        %%nango_sync invoices
        def fetch_data(nango):
            nango.log("start")
        """,
        "Declare the script in nango.yaml, or add `#| integration: crm`.",
    ),
    Code(
        "unknown-integration",
        "error",
        "The cell names an integration that nango.yaml does not declare.",
        "nango.yaml declares a script of this name in an integration with a similar name.",
        """
        %%nango_sync contacts --integration-id crn
        def fetch_data(nango):
            nango.log("start")
        """,
        "Correct the `#| integration:` line or `--integration-id`.",
    ),
    Code(
        "no-script",
        "warning",
        "nango.yaml declares a script that no cell or file defines.",
        "Nango's compiler rejects such a project.",
        """
        %%nango_yaml
        integrations:
          crm:
            actions:
              find-company:
                endpoint: POST /company
        models: {}
        """,
        "Write the cell: `%%nango_action find-company`.",
    ),
    Code(
        "no-event",
        "error",
        "No event is set for an on-event script.",
        "",
        """
        %%nango_on_event welcome --integration-id crm
        def on_event(nango):
            nango.log("connected")
        """,
        "Add `#| event: post-connection-creation`.",
    ),
    Code(
        "case-collision",
        "error",
        "The names of two files differ only in case.",
        "On macOS, they are one file.",
        """
        %%nango_module helpers
        def first():
            return 1

        %%nango_module Helpers
        def second():
            return 2
        """,
        "Rename one of the two.",
    ),
    Code(
        "module-path",
        "error",
        "The path of a module is that of a script.",
        "",
        """
        %%nango_module crm/syncs/helpers
        def first():
            return 1
        """,
        "Move the module: `%%nango_module crm/helpers`.",
    ),
    Code(
        "module-name",
        "note",
        "The name of a file in a folder is not a valid module name, so that scripts cannot import it.",
        "",
        """
        ==> nango.yaml <==
        integrations: {}
        models: {}

        ==> my helpers.py <==
        def first():
            return 1
        """,
        "Rename the file: use letters, digits, `_` and `-`.",
    ),
)
