"""Codes of Scripts."""

from __future__ import annotations

from nangonb.project.codes.code import Code

CODES = (
    Code("python-syntax", "error", also=("warning",)),
    Code("no-entry-function", "error"),
    Code("async-script", "error"),
    Code("entry-signature", "error"),
    Code("sync-returns-value", "warning", also=("error",)),
    Code("undeclared-output", "warning"),
    Code("sync-only", "warning"),
    Code("unknown-model", "warning", also=("error",)),
    Code("retry-on-without-retries", "warning"),
    Code("merging-order", "warning"),
    Code("delete-order", "warning"),
    Code("track-deletes-order", "warning"),
    Code("deprecated", "warning"),
    Code("unknown-attribute", "warning"),
    Code("sdk-arguments", "warning"),
    Code("nango-at-top", "warning"),
    Code("undefined-name", "warning"),
    Code("unused-import", "warning"),
    Code("unused-variable", "warning"),
    Code("redefined", "warning"),
    Code("star-import", "warning"),
    Code("python-slip", "warning"),
)
