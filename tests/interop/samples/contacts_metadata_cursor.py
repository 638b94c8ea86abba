# options: {"writes": true, "connection": "conn-2"}
# expect: {"requests": 1, "records": {"ResumedContact": 120}, "logs": 1, "metadata_writes": 1}
#| integration: salesforce
#| runs: every hour
#| output: ResumedContact
#| endpoint: GET /crm/resumed
from nangonb import NangoSync

STEP = 120


def fetch_data(nango: NangoSync) -> None:
    """Continues where the run before stopped; the place is kept in the connection's metadata."""
    metadata = nango.get_metadata()
    state = metadata.get("resume") or {"after": "", "runs": 0}

    where = f" WHERE Id > '{state['after']}'" if state["after"] else ""
    records = nango.get(
        "/services/data/v53.0/query",
        params={"q": f"SELECT Id FROM Contact{where} ORDER BY Id LIMIT {STEP}"},
    ).data["records"]

    nango.batch_save([{"id": record["Id"]} for record in records], "ResumedContact")
    runs = state["runs"] + 1
    after = records[-1]["Id"] if len(records) == STEP else ""
    nango.update_metadata({"resume": {"after": after, "runs": runs}})
    nango.log(f"Run {runs}: {len(records)} records, {'more' if after else 'the end'}")
