# options: {"connection": "conn-2", "metadata": {"fieldMapping": {"first_name": "FirstName", "city": "MailingCity", "job": "Title"}}}
# expect: {"requests": 1, "records": {"MappedContact": 29}, "logs": 1}
#| integration: salesforce
#| runs: every day
#| output: MappedContact
#| endpoint: GET /crm/mapped-contacts
from nangonb import NangoSync

DEFAULT_MAPPING = {"email": "Email", "last_name": "LastName"}


def fetch_data(nango: NangoSync) -> None:
    """Saves what the customer asked for in the connection's metadata, next to our own fields."""
    metadata = nango.get_metadata()
    mapping = {**DEFAULT_MAPPING, **metadata.get("fieldMapping", {})}
    fields = ["Id", *sorted(mapping.values())]

    query = f"SELECT {','.join(fields)} FROM Contact WHERE MailingCountry = 'Germany'"
    response = nango.get("/services/data/v53.0/query", params={"q": query})

    mapped = [map_record(record, mapping) for record in response.data["records"]]
    nango.batch_save(mapped, "MappedContact")
    nango.log(f"Mapped {len(mapping)} fields of {len(mapped)} contacts")


def map_record(record: dict, mapping: dict[str, str]) -> dict:
    result = {"id": record["Id"]}
    for ours, theirs in mapping.items():
        result[ours] = record.get(theirs)
    return result
