"""A GitHub-like provider: pages by ``page`` and ``per_page`` with absolute ``Link`` headers.

Paths: ``/user``, ``/user/repos``, ``/repos/{owner}/{repo}``, ``/repos/{owner}/{repo}/issues`` (GET, POST),
``/repos/{owner}/{repo}/issues/{number}`` (GET, PATCH).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

from nangonb.sandbox import (
    Call,
    Connection,
    DemoAction,
    DemoSync,
    Integration,
    Provider,
    ProviderRequest,
    ProviderResponse,
    Source,
    json_response,
    list_source,
    oauth2,
    text_of,
)  # fmt: skip
from nangonb.sandbox.providers import _people as people

_START = datetime(2026, 1, 1, tzinfo=UTC)
_LABELS = (
    ("bug", "d73a4a"),
    ("enhancement", "a2eeef"),
    ("documentation", "0075ca"),
    ("good first issue", "7057ff"),
)
_SUBJECTS = (
    "Sync stops after the first page",
    "Document the field mapping",
    "Support ünïcode in names",
    "Retry on 429",
    "Zeitzone wird ignoriert",
    "日本語のドキュメント",
    "Crash on empty response",
)
_REPOS = (("quickstart", 137), ("connectors", 42), ("empty", 0), ("docs", 7))
_BODY_LIMIT = 65_536


class _Failure(Exception):
    def __init__(self, status: int, message: str, **more: Any) -> None:
        super().__init__(message)
        docs = "https://docs.github.com/rest"
        self.body = {"message": message, **more, "documentation_url": docs, "status": str(status)}
        self.status = status


class GitHub:
    """The provider at ``api.github.com``. Its repositories belong to ``nangonb-demo``."""

    HOST: ClassVar[str] = "api.github.com"
    OWNER: ClassVar[str] = "nangonb-demo"
    TOKENS: ClassVar[tuple[str, ...]] = (
        "gho_FAKEsandboxtoken0000000000000000001",
        "gho_FAKEsandboxtoken0000000000000000002",
    )
    LOGINS: ClassVar[tuple[str, ...]] = ("ada-demo", "jose-demo")

    def __init__(self) -> None:
        self._issues = {
            name: [_issue(name, number) for number in range(1, size + 1)] for name, size in _REPOS
        }

    def issues(self, repo: str) -> list[dict[str, Any]]:
        """The issues of a repository, from the first on."""
        return list(self._issues[repo])

    def __call__(self, request: ProviderRequest) -> ProviderResponse:
        """Answer one request."""
        try:
            return self._answer(request)
        except _Failure as failure:
            return json_response(failure.body, failure.status, _LIMITS)

    def _answer(self, request: ProviderRequest) -> ProviderResponse:
        if request.token not in self.TOKENS:
            raise _Failure(401, "Bad credentials")
        who = self.TOKENS.index(request.token)
        match [part for part in request.path.split("/") if part]:
            case ["user"] if request.method == "GET":
                return json_response(_user(self.LOGINS[who], who + 1), headers=_LIMITS)
            case ["user", "repos"] if request.method == "GET":
                names = [name for name, _ in _REPOS]
                return _page(request, [self._repo(name) for name in (names if who == 0 else names[1:2])])
            case ["repos", self.OWNER, name] if name in self._issues and request.method == "GET":
                return json_response(self._repo(name), headers=_LIMITS)
            case ["repos", self.OWNER, name, "issues"] if name in self._issues:
                if request.method == "POST":
                    return self._open(request, name, self.LOGINS[who])
                if request.method == "GET":
                    return _page(request, _filtered(request, self._issues[name]))
            case ["repos", self.OWNER, name, "issues", number] if name in self._issues and _number(number, 0):
                issues = self._issues[name]
                if 1 <= int(number) <= len(issues):
                    if request.method == "PATCH":
                        issues[int(number) - 1].update(_changes(request))
                        issues[int(number) - 1]["updated_at"] = _stamp(datetime.now(UTC))
                    if request.method in ("GET", "PATCH"):
                        return json_response(issues[int(number) - 1], headers=_LIMITS)
        raise _Failure(404, "Not Found")

    def _repo(self, name: str) -> dict[str, Any]:
        number = [known for known, _ in _REPOS].index(name) + 1
        open_issues = sum(issue["state"] == "open" for issue in self._issues[name])
        return {
            "id": 700_000_000 + number,
            "node_id": f"R_demo{number}",
            "name": name,
            "full_name": f"{self.OWNER}/{name}",
            "private": name == "connectors",
            "owner": _user(self.OWNER, 1),
            "html_url": f"https://github.com/{self.OWNER}/{name}",
            "description": None if name == "empty" else f"Demo repository: {name}",
            "fork": False,
            "url": f"https://{self.HOST}/repos/{self.OWNER}/{name}",
            "created_at": _stamp(_START),
            "updated_at": _stamp(_START + timedelta(days=100 + number)),
            "stargazers_count": number * 41,
            "language": None if name == "empty" else "Python",
            "open_issues_count": open_issues,
            "default_branch": "main",
        }

    def _open(self, request: ProviderRequest, name: str, login: str) -> ProviderResponse:
        changes = _changes(request)
        if not isinstance(changes.get("title"), str) or not changes["title"]:
            missing = {"resource": "Issue", "field": "title", "code": "missing_field"}
            raise _Failure(422, "Validation Failed", errors=[missing])
        issues = self._issues[name]
        now = _stamp(datetime.now(UTC))
        issue = _issue(name, len(issues) + 1)
        issue.update(
            {"user": _user(login, 9), "labels": [], "state": "open", "body": None, "closed_at": None}
        )
        issue.update({"comments": 0, "created_at": now, "updated_at": now, **changes})
        issues.append(issue)
        return json_response(issue, 201, (("location", issue["url"]), *_LIMITS))


_LIMITS = (("x-ratelimit-limit", "5000"), ("x-ratelimit-remaining", "4987"), ("x-ratelimit-used", "13"))


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _user(login: str, number: int) -> dict[str, Any]:
    return {"login": login, "id": 9_000_000 + number, "type": "User", "site_admin": False}


def _issue(repo: str, number: int) -> dict[str, Any]:
    made = _START + timedelta(hours=number * 17)
    closed = number % 3 == 0
    path = f"/{GitHub.OWNER}/{repo}/issues/{number}"
    issue = {
        "id": 2_100_000_000_000 + number * 7 + len(repo),
        "number": number,
        "url": f"https://{GitHub.HOST}/repos{path}",
        "html_url": f"https://github.com{path}",
        "title": f"{_SUBJECTS[number % len(_SUBJECTS)]} ({number})",
        "user": _user(f"user-{number % 9}", number % 9),
        "labels": [
            {"id": 100 + place, "name": name, "color": color, "default": place < 3}
            for place, (name, color) in enumerate(_LABELS)
            if (number >> place) % 3 == 1
        ],
        "state": "closed" if closed else "open",
        "comments": number % 5,
        "body": None if number % 4 == 0 else f"What happened in case {number}.\n\n- one\n- two",
        "created_at": _stamp(made),
        "updated_at": _stamp(made + timedelta(hours=5)),
        "closed_at": _stamp(made + timedelta(hours=5)) if closed else None,
    }
    if number % 10 == 0:  # GitHub lists pull requests among the issues
        issue["pull_request"] = {"url": f"https://{GitHub.HOST}/repos/{GitHub.OWNER}/{repo}/pulls/{number}"}
    return issue


def _changes(request: ProviderRequest) -> dict[str, Any]:
    try:
        body = request.json()
    except ValueError:
        raise _Failure(400, "Problems parsing JSON") from None
    if not isinstance(body, dict):
        raise _Failure(400, "Body should be a JSON object")
    changes = {name: body[name] for name in ("title", "body", "state") if name in body}
    if isinstance(body.get("labels"), list):
        changes["labels"] = [
            {"id": 0, "name": str(name), "color": "ededed", "default": False} for name in body["labels"]
        ]
    if len(str(changes.get("body") or "")) > _BODY_LIMIT:
        raise _Failure(422, "Validation Failed", errors=["body is too long (maximum is 65536 characters)"])
    return changes


def _filtered(request: ProviderRequest, issues: list[dict[str, Any]]) -> list[dict[str, Any]]:
    params = request.params
    state = params.get("state", "open")
    matching = [issue for issue in issues if state == "all" or issue["state"] == state]
    since = params.get("since")
    if since:
        try:
            moment = datetime.fromisoformat(since)
        except ValueError:
            raise _Failure(422, "Validation Failed", errors=["since is not an ISO 8601 date"]) from None
        after = _stamp(moment.astimezone(UTC))
        matching = [issue for issue in matching if issue["updated_at"] >= after]
    key = "updated_at" if params.get("sort") == "updated" else "number"
    return sorted(matching, key=lambda issue: issue[key], reverse=params.get("direction", "desc") != "asc")


def _page(request: ProviderRequest, rows: list[dict[str, Any]]) -> ProviderResponse:
    params = request.params
    size = min(max(_number(params.get("per_page"), 30), 1), 100)
    page = max(_number(params.get("page"), 1), 1)
    last = max(1, -(-len(rows) // size))
    others = [
        (name, value) for name, value in parse_qsl(request.query, keep_blank_values=True) if name != "page"
    ]
    near = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
    relations = [
        rel
        for rel in near
        if (rel in ("next", "last") and page < last) or (rel in ("prev", "first") and page > 1)
    ]
    links = [
        f'<https://{GitHub.HOST}{request.path}?{urlencode([*others, ("page", near[rel])])}>; rel="{rel}"'
        for rel in relations
    ]
    headers = (("link", ", ".join(links)), *_LIMITS) if links else _LIMITS
    return json_response(rows[(page - 1) * size : page * size], headers=headers)


def _number(text: str | None, default: int) -> int:
    return int(text) if text and re.fullmatch(r"[0-9]{1,9}", text) else default


# What is there of it

_ISSUE = {
    "number": "number", "title": "text", "state": "text", "author": "text", "created_at": "date",
    "updated_at": "date",
}  # fmt: skip


def provider(rows: int) -> Provider:
    """A fresh GitHub."""
    api = GitHub()
    return Provider(
        "github",
        api,
        connections=(
            Connection(
                "gh-1",
                "github",
                oauth2(GitHub.TOKENS[0]),
                {"owner": "nangonb-demo", "repo": "quickstart"},
                end_user=people.ADA,
                created_at="2026-05-20T07:30:00.000Z",
            ),
            Connection(
                "gh-2",
                "github",
                oauth2(GitHub.TOKENS[1]),
                end_user=people.JOSE,
                created_at="2026-05-02T18:55:00.000Z",
            ),
        ),
        integrations=(Integration("github", display_name="GitHub", created_at="2026-01-07T08:15:00.000Z"),),
        syncs=(
            DemoSync(
                "github-issues",
                "GithubIssue",
                {"gh-1": _issue_records(api, "quickstart"), "gh-2": _issue_records(api, "connectors")},
                "every 30 minutes",
                "Syncs the issues of a repository.",
                "/github/issue",
                _ISSUE,
                paused=("gh-2",),
            ),
        ),
        actions=(
            DemoAction(
                "create-issue",
                _create_issue,
                "NewIssue",
                "GithubIssue",
                "Opens an issue in a demo repository. Input: repo, title, body.",
                "/github/issue",
            ),
        ),
    )


def _create_issue(call: Call, input: Any) -> Any:
    repo = text_of(input, "repo")
    body = {"title": input.get("title"), "body": input.get("body")}
    made = call("POST", f"/repos/{GitHub.OWNER}/{repo}/issues", body)
    return {"id": str(made["id"]), "number": made["number"], "url": made["html_url"], "title": made["title"]}


def _issue_records(api: GitHub, repo: str) -> Source:
    records = [
        {"id": str(one["id"]), "number": one["number"], "title": one["title"], "state": one["state"],
         "author": one["user"]["login"], "created_at": one["created_at"], "updated_at": one["updated_at"]}
        for one in api.issues(repo)
    ]  # fmt: skip
    return list_source(lambda: records, len(records), "title")
