import * as __WEBPACK_EXTERNAL_MODULE__sql_wasm_inline_cjs_1bf44288__ from "./sql-wasm-inline.cjs";
import { createRequire as __WEBPACK_EXTERNAL_createRequire } from "module";
/******/ var __webpack_modules__ = ({

/***/ 84:
/***/ ((module, __unused_webpack_exports, __nccwpck_require__) => {

var x = (y) => {
	var x = {}; __nccwpck_require__.d(x, y); return x
} 
var y = (x) => (() => (x))
module.exports = x({ ["default"]: () => (__WEBPACK_EXTERNAL_MODULE__sql_wasm_inline_cjs_1bf44288__["default"]) });

/***/ }),

/***/ 414:
/***/ ((__webpack_module__, __unused_webpack___webpack_exports__, __nccwpck_require__) => {

__nccwpck_require__.a(__webpack_module__, async (__webpack_handle_async_dependencies__, __webpack_async_result__) => { try {
/* harmony import */ var _cli_program_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(43);
/* harmony import */ var _version_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(85);
/** Entry of the command line: binds the process to the program. */


const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(name, () => {
        // A second one means: at once.
        if (interrupted.signal.aborted)
            process.exit(130);
        interrupted.abort(new Error(`stopped by ${name}`));
    });
}
// A reader that goes away (`nix-seed inspect … | head`) is no error.
process.stdout.on('error', (error) => {
    if (error.code === 'EPIPE')
        process.exit(0);
});
const code = await (0,_cli_program_js__WEBPACK_IMPORTED_MODULE_0__/* .runProgram */ .mB)(process.argv.slice(2), {
    env: process.env,
    cwd: process.cwd(),
    version: _version_js__WEBPACK_IMPORTED_MODULE_1__/* .VERSION */ .x,
    signal: interrupted.signal,
    stdout: process.stdout,
    stderr: process.stderr
});
process.exitCode = interrupted.signal.aborted && code !== 0 ? 130 : code;

__webpack_async_result__();
} catch(e) { __webpack_async_result__(e); } }, 1);

/***/ }),

/***/ 43:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  mB: () => (/* binding */ runProgram)
});

// UNUSED EXPORTS: COMMANDS, describeError

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
/** Takes user, password, query string and fragment out of every URL in `text`. */
function redactUrl(text) {
    return text.replace(/\b([a-z][a-z0-9+.-]*:\/\/)(?:[^/\s?#@]*@)?([^\s?#]*)(?:[?#]\S*)?/gi, '$1$2');
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
            return 2;
        case 'SEED_REFUSED':
            return 3;
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

;// CONCATENATED MODULE: external "node:util"
const external_node_util_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:util");
;// CONCATENATED MODULE: ./cli/command.js
/** Commands as data: what `--help` shows and what the parser accepts come from one table. */


const COMMON = {
    help: { short: 'h', help: 'show this text' },
    quiet: { short: 'q', help: 'only warnings and errors' },
    verbose: { short: 'v', help: 'also what Nix and the registry say' }
};
/**
 * Parses the arguments that follow a command's name.
 *
 * @throws SeedError USAGE naming the argument that is wrong
 */
function parseArguments(command, argv) {
    const specs = { ...command.options, ...COMMON };
    const options = Object.fromEntries(Object.entries(specs).map(([name, spec]) => [
        name,
        {
            type: spec.value === undefined ? 'boolean' : 'string',
            ...(spec.short === undefined ? {} : { short: spec.short }),
            ...(spec.multiple ? { multiple: true } : {})
        }
    ]));
    const parsed = parse(command, argv, options);
    const { positionals } = parsed;
    const values = parsed.values;
    const { min, max } = command.positionals;
    if (values['help'] !== true && (positionals.length < min || positionals.length > max)) {
        const what = positionals.length < min ? 'an argument is missing' : `unexpected argument ${quote(positionals[max])}`;
        throw usage(command, what);
    }
    return {
        positionals,
        flag: name => values[name] === true,
        text: name => (typeof values[name] === 'string' ? values[name] : undefined),
        list: name => [values[name] ?? []].flat().filter(item => typeof item === 'string')
    };
}
function parse(command, argv, options) {
    try {
        return (0,external_node_util_namespaceObject.parseArgs)({ args: [...argv], options, allowPositionals: true, strict: true });
    }
    catch (error) {
        throw usage(command, error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error));
    }
}
/** An error of use: the exit code is 2, and the synopsis follows. */
function usage(command, what) {
    return new SeedError('USAGE', what, {
        hint: `Usage: nix-seed ${command.name} ${command.synopsis}\nSee \`nix-seed ${command.name} --help\`.`
    });
}
/** The whole help text of a command. */
function commandHelp(command) {
    const options = Object.entries({ ...command.options, ...COMMON }).map(([name, spec]) => [
        `${spec.short === undefined ? '    ' : `-${spec.short}, `}--${name}${spec.value === undefined ? '' : ` ${spec.value}`}`,
        spec.help + (spec.multiple ? ' (may be repeated)' : '')
    ]);
    return [
        `nix-seed ${command.name}: ${command.summary}`,
        '',
        `Usage: nix-seed ${command.name} ${command.synopsis}`,
        ...command.details.flatMap(paragraph => ['', ...wrap(paragraph, 92)]),
        '',
        'Options:',
        ...table(options),
        '',
        'Examples:',
        ...command.examples.flatMap(({ line, meaning }) => [`  # ${meaning}`, `  ${line}`]),
        ''
    ].join('\n');
}
/** The help text of the program. */
function programHelp(commands, version) {
    return [
        `nix-seed ${version}: start Nix jobs in CI from a pinned image of their dependencies`,
        '',
        'Usage: nix-seed COMMAND [ARGUMENT]…',
        '',
        'Commands:',
        ...table(commands.map(command => [command.name, command.summary])),
        '',
        'See `nix-seed COMMAND --help` for the options and examples of a command.',
        '',
        'Exit codes: 0 done, 1 failed, 2 wrong use, 3 policy not met, 4 cryptography, 5 registry or network.',
        ''
    ].join('\n');
}
/** Two columns, indented. */
function table(rows) {
    const width = Math.max(0, ...rows.map(([left]) => left.length));
    return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`.trimEnd());
}
function wrap(text, width) {
    const lines = [''];
    for (const word of text.split(' ')) {
        const line = lines.at(-1) ?? '';
        if (line.length + word.length + 1 > width)
            lines.push(word);
        else
            lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
    }
    return lines;
}
function quote(text) {
    return JSON.stringify(text ?? '');
}

;// CONCATENATED MODULE: ./format.js
/** Amounts as people read them. */
/** `1.23 GB`, `45.6 MB`, `789 kB`, `12 B`: decimal units, three digits. */
function formatBytes(bytes) {
    const units = ['B', 'kB', 'MB', 'GB', 'TB'];
    let value = bytes;
    let unit = 0;
    while (value >= 999.5 && unit < units.length - 1) {
        value /= 1000;
        unit++;
    }
    return `${unit === 0 ? value : value.toPrecision(3)} ${units[unit]}`;
}
/** `0.42 s`, `12.3 s`, `2 min 5 s`. */
function formatDuration(milliseconds) {
    const seconds = milliseconds / 1000;
    if (seconds < 10)
        return `${seconds.toFixed(2)} s`;
    if (seconds < 100)
        return `${seconds.toFixed(1)} s`;
    const whole = Math.round(seconds);
    return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

;// CONCATENATED MODULE: external "node:crypto"
const external_node_crypto_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:crypto");
;// CONCATENATED MODULE: ./oci/digest.js


/** Whether `text` is a SHA-256 digest as OCI writes it; other algorithms are not supported. */
function isDigest(text) {
    return /^sha256:[0-9a-f]{64}$/.test(text);
}
/** `digest` if it is one. It becomes a part of paths and URLs and may come from a manifest: nothing else may get there. */
function checkedDigest(digest) {
    if (isDigest(digest))
        return digest;
    throw new SeedError('CONTENT_INVALID', `"${digest.slice(0, 80)}" is no SHA-256 digest`);
}
function digestOf(bytes) {
    return `sha256:${(0,external_node_crypto_namespaceObject.createHash)('sha256').update(bytes).digest('hex')}`;
}
/** Digest and size of bytes that come one chunk after another. */
class Hasher {
    #hash = (0,external_node_crypto_namespaceObject.createHash)('sha256');
    /** Bytes so far. */
    size = 0;
    update(chunk) {
        this.#hash.update(chunk);
        this.size += chunk.length;
    }
    /** Passes `stream` on, each chunk once it is counted. */
    async *through(stream) {
        for await (const chunk of stream) {
            this.update(chunk);
            yield chunk;
        }
    }
    /** Ends the hash: to be called once. */
    result() {
        return { digest: `sha256:${this.#hash.digest('hex')}`, size: this.size };
    }
}
/**
 * Passes `stream` on as long as it can still be the blob, and ends only if it was.
 *
 * @throws DIGEST_MISMATCH as soon as there is a byte too many, and in place of the end if one is missing or wrong.
 */
async function* verified(stream, blob) {
    const hasher = new Hasher();
    for await (const chunk of stream) {
        hasher.update(chunk);
        if (hasher.size > blob.size)
            throw mismatch(blob.digest, `is longer than its ${blob.size} bytes`);
        yield chunk;
    }
    const { digest, size } = hasher.result();
    if (size !== blob.size)
        throw mismatch(blob.digest, `ended after ${size} of ${blob.size} bytes`);
    if (digest !== blob.digest)
        throw mismatch(blob.digest, `has other content: ${digest}`);
}
/** The error for bytes that are not what `digest` says. */
function mismatch(digest, what, resource) {
    return new SeedError('DIGEST_MISMATCH', `${digest} ${what}`, {
        ...(resource !== undefined && { resource }),
        hint: 'The bytes were damaged on the way or where they are stored: run it again, and publish again if it persists.'
    });
}

;// CONCATENATED MODULE: ./oci/name.js


// https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests
const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:.]+\])(?::[0-9]{1,5})?$/;
const REPOSITORY_CHARACTERS = 255;
const TAG_HINT = 'A tag is up to 128 letters, digits, ".", "_" and "-", and begins with none of "." and "-".';
function isTag(text) {
    return TAG.test(text);
}
/** `text` if it is a tag. @throws REFERENCE_INVALID */
function checkedTag(text) {
    if (isTag(text))
        return text;
    throw new SeedError('REFERENCE_INVALID', `"${text.slice(0, 140)}" is no tag`, { hint: TAG_HINT });
}
/**
 * Reads an image reference. Nothing is filled in: no default registry, no `library/`, no `latest`.
 *
 * After `oci:` a tag and a digest are taken off the end and the rest is the directory, whatever it holds; one whose
 * last part looks like a tag or a digest (`a:b`) is written with a slash behind it (`oci:a:b/`).
 *
 * @throws REFERENCE_INVALID
 */
function parseName(text) {
    return text.startsWith('oci:') ? parseLayout(text) : parseRegistry(text);
}
/** The reference that `parseName` reads as `name`. */
function formatName(name) {
    const suffix = (name.tag ? `:${name.tag}` : '') + (name.digest ? `@${name.digest}` : '');
    if (name.kind === 'registry')
        return `${name.host}/${name.repository}${suffix}`;
    const bare = `oci:${name.directory}`;
    const needsSlash = /(?::[A-Za-z0-9_][A-Za-z0-9._-]{0,127}|@sha256:[^/]*)$/.test(bare.slice('oci:'.length));
    return `${bare}${needsSlash ? '/' : ''}${suffix}`;
}
function parseLayout(text) {
    let directory = text.slice('oci:'.length);
    const name = {};
    const digestAt = /@(sha256:[^/]*)$/.exec(directory);
    if (digestAt?.[1] !== undefined) {
        name.digest = parseDigest(digestAt[1], text);
        directory = directory.slice(0, digestAt.index);
    }
    const tagAt = directory.lastIndexOf(':');
    if (tagAt >= 0 && isTag(directory.slice(tagAt + 1))) {
        name.tag = directory.slice(tagAt + 1);
        directory = directory.slice(0, tagAt);
    }
    if (directory === '')
        throw invalid(text, 'has no directory', 'Write oci:DIRECTORY, for example oci:./seed.');
    return { kind: 'layout', directory, ...name };
}
function parseRegistry(text) {
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
        throw invalid(text, 'is a URL', 'Write it without the scheme: HOST/REPOSITORY, or oci:DIRECTORY for a folder.');
    }
    const slash = text.indexOf('/');
    const host = slash < 0 ? '' : text.slice(0, slash);
    const example = 'Write HOST/REPOSITORY, for example ghcr.io/OWNER/REPOSITORY/seed, or oci:DIRECTORY for a folder.';
    if (host.includes('@'))
        throw invalid(text, 'holds a user name or password', 'Log in with docker login instead.');
    if (slash < 0) {
        const what = isHost(text) ? 'has a registry host but no repository' : 'names no registry host';
        throw invalid(text, what, example);
    }
    // Without this test "org/repo" would read as a host "org"; docker takes it for docker.io/org/repo.
    if (!isHost(host))
        throw invalid(text, 'names no registry host', example);
    const [path = '', digest, ...more] = text.slice(slash + 1).split('@');
    if (more.length > 0)
        throw invalid(text, 'has two digests', example);
    const colon = path.indexOf(':');
    const repository = colon < 0 ? path : path.slice(0, colon);
    if (repository === '')
        throw invalid(text, 'has a registry host but no repository', example);
    if (!REPOSITORY.test(repository) || repository.length > REPOSITORY_CHARACTERS) {
        const lower = repository.toLowerCase();
        const hint = REPOSITORY.test(lower) ? `Registries take lower case only: ${host}/${lower}` : example;
        throw invalid(text, `has an invalid repository "${repository.slice(0, 80)}"`, hint);
    }
    const name = { kind: 'registry', host, repository };
    if (colon >= 0) {
        const tag = path.slice(colon + 1);
        if (!isTag(tag))
            throw invalid(text, 'has an invalid tag', TAG_HINT);
        name.tag = tag;
    }
    if (digest !== undefined)
        name.digest = parseDigest(digest, text);
    return name;
}
function isHost(text) {
    if (!HOST.test(text) || !URL.canParse(`https://${text}`))
        return false;
    return text.includes('.') || text.includes(':') || text === 'localhost';
}
function parseDigest(digest, text) {
    if (isDigest(digest))
        return digest;
    throw invalid(text, 'has an invalid digest', 'A digest is "sha256:" and 64 lower-case hexadecimal digits.');
}
function invalid(text, what, hint) {
    const shown = text.replace(/^([^/]*:\/\/)?[^/]*@(?!sha256:)/, '$1').slice(0, 300);
    return new SeedError('REFERENCE_INVALID', `the image reference "${shown}" ${what}`, { hint });
}

;// CONCATENATED MODULE: external "node:fs"
const external_node_fs_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:fs");
;// CONCATENATED MODULE: external "node:fs/promises"
const promises_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:fs/promises");
;// CONCATENATED MODULE: external "node:path"
const external_node_path_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:path");
;// CONCATENATED MODULE: external "node:os"
const external_node_os_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:os");
;// CONCATENATED MODULE: external "node:timers/promises"
const external_node_timers_promises_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:timers/promises");
;// CONCATENATED MODULE: ./oci/index-lock.js





const PAUSE_MS = 20;
const WAIT_MS = 30_000;
// A holder reads and writes one small file. Where its process cannot be looked up, this age tells that it is gone.
const ABANDONED_MS = 60_000;
const NOBODY = { pid: 0, host: '', nonce: '' };
/**
 * Runs `action` while no other process or task that locks `path` runs its own. A lock whose process has died is taken over.
 *
 * @throws FILE_SYSTEM if another holder does not finish within 30 s
 */
async function withLock(path, action, signal) {
    const owner = { pid: process.pid, host: (0,external_node_os_namespaceObject.hostname)(), nonce: (0,external_node_crypto_namespaceObject.randomUUID)() };
    await acquire(path, owner, signal);
    try {
        return await action();
    }
    finally {
        await (0,promises_namespaceObject.rm)(path, { force: true });
    }
}
async function acquire(path, owner, signal) {
    const deadline = Date.now() + WAIT_MS;
    for (;;) {
        signal?.throwIfAborted();
        if (await create(path, owner))
            return;
        const holder = await readOwner(path);
        if (holder && (await isGone(holder, path)) && (await takeOver(path, holder, owner)))
            continue;
        if (Date.now() > deadline) {
            throw new SeedError('FILE_SYSTEM', 'another process keeps the image layout locked', {
                resource: path,
                hint: 'If no other process writes to it, remove that file.'
            });
        }
        await (0,external_node_timers_promises_namespaceObject.setTimeout)(PAUSE_MS * (0.5 + Math.random()), undefined, signal ? { signal } : {});
    }
}
/** Writes the lock file if there is none. */
async function create(path, owner) {
    try {
        const file = await (0,promises_namespaceObject.open)(path, 'wx', 0o600);
        try {
            await file.writeFile(JSON.stringify(owner));
        }
        catch (error) {
            await (0,promises_namespaceObject.rm)(path, { force: true });
            throw error;
        }
        finally {
            await file.close();
        }
        return true;
    }
    catch (error) {
        if (systemCode(error) === 'EEXIST')
            return false;
        throw error;
    }
}
/** `undefined` once it is released. */
async function readOwner(path) {
    try {
        return JSON.parse(await (0,promises_namespaceObject.readFile)(path, 'utf8'));
    }
    catch (error) {
        if (systemCode(error) === 'ENOENT')
            return undefined;
        return NOBODY; // it is being written, or its writer died at that; its age will tell
    }
}
async function isGone(owner, path) {
    if (owner.host === (0,external_node_os_namespaceObject.hostname)()) {
        try {
            process.kill(owner.pid, 0);
            return false;
        }
        catch (error) {
            return systemCode(error) === 'ESRCH';
        }
    }
    return isAbandoned(path);
}
async function isAbandoned(path) {
    const modified = await (0,promises_namespaceObject.stat)(path).then(({ mtimeMs }) => mtimeMs, () => Infinity);
    return Date.now() - modified > ABANDONED_MS;
}
/**
 * Removes the lock of a dead `holder`. Two may see the same dead one, and the slower must not remove the lock that the
 * faster has made in its place: so only who holds the second lock removes the first, after one more look.
 */
async function takeOver(path, holder, owner) {
    const second = `${path}.takeover`;
    if (!(await create(second, owner))) {
        if (await isAbandoned(second))
            await (0,promises_namespaceObject.rm)(second, { force: true });
        return false;
    }
    try {
        if ((await readOwner(path))?.nonce === holder.nonce)
            await (0,promises_namespaceObject.rm)(path, { force: true });
    }
    finally {
        await (0,promises_namespaceObject.rm)(second, { force: true });
    }
    return true;
}

;// CONCATENATED MODULE: ./oci/types.js
/** Plain types of the OCI image and distribution specifications, version 1.1. */
const MEDIA_TYPE = {
    index: 'application/vnd.oci.image.index.v1+json',
    manifest: 'application/vnd.oci.image.manifest.v1+json',
    config: 'application/vnd.oci.image.config.v1+json',
    layerTar: 'application/vnd.oci.image.layer.v1.tar',
    layerTarGzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
    layerTarZstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
    empty: 'application/vnd.oci.empty.v1+json'
};

;// CONCATENATED MODULE: ./oci/manifest.js



/** https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md: registries refuse more than 4 MiB; be generous. */
const MANIFEST_BYTES = 16 * 1024 * 1024;
const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
/** What a reader of manifests accepts. */
const MANIFEST_TYPES = [MEDIA_TYPE.index, MEDIA_TYPE.manifest, DOCKER_LIST, DOCKER_MANIFEST];
/**
 * Checks the bytes of a manifest against `reference`, if that is a digest, and describes them. Its own `mediaType`
 * counts for more than what came with it (`statedType`): the digest covers it.
 *
 * @throws DIGEST_MISMATCH, CONTENT_INVALID
 */
function describeManifest(bytes, reference, statedType, resource) {
    const digest = digestOf(bytes);
    if (isDigest(reference) && digest !== reference)
        throw mismatch(reference, `has other content: ${digest}`, resource);
    const ownType = parseManifest(bytes, reference, resource).mediaType;
    const mediaType = typeof ownType === 'string' ? ownType : statedType?.split(';')[0]?.trim();
    if (!mediaType)
        throw manifest_invalid(reference, 'states no media type', resource);
    return { descriptor: { mediaType, digest, size: bytes.length }, bytes };
}
/** The JSON object that a manifest is. @throws CONTENT_INVALID */
function parseManifest(bytes, reference, resource) {
    try {
        const value = JSON.parse(bytes.toString());
        if (typeof value === 'object' && value !== null && !Array.isArray(value))
            return value;
    }
    catch {
        // said below
    }
    throw manifest_invalid(reference, 'is no JSON object', resource);
}
function manifest_invalid(reference, what, resource) {
    return new SeedError('CONTENT_INVALID', `the manifest ${reference} ${what}`, resource === undefined ? {} : { resource });
}

;// CONCATENATED MODULE: ./oci/layout.js










const LAYOUT = JSON.stringify({ imageLayoutVersion: '1.0.0' });
const REF_NAME = 'org.opencontainers.image.ref.name';
const TEMPORARY = '.tmp-';
// What was not written to for so long belongs to a process that was killed.
const LEFT_BEHIND_MS = 60 * 60 * 1000;
const READ_BYTES = 256 * 1024;
/**
 * An image layout on disk: https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
 *
 * Blobs appear under their names complete or not at all. They are not synced one by one: a blob that a power cut has
 * torn has another size, or fails its digest when it is read, and is written again by the next publish. `index.json`,
 * whose loss would lose every image, is synced before it takes the place of the old one, under a lock.
 */
