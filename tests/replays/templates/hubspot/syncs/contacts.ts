import { createSync } from 'nango';
import type { ProxyConfiguration } from 'nango';
import * as z from 'zod';

const ProviderContact = z.object({
    id: z.number(),
    properties: z.object({
        email: z.string().nullable().optional(),
        firstname: z.string().nullable().optional(),
        updated: z.string()
    })
});

const Contact = z.object({
    id: z.string(),
    email: z.string().nullable(),
    name: z.string().optional(),
    updatedAt: z.string()
});

const CheckpointSchema = z.object({ updatedAfter: z.string() });
const MetadataSchema = z.object({ lists: z.array(z.string()) });

const sync = createSync({
    description: 'Contacts, from the last checkpoint on',
    version: '1.0.0',
    endpoints: [{ method: 'GET', path: '/crm/contacts', group: 'Contacts' }],
    frequency: 'every hour',
    autoStart: true,
    checkpoint: CheckpointSchema,
    metadata: MetadataSchema,
    models: { Contact },

    exec: async (nango) => {
        const checkpoint = await nango.getCheckpoint();
        const { lists } = await nango.getMetadata();
        for (const list of lists) {
            const config: ProxyConfiguration = {
                // https://crm.example.com/docs/contacts
                endpoint: `/v1/lists/${encodeURIComponent(list)}/contacts`,
                params: {
                    sort: 'updated',
                    ...(checkpoint && { updated_after: checkpoint.updatedAfter })
                },
                paginate: {
                    type: 'cursor',
                    cursor_path_in_response: 'paging.next.after',
                    cursor_name_in_request: 'after',
                    response_path: 'results',
                    limit_name_in_request: 'limit',
                    limit: 2
                },
                retries: 3
            };
            for await (const page of nango.paginate(config)) {
                const contacts = z.array(ProviderContact).parse(page);
                await nango.batchSave(contacts.map(toContact), 'Contact');
                const last = contacts[contacts.length - 1];
                if (last) {
                    await nango.saveCheckpoint({ updatedAfter: last.properties.updated });
                }
            }
            await nango.log(`List ${list} is read`, { level: 'debug' });
        }
        const saved = await nango.getCheckpoint();
        if (saved && saved.updatedAfter === '1970-01-01') {
            await nango.clearCheckpoint();
        }
    }
});

function toContact(contact: z.infer<typeof ProviderContact>): z.infer<typeof Contact> {
    const { id, properties } = contact;
    return {
        id: id.toString(),
        email: properties.email ?? null,
        ...(properties.firstname != null && { name: properties.firstname.trim() }),
        updatedAt: new Date(properties.updated).toISOString()
    };
}

export type NangoSyncLocal = Parameters<(typeof sync)['exec']>[0];
export default sync;
