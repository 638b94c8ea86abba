# options: {"connection": "conn-2", "input": {"start": "2026-01-15T10:00:00+01:00", "end": "2026-04-02T23:30:00Z"}}
# expect: {"requests": 1, "output": ["contacts", "days", "label", "months", "weeks"]}
#| integration: salesforce
#| input: DateRange
#| output: RangeReport
#| endpoint: GET /crm/range
from datetime import datetime, timedelta, timezone

from nangonb import NangoAction
from nangonb.models import DateRange, RangeReport


def run_action(nango: NangoAction, input: DateRange) -> RangeReport:
    start = parse(nango, input["start"])
    end = parse(nango, input["end"])
    if end <= start:
        raise nango.ActionError("The range is empty", start=start.isoformat(), end=end.isoformat())

    soql = (
        "SELECT COUNT() FROM Contact "
        f"WHERE LastModifiedDate >= {start.isoformat()} AND LastModifiedDate < {end.isoformat()}"
    )
    total = nango.get("/services/data/v53.0/query", params={"q": soql}).data["totalSize"]

    months = []
    day = start
    while day < end:
        month = day.strftime("%Y-%m")
        if month not in months:
            months.append(month)
        day += timedelta(days=1)

    length = end - start
    return {
        "days": length.days,
        "weeks": length.days // 7,
        "months": months,
        "contacts": total,
        "label": f"{start:%d %b %Y} to {end:%d %b %Y} ({length.total_seconds() / 86400:.2f} days)",
    }


def parse(nango: NangoAction, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise nango.ActionError(f"{text} is no date")
    return moment.astimezone(timezone.utc)