class LayoutRepository {
    name;
    #directory;
    #signal;
    #prepared;
    constructor(directory, options = {}) {
        this.name = `oci:${directory}`;
        this.#directory = (0,external_node_path_namespaceObject.resolve)(directory);
        this.#signal = options.signal;
    }
    async headBlob(digest) {
        return this.#guarded(() => sizeOf(this.#path(digest)));
    }
    /** A blob that is there is read and hashed, which takes less time than to write it again, and heals a damaged one. */
    async putBlob(blob, source) {
        return this.#guarded(async () => {
            if (await this.#holds(this.#path(blob.digest), blob))
                return 'present';
            await this.#write(verified(source(), blob), () => blob.digest);
            return 'uploaded';
        });
    }
    async putStream(source) {
        return this.#guarded(async () => {
            const hasher = new Hasher();
            const digest = await this.#write(hasher.through(source()), () => hasher.result().digest);
            return { digest, size: hasher.size };
        });
    }
    /** `fromRepository` is the folder of another image layout, with or without `oci:`. */
    async mountBlob(digest, fromRepository) {
        return this.#guarded(async () => {
            const from = blobPath((0,external_node_path_namespaceObject.resolve)(fromRepository.replace(/^oci:/, '')), digest);
            const size = await sizeOf(from);
            if (size === undefined || !(await this.#holds(from, { digest, size })))
                return false;
            await this.#prepare();
            const temporary = this.#temporary();
            try {
                await (0,promises_namespaceObject.link)(from, temporary).catch(() => (0,promises_namespaceObject.copyFile)(from, temporary)); // another file system, or no links at all
                await (0,promises_namespaceObject.rename)(temporary, this.#path(digest));
                return true;
            }
            finally {
                await (0,promises_namespaceObject.rm)(temporary, { force: true }); // renaming a link onto the same file leaves both
            }
        });
    }
    async *getBlob(blob) {
        const path = this.#path(blob.digest);
        try {
            yield* verified((0,external_node_fs_namespaceObject.createReadStream)(path, { highWaterMark: READ_BYTES, ...this.#abortable() }), blob);
        }
        catch (error) {
            throw this.#failure(error, path);
        }
    }
    async getManifest(reference) {
        return this.#guarded(async () => {
            const { manifests } = await this.#readIndex();
            const entry = reference === undefined ? this.#only(manifests) : findEntry(manifests, reference);
            const digest = entry?.digest ?? reference;
            if (digest === undefined || !isDigest(digest))
                return undefined;
            const path = this.#path(digest);
            const size = await sizeOf(path);
            if (size === undefined)
                return undefined;
            if (size > MANIFEST_BYTES) {
                throw new SeedError('CONTENT_INVALID', `the manifest ${digest} has more than ${MANIFEST_BYTES} bytes`, {
                    resource: path
                });
            }
            return describeManifest(await (0,promises_namespaceObject.readFile)(path), digest, entry?.mediaType, path);
        });
    }
    /** Without tags a manifest is listed as well, until an index lists it: a layout has no other way to name it. */
    async putManifest(bytes, mediaType, tags = []) {
        return this.#guarded(async () => {
            tags.forEach(checkedTag);
            const descriptor = { mediaType, digest: digestOf(bytes), size: bytes.length };
            const children = (parseManifest(bytes, descriptor.digest).manifests ?? []);
            await this.#write(once(bytes), () => descriptor.digest);
            await withLock((0,external_node_path_namespaceObject.join)(this.#directory, 'index.json.lock'), async () => {
                const index = await this.#readIndex();
                await this.#replace('index.json', JSON.stringify({ ...index, manifests: listed(index.manifests, descriptor, tags, children) }));
            }, this.#signal);
            return descriptor;
        });
    }
    async close() { }
    #only(manifests) {
        const digests = new Set(manifests.map(({ digest }) => digest));
        const [first] = manifests;
        if (first !== undefined && digests.size === 1)
            return first;
        throw new SeedError('REFERENCE_INVALID', digests.size === 0 ? 'the image layout holds no image' : 'the image layout holds several images', {
            resource: this.name,
            hint: digests.size === 0 ? 'Publish to it first.' : `Name one: ${this.name}:TAG or ${this.name}@sha256:…`
        });
    }
    async #holds(path, blob) {
        if ((await sizeOf(path)) !== blob.size)
            return false;
        const hasher = new Hasher();
        const chunks = (0,external_node_fs_namespaceObject.createReadStream)(path, { highWaterMark: READ_BYTES, ...this.#abortable() });
        for await (const chunk of chunks)
            hasher.update(chunk);
        return hasher.result().digest === blob.digest;
    }
    /** Writes a blob under a temporary name in the same folder; it gets its own name, asked for at the end, once it is whole. */
    async #write(source, digest) {
        await this.#prepare();
        const temporary = this.#temporary();
        try {
            const file = await (0,promises_namespaceObject.open)(temporary, 'wx', 0o644);
            try {
                for await (const chunk of sourced(source)) {
                    this.#signal?.throwIfAborted();
                    for (let at = 0; at < chunk.length;)
                        at += (await file.write(chunk, at)).bytesWritten;
                }
            }
            finally {
                await file.close();
            }
            const name = digest();
            await (0,promises_namespaceObject.rename)(temporary, this.#path(name));
            return name;
        }
        catch (error) {
            await (0,promises_namespaceObject.rm)(temporary, { force: true });
            throw error;
        }
    }
    async #replace(name, text) {
        const temporary = (0,external_node_path_namespaceObject.join)(this.#directory, `${TEMPORARY}${(0,external_node_crypto_namespaceObject.randomUUID)()}`);
        try {
            const file = await (0,promises_namespaceObject.open)(temporary, 'wx', 0o644);
            try {
                await file.writeFile(text);
                await file.sync();
            }
            finally {
                await file.close();
            }
            await (0,promises_namespaceObject.rename)(temporary, (0,external_node_path_namespaceObject.join)(this.#directory, name));
        }
        catch (error) {
            await (0,promises_namespaceObject.rm)(temporary, { force: true });
            throw error;
        }
        const folder = await (0,promises_namespaceObject.open)(this.#directory, 'r');
        await folder.sync().finally(() => folder.close());
    }
    async #readIndex() {
        const path = (0,external_node_path_namespaceObject.join)(this.#directory, 'index.json');
        const empty = { schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: [] };
        const bytes = await (0,promises_namespaceObject.readFile)(path).catch((error) => {
            if (systemCode(error) === 'ENOENT')
                return undefined;
            throw error;
        });
        if (!bytes)
            return empty;
        const index = parseManifest(bytes, 'index.json', path);
        if (!Array.isArray(index.manifests))
            throw new SeedError('CONTENT_INVALID', 'index.json lists no manifests', { resource: path });
        return { ...empty, ...index };
    }
    /** Makes the folder an image layout, once. */
    #prepare() {
        return (this.#prepared ??= (async () => {
            await (0,promises_namespaceObject.mkdir)(this.#directory, { recursive: true });
            const marker = await (0,promises_namespaceObject.readFile)((0,external_node_path_namespaceObject.join)(this.#directory, 'oci-layout'), 'utf8').catch(() => undefined);
            if (marker === undefined) {
                await this.#refuseForeign();
                await this.#replace('oci-layout', LAYOUT);
            }
            const blobs = (0,external_node_path_namespaceObject.join)(this.#directory, 'blobs', 'sha256');
            await (0,promises_namespaceObject.mkdir)(blobs, { recursive: true });
            await removeLeftBehind(blobs);
            await removeLeftBehind(this.#directory);
        })());
    }
    /** A home folder that is named by mistake does not become an image layout. */
    async #refuseForeign() {
        const own = new Set(['oci-layout', 'blobs', 'index.json', 'index.json.lock']);
        const foreign = (await (0,promises_namespaceObject.readdir)(this.#directory)).find(name => !own.has(name) && !name.startsWith(TEMPORARY));
        if (foreign === undefined)
            return;
        throw new SeedError('REFERENCE_INVALID', 'the folder holds other things than an image layout', {
            resource: this.#directory,
            hint: 'Name a new or an empty folder.'
        });
    }
    #path(digest) {
        return blobPath(this.#directory, digest);
    }
    #temporary() {
        return (0,external_node_path_namespaceObject.join)(this.#directory, 'blobs', 'sha256', `${TEMPORARY}${(0,external_node_crypto_namespaceObject.randomUUID)()}`);
    }
    #abortable() {
        return this.#signal ? { signal: this.#signal } : {};
    }
    async #guarded(action) {
        try {
            this.#signal?.throwIfAborted();
            return await action();
        }
        catch (error) {
            throw this.#failure(error, this.#directory);
        }
    }
    #failure(error, resource) {
        if (error instanceof SourceFailure)
            return error.cause;
        if (error instanceof SeedError)
            return error;
        if (this.#signal?.aborted)
            return new SeedError('INTERRUPTED', 'interrupted', { resource: this.name, cause: error });
        const code = systemCode(error);
        if (code === 'ENOSPC' || code === 'EDQUOT') {
            const hint = 'Free some space, or name a folder on another disk, and run it again: what was complete is kept.';
            return new SeedError('DISK_FULL', 'no space is left for the image layout', { resource, hint, cause: error });
        }
        if (code === 'ENOENT')
            return new SeedError('NOT_FOUND', 'the image layout holds no such blob', { resource, cause: error });
        return new SeedError('FILE_SYSTEM', error.message, { resource, cause: error });
    }
}
function blobPath(directory, digest) {
    return (0,external_node_path_namespaceObject.join)(directory, 'blobs', 'sha256', checkedDigest(digest).slice('sha256:'.length));
}
function findEntry(manifests, reference) {
    if (isDigest(reference))
        return manifests.find(({ digest }) => digest === reference);
    return manifests.find(({ annotations }) => annotations?.[REF_NAME] === reference);
}
/** The entries of `index.json` once `added` is stored: a tag names one image, and each image is listed once where it has no tag. */
function listed(entries, added, tags, children) {
    const nested = new Set(children.map(({ digest }) => digest));
    const kept = entries.filter(({ digest, annotations }) => {
        const tag = annotations?.[REF_NAME];
        if (tag !== undefined)
            return !tags.includes(tag);
        return !nested.has(digest) && !(digest === added.digest && tags.length > 0);
    });
    const tagged = tags.map(tag => ({ ...added, annotations: { [REF_NAME]: tag } }));
    if (tags.length > 0)
        return [...kept, ...tagged];
    return kept.some(({ digest }) => digest === added.digest) ? kept : [...kept, added];
}
async function sizeOf(path) {
    try {
        const found = await (0,promises_namespaceObject.stat)(path);
        return found.isFile() ? found.size : undefined;
    }
    catch (error) {
        if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR')
            return undefined;
        throw error;
    }
}
/** Marks what the source of a blob throws: it is for its owner to explain, and no failure of the layout. */
class SourceFailure extends Error {
}
async function* sourced(source) {
    try {
        yield* source;
    }
    catch (cause) {
        throw new SourceFailure('', { cause });
    }
}
async function* once(bytes) {
    yield bytes;
}
async function removeLeftBehind(directory) {
    for (const name of await (0,promises_namespaceObject.readdir)(directory)) {
        if (!name.startsWith(TEMPORARY))
            continue;
        const path = (0,external_node_path_namespaceObject.join)(directory, name);
        const age = await (0,promises_namespaceObject.stat)(path).then(({ mtimeMs }) => Date.now() - mtimeMs, () => 0);
        if (age > LEFT_BEHIND_MS)
            await (0,promises_namespaceObject.rm)(path, { force: true });
    }
}

;// CONCATENATED MODULE: external "node:http"
const external_node_http_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:http");
;// CONCATENATED MODULE: external "node:https"
const external_node_https_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:https");
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

;// CONCATENATED MODULE: external "node:net"
const external_node_net_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:net");
;// CONCATENATED MODULE: ./http/proxy.js


/** Whether `hostname` (as in URL.hostname) is this machine by name: localhost, 127.0.0.0/8 or [::1]. */
function isLoopback(hostname) {
    return hostname === 'localhost' || hostname === '[::1]' || ((0,external_node_net_namespaceObject.isIP)(hostname) === 4 && hostname.startsWith('127.'));
}
function variable(env, name) {
    return (env[name.toLowerCase()] ?? env[name] ?? '').trim();
}
/** Proxies in the form that Node's agents read; a proxy without a scheme is an http one, as for curl and Go. */
function readProxies(env) {
    const proxies = {};
    for (const name of ['HTTP_PROXY', 'HTTPS_PROXY']) {
        const value = variable(env, name);
        if (value === '')
            continue;
        const url = /^\w+:\/\//.test(value) ? value : `http://${value}`;
        if (!/^https?:/i.test(url) || !URL.canParse(url)) {
            throw new SeedError('USAGE', `${name} names no http or https proxy`, { resource: url });
        }
        proxies[name] = url;
    }
    return proxies;
}
/**
 * Whether requests to `url` go through a proxy. Read as Go programs read it, so that docker, skopeo and this client
 * agree: a name covers its subdomains, `.name` only those, addresses may be ranges, and loopback never goes to a proxy.
 */
function usesProxy(url, env) {
    if (!variable(env, url.protocol === 'http:' ? 'HTTP_PROXY' : 'HTTPS_PROXY') || isLoopback(url.hostname))
        return false;
    const port = url.port || (url.protocol === 'http:' ? '80' : '443');
    const exceptions = variable(env, 'NO_PROXY').split(',');
    return !exceptions.some(exception => isException(exception.trim().toLowerCase(), url.hostname, port));
}
function isException(exception, hostname, port) {
    if (!exception)
        return false;
    if (exception === '*')
        return true;
    const [, name = exception, onlyPort] = /^(.*?)(?::(\d+))?$/.exec(exception.replace(/^(?![[])(.*:.*:.*)$/, '[$1]')) ?? [];
    if (onlyPort !== undefined && onlyPort !== port)
        return false;
    const address = hostname.replace(/^\[|\]$/g, '');
    const [network = '', prefix] = name.replace(/^\[|\]$/g, '').split('/');
    const family = (0,external_node_net_namespaceObject.isIP)(network);
    if (family !== 0)
        return (0,external_node_net_namespaceObject.isIP)(address) === family && isInRange(address, network, family, prefix);
    const suffix = name.replace(/^\*?\./, '.');
    return suffix.startsWith('.') ? hostname.endsWith(suffix) : hostname === suffix || hostname.endsWith(`.${suffix}`);
}
function isInRange(address, network, family, prefix) {
    const type = family === 4 ? 'ipv4' : 'ipv6';
    const bits = prefix === undefined ? (family === 4 ? 32 : 128) : Number(prefix);
    if (!(bits >= 0 && bits <= (family === 4 ? 32 : 128)))
        return false;
    const range = new external_node_net_namespaceObject.BlockList();
    range.addSubnet(network, bits, type);
    return range.check(address, type);
}

// EXTERNAL MODULE: ./version.js + 1 modules
var version = __nccwpck_require__(85);
;// CONCATENATED MODULE: ./http.js






const ERROR_BODY_BYTES = 64 * 1024;
const DISCARD_BYTES = 64 * 1024;
// What may wait in memory for a slow peer. One socket buffer at a time would stop and start the source for each chunk.
const SEND_BUFFER_BYTES = 1024 * 1024;
/** A client that keeps its connections: one exchange per call, no redirects, no retries (see http/retry.ts). */
class HttpClient {
    #options;
    #direct;
    #proxied;
    constructor(options = {}) {
        this.#options = {
            env: {},
            userAgent: `nix-seed/${version/* VERSION */.x}`,
            connectTimeoutMs: 30_000,
            idleTimeoutMs: 60_000,
            answerTimeoutMs: 300_000,
            ...options
        };
        const agents = (proxyEnv) => {
            const settings = { keepAlive: true, ...(proxyEnv && { proxyEnv }) };
            return { http: new external_node_http_namespaceObject.Agent(settings), https: new external_node_https_namespaceObject.Agent(settings) };
        };
        this.#direct = agents();
        this.#proxied = agents(readProxies(this.#options.env));
    }
    /**
     * One request and the head of its answer, of whatever status.
     * A refusal (300 and up) that comes while the body is still being sent ends the sending.
     *
     * @throws HttpError (retriable) if there is no answer; what the body's source throws; the signal's reason.
     */
    async send(request) {
        const { signal, idleTimeoutMs, answerTimeoutMs } = this.#options;
        signal?.throwIfAborted();
        const url = new URL(request.url);
        url.username = url.password = ''; // node:http would make an Authorization header of them
        const plain = url.protocol === 'http:';
        const agents = usesProxy(url, this.#options.env) ? this.#proxied : this.#direct;
        const exchange = (plain ? external_node_http_namespaceObject : external_node_https_namespaceObject).request(url, {
            method: request.method ?? 'GET',
            headers: { 'user-agent': this.#options.userAgent, 'accept-encoding': 'identity', ...request.headers },
            agent: plain ? agents.http : agents.https,
            ...(signal && { signal })
        });
        const peer = this.#watch(exchange, url);
        const answer = new Promise((resolve, reject) => {
            exchange
                .once('response', resolve)
                .on('error', cause => reject(connectionError(cause, url, exchange.reusedSocket)));
        });
        answer.catch(() => { }); // it is awaited below, but perhaps only after the body
        try {
            if (request.body instanceof Uint8Array || !request.body)
                exchange.end(request.body);
            else
                await sendBody(request.body, exchange, peer);
            peer.expected(answerTimeoutMs);
            const message = await answer;
            peer.expected(idleTimeoutMs);
            return receive(message, exchange, url, peer, signal);
        }
        catch (error) {
            exchange.destroy();
            throw signal?.aborted ? signal.reason : error;
        }
    }
    /** Closes the connections that are kept. */
    close() {
        for (const agents of [this.#direct, this.#proxied]) {
            agents.http.destroy();
            agents.https.destroy();
        }
    }
    /** Destroys `exchange` when its peer stalls. A slow source or reader on our side is not the peer's fault. */
    #watch(exchange, url) {
        const { connectTimeoutMs, idleTimeoutMs } = this.#options;
        const stalled = (what, ms) => {
            peer.failure = new HttpError(`${what} for ${ms / 1000} s from ${url.host}`, { url });
            exchange.destroy(peer.failure);
        };
        const connecting = setTimeout(stalled, connectTimeoutMs, 'no connection', connectTimeoutMs);
        let patienceMs = idleTimeoutMs;
        let awaitedSince = performance.now();
        let socket;
        // The socket's own timer starts anew with every byte that it moves, but knows nothing of whose turn it is.
        const onTimeout = () => {
            if (awaitedSince !== undefined && performance.now() - awaitedSince >= patienceMs)
                stalled('nothing', patienceMs);
            else
                socket?.setTimeout(patienceMs);
        };
        exchange.once('socket', s => {
            socket = s.on('timeout', onTimeout).setTimeout(patienceMs);
            if (s.connecting)
                s.once('connect', () => clearTimeout(connecting));
            else
                clearTimeout(connecting);
        });
        exchange.once('close', () => {
            clearTimeout(connecting);
            socket?.off('timeout', onTimeout);
        });
        const peer = {
            expected(ms) {
                awaitedSince = performance.now();
                if (ms === undefined || ms === patienceMs)
                    return;
                patienceMs = ms;
                socket?.setTimeout(ms);
            },
            unexpected() {
                awaitedSince = undefined;
            }
        };
        return peer;
    }
}
async function sendBody(body, exchange, peer) {
    let over = false;
    let wake = () => { };
    exchange.on('drain', () => wake());
    exchange.once('close', () => {
        over = true;
        wake();
    });
    exchange.once('response', (answer) => {
        if ((answer.statusCode ?? 0) < 300)
            return;
        over = true;
        wake();
        // The server may never read what was sent or is on its way: the connection is of no more use.
        const { socket } = answer;
        answer.once('end', () => socket.destroy());
    });
    peer.unexpected();
    for await (const chunk of body) {
        // The answer or the failure is the caller's to see. A source that never waits would keep the events from coming.
        if (over || exchange.destroyed)
            return;
        if (exchange.write(chunk) || exchange.writableLength < SEND_BUFFER_BYTES)
            continue;
        peer.expected();
        await new Promise(resolve => (wake = resolve));
        peer.unexpected();
    }
    exchange.end();
}
function receive(message, exchange, url, peer, signal) {
    async function* chunks() {
        try {
            for await (const chunk of message) {
                peer.unexpected();
                yield chunk;
                peer.expected();
            }
            // Only then is the connection free for the next request, which would open another one.
            if (!exchange.closed)
                await new Promise(resolve => exchange.once('close', resolve));
        }
        catch (cause) {
            signal?.throwIfAborted();
            throw peer.failure ?? new HttpError(`${url.host} cut the connection`, { url, cause });
        }
        finally {
            if (!message.complete)
                exchange.destroy();
        }
    }
    const body = chunks();
    const discard = async () => {
        let left = DISCARD_BYTES;
        try {
            for await (const chunk of body)
                if ((left -= chunk.length) < 0)
                    break;
        }
        catch {
            // its connection is gone, which is as good
        }
    };
    return { status: message.statusCode ?? 0, headers: message.headers, url, body, discard };
}
function connectionError(cause, url, reused) {
    if (cause instanceof HttpError)
        return cause;
    const code = systemCode(cause) ?? '';
    // A kept connection that the server has closed meanwhile says nothing about the server: no pause.
    const retryAfterMs = reused && (code === 'ECONNRESET' || code === 'EPIPE') ? 0 : undefined;
    return new HttpError(`no answer from ${url.host}`, {
        url,
        cause,
        retriable: !isLasting(code, cause.message),
        ...(retryAfterMs !== undefined && { retryAfterMs })
    });
}
/** Whether a connection that failed with `code` would fail again: no such host, no TLS or no trust, a proxy's refusal. */
function isLasting(code, message) {
    if (code === 'ERR_PROXY_TUNNEL')
        return !/ (?:408|429|5\d\d)\b/.test(message);
    if (code === 'ENOTFOUND' || code === 'EPROTO')
        return true;
    return /CERT|SIGNED|ISSUER|ALTNAME|^ERR_INVALID|^HPE_(?!INVALID_EOF_STATE)/.test(code);
}
/** Passes on an answer of one of `statuses`. @throws HttpError for any other. */
async function ensureStatus(response, ...statuses) {
    if (statuses.includes(response.status))
        return response;
    const body = await readBody(response, ERROR_BODY_BYTES, true).catch(() => Buffer.alloc(0));
    const { url } = response;
    throw new HttpError(`${url.host} answered with status ${response.status}`, { url, response, body: body.toString() });
}
/** The whole body, at most `limit` bytes; what is over is cut off if `cut` is set. @throws HttpError if it is longer. */
async function readBody(response, limit, cut = false) {
    const chunks = [];
    let size = 0;
    for await (const chunk of response.body) {
        size += chunk.length;
        chunks.push(chunk);
        if (size <= limit)
            continue;
        if (cut)
            break;
        const { url } = response;
        throw new HttpError(`${url.host} answered with more than ${limit} bytes`, { url, retriable: false });
    }
    return Buffer.concat(chunks).subarray(0, limit);
}

;// CONCATENATED MODULE: ./http/retry.js


const DEFAULT_BACKOFF = { attempts: 5, firstMs: 500, factor: 2, maxMs: 30_000, jitter: 0.5 };
/** Counts the failures of one task and pauses after each. */
class Retrier {
    #failures = 0;
    #options;
    constructor(options = {}) {
        this.#options = options;
    }
    /** Forgets past failures: the task moves on. */
    progressed() {
        this.#failures = 0;
    }
    /** Returns after a pause if it is worth another try. @throws `error` if it is not; the signal's reason. */
    async pause(error) {
        const { backoff = DEFAULT_BACKOFF, signal, onRetry } = this.#options;
        if (!(error instanceof HttpError) || !error.retriable || error.givenUp)
            throw error;
        if (++this.#failures >= backoff.attempts) {
            error.givenUp = true;
            throw error;
        }
        const delay = delayMs(backoff, this.#failures, error.retryAfterMs);
        onRetry?.(error, delay);
        await (0,external_node_timers_promises_namespaceObject.setTimeout)(delay, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
    }
}
/** Runs `action` until it succeeds: again after connection failures, 408, 429 and 5xx, and after nothing else. */
async function retrying(action, options = {}) {
    const retrier = new Retrier(options);
    for (let attempt = 0;; attempt++) {
        try {
            return await action(attempt);
        }
        catch (error) {
            await retrier.pause(error);
        }
    }
}
/** The pause after failure number `failure` (from 1). What the server asks for goes before, within `maxMs`. */
function delayMs(backoff, failure, retryAfterMs, random = Math.random) {
    if (retryAfterMs !== undefined)
        return Math.min(retryAfterMs, backoff.maxMs);
    const full = Math.min(backoff.firstMs * backoff.factor ** (failure - 1), backoff.maxMs);
    return Math.round(full * (1 - backoff.jitter * random()));
}

;// CONCATENATED MODULE: ./ports.js
/** What the code below the entries needs of the outside world. The entries bind it: a terminal, a CI log, the Actions runner. */
const silentLog = { debug() { }, info() { }, warn() { } };
const silentProgress = { update() { }, end() { } };

;// CONCATENATED MODULE: external "node:child_process"
const external_node_child_process_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:child_process");
;// CONCATENATED MODULE: external "node:stream"
const external_node_stream_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:stream");
;// CONCATENATED MODULE: external "node:stream/promises"
const external_node_stream_promises_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:stream/promises");
;// CONCATENATED MODULE: ./process.js





/** What a program may print before it is stopped, where the caller names no bound. */
const MAX_STDOUT_BYTES = 256 * 1024 * 1024;
/** How much of the end of standard error is kept for the error message. */
const STDERR_TAIL_BYTES = 16 * 1024;
/** How long a program has to clean up after SIGTERM before it gets SIGKILL. */
const KILL_AFTER_MS = 10_000;
/** A program that ran and failed. `stderr` is the end of what it printed there. */
class ToolFailure extends SeedError {
    exitStatus;
    stderr;
    constructor(tool, exitStatus, killedBy, stderr, cause) {
        const how = killedBy === null ? `exit status ${exitStatus}` : `signal ${killedBy}`;
        const text = stderr.trim();
        super('TOOL_FAILED', text === '' ? `${tool} failed (${how})` : `${tool} failed (${how}):\n${text}`, { cause });
        this.exitStatus = exitStatus;
        this.stderr = stderr;
    }
}
/**
 * Runs `tool` to its end without a shell and returns what it printed.
 *
 * @throws SeedError TOOL_MISSING where it is not installed, ToolFailure where it fails or prints too much,
 *   INTERRUPTED after an abort. Arguments never appear in an error.
 */
async function run(tool, args, options) {
    const limit = options.maxStdoutBytes ?? MAX_STDOUT_BYTES;
    const running = start(tool, args, options);
    const chunks = [];
    let size = 0;
    running.stdout.on('data', (chunk) => {
        size += chunk.length;
        if (size <= limit)
            chunks.push(chunk);
        else
            running.stop();
    });
    try {
        const { stderr } = await running.done;
        return { stdout: Buffer.concat(chunks), stderr };
    }
    catch (error) {
        if (size <= limit)
            throw error;
        throw new SeedError('TOOL_FAILED', `${tool} printed more than ${limit} bytes`, { cause: error });
    }
}
/**
 * Starts `tool` without a shell; its output is read from `stdout`.
 *
 * @throws nothing at once: every failure is reported by `done`.
 */
function start(tool, args, options) {
    if (options.signal.aborted)
        return { stdout: external_node_stream_namespaceObject.Readable.from([]), done: rejected(interrupted(tool)), stop() { } };
    const child = (0,external_node_child_process_namespaceObject.spawn)(tool, args, {
        cwd: options.cwd,
        env: options.env,
        stdio: ['pipe', 'pipe', 'pipe'],
        windowsHide: true
    });
    let killer;
    const stop = () => {
        if (killer !== undefined)
            return;
        child.kill('SIGTERM');
        killer = setTimeout(() => child.kill('SIGKILL'), options.killAfterMs ?? KILL_AFTER_MS);
    };
    options.signal.addEventListener('abort', stop, { once: true });
    const stderr = readLines(child.stderr, options);
    const fed = feed(child.stdin, options.input).catch((error) => {
        stop();
        throw error;
    });
    const ended = new Promise((resolve, reject) => {
        child.once('error', reject);
        child.once('close', (status, killedBy) => resolve({ status, killedBy }));
        // A grandchild that outlives a stopped program would hold its pipes open, and with them this run.
        child.once('exit', () => {
            if (killer === undefined)
                return;
            child.stdout.destroy();
            child.stderr.destroy();
        });
    });
    const done = Promise.allSettled([ended, fed]).then(([end, input]) => {
        clearTimeout(killer);
        options.signal.removeEventListener('abort', stop);
        if (options.signal.aborted)
            throw interrupted(tool);
        if (end.status === 'rejected')
            throw notStarted(tool, end.reason, options);
        if (input.status === 'rejected')
            throw input.reason;
        const { status, killedBy } = end.value;
        if (status !== 0)
            throw new ToolFailure(tool, status, killedBy, stderr.tail());
        return { stderr: stderr.tail() };
    });
    // Whoever reads the output first and awaits `done` later must not see this as unhandled in between.
    done.catch(() => { });
    return { stdout: child.stdout, done, stop };
}
/** Writes the input and closes it. A program may end without reading all of it: its exit status says whether that is well. */
async function feed(stdin, input) {
    if (input === undefined || typeof input === 'string' || input instanceof Uint8Array) {
        stdin.on('error', () => { });
        stdin.end(input);
        return;
    }
    let failure;
    const source = async function* () {
        try {
            yield* input;
        }
        catch (cause) {
            failure = { cause };
            throw cause;
        }
    };
    await (0,external_node_stream_promises_namespaceObject.pipeline)(source, stdin).catch(() => {
        if (failure !== undefined)
            throw failure.cause;
    });
}
/** Passes the lines of `stream` on, cleaned, and remembers the last ones. */
function readLines(stream, options) {
    const limit = options.stderrTailBytes ?? STDERR_TAIL_BYTES;
    const lines = [];
    let size = 0;
    let rest = '';
    const take = (raw) => {
        const line = cleanLine(raw);
        options.onStderr?.(line);
        lines.push(line.slice(-limit));
        size += line.length + 1;
        while (size > limit && lines.length > 1)
            size -= (lines.shift()?.length ?? 0) + 1;
    };
    stream.setEncoding('utf8');
    stream.on('data', (text) => {
        const parts = (rest + text).split(/\r?\n|\r/);
        rest = (parts.pop() ?? '').slice(-limit);
        parts.forEach(take);
    });
    stream.on('end', () => {
        if (rest !== '')
            take(rest);
        rest = '';
    });
    return { tail: () => lines.join('\n') };
}
function cleanLine(line) {
    // eslint-disable-next-line no-control-regex
    return redactUrl(line.replace(/\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007]*\u0007)/g, ''));
}
function rejected(error) {
    const promise = Promise.reject(error);
    promise.catch(() => { });
    return promise;
}
function interrupted(tool) {
    return new SeedError('INTERRUPTED', `interrupted while ${tool} was running`);
}
function notStarted(tool, cause, options) {
    const code = systemCode(cause);
    if (options.cwd !== undefined && !(0,external_node_fs_namespaceObject.existsSync)(options.cwd)) {
        return new SeedError('FILE_SYSTEM', 'the folder to work in does not exist', { resource: options.cwd, cause });
    }
    if (code === 'ENOENT' || code === 'EACCES') {
        const why = code === 'ENOENT' ? 'is not installed or not on PATH' : 'may not be executed';
        return new SeedError('TOOL_MISSING', `${tool} ${why}`, { hint: options.hint ?? howToGet(tool), cause });
    }
    return new SeedError('TOOL_FAILED', `${tool} could not be started (${code ?? 'unknown reason'})`, { cause });
}
/** The Debian and nixpkgs package of the programs that this project runs. */
const process_packages = {
    git: ['git', 'git'],
    'mkfs.erofs': ['erofs-utils', 'erofs-utils'],
    zstd: ['zstd', 'zstd']
};
function howToGet(tool) {
    if (tool === 'nix' || tool === 'nix-store')
        return 'Install Nix (https://nixos.org/download) and put it on PATH.';
    const known = process_packages[tool];
    if (known === undefined)
        return `Install ${tool} and put it on PATH.`;
    return `Install it: "apt-get install ${known[0]}", or "nix shell nixpkgs#${known[1]}".`;
}

;// CONCATENATED MODULE: ./oci/credentials.js




const HELPER_TIMEOUT_MS = 30_000;
const HELPER_OUTPUT_CHARACTERS = 64 * 1024;
const DOCKER_HUB_KEY = 'https://index.docker.io/v1/';
/**
 * The credentials stored for `host` (with its port, if it has one), for the most specific of the paths that podman's
 * file may name. Files are asked in this order, the first that knows the host wins: `REGISTRY_AUTH_FILE`, docker's
 * `config.json` (in `DOCKER_CONFIG` or `~/.docker`), podman's `auth.json` (in `XDG_RUNTIME_DIR`, then `~/.config`).
 * A file that is broken or a helper that fails is passed over with a warning: the image may be public.
 */
async function readCredentials(host, repository, source) {
    for (const path of authFiles(source.env)) {
        const file = await readAuthFile(path, source);
        if (!file)
            continue;
        const helper = helperOf(file, host);
        const found = (helper && (await askHelper(helper, host, source))) ?? entryOf(file, host, repository);
        if (found)
            return found;
    }
    return undefined;
}
function authFiles(env) {
    const home = env.HOME ?? (0,external_node_os_namespaceObject.homedir)();
    return [
        env.REGISTRY_AUTH_FILE,
        (0,external_node_path_namespaceObject.join)(env.DOCKER_CONFIG || (0,external_node_path_namespaceObject.join)(home, '.docker'), 'config.json'),
        env.XDG_RUNTIME_DIR && (0,external_node_path_namespaceObject.join)(env.XDG_RUNTIME_DIR, 'containers', 'auth.json'),
        (0,external_node_path_namespaceObject.join)(env.XDG_CONFIG_HOME || (0,external_node_path_namespaceObject.join)(home, '.config'), 'containers', 'auth.json')
    ].filter(path => !!path);
}
async function readAuthFile(path, source) {
    try {
        const file = JSON.parse(await (0,promises_namespaceObject.readFile)(path, { encoding: 'utf8', ...signalOf(source) }));
        if (typeof file !== 'object' || file === null || Array.isArray(file))
            throw new Error('it holds no object');
        return file;
    }
    catch (error) {
        source.signal?.throwIfAborted();
        const code = error.code;
        // A parser's message quotes the text, which holds passwords.
        if (code !== 'ENOENT' && code !== 'ENOTDIR')
            source.warn?.(`${path} is passed over: ${code ?? 'it is not valid JSON'}`);
        return undefined;
    }
}
/** Keys are compared without scheme and API path: people and old tools write `https://HOST/v1/` too. */
function keyOf(text) {
    return text.replace(/^https?:\/\//, '').replace(/\/(?:v[12]\/?)?$/, '');
}
/** How docker names `host` to its files and helpers. */
function serverOf(host) {
    return host === 'docker.io' ? DOCKER_HUB_KEY : host;
}
function helperOf(file, host) {
    const own = Object.entries(file.credHelpers ?? {}).find(([key]) => keyOf(key) === keyOf(serverOf(host)));
    return own?.[1] || file.credsStore || undefined;
}
function entryOf(file, host, repository) {
    const entries = new Map(Object.entries(file.auths ?? {}).map(([key, entry]) => [keyOf(key), entry]));
    const parts = repository.split('/');
    // ghcr.io/org/repo, ghcr.io/org, ghcr.io
    const keys = parts.map((_, i) => [host, ...parts.slice(0, parts.length - i)].join('/'));
    for (const key of [...keys, keyOf(serverOf(host))]) {
        const found = parseEntry(entries.get(key));
        if (found)
            return found;
    }
    return undefined;
}
function parseEntry(entry) {
    if (typeof entry !== 'object' || entry === null)
        return undefined;
    if (entry.identitytoken)
        return { identityToken: entry.identitytoken };
    if (entry.registrytoken)
        return { registryToken: entry.registrytoken };
    if (entry.auth) {
        const text = Buffer.from(entry.auth, 'base64').toString();
        const colon = text.indexOf(':');
        if (colon > 0)
            return { username: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, '') };
    }
    return entry.username && entry.password ? { username: entry.username, password: entry.password } : undefined;
}
/** https://github.com/docker/docker-credential-helpers#development: the host on stdin, JSON on stdout. */
async function askHelper(helper, host, source) {
    const program = `docker-credential-${helper}`;
    try {
        if (!/^[\w.-]+$/.test(helper))
            throw new Error('that is no program name');
        const answer = await runHelper(program, serverOf(host), source);
        if (answer === undefined)
            return undefined;
        const { Username, Secret } = JSON.parse(answer);
        if (typeof Username !== 'string' || typeof Secret !== 'string' || Secret === '')
            return undefined;
        return Username === '<token>' ? { identityToken: Secret } : { username: Username, password: Secret };
    }
    catch (error) {
        source.signal?.throwIfAborted();
        source.warn?.(`${program} is passed over: ${helperFailure(error)}`);
        return undefined;
    }
}
/** What the helper printed; `undefined` if it knows no credentials for `server`, which it says with a failure. */
async function runHelper(program, server, source) {
    const timeout = AbortSignal.timeout(HELPER_TIMEOUT_MS);
    const signal = source.signal ? AbortSignal.any([source.signal, timeout]) : timeout;
    const helper = start(program, ['get'], { env: source.env, signal, input: `${server}\n` });
    let stdout = '';
    helper.stdout.setEncoding('utf8').on('data', (text) => {
        stdout += text;
        if (stdout.length > HELPER_OUTPUT_CHARACTERS)
            helper.stop();
    });
    try {
        await helper.done;
        return stdout;
    }
    catch (error) {
        if (error instanceof ToolFailure && /credentials not found/i.test(stdout))
            return undefined;
        throw error;
    }
}
/** Why a helper failed, without what it printed: that may hold a secret. */
function helperFailure(error) {
    if (error instanceof SyntaxError)
        return 'its answer is not valid JSON';
    if (error instanceof ToolFailure)
        return `it failed with status ${error.exitStatus}`;
    return error.message;
}
function signalOf(source) {
    return source.signal ? { signal: source.signal } : {};
}

;// CONCATENATED MODULE: ./oci/download.js


// A connection that carries less than this is no progress: a server that gives a few bytes each time is not asked for ever.
const PROGRESS_BYTES = 1024 * 1024;
/**
 * Streams one blob, checked against its digest. After a cut it goes on where it stopped, by range.
 *
 * @throws NOT_FOUND, DIGEST_MISMATCH, REGISTRY_… as a SeedError
 */
function fetchBlob(registry, base, blob, scopes) {
    return verified(resumed(registry, base, blob, scopes), blob);
}
async function* resumed(registry, base, blob, scopes) {
    const url = new URL(`blobs/${checkedDigest(blob.digest)}`, base);
    const doing = `downloading ${blob.digest}`;
    const retrier = registry.retrier(doing);
    let offset = 0;
    let checkpoint = 0;
    for (;;) {
        try {
            for await (const chunk of part(registry, url, blob, offset, scopes)) {
                offset += chunk.length;
                yield chunk;
            }
            if (offset >= blob.size)
                return;
            throw new HttpError(`${url.host} ended after ${offset} of ${blob.size} bytes`, { url });
        }
        catch (error) {
            if (offset - checkpoint >= PROGRESS_BYTES) {
                retrier.progressed();
                checkpoint = offset;
            }
            await retrier.pause(error).catch(async (final) => {
                throw await registry.failure(doing, final);
            });
        }
    }
}
/** The bytes of `blob` from `offset` on, as far as this one answer goes. */
async function* part(registry, url, blob, offset, scopes) {
    const headers = offset > 0 ? { range: `bytes=${offset}-` } : {};
    const response = await registry.call({ url, headers, scopes, statuses: [200, 206, 416] });
    try {
        yield* skipping(response.body, offset - startOf(response, blob, offset));
    }
    finally {
        await response.discard();
    }
}
/** Where in the blob the body of `response` begins. @throws DIGEST_MISMATCH if it is one of another size. */
function startOf(response, blob, offset) {
    const { status, headers, url } = response;
    if (status === 416)
        throw mismatch(blob.digest, `has less than its ${blob.size} bytes at ${url.host}`);
    if (status === 200) {
        const length = headers['content-length'];
        if (length === undefined || Number(length) === blob.size)
            return 0; // a server may ignore a range
        throw mismatch(blob.digest, `has ${length} bytes at ${url.host} instead of ${blob.size}`);
    }
    // https://www.rfc-editor.org/rfc/rfc9110#section-14.4
    const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? [];
    if (start === undefined || Number(start) !== offset) {
        throw new HttpError(`${url.host} answered with another range than was asked for`, { url, retriable: false });
    }
    if (total === '*' || Number(total) === blob.size)
        return offset;
    throw mismatch(blob.digest, `has ${total} bytes at ${url.host} instead of ${blob.size}`);
}
async function* skipping(body, bytes) {
    let left = bytes;
    for await (const chunk of body) {
        const skipped = Math.min(left, chunk.length);
        left -= skipped;
        if (skipped < chunk.length)
            yield skipped === 0 ? chunk : chunk.subarray(skipped);
    }
}

;// CONCATENATED MODULE: ./oci/auth.js




const TOKEN_BODY_BYTES = 1024 * 1024;
// https://distribution.github.io/distribution/spec/auth/token/: 60 seconds where a service does not say.
const TOKEN_LIFETIME_S = 60;
// A token is not used in its last seconds: a request on the way would be late. Short lives keep half.
const TOKEN_MARGIN_MS = 10_000;
const CLIENT_ID = 'nix-seed';
/**
 * Knows how one registry wants to be spoken to. Nothing is sent until the registry has asked, credentials are not even
 * looked up; what is found then goes to the registry's own origin and to the token service that it names, nowhere else.
 *
 * https://distribution.github.io/distribution/spec/auth/token/ and …/oauth/
 */
class Authorizer {
    #client;
    #origin;
    #lookUp;
    #credentials;
    #challenge;
    #tokens = new Map();
    #secrets = new Set();
    constructor(client, origin, lookUp) {
        this.#client = client;
        this.#origin = origin;
        this.#lookUp = lookUp;
    }
    /** The Authorization header for `scopes` (and what a challenge `wanted`), as far as the registry has asked for one. */
    async header(scopes, wanted) {
        if (this.#challenge?.scheme === 'basic')
            return await this.#basic();
        if (this.#challenge?.scheme !== 'bearer')
            return undefined;
        const credentials = await this.#known();
        if (credentials && 'registryToken' in credentials)
            return this.#secret(`Bearer ${credentials.registryToken}`);
        return this.#secret(`Bearer ${(await this.#token(scopes, wanted)).value}`);
    }
    /**
     * To be called after a 401, with the header that was refused: learns how to ask and drops what was refused, unless
     * another request has renewed it meanwhile.
     *
     * @returns false if there is nothing new to send.
     */
    async renew(response, scopes, refused) {
        const challenges = parseChallenges(response.headers['www-authenticate'] ?? '');
        const challenge = challenges.find(c => c.scheme === 'bearer') ?? challenges.find(c => c.scheme === 'basic');
        if (!challenge)
            return false;
        this.#challenge = challenge;
        const cached = this.#tokens.get(auth_keyOf(scopes));
        if (refused !== undefined && cached && (await settled(cached)) === refused)
            this.#tokens.delete(auth_keyOf(scopes));
        const header = await this.header(scopes, challenge.parameters.scope);
        return header !== undefined && header !== refused;
    }
    /** Whether the last answers were had with credentials, for a hint. */
    async isAnonymous() {
        return this.#credentials === undefined || (await this.#credentials.catch(() => undefined)) === undefined;
    }
    /** `text` without any secret that went to or came from this registry: a hostile one may echo them. */
    redact(text) {
        let clean = text;
        for (const secret of [...this.#secrets].sort((a, b) => b.length - a.length))
            clean = clean.replaceAll(secret, '***');
        return clean;
    }
    #known() {
        this.#credentials ??= this.#lookUp().then(credentials => {
            for (const [name, value] of Object.entries(credentials ?? {}))
                if (name !== 'username')
                    this.#secret(value);
            return credentials;
        });
        return this.#credentials;
    }
    #secret(text) {
        const bare = text.replace(/^(?:Bearer|Basic) /, '');
        if (bare !== '')
            this.#secrets.add(bare);
        return text;
    }
    async #basic() {
        const credentials = await this.#known();
        if (!credentials || !('username' in credentials))
            return undefined;
        const pair = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
        return this.#secret(`Basic ${pair}`);
    }
    async #token(scopes, wanted) {
        const key = auth_keyOf(scopes);
        const cached = this.#tokens.get(key);
        if (cached && (await cached).expiresAtMs > Date.now())
            return cached;
        const current = this.#tokens.get(key); // another request may have begun to ask
        if (current && current !== cached)
            return current;
        const asked = this.#fetchToken(scopes, wanted);
        this.#tokens.set(key, asked);
        asked.catch(() => this.#tokens.get(key) === asked && this.#tokens.delete(key));
        return asked;
    }
    async #fetchToken(scopes, wanted = '') {
        const parameters = this.#challenge?.parameters ?? {};
        const realm = tokenService(parameters.realm, this.#origin);
        const credentials = await this.#known();
        const query = new URLSearchParams();
        if (parameters.service !== undefined)
            query.set('service', parameters.service);
        const all = mergeScopes([...scopes, ...wanted.split(' ')]);
        let response;
        if (credentials && 'identityToken' in credentials) {
            query.set('scope', all.join(' '));
            query.set('grant_type', 'refresh_token');
            query.set('client_id', CLIENT_ID);
            query.set('refresh_token', credentials.identityToken);
            const headers = { 'content-type': 'application/x-www-form-urlencoded' };
            response = await this.#client.send({ url: realm, method: 'POST', headers, body: Buffer.from(query.toString()) });
        }
        else {
            for (const scope of all)
                query.append('scope', scope);
            const url = new URL(realm);
            url.search += `${url.search ? '&' : '?'}${query.toString()}`;
            const authorization = await this.#basic();
            response = await this.#client.send({ url, headers: authorization === undefined ? {} : { authorization } });
        }
        return this.#parseToken(await ensureStatus(response, 200));
    }
    async #parseToken(response) {
        const bytes = await readBody(response, TOKEN_BODY_BYTES);
        const answer = parseObject(bytes);
        const value = [answer.token, answer.access_token].find(t => typeof t === 'string' && t !== '');
        if (typeof value !== 'string' || /[^\x21-\x7e]/.test(value)) {
            throw new HttpError(`${response.url.host} answered without a token`, { url: response.url, retriable: false });
        }
        const lifetimeMs = 1000 * (typeof answer.expires_in === 'number' && answer.expires_in > 0 ? answer.expires_in : TOKEN_LIFETIME_S);
        return {
            value: this.#secret(value),
            expiresAtMs: Date.now() + lifetimeMs - Math.min(TOKEN_MARGIN_MS, lifetimeMs / 2)
        };
    }
}
/**
 * Reads a WWW-Authenticate header: schemes with `name=value` parameters, quoted or not.
 * https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1
 */
function parseChallenges(header) {
    const challenges = [];
    const token = /\s*,?\s*(?:([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))|([\w!#$%&'*+.^`|~-]+))/gy;
    for (let match; (match = token.exec(header));) {
        const [, name, quoted, plain, scheme] = match;
        if (scheme !== undefined)
            challenges.push({ scheme: scheme.toLowerCase(), parameters: {} });
        else if (name !== undefined) {
            const challenge = challenges.at(-1);
            if (challenge)
                challenge.parameters[name.toLowerCase()] = quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '';
        }
    }
    return challenges;
}
/** One scope a resource, with all the actions that are asked for it. */
function mergeScopes(scopes) {
    const merged = new Map();
    for (const scope of scopes) {
        const colon = scope.lastIndexOf(':');
        if (colon < 0)
            continue;
        const actions = merged.get(scope.slice(0, colon)) ?? new Set();
        for (const action of scope.slice(colon + 1).split(','))
            actions.add(action);
        merged.set(scope.slice(0, colon), actions);
    }
    return [...merged].map(([resource, actions]) => `${resource}:${[...actions].join(',')}`);
}
/**
 * The URL of the token service that a registry names. The registry chooses it, so it is not to be trusted: no
 * credentials in clear over a network, and no registry elsewhere makes this machine ask its own loopback services.
 */
function tokenService(realm, registry) {
    const url = realm !== undefined && URL.canParse(realm) ? new URL(realm) : undefined;
    if (url?.protocol === 'https:')
        return url;
    const near = url && (url.hostname === registry.hostname || (isLoopback(url.hostname) && isLoopback(registry.hostname)));
    if (url?.protocol === 'http:' && registry.protocol === 'http:' && near)
        return url;
    throw new SeedError('REGISTRY_FAILED', `${registry.host} names a token service that is not safe to ask`, {
        ...(realm !== undefined && { resource: realm.slice(0, 200) }),
        hint: 'Credentials go to a token service over https only. Is this the registry that you mean?'
    });
}
function auth_keyOf(scopes) {
    return scopes.join(' ');
}
async function settled(token) {
    return token.then(({ value }) => `Bearer ${value}`, () => undefined);
}
function parseObject(bytes) {
    try {
        const value = JSON.parse(bytes.toString());
        return typeof value === 'object' && value !== null ? { ...value } : {};
    }
    catch {
        return {};
    }
}

;// CONCATENATED MODULE: ./oci/failure.js


const MESSAGE_CHARACTERS = 400;
/** The SeedError for a failed exchange with a registry; what is no HttpError is passed through. */
function registryFailure(error, context) {
    if (!(error instanceof HttpError))
        return error;
    const { doing, name } = context;
    const clean = (text) => redactUrl(context.redact(text));
    const said = error.status === undefined ? '' : registryMessage(error.body);
    const detail = [error.message, said, error.status === undefined ? causeMessage(error) : ''].filter(Boolean).join(': ');
    const code = errorCode(error, said);
    const hint = hintFor(code, error, context);
    // A copy for the cause: the error itself holds the answer, which may echo what was sent.
    const cause = Object.assign(new Error(clean(error.message)), { code: systemCode(error) });
    return new SeedError(code, `${doing}: ${clean(detail)}`, {
        resource: name,
        cause,
        ...(hint !== undefined && { hint })
    });
}
/**
 * What a registry says for itself, on one line and without anything that could take a terminal or log over.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes
 */
function registryMessage(body) {
    let text;
    try {
        const { errors } = JSON.parse(body);
        text = (errors ?? []).map(e => [e.code, e.message].filter(part => typeof part === 'string').join(': ')).join('; ');
    }
    catch {
        text = /^\s*</.test(body) ? '' : body; // a page of HTML says nothing in a log
    }
    const line = redactUrl(text)
        .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
        .trim();
    return line.length > MESSAGE_CHARACTERS ? `${line.slice(0, MESSAGE_CHARACTERS)}…` : line;
}
function errorCode(error, said) {
    switch (error.status) {
        case undefined:
            return error.retriable || error.cause !== undefined ? 'REGISTRY_UNREACHABLE' : 'REGISTRY_FAILED';
        case 401:
        case 403:
            return 'REGISTRY_DENIED';
        case 404:
            return 'NOT_FOUND';
        default:
            return said.includes('DIGEST_INVALID') ? 'DIGEST_MISMATCH' : 'REGISTRY_FAILED';
    }
}
function causeMessage(error) {
    return Error.isError(error.cause) ? error.cause.message : '';
}
function hintFor(code, error, { host, anonymous }) {
    if (code === 'REGISTRY_DENIED') {
        const login = anonymous ? `No credentials for ${host} were found: log in with` : 'Log in again with';
        const actions = 'In GitHub Actions, give the job "permissions: packages: write" (read, to restore only).';
        return `${login} \`docker login ${host}\`.${host === 'ghcr.io' ? ` ${actions}` : ''}`;
    }
    if (error.status === 429)
        return `${host} limits requests: wait, or log in with \`docker login ${host}\` for a higher limit.`;
    if (code === 'REGISTRY_UNREACHABLE')
        return reachHint(error, host);
    return undefined;
}
function reachHint(error, host) {
    const code = systemCode(error) ?? '';
    if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
        return `Is "${host}" spelt right, and is there a network?`;
    if (code === 'ECONNREFUSED')
        return `Nothing listens at ${host}: is the registry running, and is this its port?`;
    if (code === 'EPROTO')
        return `${host} does not speak TLS: if it is a plain http registry that you trust, allow it with --insecure.`;
    if (/CERT|SIGNED|ISSUER|ALTNAME|SIGNATURE/.test(code)) {
        return 'Its certificate is not trusted here: name the file of its authority in NODE_EXTRA_CA_CERTS.';
    }
    return 'Check the network, and the proxy if there is one, and run it again: what was uploaded is not sent twice.';
}

;// CONCATENATED MODULE: ./oci/registry.js






const REDIRECTS = 5;
/** One registry, spoken to with the right credentials, redirects, retries and errors. Knows no path of its API. */
class Registry {
    #options;
    #authorizer;
    constructor(options) {
        this.#options = options;
        this.#authorizer = new Authorizer(options.client, options.origin, options.credentials);
    }
    get origin() {
        return this.#options.origin;
    }
    /**
     * One exchange: with the redirects of a GET or HEAD, and asked a second time where credentials were missing or have
     * run out. A body that streams cannot be sent a second time here: it fails as worth a retry, with new credentials
     * at hand.
     */
    async call(call) {
        let { url } = call;
        for (let redirects = 0;;) {
            const response = await this.#authorized({ ...call, url });
            const { location } = response.headers;
            if (![301, 302, 303, 307, 308].includes(response.status) || location === undefined || !isRead(call)) {
                return ensureStatus(response, ...call.statuses);
            }
            await response.discard();
            if (++redirects > REDIRECTS)
                throw new HttpError('too many redirects', { url, retriable: false });
            url = this.resolve(location, url);
        }
    }
    /** Runs `action` with retries. @throws SeedError with what the registry said, or what `action` itself throws. */
    async attempt(doing, action) {
        try {
            return await retrying(action, this.#retries(doing));
        }
        catch (error) {
            throw await this.failure(doing, error);
        }
    }
    /** Like `attempt`, without turning the error into one for people: for use inside of it. */
    async again(doing, action) {
        return retrying(action, this.#retries(doing));
    }
    retrier(doing) {
        return new Retrier(this.#retries(doing));
    }
    /** `error` for people. */
    async failure(doing, error) {
        const { origin, name, signal } = this.#options;
        if (signal?.aborted) {
            return new SeedError('INTERRUPTED', `interrupted: ${doing}`, { resource: name, cause: signal.reason });
        }
        const anonymous = await this.#authorizer.isAnonymous();
        return registryFailure(error, {
            doing,
            name,
            host: origin.host,
            anonymous,
            redact: t => this.#authorizer.redact(t)
        });
    }
    /**
     * The URL of a Location header, relative or absolute, with its query as it is. Registries behind a proxy that ends
     * TLS name themselves with http: that is put right.
     *
     * @throws HttpError if it leaves https.
     */
    resolve(location, base) {
        if (!URL.canParse(location, base.href))
            throw this.#astray(`a Location that is no URL`, base);
        const url = new URL(location, base);
        if (url.protocol === 'https:')
            return url;
        if (url.protocol !== 'http:')
            throw this.#astray(`a Location with ${url.protocol}`, base);
        if (base.protocol === 'http:' || this.#options.insecure)
            return url;
        if (url.host !== base.host)
            throw this.#astray('a Location that leaves https', base);
        url.protocol = 'https:';
        return url;
    }
    #astray(what, url) {
        return new HttpError(`${url.host} answered with ${what}`, { url, retriable: false });
    }
    async #authorized(call) {
        const { client, origin } = this.#options;
        if (call.url.origin !== origin.origin)
            return client.send(call);
        const authorization = await this.#authorizer.header(call.scopes);
        const send = (value) => client.send({ ...call, headers: { ...call.headers, ...(value && { authorization: value }) } });
        const response = await send(authorization);
        if (response.status !== 401)
            return response;
        const renewed = await this.#authorizer.renew(response, call.scopes, authorization);
        if (!renewed)
            return response;
        if (call.body && !(call.body instanceof Uint8Array)) {
            await response.discard();
            throw new HttpError(`${origin.host} asked for new credentials`, {
                url: call.url,
                response,
                retriable: true,
                retryAfterMs: 0
            });
        }
        await response.discard();
        return send(await this.#authorizer.header(call.scopes));
    }
    #retries(doing) {
        const { backoff, signal, log } = this.#options;
        const onRetry = (error, delayMs) => {
            const line = `${doing}: ${error.message}; trying again${delayMs >= 1000 ? ` in ${Math.round(delayMs / 1000)} s` : ''}`;
            log[delayMs > 0 ? 'warn' : 'debug'](this.#authorizer.redact(line));
        };
        return { backoff, onRetry, ...(signal && { signal }) };
    }
}
function isRead(call) {
    return call.method === undefined || call.method === 'GET' || call.method === 'HEAD';
}

;// CONCATENATED MODULE: ./oci/upload.js


const OCTETS = { 'content-type': 'application/octet-stream' };
const NO_BODY = { 'content-length': '0' };
/** Size in bytes of a blob that is there (NaN if the registry does not say it), `undefined` if it is not. */
async function headBlob(registry, base, digest, scopes) {
    const url = new URL(`blobs/${checkedDigest(digest)}`, base);
    const response = await registry.call({ url, method: 'HEAD', scopes, statuses: [200, 404] });
    await response.discard();
    if (response.status === 404)
        return undefined;
    const length = response.headers['content-length'];
    return length === undefined ? NaN : Number(length);
}
/**
 * Sends blobs to one repository.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-blobs
 */
class Uploader {
    #registry;
    #base;
    #scopes;
    /** Sessions that a registry opened where it could not mount. */
    #opened = new Map();
    constructor(registry, base, scopes) {
        this.#registry = registry;
        this.#base = base;
        this.#scopes = scopes;
    }
    /** POST, then one PUT that streams. */
    async put(blob, open) {
        return this.#registry.attempt(`uploading ${blob.digest}`, async () => {
            if (await this.#isPresent(blob))
                return 'present';
            const session = await this.#openSession(blob.digest);
            const url = withQuery(session, `digest=${blob.digest}`);
            const headers = { ...OCTETS, 'content-length': String(blob.size) };
            const body = verified(open(), blob);
            const response = await inSession(this.#registry.call({ url, method: 'PUT', headers, body, scopes: this.#scopes, statuses: [201, 204] }));
            await stored(response, blob.digest);
            return 'uploaded';
        });
    }
    /**
     * POST, one PATCH that streams in chunks, as docker push does, then PUT with the digest. Never a ranged PATCH:
     * ghcr.io refuses those over 4 MiB, and a registry behind a cache may have lost the first half.
     */
    async putStream(open) {
        let sent;
        return this.#registry.attempt('uploading a layer', async () => {
            // The last try may have been completed and only its answer lost.
            if (sent && (await this.#isPresent(sent)))
                return sent;
            const session = await this.#openSession();
            const hasher = new Hasher();
            const response = await inSession(this.#registry.call({
                url: session,
                method: 'PATCH',
                headers: OCTETS,
                body: hasher.through(open()),
                scopes: this.#scopes,
                statuses: [202, 201, 204]
            }));
            await response.discard();
            sent = hasher.result();
            await this.#commit(this.#next(response, session), sent);
            return sent;
        });
    }
    /** POST with `mount` and `from`. */
    async mount(digest, from, scopes) {
        const query = `mount=${checkedDigest(digest)}&from=${encodeURIComponent(from)}`;
        const url = withQuery(new URL('blobs/uploads/', this.#base), query);
        return this.#registry.attempt(`mounting ${digest} from ${from}`, async () => {
            try {
                const response = await this.#registry.call({
                    url,
                    method: 'POST',
                    headers: NO_BODY,
                    scopes,
                    statuses: [201, 202]
                });
                await response.discard();
                if (response.status === 201)
                    return true;
                this.#opened.set(digest, this.#next(response, url));
                return false;
            }
            catch (error) {
                // Not being allowed to read the other repository is no failure: the blob is uploaded instead.
                if (error instanceof HttpError && !error.retriable && error.status !== undefined && error.status < 500)
                    return false;
                throw error;
            }
        });
    }
    async #isPresent(blob) {
        const size = await headBlob(this.#registry, this.#base, blob.digest, this.#scopes);
        return size === blob.size || Number.isNaN(size);
    }
    async #openSession(digest) {
        const opened = digest && this.#opened.get(digest);
        if (opened) {
            this.#opened.delete(digest);
            return opened;
        }
        const url = new URL('blobs/uploads/', this.#base);
        const response = await this.#registry.call({
            url,
            method: 'POST',
            headers: NO_BODY,
            scopes: this.#scopes,
            statuses: [202]
        });
        await response.discard();
        return this.#next(response, url);
    }
    /** Closes a session. Asked again by itself, since all the bytes are there already. */
    async #commit(session, blob) {
        const url = withQuery(session, `digest=${blob.digest}`);
        const put = { url, method: 'PUT', headers: { ...OCTETS, ...NO_BODY }, scopes: this.#scopes, statuses: [201, 204] };
        const committed = this.#registry.again(`completing ${blob.digest}`, async (attempt) => {
            if (attempt > 0 && (await this.#isPresent(blob)))
                return;
            await stored(await this.#registry.call(put), blob.digest);
        });
        await inSession(committed);
    }
    #next(response, url) {
        const { location } = response.headers;
        if (location !== undefined)
            return this.#registry.resolve(location, url);
        throw new HttpError(`${url.host} opened an upload without a Location`, { url, retriable: false });
    }
}
/** A session that the registry no longer knows is begun anew. */
async function inSession(exchange) {
    return exchange.catch((error) => {
        if (error instanceof HttpError && (error.status === 404 || error.status === 416))
            error.retriable = true;
        throw error;
    });
}
/** @throws DIGEST_MISMATCH if the registry says that it stored something else. */
async function stored(response, digest) {
    await response.discard();
    const answered = response.headers['docker-content-digest'];
    if (answered === undefined || answered === digest)
        return;
    throw mismatch(digest, `was stored by ${response.url.host} as ${String(answered).slice(0, 80)}`);
}
/** `url` with one more parameter; what is there stays byte for byte, since registries sign it. */
function withQuery(url, parameter) {
    const extended = new URL(url);
    extended.search += `${extended.search ? '&' : '?'}${parameter}`;
    return extended;
}

;// CONCATENATED MODULE: ./oci/remote.js












/** A repository in a registry: https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md */
class RemoteRepository {
    name;
    #host;
    #base;
    #client;
    #registry;
    #pull;
    #push;
    #uploader;
    constructor({ host, repository }, options) {
        const { env, log = silentLog, insecure, backoff = DEFAULT_BACKOFF, credentials, ...http } = options;
        const origin = originOf(host, insecure);
        const client = new HttpClient({ env, ...http });
        const { signal } = options;
        const warn = (line) => log.warn(line);
        this.name = `${host}/${repository}`;
        this.#host = host;
        this.#base = new URL(`/v2/${repository}/`, origin);
        this.#client = client;
        this.#registry = new Registry({
            origin,
            name: this.name,
            client,
            credentials: async () => credentials ?? readCredentials(host, repository, { env, warn, ...(signal && { signal }) }),
            backoff,
            log,
            insecure: insecure ?? false,
            ...(signal && { signal })
        });
        this.#pull = [`repository:${repository}:pull`];
        this.#push = [`repository:${repository}:pull,push`];
        this.#uploader = new Uploader(this.#registry, this.#base, this.#push);
    }
    async headBlob(digest) {
        return this.#registry.attempt(`looking for ${digest}`, () => headBlob(this.#registry, this.#base, digest, this.#pull));
    }
    async putBlob(blob, open) {
        return this.#uploader.put(blob, open);
    }
    async putStream(open) {
        return this.#uploader.putStream(open);
    }
    /** `fromRepository` is `REPOSITORY` or `HOST/REPOSITORY` with the same host. */
    async mountBlob(digest, fromRepository) {
        const own = `${this.#host}/`;
        const from = fromRepository.startsWith(own) ? fromRepository.slice(own.length) : fromRepository;
        return this.#uploader.mount(digest, from, [...this.#push, `repository:${from}:pull`]);
    }
    getBlob(blob) {
        return fetchBlob(this.#registry, this.#base, blob, this.#pull);
    }
    async getManifest(reference) {
        if (reference === undefined) {
            throw new SeedError('REFERENCE_INVALID', `${this.name} is a repository, not an image`, {
                hint: `Name the image by its digest: ${this.name}@sha256:…`
            });
        }
        return this.#registry.attempt(`reading the manifest ${reference}`, async () => {
            const response = await this.#registry.call({
                url: this.#manifestUrl(reference),
                headers: { accept: MANIFEST_TYPES.join(', ') },
                scopes: this.#pull,
                statuses: [200, 404]
            });
            if (response.status === 404) {
                await response.discard();
                return undefined;
            }
            const bytes = await readBody(response, MANIFEST_BYTES);
            const found = describeManifest(bytes, reference, response.headers['content-type'], this.name);
            this.#checkAnswered(response.headers['docker-content-digest'], found.descriptor.digest);
            return found;
        });
    }
    async putManifest(bytes, mediaType, tags = []) {
        const digest = digestOf(bytes);
        tags.forEach(checkedTag);
        for (const reference of [digest, ...tags]) {
            await this.#registry.attempt(`writing the manifest ${reference}`, async () => {
                const response = await this.#registry.call({
                    url: this.#manifestUrl(reference),
                    method: 'PUT',
                    headers: { 'content-type': mediaType, 'content-length': String(bytes.length) },
                    body: bytes,
                    scopes: this.#push,
                    statuses: [201, 202]
                });
                await response.discard();
                this.#checkAnswered(response.headers['docker-content-digest'], digest);
            });
        }
        return { mediaType, digest, size: bytes.length };
    }
    async close() {
        this.#client.close();
    }
    #manifestUrl(reference) {
        return new URL(`manifests/${isDigest(reference) ? reference : checkedTag(reference)}`, this.#base);
    }
    #checkAnswered(answered, digest) {
        if (answered === undefined || answered === digest)
            return;
        throw mismatch(digest, `was answered with another digest, ${String(answered).slice(0, 80)}`, this.name);
    }
}
/** Docker Hub is the one registry whose API has another host than its name. */
function originOf(host, insecure) {
    const url = new URL(`https://${host === 'docker.io' ? 'registry-1.docker.io' : host}`);
    if (insecure ?? isLoopback(url.hostname))
        url.protocol = 'http:';
    return url;
}

