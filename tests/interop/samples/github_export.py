# options: {"connection": "gh-1", "metadata": {"exclude": ["empty"], "labels": {"bug": "defect"}}, "last_sync_date": "2026-02-01T00:00:00Z"}
# expect: {"requests": 7, "records": {"ExportedRepository": 3, "ExportedIssue": 85}, "logs": 1}
#| integration: github
#| runs: every 6 hours
#| sync_type: incremental
#| output: [ExportedRepository, ExportedIssue]
#| endpoint: [GET /dev/export/repositories, GET /dev/export/issues]
"""Everything that changed in the repositories of the user, with labels renamed as the customer wants."""

from datetime import datetime

from nangonb import HTTPError, NangoSync
from nangonb.models import ExportedIssue, ExportedRepository

HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
PRIORITIES = {"bug": 1, "good first issue": 3}


def fetch_data(nango: NangoSync) -> None:
    metadata = nango.get_metadata()
    excluded = set(metadata.get("exclude", []))
    renamed = metadata.get("labels", {})

    repositories = list_repositories(nango, excluded)
    totals = {"repositories": 0, "issues": 0, "skipped": 0}
    for repository in repositories:
        open_issues = 0
        latest = None
        try:
            for page in nango.paginate(
                f"/repos/{repository['full_name']}/issues",
                params=issue_params(nango.last_sync_date),
                paginate={"limit": 40},
                headers=HEADERS,
                retries=5,
            ):
                issues = [to_issue(repository["name"], issue, renamed) for issue in page if is_issue(issue)]
                totals["skipped"] += len(page) - len(issues)
                totals["issues"] += len(issues)
                open_issues += len([issue for issue in issues if issue["open"]])
                for issue in issues:
                    if latest is None or issue["updated_at"] > latest:
                        latest = issue["updated_at"]
                nango.batch_save(issues, "ExportedIssue")
        except HTTPError as error:
            # One broken repository does not stop the others.
            nango.log(f"{repository['full_name']} failed with {error.status}", level="error")
            continue
        nango.batch_save([to_repository(repository, open_issues, latest)], "ExportedRepository")
        totals["repositories"] += 1

    nango.log(", ".join(f"{number} {what}" for what, number in totals.items()))


def list_repositories(nango: NangoSync, excluded: set[str]) -> list[dict]:
    found = []
    for page in nango.paginate("/user/repos", paginate={"limit": 3}, headers=HEADERS, retries=5):
        found += [repository for repository in page if repository["name"] not in excluded]
    return sorted(found, key=lambda repository: repository["stargazers_count"], reverse=True)


def issue_params(since: datetime | None) -> dict[str, str]:
    params = {"state": "all", "direction": "asc"}
    if since:
        params["since"] = since.strftime("%Y-%m-%dT%H:%M:%SZ")
    return params


def is_issue(issue: dict) -> bool:
    return "pull_request" not in issue


def to_issue(repository: str, issue: dict, renamed: dict[str, str]) -> ExportedIssue:
    labels = [label["name"] for label in issue["labels"]]
    priorities = [PRIORITIES.get(label, 2) for label in labels]
    body = issue["body"] or ""
    return {
        "id": f"{repository}-{issue['number']:04d}",
        "title": issue["title"].strip(),
        "open": issue["state"] == "open",
        "labels": [renamed.get(label, label) for label in labels],
        "priority": min(priorities) if priorities else 2,
        "lines": len([line for line in body.split("\n") if line.strip() != ""]),
        "author": issue["user"]["login"],
        "updated_at": issue["updated_at"],
    }


def to_repository(repository: dict, open_issues: int, latest: str | None) -> ExportedRepository:
    return {
        "id": str(repository["id"]),
        "name": repository["name"],
        "topics": [part for part in (repository["language"], repository["default_branch"]) if part],
        "visibility": "private" if repository["private"] else "public",
        "changed_open_issues": open_issues,
        "last_change": latest,
    }
