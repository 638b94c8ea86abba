// Numbers: Python's ints have no end, its floats show their point, and it rounds half to even.

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

// plusWhole: adds a whole number to a number from outside; a float keeps its point
function plusWhole(value: any, whole: number): number {
    const sum = safe(numberOf(value) + whole);
    if (Number.isInteger(sum) && !Number.isInteger(Number(value))) {
        throw limitError('This float shows differently on Nango.');
    }
    return sum;
}

// factorOf: a number from outside that is multiplied; text and lists are repeated in Python
function factorOf(value: any): number {
    if (typeof value === 'string' || Array.isArray(value)) {
        throw limitError('Text and lists from outside are not repeated on Nango.');
    }
    return numberOf(value);
}

// squareRoot: Python's sqrt(), which raises below zero
function squareRoot(value: number): number {
    if (value < 0) throw pythonError('ValueError', 'math domain error');
    return Math.sqrt(value);
}

// plus: Python's + for unknown types
function plus(a: any, b: any): any {
    if (typeof a === 'string' && typeof b === 'string') return a + b;
    if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b];
    return safe(numberOf(a) + numberOf(b));
}

// sumOf: Python's sum(): exact for whole numbers, compensated for floats
function sumOf(numbers: any[], floats = false): number {
    let total = 0;
    let lost = 0;
    let exact = !floats;
    for (const each of numbers) {
        const value = numberOf(each);
        const whole = !floats && Number.isInteger(value);
        const next = total + value;
        if (!exact && !whole) {
            lost += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total;
        }
        exact = exact && whole;
        total = exact ? safe(next) : next;
    }
    return Number.isFinite(lost) ? total + lost : total;
}

// sumInOrder: Python's sum(), before 3.12; whole numbers are counted exactly
function sumInOrder(numbers: any[]): number {
    let exact = true;
    return numbers.reduce((total, each) => {
        exact = exact && Number.isInteger(numberOf(each));
        return exact ? safe(total + numberOf(each)) : total + numberOf(each);
    }, 0);
}

// divide: division that raises for zero
function divide(a: any, b: any): number {
    if (numberOf(b) === 0) throw pythonError('ZeroDivisionError', 'division by zero');
    return numberOf(a) / numberOf(b);
}

// floorDivide: Python's //, which rounds down
function floorDivide(a: any, b: any): number {
    const [left, right] = [numberOf(a), numberOf(b)];
    if (right === 0) throw pythonError('ZeroDivisionError', 'integer division or modulo by zero');
    const rest = left % right;
    const found = (left - rest) / right - (rest !== 0 && rest < 0 !== right < 0 ? 1 : 0);
    return found - Math.floor(found) > 0.5 ? Math.floor(found) + 1 : Math.floor(found);
}

// modulo: Python's %, which has the sign of the divisor
function modulo(a: any, b: any): number {
    const [left, right] = [numberOf(a), numberOf(b)];
    if (right === 0) throw pythonError('ZeroDivisionError', 'integer division or modulo by zero');
    const rest = left % right;
    return rest !== 0 && rest < 0 !== right < 0 ? rest + right : rest;
}

// power: whole numbers, exactly
function power(base: number, exponent: number): number {
    return safe(Number(BigInt(base) ** BigInt(exponent)));
}

// roundHalfEven: Python's round(): halves go to the even neighbour
function roundHalfEven(value: any): number {
    const number = numberOf(value);
    const below = Math.floor(number);
    const rest = number - below;
    return safe(rest < 0.5 || (rest === 0.5 && below % 2 === 0) ? below : below + 1);
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

// groupThousands: separates thousands
function groupThousands(text: string): string {
    return text.replace(/^([+-]?[0-9]+)/, (digits) => digits.replace(/\B(?=([0-9]{3})+$)/g, ','));
}

// padText: text padded to the width of a format
function padText(text: string, width: number, align: '<' | '>' | '^', fill: string): string {
    const missing = Math.max(0, width - [...text].length);
    const left = align === '<' ? 0 : align === '>' ? missing : Math.floor(missing / 2);
    return fill.repeat(left) + text + fill.repeat(missing - left);
}

// wholeNumber: the whole number for the format d
function wholeNumber(value: any): number {
    if (!Number.isInteger(value)) throw pythonError('ValueError', 'the format is for whole numbers');
    return safe(value + 0);
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

// toInt: Python's int() of text or a number
function toInt(value: any): number {
    if (typeof value === 'boolean') return Number(value);
    if (typeof value === 'number') return safe(Math.trunc(value));
    if (typeof value !== 'string') throw pythonError('TypeError', 'int() takes text or a number');
    if (/\p{Nd}/u.test(value.replace(/[0-9]/g, ''))) {
        throw limitError('int() of digits of other scripts differs on Nango.');
    }
    if (!/^[+-]?[0-9]+(_[0-9]+)*$/.test(numeralOf(value))) {
        throw pythonError('ValueError', `invalid literal for int() with base 10: '${value}'`);
    }
    return safe(Number(numeralOf(value).replaceAll('_', '')));
}

// numeralOf: the text of a number without the white space that Python skips
function numeralOf(text: string): string {
    return stripText(
        text,
        '\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000'
    );
}

// toFloat: Python's float() of text or a number
function toFloat(value: any): number {
    if (typeof value === 'boolean' || typeof value === 'number') return Number(value);
    if (typeof value !== 'string') throw pythonError('TypeError', 'float() takes text or a number');
    if (/\p{Nd}/u.test(value.replace(/[0-9]/g, '')) || /^[+-]?(inf|infinity|nan)$/i.test(numeralOf(value))) {
        throw limitError('float() of NaN, infinity and digits of other scripts differs on Nango.');
    }
    const text = numeralOf(value).replace(/(?<=[0-9])_(?=[0-9])/g, '');
    if (!/^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/.test(text)) {
        throw pythonError('ValueError', `could not convert string to float: '${value}'`);
    }
    return Number(text);
}

// isInt: isinstance(value, int): True and False are, too
function isInt(value: any): boolean {
    return typeof value === 'boolean' || Number.isInteger(value);
}

// isFloat: isinstance(value, float): what JSON writes with a point
function isFloat(value: any): boolean {
    return typeof value === 'number' && !Number.isInteger(value);
}
