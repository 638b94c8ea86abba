# options: {"writes": true, "connection": "gh-2", "kind": "on-event"}
# expect: {"requests": 2, "logs": 1, "metadata_writes": 1}
#| integration: github
#| event: post-connection-creation
from nangonb import NangoAction


def on_event(nango: NangoAction) -> None:
    user = nango.get("/user").data
    repos = nango.get("/user/repos").data
    nango.update_metadata(
        {
            "login": user["login"],
            "repositories": [repo["name"] for repo in repos],
            "selected": repos[0]["name"] if repos else None,
        }
    )
    nango.log(f"{user['login']} connected {len(repos)} repositories")
