import type { NangoSync, ContactCard } from '../../models';

export default async function fetchData(nango: NangoSync): Promise<void> {
    const soql =
        'SELECT Id, Name, Email, Phone, MailingCity, MailingCountry, HasOptedOutOfEmail, Title, Department FROM Contact';
    let saved = 0;
    let pages = 0;
    for await (const records of nango.paginate({
        endpoint: '/services/data/v53.0/query',
        params: { q: soql },
        paginate: { type: 'link', response_path: 'records', link_path_in_response_body: 'nextRecordsUrl' }
    })) {
        const cards = records
            .filter((record: any) => truthy(record.Email))
            .map((record: any) => toCard(record));
        await nango.batchSave(cards, 'ContactCard');
        saved += cards.length;
        pages += 1;
    }
    await nango.log(`Saved ${groupThousands(String(saved))} cards from ${pages} pages`);
}

function toCard(record: any): ContactCard {
    const tags = [record.Title, record.Department].filter((tag: any) => tag !== null);
    return {
        id: record.Id,
        name: stripText(record.Name),
        email: record.Email.toLowerCase(),
        phone: cleanPhone(record.Phone),
        location: { city: record.MailingCity, country: record.MailingCountry },
        subscribed: !truthy(record.HasOptedOutOfEmail),
        tags
    };
}

function cleanPhone(phone: string | null): string | null {
    if (phone === null) {
        return null;
    }
    return replaceText(replaceText(phone, ' ', ''), '+', '00');
}

// truthy: Python's truth: empty lists, dicts and sets are false
function truthy(value: any): boolean {
    if (value === null || value === undefined) return false;
    if (Array.isArray(value)) return value.length > 0;
    if (value instanceof Set) return value.size > 0;
    if (typeof value === 'object') return Object.keys(value).length > 0;
    return Boolean(value);
}

// groupThousands: separates thousands
function groupThousands(text: string): string {
    return text.replace(/^([+-]?[0-9]+)/, (digits) => digits.replace(/\B(?=([0-9]{3})+$)/g, ','));
}

// stripText: text without white space (or these characters) at both ends
function stripText(text: string, chars?: string): string {
    return stripRight(stripLeft(text, chars), chars);
}

// stripLeft: text without white space (or these characters) at its start
function stripLeft(text: string, chars?: string): string {
    const points = [...text];
    let start = 0;
    while (start < points.length && isStripped(points[start]!, chars)) start++;
    return points.slice(start).join('');
}

// stripRight: text without white space (or these characters) at its end
function stripRight(text: string, chars?: string): string {
    const points = [...text];
    let end = points.length;
    while (end > 0 && isStripped(points[end - 1]!, chars)) end--;
    return points.slice(0, end).join('');
}

// isStripped: whether stripText() removes a character; Python's white space is not JavaScript's
function isStripped(point: string, chars?: string): boolean {
    return chars === undefined ? isSpace(point) : [...chars].includes(point);
}

// isSpace: Python's white space
function isSpace(text: string): boolean {
    return /^[\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/.test(text);
}

// replaceText: replaces all places (or the first ones) of a text, not a pattern
function replaceText(text: string, old: string, by: string, most = -1): string {
    const parts = old === '' ? ['', ...text, ''] : text.split(old);
    const end = most < 0 ? parts.length : Math.min(most, parts.length);
    return (
        parts.slice(0, end).join(by) +
        (end < parts.length ? (end > 0 ? by : '') + parts.slice(end).join(old) : '')
    );
}
