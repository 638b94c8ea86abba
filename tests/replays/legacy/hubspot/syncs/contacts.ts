import type { NangoSync, Contact, ProxyConfiguration } from '../../models';

interface Metadata {
    lists: string[];
}

export default async function fetchData(nango: NangoSync): Promise<void> {
    const { lists } = await nango.getMetadata<Metadata>();
    for (const list of lists) {
        const config: ProxyConfiguration = {
            endpoint: `/lists/${list}/contacts`,
            params: nango.lastSyncDate ? { since: nango.lastSyncDate.toISOString() } : {},
            paginate: {
                type: 'cursor',
                cursor_name_in_request: 'after',
                cursor_path_in_response: 'after',
                response_path: 'contacts'
            },
            retries: 10
        };
        for await (const contacts of nango.paginate<{ vid: number; email: string | null }>(config)) {
            const mapped: Contact[] = contacts.map(({ vid, email }) => ({ id: String(vid), email, list }));
            await nango.batchSave(mapped, 'Contact');
        }
        await nango.log(`${list} is read`);
    }
}
