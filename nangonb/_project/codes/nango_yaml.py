"""nango.yaml."""

from __future__ import annotations

from nangonb._project.codes.code import Code


def _sync(*changes: str) -> str:
    """nango.yaml with one sync. A change is a line of it, in place of the one that has its key."""
    keys = {"runs": "runs: every day", "output": "output: Contact", "endpoint": "endpoint: GET /contacts"}
    keys |= {change.partition(":")[0]: change for change in changes}
    lines = "".join(f"        {line}\n" for line in keys.values())
    return f"integrations:\n  crm:\n    syncs:\n      contacts:\n{lines}models:\n  Contact:\n    id: string\n"


SYNTAX = (
    Code(
        "yaml-syntax",
        "error",
        "The text is not valid YAML.",
        "Common causes: a line has a different indentation than its neighbors, a quote or bracket "
        "is not closed, or text follows a quoted value. Quote a value that contains `: ` or ` #`.",
        """
        integrations:
          crm:
            syncs
              contacts:
                runs: every day
        """,
        "Correct the marked line: `syncs:`.",
    ),
    Code(
        "yaml-tab",
        "error",
        "A tab is used where YAML requires spaces.",
        "A tab after a value is valid.",
        """
        integrations:
        \tcrm: {}
        """,
        "Indent with spaces.",
    ),
    Code(
        "yaml-character",
        "error",
        "The text contains a control character or half of a surrogate pair.",
        "",
        """
        models:
          Contact:
            id: "\\x07"  # the character itself, not the escape
        """,
        'Delete it, or write it as an escape in double quotes: `"\\u0007"`.',
        untested="this page cannot contain the character",
    ),
    Code(
        "yaml-duplicate-key",
        "error",
        "A mapping has the same key twice.",
        'The other place is named. Keys are compared as text: `1` and `"1"` are the same.',
        """
        models:
          Contact:
            id: string
            id: number
        """,
        "Remove one of the two lines.",
    ),
    Code(
        "yaml-several-documents",
        "error",
        "A line `---` starts a second YAML document.",
        "A nango.yaml, and a yaml cell, is one document. Several cells are merged.",
        """
        integrations: {}
        ---
        models: {}
        """,
        "Remove the line.",
    ),
    Code(
        "yaml-unknown-alias",
        "error",
        "An alias `*name` has no anchor `&name` above it.",
        "",
        """
        integrations:
          crm:
            syncs:
              contacts:
                runs: every day
                webhook-subscriptions: *all
        """,
        'Quote text that begins with `*`: `"*"`.',
    ),
    Code(
        "yaml-recursive-alias",
        "error",
        "An alias is inside the value that it repeats.",
        "",
        """
        models:
          Person: &person
            id: string
            manager: *person
        """,
        "Use the name of the model: `manager: Person`.",
    ),
    Code(
        "yaml-too-large",
        "error",
        "The aliases of the file expand to more than half a million values.",
        "",
        """
        models:
          A: &a [*b, *b, *b, *b, *b, *b, *b, *b]  # and so on
        """,
        "Write the repeated parts out.",
        untested="the example is shortened",
    ),
    Code(
        "yaml-too-deep",
        "error",
        "The file is nested more than 99 levels deep, the limit of Nango's reader.",
        "",
        """
        models:
          A: [[[[[[[[]]]]]]]]  # 100 levels
        """,
        "Use `object` or `any` for the inner values.",
        untested="the example is shortened",
    ),
    Code(
        "yaml-tag",
        "error",
        "A tag does not match its value, or is a tag of another application.",
        "Examples: `!!int` before a text; `!Ref`.",
        """
        models:
          Contact:
            id: !Ref string
        """,
        "Remove the tag.",
    ),
    Code(
        "yaml-merge",
        "error",
        "A merge key `<<` refers to something that is not a mapping.",
        "",
        """
        models:
          Contact:
            <<: string
            id: string
        """,
        "Refer to a mapping, or use `__extends`.",
    ),
    Code(
        "yaml-key",
        "error",
        "A list of lists is used as a key.",
        "",
        """
        models:
          Contact:
            ? [[id, name]]
            : string
        """,
        "Use one text as the key.",
    ),
)

