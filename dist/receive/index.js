import { createRequire as __WEBPACK_EXTERNAL_createRequire } from "module";
var __webpack_exports__ = {};

;// CONCATENATED MODULE: external "node:worker_threads"
const external_node_worker_threads_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:worker_threads");
;// CONCATENATED MODULE: external "node:os"
const external_node_os_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:os");
;// CONCATENATED MODULE: ./address.js
/** Addresses without what nobody else should see: users, passwords, queries. */
/** What stands for an address that cannot be read, and so may be a secret anywhere in it. */
const UNREADABLE_ADDRESS = 'unknown:address';
/** No longer than schemes are: it keeps the search for them linear. */
const SCHEME = /[a-z][a-z0-9+.-]{0,30}:\/\//gi;
const HOST = String.raw `(?:\[[^\]]*\]|[^/?#:]*)`;
/** A host, and a port if any, with something behind it that ends both. */
const READABLE = new RegExp(String.raw `^${HOST}(?::\d*)?(?:[/?#]|$)`);
/** The same in a sentence: `https://cache.example:443, which …`. What follows a password is not told from more of it. */
const READABLE_IN_TEXT = new RegExp(String.raw `^${HOST}:\d*(?:['"\`<>()[\]{},;.!|\\:]*$|["'][,)\]}])`);
/** A host that can hardly be anything else. */
const LIKELY_HOST = /^(?:(?:[\w-]+\.)+[a-z][a-z0-9-]*|\d+(?:\.\d+){3}|localhost|\[[0-9a-f:.]+\])(?::\d+)?(?:[/?#]|$)/i;
/** What follows an `@` that ends no password: the digest of an image, the branch of a repository. */
const NO_HOST = /^(?:sha\d{3}[:=]|refs\/)/;
/**
 * Tells userinfo from host in what comes behind `scheme://`. Unlike RFC 3986 it takes passwords into account that nobody
 * has encoded, as people write them: with `@`, `/`, `?` and `#`.
 */
function splitAddress(scheme, text) {
    const authority = /^[^/?#]*/.exec(text)?.[0] ?? '';
    const ends = [...text.matchAll(/@/g)]
        .map(({ index }) => index)
        .filter(at => !NO_HOST.test(text.slice(at + 1, at + 9)));
    const inAuthority = ends.filter(at => at < authority.length);
    // An image may have a tag where others have a port.
    const isReadable = (rest) => READABLE.test(rest) || /^(?:docker|oci):/i.test(scheme);
    let end = inAuthority.at(-1) ?? -1;
    const first = text.slice(end + 1);
    const hasNoHost = end >= 0 && /^(?:[/?#]|$)/.test(first);
    if (hasNoHost || !isReadable(first) || (end < 0 ? isPassword(first) : hasHostBehind(first)))
        end = ends.at(-1) ?? end;
    const rest = text.slice(end + 1);
    const userinfo = end < 0 ? {} : { userinfo: text.slice(0, end) };
    if (isReadable(rest) || READABLE_IN_TEXT.test(rest))
        return { scheme, ...userinfo, rest };
    // Behind a userinfo there is a host, and perhaps a path as scp writes it; without one, that may be a password.
    return { scheme, ...userinfo, ...(end >= 0 && { rest: new RegExp(`^${HOST}`).exec(rest)?.[0] ?? '' }) };
}
/** Whether what looks like host, port and path is a user, a password that begins with digits or none, and a host. */
function isPassword(rest) {
    const [, host = '', port, path = ''] = /^(\[[^\]]*\]|[^/?#:]*)(:\d*)?([^?#]*)/.exec(rest) ?? [];
    if (port === undefined && (/[.[]/.test(host) || host === 'localhost' || host === ''))
        return false;
    return hasHostBehind(path);
}
/** Whether the last `@` stands before a host. */
function hasHostBehind(text) {
    // No password goes on like this, and names of branches may have anything behind it.
    if (/@(?:refs\/|sha\d{3}:)/.test(text))
        return false;
    return text.includes('@') && LIKELY_HOST.test(text.slice(text.lastIndexOf('@') + 1));
}
/** Takes user, password, query string and fragment out of every URL in `text`. */
function redactUrl(text) {
    const starts = [...text.matchAll(SCHEME)];
    let result = text.slice(0, starts[0]?.index ?? text.length);
    for (const [i, { index, 0: scheme }] of starts.entries()) {
        const following = text.slice(index + scheme.length, starts[i + 1]?.index ?? text.length);
        const address = /^\S*/.exec(following)?.[0] ?? '';
        const { rest = '…' } = splitAddress(scheme, address);
        result += scheme + rest.replace(/[?#].*$/s, '') + following.slice(address.length);
    }
    return result;
}
/**
 * One address as everybody may see it.
 *
 * @param address with `scheme://`
 * @returns scheme, host and path, or UNREADABLE_ADDRESS
 */
function publicAddress(address) {
    // A space ends no address that stands alone; in a password it would hide the rest of it.
    const whole = address.trim().replace(/\s/g, encodeURIComponent);
    const bare = /^[a-z][a-z0-9+.-]{0,30}:\/\//i.test(whole) ? redactUrl(whole) : '';
    const url = URL.parse(bare);
    return url === null || url.username !== '' || url.password !== '' || bare.endsWith('…') ? UNREADABLE_ADDRESS : bare;
}

;// CONCATENATED MODULE: ./errors.js


/**
 * An error made for people: what failed, on which resource, and what to do next.
 *
 * @throws nothing itself; the constructor redacts `resource`.
 */
class SeedError extends Error {
    name = 'SeedError';
    code;
    resource;
    hint;
    constructor(code, message, options = {}) {
        super(message, options.cause === undefined ? {} : { cause: options.cause });
        this.code = code;
        if (options.resource !== undefined)
            this.resource = redactUrl(options.resource);
        if (options.hint !== undefined)
            this.hint = options.hint;
    }
}
/** The system's error code of `error` (`ENOENT`, `ENOSPC`, …), looked up through its causes. */
function systemCode(error) {
    // Not `instanceof`: in tests, errors of Node itself belong to another realm.
    for (let e = error, depth = 0; Error.isError(e) && depth < 8; e = e.cause, depth++) {
        const code = e.code;
        if (typeof code === 'string' && !(e instanceof SeedError))
            return code;
    }
    return undefined;
}
/** Exit codes of the command line: 0 done, 1 failed, 2 wrong use, 3 policy not met, 4 cryptography, 5 registry or network. */
function exitCode(code) {
    switch (code) {
        case 'USAGE':
        case 'REFERENCE_INVALID':
        case 'POLICY_INVALID':
            return 2;
        case 'SEED_REFUSED':
        case 'POLICY_UNMET':
            return 3;
        case 'IDENTITY_INVALID':
        case 'KEY_INVALID':
        case 'SIGNING_FAILED':
        case 'TRUST_ROOT_INVALID':
        case 'BUNDLE_REFUSED':
            return 4;
        case 'SIGSTORE_UNREACHABLE':
        case 'SIGSTORE_FAILED':
        case 'FORGE_UNREACHABLE':
        case 'FORGE_DENIED':
        case 'FORGE_LIMITED':
        case 'FORGE_CONFLICT':
        case 'FORGE_FAILED':
        case 'REGISTRY_UNREACHABLE':
        case 'REGISTRY_DENIED':
        case 'REGISTRY_FAILED':
        case 'NOT_FOUND':
        case 'DOWNLOAD_FAILED':
        case 'DIGEST_MISMATCH':
            return 5;
        default:
            return 1;
    }
}

;// CONCATENATED MODULE: external "node:crypto"
const external_node_crypto_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:crypto");
;// CONCATENATED MODULE: external "node:fs"
const external_node_fs_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:fs");
;// CONCATENATED MODULE: external "node:net"
const external_node_net_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:net");
;// CONCATENATED MODULE: external "node:tls"
const external_node_tls_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:tls");
;// CONCATENATED MODULE: ./http/error.js

/** An exchange that failed: with `status` if there was an answer, without one if there was none. */
class HttpError extends Error {
    name = 'HttpError';
    status;
    headers;
    /** Start of the answer, unchecked and not redacted. */
    body;
    url;
    retryAfterMs;
    /** Worth another try: always set for 408, 429, 5xx and connections that broke. */
    retriable;
    /** Set once all tries were had, so that a retry around a retry does not multiply them. */
    givenUp = false;
    constructor(message, options) {
        super(message, options.cause === undefined ? {} : { cause: options.cause });
        const { response } = options;
        this.url = redactUrl(options.url.href);
        this.headers = response?.headers ?? {};
        this.body = options.body ?? '';
        this.retriable = options.retriable ?? (response ? isRetriableStatus(response.status) : true);
        const retryAfterMs = options.retryAfterMs ?? parseRetryAfterMs(this.headers['retry-after']);
        if (response)
            this.status = response.status;
        if (retryAfterMs !== undefined)
            this.retryAfterMs = retryAfterMs;
    }
}
function isRetriableStatus(status) {
    return status === 408 || status === 429 || (status >= 500 && status !== 501 && status !== 505);
}
/** https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3: seconds or a date. */
function parseRetryAfterMs(value, now = Date.now()) {
    if (value === undefined)
        return undefined;
    if (/^\s*\d+\s*$/.test(value))
        return Number(value) * 1000;
    const date = Date.parse(value);
    return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

;// CONCATENATED MODULE: ./http/redirect.js

/** The statuses that lead elsewhere, where there is a Location. */
const REDIRECT_STATUSES = [301, 302, 303, 307, 308];
const MAX_REDIRECTS = 5;
/**
 * The URL of a Location header, relative or absolute, with its query as it is. Servers behind a proxy that ends TLS name
 * themselves with http: that is put right.
 *
 * @param mayLeaveHttps plain http is allowed in any case
 * @throws HttpError if it leaves https.
 */
function redirectTarget(location, base, mayLeaveHttps) {
    if (!URL.canParse(location, base.href))
        throw astray('a Location that is no URL', base);
    const url = new URL(location, base);
    if (url.protocol === 'https:')
        return url;
    if (url.protocol !== 'http:')
        throw astray(`a Location with ${url.protocol}`, base);
    if (base.protocol === 'http:' || mayLeaveHttps)
        return url;
    if (url.host !== base.host)
        throw astray('a Location that leaves https', base);
    url.protocol = 'https:';
    return url;
}
function astray(what, url) {
    return new HttpError(`${url.host} answered with ${what}`, { url, retriable: false });
}

;// CONCATENATED MODULE: ./http/response-head.js
/** The head of a response of HTTP/1.1, as the one who receives bodies by the gigabyte needs it: https://www.rfc-editor.org/rfc/rfc9112 */
/** A head of more bytes is none. */
const MAX_HEAD_BYTES = 64 * 1024;
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [^\r\n]*)?$/;
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/;
const NO_BODY = new Set([204, 304]);
/**
 * Parses a head strictly: what a lenient reader would put right is left to a client of all trades.
 *
 * @param text from the status line to the last field, without the empty line
 * @returns undefined if it is none, or ambiguous
 */
function parseResponseHead(text) {
    const [first = '', ...lines] = text.split('\r\n');
    const [, minor, status] = STATUS_LINE.exec(first) ?? [];
    if (status === undefined || /[\r\n\0]/.test(text.replaceAll('\r\n', '')))
        return undefined;
    const headers = new Map();
    for (const line of lines) {
        const [, name, value = ''] = FIELD.exec(line) ?? [];
        if (name === undefined)
            return undefined;
        const known = headers.get(name.toLowerCase());
        headers.set(name.toLowerCase(), known === undefined ? value : `${known}, ${value}`);
    }
    const length = headers.get('content-length');
    if (length !== undefined && !/^\d{1,15}$/.test(length))
        return undefined;
    // Both together are how requests are smuggled: https://www.rfc-editor.org/rfc/rfc9112#section-6.3
    if (length !== undefined && headers.has('transfer-encoding'))
        return undefined;
    const closes = (headers.get('connection') ?? '')
        .toLowerCase()
        .split(/\s*,\s*/)
        .includes('close');
    return {
        status: Number(status),
        headers: Object.fromEntries(headers),
        length: NO_BODY.has(Number(status)) ? 0 : length === undefined ? undefined : Number(length),
        isReusable: minor === '1' && !closes
    };
}

;// CONCATENATED MODULE: ./http/receiver.js
/**
 * Receives bodies from servers to files and hashes them on the way, in a thread that does nothing else. Bytes come into
 * one buffer a connection, are hashed and written there and then, and no stream or event stands between: that costs a
 * third of what node:http does. It speaks the one exchange that is worth it, a GET whose answer tells its length. All else,
 * and each failure, is left to the client that knows about retries, credentials and proxies.
 */






/** What fits into a processor's own memory: the bytes are read three times. */
const BUFFER_BYTES = 256 * 1024;
/** Whatever is wrong with the network or the server: somebody else is to try. */
class Unreceived extends Error {
}
/** Keeps connections for the next order. */
class Receiver {
    #idle = new Map();
    /**
     * @param onBytes called with the bytes that were written since the last call
     * @throws the system's error where the file cannot be written
     */
    async receive(order, onBytes) {
        const sink = new FileSink(order, onBytes);
        try {
            await this.#get(order, sink);
            return { bytes: sink.bytes, ...(order.isHashed && { hex: sink.digest() }) };
        }
        catch (error) {
            if (!(error instanceof Unreceived))
                throw error;
            return { bytes: sink.bytes, problem: error.message };
        }
        finally {
            sink.close();
        }
    }
    /** Gives up all connections. */
    close() {
        for (const connection of [...this.#idle.values()].flat())
            connection.close();
        this.#idle.clear();
    }
    async #get(order, sink) {
        const { from, size, start, end } = order;
        const range = start === 0 && end === size ? {} : { range: `bytes=${start}-${end - 1}` };
        let url = new URL(from.url);
        let headers = { ...from.headers, ...range };
        for (let redirects = 0;; redirects++) {
            const head = await this.#ask(url, headers, from, sink, answer => isWanted(answer, order));
            if (head === undefined)
                return;
            const { location } = head.headers;
            if (!REDIRECT_STATUSES.includes(head.status) || location === undefined) {
                throw new Unreceived(`${url.host} answered with status ${head.status}`);
            }
            if (redirects === MAX_REDIRECTS)
                throw new Unreceived(`${url.host} redirects too often`);
            const next = follow(location, url, from.mayLeaveHttps);
            // Credentials belong to one origin.
            if (next.origin !== url.origin)
                headers = { 'user-agent': from.headers['user-agent'] ?? '', ...range };
            url = next;
        }
    }
    /** @returns the head of an answer that is not wanted; undefined once a wanted one is in the sink */
    async #ask(url, headers, from, sink, wants) {
        const kept = this.#idle.get(url.origin)?.pop();
        const connection = kept ?? (await Connection.open(url, from));
        try {
            const head = await connection.get(url, headers, head => (wants(head) ? sink : undefined));
            if (connection.isReusable)
                this.#idle.set(url.origin, [...(this.#idle.get(url.origin) ?? []), connection]);
            else
                connection.close();
            return wants(head) ? undefined : head;
        }
        catch (error) {
            connection.close();
            // One that was kept may have been closed meanwhile, which says nothing about the server.
            if (kept !== undefined && error instanceof Unreceived && !connection.hasAnswered) {
                return this.#ask(url, headers, from, sink, wants);
            }
            throw error;
        }
    }
}
function follow(location, base, mayLeaveHttps) {
    try {
        return redirectTarget(location, base, mayLeaveHttps);
    }
    catch (error) {
        throw new Unreceived(error.message);
    }
}
/** Whether the answer is just the bytes that were asked for. https://www.rfc-editor.org/rfc/rfc9110#section-14.4 */
function isWanted({ status, headers, length }, { size, start, end }) {
    if (length !== end - start || (headers['content-encoding'] ?? 'identity') !== 'identity')
        return false;
    if (status === 200)
        return start === 0 && end === size;
    return (status === 206 &&
        [`bytes ${start}-${end - 1}/${size}`, `bytes ${start}-${end - 1}/*`].includes(headers['content-range'] ?? ''));
}
class FileSink {
    bytes = 0;
    #file;
    #start;
    #hash;
    #onBytes;
    constructor({ file, start, isHashed }, onBytes) {
        this.#file = (0,external_node_fs_namespaceObject.openSync)(file, 'r+');
        this.#start = start;
        this.#hash = isHashed ? (0,external_node_crypto_namespaceObject.createHash)('sha256') : undefined;
        this.#onBytes = onBytes;
    }
    write(bytes) {
        this.#hash?.update(bytes);
        for (let at = 0; at < bytes.length;) {
            const count = (0,external_node_fs_namespaceObject.writeSync)(this.#file, bytes, at, bytes.length - at, this.#start + this.bytes);
            at += count;
            this.bytes += count;
        }
        this.#onBytes(bytes.length);
    }
    digest() {
        return this.#hash?.digest('hex') ?? '';
    }
    close() {
        (0,external_node_fs_namespaceObject.closeSync)(this.#file);
    }
}
/** One connection, for one exchange after another. */
class Connection {
    #socket;
    #idleTimeoutMs;
    #host;
    #exchange;
    #isOver = false;
    /** Whether the last exchange has got any answer. */
    hasAnswered = false;
    constructor(url, { connectTimeoutMs, idleTimeoutMs }) {
        this.#host = url.host;
        this.#idleTimeoutMs = idleTimeoutMs;
        const isPlain = url.protocol === 'http:';
        const host = url.hostname.replace(/^\[|\]$/g, '');
        const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
        const callback = (count) => {
            this.#received(buffer.subarray(0, count));
            return true;
        };
        const options = { host, port: Number(url.port || (isPlain ? 80 : 443)), onread: { buffer, callback } };
        // A server's name is no address: https://www.rfc-editor.org/rfc/rfc6066#section-3
        const secure = { ...options, ALPNProtocols: ['http/1.1'], ...((0,external_node_net_namespaceObject.isIP)(host) === 0 && { servername: host }) };
        this.#socket = isPlain ? (0,external_node_net_namespaceObject.connect)(options) : (0,external_node_tls_namespaceObject.connect)(secure);
        this.#socket.setNoDelay(true).setTimeout(connectTimeoutMs);
        this.#socket.on('timeout', () => {
            this.#fail(`nothing came from ${url.host} in time`);
        });
        this.#socket.on('error', (error) => {
            this.#fail(`the connection to ${url.host} broke (${error.code ?? error.name})`);
        });
        this.#socket.on('close', () => {
            this.#fail(`${url.host} closed the connection`);
        });
    }
    static async open(url, from) {
        const connection = new Connection(url, from);
        const opened = Promise.withResolvers();
        const resolve = () => {
            connection.#exchange = undefined;
            opened.resolve({ status: 0, headers: {}, length: 0, isReusable: true });
        };
        connection.#exchange = { head: Buffer.alloc(0), left: 0, choose: () => undefined, resolve, reject: opened.reject };
        connection.#socket.once(url.protocol === 'http:' ? 'connect' : 'secureConnect', resolve);
        await opened.promise;
        return connection;
    }
    get isReusable() {
        return !this.#isOver && this.#exchange === undefined;
    }
    /**
     * @param choose where the body goes, by the head of the answer; a short one is passed over, for a long one the
     *   connection is given up
     */
    get(url, headers, choose) {
        const { promise, resolve, reject } = Promise.withResolvers();
        this.hasAnswered = false;
        if (this.#isOver)
            reject(new Unreceived(`${this.#host} closed the connection`));
        else {
            this.#exchange = { head: Buffer.alloc(0), left: 0, choose, resolve, reject };
            const fields = Object.entries({ host: url.host, accept: '*/*', 'accept-encoding': 'identity', ...headers });
            const lines = [`GET ${url.pathname}${url.search} HTTP/1.1`, ...fields.map(([name, value]) => `${name}: ${value}`)];
            // A line break in a value would begin another request. URLs have none.
            if (fields.some(([, value]) => /[\r\n\0]/.test(value)))
                this.#fail('a header has a line break');
            else
                this.#socket.setTimeout(this.#idleTimeoutMs).write(`${lines.join('\r\n')}\r\n\r\n`);
        }
        return promise;
    }
    close() {
        this.#isOver = true;
        this.#socket.destroy();
    }
    #received(bytes) {
        const exchange = this.#exchange;
        if (exchange === undefined || this.#isOver) {
            this.close(); // nothing was asked for
            return;
        }
        try {
            this.hasAnswered = true;
            const body = exchange.answer === undefined ? this.#takeHead(exchange, bytes) : bytes;
            if (exchange.answer !== undefined)
                this.#takeBody(exchange, exchange.answer, body);
        }
        catch (error) {
            this.#isOver = true;
            this.#exchange = undefined;
            this.#socket.destroy();
            exchange.reject(error);
        }
    }
    /** @returns what of the body has come with the head's end */
    #takeHead(exchange, bytes) {
        let text = Buffer.concat([exchange.head, bytes]);
        for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
            const head = parseResponseHead(text.toString('latin1', 0, end));
            if (head === undefined)
                break;
            text = text.subarray(end + 4);
            if (head.status < 200)
                continue; // https://www.rfc-editor.org/rfc/rfc9110#section-15.2
            exchange.answer = head;
            exchange.sink = exchange.choose(head);
            exchange.left = head.length ?? Infinity;
            return text;
        }
        if (text.length > MAX_HEAD_BYTES || text.indexOf('\r\n\r\n') >= 0) {
            throw new Unreceived(`${this.#host} answered with something else than HTTP/1.1`);
        }
        exchange.head = text;
        return text.subarray(text.length);
    }
    #takeBody(exchange, answer, bytes) {
        const isTooLong = exchange.sink === undefined && exchange.left > MAX_HEAD_BYTES;
        const body = bytes.subarray(0, exchange.left);
        exchange.sink?.write(body);
        exchange.left -= body.length;
        if (exchange.left > 0 && !isTooLong)
            return;
        this.#isOver ||= isTooLong || !answer.isReusable || body.length < bytes.length;
        this.#exchange = undefined;
        exchange.resolve(answer);
    }
    #fail(problem) {
        this.#isOver = true;
        this.#socket.destroy();
        const exchange = this.#exchange;
        this.#exchange = undefined;
        exchange?.reject(new Unreceived(problem));
    }
}

;// CONCATENATED MODULE: external "node:path"
const external_node_path_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:path");
;// CONCATENATED MODULE: external "node:url"
const external_node_url_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:url");
;// CONCATENATED MODULE: ./thread-entry.js



/** The program of a thread. The bundle of it stands beside the one that this is part of; without bundles it is the source. */
function thread_entry_threadEntry(name) {
    const here = dirname(fileURLToPath(import.meta.url));
    const bundle = join(here, '..', name, 'index.js');
    return existsSync(bundle) ? bundle : join(here, `${name}.ts`);
}

;// CONCATENATED MODULE: ./seed/mount/receiving.js
/** Threads that receive blobs, each with connections of its own; see http/receiver.ts for what they do. */





/** More do not help: what a thread receives is about what a fast network brings. */
const MAX_THREADS = 4;
/** After so many failures in a row, a server is not made for this. */
const MAX_FAILURES = 3;
const REPORT_BYTES = 4 * 1024 * 1024;
/** To be closed in the end. */
class Receiving {
    #threads = [];
    #waiting = new Map();
    #next = 0;
    #failures = 0;
    /** Whether it is worth another try. */
    get isOpen() {
        return this.#failures < MAX_FAILURES;
    }
    /** Starts the threads before there is anything for them to do, since that takes a moment. */
    start() {
        for (let id = 0; id < threadCount(); id++)
            this.#thread(id);
    }
    /**
     * @param onBytes called with the bytes that were written since the last call, some megabytes at a time; those of the
     *   result are more than it was told of
     * @throws the system's error where the file cannot be written; the reason of `signal`
     */
    async receive(order, onBytes, signal) {
        signal.throwIfAborted();
        const id = this.#next++;
        const { promise, resolve, reject } = Promise.withResolvers();
        const onAbort = () => {
            reject(signal.reason);
        };
        signal.addEventListener('abort', onAbort, { once: true });
        this.#waiting.set(id, { onBytes, resolve, reject });
        try {
            this.#thread(id).postMessage({ id, order });
            const received = await promise;
            this.#failures = received.problem === undefined ? 0 : this.#failures + 1;
            return received;
        }
        finally {
            this.#waiting.delete(id);
            signal.removeEventListener('abort', onAbort);
        }
    }
    /** Ends the threads, whatever they do; nothing is written when this has returned. */
    async close() {
        await Promise.all(this.#threads.map(thread => thread.terminate()));
    }
    #thread(id) {
        const at = id % threadCount();
        return (this.#threads[at] ??= this.#start());
    }
    #start() {
        const thread = new Worker(threadEntry('receive'));
        thread.on('message', (answer) => {
            const waiting = this.#waiting.get(answer.id);
            if (waiting === undefined)
                return;
            if ('came' in answer)
                waiting.onBytes(answer.came);
            else if ('received' in answer)
                waiting.resolve(answer.received);
            else
                waiting.reject(errorOf(answer.failure));
        });
        thread.on('error', error => {
            for (const { reject } of this.#waiting.values())
                reject(error);
        });
        return thread;
    }
}
function threadCount() {
    return Math.min(MAX_THREADS, availableParallelism());
}
function errorOf({ message, systemCode: code }) {
    return Object.assign(new Error(message), code === undefined ? {} : { code });
}
/** The thread's side: what `src/receive.ts` runs. */
function serveReceiving(port) {
    const receiver = new Receiver();
    const answer = (message) => {
        port.postMessage(message);
    };
    port.on('message', ({ id, order }) => {
        let came = 0;
        const onBytes = (count) => {
            came += count;
            if (came < REPORT_BYTES)
                return;
            answer({ id, came });
            came = 0;
        };
        receiver.receive(order, onBytes).then(received => {
            answer({ id, received });
        }, (error) => {
            const code = systemCode(error);
            const message = error instanceof Error ? error.message : String(error);
            answer({ id, failure: { message, ...(code !== undefined && { systemCode: code }) } });
        });
    });
}

;// CONCATENATED MODULE: ./receive.js
/** Entry of the threads that receive layers (`seed/mount/receiving`). */


if (external_node_worker_threads_namespaceObject.parentPort === null)
    throw new Error('this is no program of its own');
serveReceiving(external_node_worker_threads_namespaceObject.parentPort);

