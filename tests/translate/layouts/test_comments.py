"""Comments and docstrings stay where they stand."""

from __future__ import annotations

from tests.translate.layouts.making import code, project

SCRIPT = '''\
%%nango_sync people --integration-id crm
# Whose people these are.
"""People of the CRM."""
# Nango's own.
from nangonb import NangoSync  # noqa: F401

# How many.
LIMIT = 3  # at most

PARTS = [
    "a",  # the first
    # and then
    "b",
]


# Called every hour.
def fetch_data(nango: NangoSync) -> None:  # by Nango
    """Save people.

    All of them: *every* one, x*/y.
    """
    # begin
    total = 0  # none yet

    # go through them

    for number in range(LIMIT):  # one by one
        # add it
        total += number
        # added
    if total > 3:
        nango.log("many")
    else:  # few
        nango.log(
            "few",  # not many
            level="warn",
        )
    nango.log(shown(PARTS))
    # done


def shown(parts: list[str]) -> str:
    """Side by side."""
    return " ".join(parts)
'''


def test_comments_stay_in_place() -> None:
    found = code(project(SCRIPT), "people")
    assert (
        found
        == """\
// Whose people these are.
/** People of the CRM. */
// Nango's own.

import type { NangoSync } from '../../models';

// How many.
const LIMIT = 3; // at most
// the first
// and then
const PARTS = ['a', 'b'];

// Called every hour.
// by Nango
/**
 * Save people.
 *
 * All of them: *every* one, x*\\/y.
 */
export default async function fetchData(nango: NangoSync): Promise<void> {
    // begin
    let total = 0; // none yet

    // go through them

    for (let number = 0; number < LIMIT; number++) {
        // one by one
        // add it
        total = safe(total + number);
        // added
    }
    if (total > 3) {
        await nango.log('many');
    } else {
        // few
        // not many
        await nango.log('few', { level: 'warn' });
    }
    await nango.log(shown(PARTS));
    // done
}

/** Side by side. */
function shown(parts: string[]): string {
    return parts.join(' ');
}
"""
    )


def test_a_docstring_that_is_the_description_is_said_once() -> None:
    described = SCRIPT.replace("Save people.\n\n    All of them: *every* one, x*/y.\n    ", "Everybody")
    found = code(project(described), "people", "zero-yaml")
    assert "description: 'Everybody'," in found
    assert "/** Everybody */" not in found
    assert "/** Everybody */" in code(project(described), "people")
