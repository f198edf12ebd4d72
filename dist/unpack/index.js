import { createRequire as __WEBPACK_EXTERNAL_createRequire } from "module";
var __webpack_exports__ = {};

;// CONCATENATED MODULE: external "node:worker_threads"
const external_node_worker_threads_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:worker_threads");
;// CONCATENATED MODULE: external "node:stream"
const external_node_stream_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:stream");
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
class errors_SeedError extends Error {
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
        if (typeof code === 'string' && !(e instanceof errors_SeedError))
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

;// CONCATENATED MODULE: external "node:fs"
const external_node_fs_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:fs");
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

;// CONCATENATED MODULE: external "node:zlib"
const external_node_zlib_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:zlib");
;// CONCATENATED MODULE: external "node:stream/promises"
const promises_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:stream/promises");
;// CONCATENATED MODULE: ./oci/types.js
const MEDIA_TYPE = {
    index: 'application/vnd.oci.image.index.v1+json',
    manifest: 'application/vnd.oci.image.manifest.v1+json',
    config: 'application/vnd.oci.image.config.v1+json',
    layerTar: 'application/vnd.oci.image.layer.v1.tar',
    layerTarGzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
    layerTarZstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
    /** An EROFS image as it is, https://github.com/erofs/erofs-image-spec */
    erofsLayer: 'application/vnd.erofs.layer.v1',
    empty: 'application/vnd.oci.empty.v1+json'
};

;// CONCATENATED MODULE: ./oci/untar.js
/**
 * A streaming tar reader: ustar, pax extended headers, GNU long names and base-256 sizes, which is what image builders
 * write. Names are bytes. It checks header checksums and the archive's end, so that a truncated layer is an error.
 */

const BLOCK = 512;
const MAX_EXTENSION = 1024 * 1024;
/**
 * Reads a tar archive from `source` into `sink`, holding one header at most.
 *
 * @throws SeedError CONTENT_INVALID for what is no tar archive or ends early.
 */
async function readTar(source, sink) {
    const parser = new TarParser(sink);
    for await (const piece of source)
        parser.push(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
    parser.finish();
}
class TarParser {
    #sink;
    #header = Buffer.alloc(BLOCK);
    #headerFilled = 0;
    #remaining = 0; // bytes of content still to come
    #padding = 0;
    #ended = false;
    #member;
    #extension;
    #pax = new Map();
    #offset = 0;
    constructor(sink) {
        this.#sink = sink;
    }
    push(input) {
        let at = 0;
        while (at < input.length) {
            if (this.#remaining > 0) {
                const take = Math.min(this.#remaining, input.length - at);
                this.#content(input.subarray(at, at + take));
                at += take;
            }
            else if (this.#padding > 0) {
                const take = Math.min(this.#padding, input.length - at);
                this.#padding -= take;
                at += take;
            }
            else {
                const take = Math.min(BLOCK - this.#headerFilled, input.length - at);
                input.copy(this.#header, this.#headerFilled, at, at + take);
                this.#headerFilled += take;
                at += take;
                if (this.#headerFilled === BLOCK) {
                    this.#headerFilled = 0;
                    this.#block(this.#header, this.#offset + at);
                }
            }
        }
        this.#offset += input.length;
    }
    finish() {
        if (!this.#ended || this.#remaining > 0 || this.#member)
            throw this.#invalid('the archive ends early');
    }
    #content(piece) {
        this.#remaining -= piece.length;
        if (this.#extension)
            this.#extension.parts.push(Buffer.from(piece));
        else
            this.#sink.data(piece);
        if (this.#remaining === 0)
            this.#close();
    }
    #close() {
        if (this.#extension) {
            const { flag, parts } = this.#extension;
            this.#extension = undefined;
            this.#extend(flag, Buffer.concat(parts));
        }
        else if (this.#member) {
            this.#member = undefined;
            this.#sink.end();
        }
    }
    #extend(flag, body) {
        if (flag === 'L')
            this.#pax.set('path', cString(body));
        else if (flag === 'K')
            this.#pax.set('linkpath', cString(body));
        else if (flag === 'x')
            for (const [key, value] of this.#paxRecords(body))
                this.#pax.set(key, value);
        // 'g': global headers carry nothing that concerns names or sizes in image layers
    }
    #block(block, end) {
        if (block.every(byte => byte === 0)) {
            this.#ended = true; // the second zero block, and what blocking adds, are accepted without counting
            return;
        }
        if (this.#ended)
            throw this.#invalid('data after the end of the archive');
        if (!hasValidChecksum(block))
            throw this.#invalid('a header has a wrong checksum');
        const flag = String.fromCharCode(block[156] ?? 0);
        const size = parseNumber(block, 124, 12);
        if (flag === 'x' || flag === 'g' || flag === 'L' || flag === 'K') {
            if (size > MAX_EXTENSION)
                throw this.#invalid('an extended header is too large');
            this.#extension = { flag, parts: [] };
            this.#start(size);
            return;
        }
        this.#member = this.#toMember(block, flag, size, end);
        this.#pax.clear();
        this.#sink.begin(this.#member);
        this.#start(this.#member.type === 'file' ? this.#member.size : 0);
    }
    #start(size) {
        if (!Number.isSafeInteger(size) || size < 0)
            throw this.#invalid('a member has no valid size');
        this.#remaining = size;
        this.#padding = (BLOCK - (size % BLOCK)) % BLOCK;
        if (size === 0)
            this.#close();
    }
    #toMember(block, flag, size, offset) {
        const prefix = block.toString('latin1', 257, 262) === 'ustar' ? cString(block.subarray(345, 500)) : Buffer.alloc(0);
        const name = cString(block.subarray(0, 100));
        const path = this.#pax.get('path') ?? (prefix.length > 0 ? Buffer.concat([prefix, Buffer.from('/'), name]) : name);
        const paxSize = this.#pax.get('size');
        return {
            path: normalised(path),
            type: memberType(flag),
            mode: parseNumber(block, 100, 8) & 0o7777,
            size: paxSize ? Number(paxSize.toString('latin1')) : size,
            offset,
            target: this.#pax.get('linkpath') ?? cString(block.subarray(157, 257))
        };
    }
    *#paxRecords(body) {
        for (let at = 0; at < body.length;) {
            const blank = body.indexOf(0x20, at);
            const length = blank < 0 ? NaN : Number(body.toString('latin1', at, blank));
            const equals = body.indexOf(0x3d, blank);
            const end = at + length;
            if (!(Number.isSafeInteger(length) && equals > blank && end <= body.length && equals < end)) {
                throw this.#invalid('an extended header is malformed');
            }
            yield [body.toString('latin1', blank + 1, equals), Buffer.from(body.subarray(equals + 1, end - 1))];
            at = end;
        }
    }
    #invalid(what) {
        return new errors_SeedError('CONTENT_INVALID', `not a valid tar archive: ${what} (near byte ${this.#offset})`);
    }
}
function memberType(flag) {
    switch (flag) {
        case '0':
        case '\0':
        case '7':
            return 'file';
        case '1':
            return 'hardlink';
        case '2':
            return 'symlink';
        case '5':
            return 'directory';
        default:
            return 'other';
    }
}
function cString(field) {
    const end = field.indexOf(0);
    return Buffer.from(end < 0 ? field : field.subarray(0, end));
}
/** Octal, or GNU's base-256 where the first byte has its high bit set. */
function parseNumber(block, offset, width) {
    const field = block.subarray(offset, offset + width);
    if (((field[0] ?? 0) & 0x80) === 0) {
        const digits = cString(field).toString('latin1').trim();
        return digits === '' ? 0 : /^[0-7]+$/.test(digits) ? parseInt(digits, 8) : NaN;
    }
    let value = (field[0] ?? 0) & 0x7f;
    for (const byte of field.subarray(1))
        value = value * 256 + byte;
    return value;
}
function hasValidChecksum(block) {
    let sum = 8 * 0x20;
    for (let i = 0; i < BLOCK; i++)
        if (i < 148 || i >= 156)
            sum += block[i] ?? 0;
    return parseNumber(block, 148, 8) === sum;
}
function normalised(path) {
    let start = 0;
    let end = path.length;
    while (end > start && path[end - 1] === 0x2f)
        end--;
    for (;;) {
        if (path[start] === 0x2f && start < end)
            start++;
        else if (path[start] === 0x2e && path[start + 1] === 0x2f && start + 1 < end)
            start += 2;
        else
            break;
    }
    if (end - start === 1 && path[start] === 0x2e)
        start = end;
    return Buffer.from(path.subarray(start, end));
}

;// CONCATENATED MODULE: ./seed/unpack.js
/** One layer's archive, from its compressed bytes to store paths on a stage. Runs in a thread of its own (`seed/unpacker`). */






const STORE_PREFIX = 'nix/store/';
/** The Nix store's modification time, in seconds: one for everything. */
const STORE_TIME = 1;
/** Each piece costs a way to another thread and back; Node.js's own 16 KiB take half as long again. */
const CHUNK_BYTES = 256 * 1024;
/**
 * Unpacks `layer`, which whoever sends it has to compare with its digest.
 *
 * @returns names of the store paths that were written
 * @throws SeedError CONTENT_INVALID for members that do not belong there, or what the disk or the decompressor throws
 */
async function unpackLayer(layer, task) {
    const sink = new StoreSink(task.folder, task.expected, task.wanted);
    const read = (tar) => readTar(released(tar), sink);
    const decompress = decompressor(task.mediaType);
    try {
        if (decompress)
            await (0,promises_namespaceObject.pipeline)(layer, decompress, read);
        else
            await (0,promises_namespaceObject.pipeline)(layer, read);
    }
    finally {
        sink.close();
    }
    return sink.written;
}
/**
 * Passes `pieces` on, and gives each piece's memory back as soon as it was used. Left to the garbage collector, which
 * counts only what it manages itself, some 60 MB would gather in each thread.
 */
async function* released(pieces) {
    for await (const piece of pieces) {
        yield piece;
        const { buffer, byteOffset, byteLength } = piece;
        // A decompressor fills its memory in several pieces and takes new memory after the one that ends it.
        if (buffer instanceof ArrayBuffer && byteOffset + byteLength === buffer.byteLength)
            buffer.transfer(0);
    }
}
function decompressor(mediaType) {
    switch (mediaType) {
        case MEDIA_TYPE.layerTarZstd:
            return (0,external_node_zlib_namespaceObject.createZstdDecompress)({ chunkSize: CHUNK_BYTES });
        case MEDIA_TYPE.layerTarGzip:
            return (0,external_node_zlib_namespaceObject.createGunzip)({ chunkSize: CHUNK_BYTES });
        case MEDIA_TYPE.layerTar:
            return undefined;
        default:
            throw new errors_SeedError('CONTENT_INVALID', `layers of type ${mediaType} cannot be unpacked`);
    }
}
/**
 * Writes members with plain synchronous calls: most files of a store are small, and a round trip through the thread pool
 * for each costs more than the write.
 */
class StoreSink {
    written = new Set();
    #folder;
    #expected;
    #wanted;
    /** Folders that this layer made, by archive path: nothing is ever written through anything else, such as a link. */
    #folders = new Map();
    #file;
    #mode = 0;
    constructor(folder, expected, wanted) {
        this.#folder = folder;
        this.#expected = expected;
        this.#wanted = wanted;
    }
    begin(member) {
        // latin1 keeps bytes as they are, whatever their encoding
        const path = member.path.toString('latin1');
        if (path === 'nix' || path === 'nix/store')
            return;
        const parts = path.startsWith(STORE_PREFIX) ? path.slice(STORE_PREFIX.length).split('/') : [];
        const name = parts[0] ?? '';
        if (!this.#expected.has(name) || parts.some(part => part === '' || part === '.' || part === '..')) {
            throw unexpected(path, 'it does not belong to the store paths of its layer');
        }
        if (!this.#wanted.has(name))
            return;
        const target = this.#target(path, parts);
        if (parts.length === 1)
            this.written.add(name);
        this.#mode = member.mode & 0o111 ? 0o555 : 0o444;
        switch (member.type) {
            case 'directory':
                (0,external_node_fs_namespaceObject.mkdirSync)(target, 0o700);
                this.#folders.set(path, target);
                break;
            case 'symlink':
                (0,external_node_fs_namespaceObject.symlinkSync)(member.target, target);
                (0,external_node_fs_namespaceObject.lutimesSync)(target, STORE_TIME, STORE_TIME);
                break;
            case 'file':
                this.#file = (0,external_node_fs_namespaceObject.openSync)(target, 'wx', 0o600);
                break;
            default:
                throw unexpected(path, 'the Nix store holds only files, directories and symbolic links');
        }
    }
    data(piece) {
        if (this.#file === undefined)
            return;
        for (let at = 0; at < piece.length;)
            at += (0,external_node_fs_namespaceObject.writeSync)(this.#file, piece, at);
    }
    end() {
        if (this.#file === undefined)
            return;
        (0,external_node_fs_namespaceObject.fchmodSync)(this.#file, this.#mode);
        (0,external_node_fs_namespaceObject.futimesSync)(this.#file, STORE_TIME, STORE_TIME);
        (0,external_node_fs_namespaceObject.closeSync)(this.#file);
        this.#file = undefined;
    }
    /** Gives folders their final times and modes; not before, since writing into them changes both. */
    close() {
        if (this.#file !== undefined)
            (0,external_node_fs_namespaceObject.closeSync)(this.#file);
        this.#file = undefined;
        for (const [path, target] of this.#folders) {
            (0,external_node_fs_namespaceObject.utimesSync)(target, STORE_TIME, STORE_TIME);
            // The top one stays writable until it stands in the store: moving a folder needs that right.
            if (path.lastIndexOf('/') >= STORE_PREFIX.length)
                (0,external_node_fs_namespaceObject.chmodSync)(target, 0o555);
        }
        this.#folders.clear();
    }
    #target(path, parts) {
        const leaf = Buffer.from(parts.at(-1) ?? '', 'latin1');
        if (parts.length === 1)
            return Buffer.concat([Buffer.from(`${this.#folder}/`), leaf]);
        const parent = this.#folders.get(path.slice(0, path.lastIndexOf('/')));
        if (!parent)
            throw unexpected(path, 'its folder does not precede it');
        return Buffer.concat([parent, Buffer.from('/'), leaf]);
    }
}
function unexpected(path, why) {
    return new errors_SeedError('CONTENT_INVALID', `a layer holds ${JSON.stringify(path)}: ${why}`, {
        hint: 'The image was not made by `nix-seed publish`; do not use it.'
    });
}

;// CONCATENATED MODULE: ./seed/unpacker.js
/**
 * A thread that unpacks layers, one after another. Writing files and parsing archives keeps one processor busy, and what
 * fetches and hashes another: each layer that is unpacked at the same time has a thread of its own for the former.
 */





/** Compressed bytes on their way to the thread: enough that it never waits for the next message. */
const WINDOW_BYTES = (/* unused pure expression or super */ null && (1024 * 1024));
class Unpacker {
    #worker;
    #underway = 0;
    #onAnswer;
    #outcome = newOutcome();
    constructor() {
        this.#worker = new Worker(threadEntry('unpack'));
        this.#worker.on('message', (answer) => {
            this.#answered(answer);
        });
        this.#worker.on('error', error => {
            this.#outcome.reject(error);
        });
        this.#worker.on('exit', () => {
            this.#outcome.reject(new Error('the thread that unpacks has ended'));
        });
    }
    /**
     * Unpacks one layer; to be called again when it is done.
     *
     * @param blob the layer's bytes, which throws where they are not those of its digest
     * @returns names of the store paths that were written
     * @throws what `unpackLayer` throws; whatever `blob` throws; the reason of `signal`
     */
    async unpack(task, blob, signal) {
        const { promise } = (this.#outcome = newOutcome());
        this.#underway = 0;
        this.#order({ task });
        let isOver = false;
        const send = async () => {
            for await (const bytes of blob) {
                // A task that is done takes no more; but the blob is read to its end, which is where its digest is checked.
                while (this.#underway >= WINDOW_BYTES && !(await Promise.race([promise, this.#nextAnswer()])))
                    ;
                if (isOver)
                    return;
                this.#underway += bytes.byteLength;
                const piece = owned(bytes);
                this.#order({ piece }, piece.buffer);
            }
            this.#order({ end: true });
        };
        // Whoever sends may be silent for long: neither a failure here nor an abort waits for it.
        const aborted = Promise.withResolvers();
        const onAbort = () => {
            aborted.reject(signal.reason);
        };
        signal.addEventListener('abort', onAbort);
        try {
            signal.throwIfAborted();
            await Promise.race([Promise.all([send(), promise]), aborted.promise]);
            return await promise;
        }
        finally {
            isOver = true;
            signal.removeEventListener('abort', onAbort);
        }
    }
    /** Ends the thread, whatever it does; nothing is written when this has returned. */
    async close() {
        await this.#worker.terminate();
    }
    #order(order, ...transferred) {
        this.#worker.postMessage(order, transferred);
    }
    #nextAnswer() {
        return new Promise(resolve => {
            this.#onAnswer = () => {
                resolve(undefined);
            };
        });
    }
    #answered(answer) {
        if ('taken' in answer)
            this.#underway -= answer.taken;
        else if ('written' in answer)
            this.#outcome.resolve(answer.written);
        else
            this.#outcome.reject(errorOf(answer.failure));
        this.#onAnswer?.();
    }
}
function newOutcome() {
    const outcome = Promise.withResolvers();
    outcome.promise.catch(() => { }); // it may come when nobody asks yet, or any more
    return outcome;
}
/** The thread's side: what `src/unpack.ts` runs. */
function serveUnpacking(port) {
    const answer = (message) => {
        port.postMessage(message);
    };
    let layer;
    port.on('message', (order) => {
        if ('piece' in order)
            layer?.push(Buffer.from(order.piece.buffer));
        else if ('end' in order)
            layer?.push(null);
        else {
            const source = new external_node_stream_namespaceObject.Readable({ read() { } }); // the sender keeps to the window
            layer = source;
            const taken = external_node_stream_namespaceObject.Readable.from(reported(source, bytes => {
                answer({ taken: bytes });
            }));
            unpackLayer(taken, order.task).then(written => {
                answer({ written });
            }, (error) => {
                answer({ failure: failureOf(error) });
            });
        }
    });
}
async function* reported(source, onBytes) {
    for await (const piece of source) {
        const bytes = piece.byteLength;
        yield piece;
        onBytes(bytes);
    }
}
/** Bytes whose memory can be handed over: a piece of something larger, or of memory that threads share, is copied. */
function owned(bytes) {
    const isWhole = bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength;
    return isWhole ? bytes : new Uint8Array(bytes);
}
function failureOf(error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof errors_SeedError) {
        return { message, seedCode: error.code, ...(error.hint !== undefined && { hint: error.hint }) };
    }
    const code = systemCode(error);
    return { message, ...(code !== undefined && { systemCode: code }) };
}
function errorOf({ message, seedCode, systemCode, hint }) {
    if (seedCode !== undefined)
        return new SeedError(seedCode, message, hint === undefined ? {} : { hint });
    return Object.assign(new Error(message), systemCode === undefined ? {} : { code: systemCode });
}

;// CONCATENATED MODULE: ./unpack.js
/** Entry of the threads that unpack layers (`seed/unpacker`). */


if (external_node_worker_threads_namespaceObject.parentPort === null)
    throw new Error('this is no program of its own');
serveUnpacking(external_node_worker_threads_namespaceObject.parentPort);

