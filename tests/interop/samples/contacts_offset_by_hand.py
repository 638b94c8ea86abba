# options: {"connection": "conn-2"}
# expect: {"requests": 4, "records": {"ContactKey": 318}, "logs": 4}
#| integration: salesforce
#| runs: every day
#| output: ContactKey
#| endpoint: GET /crm/ids
from nangonb import NangoSync

PAGE = 90
MOST_PAGES = 10


def fetch_data(nango: NangoSync) -> None:
    offset = 0
    complete = False
    for page in range(MOST_PAGES):
        response = nango.get(
            "/services/data/v53.0/query",
            params={"q": f"SELECT Id FROM Contact ORDER BY Id LIMIT {PAGE} OFFSET {offset}"},
        )
        records = response.data["records"]
        nango.log(f"Page {page + 1}: {len(records)} of at most {PAGE}", level="debug")
        if not records:
            complete = True
            break
        nango.batch_save([{"id": record["Id"]} for record in records], "ContactKey")
        if len(records) < PAGE:
            complete = True
            break
        offset += PAGE
    if not complete:
        nango.log("There may be more", level="warn")
