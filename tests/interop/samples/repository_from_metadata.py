# options: {"connection": "gh-2", "metadata": {"watch": ["nangonb-demo/quickstart", "nangonb-demo/missing", "nangonb-demo/docs"]}}
# expect: {"requests": 3, "records": {"WatchedRepository": 2}, "logs": 1}
#| integration: github
#| runs: every day
#| output: WatchedRepository
#| endpoint: GET /dev/watched
from nangonb import HTTPError, NangoSync


def fetch_data(nango: NangoSync) -> None:
    watched = nango.get_metadata().get("watch", [])
    if not watched:
        raise nango.ActionError("Nothing is watched", hint="Set the metadata of the connection")
    missing = []
    for full_name in watched:
        owner, name = full_name.split("/", 1)
        try:
            repo = nango.get(f"/repos/{owner}/{name}", retries=1).data
        except HTTPError as error:
            if error.status != 404:
                raise
            missing.append(full_name)
            continue
        nango.batch_save(
            [
                {
                    "id": repo["node_id"],
                    "name": name,
                    "owner": owner,
                    "private": repo["private"],
                    "language": repo["language"],
                    "description": repo["description"],
                    "stars": repo["stargazers_count"],
                    "open_issues": repo["open_issues_count"],
                }
            ],
            "WatchedRepository",
        )
    if missing:
        nango.log(f"Not found: {', '.join(missing)}", level="warn")
