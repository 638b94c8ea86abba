/** How a Salesforce contact becomes ours; several scripts import this. */

import type { Contact } from '../models.js';

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