STRUCTURE = (
    Code(
        "empty-file",
        "error",
        "The file is empty, apart from comments.",
        "",
        """
        # models follow
        """,
        "Write `integrations:` and `models:`.",
    ),
    Code(
        "not-a-mapping",
        "error",
        "The file, or its first integration, is a plain value instead of a mapping.",
        "",
        """
        integrations
        """,
        "Write `integrations:`, and indent `key: value` lines under it.",
    ),
    Code(
        "empty-mapping",
        "error",
        "`models:` is missing or empty, or a model has no fields.",
        'Nango\'s parser fails with "Cannot convert undefined or null to object".',
        """
        integrations: {}
        models:
          Contact:
        """,
        "Write `models: {}`, or `Contact: {}` for a model without fields.",
    ),
    Code(
        "missing-key",
        "error",
        "A required key is missing.",
        "Required are `integrations` at the top; `endpoint`, `output` and `runs` of a sync; "
        "`endpoint` of an action; `path` of an endpoint. Only the layout nango-yaml requires `endpoint`.",
        """
        integrations:
          crm:
            syncs:
              contacts:
                output: Contact
                endpoint: GET /contacts
        models:
          Contact:
            id: string
        """,
        "Add the key: `runs: every day`.",
    ),
    Code(
        "unknown-key",
        "error",
        "Nango does not define the key at this place.",
        "It is misspelled, or a key of version 1. `provider` is not a key: choose the provider in "
        "Nango's dashboard.",
        """
        integrations:
          crm:
            syncs:
              contacts:
                run: every day
                output: Contact
                endpoint: GET /contacts
        models:
          Contact:
            id: string
        """,
        "Use the key from the hint: `runs`.",
    ),
    Code(
        "invalid-value",
        "error",
        "The value has the wrong type.",
        "Examples: a number instead of a text, `yes` instead of `true`, a text instead of a mapping.",
        _sync("sync_type: Incremental"),
        "Use a valid value: `incremental`.",
    ),
    Code(
        "invalid-endpoint",
        "error",
        "The endpoint is not valid.",
        "It is a path that begins with `/`, a method and a path (`GET /contacts`), or a mapping "
        "of `method`, `path` and `group`. A sync always uses `GET`, and its path has no `{…}`. An "
        "action uses GET, POST, PUT, PATCH or DELETE.",
        _sync("endpoint: POST /contacts"),
        "Write `endpoint: GET /contacts`.",
    ),
    Code(
        "invalid-version",
        "error",
        "`version` is neither a whole number nor three numbers with dots.",
        "The server accepts text only.",
        _sync("version: v1"),
        'Write `version: "1"` or `version: 1.0.0`.',
    ),
    Code(
        "invalid-runs",
        "error",
        "`runs` is not a valid interval.",
        "Nango accepts `every hour`, `every day`, `every week`, `every month`, `every half hour`, "
        "`every half day`, `every quarter hour`, and `every` with a number and a unit: `every 30 "
        "minutes`. Case matters, and words are separated by one blank.",
        _sync("runs: hourly"),
        "Write `runs: every hour`.",
    ),
    Code(
        "runs-too-short",
        "error",
        "The interval is shorter than 30 seconds.",
        "",
        _sync("runs: every 10 seconds"),
        "Write `runs: every 30 seconds`, or more.",
    ),
    Code(
        "bad-endpoint",
        "error",
        "An endpoint in a list is empty or has no path.",
        "Nango's parser fails.",
        _sync("endpoint: ['']"),
        "Write the path: `- GET /contacts`.",
        untested="invalid-endpoint is reported in its place",
    ),
    Code(
        "not-a-string",
        "error",
        "The value must be a text; Nango's parser fails on anything else.",
        "",
        """
        integrations:
          crm:
            syncs:
              contacts:
                runs: every day
                output: [1]
                endpoint: GET /contacts
        models: {}
        """,
        "Quote the value.",
        untested="invalid-value is reported in its place",
    ),
    Code(
        "too-deep",
        "error",
        "A chain of models, each of which uses the next, is too long.",
        "The limit is about 2,000.",
        """
        models:
          A1: {next: A2}
          A2: {next: A3}  # and so on
        """,
        "Use `object` or `any` in one of the models.",
        untested="the example is shortened",
    ),
)

