// Frames over one socket: a line of JSON, then raw bytes, `size` of them.
//
// Bodies of answers and saved records are raw bytes, so that neither side encodes them twice.

import net from 'node:net';
import process from 'node:process';

const NEWLINE = 10;

/** Whether JSON is nested deeper than `most` levels. */
export function isDeeper(text, most) {
    if (text.length <= 2 * most) {
        return false;
    }
    let depth = 0;
    for (const [sign] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}]/gs)) {
        if (sign === '[' || sign === '{') {
            depth += 1;
            if (depth > most) {
                return true;
            }
        } else if (sign === ']' || sign === '}') {
            depth -= 1;
        }
    }
    return false;
}

/** Call `take(frame, bytes)` for each frame in order; `bytes` is null for a frame without bytes. */
export function open(fd, take) {
    const socket = new net.Socket({ fd, readable: true, writable: true });
    let chunks = [];
    let held = 0;
    let frame = null; // the frame whose bytes are awaited

    function together() {
        const all = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, held);
        chunks = [all];
        return all;
    }

    function keep(rest) {
        chunks = rest.length > 0 ? [rest] : [];
        held = rest.length;
    }

    socket.on('data', (chunk) => {
        chunks.push(chunk);
        held += chunk.length;
        let fresh = chunk.includes(NEWLINE);
        for (;;) {
            if (frame === null) {
                if (!fresh) {
                    return;
                }
                const all = together();
                const end = all.indexOf(NEWLINE);
                if (end < 0) {
                    return;
                }
                frame = JSON.parse(all.toString('utf8', 0, end));
                keep(all.subarray(end + 1));
            }
            const size = frame.size ?? 0;
            if (held < size) {
                return;
            }
            let bytes = null;
            if (frame.size !== undefined) {
                const all = size > 0 ? together() : Buffer.alloc(0);
                bytes = all.subarray(0, size);
                if (size > 0) {
                    keep(all.subarray(size));
                }
            }
            const whole = frame;
            frame = null;
            fresh = true;
            take(whole, bytes);
        }
    });
    socket.on('error', () => process.exit(0));
    socket.on('close', () => process.exit(0)); // the parent process ended

    /** `texts` are members of the frame that are already JSON. */
    return (frame, bytes, texts = {}) => {
        const more = Object.entries(texts).map(([name, text]) => `,${JSON.stringify(name)}:${text}`).join('');
        const size = bytes === undefined ? '' : `,"size":${bytes.length}`;
        const head = `${JSON.stringify(frame).slice(0, -1)}${size}${more}}\n`;
        if (bytes === undefined) {
            socket.write(head);
            return;
        }
        socket.cork();
        socket.write(head);
        socket.write(bytes);
        socket.uncork();
    };
}
