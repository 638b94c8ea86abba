# options: {"connection": "conn-2", "metadata": {"known": ["003Dm0000B00000IQA", "003Dm0000B00001IQA", "gone-1", "gone-2"], "region": "EMEA"}}
# expect: {"requests": 7, "records": {"ReconciledContact": 50}, "deleted": {"ReconciledContact": 2}, "logs": 4}
#| integration: salesforce
#| runs: every 2 hours
#| output: ReconciledContact
#| endpoint: GET /crm/reconciled
from datetime import datetime, timedelta, timezone

from nangonb import NangoSync
from nangonb.models import ReconciledContact

REGIONS = {"EMEA": ["Germany", "Poland", "Kenya"], "APAC": ["Japan", "Viet Nam"]}
CHECKED_AT = datetime(2026, 6, 30, 18, 45, tzinfo=timezone.utc)


def fetch_data(nango: NangoSync) -> None:
    """Saves what changed in half a year; what is known and no longer there is deleted."""
    metadata = nango.get_metadata()
    known = metadata.get("known", [])
    countries = REGIONS[metadata.get("region", "EMEA")]

    present = set()
    buckets: dict[str, list[ReconciledContact]] = {"new": [], "changed": [], "old": []}
    for country in countries:
        for record in contacts_in(nango, country):
            present.add(record["Id"])
            contact = reconcile(record, country, known)
            buckets[contact["status"]].append(contact)

    for status, contacts in buckets.items():
        nango.log(f"{status:>8}: {len(contacts)}")
        if contacts and status != "old":
            nango.batch_save(contacts, "ReconciledContact")

    missing = [contact_id for contact_id in known if contact_id not in present]
    confirmed = [contact_id for contact_id in missing if not exists(nango, contact_id)]
    nango.batch_delete([{"id": contact_id} for contact_id in confirmed], "ReconciledContact")
    if len(confirmed) < len(missing):
        nango.log(f"{len(missing) - len(confirmed)} moved to another region", level="warn")


def contacts_in(nango: NangoSync, country: str) -> list[dict]:
    soql = f"""
        SELECT Id, Name, Email, MailingCity, LastModifiedDate
        FROM Contact
        WHERE MailingCountry = '{country}'
        ORDER BY LastModifiedDate DESC
    """
    query = " ".join(soql.split())
    return nango.get("/services/data/v53.0/query", params={"q": query}, retries=2).data["records"]


def reconcile(record: dict, country: str, known: list[str]) -> ReconciledContact:
    modified = datetime.fromisoformat(record["LastModifiedDate"])
    age = CHECKED_AT - modified
    if record["Id"] not in known and age < timedelta(days=60):
        status = "new"
    elif age < timedelta(days=120):
        status = "changed"
    else:
        status = "old"
    hours, minutes = age.seconds // 3600, age.seconds // 60 % 60
    return {
        "id": record["Id"],
        "name": record["Name"],
        "status": status,
        "age": f"{age.days}d {hours:02d}h {minutes:02d}m",
        "place": ", ".join(part for part in (record["MailingCity"], country) if part),
        "contactable": bool(record["Email"]),
        "checked_at": CHECKED_AT.isoformat(),
    }


def exists(nango: NangoSync, contact_id: str) -> bool:
    query = f"SELECT COUNT() FROM Contact WHERE Id = '{contact_id}'"
    return nango.get("/services/data/v53.0/query", params={"q": query}).data["totalSize"] > 0
