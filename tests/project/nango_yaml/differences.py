"""Where the real parser crashes or gives its one catch-all message, and we give an error of ours.

docs/nango-yaml.md has the same table. Nothing else of the corpus differs.
"""

from __future__ import annotations

#: Files that js-yaml cannot read ("no nango.yaml config found at …"), or that are no nango.yaml at all.
UNREADABLE = {
    "doc-v0.35.5-custom-0": "yaml-tab",
    "doc-v0.37.14-custom-0": "yaml-tab",
    "bad-yaml-dup-key": "yaml-duplicate-key",
    "bad-yaml-multi-doc": "yaml-several-documents",
    "union-basic": "yaml-syntax",
    "empty-file": "empty-file",
    "integration-list": "not-a-mapping",
}

#: Files on which the real parser dies with a TypeError, and our code for the reason.
CRASHES = {
    # `models` is missing, or a model is empty: "Cannot convert undefined or null to object"
    "doc-v0.48.4-event-based-scripts-0": "empty_mapping",
    "doc-v0.48.4-integration-configuration-4": "empty_mapping",
    "doc-v0.48.4-integration-configuration-5": "empty_mapping",
    "doc-v0.64.1-migrate-to-zero-yaml-2": "empty_mapping",
    "model-null": "empty_mapping",
    "no-models": "empty_mapping",
    # models extend each other: "Cannot read properties of undefined (reading 'fields')"
    "cycle-extends-self": "extends_cycle",
    "cycle-extends-two": "extends_cycle",
    # `runs` is no text: "runs.replace is not a function"
    "run-23": "not_a_string",
    "run-null": "not_a_string",
    "run-number": "not_a_string",
    # the whole file is one text (what is left of a symbolic link)
    "histt-airtable-pat": "not_a_mapping",
    "histt-bill-sandbox~2": "not_a_mapping",
    "histt-docusign-sandbox~2": "not_a_mapping",
    "histt-gusto-demo~2": "not_a_mapping",
    "histt-quickbooks-sandbox~2": "not_a_mapping",
    "histt-ramp-sandbox~2": "not_a_mapping",
    "histt-ring-central-sandbox": "not_a_mapping",
    "histt-salesforce-sandbox": "not_a_mapping",
    "histt-stripe-app-sandbox": "not_a_mapping",
}

#: .nango/schema.json made from TypeScript that does not compile: the generator drops what it cannot read,
#: and we do not. The problem `typescript-syntax` warns of both.
UNCOMPILABLE = {
    "field-names": "a field named `1st`",
    "histn-packages-server-nango-integrations": "a literal with quotes in it",
}

#: The comment that CLI 0.69.50 puts above the first model, and its generator into the schema.
DEPRECATION = "DEPRECATION NOTICE"

#: What yaml-golden.json (CLI 0.69.36) says where the corpus (0.71.10) says something else.
OLD_PAGE = "https://nango.dev/docs/reference/integration-configuration#model-types"
NEW_PAGE = "https://nango.dev/docs/integrations/api-configuration#all-configuration-fields"
