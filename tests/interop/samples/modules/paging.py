from nangonb import NangoSync


def query_all(nango: NangoSync, query: str, version: str = "v53.0") -> list[dict]:
    """All records of a SOQL query, page after page."""
    response = nango.get(f"/services/data/{version}/query", params={"q": query}, retries=3)
    records = list(response.data["records"])
    while not response.data["done"]:
        response = nango.get(response.data["nextRecordsUrl"], retries=3)
        records.extend(response.data["records"])
    return records