MODELS = (
    Code(
        "invalid-model-name",
        "error",
        "The name of a model has characters other than letters, digits and `_`.",
        "",
        """
        integrations: {}
        models:
          crm-contact:
            id: string
        """,
        "Rename the model: `CrmContact`.",
    ),
    Code(
        "type-syntax-error",
        "error",
        "The type is TypeScript that nango.yaml does not support.",
        "Not supported are `Array<T>`, `Record<…>`, `Promise<T>`, `Partial<T>` and the like, `[]` "
        "without a type, and an empty type.",
        """
        integrations: {}
        models:
          Contact:
            id: string
            tags: Array<string>
        """,
        "Write `string[]`, `object`, or a nested mapping.",
    ),
    Code(
        "model-extends-not-found",
        "error",
        "`__extends` names a model that is not declared.",
        "",
        """
        integrations: {}
        models:
          Contact:
            __extends: Person
            id: string
        """,
        "Declare the model, or correct the name.",
    ),
    Code(
        "bad-extends",
        "error",
        "`__extends` is not a name, nor names separated by commas.",
        "",
        """
        integrations: {}
        models:
          Contact:
            __extends: [Person]
            id: string
        """,
        "Write `__extends: Person`, or `__extends: Person, Address`.",
    ),
    Code(
        "extends-cycle",
        "error",
        "Models extend each other in a cycle.",
        "Nango's parser fails.",
        """
        integrations: {}
        models:
          Contact:
            __extends: Person
          Person:
            __extends: Contact
        """,
        "Remove one `__extends`.",
    ),
    Code(
        "model-not-found-fallback",
        "warning",
        "A word is neither a type nor a model, so that it is a literal: `open` becomes `'open'`.",
        "As a note, the literal is probably intended. As a warning, the word resembles a type or "
        "a model, or uses unsupported syntax: a second `[]`, parentheses, generics.",
        """
        integrations: {}
        models:
          Contact:
            id: string
            name: strng
        """,
        "Use the type from the hint: `string`.",
        also=("note",),
    ),
    Code(
        "cyclic-model",
        "note",
        "Nango's CLI warns of a cycle of models.",
        "Cycles are valid. The CLI also warns if a model is used twice before its declaration; "
        "the message says which case it is.",
        """
        integrations: {}
        models:
          Person:
            id: string
            team: Team
          Team:
            id: string
            lead: Person
        """,
        "Nothing to fix.",
    ),
    Code(
        "model-is-literal",
        "warning",
        "The `input` or `output` of a script is a type or a word instead of a model.",
        "Nango makes an anonymous model of it, such as `Anonymous_crm_action_find_output`.",
        """
        integrations:
          crm:
            actions:
              find:
                endpoint: POST /find
                output: string
        models: {}
        """,
        "Declare a model, and name it.",
    ),
    Code(
        "model-missing-id",
        "error",
        "The output model of a sync has no field `id`.",
        "Nango identifies records by it. An output that is not a declared model has no `id` "
        "either; check the spelling.",
        """
        integrations:
          crm:
            syncs:
              contacts:
                runs: every day
                output: Contact
                endpoint: GET /contacts
        models:
          Contact:
            name: string
        """,
        "Add `id: string`.",
    ),
    Code(
        "model-not-found",
        "error",
        "An endpoint names a model in braces that is not declared.",
        "In a sync, the whole text in the braces is looked up, including `:field`.",
        """
        integrations:
          crm:
            actions:
              find:
                endpoint: GET /contacts/{Contact:id}
        models: {}
        """,
        "Declare the model, or correct the name.",
    ),
    Code(
        "duplicate-model",
        "error",
        "Two syncs of an integration save to the same model, or a script names a model twice.",
        "Their records would overwrite each other.",
        """
        integrations:
          crm:
            syncs:
              contacts:
                runs: every day
                output: Contact
                endpoint: GET /contacts
              people:
                runs: every day
                output: Contact
                endpoint: GET /people
        models:
          Contact:
            id: string
        """,
        "Declare a model of its own for each sync, with `__extends` for example.",
    ),
    Code(
        "duplicate-endpoint",
        "error",
        "Two scripts of an integration have the same method and path.",
        "",
        """
        integrations:
          crm:
            actions:
              find:
                endpoint: POST /find
              search:
                endpoint: POST /find
        models: {}
        """,
        "Change one of the paths.",
    ),
    Code(
        "endpoints-mismatch",
        "error",
        "The number of endpoints of a sync differs from the number of its output models.",
        "The order is the same, too.",
        """
        integrations:
          crm:
            syncs:
              contacts:
                runs: every day
                output: [Contact, Company]
                endpoint: GET /contacts
        models:
          Contact:
            id: string
          Company:
            id: string
        """,
        "Declare one endpoint for each model: `endpoint: [GET /contacts, GET /companies]`.",
    ),
    Code(
        "both-post-connection-scripts-and-on-events-present",
        "error",
        "An integration has both `post-connection-scripts` and `on-events`.",
        "",
        """
        integrations:
          crm:
            post-connection-scripts:
              - setup
            on-events:
              post-connection-creation:
                - greet
        models: {}
        """,
        "Move the scripts to `on-events: post-connection-creation:`.",
    ),
    Code(
        "typescript-syntax",
        "warning",
        "Nango generates TypeScript from the model that does not compile.",
        "Causes: a field name that begins with a digit, a list without a type, a literal with a "
        "quote, a model with the name of a TypeScript type. `nango compile` then fails in "
        "models.ts.",
        """
        integrations: {}
        models:
          Contact:
            id: string
            2fa: boolean
        """,
        "Rename the field or model: `two_fa`.",
    ),
)

