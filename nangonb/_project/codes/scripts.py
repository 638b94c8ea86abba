"""Scripts in Python, and the rules that hold for both languages."""

from __future__ import annotations

from nangonb._project.codes.code import Code

CODES = (
    Code(
        "python-syntax",
        "error",
        "The cell is not valid Python.",
        "Code that Python rejects only when it compiles the cell (`return` outside a function) is a warning "
        "until the cell runs. If the cell looks like TypeScript, the hint names the magic for it.",
        """
        %%nango_sync contacts
        def fetch_data(nango)
            nango.log("start")
        """,
        "Correct the syntax at the marked line.",
        also=("warning",),
        covers=frozenset({"ts-statement", "ts-expression", "ts-yield"}),
    ),
    Code(
        "no-entry-function",
        "error",
        "The script does not define the function that Nango calls.",
        "It is `fetch_data` in a sync, `run_action` in an action, `on_event` in an on-event script. A TypeScript "
        "script needs a default export.",
        """
        %%nango_sync contacts
        def fetch(nango):
            nango.log("start")
        """,
        "Rename the function: `def fetch_data(nango):`.",
    ),
    Code(
        "async-script",
        "error",
        "The entry function is `async`.",
        "The requests of a script run one after the other.",
        """
        %%nango_sync contacts
        async def fetch_data(nango):
            nango.log("start")
        """,
        "Write a plain `def`, without `await`.",
    ),
    Code(
        "entry-signature",
        "error",
        "The entry function has parameters that Nango does not pass.",
        "Nango calls it with `(nango)`, and an action with `(nango)` or `(nango, input)`.",
        """
        %%nango_sync contacts
        def fetch_data(nango, limit):
            nango.log("start")
        """,
        "Remove the parameter, or give it a default value.",
    ),
    Code(
        "sync-returns-value",
        "error",
        "`fetch_data` returns a value.",
        "A sync saves its records with `nango.batch_save`. Nango's CLI rejects a sync that returns a value. A "
        "dry run that returns one fails.",
        """
        %%nango_sync contacts
        def fetch_data(nango):
            return [{"id": "1"}]
        """,
        'Save the records: `nango.batch_save(records, "Contact")`. A plain `return` is valid.',
        also=("warning",),
        covers=frozenset({"ts-statement"}),
    ),
    Code(
        "undeclared-output",
        "warning",
        "The sync declares no output model, so that its records are not validated.",
        "",
        """
        %%nango_sync invoices --integration-id crm
        def fetch_data(nango):
            nango.batch_save([{"id": "1"}], "Invoice")

        %nango_dryrun invoices
        """,
        "Add `#| output: Invoice`, and declare the model `Invoice` in a `%%nango_yaml` cell.",
    ),
    Code(
        "sync-only",
        "error",
        "An action or on-event script uses a part of the SDK that only syncs have.",
        "Examples: `nango.batch_save`, `nango.list_records`, `nango.last_sync_date`.",
        """
        %%nango_action find
        def run_action(nango, input):
            nango.batch_save([{"id": "1"}], "Contact")
        """,
        "Return the value from the action, or make the script a sync.",
        also=("warning",),
        covers=frozenset({"ts-sdk"}),
    ),
    Code(
        "unknown-model",
        "error",
        "The model of a call is not an output model of the script.",
        "Pass the name of the model as text, not the type.",
        """
        %%nango_sync contacts
        def fetch_data(nango):
            nango.batch_save([{"id": "1"}], "Contcat")
        """,
        'Use a declared name: `"Contact"`. Or add the model to the `output` of the sync.',
        also=("warning",),
        covers=frozenset({"ts-type", "ts-model"}),
    ),
    Code(
        "retry-on-without-retries",
        "error",
        "`retry_on` has no effect without `retries`.",
        "`retry_on` lists the statuses after which Nango repeats a request, `retries` the number of attempts.",
        """
        %%nango_sync contacts
        def fetch_data(nango):
            nango.get("/contacts", retry_on=[404])
        """,
        "Set both: `retries=3, retry_on=[404]`.",
        also=("warning",),
    ),
    Code(
        "merging-order",
        "error",
        "`nango.set_merging_strategy` comes after a request or a batch.",
        "Nango's CLI compares line numbers: a helper function that sends a request must be below the call.",
        """
        %%nango_sync contacts
        def fetch_data(nango):
            nango.batch_save([{"id": "1"}], "Contact")
            nango.set_merging_strategy("override", "Contact")
        """,
        "Move the call to the top of `fetch_data`.",
        also=("warning",),
    ),
    Code(
        "delete-order",
        "error",
        "`nango.delete_records_from_previous_executions` is not the last batch call, or is called twice.",
        "Nango's CLI compares line numbers.",
        """
        %%nango_sync contacts
        def fetch_data(nango):
            nango.delete_records_from_previous_executions("Contact")
            nango.batch_save([{"id": "1"}], "Contact")
        """,
        "Call it once, below all batches.",
        also=("warning",),
    ),
    Code(
        "track-deletes-order",
        "error",
        "`nango.track_deletes_start` and `nango.track_deletes_end` do not enclose all batches of a model.",
        "Call each once per model, both in `fetch_data` itself: the zero-yaml CLI looks only there.",
        """
        %%nango_sync contacts
        def fetch_data(nango):
            nango.batch_save([{"id": "1"}], "Contact")
            nango.track_deletes_start("Contact")
            nango.track_deletes_end("Contact")
        """,
        "Call `track_deletes_start` before the first batch and `track_deletes_end` after the last one.",
        also=("warning",),
    ),
    Code(
        "deprecated",
        "warning",
        "The method has a newer name in Nango's SDK.",
        "The old name works. `batch_send` is now `batch_save`, `get_field_mapping` is `get_metadata`, "
        "`set_field_mapping` is `set_metadata`.",
        """
        %%nango_sync contacts
        def fetch_data(nango):
            nango.batch_send([{"id": "1"}], "Contact")
        """,
        "Use the new name.",
    ),
    Code(
        "unknown-attribute",
        "error",
        "The nango object has no attribute of this name.",
        "Python names are those of Nango's SDK in snake case. In a TypeScript cell, similar names are reported "
        "when the cell runs; `%nango_check` reports all others.",
        """
        %%nango_sync contacts
        def fetch_data(nango):
            nango.batchSave([{"id": "1"}], "Contact")
        """,
        "Write `nango.batch_save`.",
        also=("warning",),
        covers=frozenset({"ts-sdk"}),
    ),
    Code(
        "sdk-arguments",
        "error",
        "The arguments do not match the signature of the SDK method.",
        "An option is unknown or missing, or is passed by position. See [sdk.md](sdk.md) for all signatures.",
        """
        %%nango_sync contacts
        def fetch_data(nango):
            nango.get("/contacts", retryOn=[404])
        """,
        "Use the options of the method: `retries=3, retry_on=[404]`.",
        also=("warning",),
        covers=frozenset({"ts-keyword", "ts-sdk", "ts-type", "ts-unknown-call"}),
    ),
    Code(
        "nango-at-top",
        "error",
        "The nango object is used outside of all functions.",
        "Nango creates it for each run and passes it to the entry function.",
        """
        %%nango_sync contacts
        token = nango.get_token()

        def fetch_data(nango):
            nango.log(token)
        """,
        "Move the line into `fetch_data`.",
        also=("warning",),
        covers=frozenset({"ts-statement", "ts-unknown-name", "ts-unknown-call", "ts-unknown-method"}),
    ),
    Code(
        "undefined-name",
        "error",
        "The name is not defined in the script.",
        "A script sees only its own cell and the modules that it imports. If another cell defines the name, the "
        "hint names that cell. In a TypeScript cell, it is a call of an unknown function with a similar name.",
        """
        %%nango_sync contacts
        def fetch_data(nango):
            nango.log(token)
        """,
        "Define the name in the cell, or import it from a `%%nango_module` cell.",
        also=("warning",),
        covers=frozenset({"ts-unknown-name", "ts-unknown-call", "ts-unknown-method", "ts-except"}),
    ),
    Code(
        "unused-import",
        "warning",
        "An import is not used.",
        "",
        """
        %%nango_sync contacts
        import json

        def fetch_data(nango):
            nango.log("start")
        """,
        "Remove it.",
    ),
    Code(
        "unused-variable",
        "warning",
        "A variable is assigned and not used.",
        "Names that begin with `_` are ignored.",
        """
        %%nango_sync contacts
        def fetch_data(nango):
            response = nango.get("/contacts")
        """,
        "Remove the variable, or rename it to `_response`.",
    ),
    Code(
        "redefined",
        "warning",
        "A name is defined twice, and the first definition is not used; or a loop variable hides an import.",
        "",
        """
        %%nango_sync contacts
        def page():
            return 1

        def page():
            return 2

        def fetch_data(nango):
            nango.log(str(page()))
        """,
        "Rename or remove one of the two.",
    ),
    Code(
        "star-import",
        "error",
        "`import *` hides which names are used.",
        "",
        """
        %%nango_sync contacts
        from math import *

        def fetch_data(nango):
            nango.log(str(sqrt(2)))
        """,
        "Import the names: `from math import sqrt`.",
        also=("warning",),
        covers=frozenset({"ts-import"}),
    ),
    Code(
        "python-slip",
        "warning",
        "Python accepts the line, but it probably does not do what you expect.",
        "Examples: an f-string without braces, a dict with a duplicate key, `is` with a literal, a format string "
        "that does not match its values.",
        """
        %%nango_sync contacts
        def fetch_data(nango):
            nango.log(f"done")
        """,
        'Change the line as the hint says: `nango.log("done")`.',
    ),
)
