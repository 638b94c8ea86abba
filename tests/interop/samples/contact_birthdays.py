# options: {"connection": "conn-2"}
# expect: {"requests": 1, "records": {"Birthday": 26}, "logs": 1}
#| integration: salesforce
#| runs: every day
#| output: Birthday
#| endpoint: GET /crm/birthdays
from datetime import datetime, timedelta, timezone

from nangonb import NangoSync
from nangonb.models import Birthday

# The report is made for one day, so that it can be repeated.
TODAY = datetime(2026, 7, 1, tzinfo=timezone.utc)
SOON = timedelta(days=45)


def fetch_data(nango: NangoSync) -> None:
    soql = "SELECT Id, Name, Birthdate FROM Contact WHERE Birthdate != null"
    response = nango.get("/services/data/v53.0/query", params={"q": soql})
    upcoming = []
    for record in response.data["records"]:
        birthday = to_birthday(record)
        if birthday["days_until"] <= SOON.days:
            upcoming.append(birthday)
    upcoming.sort(key=lambda birthday: birthday["days_until"])
    nango.batch_save(upcoming, "Birthday")
    if upcoming:
        first = upcoming[0]
        nango.log(f"Next is {first['name']} on {first['next_birthday']}")


def to_birthday(record: dict) -> Birthday:
    born = datetime.fromisoformat(record["Birthdate"] + "T00:00:00+00:00")
    coming = datetime(TODAY.year, born.month, born.day, tzinfo=timezone.utc)
    if coming < TODAY:
        coming = datetime(TODAY.year + 1, born.month, born.day, tzinfo=timezone.utc)
    return {
        "id": record["Id"],
        "name": record["Name"],
        "birthdate": record["Birthdate"],
        "age": coming.year - born.year,
        "next_birthday": coming.strftime("%Y-%m-%d"),
        "days_until": (coming - TODAY).days,
    }
