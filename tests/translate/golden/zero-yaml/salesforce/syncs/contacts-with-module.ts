import { createSync } from 'nango';
import * as z from 'zod';
import { select, toContact } from '../../mappers/contact.js';
import { queryAll } from '../../paging.js';

const SpringContact = z.object({
    id: z.string(),
    first_name: z.string().nullable(),
    last_name: z.string(),
    email: z.string().nullable(),
    account_id: z.string().nullable(),
    last_modified_date: z.string()
});

const sync = createSync({
    description: '',
    endpoints: [{ method: 'GET', path: '/crm/module-contacts' }],
    frequency: 'every day',
    autoStart: true,
    syncType: 'incremental',
    models: { SpringContact },
    exec: async (nango) => {
        const where = nango.lastSyncDate
            ? `LastModifiedDate > ${isoformat(fromDate(nango.lastSyncDate)!)}`
            : null;
        const contacts = (await queryAll(nango, select(where), 'v58.0')).map((record: any) =>
            toContact(record)
        );
        for (const start of rangeOf(0, contacts.length, 50)) {
            await nango.batchSave(contacts.slice(start, start + 50), 'SpringContact');
        }
    }
});
export default sync;

// pythonError: an error with the name of Python's error, for handlers
function pythonError(name: string, message: any): Error {
    const error = new Error(String(message));
    error.name = name;
    return error;
}

// rangeOf: whole numbers from start to stop
function rangeOf(start: number, stop?: number, step = 1): number[] {
    const [from, to] = stop === undefined ? [0, start] : [start, stop];
    if (step === 0) throw pythonError('ValueError', 'range() arg 3 must not be zero');
    const found: number[] = [];
    for (let i = from; step > 0 ? i < to : i > to; i += step) found.push(i);
    return found;
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
