// Dates: Python's datetime keeps microseconds and its offset; a Date keeps neither.

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

// currentTime: this moment
function currentTime(offset: number | null): DateTime {
    return dateTime(Date.now(), 0, offset);
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

// inZone: the same moment in another time zone
function inZone(time: DateTime, offset: number): DateTime {
    if (time.offset === null) {
        throw limitError('A datetime without time zone counts as local time in Python.');
    }
    return dateTime(time.getTime(), time.us, offset);
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

// isoformat: Python's isoformat(): microseconds only if there are any
function isoformat(time: DateTime, separator = 'T'): string {
    const us = microsecondOf(time);
    const shown = wallClock(time).toISOString().slice(0, 19).replace('T', separator);
    const fraction = us === 0 ? '' : `.${String(us).padStart(6, '0')}`;
    return shown + fraction + (time.offset === null ? '' : offsetText(time.offset));
}

// isoformatTo: the same with the parts of timespec
function isoformatTo(time: DateTime, separator: string, precision: string): string {
    const shown = wallClock(time).toISOString();
    const us = String(microsecondOf(time)).padStart(6, '0');
    const ends: Record<string, number> = {
        hours: 13,
        minutes: 16,
        seconds: 19,
        milliseconds: 23,
        microseconds: 26
    };
    const end = precision === 'auto' ? (us === '000000' ? 19 : 26) : ends[precision];
    if (end === undefined) throw pythonError('ValueError', 'unknown timespec value');
    const clock = `${shown.slice(11, 19)}.${us}`.slice(0, end - 11);
    return shown.slice(0, 10) + separator + clock + (time.offset === null ? '' : offsetText(time.offset));
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

// strptime: a text by a format; without a time zone where the format has none
function strptime(text: any, format: string): DateTime {
    const patterns: Record<string, string> = {
        Y: '(?<Y>\\d\\d\\d\\d)', m: '(?<m>1[0-2]|0[1-9]|[1-9])', d: '(?<d>3[0-1]|[1-2]\\d|0[1-9]|[1-9]| [1-9])',
        H: '(?<H>2[0-3]|[0-1]\\d|\\d)', M: '(?<M>[0-5]\\d|\\d)', S: '(?<S>6[0-1]|[0-5]\\d|\\d)', f: '(?<f>[0-9]{1,6})',
        z: '(?<z>[+-]\\d\\d:?[0-5]\\d(?::?[0-5]\\d)?|Z)', '%': '%'
    }; // prettier-ignore
    const source = format.replace(/%(.)|\s+|[^%\s]/gsu, (part, code) => {
        if (code !== undefined) return patterns[code]!;
        return /\s/.test(part) ? '\\s+' : part.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
    });
    const parts = new RegExp(`^${source}$`, 'iu').exec(textOnly(text))?.groups;
    if (!parts) throw pythonError('ValueError', `time data '${text}' does not match format '${format}'`);
    const of = (code: string, absent = 0): number => Number(parts[code] ?? absent);
    const offset = parts['z'] === undefined ? null : offsetOf(parts['z'].toUpperCase());
    const us = Number((parts['f'] ?? '').padEnd(6, '0'));
    return dateTimeOf(offset, of('Y', 1900), of('m', 1), of('d', 1), of('H'), of('M'), of('S'), us);
}

// fromTimestamp: seconds since 1970, rounded to microseconds
function fromTimestamp(seconds: any, offset: number): DateTime {
    const number = numberOf(seconds);
    const whole = Math.trunc(number);
    const us = roundHalfEven((number - whole) * 1e6);
    return addTime(dateTime(whole * 1000, 0, offset), us);
}

// secondsOf: seconds since 1970
function secondsOf(time: DateTime): number {
    if (time.offset === null) {
        throw limitError('A datetime without time zone counts as local time in Python.');
    }
    return safe(time.getTime() * 1000 + time.us) / 1e6;
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

// addTime: a datetime some microseconds later
function addTime(time: DateTime, duration: number): DateTime {
    const us = time.us + duration;
    const rest = modulo(us, 1000);
    return dateTime(time.getTime() + (us - rest) / 1000, rest, time.offset);
}

// timeBetween: microseconds from b to a
function timeBetween(a: DateTime, b: DateTime): number {
    if ((a.offset === null) !== (b.offset === null)) {
        throw pythonError('TypeError', 'one of these has no time zone');
    }
    return safe((a.getTime() - b.getTime()) * 1000 + a.us - b.us);
}

// compareTimes: which of two moments is first
function compareTimes(a: DateTime, b: DateTime): number {
    if ((a.offset === null) !== (b.offset === null)) {
        throw pythonError('TypeError', 'one of these has no time zone');
    }
    return a.getTime() - b.getTime() || a.us - b.us;
}

// dateOf: date(year, month, day), as its text
function dateOf(year: number, month: number, day: number): string {
    return new Date(momentOf(year, month, day)).toISOString().slice(0, 10);
}

// dateFromIso: Python's date.fromisoformat(), as its text
function dateFromIso(text: any): string {
    if (textOnly(text).length > 10) throw pythonError('ValueError', `Invalid isoformat string: '${text}'`);
    return isoformat(fromIso(text)).slice(0, 10);
}

// replaceDate: the same date with other parts, as its text
function replaceDate(date: string, parts: { year?: number; month?: number; day?: number }): string {
    const [year, month, day] = date.split('-').map(Number);
    return dateOf(parts.year ?? year!, parts.month ?? month!, parts.day ?? day!);
}

// addDays: a date some whole days later
function addDays(date: string, duration: number): string {
    return isoformat(addTime(fromIso(date), floorDivide(duration, 86400e6) * 86400e6)).slice(0, 10);
}
