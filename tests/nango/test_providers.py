from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nangonb._nango.providers import pagination, published


def test_the_file_says_which_version_it_has(root: Path) -> None:
    document = json.loads((root / "nangonb/_nango/providers.json").read_text("utf-8"))
    assert list(document) == ["package", "version", "date", "providers"]
    assert document["package"] == "@nangohq/providers"
    assert list(document["providers"]) == sorted(document["providers"])


def test_an_alias_has_the_facts_of_its_target() -> None:
    providers = published()
    assert providers["github-app"]["auth_mode"] == "APP"
    assert providers["github-app"]["proxy"] == providers["github"]["proxy"]
    # fields of its own replace those of the target as a whole
    assert providers["google-mail"]["proxy"] == {"base_url": "https://gmail.googleapis.com"}


def test_pagination_of_providers() -> None:
    assert sum(bool(pagination(name)) for name in published()) == 45
    assert {pagination(name).get("type") for name in published()} == {None, "cursor", "link", "offset"}
    assert pagination("nope") == {}
    assert pagination("slack") == {
        "type": "cursor",
        "cursor_path_in_response": "response_metadata.next_cursor",
        "cursor_name_in_request": "cursor",
        "limit_name_in_request": "limit",
    }


def test_facts_are_those_of_nango(shared: Path) -> None:
    """The table of facts has: provider, auth mode, base URL, pagination, retry, headers."""
    text = (shared / "nango" / "providers.md").read_text("utf-8")
    rows = [
        [cell.strip() for cell in line.strip("| \n").split(" | ")]
        for line in text.replace("\\\\", "\\").splitlines()
        if line.startswith("| ") and not line.startswith(("| provider", "|---"))
    ]
    assert len(rows) == 40
    for name, auth, base, paginate, retry, headers in rows:
        provider = published()[name]
        proxy = provider["proxy"]
        assert (provider["auth_mode"], proxy["base_url"]) == (auth, base), name
        assert _paginate(pagination(name)) == paginate, name
        assert proxy.get("headers", "-") == (headers if headers == "-" else json.loads(headers)), name
        if name not in ("google", "google-drive"):  # a pattern with backslashes
            assert proxy.get("retry", "-") == (retry if retry == "-" else json.loads(retry)), name


def _paginate(how: Any) -> str:
    def of(name: str) -> str:
        return str(how.get(name, "-"))

    limit = f"lim={of('limit_name_in_request')}"
    match how.get("type"):
        case "cursor":
            cursor = f"cur={of('cursor_path_in_response')}->{of('cursor_name_in_request')}"
            return f"cursor resp={of('response_path')} {cursor} {limit}"
        case "link":
            header, body = how.get("link_rel_in_response_header"), how.get("link_path_in_response_body")
            link = (f"hdr:{header}" if header else "") + (f" body:{body}" if body else "")
            return f"link resp={of('response_path')} link={link} {limit}"
        case "offset":
            return f"offset resp={of('response_path')} off={of('offset_name_in_request')} {limit}"
    return "-"
