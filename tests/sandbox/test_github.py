"""The GitHub-like provider: pages by Link headers."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from tests.sandbox.process import Sandbox

ISSUES = "/repos/nangonb-demo/quickstart/issues"


def test_links_are_absolute_and_lead_through_all_pages(sandbox: Sandbox) -> None:
    found: list[int] = []
    path = f"{ISSUES}?per_page=50&state=all&direction=asc"
    pages = 0
    while path:
        answer = sandbox.proxy(path, "gh-1", "github")
        found.extend(issue["number"] for issue in answer.json())
        pages += 1
        if pages == 2:
            assert set(answer.links) == {"next", "last", "prev", "first"}
        url = answer.links.get("next", {}).get("url", "")
        assert not url or url.startswith("https://api.github.com/repos/")
        path = f"{urlsplit(url).path}?{urlsplit(url).query}" if url else ""
    assert (pages, found) == (3, list(range(1, 138)))


def test_a_link_also_works_as_endpoint_as_it_stands(sandbox: Sandbox) -> None:
    first = sandbox.proxy(f"{ISSUES}?per_page=50", "gh-1", "github")
    url = first.links["next"]["url"]
    second = sandbox.proxy(f"/{url}", "gh-1", "github")
    assert len(second.json()) == 42
    assert "next" not in second.links
    override = sandbox.proxy(
        "/user/repos", "gh-1", "github", headers={"base-url-override": "https://api.github.com"}
    )
    assert [repo["name"] for repo in override.json()] == ["quickstart", "connectors", "empty", "docs"]


def test_the_default_is_thirty_open_ones_newest_first(sandbox: Sandbox) -> None:
    issues = sandbox.proxy(ISSUES, "gh-1", "github").json()
    assert len(issues) == 30
    assert {issue["state"] for issue in issues} == {"open"}
    assert [issue["number"] for issue in issues] == sorted((i["number"] for i in issues), reverse=True)
    assert {issue["body"] is None for issue in issues} == {True, False}
    assert any("pull_request" in issue for issue in issues)
    since = sandbox.proxy(f"{ISSUES}?since=2026-04-01T00:00:00Z&state=all", "gh-1", "github").json()
    assert since
    assert all(issue["updated_at"] >= "2026-04-01" for issue in since)


def test_what_is_not_there_and_who_may_not(sandbox: Sandbox) -> None:
    for path in ("/repos/nangonb-demo/nope/issues", "/repos/other/quickstart", f"{ISSUES}/9999", "/nope"):
        answer = sandbox.proxy(path, "gh-1", "github")
        assert answer.status_code == 404
        assert answer.json() == {
            "message": "Not Found",
            "documentation_url": "https://docs.github.com/rest",
            "status": "404",
        }
    assert sandbox.proxy("/repos/nangonb-demo/empty/issues", "gh-1", "github").json() == []
    assert (
        sandbox.proxy("/user", "gh-1", "github").json()["login"]
        != (sandbox.proxy("/user", "gh-2", "github").json()["login"])
    )
    # Another connection's token does not open a Salesforce org
    override = {"base-url-override": "https://nangonb-demo.my.salesforce.com"}
    answer = sandbox.proxy("/services/data/v53.0/sobjects", "gh-1", "github", headers=override)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (401, "INVALID_SESSION_ID")


def test_an_issue_is_opened_and_closed(new_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = new_sandbox()
    made = sandbox.proxy(ISSUES, "gh-2", "github", method="POST", json={"title": "Neu", "labels": ["bug"]})
    assert (made.status_code, made.json()["number"], made.json()["user"]["login"]) == (201, 138, "jose-demo")
    closed = sandbox.proxy(f"{ISSUES}/138", "gh-2", "github", method="PATCH", json={"state": "closed"})
    assert closed.json()["state"] == "closed"
    assert sandbox.proxy(f"{ISSUES}/138", "gh-1", "github").json() == closed.json()
    refused = sandbox.proxy(ISSUES, "gh-1", "github", method="POST", json={"body": "no title"})
    assert refused.status_code == 422
    assert refused.json()["errors"] == [{"resource": "Issue", "field": "title", "code": "missing_field"}]
    broken = sandbox.proxy(ISSUES, "gh-1", "github", method="POST", content=b"{")
    assert (broken.status_code, broken.json()["message"]) == (400, "Problems parsing JSON")
