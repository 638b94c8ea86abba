# options: {"connection": "gh-1"}
# expect: {"requests": 2, "records": {"AuthorStats": 9}, "logs": 1}
#| integration: github
#| runs: every week
#| output: AuthorStats
#| endpoint: GET /dev/authors
from nangonb import NangoSync


def fetch_data(nango: NangoSync) -> None:
    stats: dict[str, dict] = {}
    for page in nango.paginate("/repos/nangonb-demo/quickstart/issues", params={"state": "all"}, paginate={"limit": 100}):
        for issue in page:
            login = issue["user"]["login"]
            if login not in stats:
                stats[login] = {"opened": 0, "closed": 0, "comments": 0, "last": issue}
            entry = stats[login]
            entry["opened"] += 1
            entry["comments"] += issue["comments"]
            if issue["state"] == "closed":
                entry["closed"] += 1
            if issue["updated_at"] > entry["last"]["updated_at"]:
                entry["last"] = issue

    ranking = sorted(stats.items(), key=lambda pair: pair[1]["comments"], reverse=True)
    rows = []
    for login, entry in ranking:
        rows.append(
            {
                "id": login,
                "opened": entry["opened"],
                "closed": entry["closed"],
                "comments": entry["comments"],
                "ratio": round(entry["closed"] / entry["opened"], 3),
                "last_title": entry["last"]["title"][:20],
            }
        )
    nango.batch_save(rows, "AuthorStats")
    quiet = [login for login, entry in ranking if entry["comments"] < 10]
    nango.log(f"Quiet: {', '.join(quiet)}" if quiet else "Nobody is quiet")
