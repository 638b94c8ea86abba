// Text: Python counts code points, and knows its own white space and digits.

// textOnly: requires text; JavaScript would convert anything to text
function textOnly(value: any): string {
    if (typeof value !== 'string') throw pythonError('TypeError', 'the value is not a string');
    return value;
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

// splitText: text at white space, or at a separator a number of times
function splitText(text: string, separator?: string | null, most = -1): string[] {
    if (separator === '') throw pythonError('ValueError', 'empty separator');
    if (separator !== undefined && separator !== null) {
        const parts = text.split(separator);
        if (most < 0 || parts.length <= most + 1) return parts;
        return [...parts.slice(0, most), parts.slice(most).join(separator)];
    }
    const found: string[] = [];
    let rest = stripLeft(text);
    while (rest !== '' && (most < 0 || found.length < most)) {
        const word = /^[^\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/.exec(
            rest
        )![0];
        found.push(word);
        rest = stripLeft(rest.slice(word.length));
    }
    return rest === '' ? found : [...found, rest];
}

// splitFromRight: text at a separator, a number of times from its end
function splitFromRight(text: string, separator: string, most = -1): string[] {
    if (separator === '') throw pythonError('ValueError', 'empty separator');
    const reverse = (part: string): string => [...part].reverse().join('');
    return splitText(reverse(text), reverse(separator), most).map(reverse).reverse();
}

// partitionText: before a separator, the separator, and after it
function partitionText(text: string, separator: string): [string, string, string] {
    if (separator === '') throw pythonError('ValueError', 'empty separator');
    const place = text.indexOf(separator);
    return place < 0
        ? [text, '', '']
        : [text.slice(0, place), separator, text.slice(place + separator.length)];
}

// partitionFromRight: the same at the last separator
function partitionFromRight(text: string, separator: string): [string, string, string] {
    if (separator === '') throw pythonError('ValueError', 'empty separator');
    const place = text.lastIndexOf(separator);
    return place < 0
        ? ['', '', text]
        : [text.slice(0, place), separator, text.slice(place + separator.length)];
}

// splitLines: the lines of a text
function splitLines(text: string): string[] {
    const lines = text.split(/\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/);
    if (lines[lines.length - 1] === '') lines.pop();
    return lines;
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

// removePrefix: text without a beginning
function removePrefix(text: string, prefix: string): string {
    return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}

// removeSuffix: text without an ending
function removeSuffix(text: string, suffix: string): string {
    return suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;
}

// zeroFilled: text filled with zeros on the left, after a sign
function zeroFilled(text: string, width: number): string {
    const sign = /^[+-]/.test(text) ? text[0]! : '';
    return sign + padText(text.slice(sign.length), width - sign.length, '>', '0');
}

// centred: text in the middle, as center() places it
function centred(text: string, width: number, fill = ' '): string {
    const missing = Math.max(0, width - [...text].length);
    const left = Math.floor(missing / 2) + (missing & width & 1);
    return fill.repeat(left) + text + fill.repeat(missing - left);
}

// titleCase: one character in title case
function titleCase(point: string): string {
    const upper = point.toUpperCase();
    if (/[\u10d0-\u10ff]/.test(point)) return point;
    if ([...upper].length > 1 || /[\u01c4-\u01cc\u01f1-\u01f3]/.test(point)) {
        throw limitError(`The title case of ${point} differs on Nango.`);
    }
    return upper;
}

// capitalizeText: first character upper, all others lower
function capitalizeText(text: string): string {
    const [head = ''] = text;
    return titleCase(head) + text.toLowerCase().slice(head.toLowerCase().length);
}

// titleText: every word with an upper first character
function titleText(text: string): string {
    const lower = text.toLowerCase();
    let [found, place, inside] = ['', 0, false];
    for (const point of text) {
        const small = lower.slice(place, place + point.toLowerCase().length);
        place += small.length;
        found += inside ? small : titleCase(point);
        inside = /[\p{Lowercase}\p{Uppercase}\p{Lt}]/u.test(point);
    }
    return found;
}

// isLower: whether no cased character is upper, and there is one
function isLower(text: string): boolean {
    return /\p{Lowercase}/u.test(text) && !/[\p{Uppercase}\p{Lt}]/u.test(text);
}

// isUpper: whether no cased character is lower, and there is one
function isUpper(text: string): boolean {
    return /\p{Uppercase}/u.test(text) && !/[\p{Lowercase}\p{Lt}]/u.test(text);
}

// isDigit: digits of all scripts, raised and circled ones, too
function isDigit(text: string): boolean {
    return /^[\p{Nd}\u00b2-\u00b3\u00b9\u1369-\u1371\u19da\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468\u2474-\u247c\u2488-\u2490\u24ea\u24f5-\u24fd\u24ff\u2776-\u277e\u2780-\u2788\u278a-\u2792\u{10a40}-\u{10a43}\u{10e60}-\u{10e68}\u{11052}-\u{1105a}\u{1f100}-\u{1f10a}]+$/u.test(
        text
    );
}

// countOf: how often a text occurs in another
function countOf(text: string, part: string): number {
    return part === '' ? [...text].length + 1 : text.split(part).length - 1;
}

// placeOf: the index of a text in another, by code points, or -1
function placeOf(text: string, part: string, fromRight = false): number {
    const place = fromRight ? text.lastIndexOf(part) : text.indexOf(part);
    return place < 0 ? -1 : [...text.slice(0, place)].length;
}

// indexOfText: the index of a text in another; throws if it is not in it
function indexOfText(text: string, part: string): number {
    const place = placeOf(text, part);
    if (place < 0) throw pythonError('ValueError', 'substring not found');
    return place;
}

// reprOf: Python's repr() of JSON
function reprOf(value: any): string {
    if (typeof value === 'string') return quotedText(value);
    if (Array.isArray(value)) return `[${value.map(reprOf).join(', ')}]`;
    if (isDict(value)) {
        const pairs = keysOf(value).map((key) => `${quotedText(key)}: ${reprOf(value[key])}`);
        return `{${pairs.join(', ')}}`;
    }
    return textOf(value);
}

// quotedText: text in quotes, with escapes for unprintable characters
function quotedText(text: string): string {
    const quote = text.includes('\u0027') && !text.includes('\u0022') ? '\u0022' : '\u0027';
    const known: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };
    const shown = [...text].map((point) => {
        if (point === quote) return `\\${quote}`;
        if (hasOwn(known, point)) return known[point]!;
        if (point === ' ' || !/[\p{C}\p{Z}]/u.test(point)) return point;
        const digits = point.codePointAt(0)!.toString(16);
        if (digits.length <= 2) return `\\x${digits.padStart(2, '0')}`;
        return digits.length <= 4 ? `\\u${digits.padStart(4, '0')}` : `\\U${digits.padStart(8, '0')}`;
    });
    return quote + shown.join('') + quote;
}
