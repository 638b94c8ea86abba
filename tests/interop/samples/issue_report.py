# options: {"connection": "gh-1", "input": {"repository": "quickstart", "since": "2026-01-20", "columns": ["number", "title", "labels"]}}
# expect: {"requests": 1, "output": ["busiest", "text", "title", "total", "weeks"]}
#| integration: github
#| input: ReportInput
#| output: Report
#| endpoint: GET /dev/report
from datetime import datetime, timedelta

from nangonb import HTTPError, NangoAction
from nangonb.models import Report, ReportInput

WIDTHS = {"number": 6, "title": 28, "labels": 18, "author": 10}
DEFAULT_COLUMNS = ["number", "title"]


def run_action(nango: NangoAction, input: ReportInput) -> Report:
    columns = input.get("columns") or DEFAULT_COLUMNS
    unknown = [column for column in columns if column not in WIDTHS]
    if unknown:
        raise nango.ActionError("These columns do not exist", columns=unknown, known=sorted(WIDTHS))
    since = parse_day(nango, input["since"])

    issues = fetch_issues(nango, input["repository"], since)
    weeks: dict[str, int] = {}
    for issue in issues:
        opened = datetime.fromisoformat(issue["created_at"])
        monday = opened - timedelta(days=opened.weekday())
        week = monday.strftime("%Y-%m-%d")
        weeks[week] = weeks.get(week, 0) + 1

    lines = [row(columns, {column: column.upper() for column in columns})]
    lines.append("-+-".join("-" * WIDTHS[column] for column in columns))
    for issue in issues[:10]:
        lines.append(row(columns, cells(issue)))
    if len(issues) > 10:
        lines.append(f"… and {len(issues) - 10} more")

    return {
        "title": f"{input['repository']} since {since:%d/%m/%Y}",
        "text": "\n".join(lines),
        "weeks": [{"week": week, "issues": count, "bar": "#" * min(count, 20)} for week, count in sorted(weeks.items())],
        "busiest": max(weeks, key=lambda week: weeks[week]) if weeks else None,
        "total": len(issues),
    }


def parse_day(nango: NangoAction, text: str) -> datetime:
    parts = text.split("-")
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        raise nango.ActionError("since is a day such as 2026-01-31", since=text)
    return datetime.fromisoformat(f"{text}T00:00:00+00:00")


def fetch_issues(nango: NangoAction, repository: str, since: datetime) -> list[dict]:
    found: list[dict] = []
    try:
        for page in nango.paginate(
            f"/repos/nangonb-demo/{repository}/issues",
            params={"state": "open", "since": since.isoformat(), "sort": "updated", "direction": "asc"},
            paginate={"limit": 100},
        ):
            found.extend(issue for issue in page if not issue.get("pull_request"))
    except HTTPError as error:
        if error.status == 404:
            raise nango.ActionError(f"There is no repository {repository}", message_of_github=error.data["message"])
        raise
    return found


def cells(issue: dict) -> dict[str, str]:
    return {
        "number": f"#{issue['number']}",
        "title": issue["title"],
        "labels": ",".join(label["name"] for label in issue["labels"]) or "-",
        "author": issue["user"]["login"],
    }


def row(columns: list[str], values: dict[str, str]) -> str:
    return " | ".join(fit(values[column], WIDTHS[column]) for column in columns).rstrip()


def fit(text: str, width: int) -> str:
    return text.ljust(width) if len(text) <= width else text[: width - 1] + "…"
