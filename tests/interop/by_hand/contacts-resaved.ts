import type { NangoSync, ResavedContact } from '../../models';

const FIELDS = ['Id', 'FirstName', 'LastName', 'Email', 'AccountId', 'LastModifiedDate'];

export default async function fetchData(nango: NangoSync): Promise<void> {
    const response = await nango.get({
        endpoint: '/services/data/v53.0/query',
        params: { q: `SELECT ${FIELDS.join(', ')} FROM Contact` }
    });
    const contacts: ResavedContact[] = response.data.records.map((record: any) => ({
        id: record.Id,
        first_name: record.FirstName,
        last_name: record.LastName,
        email: record.Email,
        account_id: record.AccountId,
        last_modified_date: record.LastModifiedDate
    }));
    await nango.batchSave(contacts, 'ResavedContact');
    const better = contacts
        .filter((_, place) => place % 3 === 0)
        .map((contact) => ({ ...contact, email: contact.email || `${contact.last_name.toLowerCase()}@example.org` }));
    await nango.batchSave(better, 'ResavedContact');
    const nameless = contacts.filter((contact) => contact.first_name === null).map((contact) => ({ id: contact.id }));
    await nango.batchDelete(nameless, 'ResavedContact');
    await nango.batchUpdate([{ id: 'not-there', last_name: 'Nobody' }], 'ResavedContact');
}