;// CONCATENATED MODULE: ./oci/repository.js



/**
 * The repository that `name` points into, in a registry or on disk. Nothing is read or sent yet.
 *
 * @param options what a registry needs; a layout on disk takes only the signal.
 * @throws REFERENCE_INVALID
 */
function openRepository(name, options) {
    const parsed = typeof name === 'string' ? parseName(name) : name;
    if (parsed.kind === 'registry')
        return new RemoteRepository(parsed, options);
    return new LayoutRepository(parsed.directory, options.signal ? { signal: options.signal } : {});
}

;// CONCATENATED MODULE: ./seed/image.js
/**
 * The seed image: how a seed is written down in OCI's formats, and read back from them.
 *
 * The image config carries one field of our own, as the specification allows: the seed's table of store paths, with all
 * that a Nix store database needs to know of them and the layer that holds each. So an image can be inspected, compared
 * and restored beside an existing store without a layer being read.
 * https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md
 */


const SEED_FIELD = 'dev.nix-seed';
/** On a layer: what it was made from and with; equal keys mean equal bytes. */
const ANNOTATION_LAYER_KEY = 'dev.nix-seed.layer-key';
/** On a layer: what it holds, for people. */
const ANNOTATION_CONTENT = 'dev.nix-seed.content';
/** On the index: what the seed was built from, so that an unchanged one is found without building it. */
const ANNOTATION_IDENTITY = 'dev.nix-seed.identity';
const ANNOTATION_LOCK_KEY = 'dev.nix-seed.lock-key';
const ANNOTATION_SYSTEM = 'dev.nix-seed.system';
/** Fixed, so that an image depends on its content alone; the second after the epoch, which all tools take for a date. */
const CREATED = '1970-01-01T00:00:01Z';
const STORE = '/nix/store/';
/**
 * Makes the table of a seed.
 *
 * @param nix store path of the Nix that the seed brings
 * @param layers for each layer of the image, the store paths that it holds
 */
function makeTable(name, system, roots, nix, closure, layers) {
    const indexes = new Map(closure.map((info, i) => [info.path, i]));
    const layerOf = new Map(layers.flatMap((paths, layer) => paths.map(info => [info.path, layer])));
    const indexOf = (path) => {
        const index = indexes.get(path);
        if (index === undefined)
            throw new SeedError('STORE_INVALID', 'a reference leads out of the closure', { resource: path });
        return index;
    };
    return {
        version: 1,
        name,
        system,
        roots: roots.map(indexOf).sort((a, b) => a - b),
        ...(nix === undefined ? {} : { nix: indexOf(nix) }),
        paths: closure.map(info => ({
            name: info.path.slice(STORE.length),
            narHash: info.narHash,
            narSize: info.narSize,
            references: info.references.map(indexOf).sort((a, b) => a - b),
            ...(info.ca === undefined ? {} : { ca: info.ca }),
            layer: layerOf.get(info.path) ?? 0
        }))
    };
}
/** The closure that a table describes, sorted by path, and the layer of each path. */
function readTable(table) {
    const path = (i) => STORE + (table.paths[i]?.name ?? '');
    return {
        closure: table.paths.map(row => ({
            path: STORE + row.name,
            narHash: row.narHash,
            narSize: row.narSize,
            references: row.references.map(path),
            ...(row.ca === undefined ? {} : { ca: row.ca })
        })),
        roots: table.roots.map(path),
        ...(table.nix === undefined ? {} : { nix: path(table.nix) }),
        layerOf: new Map(table.paths.map(row => [STORE + row.name, row.layer]))
    };
}
const MAX_CONFIG_BYTES = 64 * 1024 * 1024;
/**
 * Reads the documents of a seed image: index, manifest and config, each checked against its digest and form.
 *
 * @param reference a digest or a tag; none for the only image of an image layout
 * @throws SeedError NOT_FOUND, NOT_A_SEED, or what the repository throws
 */
