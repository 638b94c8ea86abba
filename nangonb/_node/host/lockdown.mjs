// Removes from Node.js what no script needs, in case a script reaches `process` or the global object.

import process from 'node:process';

const OF_PROCESS = [
    'abort', 'binding', '_linkedBinding', 'chdir', '_debugEnd', '_debugProcess', 'dlopen', 'execve', 'getBuiltinModule',
    'initgroups', 'kill', '_kill', 'loadEnvFile', 'mainModule', 'openStdin', 'report', 'setegid', 'seteuid', 'setgid',
    'setgroups', 'setuid', '_startProfilerIdleNotifier', '_stopProfilerIdleNotifier', 'umask'
];
const OF_NETWORK = ['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest', 'BroadcastChannel', 'Worker', 'navigator', 'Request', 'Response', 'FormData', 'CloseEvent', 'MessageEvent'];

/** Call after loading everything that needs these objects. */
export function lockDown() {
    for (const name of OF_PROCESS) {
        Object.defineProperty(process, name, { value: undefined, writable: false, configurable: false });
    }
    for (const name of [...OF_NETWORK, 'process', 'require', 'global']) {
        delete globalThis[name];
    }
}
