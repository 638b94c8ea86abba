import { createSync } from 'nango';
import * as z from 'zod';

const Contact = z.object({
    id: z.string(),
    first_name: z.string().nullable(),
    last_name: z.string(),
    email: z.string().nullable(),
    account_id: z.string().nullable(),
    last_modified_date: z.string()
});
type Contact = z.infer<typeof Contact>;

const sync = createSync({
    description: 'Syncs contacts',
    version: '1.0.0',
    frequency: 'every day',
    autoStart: true,
    syncType: 'full',
    endpoints: [{ method: 'GET', path: '/crm/contacts' }],
    scopes: ['offline_access', 'api'],
    models: { Contact },
    exec: async (nango) => {
        const query = 'SELECT Id, FirstName, LastName, Email, AccountId, LastModifiedDate FROM Contact';
        await fetchAndSaveRecords(nango, query);
        await nango.log('Sync run completed!');
    }
});

type NangoSyncLocal = Parameters<(typeof sync)['exec']>[0];
export default sync;

async function fetchAndSaveRecords(nango: NangoSyncLocal, query: string): Promise<void> {
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