async function readSeedImage(repository, reference) {
    const separator = reference?.startsWith('sha256:') ? '@' : ':';
    const resource = repository.name + (reference === undefined ? '' : separator + reference);
    const top = await repository.getManifest(reference);
    if (!top) {
        throw new SeedError('NOT_FOUND', 'there is no such image', {
            resource,
            hint: 'Check the reference; `nix-seed publish` prints the right one.'
        });
    }
    const notSeed = (what) => new SeedError('NOT_A_SEED', `the image is no seed: ${what}`, {
        resource,
        hint: 'Only images that `nix-seed publish` made from a descriptor can be restored or inspected as seeds.'
    });
    const index = parseDocument(top.bytes);
    if (!Array.isArray(index?.manifests))
        throw notSeed('it is not an image index');
    const entry = index.manifests[0];
    if (!entry)
        throw notSeed('its index is empty');
    const raw = await repository.getManifest(entry.digest);
    if (!raw)
        throw new SeedError('NOT_FOUND', 'the index names a manifest that is not there', { resource });
    const manifest = parseDocument(raw.bytes);
    if (!Array.isArray(manifest?.layers) || typeof manifest.config?.digest !== 'string')
        throw notSeed('it has no layers');
    if (manifest.config.mediaType !== MEDIA_TYPE.config || manifest.config.size > MAX_CONFIG_BYTES) {
        throw notSeed('its config is of another kind');
    }
    const config = parseDocument(await collect(repository.getBlob(manifest.config)));
    if (config?.[SEED_FIELD] === undefined)
        throw notSeed('its config holds no table of store paths');
    checkTable(config[SEED_FIELD], manifest.layers.length, notSeed);
    return {
        index: top.descriptor,
        indexAnnotations: index.annotations ?? {},
        manifest: raw.descriptor,
        layers: manifest.layers,
        config
    };
}
const NAME = /^[0-9a-df-np-sv-z]{32}-[0-9a-zA-Z+\-._?=]+$/;
function checkTable(table, layers, wrong) {
    if (table.version !== 1)
        throw wrong(`its table has version ${JSON.stringify(table.version)}, known is 1`);
    if (!Array.isArray(table.paths) || !Array.isArray(table.roots))
        throw wrong('its table is malformed');
    const isIndex = (i) => Number.isInteger(i) && i >= 0 && i < table.paths.length;
    let previous = '';
    for (const row of table.paths) {
        const valid = typeof row.name === 'string' &&
            NAME.test(row.name) &&
            row.name > previous &&
            /^sha256:[0-9a-f]{64}$/.test(row.narHash) &&
            Number.isSafeInteger(row.narSize) &&
            Array.isArray(row.references) &&
            row.references.every(isIndex) &&
            Number.isInteger(row.layer) &&
            row.layer >= 0 &&
            row.layer < layers &&
            (row.ca === undefined || (typeof row.ca === 'string' && /^[ -~]+$/.test(row.ca)));
        if (!valid)
            throw wrong(`its table is malformed at ${JSON.stringify(row.name)}`);
        previous = row.name;
    }
    if (!table.roots.every(isIndex) || !(table.nix === undefined || isIndex(table.nix))) {
        throw wrong('its table is malformed');
    }
}
function parseDocument(bytes) {
    try {
        return JSON.parse(bytes.toString('utf8'));
    }
    catch {
        return undefined;
    }
}
async function collect(stream) {
    const pieces = [];
    for await (const piece of stream)
        pieces.push(piece);
    return Buffer.concat(pieces);
}

;// CONCATENATED MODULE: ./cli/repository.js
/** How a command reaches the repository that it is given. */
function repositoryOptions({ ports }, args) {
    // Absent, not false: loopback addresses are spoken to in plain HTTP unless told otherwise.
    const insecure = args.flag('insecure') ? { insecure: true } : {};
    return { env: ports.env, signal: ports.signal, log: ports.log, ...insecure };
}

;// CONCATENATED MODULE: ./cli/inspect.js






const inspectCommand = {
    name: 'inspect',
    summary: 'show what a seed image holds, without fetching its layers',
    synopsis: 'REFERENCE [OPTION]…',
    positionals: { min: 1, max: 1 },
    options: {
        paths: { help: 'list every store path' },
        insecure: { help: 'speak plain HTTP to the registry (loopback addresses always are)' },
        json: { help: 'print all of it as JSON' }
    },
    details: [
        'REFERENCE is HOST/REPOSITORY or oci:DIR, with :TAG or @DIGEST. Only the image index, its manifest and its config are read.'
    ],
    examples: [
        { line: 'nix-seed inspect ghcr.io/org/repo/seed@sha256:…', meaning: 'layers, sizes and labels' },
        { line: "nix-seed inspect oci:./seed --json | jq '.paths | length'", meaning: 'for a script' }
    ],
    run: runInspect
};
async function runInspect(args, io) {
    const name = parseName(args.positionals[0] ?? '');
    const repository = openRepository(name, repositoryOptions(io, args));
    try {
        const reference = name.digest ?? name.tag;
        if (reference === undefined && name.kind === 'registry') {
            throw usage(inspectCommand, 'the reference has neither a tag nor a digest');
        }
        const inspection = inspect(await readSeedImage(repository, reference));
        if (args.flag('json'))
            io.print(`${JSON.stringify(inspection, null, 2)}\n`);
        else
            io.print(render(inspection, args.flag('paths')));
    }
    finally {
        await repository.close();
    }
}
function inspect(image) {
    const table = image.config[SEED_FIELD];
    const { closure, roots, layerOf } = readTable(table);
    const paths = closure.map(info => ({
        path: info.path,
        narBytes: info.narSize,
        narHash: info.narHash,
        layer: layerOf.get(info.path) ?? 0
    }));
    const layers = image.layers.map((layer, i) => {
        const own = paths.filter(path => path.layer === i);
        return {
            digest: layer.digest,
            mediaType: layer.mediaType,
            bytes: layer.size,
            narBytes: own.reduce((sum, path) => sum + path.narBytes, 0),
            paths: own.length,
            content: layer.annotations?.[ANNOTATION_CONTENT] ?? ''
        };
    });
    return {
        digest: image.index.digest,
        manifest: image.manifest.digest,
        name: table.name,
        system: table.system,
        annotations: image.indexAnnotations,
        labels: image.config.config?.Labels ?? {},
        env: image.config.config?.Env ?? [],
        bytes: layers.reduce((sum, layer) => sum + layer.bytes, 0),
        narBytes: paths.reduce((sum, path) => sum + path.narBytes, 0),
        layers,
        roots,
        paths
    };
}
function render(seed, allPaths) {
    const lines = [
        `${seed.name} for ${seed.system}`,
        `digest    ${seed.digest}`,
        `size      ${formatBytes(seed.bytes)} compressed, ${formatBytes(seed.narBytes)} unpacked`,
        `content   ${seed.paths.length} store paths in ${seed.layers.length} layers`
    ];
    for (const [name, value] of Object.entries({ ...seed.annotations, ...seed.labels }))
        lines.push(`label     ${name}=${value}`);
    lines.push('', '  #  compressed    unpacked  paths  content');
    for (const [i, layer] of seed.layers.entries()) {
        const cells = [
            String(i).padStart(3),
            formatBytes(layer.bytes).padStart(10),
            formatBytes(layer.narBytes).padStart(10),
            String(layer.paths).padStart(5),
            layer.content
        ];
        lines.push(cells.join('  '));
    }
    if (allPaths) {
        lines.push('', '  #    unpacked  path');
        for (const path of seed.paths) {
            lines.push(`${String(path.layer).padStart(3)}  ${formatBytes(path.narBytes).padStart(10)}  ${path.path}`);
        }
    }
    return `${lines.join('\n')}\n`;
}

;// CONCATENATED MODULE: ./nix/json-shape.js

/** Makes the readers for a document of another program; misses are `code` errors that name `document`. */
function shapeOf(document, code, resource) {
    const fail = (where, expected) => {
        throw new SeedError(code, `${document}: ${where} is not ${expected}`, resource === undefined ? {} : { resource });
    };
    const text = (value, where) => (typeof value === 'string' ? value : fail(where, 'a string'));
    return {
        fail,
        text,
        object: (value, where) => (isObject(value) ? value : fail(where, 'an object')),
        count: (value, where) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : fail(where, 'a whole number'),
        texts: (value, where) => Array.isArray(value) ? value.map((item, i) => text(item, `${where}[${i}]`)) : fail(where, 'a list')
    };
}
function isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

;// CONCATENATED MODULE: ./nix/hash.js

/** Nix's own base 32: no e, o, t or u, least significant digit last, read backwards. */
const BASE32 = '0123456789abcdfghijklmnpqrsvwxyz';
/**
 * Brings a SHA-256 into the form `sha256:<64 hex digits>`. Reads all forms that versions of Nix print:
 * SRI (`sha256-<base64>`), `sha256:` with hex, base 32 or base 64, and the object of the structured JSON format.
 *
 * @throws SeedError STORE_INVALID for another algorithm or anything that is no hash.
 */
function sha256Hex(value) {
    if (typeof value === 'string') {
        const match = /^sha256[:-](.+)$/.exec(value);
        const digest = match?.[1] === undefined ? undefined : decode(match[1]);
        if (digest !== undefined)
            return `sha256:${digest.toString('hex')}`;
    }
    else if (typeof value === 'object' && value !== null) {
        const { algorithm, algo, hash } = value;
        if ((algorithm ?? algo) === 'sha256' && typeof hash === 'string')
            return sha256Hex(`sha256:${hash}`);
    }
    throw new SeedError('STORE_INVALID', `not a SHA-256 hash: ${JSON.stringify(value)}`);
}
function decode(text) {
    if (/^[0-9a-f]{64}$/.test(text))
        return Buffer.from(text, 'hex');
    if (/^[0-9a-df-np-sv-z]{52}$/.test(text))
        return decodeBase32(text);
    if (/^[0-9A-Za-z+/]{43}=$/.test(text))
        return Buffer.from(text, 'base64');
    return undefined;
}
function decodeBase32(text) {
    let number = 0n;
    for (const digit of text)
        number = number * 32n + BigInt(BASE32.indexOf(digit));
    // 52 digits hold 260 bits; the topmost four must be unused.
    if (number >> 256n !== 0n)
        return undefined;
    return Buffer.from(number.toString(16).padStart(64, '0'), 'hex').reverse();
}
/** `digest` in Nix's base 32, as content addresses are written. */
function encodeBase32(digest) {
    let number = BigInt(`0x${Buffer.from(digest).reverse().toString('hex')}`);
    let text = '';
    for (let i = Math.ceil((digest.length * 8) / 5); i > 0; i--, number >>= 5n) {
        text = BASE32.charAt(Number(number & 31n)) + text;
    }
    return text;
}

;// CONCATENATED MODULE: ./nix/store-path.js



/** The only store directory that is supported: paths of another one have other hashes, so nothing could be shared. */
const storeDir = '/nix/store';
const BASE_NAME = /^[0-9a-df-np-sv-z]{32}-[0-9A-Za-z+\-._?=]{1,211}$/;
/**
 * Returns the full store path of `text`, which is a store path or the base name of one (newer JSON of Nix has those).
 *
 * @throws SeedError STORE_INVALID for anything else, a path of another store directory among them.
 */
function store_path_storePath(text) {
    const base = text.startsWith(`${storeDir}/`) ? text.slice(storeDir.length + 1) : text;
    if (BASE_NAME.test(base))
        return `${storeDir}/${base}`;
    throw new SeedError('STORE_INVALID', `not a path in ${storeDir}: ${JSON.stringify(text)}`, {
        resource: text,
        hint: `Only Nix stores whose directory is ${storeDir} are supported.`
    });
}
/**
 * The store path of a source tree with a given NAR hash, as fetchers name it ("fixed:r:sha256" with the name `source`;
 * Nix manual, "Store path specification").
 *
 * @param narHash in any form that {@link sha256Hex} reads.
 */
function sourceTreePath(narHash) {
    const digest = (0,external_node_crypto_namespaceObject.createHash)('sha256')
        .update(`source:${sha256Hex(narHash)}:${storeDir}:source`)
        .digest();
    const folded = Buffer.alloc(20);
    digest.forEach((byte, i) => (folded[i % 20] = (folded[i % 20] ?? 0) ^ byte));
    return `${storeDir}/${encodeBase32(folded)}-source`;
}
/** The store path that `path` is or lies in. Fails as {@link storePath} does. */
function containingStorePath(path) {
    return store_path_storePath(path.split('/').slice(0, 4).join('/'));
}
/** Orders by bytes, as every list of paths in this project is: the same in every locale. */
function store_path_compareText(a, b) {
    return a < b ? -1 : a > b ? 1 : 0;
}

;// CONCATENATED MODULE: ./nix/flake-lock.js




/** The input that pins a project's own seed. */
const SEED_INPUT = 'seed-self';
const HINT = 'Write it again with "nix flake lock" and commit it.';
/**
 * Reads a lock file.
 *
 * @throws SeedError LOCK_MISSING (a flake without inputs has none), LOCK_INVALID.
 */
async function readFlakeLock(file) {
    let text;
    try {
        text = await (0,promises_namespaceObject.readFile)(file, 'utf8');
    }
    catch (cause) {
        const code = systemCode(cause);
        if (code !== 'ENOENT' && code !== 'ENOTDIR') {
            throw new SeedError('FILE_SYSTEM', 'could not read the lock file', { resource: file, cause });
        }
        throw new SeedError('LOCK_MISSING', 'the flake has no flake.lock', {
            resource: file,
            hint: 'Run "nix flake lock" and commit the file. A flake without inputs gets none: give it an input, such as nixpkgs.',
            cause
        });
    }
    return parseFlakeLock(text, file);
}
/**
 * Parses a lock file strictly: every name that it uses must lead to a node.
 *
 * @param resource what the text was read from, for the error.
 * @throws SeedError LOCK_INVALID with what is wrong and where.
 */
function parseFlakeLock(text, resource) {
    let json;
    try {
        json = JSON.parse(text);
    }
    catch (cause) {
        const conflict = /^(<{7}|={7}|>{7})/m.test(text) ? 'it holds conflict markers of a merge' : 'it is not JSON';
        throw new SeedError('LOCK_INVALID', `flake.lock: ${conflict}`, { resource, hint: HINT, cause });
    }
    const shape = shapeOf('flake.lock', 'LOCK_INVALID', resource);
    const document = shape.object(json, 'the document');
    if (document.version !== 7) {
        throw new SeedError('LOCK_INVALID', `flake.lock: version is ${JSON.stringify(document.version)} and not 7`, {
            resource,
            hint: 'Write it again with a current Nix: nix flake lock'
        });
    }
    const root = shape.text(document.root, 'root');
    const nodes = Object.create(null);
    for (const [name, node] of Object.entries(shape.object(document.nodes, 'nodes'))) {
        nodes[name] = parseNode(shape, name, node, name === root);
    }
    if (nodes[root] === undefined)
        shape.fail(`root (${JSON.stringify(root)})`, 'the name of a node');
    const lock = { version: 7, root, nodes };
    assertResolvable(lock, shape);
    return lock;
}
function parseNode(shape, name, value, isRoot) {
    const where = `nodes.${name}`;
    const raw = shape.object(value, where);
    const inputs = Object.create(null);
    for (const [input, target] of Object.entries(raw.inputs === undefined ? {} : shape.object(raw.inputs, `${where}.inputs`))) {
        inputs[input] = typeof target === 'string' ? target : shape.texts(target, `${where}.inputs.${input}`);
    }
    const flake = raw.flake ?? true;
    if (typeof flake !== 'boolean')
        return shape.fail(`${where}.flake`, 'true or false');
    if (isRoot)
        return { inputs, flake, raw };
    const locked = shape.object(raw.locked, `${where}.locked`);
    shape.text(locked.type, `${where}.locked.type`);
    return { inputs, locked, flake, raw };
}
function assertResolvable(lock, shape) {
    for (const [name, node] of Object.entries(lock.nodes)) {
        for (const [input, target] of Object.entries(node.inputs)) {
            const found = typeof target === 'string' ? lock.nodes[target] : resolveInput(lock, target);
            if (found === undefined)
                shape.fail(`nodes.${name}.inputs.${input}`, 'the name of a node or a path of inputs to one');
        }
    }
}
/**
 * The name of the node that a path of input names leads to from the root, `follows` resolved; `[]` is the root.
 * Undefined where there is no such input, or where inputs follow each other in a circle.
 */
function resolveInput(lock, path, depth = 0) {
    if (depth > 100)
        return undefined;
    let name = lock.root;
    for (const input of path) {
        const target = name === undefined ? undefined : lock.nodes[name]?.inputs[input];
        name = Array.isArray(target) ? resolveInput(lock, target, depth + 1) : target;
    }
    return name;
}
/** The node that the flake's own seed is pinned by, where it has one. */
function seedSelfNode(lock) {
    const name = resolveInput(lock, [SEED_INPUT]);
    const node = name === undefined ? undefined : lock.nodes[name];
    return name === undefined || node === undefined ? undefined : { name, node };
}
/**
 * The names of all nodes that can be reached from the root, sorted, the root itself left out.
 *
 * @param without inputs of the root that are not entered.
 */
function reachableNodes(lock, { without = [] } = {}) {
    const seen = new Set();
    const visit = (name) => {
        if (seen.has(name))
            return;
        seen.add(name);
        for (const [input, target] of Object.entries(lock.nodes[name]?.inputs ?? {})) {
            if (name === lock.root && without.includes(input))
                continue;
            const next = typeof target === 'string' ? target : resolveInput(lock, target);
            if (next !== undefined)
                visit(next);
        }
    };
    visit(lock.root);
    seen.delete(lock.root);
    return [...seen].sort(store_path_compareText);
}
/** Whether a node is a folder of its parent's source tree (`path:./sub`) and so has no tree of its own. */
function isRelative(node) {
    const { type, path } = node?.locked ?? {};
    return type === 'path' && typeof path === 'string' && !path.startsWith('/');
}

;// CONCATENATED MODULE: ./seed/key.js


/**
 * The lock key: what a seed is a function of, as far as the lock file says. The pin of the seed itself is left out, so
 * that pinning a seed does not make it stale. Anyone can compute it:
 *
 * 1. Parse `flake.lock`. Remove `seed-self` from the inputs of the root node, and `inputs` itself where it is then empty.
 * 2. Remove every node that can no longer be reached from the root by going through inputs, `follows` resolved as they
 *    stood in the whole file.
 * 3. Write the object of the three members `nodes`, `root` and `version` as canonical JSON (RFC 8785: members sorted,
 *    no white space), in UTF-8.
 * 4. Take the SHA-256 of those bytes, in lower-case hex.
 *
 * @returns 64 hex digits.
 */
function lockKey(lock) {
    const kept = reachableNodes(lock, { without: [SEED_INPUT] });
    const nodes = kept.map(name => [name, lock.nodes[name]?.raw]);
    nodes.push([lock.root, withoutSeed(lock.nodes[lock.root]?.raw ?? {})]);
    const document = { nodes: Object.fromEntries(nodes), root: lock.root, version: lock.version };
    return (0,external_node_crypto_namespaceObject.createHash)('sha256').update(canonicalJson(document)).digest('hex');
}
/** The lock key of a lock file. Throws LOCK_MISSING and LOCK_INVALID as reading it does. */
async function readLockKey(file) {
    return lockKey(await readFlakeLock(file));
}
function withoutSeed(root) {
    const { inputs, ...rest } = root;
    const kept = Object.entries((inputs ?? {})).filter(([name]) => name !== SEED_INPUT);
    return kept.length === 0 ? rest : { ...rest, inputs: Object.fromEntries(kept) };
}
/**
 * Canonical JSON of a value that came out of `JSON.parse` (RFC 8785, JSON Canonicalization Scheme): the members of
 * objects sorted by UTF-16 code units, no white space, numbers and strings as ECMAScript writes them.
 */
