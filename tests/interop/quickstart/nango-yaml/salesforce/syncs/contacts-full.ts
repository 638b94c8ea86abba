import type { NangoSync, Contact } from '../../models';

export default async function fetchData(nango: NangoSync): Promise<void> {
    const query = 'SELECT Id, FirstName, LastName, Email, AccountId, LastModifiedDate FROM Contact';
    await fetchAndSaveRecords(nango, query);
    await nango.log('Sync run completed!');
}

async function fetchAndSaveRecords(nango: NangoSync, query: string): Promise<void> {
    let response = await nango.get({ endpoint: '/services/data/v53.0/query', params: { q: query }, retries: 10 });
    while (true) {
        const page = response.data;
        await nango.batchSave(page.records.map(toContact), 'Contact');
        if (page.done) {
            break;
        }
        response = await nango.get({ endpoint: page.nextRecordsUrl, retries: 10 });
    }
}

function toContact(record: any): Contact {
    return {
        id: record.Id,
        first_name: record.FirstName,
        last_name: record.LastName,
        email: record.Email,
        account_id: record.AccountId,
        last_modified_date: record.LastModifiedDate
    };
}
