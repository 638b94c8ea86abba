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
    description: 'Syncs contacts based on a field mapping object.',
    endpoints: [{ method: 'GET', path: '/crm/contact' }],
    frequency: 'every day',
    autoStart: true,
    syncType: 'incremental',
    scopes: ['offline_access', 'api'],
    models: { Contact },
    exec: async (nango) => {
        const query = buildQuery(fromDate(nango.lastSyncDate));
        await fetchAndSaveRecords(nango, query);
        await nango.log('Sync run completed!');
    }
});

type NangoSyncLocal = Parameters<(typeof sync)['exec']>[0];
export default sync;

function buildQuery(lastSyncDate: DateTime | null): string {
    let query = 'SELECT Id, FirstName, LastName, Email, AccountId, LastModifiedDate FROM Contact';
    if (lastSyncDate) {
        // Only fetch the new data.
        query += ` WHERE LastModifiedDate > ${isoformat(lastSyncDate)}`;
    }
    return query;
}

async function fetchAndSaveRecords(nango: NangoSyncLocal, query: string): Promise<void> {
    let response = await nango.get({ endpoint: '/services/data/v53.0/query', params: { q: query } });
    while (true) {
        const page = response.data;
        await nango.batchSave(
            page.records.map((record: any) => toContact(record)),
            'Contact'
        );
        if (truthy(page.done)) {
            break;
        }
        response = await nango.get({ endpoint: page.nextRecordsUrl });
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

// truthy: Python's truth: empty lists, dicts and sets are false
function truthy(value: any): boolean {
    if (value === null || value === undefined) return false;
    if (Array.isArray(value)) return value.length > 0;
    if (value instanceof Set) return value.size > 0;
    if (typeof value === 'object') return Object.keys(value).length > 0;
    return Boolean(value);
}

// pythonError: an error with the name of Python's error, for handlers
function pythonError(name: string, message: any): Error {
    const error = new Error(String(message));
    error.name = name;
    return error;
}

// DateTime: a Date with microseconds, and an offset in seconds (null: no time zone, treated as UTC)
type DateTime = Date & { us: number; offset: number | null };

// dateTime: a datetime from its moment in milliseconds, further microseconds, and its offset
function dateTime(ms: number, us: number, offset: number | null): DateTime {
    const local = ms + (offset ?? 0) * 1000;
    if (!(local >= -62135596800000 && local < 253402300800000)) {
        throw pythonError('OverflowError', 'date value out of range');
    }
    return Object.assign(new Date(ms), { us, offset });
}

// fromDate: a Date from Nango as a datetime
function fromDate(date: Date | null | undefined): DateTime | null {
    return date ? dateTime(date.getTime(), 0, 0) : null;
}

// wallClock: the local date and time of a datetime, readable with getUTC…
function wallClock(time: DateTime): Date {
    return new Date(time.getTime() + (time.offset ?? 0) * 1000);
}

// microsecondOf: microseconds of a datetime
function microsecondOf(time: DateTime): number {
    return wallClock(time).getUTCMilliseconds() * 1000 + time.us;
}

// offsetText: an offset as isoformat() writes it
function offsetText(offset: number, between = ':'): string {
    const size = Math.abs(offset);
    const parts = [Math.floor(size / 3600), Math.floor(size / 60) % 60, ...(size % 60 ? [size % 60] : [])];
    return (offset < 0 ? '-' : '+') + parts.map((part) => String(part).padStart(2, '0')).join(between);
}

// isoformat: Python's isoformat(): microseconds only if there are any
function isoformat(time: DateTime, separator = 'T'): string {
    const us = microsecondOf(time);
    const shown = wallClock(time).toISOString().slice(0, 19).replace('T', separator);
    const fraction = us === 0 ? '' : `.${String(us).padStart(6, '0')}`;
    return shown + fraction + (time.offset === null ? '' : offsetText(time.offset));
}
