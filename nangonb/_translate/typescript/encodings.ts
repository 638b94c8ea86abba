// Encodings: JSON text, base64, addresses.

// jsonText: Python's json.dumps(): blanks after , and :, and text in ASCII, unless it says otherwise
function jsonText(
    value: any,
    options: { ascii?: boolean; sortKeys?: boolean; indent?: string; between?: [string, string] } = {},
    depth = 0
): string {
    const {
        ascii = true,
        sortKeys = false,
        indent,
        between = [indent === undefined ? ', ' : ',', ': ']
    } = options;
    if (value === null || typeof value === 'boolean') return String(value);
    if (typeof value === 'number') return numberText(value);
    if (typeof value === 'string') {
        const text = JSON.stringify(value);
        return ascii
            ? text.replace(
                  /[\u007f-\uffff]/g,
                  (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
              )
            : text;
    }
    if (!Array.isArray(value) && !isDict(value)) {
        throw pythonError('TypeError', 'this is not JSON serializable');
    }
    const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
    const parts: string[] = Array.isArray(value)
        ? value.map((each) => jsonText(each, options, depth + 1))
        : (sortKeys ? sortedKeys(value) : keysOf(value)).map(
              (key) => jsonText(key, options) + between[1] + jsonText(value[key], options, depth + 1)
          );
    if (parts.length === 0 || indent === undefined) return open + parts.join(between[0]) + close;
    const line = `\n${indent.repeat(depth + 1)}`;
    return open + line + parts.join(between[0] + line) + `\n${indent.repeat(depth)}` + close;
}

// sortedKeys: keys by code points
function sortedKeys(dict: any): string[] {
    return Object.keys(dict).sort(compare);
}

// parseJson: Python's json.loads(); throws where JavaScript would lose what Python keeps
function parseJson(text: any): any {
    let value: any;
    try {
        value = JSON.parse(textOnly(text));
    } catch (error: any) {
        if (/\b(NaN|Infinity)\b/.test(String(text))) {
            throw limitError('NaN and infinity in JSON differ on Nango.');
        }
        throw pythonError('ValueError', error?.message);
    }
    for (const [number] of text.replace(/"(?:[^"\\]|\\.)*"/g, '""').matchAll(/-?[0-9][0-9.eE+-]*/g)) {
        const differs = /[.eE]/.test(number)
            ? Number.isInteger(Number(number))
            : !Number.isSafeInteger(Number(number));
        if (differs) throw limitError(`${number} in JSON shows differently on Nango.`);
    }
    return value;
}

// decodeText: bytes as text; throws where they are not UTF-8
function decodeText(bytes: Buffer): string {
    const text = bytes.toString('utf8');
    if (!Buffer.from(text, 'utf8').equals(bytes)) {
        throw pythonError('ValueError', 'these bytes are not UTF-8');
    }
    return text;
}

// fromBase64: Python's b64decode(): skips what is not base64, and stops at the padding
function fromBase64(text: string | Buffer): Buffer {
    if (typeof text === 'string' && /[^\0-\x7f]/.test(text)) {
        throw pythonError('ValueError', 'base64 is ASCII');
    }
    let [data, pads] = ['', 0];
    for (const each of text.toString()) {
        if (each === '=' && data.length % 4 >= 2 && (data.length % 4) + ++pads >= 4) {
            return Buffer.from(data, 'base64');
        }
        if (!/[A-Za-z0-9+/]/.test(each)) continue;
        [data, pads] = [data + each, 0];
    }
    if (data.length % 4 !== 0) throw pythonError('ValueError', 'Incorrect padding');
    return Buffer.from(data, 'base64');
}

