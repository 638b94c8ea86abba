# options: {"connection": "conn-1", "input": {"text": "O'Brien", "limit": 3}}
# expect: {"requests": 1, "logs": 1, "output": ["matches", "query", "total"]}
#| integration: salesforce
#| input: SearchInput
#| output: SearchResult
#| endpoint: GET /crm/search
from nangonb import NangoAction
from nangonb.models import SearchInput, SearchResult


def run_action(nango: NangoAction, input: SearchInput) -> SearchResult:
    text = input["text"].strip()
    if not text:
        raise nango.ActionError("Say what to search for")
    limit = input.get("limit") or 10
    if limit < 1 or limit > 50:
        raise nango.ActionError("The limit is from 1 to 50", limit=limit)

    query = (
        f"SELECT Id, Name FROM Contact WHERE LastName LIKE '%{escape(text)}%'"
        f" OR FirstName LIKE '{escape(text)}%' ORDER BY Name LIMIT {limit}"
    )
    response = nango.get("/services/data/v53.0/query", params={"q": query})
    matches = [{"id": r["Id"], "name": r["Name"]} for r in response.data["records"]]
    nango.log("Found", [match["name"] for match in matches], level="debug")
    return {"query": query, "total": response.data["totalSize"], "matches": matches}


def escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'").replace("%", "\\%")
