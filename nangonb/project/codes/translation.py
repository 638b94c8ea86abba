"""Codes of Translation."""

from __future__ import annotations

from nangonb.project.codes.code import Code

CODES = (
    Code("ts-import", "error"),
    Code("ts-module", "error"),
    Code("ts-model", "error"),
    Code("ts-model-field", "error"),
    Code("ts-unknown-name", "error"),
    Code("ts-unknown-call", "error"),
    Code("ts-unknown-method", "error"),
    Code("ts-type", "error"),
    Code("ts-operator", "error"),
    Code("ts-statement", "error"),
    Code("ts-expression", "error"),
    Code("ts-class", "error"),
    Code("ts-async", "error"),
    Code("ts-yield", "error"),
    Code("ts-with", "error"),
    Code("ts-global", "error"),
    Code("ts-decorator", "error"),
    Code("ts-match", "error"),
    Code("ts-mutable-default", "error"),
    Code("ts-closure", "error"),
    Code("ts-changed-while-iterating", "error"),
    Code("ts-set-order", "error"),
    Code("ts-dict-key", "error"),
    Code("ts-naive-datetime", "error"),
    Code("ts-is", "error"),
    Code("ts-foreign-error-text", "error"),
    Code("ts-except", "error"),
    Code("ts-overflow", "error"),
    Code("ts-float-text", "error"),
    Code("ts-lazy-sdk-call", "error"),
    Code("ts-keyword", "error"),
    Code("ts-regex", "error"),
    Code("ts-not-json", "error"),
    Code("ts-newer", "error"),
    Code("ts-sdk", "error"),
    Code("ts-bug", "error"),
)
