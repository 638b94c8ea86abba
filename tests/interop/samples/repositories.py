# options: {"connection": "gh-1"}
# expect: {"requests": 2, "records": {"Repository": 4}}
#| integration: github
#| runs: every day
#| output: Repository
#| endpoint: GET /dev/repositories
from nangonb import NangoSync
from nangonb.models import Repository


def fetch_data(nango: NangoSync) -> None:
    for page in nango.paginate(
        "/user/repos",
        paginate={
            "type": "link",
            "link_rel_in_response_header": "next",
            "limit": 2,
            "limit_name_in_request": "per_page",
        },
        headers={"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"},
    ):
        nango.batch_save([to_repository(repo) for repo in page], "Repository")


def to_repository(repo: dict) -> Repository:
    description = repo.get("description") or ""
    prefix, _, rest = description.partition(": ")
    return {
        "id": repo["node_id"],
        "name": repo["name"],
        "owner": repo["owner"]["login"],
        "private": repo["private"],
        "language": repo["language"],
        "description": rest if rest else (prefix or None),
        "stars": repo["stargazers_count"],
        "open_issues": repo["open_issues_count"],
    }
