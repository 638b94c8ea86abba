# options: {"connection": "gh-1"}
# expect: {"requests": 2, "output": ["languages", "login", "most_starred", "repositories", "stars"]}
#| integration: github
#| output: Profile
#| endpoint: GET /dev/profile
from nangonb import NangoAction
from nangonb.models import Profile


def run_action(nango: NangoAction) -> Profile:
    user = nango.get("/user").data
    repos = nango.get("/user/repos", params={"per_page": 100, "sort": "full_name"}).data
    languages: dict[str, int] = {}
    for repo in repos:
        language = repo["language"] or "none"
        languages[language] = languages.get(language, 0) + 1
    most = max(repos, key=lambda repo: repo["stargazers_count"]) if repos else None
    return {
        "login": f"@{user['login']}",
        "repositories": [repo["full_name"] for repo in repos if not repo["private"]],
        "stars": sum(repo["stargazers_count"] for repo in repos),
        "most_starred": most["name"] if most else None,
        "languages": languages,
    }