// toUrlBase64: Python's urlsafe_b64encode(), which keeps the padding
function toUrlBase64(bytes: Buffer): string {
    return bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

// fromUrlBase64: Python's urlsafe_b64decode()
function fromUrlBase64(text: string | Buffer): Buffer {
    const standard = text.toString().replaceAll('-', '+').replaceAll('_', '/');
    return fromBase64(typeof text === 'string' ? standard : Buffer.from(standard, 'utf8'));
}

// sameSecret: Python's compare_digest() of text, which takes ASCII only
function sameSecret(a: any, b: any): boolean {
    if (/[^\0-\x7f]/.test(textOnly(a) + textOnly(b))) {
        throw pythonError('TypeError', 'comparing text that is not ASCII');
    }
    return a === b;
}

// quoteText: Python's quote(): everything but letters, digits, _.-~ and the safe characters
function quoteText(text: any, safeChars = '/'): string {
    const quoted = encodeURIComponent(textOnly(text)).replace(
        /[!'()*]/g,
        (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`
    );
    return quoted.replace(/%[0-7][0-9A-F]/g, (each) => {
        const plain = String.fromCharCode(parseInt(each.slice(1), 16));
        return safeChars.includes(plain) ? plain : each;
    });
}

// quotePlus: the same, with + for blanks
function quotePlus(text: any, safeChars = ''): string {
    return quoteText(text, `${safeChars} `).replaceAll(' ', '+');
}

// unquoteText: Python's unquote(): keeps text that is not an escape
function unquoteText(text: string): string {
    return text.replace(/(?:%[0-9a-fA-F]{2})+/g, (escapes) =>
        Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8')
    );
}

// urlEncoded: Python's urlencode()
function urlEncoded(pairs: any, lists = false): string {
    const all: [any, any][] = Array.isArray(pairs) ? pairs : entriesOf(pairs);
    return all
        .flatMap(([name, value]) =>
            lists && Array.isArray(value) ? value.map((each) => [name, each]) : [[name, value]]
        )
        .map(([name, value]) => `${quotePlus(textOf(name))}=${quotePlus(textOf(value))}`)
        .join('&');
}

// UrlParts: the parts of an address
type UrlParts = { scheme: string; netloc: string; path: string; query: string; fragment: string };

// urlParts: Python's urlsplit()
function urlParts(address: any): UrlParts {
    let rest = textOnly(address)
        .replace(/^[\0-\x20]+/, '')
        .replace(/[\t\r\n]/g, '');
    const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(rest)?.[1] ?? '';
    if (scheme !== '') rest = rest.slice(scheme.length + 1);
    const netloc = rest.startsWith('//') ? /^[^/?#]*/.exec(rest.slice(2))![0] : '';
    if (rest.startsWith('//')) rest = rest.slice(2 + netloc.length);
    if (/[[\]]/.test(netloc) || /[^\0-\x7f]/.test(netloc)) {
        throw limitError('This URL is not supported.');
    }
    const [before, , fragment] = partitionText(rest, '#');
    const [path, , query] = partitionText(before, '?');
    return { scheme: scheme.toLowerCase(), netloc, path, query, fragment };
}

// parsedUrl: Python's urlparse(), which takes ;parameters from the path
function parsedUrl(address: any): UrlParts {
    const parts = urlParts(address);
    if (parts.path.includes(';')) {
        throw limitError('Parameters of a path are not supported. Use urlsplit.');
    }
    return parts;
}

// hostName: the host of an address, without port and user
function hostName(parts: UrlParts): string | null {
    const host = parts.netloc.slice(parts.netloc.lastIndexOf('@') + 1);
    return partitionText(host, ':')[0].toLowerCase() || null;
}

// portOf: the port of an address
function portOf(parts: UrlParts): number | null {
    const port = partitionText(parts.netloc.slice(parts.netloc.lastIndexOf('@') + 1), ':')[2];
    if (port === '') return null;
    if (!/^[0-9]+$/.test(port) || Number(port) > 65535) throw pythonError('ValueError', 'invalid port');
    return Number(port);
}

// queryLists: Python's parse_qs()
function queryLists(query: string, keepBlank = false): Record<string, string[]> {
    const found: Record<string, string[]> = {};
    for (const pair of query.split('&')) {
        const [name, , value] = partitionText(pair, '=');
        if (pair === '' || (value === '' && !keepBlank)) continue;
        const key = unquoteText(name.replaceAll('+', ' '));
        if (!hasOwn(found, key)) found[key] = [];
        found[key]!.push(unquoteText(value.replaceAll('+', ' ')));
    }
    return found;
}
