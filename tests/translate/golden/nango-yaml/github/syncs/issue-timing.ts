import type { NangoSync, IssueTiming } from '../../models';

const NOW = fromIso('2026-06-30T00:00:00+00:00');
const STALE_AFTER = durationOf({ days: 60 });

export default async function fetchData(nango: NangoSync): Promise<void> {
    let total = durationOf({});
    let number = 0;
    for await (const page of nango.paginate({
        endpoint: '/repos/nangonb-demo/connectors/issues',
        params: { state: 'all' }
    })) {
        const timings: any[] = [];
        for (const issue of page) {
            const opened = fromIso(issue.created_at);
            const closed = truthy(issue.closed_at) ? fromIso(issue.closed_at) : null;
            if (closed !== null) {
                total = safe(total + timeBetween(closed, opened));
                number += 1;
            }
            timings.push(timing(issue, opened, closed ?? NOW, closed === null));
        }
        await nango.batchSave(timings, 'IssueTiming');
    }
    if (number) {
        await nango.log(`On average closed after ${toDecimals(total / 1e6 / number / 3600, 2)} hours`);
    }
}

function timing(issue: any, opened: DateTime, until: DateTime, isOpen: boolean): IssueTiming {
    return {
        id: textOf(issue.number),
        number: issue.number,
        hours_open: roundTo(timeBetween(until, opened) / 1e6 / 3600, 1),
        opened_on: strftime(opened, '%d.%m.%Y %H:%M'),
        weekday: weekdayOf(opened),
        stale: isOpen && timeBetween(until, opened) > STALE_AFTER
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

// limitError: an error where JavaScript cannot do what Python does; handlers of the script do not catch it
function limitError(message: string): Error {
    return pythonError('LimitError', message);
}

// safe: throws for a whole number past 2^53, which would lose digits silently
function safe(value: number): number {
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER && Number.isInteger(value)) {
        throw limitError('This number passes 2^53, where digits are lost.');
    }
    return value;
}

// numberOf: a number from outside; True counts as 1, text does not count
function numberOf(value: any): number {
    if (typeof value === 'boolean') return Number(value);
    if (typeof value !== 'number') throw pythonError('TypeError', 'the value is not a number');
    return value;
}

// floorDivide: Python's //, which rounds down
function floorDivide(a: any, b: any): number {
    const [left, right] = [numberOf(a), numberOf(b)];
    if (right === 0) throw pythonError('ZeroDivisionError', 'integer division or modulo by zero');
    const rest = left % right;
    const found = (left - rest) / right - (rest !== 0 && rest < 0 !== right < 0 ? 1 : 0);
    return found - Math.floor(found) > 0.5 ? Math.floor(found) + 1 : Math.floor(found);
}

// roundTo: Python's round() to a number of decimals
function roundTo(value: any, digits: number): number {
    const number = numberOf(value);
    if (digits >= 0) return Number.isInteger(number) ? number : Number(toDecimals(number, digits));
    const unit = 10 ** -digits;
    if (!Number.isInteger(number)) throw limitError('Rounding a float to tens differs on Nango.');
    const below = floorDivide(number, unit);
    const rest = 2 * (number - below * unit);
    return (rest < unit || (rest === unit && below % 2 === 0) ? below : below + 1) * unit;
}

// toDecimals: a number with a fixed number of decimals; JavaScript rounds halves up, Python to even
function toDecimals(value: any, digits: number): string {
    const number = numberOf(value);
    if (!Number.isFinite(number)) throw limitError('NaN and infinity show differently on Nango.');
    const sign = number < 0 || Object.is(number, -0) ? '-' : '';
    const size = Math.abs(number);
    if (size >= 1e21) return sign + BigInt(size) + (digits > 0 ? '.' + '0'.repeat(digits) : '');
    const [whole = '', fraction = ''] = size.toFixed(100).split('.');
    const [kept, rest] = [whole + fraction.slice(0, digits), fraction.slice(digits)];
    const stays = /^50*$/.test(rest) && Number(kept.slice(-1)) % 2 === 0;
    const shown = digits > 0 ? `${whole}.${fraction.slice(0, digits)}` : whole;
    return sign + (stays ? shown : size.toFixed(digits));
}

// textOf: Python's str()
function textOf(value: any): string {
    if (value === null || value === undefined) return 'None';
    if (value === true) return 'True';
    if (value === false) return 'False';
    if (typeof value === 'number') return numberText(value);
    if (typeof value !== 'string') {
        throw limitError('str() of lists, dicts and dates differs on Nango. Use json.dumps.');
    }
    return value;
}

// numberText: a number from outside as Python prints it
function numberText(value: number): string {
    if (Number.isInteger(value)) return Math.abs(value) < 1e21 ? String(safe(value)) : String(value);
    if (Math.abs(value) >= 1e-4) return String(value);
    return value.toExponential().replace(/-(\d)$/, '-0$1');
}

// textOnly: requires text; JavaScript would convert anything to text
function textOnly(value: any): string {
    if (typeof value !== 'string') throw pythonError('TypeError', 'the value is not a string');
    return value;
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

// momentOf: milliseconds of a date and time in UTC; throws where there is no such day or time
function momentOf(year: number, month: number, day: number, hour = 0, minute = 0, second = 0): number {
    const date = new Date(0);
    date.setUTCFullYear(year, month - 1, day);
    const isDay =
        date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
    const isTime = hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
    if (!isDay || !isTime || year < 1 || year > 9999) {
        throw pythonError('ValueError', 'invalid date or time');
    }
    return date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000;
}

// dateTimeOf: datetime(year, month, day, …)
function dateTimeOf(
    offset: number | null,
    year: number,
    month: number,
    day: number,
    hour = 0,
    minute = 0,
    second = 0,
    us = 0
): DateTime {
    return replaceTime(
        dateTime(momentOf(year, month, day, hour, minute, second) - (offset ?? 0) * 1000, 0, offset),
        { us }
    );
}

// wallClock: the local date and time of a datetime, readable with getUTC…
function wallClock(time: DateTime): Date {
    return new Date(time.getTime() + (time.offset ?? 0) * 1000);
}

// microsecondOf: microseconds of a datetime
function microsecondOf(time: DateTime): number {
    return wallClock(time).getUTCMilliseconds() * 1000 + time.us;
}

// weekdayOf: the weekday; 0 is Monday
function weekdayOf(time: DateTime): number {
    return (wallClock(time).getUTCDay() + 6) % 7;
}

// replaceTime: the same datetime with other parts; the wall clock stays where the time zone changes
function replaceTime(
    time: DateTime,
    parts: {
        year?: number;
        month?: number;
        day?: number;
        hour?: number;
        minute?: number;
        second?: number;
        us?: number;
        offset?: number | null;
    }
): DateTime {
    const shown = wallClock(time);
    const us = parts.us ?? microsecondOf(time);
    if (!(us >= 0 && us < 1e6)) throw pythonError('ValueError', 'microsecond must be in 0..999999');
    const offset = parts.offset === undefined ? time.offset : parts.offset;
    const ms = momentOf(
        parts.year ?? shown.getUTCFullYear(),
        parts.month ?? shown.getUTCMonth() + 1,
        parts.day ?? shown.getUTCDate(),
        parts.hour ?? shown.getUTCHours(),
        parts.minute ?? shown.getUTCMinutes(),
        parts.second ?? shown.getUTCSeconds()
    );
    return dateTime(ms + Math.floor(us / 1000) - (offset ?? 0) * 1000, us % 1000, offset);
}

// fromIso: Python's datetime.fromisoformat()
function fromIso(text: any): DateTime {
    const extended = /^(\d{4})-(\d\d)-(\d\d)(?:.(\d\d)(?::(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?(.*))?$/su;
    const basic = /^(\d{4})(\d\d)(\d\d)(?:.(\d\d)(?:(\d\d)(?:(\d\d)(?:[.,](\d+))?)?)?(.*))?$/su;
    const found = extended.exec(textOnly(text)) ?? basic.exec(text);
    if (found === null && /^\d{4}-?W\d\d/.test(text)) throw limitError('Week dates are not supported.');
    if (found === null) throw pythonError('ValueError', `Invalid isoformat string: '${text}'`);
    const zone = found[8] ?? '';
    if (!/^$|^Z$|^[+-]\d\d(:?\d\d(:?\d\d(\.\d+)?)?)?$/.test(zone)) {
        throw pythonError('ValueError', `Invalid isoformat string: '${text}'`);
    }
    const [year, month, day, hour, minute, second] = found.slice(1, 7).map((part) => Number(part ?? 0));
    const us = Number((found[7] ?? '').padEnd(6, '0').slice(0, 6));
    return dateTimeOf(zone === '' ? null : offsetOf(zone), year!, month!, day!, hour!, minute!, second!, us);
}

// offsetOf: seconds of an offset that is written as Z, +02:00 or -0330
function offsetOf(zone: string): number {
    if (zone === 'Z') return 0;
    if (zone.includes('.')) throw limitError('Offsets with parts of seconds are not supported.');
    const [hours = '0', minutes = '0', seconds = '0'] = zone.slice(1).match(/\d\d/g) ?? [];
    const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
    if (size >= 86400) throw pythonError('ValueError', 'offset must be less than a day');
    return zone.startsWith('-') ? -size : size;
}

// offsetText: an offset as isoformat() writes it
function offsetText(offset: number, between = ':'): string {
    const size = Math.abs(offset);
    const parts = [Math.floor(size / 3600), Math.floor(size / 60) % 60, ...(size % 60 ? [size % 60] : [])];
    return (offset < 0 ? '-' : '+') + parts.map((part) => String(part).padStart(2, '0')).join(between);
}

// strftime: a datetime by a format, with English names
function strftime(time: DateTime, format: string): string {
    const shown = wallClock(time);
    const two = (value: number): string => String(value).padStart(2, '0');
    const year = shown.getUTCFullYear();
    if (year < 1000) throw limitError('Years before 1000 show differently on Nango.');
    const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
    const months = [
        'January', 'February', 'March', 'April', 'May', 'June',
        'July', 'August', 'September', 'October', 'November', 'December'
    ]; // prettier-ignore
    const [day, month, hour] = [days[shown.getUTCDay()]!, months[shown.getUTCMonth()]!, shown.getUTCHours()];
    const codes: Record<string, () => string> = {
        Y: () => String(year), y: () => two(year % 100), m: () => two(shown.getUTCMonth() + 1), d: () => two(shown.getUTCDate()),
        H: () => two(hour), I: () => two(hour % 12 || 12), p: () => (hour < 12 ? 'AM' : 'PM'), M: () => two(shown.getUTCMinutes()),
        S: () => two(shown.getUTCSeconds()), f: () => String(microsecondOf(time)).padStart(6, '0'),
        j: () => String(Math.floor((shown.getTime() - momentOf(year, 1, 1)) / 86400000) + 1).padStart(3, '0'),
        A: () => day, a: () => day.slice(0, 3), B: () => month, b: () => month.slice(0, 3),
        F: () => shown.toISOString().slice(0, 10), T: () => shown.toISOString().slice(11, 19),
        z: () => (time.offset === null ? '' : offsetText(time.offset, '')), '%': () => '%',
        Z: () => (time.offset === null ? '' : time.offset === 0 ? 'UTC' : `UTC${offsetText(time.offset)}`)
    }; // prettier-ignore
    return format.replace(/%(.)/gsu, (_whole, code) => codes[code]!());
}

// durationOf: a duration in microseconds
function durationOf(parts: Record<string, number>): number {
    const units: Record<string, number> = {
        weeks: 604800e6, days: 86400e6, hours: 3600e6, minutes: 60e6, seconds: 1e6, milliseconds: 1e3, microseconds: 1
    }; // prettier-ignore
    return Object.entries(parts).reduce((total, [unit, value]) => {
        if (!Number.isInteger(numberOf(value))) {
            throw limitError('A timedelta of a part of a unit is not supported.');
        }
        return safe(total + safe(Number(value) * units[unit]!));
    }, 0);
}

// timeBetween: microseconds from b to a
function timeBetween(a: DateTime, b: DateTime): number {
    if ((a.offset === null) !== (b.offset === null)) {
        throw pythonError('TypeError', 'one of these has no time zone');
    }
    return safe((a.getTime() - b.getTime()) * 1000 + a.us - b.us);
}
