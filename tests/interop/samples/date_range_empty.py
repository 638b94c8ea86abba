# options: {"connection": "conn-2", "input": {"start": "2026-05-01T00:00:00Z", "end": "2026-04-01T00:00:00Z"}}
# expect: {"requests": 1, "error": "script_internal_error"}
#| integration: salesforce
#| input: DateRange
#| output: RangeReport
#| endpoint: GET /crm/empty-range
from datetime import datetime

from nangonb import NangoAction


def run_action(nango: NangoAction, input: dict) -> dict:
    latest = nango.get(
        "/services/data/v53.0/query",
        params={"q": "SELECT LastModifiedDate FROM Contact ORDER BY LastModifiedDate DESC LIMIT 1"},
    ).data["records"][0]["LastModifiedDate"]
    start, end = (datetime.fromisoformat(input[name]) for name in ("start", "end"))
    if end < start:
        days = (start - end).days
        raise ValueError(f"The range ends {days} days before it starts; the data end in {latest[:7]}")
    return {"days": (end - start).days, "weeks": 0, "months": [], "contacts": 0, "label": latest}