function canonicalJson(value) {
    if (Array.isArray(value))
        return `[${value.map(canonicalJson).join(',')}]`;
    if (typeof value === 'object' && value !== null) {
        const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
        return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`;
    }
    return JSON.stringify(value);
}

;// CONCATENATED MODULE: ./cli/key.js




const keyCommand = {
    name: 'key',
    summary: 'print the lock key of a flake',
    synopsis: '[FLAKE_DIR | FLAKE_LOCK]',
    positionals: { min: 0, max: 1 },
    options: { json: { help: 'print the result as JSON' } },
    details: [
        'The lock key is the SHA-256 of flake.lock without the seed-self input, written as canonical JSON. It changes exactly when a dependency of the flake does, and is how a seed is found for a lock. Nix is not needed.'
    ],
    examples: [
        { line: 'nix-seed key', meaning: 'of the flake in this folder' },
        { line: 'nix-seed key path/to/flake.lock', meaning: 'of a lock file' }
    ],
    run: runKey
};
async function runKey(args, io) {
    const place = (0,external_node_path_namespaceObject.resolve)(io.cwd, args.positionals[0] ?? '.');
    const file = (await isFolder(place)) ? (0,external_node_path_namespaceObject.join)(place, 'flake.lock') : place;
    const key = await readLockKey(file);
    io.print(args.flag('json') ? `${JSON.stringify({ lockKey: key, file })}\n` : `${key}\n`);
}
async function isFolder(path) {
    try {
        return (await (0,promises_namespaceObject.stat)(path)).isDirectory();
    }
    catch (error) {
        if (systemCode(error) === 'ENOENT')
            return false; // the lock reader says so, with what to do
        throw error;
    }
}

;// CONCATENATED MODULE: ./nix/command.js


/** Nix answers with large JSON documents: a derivation graph of 10,000 nodes takes about 60 MB. */
const command_MAX_STDOUT_BYTES = 500 * 1024 * 1024;
/** Evaluation traces and build logs are worth showing whole, within reason. */
const command_STDERR_TAIL_BYTES = 64 * 1024;
/** Characters of store paths or installables on one command line: well below the 1 MiB that macOS allows. */
const MAX_ARGUMENT_CHARACTERS = 200_000;
/**
 * Runs `nix` with the new command line and flakes enabled, and returns its standard output.
 *
 * @throws SeedError TOOL_MISSING, INTERRUPTED, or `options.code` with Nix's own error text.
 */
function command_nix(args, ports, options = {}) {
    return command('nix', ['--extra-experimental-features', 'nix-command flakes', ...args], ports, options);
}
/** Runs `nix-store`, whose command line is the same in all versions. Fails as {@link nix} does. */
function nixStore(args, ports, options = {}) {
    return command('nix-store', args, ports, options);
}
async function command(tool, args, ports, options) {
    try {
        const { stdout } = await run(tool, args, {
            env: ports.env,
            signal: ports.signal,
            maxStdoutBytes: command_MAX_STDOUT_BYTES,
            stderrTailBytes: command_STDERR_TAIL_BYTES,
            onStderr: line => {
                options.onLine?.(line);
                if (isProgress(line))
                    ports.log.info(line);
                else
                    ports.log.debug(line);
            },
            ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
            ...(options.input === undefined ? {} : { input: options.input })
        });
        return stdout.toString('utf8');
    }
    catch (error) {
        throw error instanceof ToolFailure ? nixFailure(tool, error, options) : error;
    }
}
function nixFailure(tool, failure, options) {
    const { code = 'NIX_EVALUATION', task = `${tool} failed` } = options;
    return new SeedError(code, `${task}:\n${nixMessage(failure.stderr)}`, {
        cause: failure,
        ...(options.resource === undefined ? {} : { resource: options.resource }),
        ...(options.hint === undefined ? {} : { hint: options.hint })
    });
}
/** Nix's own error text in what it printed: from the first line that begins with `error:`, or everything else but warnings. */
function nixMessage(stderr) {
    const lines = stderr.split('\n');
    const first = lines.findIndex(line => line.startsWith('error:'));
    const kept = first < 0 ? lines.filter(line => !line.startsWith('warning:')) : lines.slice(first);
    return kept.join('\n').trim() || 'Nix printed no message';
}
/** Whether a line of Nix's standard error says what is being built or fetched; all else is for `--verbose`. */
function isProgress(line) {
    return /^(building|copying path|copying \d|downloading|fetching|unpacking) ['"/\d]|^th(?:is|ese) .*will be (?:built|fetched)/.test(line);
}
const versions = new WeakMap();
/** The version of the installed Nix, asked once for each environment. */
function nixVersion(ports) {
    const known = versions.get(ports.env);
    if (known !== undefined)
        return known;
    const asked = command('nix', ['--version'], ports, { task: 'could not ask Nix for its version' }).then(parseNixVersion);
    versions.set(ports.env, asked);
    asked.catch(() => versions.delete(ports.env));
    return asked;
}
/**
 * Reads the output of `nix --version`: `nix (Nix) 2.34.8`, `nix (Determinate Nix 3.11.2) 2.31.2`,
 * `nix (Lix, like Nix) 2.93.0`. Lix counts as 2.18, where it left: its own numbers mean something else.
 */
function parseNixVersion(output) {
    const [line = ''] = output.trim().split('\n');
    const match = /(\d+)\.(\d+)[^\s)]*$/.exec(line);
    if (match === null) {
        throw new SeedError('TOOL_FAILED', `"nix --version" printed no version: ${line}`, {
            hint: 'Put Nix 2.8 or later on PATH.'
        });
    }
    if (/\bLix\b/.test(line))
        return { text: match[0], major: 2, minor: 18 };
    return { text: match[0], major: Number(match[1]), minor: Number(match[2]) };
}
function isAtLeast(version, major, minor) {
    return version.major > major || (version.major === major && version.minor >= minor);
}
/** Splits `values` so that each part fits on a command line. */
function argumentChunks(values) {
    const chunks = [];
    let size = MAX_ARGUMENT_CHARACTERS;
    for (const value of values) {
        size += value.length + 1;
        if (size > MAX_ARGUMENT_CHARACTERS) {
            chunks.push([]);
            size = value.length + 1;
        }
        chunks.at(-1)?.push(value);
    }
    return chunks;
}
/** Parses JSON that a Nix command printed. */
function command_parseNixJson(text, what) {
    try {
        return JSON.parse(text);
    }
    catch (cause) {
        throw new SeedError('TOOL_FAILED', `${what} printed no JSON`, { cause });
    }
}

;// CONCATENATED MODULE: ./nix/evaluate.js



/**
 * The value of an installable (`.#packages.x86_64-linux.seed`) as JSON; the flake's lock file is not changed.
 *
 * @throws SeedError NIX_EVALUATION with Nix's own message.
 */
function evalJson(installable, ports, options = {}) {
    const apply = options.apply === undefined ? [] : ['--apply', options.apply];
    return evaluate(['--no-update-lock-file', installable, ...apply], ports, options);
}
/** The value of a Nix expression as JSON. Fails as {@link evalJson} does. */
function evalExpression(expression, ports, options = {}) {
    return evaluate(['--expr', expression], ports, options);
}
async function evaluate(what, ports, options) {
    const { apply: _, impure, args = [], ...rest } = options;
    const output = await command_nix(['eval', '--json', ...(impure === true ? ['--impure'] : []), ...args, ...what], ports, {
        task: 'evaluation failed',
        ...rest
    });
    return command_parseNixJson(output, 'nix eval');
}
/** `text` as a string literal of the Nix language. */
function nixString(text) {
    return `"${text
        .replace(/["\\]|\$(?=\{)/g, '\\$&')
        .replaceAll('\n', '\\n')
        .replaceAll('\r', '\\r')}"`;
}
/**
 * The system that Nix builds for here, such as `x86_64-linux`.
 *
 * @throws SeedError STORE_INVALID where Nix was configured for a store directory other than /nix/store.
 */
async function currentSystem(ports) {
    const value = await evalExpression('[ builtins.currentSystem builtins.storeDir ]', ports, { impure: true });
    const [system, directory] = Array.isArray(value) ? value : [];
    if (directory !== storeDir) {
        throw new SeedError('STORE_INVALID', `the store directory of this Nix is ${String(directory)}`, {
            hint: `Only ${storeDir} is supported: unset NIX_STORE_DIR, or use a Nix that was built for it.`
        });
    }
    return String(system);
}
/**
 * Builds or fetches installables and returns the paths of their outputs, sorted. No `result` link is left behind.
 *
 * @throws SeedError NIX_BUILD with Nix's own message.
 */
async function buildPaths(installables, ports, options = {}) {
    const output = await nix(['build', '--no-link', '--json', '--no-update-lock-file', ...installables], ports, {
        code: 'NIX_BUILD',
        task: 'could not build',
        ...options
    });
    return parseBuilt(parseNixJson(output, 'nix build'));
}
/** Reads what `nix build --json` prints: `[{drvPath, outputs: {out: path}}]`, or `[{path}]` for a plain store path. */
function parseBuilt(json) {
    const paths = new Set();
    for (const built of Array.isArray(json) ? json : []) {
        const outputs = typeof built === 'string' ? [built] : (built.outputs ?? [built.path]);
        for (const path of Object.values(outputs))
            paths.add(storePath(String(path)));
    }
    return [...paths].sort(compareText);
}
/**
 * Builds or fetches outputs of derivations.
 *
 * @returns the store paths of just those outputs, sorted.
 * @throws SeedError NIX_BUILD with Nix's own message.
 */
async function realise(wanted, ports) {
    const paths = new Set();
    for (const chunk of argumentChunks(wanted.map(({ drvPath, outputs }) => `${drvPath}!${outputs.join(',')}`))) {
        // Without build output on standard error, the end of it is in Nix's error.
        const args = ['--realise', '--no-build-output', ...chunk];
        const output = await nixStore(args, ports, { code: 'NIX_BUILD', task: 'could not build' });
        for (const line of output.split('\n'))
            if (line !== '')
                paths.add(store_path_storePath(line));
    }
    return [...paths].sort(store_path_compareText);
}
/** The store paths that `paths` depend on; of `.drv` files: all derivations and sources behind them, themselves included. */
async function requisites(paths, ports) {
    const found = new Set();
    for (const chunk of argumentChunks(paths)) {
        const output = await nixStore(['--query', '--requisites', ...chunk], ports, { task: 'could not query the store' });
        for (const line of output.split('\n'))
            if (line !== '')
                found.add(store_path_storePath(line));
    }
    return found;
}

;// CONCATENATED MODULE: ./nix/flake.js








const shape = shapeOf('nix flake metadata', 'TOOL_FAILED');
/**
 * Brings a flake's source tree into the store and says what it is. Its lock file is not changed.
 *
 * @param reference as `nix build` takes it, without `#` and attribute.
 * @throws SeedError FLAKE_MISSING, LOCK_MISSING, LOCK_INVALID (it does not fit flake.nix), NIX_EVALUATION.
 */
async function readFlake(reference, ports, options = {}) {
    let output;
    try {
        output = await command_nix(['flake', 'metadata', '--json', '--no-update-lock-file', reference], ports, {
            task: 'could not read the flake',
            resource: reference,
            ...options
        });
    }
    catch (error) {
        throw await metadataFailure(error, reference, options.cwd ?? '.');
    }
    return parseFlakeMetadata(command_parseNixJson(output, 'nix flake metadata'));
}
/** Reads what `nix flake metadata --json` prints. */
function parseFlakeMetadata(json) {
    const document = shape.object(json, 'the document');
    const locked = isObject(document.locked) ? document.locked : {};
    const dir = [locked, document.resolved, document.original].map(dirOf).find(found => found !== '') ?? '';
    const sourcePath = store_path_storePath(shape.text(document.path, 'path'));
    const url = shape.text(document.url ?? document.resolvedUrl, 'url');
    const resolvedUrl = shape.text(document.resolvedUrl, 'resolvedUrl');
    const rev = locked.rev ?? document.revision;
    const lockFile = `${sourcePath}/${dir === '' ? '' : `${dir}/`}flake.lock`;
    return {
        // Fetching a local repository at a commit would clone it; as it stands it is read in place.
        reference: typeof rev === 'string' && !resolvedUrl.startsWith('git+file:') ? url : resolvedUrl,
        url: redactUrl(url),
        sourcePath,
        narHash: shape.text(locked.narHash, 'locked.narHash'),
        dir,
        lockFile,
        lock: parseFlakeLock(JSON.stringify(document.locks), lockFile),
        type: typeof locked.type === 'string' ? locked.type : 'path',
        lastModified: Number(document.lastModified ?? locked.lastModified ?? 0),
        ...(typeof rev === 'string' ? { rev } : {}),
        ...(typeof locked.dirtyRev === 'string' ? { dirtyRev: locked.dirtyRev } : {}),
        ...(typeof locked.revCount === 'number' ? { revCount: locked.revCount } : {})
    };
}
function dirOf(attributes) {
    const dir = isObject(attributes) ? attributes.dir : undefined;
    return typeof dir === 'string' ? dir.replace(/^\/+|\/+$/g, '') : '';
}
/** Tells the failures that have a code of their own from those that are Nix's to explain. */
async function metadataFailure(error, reference, cwd) {
    if (!(error instanceof SeedError) || error.code !== 'NIX_EVALUATION')
        return error;
    const { message, cause } = error;
    const make = (code, text, hint) => new SeedError(code, `${text}:\n${message.slice(message.indexOf('\n') + 1)}`, { resource: reference, hint, cause });
    if (/flake\.nix.*not tracked|could not find a flake\.nix|does not contain a .*flake\.nix/.test(message)) {
        return make('FLAKE_MISSING', 'there is no flake here', 'Name a folder whose flake.nix is tracked by Git.');
    }
    if (/No such file or directory|does not exist/.test(message) && !/while evaluating|while calling/.test(message)) {
        return make('FLAKE_MISSING', 'there is no flake here', 'Check the path and name a folder that has a flake.nix.');
    }
    // Versions of Nix say many things about a broken lock file, and some end with an assertion.
    const lockFailure = await lockFailureOf(reference, cwd);
    if (lockFailure?.code === 'LOCK_INVALID')
        return lockFailure;
    if (!/requires lock file changes/.test(message))
        return error;
    const hint = 'Run "nix flake lock" and commit flake.lock; in a Git tree, "git add" it first.';
    return lockFailure?.code === 'LOCK_MISSING'
        ? make('LOCK_MISSING', 'the flake has no flake.lock', hint)
        : make('LOCK_INVALID', 'flake.lock does not fit flake.nix', hint);
}
/** What is wrong with the lock file of a local flake as it stands on the disk; Nix looks for `flake.nix` in the folders above too. */
async function lockFailureOf(reference, cwd) {
    const [, path, query] = /^(?:path:|git\+file:(?:\/\/)?)?([./][^?#]*)(?:\?([^#]*))?/.exec(reference) ?? [];
    if (path === undefined)
        return undefined;
    let folder = (0,external_node_path_namespaceObject.resolve)(cwd, path, new URLSearchParams(query).get('dir') ?? '');
    while (!(0,external_node_fs_namespaceObject.existsSync)((0,external_node_path_namespaceObject.join)(folder, 'flake.nix')) && folder !== (0,external_node_path_namespaceObject.dirname)(folder))
        folder = (0,external_node_path_namespaceObject.dirname)(folder);
    return readFlakeLock((0,external_node_path_namespaceObject.join)(folder, 'flake.lock')).then(() => undefined, (error) => (error instanceof SeedError ? error : undefined));
}
/**
 * All outputs of a flake, given to the Nix function `apply`, as JSON. They are evaluated as `nix build` does it: pure.
 *
 * @throws SeedError NIX_EVALUATION with Nix's own message.
 */
async function evalOutputs(reference, apply, ports, options = {}) {
    try {
        // The dot keeps Nix from looking for a package of that name first; with nothing behind it, it is all outputs.
        return await evalJson(`${reference}#.`, ports, { ...options, apply });
    }
    catch (error) {
        if (!(error instanceof SeedError) || !/does not provide attribute .*'\.'/.test(error.message))
            throw error;
    }
    // Nix 2.8 knows no such dot, but takes a flake whose hash is known in a pure expression.
    const flake = lockedReference(await readFlake(reference, ports));
    return evalExpression(`(${apply}) (builtins.getFlake ${nixString(flake)}).outputs`, ports, options);
}
/** A reference to the source tree in the store that says all that is known of it: pure evaluation may use it. */
function lockedReference({ sourcePath, narHash, lastModified, rev, revCount, dir }) {
    return pathReference(sourcePath, { narHash, lastModified, rev, revCount, dir });
}
/**
 * A flake reference to a folder. `path:` takes as parameters what another fetcher would have found out, so that the flake
 * sees the same of itself.
 *
 * @param path absolute, without links on the way: Nix follows none.
 */
function pathReference(path, attributes) {
    const parameters = Object.entries(attributes).filter(([, value]) => value !== undefined && value !== '');
    const query = parameters.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&');
    return `path:${path.split('/').map(encodeURIComponent).join('/')}${query === '' ? '' : `?${query}`}`;
}
/**
 * The store paths of the source trees of all locked inputs, fetched where they are not in the store yet. The tree of
 * the project's own seed is left out, with all that is only reached through it.
 *
 * @returns sorted store paths.
 */
async function inputSources(flake, ports) {
    const names = reachableNodes(flake.lock, { without: [SEED_INPUT] });
    const trees = await sourceTrees(flake.lock, names, ports);
    return [...new Set(trees.values())].sort(store_path_compareText);
}
/** Nodes of a lock file that one evaluation fetches: their attributes must fit on a command line. */
const NODES_PER_CALL = 100;
/**
 * Fetches nodes of a lock file as evaluation does.
 *
 * @returns store paths by node name, without the nodes that are folders of their parents.
 * @throws SeedError NIX_EVALUATION where one cannot be fetched.
 */
async function sourceTrees(lock, names, ports) {
    const found = new Map();
    const own = names.filter(name => lock.nodes[name]?.locked !== undefined && !isRelative(lock.nodes[name]));
    for (let i = 0; i < own.length; i += NODES_PER_CALL) {
        const attributes = Object.fromEntries(own.slice(i, i + NODES_PER_CALL).map(name => [name, treeOf(lock, name)]));
        const fetch = `builtins.mapAttrs (_: tree: (builtins.fetchTree tree).outPath)`;
        const expression = `${fetch} (builtins.fromJSON ${nixString(JSON.stringify(attributes))})`;
        const paths = await evalExpression(expression, ports, { task: 'could not fetch the inputs of the flake' });
        for (const [name, path] of Object.entries(paths))
            found.set(name, store_path_storePath(String(path)));
    }
    return found;
}
/** What `fetchTree` takes: the locked attributes, less the folder of the flake in the tree. */
function treeOf(lock, name) {
    const { dir: _, ...attributes } = lock.nodes[name]?.locked ?? {};
    return attributes;
}

;// CONCATENATED MODULE: ./nix/closure.js





const closure_shape = shapeOf('nix path-info', 'TOOL_FAILED');
/**
 * The runtime closure of `paths`: they and everything that they refer to, over any number of steps.
 *
 * @returns one entry for each store path, sorted by path, with every reference among the entries.
 * @throws SeedError STORE_INVALID where a path is not valid in the store.
 */
async function queryClosure(paths, ports) {
    const roots = [...new Set(paths.map(store_path_storePath))].sort(store_path_compareText);
    const format = isAtLeast(await nixVersion(ports), 2, 34) ? ['--json-format', '1'] : [];
    const found = new Map();
    for (const chunk of argumentChunks(roots)) {
        const args = ['path-info', '--recursive', '--json', ...format, ...chunk];
        const output = await command_nix(args, ports, { code: 'NIX_BUILD', task: 'could not ask Nix for the closure' }).catch((error) => {
            throw invalidPath(error) ?? error;
        });
        for (const info of parsePathInfo(command_parseNixJson(output, 'nix path-info')))
            found.set(info.path, info);
    }
    return assertClosed([...found.values()].sort((a, b) => store_path_compareText(a.path, b.path)));
}
/**
 * Reads what `nix path-info --json` prints: a list (until Nix 2.18), an object keyed by path (2.19 and later), or
 * format 2, whose object stands under `info` and whose paths are base names.
 *
 * @throws SeedError STORE_INVALID for a path that is not valid, TOOL_FAILED for another shape.
 */
function parsePathInfo(json) {
    if (Array.isArray(json)) {
        return json.map((entry, i) => {
            const info = closure_shape.object(entry, `[${i}]`);
            return pathInfo(closure_shape.text(info.path, `[${i}].path`), info);
        });
    }
    const document = closure_shape.object(json, 'the document');
    const infos = isObject(document.info) ? document.info : document;
    return Object.entries(infos).map(([path, info]) => pathInfo(path, info));
}
function pathInfo(name, entry) {
    const path = store_path_storePath(name);
    const info = isObject(entry) ? entry : {};
    if (info.narHash === undefined || info.valid === false)
        throw notValid(path);
    const ca = contentAddress(info.ca, path);
    return {
        path,
        narHash: sha256Hex(info.narHash),
        narSize: closure_shape.count(info.narSize, `narSize of ${path}`),
        references: closure_shape.texts(info.references, `references of ${path}`).map(store_path_storePath).sort(store_path_compareText),
        ...(ca === undefined ? {} : { ca })
    };
}
/** A failure of Nix that is about a path that is not in the store. */
function invalidPath(error) {
    const path = error instanceof SeedError ? /path '([^']+)' is not valid/.exec(error.message)?.[1] : undefined;
    return path === undefined ? undefined : notValid(path, error);
}
function notValid(path, cause) {
    return new SeedError('STORE_INVALID', `${path} is not valid in the store`, {
        resource: path,
        hint: `Realise it first: nix-store --realise ${path}`,
        cause
    });
}
/** The content address as the database writes it; the structured format spells out what that text abbreviates. */
function contentAddress(ca, path) {
    if (ca === undefined || ca === null || ca === '')
        return undefined;
    if (typeof ca === 'string')
        return ca;
    return structuredContentAddress(closure_shape.object(ca, `ca of ${path}`), path);
}
function structuredContentAddress(ca, path) {
    const prefix = { text: 'text:', flat: 'fixed:', nar: 'fixed:r:', git: 'fixed:git:' }[String(ca.method)];
    if (prefix === undefined)
        return closure_shape.fail(`ca.method of ${path}`, 'a known method');
    return prefix + caHash(ca.hash, path);
}
function caHash(hash, path) {
    if (typeof hash === 'string' && hash.includes(':'))
        return hash;
    const sri = typeof hash === 'string' ? /^([a-z0-9]+)-(.+)$/.exec(hash) : null;
    const fields = isObject(hash) ? hash : {};
    const algorithm = sri?.[1] ?? closure_shape.text(fields.algorithm, `ca.hash.algorithm of ${path}`);
    const digest = Buffer.from(sri?.[2] ?? closure_shape.text(fields.hash, `ca.hash.hash of ${path}`), 'base64');
    return `${algorithm}:${encodeBase32(digest)}`;
}
/** Checks that every reference is an entry too; a store where it is not would make a seed that cannot run. */
function assertClosed(closure) {
    const paths = new Set(closure.map(info => info.path));
    for (const { path, references } of closure) {
        const missing = references.find(reference => !paths.has(reference));
        if (missing === undefined)
            continue;
        throw new SeedError('STORE_INVALID', `${path} refers to ${missing}, which is not valid in the store`, {
            resource: missing,
            hint: 'Check the store with "nix-store --verify --repair".'
        });
    }
    return closure;
}

;// CONCATENATED MODULE: external "node:zlib"
const external_node_zlib_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:zlib");
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
        return new SeedError('CONTENT_INVALID', `not a valid tar archive: ${what} (near byte ${this.#offset})`);
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

;// CONCATENATED MODULE: ./seed/docker-archive.js
/**
 * Images that Nix built without a descriptor: docker archives, as `dockerTools.buildImage` and `buildLayeredImage` make
 * them. They are published as they are, layer by layer, with the config's bytes unchanged.
 */











const MAX_DOCUMENT_BYTES = 64 * 1024 * 1024;
/**
 * Publishes the docker archive at `file`.
 *
 * @param annotations of the image index
 * @throws SeedError NOT_A_SEED if it is no docker archive of one image, or what the repository throws
 */
async function publishDockerArchive(file, repository, annotations, tags, ports) {
    const scratch = await (0,promises_namespaceObject.mkdtemp)((0,external_node_path_namespaceObject.join)((0,external_node_os_namespaceObject.tmpdir)(), 'nix-seed-archive-'));
    try {
        const archive = await readArchive(await plainTar(file, scratch, ports), file);
        return await publishArchive(archive, repository, annotations, tags, ports);
    }
    finally {
        await (0,promises_namespaceObject.rm)(scratch, { recursive: true, force: true });
    }
}
async function publishArchive(archive, repository, annotations, tags, ports) {
    const configBytes = await readEntry(archive, archive.config);
    const config = JSON.parse(configBytes.toString('utf8'));
    const diffIds = config.rootfs.diff_ids;
    if (diffIds.length !== archive.layers.length)
        throw notArchive(archive.file, 'its layers do not match its config');
    const layers = [];
    for (const [i, name] of archive.layers.entries()) {
        ports.signal.throwIfAborted();
        ports.progress.update('pushing', i, archive.layers.length);
        const { size } = docker_archive_entryOf(archive, name);
        const digest = diffIds[i];
        await repository.putBlob({ digest, size }, () => readStream(archive, name));
        layers.push({ mediaType: MEDIA_TYPE.layerTar, digest, size });
    }
    ports.progress.end('pushing');
    const configBlob = { digest: digestOf(configBytes), size: configBytes.length };
    await repository.putBlob(configBlob, async function* () {
        yield configBytes;
    });
    const manifest = {
        schemaVersion: 2,
        mediaType: MEDIA_TYPE.manifest,
        config: { mediaType: MEDIA_TYPE.config, ...configBlob },
        layers
    };
    const manifestDescriptor = await repository.putManifest(Buffer.from(JSON.stringify(manifest)), MEDIA_TYPE.manifest);
    const platform = { os: config.os, architecture: config.architecture };
    const index = {
        schemaVersion: 2,
        mediaType: MEDIA_TYPE.index,
        manifests: [{ ...manifestDescriptor, platform }],
        annotations
    };
    const bytes = layers.reduce((sum, layer) => sum + layer.size, 0);
    return {
        index: await repository.putManifest(Buffer.from(JSON.stringify(index)), MEDIA_TYPE.index, tags),
        manifest: manifestDescriptor,
        layers,
        narBytes: bytes,
        layerBytes: bytes
    };
}
/** The archive as a plain tar on disk, so that layers can be read again for a retry: itself, or a decompressed copy. */
async function plainTar(file, scratch, ports) {
    const decompress = await decompressorOf(file);
    if (!decompress)
        return file;
    const plain = (0,external_node_path_namespaceObject.join)(scratch, 'image.tar');
    await (0,external_node_stream_promises_namespaceObject.pipeline)((0,external_node_fs_namespaceObject.createReadStream)(file), decompress, (0,external_node_fs_namespaceObject.createWriteStream)(plain, { mode: 0o600 }), {
        signal: ports.signal
    });
    return plain;
}
async function decompressorOf(file) {
    const handle = await (0,promises_namespaceObject.open)(file, 'r');
    try {
        const magic = Buffer.alloc(4);
        await handle.read(magic, 0, 4, 0);
        if (magic.readUInt16BE(0) === 0x1f8b)
            return (0,external_node_zlib_namespaceObject.createGunzip)();
        if (magic.readUInt32LE(0) === 0xfd2fb528)
            return (0,external_node_zlib_namespaceObject.createZstdDecompress)();
        return undefined;
    }
    finally {
        await handle.close();
    }
}
async function readArchive(tar, original) {
    const archive = { file: tar, entries: new Map(), config: '', layers: [] };
    const { entries } = archive;
    const index = (member) => {
        const path = member.path.toString();
        if (member.type === 'file')
            entries.set(path, { offset: member.offset, size: member.size });
        // Docker links layers that are equal; only links to what came before can be such.
        const base = member.type === 'symlink' ? external_node_path_namespaceObject.posix.dirname(path) : '';
        const linked = entries.get(external_node_path_namespaceObject.posix.join(base, member.target.toString()));
        if ((member.type === 'symlink' || member.type === 'hardlink') && linked)
            entries.set(path, linked);
    };
    try {
        await readTar((0,external_node_fs_namespaceObject.createReadStream)(tar), { begin: index, data() { }, end() { } });
    }
    catch (cause) {
        if (cause instanceof SeedError)
            throw notArchive(original, cause.message);
        throw cause;
    }
    const images = entries.has('manifest.json') ? parseImages(await readEntry(archive, 'manifest.json')) : undefined;
    const [image, ...others] = images ?? [];
    if (!image || others.length > 0)
        throw notArchive(original, 'it holds no manifest.json of exactly one image');
    return { ...archive, config: image.Config, layers: image.Layers };
}
function parseImages(document) {
    try {
        const value = JSON.parse(document.toString('utf8'));
        return Array.isArray(value) ? value : undefined;
    }
    catch {
        return undefined;
    }
}
function docker_archive_entryOf(archive, name) {
    const entry = archive.entries.get(name);
    if (!entry)
        throw notArchive(archive.file, `it does not hold ${name}`);
    return entry;
}
function readStream(archive, name) {
    const { offset, size } = docker_archive_entryOf(archive, name);
    return size === 0 ? external_node_stream_namespaceObject.Readable.from([]) : (0,external_node_fs_namespaceObject.createReadStream)(archive.file, { start: offset, end: offset + size - 1 });
}
function notArchive(file, what) {
    return new SeedError('NOT_A_SEED', `neither a seed nor a docker archive: ${what}`, {
        resource: file,
        hint: 'Publish a seed made with `lib.mkSeed`, or an image made with `dockerTools.buildLayeredImage`.'
    });
}
async function readEntry(archive, name) {
    if (docker_archive_entryOf(archive, name).size > MAX_DOCUMENT_BYTES)
        throw notArchive(archive.file, `${name} is too large`);
    const pieces = [];
    for await (const piece of readStream(archive, name))
        pieces.push(piece);
    return Buffer.concat(pieces);
}

;// CONCATENATED MODULE: ./nix/schema.js
/** The tables of a Nix store database, `/nix/var/nix/db/db.sqlite`. */
/** What stands in `/nix/var/nix/db/schema` beside the database. Nix upgrades a lower number and refuses a higher one. */
const schemaVersion = '10';
/**
 * The tables that a store of schema 10 has. Nix creates what is missing on every start, and rewrites the file for it,
 * so everything is here, the empty table of migrations too.
 */
const tables = `
  create table ValidPaths (
    id integer primary key autoincrement not null,
    path text unique not null,
    hash text not null,
    registrationTime integer not null,
    deriver text,
    narSize integer,
    ultimate integer,
    sigs text,
    ca text
  );
  create table Refs (
    referrer integer not null,
    reference integer not null,
    primary key (referrer, reference),
    foreign key (referrer) references ValidPaths(id) on delete cascade,
    foreign key (reference) references ValidPaths(id) on delete restrict
  );
  create table DerivationOutputs (
    drv integer not null,
    id text not null,
    path text not null,
    primary key (drv, id),
    foreign key (drv) references ValidPaths(id) on delete cascade
  );
  create table SchemaMigrations (migration text primary key not null);
`;
/** Made after the rows are in: filling a sorted index at once leaves its pages full. */
const indexes = `
  create index IndexReferrer on Refs(referrer);
  create index IndexReference on Refs(reference);
  create trigger DeleteSelfRefs before delete on ValidPaths
  begin
    delete from Refs where referrer = old.id and reference = old.id;
  end;
  create index IndexDerivationOutputs on DerivationOutputs(path);
`;

;// CONCATENATED MODULE: ./nix/database.js


/**
 * Registration times are the same everywhere, or the image would not be reproducible. Nix asks them only for `--delete`
 * and `nix path-info`.
 */
const REGISTRATION_TIME = 1;
const PAGE_SIZE_BYTES = 4096;
/** SQLite file format, section 1.3: write version and read version. 2 is WAL, which Nix switches to otherwise. */
const VERSION_OFFSET = 18;
const WAL_VERSION = 2;
/**
 * Makes the Nix store database of an image, in which exactly the paths of `closure` are valid. The bytes are a function
 * of the closure alone: the database engine is part of this project, and ids, times and the order of rows are fixed.
 * Derivers and signatures are left out, for they say who built a path and not what it is.
 *
 * @param closure closed under references, as {@link queryClosure} returns it; its order does not matter.
 * @returns the file, in WAL mode with an empty log: Nix opens it as it is, and a copy without `-wal` is complete.
 */
async function makeDatabase(closure) {
    // Only when it is needed: it is a megabyte, and most commands and phases never write an image.
    const { default: initialize } = await Promise.resolve(/* import() */).then(__nccwpck_require__.bind(__nccwpck_require__, 84));
    const { Database } = await initialize();
    const database = new Database();
    try {
        database.run(`pragma page_size = ${PAGE_SIZE_BYTES}`);
        database.run('begin');
        database.run(tables);
        fill(database, [...closure].sort((a, b) => store_path_compareText(a.path, b.path)));
        database.run(indexes);
        database.run('commit');
        const bytes = database.export();
        bytes[VERSION_OFFSET] = WAL_VERSION;
        bytes[VERSION_OFFSET + 1] = WAL_VERSION;
        return bytes;
    }
    finally {
        database.close();
    }
}
function fill(database, sorted) {
    const ids = new Map(sorted.map(({ path }, index) => [path, index + 1]));
    const valid = database.prepare('insert into ValidPaths (id, path, hash, registrationTime, narSize, ca) values (?, ?, ?, ?, ?, ?)');
    for (const { path, narHash, narSize, ca } of sorted) {
        valid.run([ids.get(path) ?? null, path, narHash, REGISTRATION_TIME, narSize, ca ?? null]);
    }
    valid.free();
    const refers = database.prepare('insert into Refs (referrer, reference) values (?, ?)');
    for (const { path, references } of sorted) {
        for (const reference of [...references].sort(store_path_compareText)) {
            refers.run([ids.get(path) ?? null, ids.get(reference) ?? null]);
        }
    }
    refers.free();
}

;// CONCATENATED MODULE: ./seed/compress.js
/** Compression by an outside zstd: the one that the project's lock pins, since zstd's bytes differ between versions. */


/**
 * One level for all layers. Of libraries and programs (python and a JDK, zstd 1.5, one thread), level 1 makes 8 % more
 * bytes than level 3 in 57 % of the time, level 2 makes 3 % more in 69 %. A seed is packed once and fetched by every
 * job, so bytes count for more.
 */
const ZSTD_LEVEL = 3;
/**
 * Fixed for reproducibility: one thread, since the thread setting changes the bytes, and no checksum of zstd's own, since
 * every blob has a SHA-256 digest.
 */
const ZSTD_ARGUMENTS = [`-${ZSTD_LEVEL}`, '--single-thread', '--no-check', '--quiet', '--stdout'];
/**
 * Streams `source` through the zstd program at `tool`. Both ends are bounded by the pipes; nothing is kept.
 *
 * @throws SeedError TOOL_MISSING or TOOL_FAILED; whatever `source` throws; the reason of `signal`.
 */
async function* zstd(source, tool, signal) {
    signal.throwIfAborted();
    // No shell and no inherited environment: nothing of the outside (ZSTD_CLEVEL, ZSTD_NBTHREADS) may change the bytes.
    const child = (0,external_node_child_process_namespaceObject.spawn)(tool, ZSTD_ARGUMENTS, { stdio: ['pipe', 'pipe', 'pipe'], env: {}, signal });
    const exited = new Promise((resolve, reject) => {
        child.once('error', reject);
        child.once('close', resolve);
    });
    let complaint = '';
    child.stderr.on('data', (piece) => {
        complaint = (complaint + piece.toString()).slice(-2000);
    });
    child.stdin.on('error', () => { }); // a broken pipe shows as the exit status
    const failures = [];
    const feeding = (async () => {
        try {
            for await (const piece of source) {
                if (!(await written(child.stdin, piece)))
                    break;
            }
            child.stdin.end();
        }
        catch (error) {
            failures.push(error);
            child.kill('SIGKILL');
        }
    })();
    exited.catch(() => { });
    try {
        for await (const piece of child.stdout)
            yield piece;
        await feeding;
        const status = await exited;
        if (failures.length > 0)
            throw failures[0];
        if (status !== 0)
            throw new SeedError('TOOL_FAILED', `zstd failed: ${complaint.trim()}`, { resource: tool });
    }
    catch (error) {
        if (failures.length > 0)
            throw failures[0];
        if (error.code === 'ENOENT') {
            throw new SeedError('TOOL_MISSING', 'the zstd program that the seed pins is not in the store', {
                resource: tool,
                hint: 'Build the seed again; the program is part of its derivation.',
                cause: error
            });
        }
        throw error;
    }
    finally {
        if (child.exitCode === null && child.signalCode === null)
            child.kill('SIGKILL');
    }
}
/** Resolves when the system has taken the whole piece, so that its buffer may be used again; false if nobody reads. */
function written(stream, piece) {
    return new Promise(resolve => {
        stream.write(piece, error => {
            resolve(!error);
        });
    });
}

;// CONCATENATED MODULE: ./seed/descriptor.js
/** The descriptor: the small JSON that `lib.mkSeed` produces and from which the packer makes an image. */

const STORE_PATH = /^\/nix\/store\/[0-9a-df-np-sv-z]{32}-[0-9a-zA-Z+\-._?=]+$/;
const IN_STORE = /^\/nix\/store\/[0-9a-df-np-sv-z]{32}-[0-9a-zA-Z+\-._?=]+\/[^\0]+$/;
/**
 * Parses a descriptor strictly: it decides what runs in people's jobs.
 *
 * @throws SeedError NOT_A_SEED naming the field that is wrong.
 */
function parseDescriptor(text, resource) {
    const wrong = (what) => new SeedError('NOT_A_SEED', `not a seed descriptor: ${what}`, {
        resource,
        hint: 'Make the seed with `lib.mkSeed` of this release of Nix Seed.'
    });
    let value;
    try {
        value = JSON.parse(text);
    }
    catch (cause) {
        throw new SeedError('NOT_A_SEED', 'not a seed descriptor: no JSON', { resource, cause });
    }
    if (!isRecord(value))
        throw wrong('not an object');
    if (value['version'] !== 1)
        throw wrong(`version ${JSON.stringify(value['version'])} is not 1`);
    const isStorePath = (path) => typeof path === 'string' && STORE_PATH.test(path);
    const { name, system, rootfs, config, directories, tools } = value;
    if (typeof name !== 'string' || name === '')
        throw wrong('`name` is missing');
    if (typeof system !== 'string' || !/^[a-z0-9_]+-[a-z]+$/.test(system))
        throw wrong('`system` is not a Nix system');
    for (const key of ['roots', 'inputs']) {
        const list = value[key];
        if (!Array.isArray(list) || !list.every(isStorePath))
            throw wrong(`\`${key}\` is not a list of store paths`);
    }
    if (!isStorePath(rootfs))
        throw wrong('`rootfs` is not a store path');
    if (!isRecord(config))
        throw wrong('`config` is not an object');
    for (const key of ['Env', 'Cmd']) {
        if (config[key] !== undefined && !isStrings(config[key]))
            throw wrong(`\`config.${key}\` is not a list of strings`);
    }
    if (!Array.isArray(directories) || !directories.every(isDirectory))
        throw wrong('`directories` is malformed');
    if (!isRecord(tools) || typeof tools['zstd'] !== 'string')
        throw wrong('`tools.zstd` is missing');
    for (const [tool, path] of Object.entries(tools)) {
        if (path !== null && !(typeof path === 'string' && IN_STORE.test(path))) {
            throw wrong(`\`tools.${tool}\` is not a program in the store`);
        }
    }
    return value;
}
/**
 * The platform of an image in OCI's (that is, Go's) names.
 *
 * @throws SeedError NOT_A_SEED for systems that no container runs on.
 */
function ociPlatform(system) {
    const architecture = ARCHITECTURES[system];
    if (architecture !== undefined)
        return { os: 'linux', architecture };
    throw new SeedError('NOT_A_SEED', `seed images for the system ${system} are not supported`, {
        hint: `Supported are ${Object.keys(ARCHITECTURES).join(' and ')}.`
    });
}
const ARCHITECTURES = { 'x86_64-linux': 'amd64', 'aarch64-linux': 'arm64' };
function isRecord(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
function isStrings(value) {
    return Array.isArray(value) && value.every(item => typeof item === 'string');
}
function isDirectory(value) {
    return (isRecord(value) &&
        typeof value['path'] === 'string' &&
        /^(\/[^/\0]+)+$/.test(value['path']) &&
        !value['path'].split('/').includes('..') &&
        typeof value['mode'] === 'string' &&
        /^[0-7]{3,4}$/.test(value['mode']));
}

;// CONCATENATED MODULE: ./seed/plan.js
/**
 * The layer plan: which store paths share a layer, and in which order layers stand. A pure function of the closure, so
 * that two machines plan alike, and built so that a change of one path changes one layer:
 *
 * - a large path has a layer of its own;
 * - small paths are put into a fixed number of buckets by the name of their package, without hash and version, so that
 *   an update stays in its bucket;
 * - source trees of flake inputs are apart, since they change with every lock update;
 * - layers stand in order of their height in the dependency graph: what much depends on is low and seldom changes.
 *
 * The store database and the root file system follow as the last layers; they are no part of this plan.
 */

/** Container engines refuse more than 127 layers; this leaves room for what users put on top. */
const MAX_LAYERS = 100;
/** Layers that the packer adds to the plan: store database and root file system. */
const RESERVED_LAYERS = 2;
const BUCKETS = 24;
const SOURCE_LAYERS = 8;
const MAX_LARGE = MAX_LAYERS - RESERVED_LAYERS - BUCKETS - SOURCE_LAYERS;
/** NAR bytes from which a path is worth a layer of its own; doubled until few enough paths reach it. */
const LARGE_BYTES = 4 * 1024 * 1024;
/**
 * Plans the layers of a closure.
 *
 * @param closure every path of the seed with all of its references
 * @param sources store paths of flake inputs' source trees, a subset of `closure`
 */
function planLayers(closure, sources) {
    const packages = closure.filter(info => !sources.has(info.path));
    const threshold = largeThreshold(packages);
    const groups = new Map();
    const put = (label, info) => {
        const group = groups.get(label);
        if (group)
            group.push(info);
        else
            groups.set(label, [info]);
    };
    for (const info of packages) {
        if (info.narSize >= threshold)
            put(info.path, info);
        else
            put(`packages ${bucketOf(packageName(info.path), BUCKETS)}`, info);
    }
    const trees = closure.filter(info => sources.has(info.path)).sort(bySizeDescending);
    // The largest trees (nixpkgs above all) stand alone; the rest share the last layer.
    trees.forEach((info, i) => put(i < SOURCE_LAYERS - 1 ? info.path : 'sources', info));
    const heights = dependencyHeights(closure);
    const height = (paths) => {
        let bytes = 0;
        let weighted = 0;
        for (const info of paths) {
            bytes += info.narSize;
            weighted += info.narSize * (heights.get(info.path) ?? 0);
        }
        return bytes === 0 ? 0 : weighted / bytes;
    };
    const isSource = (paths) => (sources.has(paths[0]?.path ?? '') ? 1 : 0);
    return [...groups.values()]
        .map(paths => ({ paths: paths.sort(byPath), height: height(paths) }))
        .sort((a, b) => isSource(a.paths) - isSource(b.paths) || a.height - b.height || comparePaths(a.paths, b.paths))
        .map(({ paths }) => ({ label: labelOf(paths), paths }));
}
/** The name of a store path's package: no hash, no version, no output; `python3-3.12.4-dev` is `python3`. */
function packageName(storePath) {
    const name = storePath.slice(storePath.lastIndexOf('/') + 34); // 32 digits of hash and a hyphen
    return /^(.+?)-\d/.exec(name)?.[1] ?? name;
}
function largeThreshold(packages) {
    let threshold = LARGE_BYTES;
    while (packages.filter(info => info.narSize >= threshold).length > MAX_LARGE)
        threshold *= 2;
    return threshold;
}
function bucketOf(name, buckets) {
    return (0,external_node_crypto_namespaceObject.createHash)('sha256').update(name).digest().readUInt32BE(0) % buckets;
}
/** Length of the longest chain of references below each path; references to itself do not count. */
function dependencyHeights(closure) {
    const infos = new Map(closure.map(info => [info.path, info]));
    const heights = new Map();
    // Depth first without recursion: chains can be thousands of paths long.
    for (const start of closure) {
        const stack = [start.path];
        while (stack.length > 0) {
            const path = stack[stack.length - 1];
            const references = (infos.get(path)?.references ?? []).filter(other => other !== path);
            const next = heights.has(path) ? undefined : references.find(other => !heights.has(other));
            if (next !== undefined) {
                stack.push(next);
                continue;
            }
            stack.pop();
            if (!heights.has(path)) {
                heights.set(path, references.reduce((most, other) => Math.max(most, (heights.get(other) ?? 0) + 1), 0));
            }
        }
    }
    return heights;
}
function labelOf(paths) {
    const first = packageName(paths[0]?.path ?? '');
    return paths.length === 1 ? first : `${first} and ${paths.length - 1} more`;
}
function byPath(a, b) {
    return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
function bySizeDescending(a, b) {
    return b.narSize - a.narSize || byPath(a, b);
}
function comparePaths(a, b) {
    return (a[0]?.path ?? '') < (b[0]?.path ?? '') ? -1 : 1;
}

;// CONCATENATED MODULE: ./oci/tar.js
/**
 * A canonical tar writer: one byte sequence for one tree, whoever packs it, wherever and with whatever Node.js.
 *
 * Format: POSIX ustar (IEEE Std 1003.1, pax), with exactly one extension: a pax extended header in front of an entry
 * whose name or link target is longer than 100 bytes or whose size needs more than 11 octal digits. The ustar prefix
 * field is never used, so every path has one possible encoding. Owner 0:0 without names, modification time 1 (as in
 * the Nix store), no hard links, no device numbers. Names are bytes: what is not UTF-8 goes through unchanged.
 */
const tar_BLOCK = 512;
const MAX_FIELD = 100;
const MAX_OCTAL_SIZE = 0o77777777777;
const TYPE_FLAG = { file: '0', directory: '5', symlink: '2', pax: 'x' };
/** Two zero blocks end an archive. */
const TAR_END = Buffer.alloc(2 * tar_BLOCK);
/** Number of zero bytes that follow `size` bytes of content. */
function tarPadding(size) {
    return (tar_BLOCK - (size % tar_BLOCK)) % tar_BLOCK;
}
/**
 * The header of one entry: 512 bytes, or more where a pax header precedes it.
 *
 * @throws RangeError if a path is empty, absolute or holds a NUL byte, which no file system yields.
 */
function tarHeader(entry) {
    const { type, mode } = entry;
    const size = type === 'file' ? entry.size : 0;
    const name = type === 'directory' ? Buffer.concat([entry.path, SLASH]) : entry.path;
    const target = entry.target ?? EMPTY;
    if (entry.path.length === 0 || entry.path[0] === SLASH[0] || entry.path.includes(0) || target.includes(0)) {
        throw new RangeError(`not a tar path: ${JSON.stringify(entry.path.toString('latin1'))}`);
    }
    const records = [];
    if (name.length > MAX_FIELD)
        records.push(paxRecord('path', name));
    if (target.length > MAX_FIELD)
        records.push(paxRecord('linkpath', target));
    if (size > MAX_OCTAL_SIZE)
        records.push(paxRecord('size', Buffer.from(String(size))));
    const header = ustarBlock(name, TYPE_FLAG[type], mode, size > MAX_OCTAL_SIZE ? 0 : size, target);
    if (records.length === 0)
        return header;
    const body = Buffer.concat(records);
    return Buffer.concat([
        ustarBlock(PAX_NAME, TYPE_FLAG.pax, 0o644, body.length, EMPTY),
        body,
        Buffer.alloc(tarPadding(body.length)),
        header
    ]);
}
const EMPTY = Buffer.alloc(0);
const SLASH = Buffer.from('/');
const PAX_NAME = Buffer.from('././@PaxHeader');
/** `LENGTH KEY=VALUE\n`, where LENGTH counts the whole record, itself included. */
function paxRecord(key, value) {
    const rest = Buffer.byteLength(key) + value.length + 3; // blank, equals sign, newline
    let length = rest + String(rest).length;
    if (rest + String(length).length !== length)
        length = rest + String(length).length;
    return Buffer.concat([Buffer.from(`${length} ${key}=`), value, Buffer.from('\n')]);
}
function ustarBlock(name, typeFlag, mode, size, target) {
    const block = Buffer.alloc(tar_BLOCK);
    name.copy(block, 0, 0, MAX_FIELD);
    writeOctal(block, 100, 8, mode);
    writeOctal(block, 108, 8, 0); // uid
    writeOctal(block, 116, 8, 0); // gid
    writeOctal(block, 124, 12, size);
    writeOctal(block, 136, 12, 1); // modification time
    block.fill(0x20, 148, 156); // the checksum counts its own field as blanks
    block.write(typeFlag, 156, 'latin1');
    target.copy(block, 157, 0, MAX_FIELD);
    block.write('ustar\x0000', 257, 'latin1');
    let checksum = 0;
    for (const byte of block)
        checksum += byte;
    block.write(`${checksum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    return block;
}
function writeOctal(block, offset, width, value) {
    block.write(value.toString(8).padStart(width - 1, '0'), offset, 'latin1');
}

;// CONCATENATED MODULE: ./seed/tree.js
/**
 * Trees on disk as canonical tar members: what the NAR format keeps of a tree and nothing else, that is names, contents,
 * link targets and the executable bit, in byte order of names.
 */



/** As in the Nix store. */
const STORE_MODES = { directory: 0o555, file: 0o444, executable: 0o555 };
/** As in the rest of a file system. */
const SYSTEM_MODES = { directory: 0o755, file: 0o644, executable: 0o755 };
const SYMLINK_MODE = 0o777;
const CHUNK_BYTES = 256 * 1024;
const tree_SLASH = Buffer.from('/');
/**
 * The members of the tree at `source`, the top one included, as they appear under `path` in an archive.
 *
 * @throws SeedError STORE_INVALID for sockets, devices and pipes, which the Nix store cannot hold.
 */
function* walkTree(source, path, modes = STORE_MODES) {
    const stat = (0,external_node_fs_namespaceObject.lstatSync)(source);
    if (stat.isDirectory()) {
        yield { type: 'directory', path, mode: modes.directory };
        yield* walkChildren(source, path, modes);
    }
    else
        yield leaf(stat, source, path, modes);
}
/** The members below the directory at `source`, without itself; `path` is empty for the root of the archive. */
function* walkChildren(source, path, modes = STORE_MODES) {
    const entries = (0,external_node_fs_namespaceObject.readdirSync)(source, { withFileTypes: true, encoding: 'buffer' });
    entries.sort((a, b) => Buffer.compare(a.name, b.name));
    for (const entry of entries) {
        const childSource = join(source, entry.name);
        const childPath = path.length === 0 ? entry.name : join(path, entry.name);
        if (entry.isDirectory()) {
            yield { type: 'directory', path: childPath, mode: modes.directory };
            yield* walkChildren(childSource, childPath, modes);
        }
        else
            yield leaf(entry, childSource, childPath, modes);
    }
}
function leaf(kind, source, path, modes) {
    if (kind.isFile())
        return { type: 'file', path, source, modes };
    if (kind.isSymbolicLink())
        return { type: 'symlink', path, target: (0,external_node_fs_namespaceObject.readlinkSync)(source, { encoding: 'buffer' }) };
    throw new SeedError('STORE_INVALID', 'neither a file, a directory nor a symbolic link', {
        resource: source.toString(),
        hint: 'Remove it, or repair the store with `nix-store --verify --check-contents --repair`.'
    });
}
/**
 * Streams `members` as a tar archive in pieces of at most 256 KiB. All pieces share one buffer: each is valid until the
 * next is asked for. Files are read as they are reached, so memory stays flat whatever their size.
 *
 * @throws SeedError STORE_INVALID if a file changes while it is read.
 */
async function* tarStream(members) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    let filled = 0;
    function* append(bytes) {
        for (let at = 0; at < bytes.length;) {
            if (filled === chunk.length)
                yield* flush();
            const take = bytes.copy(chunk, filled, at);
            filled += take;
            at += take;
        }
    }
    function* flush() {
        if (filled > 0)
            yield chunk.subarray(0, filled);
        filled = 0;
    }
    function* appendFile(path, source, modes) {
        const file = (0,external_node_fs_namespaceObject.openSync)(source, 'r');
        try {
            const { size, mode } = (0,external_node_fs_namespaceObject.fstatSync)(file);
            yield* append(tarHeader({ path, type: 'file', size, mode: mode & 0o100 ? modes.executable : modes.file }));
            let remaining = size;
            while (remaining > 0) {
                if (filled === chunk.length)
                    yield* flush();
                const count = (0,external_node_fs_namespaceObject.readSync)(file, chunk, filled, Math.min(remaining, chunk.length - filled), null);
                if (count === 0)
                    throw changed(source);
                filled += count;
                remaining -= count;
            }
            yield* append(ZEROS.subarray(0, tarPadding(size)));
        }
        finally {
            (0,external_node_fs_namespaceObject.closeSync)(file);
        }
    }
    for (const member of members) {
        const { type, path } = member;
        if (type === 'directory')
            yield* append(tarHeader({ path, type, size: 0, mode: member.mode }));
        else if (type === 'symlink') {
            yield* append(tarHeader({ path, type, size: 0, mode: SYMLINK_MODE, target: member.target }));
        }
        else if ('source' in member)
            yield* appendFile(path, member.source, member.modes);
        else {
            yield* append(tarHeader({ path, type, size: member.bytes.length, mode: member.mode }));
            yield* append(member.bytes);
            yield* append(ZEROS.subarray(0, tarPadding(member.bytes.length)));
        }
    }
    yield* append(TAR_END);
    yield* flush();
}
const ZEROS = Buffer.alloc(512);
function join(directory, name) {
    return Buffer.concat([directory, tree_SLASH, name]);
}
function changed(source) {
    return new SeedError('STORE_INVALID', 'a file in the store became shorter while it was read', {
        resource: source.toString(),
        hint: 'Something changes the store; check it with `nix-store --verify --check-contents`.'
    });
}

;// CONCATENATED MODULE: ./seed/pack.js
/**
 * Packs a seed straight from the store into a repository: tar, hash, compress, hash, send, all at once and several
 * layers side by side. There is no tarball on disk, and memory holds a few pieces a layer.
 */











/** Part of every layer key: raised whenever the packer's bytes change for the same content. */
const PACKER_VERSION = 1;
/**
 * Packs the closure of a descriptor and pushes it. The index is written last, so that an interrupted run leaves no tag
 * and no index behind, only blobs that the next run or the registry's clean-up takes care of.
 *
 * @param closure every path of the seed, sorted, closed under references
 * @throws SeedError of the store, the compressor or the repository
 */
async function packSeed(descriptor, roots, closure, repository, options, ports) {
    const platform = ociPlatform(descriptor.system);
    const layers = await composeLayers(descriptor, roots, closure);
    const stored = await storeLayers(layers, descriptor.tools.zstd, repository, ports);
    ports.signal.throwIfAborted();
    const labels = { ...descriptor.config.Labels, ...options.labels };
    const config = {
        created: CREATED,
        ...platform,
        config: { ...descriptor.config, ...(Object.keys(labels).length > 0 ? { Labels: sorted(labels) } : {}) },
        rootfs: { type: 'layers', diff_ids: stored.map(layer => layer.diffId) },
        history: layers.map(layer => ({ created: CREATED, created_by: 'nix-seed', comment: layer.label })),
        [SEED_FIELD]: makeTable(descriptor.name, descriptor.system, roots, nixOf(descriptor, closure), closure, layers.map(layer => layer.paths))
    };
    const configDescriptor = await putDocument(repository, config, MEDIA_TYPE.config);
    const manifest = {
        schemaVersion: 2,
        mediaType: MEDIA_TYPE.manifest,
        config: configDescriptor,
        layers: stored.map(layer => layer.descriptor)
    };
    const manifestDescriptor = await repository.putManifest(encode(manifest), MEDIA_TYPE.manifest);
    const index = {
        schemaVersion: 2,
        mediaType: MEDIA_TYPE.index,
        manifests: [{ ...manifestDescriptor, platform }],
        annotations: sorted({
            ...options.labels,
            [ANNOTATION_IDENTITY]: options.identity,
            [ANNOTATION_SYSTEM]: descriptor.system,
            ...(options.lockKey === undefined ? {} : { [ANNOTATION_LOCK_KEY]: options.lockKey })
        })
    };
    return {
        index: await repository.putManifest(encode(index), MEDIA_TYPE.index, options.tags),
        manifest: manifestDescriptor,
        layers: manifest.layers,
        narBytes: sum(closure.map(info => info.narSize)),
        layerBytes: sum(manifest.layers.map(layer => layer.size))
    };
}
/** The store path of the descriptor's `nix` program, if the seed has it. */
function nixOf(descriptor, closure) {
    const program = descriptor.tools['nix'];
    return closure.find(info => program?.startsWith(`${info.path}/`))?.path;
}
async function composeLayers(descriptor, roots, closure) {
    const layerKey = (content) => (0,external_node_crypto_namespaceObject.createHash)('sha256')
        .update(JSON.stringify([PACKER_VERSION, MEDIA_TYPE.layerTarZstd, ZSTD_LEVEL, descriptor.tools.zstd, content]))
        .digest('hex');
    const layers = planLayers(closure, new Set(descriptor.inputs)).map(({ label, paths }) => ({
        label,
        key: layerKey(paths.map(info => [info.path, info.narHash])),
        paths,
        weight: sum(paths.map(info => info.narSize)),
        members: () => storeMembers(paths)
    }));
    const database = Buffer.from(await makeDatabase(closure));
    const databaseMembers = stateMembers(database, roots);
    layers.push({
        label: 'store database',
        key: layerKey(['database', digestOf(database), roots]),
        paths: [],
        weight: database.length,
        members: () => databaseMembers
    });
    const rootfs = closure.find(info => info.path === descriptor.rootfs);
    layers.push({
        label: 'root file system',
        key: layerKey(['rootfs', descriptor.rootfs, rootfs?.narHash, descriptor.directories]),
        paths: [],
        weight: rootfs?.narSize ?? 0,
        members: () => systemMembers(descriptor)
    });
    return layers;
}
/** Stores all layers, the heaviest first so that none is left for the end alone; order in the image is kept. */
async function storeLayers(layers, tool, repository, ports) {
    const total = sum(layers.map(layer => layer.weight));
    let done = 0;
    const stored = [];
    const queue = layers
        .map((layer, at) => ({ layer, at }))
        .sort((a, b) => b.layer.weight - a.layer.weight || a.at - b.at);
    // One failure ends the others too, before the error is reported.
    const abort = new AbortController();
    const signal = AbortSignal.any([ports.signal, abort.signal]);
    const work = async () => {
        for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
            signal.throwIfAborted();
            const { layer, at } = job;
            let reported = 0;
            stored[at] = await storeLayer(layer, tool, repository, signal, bytes => {
                done += bytes - reported;
                reported = bytes;
                ports.progress.update('packing', Math.min(done, total), total);
            });
        }
    };
    const workers = Array.from({ length: Math.min((0,external_node_os_namespaceObject.availableParallelism)(), 8, layers.length) }, () => work().catch((error) => {
        abort.abort(error);
        throw error;
    }));
    const results = await Promise.allSettled(workers);
    ports.progress.end('packing');
    ports.signal.throwIfAborted();
    // The first failure is the reason of the abort; the others are its echo.
    if (results.some(result => result.status === 'rejected'))
        throw abort.signal.reason;
    return stored;
}
async function storeLayer(layer, tool, repository, signal, onBytes) {
    let diffId;
    async function* hashed() {
        const hash = (0,external_node_crypto_namespaceObject.createHash)('sha256');
        let bytes = 0;
        diffId = undefined;
        for await (const piece of tarStream(layer.members())) {
            hash.update(piece);
            bytes += piece.length;
            onBytes(Math.min(bytes, layer.weight));
            yield piece;
        }
        diffId = `sha256:${hash.digest('hex')}`;
    }
    const blob = await repository.putStream(() => zstd(hashed(), tool, signal));
    onBytes(layer.weight);
    if (diffId === undefined)
        throw new Error('a layer was stored without having been read'); // cannot happen
    return {
        diffId,
        descriptor: {
            mediaType: MEDIA_TYPE.layerTarZstd,
            ...blob,
            annotations: { [ANNOTATION_CONTENT]: layer.label, [ANNOTATION_LAYER_KEY]: layer.key }
        }
    };
}
const directory = (path, mode = 0o755) => ({ type: 'directory', path: Buffer.from(path), mode });
function* storeMembers(paths) {
    yield directory('nix');
    yield directory('nix/store');
    for (const { path } of paths)
        yield* walkTree(Buffer.from(path), Buffer.from(path.slice(1)));
}
/** Nix's own state: the database, and the roots that keep its garbage collector away from the seed. */
function stateMembers(database, roots) {
    const file = (path, bytes) => ({ type: 'file', path: Buffer.from(path), bytes, mode: 0o644 });
    return [
        directory('nix'),
        directory('nix/var'),
        directory('nix/var/nix'),
        directory('nix/var/nix/db'),
        file('nix/var/nix/db/db.sqlite', database),
        file('nix/var/nix/db/schema', Buffer.from(schemaVersion)),
        directory('nix/var/nix/gcroots'),
        directory('nix/var/nix/gcroots/nix-seed'),
        ...roots.map((root) => {
            const name = root.slice(root.lastIndexOf('/') + 1);
            return { type: 'symlink', path: Buffer.from(`nix/var/nix/gcroots/nix-seed/${name}`), target: Buffer.from(root) };
        })
    ];
}
function* systemMembers(descriptor) {
    const modes = new Map(descriptor.directories.map(({ path, mode }) => [path.slice(1), parseInt(mode, 8)]));
    for (const member of walkChildren(Buffer.from(descriptor.rootfs), Buffer.alloc(0), SYSTEM_MODES)) {
        const mode = member.type === 'directory' ? modes.get(member.path.toString()) : undefined;
        modes.delete(member.path.toString());
        yield mode === undefined ? member : { ...member, type: 'directory', mode };
    }
    for (const [path, mode] of [...modes].sort(([a], [b]) => (a < b ? -1 : 1)))
        yield directory(path, mode);
}
async function putDocument(repository, value, mediaType) {
    const bytes = encode(value);
    const blob = { digest: digestOf(bytes), size: bytes.length };
    await repository.putBlob(blob, async function* () {
        yield bytes;
    });
    return { mediaType, ...blob };
}
function encode(value) {
    return Buffer.from(JSON.stringify(value));
}
function sorted(record) {
    return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
function sum(numbers) {
    return numbers.reduce((total, n) => total + n, 0);
}

;// CONCATENATED MODULE: external "node:url"
const external_node_url_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:url");
;// CONCATENATED MODULE: ./seed/automatic.js
/** The constant part of a seed for a flake that declares none, by the project's own Nix library. */





/**
 * Instantiates the descriptor of a seed without cut for `flake`, and returns its derivation's path.
 *
 * @throws SeedError NIX_EVALUATION, among others where no input of the flake is a nixpkgs
 */
async function automaticDerivation(flake, system, ports) {
    const file = (0,external_node_path_namespaceObject.join)(nixLibrary(), 'automatic.nix');
    const expression = `(import ${nixString(file)} {
    flake = ${nixString(flake.reference)};
    system = ${nixString(system)};
  }).drvPath`;
    return (await evalExpression(expression, ports, {
        impure: true,
        task: 'prepare a seed for the flake',
        resource: flake.reference
    }));
}
/** The folder of the Nix library: beside the bundle (`dist/nix`) or, where the sources run unbuilt, the project's own. */
function nixLibrary() {
    const here = (0,external_node_path_namespaceObject.dirname)((0,external_node_url_namespaceObject.fileURLToPath)(import.meta.url));
    const folder = [(0,external_node_path_namespaceObject.join)(here, '../nix'), (0,external_node_path_namespaceObject.join)(here, '../../nix')].find(path => (0,external_node_fs_namespaceObject.existsSync)((0,external_node_path_namespaceObject.join)(path, 'automatic.nix')));
    if (folder !== undefined)
        return folder;
    throw new SeedError('FILE_SYSTEM', 'the Nix library of nix-seed is not beside the program', {
        resource: (0,external_node_path_namespaceObject.join)(here, '../nix'),
        hint: 'Install nix-seed again, with the whole of its dist folder.'
    });
}

;// CONCATENATED MODULE: ./nix/derivation.js



const derivation_shape = shapeOf('nix derivation show', 'TOOL_FAILED');
/**
 * What the derivations `drvPaths` say, and with `recursive` everything that they depend on at build time.
 *
 * @returns derivations by `.drv` path.
 */
async function showDerivations(drvPaths, ports, { recursive = false } = {}) {
    const verb = isAtLeast(await nixVersion(ports), 2, 15) ? ['derivation', 'show'] : ['show-derivation'];
    const found = new Map();
    for (const chunk of argumentChunks([...new Set(drvPaths.map(store_path_storePath))])) {
        const args = [...verb, ...(recursive ? ['--recursive'] : []), ...chunk];
        const output = await command_nix(args, ports, { task: 'could not read derivations' });
        for (const [path, drv] of parseDerivations(command_parseNixJson(output, 'nix derivation show')))
            found.set(path, drv);
    }
    return found;
}
/**
 * Reads what `nix derivation show` prints: an object keyed by `.drv` path (`inputDrvs` holds lists of output names
 * until Nix 2.17, objects later), or the newer document whose derivations stand under `derivations`, name their inputs
 * under `inputs`, and write store paths as base names.
 *
 * @returns derivations by full `.drv` path.
 * @throws SeedError TOOL_FAILED for another shape, and for dynamic derivations, which cannot be known before a build.
 */
function parseDerivations(json) {
    const document = derivation_shape.object(json, 'the document');
    const all = isObject(document.derivations) ? document.derivations : document;
    return new Map(Object.entries(all).map(([name, value]) => {
        const path = store_path_storePath(name);
        return [path, derivation(path, derivation_shape.object(value, path))];
    }));
}
function derivation(path, drv) {
    const inputs = isObject(drv.inputs) ? drv.inputs : { drvs: drv.inputDrvs, srcs: drv.inputSrcs };
    const drvs = derivation_shape.object(inputs.drvs, `input derivations of ${path}`);
    const outputs = derivation_shape.object(drv.outputs, `outputs of ${path}`);
    const env = isObject(drv.env) ? drv.env : {};
    return {
        path,
        name: typeof drv.name === 'string' ? drv.name : path.slice(44, -'.drv'.length),
        system: derivation_shape.text(drv.system, `system of ${path}`),
        outputs: new Map(Object.entries(outputs).map(([name, output]) => [name, outputPath(output, env[name])])),
        inputDrvs: new Map(Object.entries(drvs).map(([input, wanted]) => [store_path_storePath(input), outputNames(wanted, path)])),
        inputSrcs: derivation_shape.texts(inputs.srcs, `input sources of ${path}`).map(store_path_storePath).sort(store_path_compareText),
        env
    };
}
/** Of outputs that are fixed by a hash, newer versions print that alone; the builder is still told their path. */
function outputPath(output, variable) {
    if (isObject(output) && typeof output.path === 'string')
        return store_path_storePath(output.path);
    // Of outputs whose path only the build decides, the variable holds a placeholder that lies in no store.
    return typeof variable === 'string' && variable.startsWith(`${storeDir}/`) ? store_path_storePath(variable) : undefined;
}
function outputNames(wanted, path) {
    if (Array.isArray(wanted))
        return derivation_shape.texts(wanted, `input derivations of ${path}`).sort(store_path_compareText);
    const { outputs, dynamicOutputs } = derivation_shape.object(wanted, `input derivations of ${path}`);
    if (isObject(dynamicOutputs) && Object.keys(dynamicOutputs).length > 0) {
        derivation_shape.fail(`the inputs of ${path}`, 'known before the build (dynamic derivations are not supported)');
    }
    return derivation_shape.texts(outputs, `input derivations of ${path}`).sort(store_path_compareText);
}
/** Puts the outputs of the same derivation together; sorted by `.drv` path. */
function mergeOutputs(wanted) {
    const merged = new Map();
    for (const { drvPath, outputs } of wanted) {
        merged.set(drvPath, new Set([...(merged.get(drvPath) ?? []), ...outputs]));
    }
    return [...merged]
        .map(([drvPath, outputs]) => ({ drvPath, outputs: [...outputs].sort(store_path_compareText) }))
        .sort((a, b) => store_path_compareText(a.drvPath, b.drvPath));
}

;// CONCATENATED MODULE: ./seed/flipped-tree.js




/**
 * Makes a private copy of a flake's source tree in which the executable bit of every file is flipped, calls `use` with
 * a flake reference to it, and removes it again, whatever happens.
 *
 * The NAR hash of every file and folder that evaluation copies into the store differs from the original's, since the
 * bit is part of it, and yet every file that evaluation reads has the same text. So a derivation differs between the two
 * trees exactly where the project's own files, and not what they say as configuration, are what it is made from. What
 * `self` says of the commit differs too: revision, revision count and time.
 *
 * @throws SeedError INTERRUPTED, DISK_FULL, FILE_SYSTEM, and whatever `use` throws.
 */
async function withFlippedTree(flake, ports, use) {
    const folder = await inFileSystem(() => makeFolder(ports));
    try {
        const tree = `${folder}/source`;
        await inFileSystem(async () => {
            await copyTree(Buffer.from(flake.sourcePath), Buffer.from(tree), ports.signal);
            // The newest time in the tree becomes `self.lastModified`.
            const later = Math.max(flake.lastModified, Math.floor(Date.now() / 1000)) + 60;
            await (0,promises_namespaceObject.utimes)(tree, later, later);
        });
        return await use(flippedReference(flake, tree));
    }
    finally {
        await (0,promises_namespaceObject.rm)(folder, { recursive: true, force: true });
    }
}
/** mkdtemp makes the folder with mode 0700. Its real path is needed: Nix follows no link in a `path:` reference. */
async function makeFolder(ports) {
    return (0,promises_namespaceObject.mkdtemp)(`${await (0,promises_namespaceObject.realpath)(ports.env.TMPDIR ?? '/tmp')}/nix-seed-`);
}
/** The reference to the copy: what `self` says of the commit is there where it may be asked for, and is another one. */
function flippedReference(flake, tree) {
    // A dirty tree of today is a commit in the next job, so it gets a revision too.
    const unknown = flake.type === 'git' ? '0'.repeat(40) : undefined;
    const rev = flake.rev ?? flake.dirtyRev?.replace(/-dirty$/, '') ?? unknown;
    return pathReference(tree, {
        // Every digit is another one, so every part of it is.
        rev: rev?.replace(/[0-9a-f]/g, digit => (15 - parseInt(digit, 16)).toString(16)),
        revCount: flake.revCount === undefined ? undefined : flake.revCount + 1,
        dir: flake.dir
    });
}
/** Names are bytes: they need not be text. */
async function copyTree(from, to, signal) {
    await (0,promises_namespaceObject.mkdir)(to, { mode: 0o700 });
    for (const entry of await (0,promises_namespaceObject.readdir)(from, { encoding: 'buffer', withFileTypes: true })) {
        if (signal.aborted)
            throw new SeedError('INTERRUPTED', 'interrupted while the source tree was copied');
        const source = flipped_tree_join(from, entry.name);
        const target = flipped_tree_join(to, entry.name);
        if (entry.isDirectory())
            await copyTree(source, target, signal);
        else if (entry.isSymbolicLink())
            await (0,promises_namespaceObject.symlink)(await (0,promises_namespaceObject.readlink)(source, 'buffer'), target);
        else
            await copyFlipped(source, target);
    }
}
async function copyFlipped(source, target) {
    const { mode } = await (0,promises_namespaceObject.stat)(source);
    await (0,promises_namespaceObject.copyFile)(source, target, external_node_fs_namespaceObject.constants.COPYFILE_FICLONE);
    await (0,promises_namespaceObject.chmod)(target, (mode & 0o100) === 0 ? 0o755 : 0o644);
}
function flipped_tree_join(folder, name) {
    return Buffer.concat([folder, Buffer.from('/'), name]);
}
async function inFileSystem(action) {
    try {
        return await action();
    }
    catch (cause) {
        if (cause instanceof SeedError)
            throw cause;
        const { code, path } = cause;
        throw new SeedError(code === 'ENOSPC' ? 'DISK_FULL' : 'FILE_SYSTEM', 'could not copy the source tree', {
            hint: 'The folder for temporary files ($TMPDIR, or /tmp) must hold a copy of it.',
            ...(path === undefined ? {} : { resource: path }),
            cause
        });
    }
}

;// CONCATENATED MODULE: ./seed/targets.js






const MARK = 'the seed needs the output';
/**
 * Evaluates the packages, checks, apps and dev shells that a flake has for `system`, all at once. Outputs that are seeds
 * themselves (`isNixSeed`) are left out and not evaluated any further. What evaluation itself builds and reads is known
 * from those versions of Nix that have the option `trace-import-from-derivation` only.
 *
 * @throws SeedError NIX_EVALUATION that names the output and shows Nix's message.
 */
async function evaluateTargets(reference, system, ports) {
    const imports = new Map();
    let answers;
    try {
        answers = (await evalOutputs(reference, targetsExpression(system), ports, {
            // Tracing names the output that fails; the option makes newer versions tell what evaluation builds.
            args: ['--show-trace', '--option', 'eval-cache', 'false', '--option', 'trace-import-from-derivation', 'true'],
            onLine: line => {
                const found = parseImport(line);
                if (found !== undefined)
                    imports.set(`${found.drvPath}!${found.outputs.join()}`, found);
            }
        }));
    }
    catch (error) {
        throw evaluationFailure(error, reference);
    }
    const targets = answers.flatMap(({ kind, attribute, derivations = [] }) => derivations.map(({ drvPath, outputs }) => ({
        kind,
        attribute,
        drvPath: store_path_storePath(drvPath),
        outputs: [...outputs].sort(store_path_compareText)
    })));
    const sources = answers.flatMap(answer => answer.sources ?? []).map(store_path_storePath);
    const skipped = answers.flatMap(({ attribute, skip }) => (skip === undefined ? [] : [`${attribute}: ${skip}`]));
    return { targets: [...targets, ...imports.values()], sources: [...new Set(sources)].sort(store_path_compareText), skipped };
}
/**
 * The function that all outputs are given to. Strings lose their context on the way to JSON, so an app is asked for the
 * context of its program: the derivations that it starts from.
 */
function targetsExpression(system) {
    return `
outputs:
let
  system = ${nixString(system)};
  of = set: (outputs.\${set} or { }).\${system} or { };
  path = builtins.unsafeDiscardStringContext;
  default = drv:
    let all = drv.outputs or [ "out" ]; in
    if drv.outputSpecified or false then [ drv.outputName ]
    else drv.meta.outputsToInstall or [ (if builtins.elem "out" all then "out" else builtins.head all) ];
  derivation = select: drv:
    if drv.isNixSeed or false then { skip = "it is a seed"; }
    else if (drv.type or null) != "derivation" then { skip = "it is no derivation"; }
    else { derivations = [ { drvPath = path drv.drvPath; outputs = select drv; } ]; };
  app = value:
    if (value.type or null) != "app" then derivation default value
    else
      let
        context = builtins.getContext "\${value.program}";
        names = builtins.attrNames context;
        built = builtins.filter (name: context.\${name} ? outputs) names;
      in {
        derivations = map (name: { drvPath = name; inherit (context.\${name}) outputs; }) built;
        sources = builtins.filter (name: context.\${name} ? path) names;
      };
  each = kind: set: read: map
    (name:
      let
        attribute = "\${set}.\${system}.\${name}";
        answer = { inherit kind attribute; } // read (of set).\${name};
      in builtins.addErrorContext "${MARK} '\${attribute}'" (builtins.deepSeq answer answer))
    (builtins.attrNames (of set));
in
  each "package" "packages" (derivation default)
  ++ each "check" "checks" (derivation (drv: drv.outputs or [ "out" ]))
  ++ each "app" "apps" app
  ++ each "devShell" "devShells" (derivation default)`;
}
/** Reads the line by which Nix tells that evaluation needed a build: `.drv^out,dev`. */
function parseImport(line) {
    const match = /^warning: built '([^'^]+\.drv)\^([^']+)' during evaluation due to an import from derivation/.exec(line);
    if (match?.[1] === undefined || match[2] === undefined)
        return undefined;
    const outputs = match[2].split(',').sort(store_path_compareText);
    return { kind: 'import', attribute: 'import from derivation', drvPath: store_path_storePath(match[1]), outputs };
}
/** Names the output that fails, and leaves out the trace, most of which is about the function above. */
function evaluationFailure(error, reference) {
    if (!(error instanceof SeedError) || error.code !== 'NIX_EVALUATION')
        return error;
    const stderr = error.cause instanceof ToolFailure ? error.cause.stderr : error.message;
    const attribute = new RegExp(`… ${MARK} '([^\\n]+)'`).exec(stderr)?.[1];
    if (attribute === undefined)
        return error;
    return new SeedError('NIX_EVALUATION', `could not evaluate the output ${attribute}:\n${withoutTrace(stderr)}`, {
        resource: reference,
        hint: `See the whole trace with: nix eval --show-trace '.#${attribute}'`,
        cause: error
    });
}
/**
 * Nix's errors without the trace: the innermost error with its place in the source, which stands last (first until
 * Nix 2.18), and what failed before it, such as a build that evaluation needed.
 */
function withoutTrace(stderr) {
    const blocks = nixMessage(stderr).split(/\n(?=\s*error:|\s*…)/);
    return blocks
        .filter(block => /^\s*error: /.test(block))
        .map(block => block.trim())
        .join('\n');
}

;// CONCATENATED MODULE: ./seed/cut.js









/**
 * Cuts the build graph of a flake between the derivations that depend on the project's own source (tainted) and the rest:
 * wanted are the outputs that a tainted derivation uses of one that is not. An output of the flake that is not tainted is
 * wanted itself. A dev shell is never built, so it is always cut at its own inputs, and gets the `bashInteractive` of
 * nixpkgs that `nix develop` starts.
 *
 * @param options.system the current system by default.
 * @throws SeedError NIX_EVALUATION that names the output, LOCK_INVALID, INTERRUPTED, and those of the file system.
 */
async function makeCut(flake, ports, options = {}) {
    const system = options.system ?? (await currentSystem(ports));
    const [{ found, bash }, flipped, inputs] = await together(ports, [
        inner => evaluateFlake(flake, system, inner),
        inner => evaluateFlipped(flake, system, inner),
        inner => inputSources(flake, inner)
    ]);
    for (const skipped of found.skipped)
        ports.log.info(`left out: ${skipped}`);
    const graph = await compare(found.targets, flipped.targets, ports);
    const { wanted, sources } = walk(found.targets, graph);
    const foreign = found.sources.filter(path => flipped.sources.includes(path));
    const all = {
        wanted: mergeOutputs([...wanted, ...bash]),
        inputs,
        sources: cut_withoutSeed(flake, [...sources, ...foreign])
    };
    return { system, ...all, targets: found.targets, identity: identify(all, graph) };
}
/**
 * Builds or fetches what the cut wants.
 *
 * @returns the store paths that are the roots of the seed, sorted; all are valid.
 * @throws SeedError NIX_BUILD with Nix's own message.
 */
async function realiseCut(cut, ports) {
    const outputs = await realise(cut.wanted, ports);
    return [...new Set([...outputs, ...cut.inputs, ...cut.sources])].sort(store_path_compareText);
}
async function evaluateFlake(flake, system, ports) {
    const found = await evaluateTargets(flake.reference, system, ports);
    const hasShell = found.targets.some(({ kind }) => kind === 'devShell');
    return { found, bash: hasShell ? await interactiveBash(flake, system, ports) : [] };
}
async function evaluateFlipped(flake, system, ports) {
    try {
        return await withFlippedTree(flake, ports, reference => evaluateTargets(reference, system, ports));
    }
    catch (error) {
        if (!(error instanceof SeedError) || error.code !== 'NIX_EVALUATION')
            throw error;
        throw new SeedError('NIX_EVALUATION', `a copy of the flake with other file modes fails: ${error.message}`, {
            resource: flake.url,
            hint: 'The automatic cut needs that copy. Declare what the seed holds with lib.mkSeed instead.',
            cause: error
        });
    }
}
/**
 * Runs tasks at once. If some fail, the first of them in order decides: the others are stopped, and have ended when this
 * throws.
 */
async function together(ports, tasks) {
    const stop = new AbortController();
    const inner = { ...ports, signal: AbortSignal.any([ports.signal, stop.signal]) };
    const running = [tasks[0](inner), tasks[1](inner), tasks[2](inner)];
    const ended = Promise.allSettled(running);
    try {
        return [await running[0], await running[1], await running[2]];
    }
    finally {
        stop.abort();
        await ended;
    }
}
/**
 * A derivation that both trees have is not tainted. One that differs still is not where its outputs are the same: they
 * are fixed by a hash (vendored dependencies, fetched for the project's own lock file), or depend on such alone.
 */
async function compare(real, flipped, ports) {
    const [ours, theirs] = (await Promise.all([real, flipped].map(targets => requisites(unique(targets.map(({ drvPath }) => drvPath)), ports))));
    const onlyIn = (one, other) => [...one].filter(path => path.endsWith('.drv') && !other.has(path)).sort(store_path_compareText);
    const shells = real.filter(({ kind }) => kind === 'devShell').map(({ drvPath }) => drvPath);
    const differing = onlyIn(ours, theirs);
    const [shown, others] = await Promise.all([
        showDerivations(unique([...differing, ...shells]), ports),
        showDerivations(onlyIn(theirs, ours), ports)
    ]);
    const same = new Set([...others.values()].flatMap(({ outputs }) => [...outputs.values()]));
    const isTainted = (drvPath) => [...(shown.get(drvPath)?.outputs.values() ?? [])].some(path => path === undefined || !same.has(path));
    return { shared: theirs, shown, tainted: new Set(differing.filter(isTainted)) };
}
/** Walks from the targets through the tainted derivations and collects what they use beyond those. */
function walk(targets, graph) {
    const wanted = [];
    const sources = new Set();
    const entered = new Set();
    const enter = (drvPath) => {
        const queue = [drvPath];
        for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
            if (entered.has(next))
                continue;
            entered.add(next);
            const derivation = graph.shown.get(next);
            if (derivation === undefined)
                throw new SeedError('STORE_INVALID', `${next} is not known`, { resource: next });
            for (const source of derivation.inputSrcs)
                if (graph.shared.has(source))
                    sources.add(source);
            for (const [input, outputs] of derivation.inputDrvs) {
                if (graph.tainted.has(input))
                    queue.push(input);
                else
                    wanted.push({ drvPath: input, outputs });
            }
        }
    };
    for (const { kind, drvPath, outputs } of targets) {
        if (kind === 'devShell' || graph.tainted.has(drvPath))
            enter(drvPath);
        else
            wanted.push({ drvPath, outputs });
    }
    return { wanted, sources: [...sources] };
}
/**
 * The shell that `nix develop` starts: `bashInteractive` of the input named nixpkgs. Where there is none of that name,
 * the first input that has one is as good. Nix itself does without where it finds none.
 */
async function interactiveBash(flake, system, ports) {
    const { lock } = flake;
    const inputs = Object.keys(lock.nodes[lock.root]?.inputs ?? {}).sort(store_path_compareText);
    const candidates = inputs.includes('nixpkgs') ? ['nixpkgs'] : inputs.filter(name => name !== seedSelfNode(lock)?.name);
    for (const name of candidates) {
        const node = resolveInput(lock, [name]);
        if (node === undefined || lock.nodes[node]?.flake === false)
            continue;
        const found = await bashOf(flake, node, system, ports);
        if (found !== undefined)
            return [found];
    }
    ports.log.debug('no input has bashInteractive: nix develop will start the bash that it finds on PATH');
    return [];
}
async function bashOf(flake, node, system, ports) {
    const tree = (await sourceTrees(flake.lock, [node], ports)).get(node);
    const { narHash, dir } = flake.lock.nodes[node]?.locked ?? {};
    if (tree === undefined || typeof narHash !== 'string')
        return undefined;
    const folder = typeof dir === 'string' ? dir : undefined;
    const apply = `outputs:
    let
      packages = (outputs.legacyPackages or { }).${nixString(system)} or { };
      bash = packages.bashInteractive;
    in if packages ? bashInteractive
      then { drvPath = builtins.unsafeDiscardStringContext bash.drvPath; outputs = bash.meta.outputsToInstall or [ "out" ]; }
      else null`;
    try {
        const found = await evalOutputs(pathReference(tree, { narHash, dir: folder }), apply, ports);
        return (found ?? undefined);
    }
    catch (error) {
        // An input need not be fit to be evaluated on its own. `nix develop` goes on without it as well.
        if (!(error instanceof SeedError) || error.code === 'INTERRUPTED')
            throw error;
        ports.log.debug(`no bashInteractive in the input ${node}: ${error.message}`);
        return undefined;
    }
}
/** The tree of the pinned seed changes with every publish: a seed that held it would never come to rest. */
function cut_withoutSeed(flake, sources) {
    const narHash = seedSelfNode(flake.lock)?.node.locked?.narHash;
    const pinned = typeof narHash === 'string' ? sourceTreePath(narHash) : undefined;
    return unique(sources).filter(path => path !== pinned);
}
/** Where a derivation differs with the source and its outputs do not, those stand for it. */
function identify(cut, graph) {
    const wanted = cut.wanted.map(({ drvPath, outputs }) => {
        const derivation = graph.shared.has(drvPath) ? undefined : graph.shown.get(drvPath);
        return outputs.map(output => derivation?.outputs.get(output) ?? `${drvPath}!${output}`);
    });
    const parts = [wanted.flat().sort(store_path_compareText), cut.inputs, cut.sources];
    return (0,external_node_crypto_namespaceObject.createHash)('sha256').update(JSON.stringify(parts)).digest('hex');
}
function unique(paths) {
    return [...new Set(paths)].sort(store_path_compareText);
}

;// CONCATENATED MODULE: ./seed/source.js
/**
 * What to publish: finds out what an installable is without building anything.
 *
 * - declared: the flake has a seed made with `lib.mkSeed`;
 * - automatic: the flake declares none, and the cut is made for it;
 * - archive: a derivation that builds a docker archive, published as it is.
 */









/** Attribute that is looked for where the installable names none. */
const DEFAULT_ATTRIBUTE = 'seed';
// `isNixSeed` stands beside the derivation's attributes, so nothing is forced to find it. The answer has no attribute
// `outPath`: as JSON, a set that has one is that path alone.
const CLASSIFY = `value:
  let paths = kind: drv: { inherit kind; inherit (drv) drvPath; output = builtins.unsafeDiscardStringContext drv.outPath; };
  in if (value.isNixSeed or false) then paths "seed" value.descriptor
  else if (value.type or null) == "derivation" then paths "derivation" value
  else { kind = "other"; }`;
/**
 * Resolves an installable of `flake`.
 *
 * @param attribute as after `#` in an installable; the default is `seed`, or the automatic cut where there is no such
 *   attribute
 * @throws SeedError NOT_A_SEED, LOCK_MISSING, LOCK_INVALID, NIX_EVALUATION
 */
async function resolveSource(flake, attribute, system, ports) {
    const lockKey = await readLockKey(flake.lockFile);
    if (attribute === undefined && !(await hasDefault(flake, system, ports)))
        return automatic(flake, lockKey, system, ports);
    const installable = `${flake.reference}#${attribute ?? `packages.${system}.${DEFAULT_ATTRIBUTE}`}`;
    const { kind, drvPath, output } = (await evalJson(installable, ports, { apply: CLASSIFY }));
    if (kind === 'other' || drvPath === undefined || output === undefined)
        throw notSeed(installable);
    // The output's path, not the derivation's: what fixed-output derivations are made from does not matter to the seed.
    const identity = output;
    if (kind === 'seed') {
        return {
            kind: 'declared',
            identity,
            lockKey,
            system,
            build: () => buildDeclared(drvPath, installable, ports)
        };
    }
    return {
        kind: 'archive',
        identity,
        lockKey,
        system,
        build: async () => {
            const file = await buildOne(drvPath, ports);
            await assertFile(file, installable);
            return { kind: 'archive', file };
        }
    };
}
/** Whether the flake has `packages.SYSTEM.seed`; looks at names alone, so that no package is evaluated for it. */
async function hasDefault(flake, system, ports) {
    const apply = `outputs: ((outputs.packages or { }).${nixString(system)} or { }) ? ${DEFAULT_ATTRIBUTE}`;
    return (await evalOutputs(flake.reference, apply, ports)) === true;
}
async function buildDeclared(drvPath, installable, ports) {
    const file = await buildOne(drvPath, ports);
    const descriptor = parseDescriptor(await (0,promises_namespaceObject.readFile)(file, 'utf8'), installable);
    return { kind: 'seed', descriptor, roots: source_unique([...descriptor.roots, ...descriptor.inputs, descriptor.rootfs]) };
}
async function automatic(flake, lockKey, system, ports) {
    ports.log.info(`no packages.${system}.${DEFAULT_ATTRIBUTE}: what the outputs need is found out from their derivations`);
    const drvPath = await automaticDerivation(flake, system, ports);
    const cut = await makeCut(flake, ports, { system });
    const identity = (0,external_node_crypto_namespaceObject.createHash)('sha256').update(`${drvPath} ${cut.identity}`).digest('hex');
    return {
        kind: 'automatic',
        identity: `automatic-${identity}`,
        lockKey,
        system,
        build: async () => {
            const base = await buildDeclared(drvPath, flake.reference, ports);
            const roots = source_unique([...base.roots, ...(await realiseCut(cut, ports))]);
            return { kind: 'seed', descriptor: { ...base.descriptor, inputs: cut.inputs }, roots };
        }
    };
}
async function buildOne(drvPath, ports) {
    const [path] = await realise([{ drvPath, outputs: ['out'] }], ports);
    if (path === undefined)
        throw new SeedError('NIX_BUILD', 'the derivation has no output', { resource: drvPath });
    return path;
}
async function assertFile(file, installable) {
    // A folder cannot be an archive; saying so here is clearer than a read error later.
    const isFolder = await (0,promises_namespaceObject.access)(`${file}/.`).then(() => true, () => false);
    if (isFolder)
        throw notSeed(installable);
}
function notSeed(installable) {
    return new SeedError('NOT_A_SEED', 'this is no seed', {
        resource: installable,
        hint: 'Name an attribute made with `lib.mkSeed`, a docker archive, or none at all for the automatic cut.'
    });
}
function source_unique(paths) {
    return [...new Set(paths)].sort();
}

;// CONCATENATED MODULE: ./seed/publish.js
/** Publish: from a flake to the digest of its seed image. */






/** The tag that leads from a lock to its seed. A pointer, that anyone who can write to the registry can move. */
function lockTag(lockKey, system) {
    return `lock-${lockKey}-${system}`;
}
function commitTag(commit, system) {
    return `commit-${commit}-${system}`;
}
/**
 * Publishes the seed of a flake, unless the repository has the image of the same lock and derivation already.
 *
 * @throws SeedError of every stage; whatever happens, no tag points to a half image
 */
async function publish(request, ports) {
    const { flake, system, repository, labels } = request;
    const started = performance.now();
    const source = await resolveSource(flake, request.attribute, system, ports);
    const evaluated = performance.now();
    const tags = publish_unique([
        lockTag(source.lockKey, system),
        ...(flake.rev === undefined ? [] : [commitTag(flake.rev, system)]),
        ...request.tags
    ]);
    const annotations = {
        ...labels,
        [ANNOTATION_IDENTITY]: source.identity,
        [ANNOTATION_LOCK_KEY]: source.lockKey,
        [ANNOTATION_SYSTEM]: system
    };
    const result = { kind: source.kind, system, lockKey: source.lockKey, tags };
    const found = await findPublished(repository, lockTag(source.lockKey, system), annotations);
    const present = found && (request.isKnown?.(found.descriptor.digest) ?? true) ? found : undefined;
    if (found && !present)
        ports.log.info(`${found.descriptor.digest} has the tag of this lock, and is not known: built anew`);
    if (present) {
        await addTags(repository, present, tags);
        const total = since(started);
        const milliseconds = { evaluate: Math.round(evaluated - started), build: 0, pack: 0, total };
        const nothing = { paths: 0, narBytes: 0, layers: 0, layerBytes: 0 };
        return { ...result, digest: present.descriptor.digest, reused: true, ...nothing, milliseconds };
    }
    const content = await source.build();
    const built = performance.now();
    const { packed, paths } = await store(content, source, request, annotations, tags, ports);
    return {
        ...result,
        digest: packed.index.digest,
        reused: false,
        paths,
        narBytes: packed.narBytes,
        layers: packed.layers.length,
        layerBytes: packed.layerBytes,
        milliseconds: {
            evaluate: Math.round(evaluated - started),
            build: Math.round(built - evaluated),
            pack: since(built),
            total: since(started)
        }
    };
}
async function store(content, source, request, annotations, tags, ports) {
    const { repository } = request;
    if (content.kind === 'archive') {
        return { packed: await publishDockerArchive(content.file, repository, annotations, tags, ports), paths: 0 };
    }
    const { descriptor, roots } = content;
    if (descriptor.system !== request.system) {
        throw new SeedError('NOT_A_SEED', `the seed is for ${descriptor.system}, this machine is ${request.system}`, {
            hint: `Publish it on a machine of that kind, or name the attribute of ${request.system}.`
        });
    }
    const closure = await queryClosure(roots, ports);
    const { identity, lockKey } = source;
    const options = { identity, lockKey, labels: request.labels, tags };
    return { packed: await packSeed(descriptor, roots, closure, repository, options, ports), paths: closure.length };
}
/** The index that `tag` points to, if it was made from the same things. */
async function findPublished(repository, tag, annotations) {
    const raw = await repository.getManifest(tag);
    if (!raw)
        return undefined;
    const index = JSON.parse(raw.bytes.toString('utf8'));
    const found = index.annotations ?? {};
    const same = Object.keys(found).length === Object.keys(annotations).length &&
        Object.entries(annotations).every(([name, value]) => found[name] === value);
    return same ? raw : undefined;
}
/** Points `tags` to an index that is there; those that do already are left alone. */
async function addTags(repository, index, tags) {
    const missing = [];
    for (const tag of tags) {
        const raw = await repository.getManifest(tag);
        if (raw?.descriptor.digest !== index.descriptor.digest)
            missing.push(tag);
    }
    if (missing.length > 0)
        await repository.putManifest(index.bytes, index.descriptor.mediaType, missing);
}
function since(start) {
    return Math.round(performance.now() - start);
}
function publish_unique(items) {
    return [...new Set(items)];
}

;// CONCATENATED MODULE: ./cli/publish.js









const publishCommand = {
    name: 'publish',
    summary: 'build the seed of a flake and publish it as an OCI image',
    synopsis: '[INSTALLABLE] --to REFERENCE [OPTION]…',
    positionals: { min: 0, max: 1 },
    options: {
        to: { value: 'REFERENCE', help: 'HOST/REPOSITORY[:TAG], or oci:DIR[:TAG] for an image layout on disk' },
        tag: { value: 'TAG', short: 't', multiple: true, help: 'a further tag, beside those of lock and commit' },
        source: { value: 'URL', help: "the project's repository; becomes the label org.opencontainers.image.source" },
        insecure: { help: 'speak plain HTTP to the registry (loopback addresses always are)' },
        json: { help: 'print the result as JSON' }
    },
    details: [
        'INSTALLABLE is a flake reference, with or without an attribute. Without one, the attribute is packages.SYSTEM.seed; a flake that has none is seeded all the same, with what its packages, checks, apps and dev shells need before they can build.',
        'An image that was made from the same lock and the same derivation is reused: nothing is built and nothing is sent. Layers go straight from the store to the registry, compressed on the way; there is no archive on disk.',
        'Credentials are those of docker login or podman login.'
    ],
    examples: [
        { line: 'nix-seed publish --to ghcr.io/org/repo/seed', meaning: 'the seed of the flake in this folder' },
        { line: 'nix-seed publish .#seed --to oci:./seed --json', meaning: 'a declared seed, into a folder' },
        { line: 'nix-seed publish github:org/repo --to localhost:5000/seed --tag try', meaning: 'a flake from elsewhere' }
    ],
    run: runPublish
};
async function runPublish(args, io) {
    const to = args.text('to');
    if (to === undefined)
        throw usage(publishCommand, '--to is missing: where should the image go?');
    const name = parseName(to);
    if (name.digest !== undefined)
        throw usage(publishCommand, '--to takes no digest: the digest is the result');
    const tags = [...(name.tag === undefined ? [] : [name.tag]), ...args.list('tag')];
    for (const tag of tags) {
        if (!isTag(tag))
            throw usage(publishCommand, `${JSON.stringify(tag)} is not a tag`);
    }
    const source = args.text('source');
    const { reference, attribute } = splitInstallable(args.positionals[0] ?? '.');
    const { ports } = io;
    const [flake, system] = await Promise.all([readFlake(reference, ports, { cwd: io.cwd }), currentSystem(ports)]);
    const repository = openRepository(name, repositoryOptions(io, args));
    try {
        const published = await publish({
            flake,
            system,
            repository,
            tags,
            labels: source === undefined ? {} : { 'org.opencontainers.image.source': source },
            ...(attribute === undefined ? {} : { attribute })
        }, ports);
        const pinned = formatName({ ...withoutTag(name), digest: published.digest });
        if (args.flag('json'))
            io.print(`${JSON.stringify({ reference: pinned, ...published }, null, 2)}\n`);
        else {
            ports.log.info(describe(published));
            io.print(`${pinned}\n`);
        }
    }
    finally {
        await repository.close();
    }
}
function withoutTag(name) {
    const { tag: _, ...rest } = name;
    return rest;
}
/** Splits at the first `#`; what is before is a flake reference, `.` by default. */
function splitInstallable(installable) {
    const hash = installable.indexOf('#');
    if (hash < 0)
        return { reference: installable };
    const attribute = installable.slice(hash + 1);
    if (attribute.includes('^')) {
        throw new SeedError('USAGE', 'an installable with outputs cannot be published', {
            resource: installable,
            hint: 'Leave out the part from ^ on.'
        });
    }
    return { reference: installable.slice(0, hash) || '.', ...(attribute === '' ? {} : { attribute }) };
}
function describe(published) {
    const { milliseconds } = published;
    if (published.reused) {
        return `reused: lock and seed derivation are unchanged, nothing built or sent (${formatDuration(milliseconds.total)})`;
    }
    const content = published.paths === 0 ? 'the archive' : `${published.paths} store paths`;
    return (`published ${content} in ${published.layers} layers: ` +
        `${formatBytes(published.narBytes)}, ${formatBytes(published.layerBytes)} compressed ` +
        `(evaluate ${formatDuration(milliseconds.evaluate)}, build ${formatDuration(milliseconds.build)}, ` +
        `pack and send ${formatDuration(milliseconds.pack)})`);
}

;// CONCATENATED MODULE: ./nix/store-database.js




/** How long to wait for another program that writes. Nix keeps its transactions short. */
const BUSY_TIMEOUT_MS = 30_000;
/** https://www.sqlite.org/rescode.html */
const SQLITE_FULL = 13;
/**
 * The paths that are valid in a store.
 *
 * @param folder the store's `/nix/var/nix/db`
 * @returns `undefined` if there is no database
 * @throws SeedError STORE_INVALID where Nix itself would have to upgrade or refuse the database, DISK_FULL, FILE_SYSTEM
 */
async function readValidPaths(folder) {
    if (!(await hasDatabase(folder)))
        return undefined;
    return withDatabase(folder, database => {
        const rows = database.prepare('select path from ValidPaths').all();
        return new Set(rows.map(({ path }) => String(path)));
    });
}
/**
 * Makes paths valid whose files are in place, all or none of them. Those that are valid already stay as they are.
 *
 * @param paths each reference is one of them or valid already
 * @throws as {@link readValidPaths}
 */
async function registerPaths(folder, paths) {
    withDatabase(folder, database => transaction(database, () => insert(database, paths)));
}
/**
 * Makes the database of a new store, with its folder.
 *
 * @throws as {@link readValidPaths}
 */
async function createDatabase(folder, paths) {
    await (0,promises_namespaceObject.mkdir)(folder, { mode: 0o755 });
    await (0,promises_namespaceObject.writeFile)((0,external_node_path_namespaceObject.join)(folder, 'schema'), schemaVersion);
    withDatabase(folder, database => {
        database.exec('pragma journal_mode = wal');
        transaction(database, () => {
            database.exec(tables);
            insert(database, paths);
            database.exec(indexes);
        });
    });
}
async function hasDatabase(folder) {
    if ((await unlessMissing((0,promises_namespaceObject.lstat)((0,external_node_path_namespaceObject.join)(folder, 'db.sqlite')))) === undefined)
        return false;
    const schema = (await unlessMissing((0,promises_namespaceObject.readFile)((0,external_node_path_namespaceObject.join)(folder, 'schema'), 'utf8')))?.trim() ?? 'none';
    if (schema === schemaVersion)
        return true;
    throw new SeedError('STORE_INVALID', `the schema of the store's database is ${schema}; known is ${schemaVersion}`, {
        resource: folder,
        hint: 'An old one is upgraded by any command of a present Nix, for example: nix-store --verify'
    });
}
async function unlessMissing(found) {
    return found.catch((error) => {
        if (systemCode(error) === 'ENOENT')
            return undefined;
        throw error;
    });
}
function withDatabase(folder, action) {
    // Only here: before 24.15, Node.js warns about it as soon as it is loaded.
    const sqlite = process.getBuiltinModule('node:sqlite');
    let database;
    try {
        database = new sqlite.DatabaseSync((0,external_node_path_namespaceObject.join)(folder, 'db.sqlite'), { timeout: BUSY_TIMEOUT_MS });
        return action(database);
    }
    catch (error) {
        throw databaseFailure(error, folder);
    }
    finally {
        database?.close();
    }
}
function databaseFailure(error, folder) {
    if (systemCode(error) !== 'ERR_SQLITE_ERROR')
        return error;
    const { errcode, message } = error;
    const code = errcode === SQLITE_FULL ? 'DISK_FULL' : 'FILE_SYSTEM';
    return new SeedError(code, `the store's database: ${message}`, {
        resource: folder,
        hint: 'Check the store with "nix-store --verify", and that this user may write there.',
        cause: error
    });
}
function transaction(database, action) {
    database.exec('begin immediate');
    try {
        action();
        database.exec('commit');
    }
    catch (error) {
        if (database.isTransaction)
            database.exec('rollback');
        throw error;
    }
}
function insert(database, paths) {
    const now = Math.floor(Date.now() / 1000);
    const valid = database.prepare(`
    insert into ValidPaths (path, hash, registrationTime, narSize, ca) values (?, ?, ?, ?, ?)
    on conflict (path) do nothing`);
    for (const { path, narHash, narSize, ca } of paths)
        valid.run(path, narHash, now, narSize, ca ?? null);
    // A reference that is not valid violates its column: a scalar subquery of no rows is null.
    const refers = database.prepare(`
    insert into Refs (referrer, reference)
    values ((select id from ValidPaths where path = ?), (select id from ValidPaths where path = ?))
    on conflict (referrer, reference) do nothing`);
    for (const { path, references } of paths)
        for (const reference of references)
            refers.run(path, reference);
}

;// CONCATENATED MODULE: ./removal.js


/**
 * Removes a file, link or tree whose folders may be read-only, as those of the Nix store are. What is not there is
 * removed already. Links are removed, never followed.
 *
 * @throws the system's own error, where the path may not be removed
 */
async function removeTree(path) {
    try {
        if (process.getuid?.() !== 0)
            await makeWritable(Buffer.from(path));
    }
    catch (error) {
        if (systemCode(error) === 'ENOENT')
            return;
        throw error;
    }
    await (0,promises_namespaceObject.rm)(path, { recursive: true, force: true });
}
/** Works on bytes, since names in a store need not be UTF-8. */
async function makeWritable(path) {
    if (!(await (0,promises_namespaceObject.lstat)(path)).isDirectory())
        return;
    await (0,promises_namespaceObject.chmod)(path, 0o700);
    for (const entry of await (0,promises_namespaceObject.readdir)(path, { withFileTypes: true, encoding: 'buffer' })) {
        if (entry.isDirectory())
            await makeWritable(Buffer.concat([path, Buffer.from('/'), entry.name]));
    }
}

;// CONCATENATED MODULE: ./stage-name.js
/** Names of stages: folders below `/nix` where things arrive before they are moved into place. */


const PREFIX = '.nix-seed-';
/** A name of this process's own, that tells others whose it is. */
function newStageName() {
    return `${PREFIX}${process.pid}-${(0,external_node_crypto_namespaceObject.randomBytes)(4).toString('hex')}`;
}
/** Whether it is the stage of a process that is no more. */
function stage_name_isAbandoned(name) {
    const pid = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length).split('-')[0]) : NaN;
    if (!Number.isInteger(pid) || pid <= 0)
        return false;
    try {
        process.kill(pid, 0);
        return false;
    }
    catch (error) {
        return systemCode(error) !== 'EPERM';
    }
}

;// CONCATENATED MODULE: ./seed/stage.js
/**
 * The stage: a folder beside the store, on the same file system, where a seed arrives. What is on it is nothing to Nix;
 * when it is complete, it is renamed into place.
 */






/**
 * Runs `action` with a stage in `nixFolder`, which is made, with its store, where it is missing. The stage is removed in
 * the end, and so are those of runs that were killed.
 *
 * @throws the system's own error, EACCES or EROFS among them
 */
async function onStage(nixFolder, action) {
    await makeFolders(nixFolder);
    await sweepStages(nixFolder);
    const stage = (0,external_node_path_namespaceObject.join)(nixFolder, newStageName());
    try {
        await (0,promises_namespaceObject.mkdir)(stage, { mode: 0o700 });
        return await action(stage);
    }
    finally {
        await removeTree(stage);
    }
}
/** The name of a store path, by which it is known on the stage. */
function nameOf(storePath) {
    return storePath.slice(storeDir.length + 1);
}
async function exists(path) {
    try {
        await (0,promises_namespaceObject.lstat)(path);
        return true;
    }
    catch (error) {
        if (systemCode(error) === 'ENOENT')
            return false;
        throw error;
    }
}
/** One by one: of a place that cannot be written to, Node.js's recursive mkdir says that it does not exist. */
async function makeFolders(nixFolder) {
    await (0,promises_namespaceObject.mkdir)((0,external_node_path_namespaceObject.dirname)(nixFolder), { recursive: true });
    for (const folder of [nixFolder, (0,external_node_path_namespaceObject.join)(nixFolder, 'store')]) {
        if (!(await exists(folder)))
            await (0,promises_namespaceObject.mkdir)(folder, { mode: 0o755 });
    }
}
async function sweepStages(nixFolder) {
    for (const name of await (0,promises_namespaceObject.readdir)(nixFolder))
        if (stage_name_isAbandoned(name))
            await removeTree((0,external_node_path_namespaceObject.join)(nixFolder, name));
}

;// CONCATENATED MODULE: ./seed/unpack.js
/** The unpack strategy's inner part: layers, streamed from a repository into a folder beside the store. */







const STORE_PREFIX = 'nix/store/';
/** The Nix store's modification time, in seconds: one for everything. */
const STORE_TIME = 1;
/**
 * Streams one layer into `folder`: of the store paths in it, those in `wanted` are written to `folder/NAME`, the others
 * are read past. Every byte is checked against the layer's digest before this returns.
 *
 * @param expected names of the store paths that the layer may hold
 * @throws SeedError CONTENT_INVALID for members that do not belong there, or what the repository or the disk throws
 */
async function unpackLayer(repository, layer, expected, wanted, folder, signal, onBytes) {
    async function* counted() {
        for await (const piece of repository.getBlob(layer)) {
            onBytes(piece.byteLength);
            yield piece;
        }
    }
    const sink = new StoreSink(folder, expected, wanted);
    try {
        const decompress = decompressor(layer.mediaType);
        if (decompress)
            await (0,external_node_stream_promises_namespaceObject.pipeline)(external_node_stream_namespaceObject.Readable.from(counted()), decompress, (tar) => readTar(tar, sink), {
                signal
            });
        else
            await (0,external_node_stream_promises_namespaceObject.pipeline)(external_node_stream_namespaceObject.Readable.from(counted()), (tar) => readTar(tar, sink), { signal });
    }
    finally {
        sink.close();
    }
    return sink.written;
}
function decompressor(mediaType) {
    switch (mediaType) {
        case MEDIA_TYPE.layerTarZstd:
            return (0,external_node_zlib_namespaceObject.createZstdDecompress)();
        case MEDIA_TYPE.layerTarGzip:
            return (0,external_node_zlib_namespaceObject.createGunzip)();
        case MEDIA_TYPE.layerTar:
            return undefined;
        default:
            throw new SeedError('CONTENT_INVALID', `layers of type ${mediaType} cannot be unpacked`);
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
    return new SeedError('CONTENT_INVALID', `a layer holds ${JSON.stringify(path)}: ${why}`, {
        hint: 'The image was not made by `nix-seed publish`; do not use it.'
    });
}

;// CONCATENATED MODULE: ./seed/layers.js




/** Decompression is what takes the processor; more streams than that gain nothing. */
const MAX_WORKERS = 8;
/**
 * Streams every layer that holds a wanted path into the stage, several at a time.
 *
 * @returns the bytes that were fetched
 * @throws SeedError CONTENT_INVALID where the layers do not hold what the table says; what the repository throws; the
 *   signal's reason
 */
async function fetchLayers(image, repository, seed, wanted, stage, ports) {
    const wantedNames = new Set(wanted.map(info => nameOf(info.path)));
    const queue = layerJobs(image, seed, wantedNames);
    const total = queue.reduce((sum, { layer }) => sum + layer.size, 0);
    let done = 0;
    const missing = new Set(wantedNames);
    const abort = new AbortController();
    const signal = AbortSignal.any([ports.signal, abort.signal]);
    const work = async () => {
        for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
            signal.throwIfAborted();
            const written = await unpackLayer(repository, job.layer, job.names, wantedNames, stage, signal, count => {
                done += count;
                ports.progress.update('restoring', done, total);
            });
            for (const name of written)
                missing.delete(name);
        }
    };
    const workers = Array.from({ length: Math.max(2, Math.min((0,external_node_os_namespaceObject.availableParallelism)(), MAX_WORKERS)) }, () => work().catch((error) => {
        abort.abort(error);
    }));
    await Promise.all(workers);
    ports.progress.end('restoring');
    ports.signal.throwIfAborted();
    if (abort.signal.aborted)
        throw abort.signal.reason;
    if (missing.size > 0) {
        throw new SeedError('CONTENT_INVALID', `the layers do not hold ${[...missing][0]} (and ${missing.size - 1} more)`, {
            resource: repository.name,
            hint: 'The image is damaged; publish the seed again.'
        });
    }
    return done;
}
/** The layers with a wanted path, largest first, so that the last one to end is a small one. */
function layerJobs(image, seed, wanted) {
    const names = new Map();
    const needed = new Set();
    for (const [path, layer] of seed.layerOf) {
        const known = names.get(layer) ?? new Set();
        names.set(layer, known.add(nameOf(path)));
        if (wanted.has(nameOf(path)))
            needed.add(layer);
    }
    return [...needed]
        .flatMap(at => {
        const layer = image.layers[at];
        return layer === undefined ? [] : [{ layer, names: names.get(at) ?? new Set() }];
    })
        .sort((a, b) => b.layer.size - a.layer.size);
}

;// CONCATENATED MODULE: ./seed/placement.js
/** From the stage into the store. */






/**
 * Moves staged paths into the store and calls `register`; takes everything back if any of it fails.
 *
 * @param wanted paths that are not valid in the store
 */
async function placePaths(wanted, stage, nixFolder, register) {
    const moved = [];
    try {
        for (const { path } of wanted) {
            const source = (0,external_node_path_namespaceObject.join)(stage, nameOf(path));
            const target = (0,external_node_path_namespaceObject.join)(nixFolder, 'store', nameOf(path));
            // What stands there is not valid, or it would not be wanted: a leftover of an interrupted build or restore.
            if (await exists(target))
                await removeTree(target);
            const isFolder = (await (0,promises_namespaceObject.lstat)(source)).isDirectory();
            moved.push(target);
            await (0,promises_namespaceObject.rename)(source, target);
            if (isFolder)
                await (0,promises_namespaceObject.chmod)(target, 0o555);
        }
        await register();
    }
    catch (error) {
        for (const target of moved)
            await removeTree(target);
        throw error;
    }
}
/** Makes the database of a store that has none: complete on the stage, then renamed. */
async function placeDatabase(closure, stage, nixFolder) {
    const staged = (0,external_node_path_namespaceObject.join)(stage, 'db');
    await createDatabase(staged, closure);
    await (0,promises_namespaceObject.mkdir)((0,external_node_path_namespaceObject.join)(nixFolder, 'var/nix'), { recursive: true });
    const target = (0,external_node_path_namespaceObject.join)(nixFolder, 'var/nix/db');
    await removeTree(target); // without a database in it, or this would not be a fresh store
    await (0,promises_namespaceObject.rename)(staged, target);
}
/** Keeps Nix's garbage collector away from the seed. */
async function placeRoots(nixFolder, roots) {
    const folder = (0,external_node_path_namespaceObject.join)(nixFolder, 'var/nix/gcroots/nix-seed');
    await (0,promises_namespaceObject.mkdir)(folder, { recursive: true });
    for (const root of roots)
        await placeLink(root, (0,external_node_path_namespaceObject.join)(folder, nameOf(root)));
}
/** Where there is no default profile yet, Nix itself becomes it, so that `/nix/var/nix/profiles/default/bin` is on PATH. */
async function placeProfile(nixFolder, nixPath) {
    await (0,promises_namespaceObject.mkdir)((0,external_node_path_namespaceObject.join)(nixFolder, 'var/nix/profiles'), { recursive: true });
    await placeLink(nixPath, (0,external_node_path_namespaceObject.join)(nixFolder, 'var/nix/profiles/default'));
}
async function placeLink(target, link) {
    try {
        await (0,promises_namespaceObject.symlink)(target, link);
    }
    catch (error) {
        if (systemCode(error) !== 'EEXIST')
            throw error;
    }
}

;// CONCATENATED MODULE: ./seed/restore.js
/**
 * Restore: puts a seed under `ROOT/nix`. Layers are unpacked onto a stage beside the store, moved into place path by path
 * when all of them have arrived and been checked, and registered in Nix's database last of all. Nix goes by its
 * database, so at every moment a path is either complete and known or not there for Nix.
 */








/**
 * Unpacks a seed into `root/nix`, beside whatever valid paths a store there already has.
 *
 * @param root absolute or relative folder; `/` for the machine itself
 * @throws SeedError DISK_FULL, FILE_SYSTEM, CONTENT_INVALID, INTERRUPTED, or what the repository throws; the store is then
 *   as it was before
 */
async function restoreSeed(image, repository, root, ports) {
    const started = performance.now();
    const seed = readTable(image.config[SEED_FIELD]);
    const place = (0,external_node_path_namespaceObject.resolve)(root);
    const nixFolder = (0,external_node_path_namespaceObject.join)(place, 'nix');
    try {
        const { present, bytes } = await onStage(nixFolder, async (stage) => {
            const databaseFolder = (0,external_node_path_namespaceObject.join)(nixFolder, 'var/nix/db');
            const valid = await readValidPaths(databaseFolder);
            const wanted = seed.closure.filter(info => valid?.has(info.path) !== true);
            await checkSpace(nixFolder, wanted);
            const bytes = await fetchLayers(image, repository, seed, wanted, stage, ports);
            await placePaths(wanted, stage, nixFolder, () => valid === undefined ? placeDatabase(seed.closure, stage, nixFolder) : registerPaths(databaseFolder, wanted));
            return { present: seed.closure.length - wanted.length, bytes };
        });
        await placeRoots(nixFolder, seed.roots);
        if (seed.nix !== undefined)
            await placeProfile(nixFolder, seed.nix);
        return {
            strategy: 'unpack',
            root: place,
            paths: seed.closure.length,
            present,
            bytes,
            milliseconds: Math.round(performance.now() - started),
            ...(seed.nix === undefined ? {} : { nixBin: `${seed.nix}/bin` })
        };
    }
    catch (error) {
        throw explain(error, nixFolder, ports.signal);
    }
}
/** Refuses before the first byte is fetched; a margin is left for the blocks that small files fill only in part. */
async function checkSpace(folder, wanted) {
    const bytes = wanted.reduce((sum, info) => sum + info.narSize, 0);
    const { bavail, bsize } = await (0,promises_namespaceObject.statfs)(folder);
    if (bytes > bavail * bsize) {
        throw new SeedError('DISK_FULL', `the seed needs ${megabytes(bytes)}, and ${megabytes(bavail * bsize)} are free`, {
            resource: folder,
            hint: 'Free some space, or choose another place with --root.'
        });
    }
}
function megabytes(bytes) {
    return `${Math.ceil(bytes / 1e6)} MB`;
}
function explain(error, folder, signal) {
    if (signal.aborted) {
        return new SeedError('INTERRUPTED', 'interrupted; nothing was changed', {
            resource: folder,
            hint: 'Run it again.',
            cause: error
        });
    }
    if (error instanceof SeedError)
        return error;
    const code = systemCode(error);
    if (code === 'ENOSPC' || code === 'EDQUOT') {
        return new SeedError('DISK_FULL', 'the disk became full; what was written has been removed', {
            resource: folder,
            hint: 'Free some space, or choose another place with --root.',
            cause: error
        });
    }
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
        return new SeedError('FILE_SYSTEM', `cannot write (${code})`, {
            resource: folder,
            hint: 'Run as a user who may write there, or choose another place with --root.',
            cause: error
        });
    }
    if (code === undefined)
        return error;
    return new SeedError('FILE_SYSTEM', error instanceof Error ? error.message : code, { resource: folder, cause: error });
}

;// CONCATENATED MODULE: ./cli/restore.js









const restoreCommand = {
    name: 'restore',
    summary: 'put a seed under /nix',
    synopsis: 'REFERENCE@DIGEST [OPTION]…',
    positionals: { min: 1, max: 1 },
    options: {
        root: { value: 'DIR', help: 'restore to DIR/nix instead of /nix' },
        strategy: { value: 'NAME', help: 'how: unpack (the only one so far)' },
        insecure: { help: 'speak plain HTTP to the registry (loopback addresses always are)' },
        json: { help: 'print the result as JSON' }
    },
    details: [
        'REFERENCE is HOST/REPOSITORY@sha256:… or oci:DIR@sha256:…; a tag of a registry is refused, since it can be moved to another image. An image layout on disk may be given with a tag, or with nothing if it holds a single image.',
        'Every byte is checked against its digest. Valid store paths that are there already are kept and not fetched again. If it fails or is interrupted, the store is left as it was.'
    ],
    examples: [
        { line: 'nix-seed restore ghcr.io/org/repo/seed@sha256:…', meaning: 'on a machine with an empty /nix' },
        { line: 'nix-seed restore oci:./seed@sha256:… --root /tmp/try', meaning: 'into a folder, to look at it' }
    ],
    run: runRestore
};
const STRATEGIES = ['unpack'];
async function runRestore(args, io) {
    const strategy = args.text('strategy') ?? 'unpack';
    if (!STRATEGIES.includes(strategy)) {
        throw usage(restoreCommand, `unknown strategy ${JSON.stringify(strategy)}; known: ${STRATEGIES.join(', ')}`);
    }
    const name = parseName(args.positionals[0] ?? '');
    const { ports } = io;
    const repository = openRepository(name, repositoryOptions(io, args));
    try {
        if (name.digest === undefined && name.kind === 'registry') {
            throw new SeedError('USAGE', 'a seed is restored by digest only, since a tag can be moved to another image', {
                resource: args.positionals[0] ?? '',
                hint: 'Use the reference that `nix-seed publish` printed, or find the digest with `nix-seed inspect`.'
            });
        }
        const image = await readSeedImage(repository, name.digest ?? name.tag);
        const restored = await restoreSeed(image, repository, (0,external_node_path_namespaceObject.resolve)(io.cwd, args.text('root') ?? '/'), ports);
        if (args.flag('json'))
            io.print(`${JSON.stringify({ digest: image.index.digest, ...restored }, null, 2)}\n`);
        else {
            io.print(`restored ${restored.paths - restored.present} of ${restored.paths} store paths to ${restored.root} ` +
                `(${restored.strategy}, ${formatBytes(restored.bytes)}, ${formatDuration(restored.milliseconds)})\n`);
            if (restored.nixBin !== undefined && restored.root === '/') {
                ports.log.info('Nix came with it: export PATH=/nix/var/nix/profiles/default/bin:$PATH');
            }
        }
    }
    finally {
        await repository.close();
    }
}

;// CONCATENATED MODULE: ./cli/terminal.js
/** Messages and progress on standard error: one moving line on a terminal, plain lines at long intervals in a log. */

/** In a log, a line at most every this often. */
const LOG_INTERVAL_MS = 10_000;
/** On a terminal, redrawn at most every this often. */
const DRAW_INTERVAL_MS = 100;
function terminal(output, verbosity, now = Date.now) {
    const live = output.isTTY === true && verbosity !== 'quiet';
    let shown = ''; // the moving line, if one is on the screen
    const last = new Map();
    const started = new Map();
    const clear = () => {
        if (shown !== '')
            output.write('\r\x1b[K');
        shown = '';
    };
    const line = (text) => {
        clear();
        output.write(`${text}\n`);
    };
    return {
        debug: text => {
            if (verbosity === 'verbose')
                line(text);
        },
        info: text => {
            if (verbosity !== 'quiet')
                line(text);
        },
        warn: text => line(`warning: ${text}`),
        update: (label, done, total) => {
            if (verbosity === 'quiet')
                return;
            const time = now();
            if (!started.has(label))
                started.set(label, time);
            // In a log, the first line comes after one interval: short tasks stay silent.
            const since = time - (last.get(label) ?? (live ? 0 : (started.get(label) ?? time)));
            if (since < (live ? DRAW_INTERVAL_MS : LOG_INTERVAL_MS))
                return;
            last.set(label, time);
            const text = terminal_describe(label, done, total, (time - (started.get(label) ?? time)) / 1000);
            if (!live)
                return line(text);
            clear();
            shown = text.slice(0, (output.columns ?? 80) - 1);
            output.write(shown);
        },
        end: label => {
            last.delete(label);
            started.delete(label);
            clear();
        }
    };
}
function terminal_describe(label, done, total, seconds) {
    const percent = total === undefined || total === 0 ? '' : ` ${Math.floor((100 * done) / total)} %`;
    const amount = total !== undefined && total < 10_000 ? `${done} of ${total}` : amountOf(done, total);
    return `${label}:${percent} (${amount}, ${Math.round(seconds)} s)`;
}
function amountOf(done, total) {
    return total === undefined ? formatBytes(done) : `${formatBytes(done)} of ${formatBytes(total)}`;
}

;// CONCATENATED MODULE: ./cli/program.js
/** The command line as a function: arguments in, exit code out. */







const COMMANDS = [publishCommand, restoreCommand, inspectCommand, keyCommand];
/**
 * Runs one command line.
 *
 * @param argv without the program's own name
 * @returns the exit code
 */
async function runProgram(argv, outside) {
    const [name, ...rest] = argv;
    const verbosity = verbosityOf(rest);
    const out = terminal(outside.stderr, verbosity);
    const ports = { log: out, progress: out, env: outside.env, signal: outside.signal };
    try {
        if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
            const text = programHelp(COMMANDS, outside.version);
            if (name === undefined) {
                outside.stderr.write(text);
                return 2;
            }
            outside.stdout.write(text);
            return 0;
        }
        if (name === '--version' || name === 'version') {
            outside.stdout.write(`nix-seed ${outside.version}\n`);
            return 0;
        }
        const command = COMMANDS.find(candidate => candidate.name === name);
        if (!command) {
            throw new SeedError('USAGE', `there is no command ${JSON.stringify(name)}`, {
                hint: `Commands: ${COMMANDS.map(candidate => candidate.name).join(', ')}. See \`nix-seed --help\`.`
            });
        }
        const args = parseArguments(command, rest);
        if (args.flag('help'))
            outside.stdout.write(commandHelp(command));
        else
            await command.run(args, { ports, cwd: outside.cwd, print: text => void outside.stdout.write(text) });
        return 0;
    }
    catch (error) {
        outside.stderr.write(describeError(error, outside.signal, verbosity));
        // For scripts that switch on the code: exit codes tell the kind alone.
        if (error instanceof SeedError && argv.includes('--json'))
            outside.stdout.write(`${errorJson(error)}\n`);
        return error instanceof SeedError ? exitCode(error.code) : 1;
    }
}
function verbosityOf(argv) {
    if (argv.includes('--quiet') || argv.includes('-q'))
        return 'quiet';
    return argv.includes('--verbose') || argv.includes('-v') ? 'verbose' : 'normal';
}
/** What failed, on what, and what to do next; the chain of causes for those who asked for more. */
function describeError(error, signal, verbosity) {
    const known = error instanceof SeedError;
    if (!known && signal.aborted)
        return 'nix-seed: interrupted; run it again\n';
    const lines = [`nix-seed: ${known ? error.message : redactUrl(messageOf(error))}`];
    if (known && error.resource !== undefined && !error.message.includes(error.resource))
        lines.push(`  at: ${error.resource}`);
    if (known && error.hint !== undefined)
        lines.push(...error.hint.split('\n').map(line => `  ${line}`));
    if (!known || verbosity === 'verbose') {
        if (!known)
            lines.push('  This is a defect of nix-seed; please report it with the lines below.');
        for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
            lines.push(redactUrl(cause.stack ?? cause.message));
        }
    }
    return `${lines.join('\n')}\n`;
}
function errorJson({ code, message, resource, hint }) {
    return JSON.stringify({ error: { code, message, resource, hint } });
}
function messageOf(error) {
    return error instanceof Error ? error.message : String(error);
}


/***/ }),

