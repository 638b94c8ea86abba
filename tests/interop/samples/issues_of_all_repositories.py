# options: {"connection": "gh-1"}
# expect: {"requests": 9, "records": {"RepositoryIssue": 113}, "logs": 4}
#| integration: github
#| runs: every day
#| output: RepositoryIssue
#| endpoint: GET /dev/all-issues
from nangonb import HTTPError, NangoSync


def fetch_data(nango: NangoSync) -> None:
    repos = nango.get("/user/repos", params={"per_page": 100}).data
    for repo in sorted(repos, key=lambda repo: repo["name"]):
        name = repo["full_name"]
        if repo["open_issues_count"] == 0:
            nango.log(f"{name} has no open issues", level="debug")
            continue
        try:
            count = save_issues(nango, name)
        except HTTPError as error:
            nango.log(f"{name}: {error.message}", level="error")
            continue
        nango.log(f"{name}: {count} issues")


def save_issues(nango: NangoSync, name: str) -> int:
    count = 0
    for page in nango.paginate(f"/repos/{name}/issues", paginate={"limit": 20}):
        issues = []
        for issue in page:
            if issue.get("pull_request") is not None:
                continue
            issues.append(
                {
                    "id": f"{name}#{issue['number']}",
                    "number": issue["number"],
                    "title": issue["title"],
                    "state": issue["state"],
                    "author": issue["user"]["login"],
                    "labels": [label["name"].replace(" ", "_") for label in issue["labels"]],
                    "created_at": issue["created_at"],
                    "updated_at": issue["updated_at"],
                    "closed_at": issue["closed_at"],
                }
            )
        nango.batch_save(issues, "RepositoryIssue")
        count += len(issues)
    return count
