/** How a Salesforce contact becomes ours; several scripts import this. */

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

export const FIELDS = ['Id', 'FirstName', 'LastName', 'Email', 'AccountId', 'LastModifiedDate'];

export function select(where: string | null = null): string {
    const query = `SELECT ${FIELDS.join(', ')} FROM Contact`;
    return where ? `${query} WHERE ${where}` : query;
}

export function toContact(record: any): Contact {
    return {
        id: record.Id,
        first_name: record.FirstName,
        last_name: record.LastName,
        email: record.Email,
        account_id: record.AccountId,
        last_modified_date: record.LastModifiedDate
    };
}
