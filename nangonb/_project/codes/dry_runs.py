"""Dry runs, tests, and records that are read from Nango."""

from __future__ import annotations

from typing import Final

from nangonb._project.codes.code import Code

_PROVIDER: Final = "depends on the answers of the provider"
_REMOTE: Final = "depends on the answers of Nango's servers"

CODES = (
    Code(
        "script-failed",
        "error",
        "The script raised an exception.",
        "The place is the innermost line of your code. The records saved before the error are kept.",
        """
        %%nango_sync contacts
        def fetch_data(nango):
            nango.batch_save([{"id": "1"}], "Contact")
            raise ValueError("no cursor")

        %nango_dryrun contacts
        """,
        "Fix the line, and run the dry run again.",
    ),
    Code(
        "interrupted",
        "warning",
        "The run was stopped by you or by `--timeout`.",
        "The default timeout is one hour. The records saved before the stop are kept.",
        """
        %%nango_sync contacts
        def fetch_data(nango):
            while True:
                nango.log("again")

        %nango_dryrun contacts --timeout 1
        """,
        "End the loop, or set a longer `--timeout`.",
    ),
    Code(
        "repeated-page",
        "warning",
        "While paginating, the provider sent the same cursor, link or page three times in a row.",
        "In Nango, the script would request it until it is stopped; a dry run stops after 100 times. It is an error if a full page repeats the link of the page before, because pages end there.",
        """
        %%nango_sync contacts
        # GET /contacts answers: {"data": [{"id": "1"}], "next": "a"}
        PAGES = {"type": "cursor", "cursor_path_in_response": "next", "cursor_name_in_request": "after", "response_path": "data"}

        def fetch_data(nango):
            for page in nango.paginate("/contacts", paginate=PAGES):
                nango.batch_save(page, "Contact")

        %nango_dryrun contacts
        """,
        "Check `cursor_path_in_response`, and the parameter that the provider reads for the next page "
        "(`cursor_name_in_request`, `offset_name_in_request`).",
        also=("error",),
    ),
    Code(
        "page-not-json",
        "error",
        "`nango.paginate` received a page that is not a JSON object or array.",
        "The page is cut off, HTML, or empty. Nango treats it as the end and reports success, so that records may "
        "be missing. The message names the request; `.request(N)` shows the answer. Text that a `link` pagination "
        "without `response_path` reads on purpose, such as CSV, is valid.",
        """
        %%nango_sync contacts
        # GET /contacts answers: <html>Maintenance</html>
        PAGES = {"type": "cursor", "cursor_path_in_response": "next", "cursor_name_in_request": "after", "response_path": "data"}

        def fetch_data(nango):
            for page in nango.paginate("/contacts", paginate=PAGES):
                nango.batch_save(page, "Contact")

        %nango_dryrun contacts
        """,
        "Request the JSON endpoint, or read the pages with `nango.get`.",
    ),
    Code(
        "page-without-list",
        "warning",
        "A page has no list at `response_path`, so that `nango.paginate` stops.",
        "On the first page it is a warning: `response_path` may be wrong. On a later page it is an error, because "
        "records may be missing: some providers report an error with status 200.",
        """
        %%nango_sync contacts
        # GET /contacts answers: {"contacts": [{"id": "1"}]}
        PAGES = {"type": "cursor", "cursor_path_in_response": "next", "cursor_name_in_request": "after", "response_path": "data"}

        def fetch_data(nango):
            for page in nango.paginate("/contacts", paginate=PAGES):
                nango.batch_save(page, "Contact")

        %nango_dryrun contacts
        """,
        "Set `response_path` to the list; the message names the lists of the answer.",
        also=("error",),
    ),
    Code(
        "empty-page",
        "warning",
        "A page is empty and has a cursor.",
        "`nango.paginate` stops at an empty page, in Nango, too.",
        """
        %%nango_sync contacts
        # GET /contacts answers: {"data": [], "next": "b"}
        PAGES = {"type": "cursor", "cursor_path_in_response": "next", "cursor_name_in_request": "after", "response_path": "data"}

        def fetch_data(nango):
            for page in nango.paginate("/contacts", paginate=PAGES):
                nango.batch_save(page, "Contact")

        %nango_dryrun contacts
        """,
        "If the provider sends empty pages in between, follow the cursors with `nango.get`.",
    ),
    Code(
        "link-header-missing",
        "error",
        "A page of a `link` pagination is full, and its answer has no `Link` header, so that pages end.",
        "Nango's proxy, which a dry run uses, drops this header from answers that are not chunked; a deployed "
        "script calls the provider itself and gets it. A page is full if it has as many records as the request "
        "asks for, or, without a size in the request, a multiple of 10 or 25.",
        """
        %%nango_sync contacts
        # GET /contacts answers: [{"id": "1"}, {"id": "2"}]
        PAGES = {"type": "link", "link_rel_in_response_header": "next", "limit_name_in_request": "size", "limit": 2}

        def fetch_data(nango):
            for page in nango.paginate("/contacts", paginate=PAGES):
                nango.batch_save(page, "Contact")

        %nango_dryrun contacts
        """,
        "For all pages in a dry run, use `link_path_in_response_body`, a cursor or an offset.",
    ),
    Code(
        "link-header",
        "error",
        "Nango's runner reads a `Link` header differently from the dry run.",
        "The dry run follows RFC 8288. The runner ignores a header of more than 2,000 characters, one with blanks "
        "around `=`, and one with `rel` in capitals. Deployed, the pages end or continue elsewhere.",
        """
        for page in nango.paginate("/contacts", paginate={"type": "link", "link_rel_in_response_header": "next"}):
            nango.batch_save(page, "Contact")
        """,
        "Use `link_path_in_response_body`, a cursor or an offset; or follow the header with `nango.get`.",
        untested=_PROVIDER,
    ),
    Code(
        "cap-reached",
        "warning",
        "The run stopped at `--max-requests`, `--max-records` or the memory limit.",
        "The setting `max_memory_mb` is by default three quarters of the free memory. There may be more records. "
        "A response body may use a fifth of the free memory, and 512 MB at most.",
        """
        %%nango_sync contacts
        def fetch_data(nango):
            nango.batch_save([{"id": "1"}, {"id": "2"}], "Contact")
            nango.batch_save([{"id": "3"}], "Contact")

        %nango_dryrun contacts --max-records 1
        """,
        "Raise the limit, if you need all records.",
    ),
    Code(
        "responses-saved",
        "note",
        "`--save-responses` wrote what the run received.",
        "",
        """
        %%nango_sync contacts
        # GET /contacts answers: [{"id": "1"}]
        def fetch_data(nango):
            nango.batch_save(nango.get("/contacts").data, "Contact")

        %nango_dryrun contacts --save-responses
        """,
        "Nothing to fix. See [testing.md](testing.md).",
    ),
    Code(
        "responses-not-saved",
        "warning",
        "`--save-responses` did not write what the run received.",
        "A limit ended the run, so that a replay would miss what came after; or the file cannot be written; or "
        "writing was interrupted. The result itself is complete.",
        """
        %%nango_sync contacts
        # GET /contacts answers: [{"id": "1"}]
        def fetch_data(nango):
            for _ in range(2):
                nango.batch_save(nango.get("/contacts").data, "Contact")

        %nango_dryrun contacts --max-requests 1 --save-responses
        """,
        "Remove the cause, or call `.save_responses(PATH)` of the result. See [testing.md](testing.md).",
        also=("error",),
    ),
    Code(
        "no-earlier-run",
        "warning",
        "`--since-last` or `--against previous` has no earlier dry run to refer to.",
        "It must be of the same script, connection, Nango and variant, in this kernel. Everything was fetched.",
        """
        %%nango_sync contacts
        def fetch_data(nango):
            nango.batch_save([{"id": "1"}], "Contact")

        %nango_dryrun contacts --since-last
        """,
        "Run the dry run again: it now has an earlier one.",
    ),
    Code(
        "clock-set-back",
        "warning",
        "The earlier run of `--since-last` began later than the clock of this computer shows now.",
        "What changed until then is not fetched.",
        """
        %nango_dryrun contacts --since-last
        """,
        "Set the date to fetch from with `-l`.",
        untested="only when the clock was set back",
    ),
    Code(
        "invalid-record",
        "warning",
        "Records violate their model.",
        "The table `validation` below the result, and the DataFrame `.validation`, have a row for each rule and "
        "field. If all records of a model are invalid, it is an error, and the count line begins with `▲`. With "
        "`--validation`, the first invalid record ends the run, as in `nango dryrun --validation`.",
        """
        %%nango_sync contacts
        def fetch_data(nango):
            nango.batch_save([{"id": "1"}, {"id": "2", "name": 3}], "Contact")

        %nango_dryrun contacts
        """,
        "Convert the value (`str(name)`), or change the field of the model.",
        also=("error",),
    ),
    Code(
        "invalid-input",
        "warning",
        "The input of an action violates its model.",
        "",
        """
        %%nango_action find-company --integration-id crm
        #| input: Contact
        def run_action(nango, input):
            return {}

        %nango_dryrun find-company --input '{"id": 1}'
        """,
        "Pass an input of the declared types, or change the model.",
    ),
    Code(
        "invalid-output",
        "warning",
        "The output of an action violates its model.",
        "",
        """
        %%nango_action find-company --integration-id crm
        #| output: Contact
        def run_action(nango, input):
            return {"name": "Acme"}

        %nango_dryrun find-company
        """,
        'Return all required fields: `{"id": "1", "name": "Acme"}`.',
    ),
    Code(
        "rate-limit",
        "note",
        "The run waited for the rate limit of Nango's API.",
        "The default is 200 requests a minute for an account. Nango rejects such a request before it does "
        "anything, so that repeating is safe. A deployed script calls the provider itself.",
        """
        %nango_dryrun contacts
        """,
        "Nothing to fix. Use `--max-requests` for a shorter run.",
        untested="depends on the rate limit of Nango",
    ),
    Code(
        "duplicate-id",
        "warning",
        "Several records of one call have the same id.",
        "Nango's server keeps the first one within 1,000 records, `nango dryrun` the last one. Here, the first "
        "one counts.",
        """
        %%nango_sync contacts
        def fetch_data(nango):
            nango.batch_save([{"id": "1", "name": "a"}, {"id": "1", "name": "b"}], "Contact")

        %nango_dryrun contacts
        """,
        "Remove the duplicates before the call.",
    ),
    Code(
        "key-order",
        "error",
        "The script iterates over a dict whose keys look like whole numbers.",
        "JavaScript moves such keys to the front, so that in Nango the script stops with a `LimitError`. Lookups, "
        "`len(…)`, saving and returning are fine. Keys from 4294967295 on keep their order.",
        """
        %%nango_sync contacts
        def fetch_data(nango):
            by_id = {"2": "b", "1": "a"}
            for key in by_id:
                nango.log(key)

        %nango_dryrun contacts
        """,
        'Iterate over `sorted(by_id)`, begin the keys with a letter (`f"id-{id}"`), or keep a list as well.',
    ),
    Code(
        "unsafe-integer",
        "warning",
        "An integer is larger than 2^53, and Nango rounds it.",
        "This affects saved records, the output of an action, and answers of the provider: `str(value)` in the "
        "script comes too late. It is reported once in a run. In records read from Nango, the last digits may be "
        "wrong.",
        """
        %%nango_sync contacts
        def fetch_data(nango):
            nango.batch_save([{"id": "1", "size": 9007199254740993}], "Contact")

        %nango_dryrun contacts
        """,
        "Use a text field of the provider, such as `id_str`.",
    ),
    Code(
        "list-records-stops",
        "warning",
        "A deployed script gets fewer records from `nango.list_records` than this run.",
        "Nango 0.71.4 stops after 100 records.",
        """
        %%nango_sync contacts
        def fetch_data(nango):
            for contact in nango.list_records("Contact"):
                nango.log(contact["id"])

        %nango_dryrun contacts
        """,
        "Read records by id (`nango.get_records_by_ids`), or keep the data in the checkpoint.",
        untested="needs more than 100 records in Nango",
    ),
    Code(
        "sync-running",
        "warning",
        "A sync of the model was running while `%nango_records` read its records.",
        "Records may be missing or duplicated. As a note: Nango did not report whether a sync was running.",
        """
        %nango_records Contact
        """,
        "Read the records again when the sync has finished.",
        also=("note",),
        untested="needs a running sync",
    ),
    Code(
        "remote-run",
        "note",
        "The script ran on Nango's servers (`--remote`), which report less than a local run.",
        "Nobody can stop a run that has started there. See [deploy.md](deploy.md#the-functions-api).",
        """
        %nango_dryrun contacts --remote
        """,
        "Nothing to fix. Run it without `--remote` for requests and log levels.",
        untested=_REMOTE,
    ),
    Code(
        "remote-compile",
        "error",
        "Nango's servers could not compile the script, and reported no line.",
        "Errors with a line have the code of the TypeScript compiler (`ts-2322`).",
        """
        %nango_dryrun contacts --remote
        """,
        "Run `%nango_check`, and follow the message.",
        untested=_REMOTE,
    ),
    Code(
        "remote-output",
        "warning",
        "The printed output of a `--remote` run is incomplete or has an unknown form.",
        "All of it is in `.logs`.",
        """
        %nango_dryrun contacts --remote
        """,
        "Run it without `--remote` to get all records.",
        untested=_REMOTE,
    ),
    Code(
        "lost-digits",
        "note",
        "A DataFrame column has the dtype `object`, because a typed column would lose digits.",
        "",
        """
        %%nango_sync sizes --integration-id crm
        #| output: Size
        def fetch_data(nango):
            nango.batch_save([{"id": "1", "size": 9007199254740993}, {"id": "2", "size": 0.5}], "Size")

        %nango_dryrun sizes
        """,
        "Declare the field as text, if it is an id.",
        untested="is a note of the DataFrame, not of the run",
    ),
    Code(
        "wrong-type",
        "note",
        "A DataFrame column has the dtype `object`, because some values do not have the type of the model.",
        "",
        """
        %%nango_sync contacts
        def fetch_data(nango):
            nango.batch_save([{"id": "1", "name": 3}], "Contact")

        %nango_dryrun contacts
        """,
        "Convert the values, or change the field of the model.",
        untested="is a note of the DataFrame, not of the run",
    ),
)
