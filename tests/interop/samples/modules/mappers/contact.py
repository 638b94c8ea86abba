"""How a Salesforce contact becomes ours; several scripts import this."""

from nangonb.models import Contact

FIELDS = ["Id", "FirstName", "LastName", "Email", "AccountId", "LastModifiedDate"]


def select(where: str | None = None) -> str:
    query = f"SELECT {', '.join(FIELDS)} FROM Contact"
    return f"{query} WHERE {where}" if where else query


def to_contact(record: dict) -> Contact:
    return {
        "id": record["Id"],
        "first_name": record["FirstName"],
        "last_name": record["LastName"],
        "email": record["Email"],
        "account_id": record["AccountId"],
        "last_modified_date": record["LastModifiedDate"],
    }