SERVER = (
    Code(
        "server-runs",
        "warning",
        "The CLI accepts the interval, and the server rejects it.",
        "The server accepts whole numbers of seconds, minutes, hours and days, and the phrases of "
        "[`invalid-runs`](#invalid-runs). It rejects `every 1.5 hours`, `every 1w` and `every "
        "30000`.",
        """
        integrations:
          crm:
            syncs:
              contacts:
                runs: every 1.5 hours
                output: Contact
                endpoint: GET /contacts

        models:
          Contact:
            id: string
        """,
        "Use the interval from the hint: `every 90 minutes`.",
        also=("error",),
    ),
    Code(
        "server-version",
        "warning",
        "The server accepts `version` as text only.",
        "",
        _sync("version: 3"),
        'Quote it: `version: "3"`.',
        also=("error",),
    ),
    Code(
        "server-track-deletes",
        "warning",
        "The server tracks deletions of full syncs only.",
        "In an incremental sync, the script deletes records itself.",
        _sync("sync_type: incremental", "track_deletes: true"),
        "Remove `track_deletes`, or write `sync_type: full`.",
        also=("error",),
    ),
    Code(
        "server-description",
        "warning",
        "A description is longer than 2,000 characters.",
        "",
        _sync("description: Contacts of …  # 2,001 characters"),
        "Shorten it.",
        also=("error",),
        untested="the example is shortened",
    ),
    Code(
        "server-scope",
        "warning",
        "A scope is longer than 255 characters.",
        "Text with several scopes is split at commas, not at blanks.",
        _sync("scopes: read write …  # 256 characters"),
        "Separate the scopes with commas.",
        also=("error",),
        untested="the example is shortened",
    ),
    Code(
        "server-name",
        "warning",
        "The server rejects the name of a script or the id of an integration.",
        "A script name has up to 255 letters, digits, `-` and `_`. An integration id also allows "
        "`~ : . @` and blanks, but not `..`.",
        """
        integrations:
          crm/eu:
            actions:
              find:
                endpoint: POST /find
        models: {}
        """,
        "Rename it: `crm-eu`.",
        also=("error",),
    ),
    Code(
        "file-name-collision",
        "warning",
        "The files of two scripts or integrations have the same path.",
        "Their names differ only in case, which many file systems ignore; or a sync and an action "
        "of one integration have the same name, which the CLI compiles to one file.",
        """
        integrations:
          crm:
            actions:
              find:
                endpoint: POST /find
              Find:
                endpoint: POST /find-all
        models: {}
        """,
        "Rename one of the two.",
    ),
)