/***/ 85:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  x: () => (/* binding */ VERSION)
});

;// CONCATENATED MODULE: ../package.json
const package_namespaceObject = {"rE":"0.1.0"};
;// CONCATENATED MODULE: ./version.js

/** The release, as in package.json. */
const VERSION = package_namespaceObject.rE;


/***/ })

/******/ });
/************************************************************************/
/******/ // The module cache
/******/ var __webpack_module_cache__ = {};
/******/ 
/******/ // The require function
/******/ function __nccwpck_require__(moduleId) {
/******/ 	// Check if module is in cache
/******/ 	var cachedModule = __webpack_module_cache__[moduleId];
/******/ 	if (cachedModule !== undefined) {
/******/ 		return cachedModule.exports;
/******/ 	}
/******/ 	// Create a new module (and put it into the cache)
/******/ 	var module = __webpack_module_cache__[moduleId] = {
/******/ 		// no module.id needed
/******/ 		// no module.loaded needed
/******/ 		exports: {}
/******/ 	};
/******/ 
/******/ 	// Execute the module function
/******/ 	var threw = true;
/******/ 	try {
/******/ 		__webpack_modules__[moduleId](module, module.exports, __nccwpck_require__);
/******/ 		threw = false;
/******/ 	} finally {
/******/ 		if(threw) delete __webpack_module_cache__[moduleId];
/******/ 	}
/******/ 
/******/ 	// Return the exports of the module
/******/ 	return module.exports;
/******/ }
/******/ 
/************************************************************************/
/******/ /* webpack/runtime/asset-relocator-loader */
/******/ if (typeof __nccwpck_require__ !== 'undefined') __nccwpck_require__.ab = decodeURIComponent(new URL('.', import.meta.url).pathname).slice(import.meta.url.match(/^file:\/\/\/\w:/) ? 1 : 0, -1) + "/";
/******/ 
/******/ /* webpack/runtime/async module */
/******/ (() => {
/******/ 	var webpackQueues = typeof Symbol === "function" ? Symbol("webpack queues") : "__webpack_queues__";
/******/ 	var webpackExports = typeof Symbol === "function" ? Symbol("webpack exports") : "__webpack_exports__";
/******/ 	var webpackError = typeof Symbol === "function" ? Symbol("webpack error") : "__webpack_error__";
/******/ 	var resolveQueue = (queue) => {
/******/ 		if(queue && queue.d < 1) {
/******/ 			queue.d = 1;
/******/ 			queue.forEach((fn) => (fn.r--));
/******/ 			queue.forEach((fn) => (fn.r-- ? fn.r++ : fn()));
/******/ 		}
/******/ 	}
/******/ 	var wrapDeps = (deps) => (deps.map((dep) => {
/******/ 		if(dep !== null && typeof dep === "object") {
/******/ 			if(dep[webpackQueues]) return dep;
/******/ 			if(dep.then) {
/******/ 				var queue = [];
/******/ 				queue.d = 0;
/******/ 				dep.then((r) => {
/******/ 					obj[webpackExports] = r;
/******/ 					resolveQueue(queue);
/******/ 				}, (e) => {
/******/ 					obj[webpackError] = e;
/******/ 					resolveQueue(queue);
/******/ 				});
/******/ 				var obj = {};
/******/ 				obj[webpackQueues] = (fn) => (fn(queue));
/******/ 				return obj;
/******/ 			}
/******/ 		}
/******/ 		var ret = {};
/******/ 		ret[webpackQueues] = x => {};
/******/ 		ret[webpackExports] = dep;
/******/ 		return ret;
/******/ 	}));
/******/ 	__nccwpck_require__.a = (module, body, hasAwait) => {
/******/ 		var queue;
/******/ 		hasAwait && ((queue = []).d = -1);
/******/ 		var depQueues = new Set();
/******/ 		var exports = module.exports;
/******/ 		var currentDeps;
/******/ 		var outerResolve;
/******/ 		var reject;
/******/ 		var promise = new Promise((resolve, rej) => {
/******/ 			reject = rej;
/******/ 			outerResolve = resolve;
/******/ 		});
/******/ 		promise[webpackExports] = exports;
/******/ 		promise[webpackQueues] = (fn) => (queue && fn(queue), depQueues.forEach(fn), promise["catch"](x => {}));
/******/ 		module.exports = promise;
/******/ 		body((deps) => {
/******/ 			currentDeps = wrapDeps(deps);
/******/ 			var fn;
/******/ 			var getResult = () => (currentDeps.map((d) => {
/******/ 				if(d[webpackError]) throw d[webpackError];
/******/ 				return d[webpackExports];
/******/ 			}))
/******/ 			var promise = new Promise((resolve) => {
/******/ 				fn = () => (resolve(getResult));
/******/ 				fn.r = 0;
/******/ 				var fnQueue = (q) => (q !== queue && !depQueues.has(q) && (depQueues.add(q), q && !q.d && (fn.r++, q.push(fn))));
/******/ 				currentDeps.map((dep) => (dep[webpackQueues](fnQueue)));
/******/ 			});
/******/ 			return fn.r ? promise : getResult();
/******/ 		}, (err) => ((err ? reject(promise[webpackError] = err) : outerResolve(exports)), resolveQueue(queue)));
/******/ 		queue && queue.d < 0 && (queue.d = 0);
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/define property getters */
/******/ (() => {
/******/ 	// define getter functions for harmony exports
/******/ 	__nccwpck_require__.d = (exports, definition) => {
/******/ 		for(var key in definition) {
/******/ 			if(__nccwpck_require__.o(definition, key) && !__nccwpck_require__.o(exports, key)) {
/******/ 				Object.defineProperty(exports, key, { enumerable: true, get: definition[key] });
/******/ 			}
/******/ 		}
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/hasOwnProperty shorthand */
/******/ (() => {
/******/ 	__nccwpck_require__.o = (obj, prop) => (Object.prototype.hasOwnProperty.call(obj, prop))
/******/ })();
/******/ 
/************************************************************************/
/******/ 
/******/ // startup
/******/ // Load entry module and return exports
/******/ // This entry module used 'module' so it can't be inlined
/******/ var __webpack_exports__ = __nccwpck_require__(414);
/******/ __webpack_exports__ = await __webpack_exports__;
/******/ 
