export const id = 755;
export const ids = [755];
export const modules = {

/***/ 7838:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   P: () => (/* binding */ summarizeBundle),
/* harmony export */   g: () => (/* binding */ printable)
/* harmony export */ });
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8645);
/* harmony import */ var _certificate_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(9359);
/* harmony import */ var _timestamp_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(520);
/** Reads what a bundle says of itself, for lists. Nothing is verified. */



const MAX_BYTES = 16 * 1024 * 1024;
const MAX_ITEMS = 32;
const MAX_LENGTH = 2048;
/** Versions 0.1 to 0.3, the last in two forms. */
const MEDIA_TYPE = /^application\/vnd\.dev\.sigstore\.bundle(?:\.v0\.\d+)?\+json(?:;\s*version=0\.\d+)?$/;
/**
 * What is odd in a bundle is left out, what there is too much of is cut off, and characters that do not print are replaced:
 * it is text of whoever made it.
 *
 * @throws SeedError CONTENT_INVALID where the bytes are no bundle at all
 */
function summarizeBundle(bytes) {
    const document = bytes.length > MAX_BYTES ? undefined : parse(Buffer.from(bytes).toString('utf8'));
    const mediaType = text(document?.['mediaType']);
    const material = object(document?.['verificationMaterial']);
    if (mediaType === undefined || !MEDIA_TYPE.test(mediaType) || material === undefined) {
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('CONTENT_INVALID', 'this is no Sigstore bundle');
    }
    const envelope = object(document?.['dsseEnvelope']);
    const statement = parse(bytesOf(envelope?.['payload']).toString('utf8'));
    const predicateType = text(statement?.['predicateType']);
    const dated = object(material['timestampVerificationData']);
    return {
        mediaType,
        ...(predicateType !== undefined && { predicateType }),
        subjects: list(statement?.['subject']).map(subject => ({
            name: text(subject['name']) ?? '',
            digest: digestsOf(subject['digest'])
        })),
        signer: signerOf(material),
        logs: list(material['tlogEntries']).map(logOf),
        timestamps: list(dated?.['rfc3161Timestamps']).flatMap(each => timeOf(each['signedTimestamp']))
    };
}
function digestsOf(value) {
    const entries = Object.entries(object(value) ?? {}).slice(0, MAX_ITEMS);
    return Object.fromEntries(entries.flatMap(([name, digest]) => (typeof digest === 'string' ? [[printable(name), printable(digest)]] : [])));
}
function signerOf(material) {
    const chain = list(object(material['x509CertificateChain'])?.['certificates']);
    const certificate = object(material['certificate']) ?? chain[0];
    if (certificate === undefined) {
        const hint = text(object(material['publicKey'])?.['hint']);
        return { kind: 'key', ...(hint !== undefined && hint !== '' && { hint }) };
    }
    try {
        const { names, issuers } = (0,_certificate_js__WEBPACK_IMPORTED_MODULE_1__/* .readCertificate */ .w)(bytesOf(certificate['rawBytes']));
        const [identity, issuer] = [text(names[0]), text(issuers[0])];
        return {
            kind: 'certificate',
            ...(issuer !== undefined && { issuer }),
            ...(identity !== undefined && { identity })
        };
    }
    catch {
        return { kind: 'certificate' };
    }
}
function logOf(entry) {
    const seconds = Number(decimal(entry['integratedTime']));
    const kind = object(entry['kindVersion']);
    return {
        index: decimal(entry['logIndex']),
        id: bytesOf(object(entry['logId'])?.['keyId']).toString('hex').slice(0, MAX_LENGTH),
        ...(seconds > 0 && seconds < 8e12 && { integratedTime: new Date(seconds * 1000) }),
        kind: `${text(kind?.['kind']) ?? 'unknown'} ${text(kind?.['version']) ?? ''}`.trim()
    };
}
function timeOf(timestamp) {
    const read = (0,_timestamp_js__WEBPACK_IMPORTED_MODULE_2__/* .readTimestamp */ .L2)(bytesOf(timestamp));
    return read ? [read.time] : [];
}
/**
 * A 64-bit integer, which may be a string or a number; what is zero may be left out.
 * https://protobuf.dev/programming-guides/json/
 */
function decimal(value) {
    // Nothing else is converted: objects out of JSON may have anything under the names that a conversion calls.
    const digits = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    return /^\d{1,20}$/.test(digits) ? digits : '0';
}
/** Of base64. */
function bytesOf(value) {
    return Buffer.from(typeof value === 'string' ? value : '', 'base64');
}
function parse(json) {
    try {
        return object(JSON.parse(json));
    }
    catch {
        return undefined;
    }
}
function object(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}
function list(value) {
    return Array.isArray(value)
        ? value.slice(0, MAX_ITEMS).flatMap((each) => {
            const found = object(each);
            return found ? [found] : [];
        })
        : [];
}
function text(value) {
    return typeof value === 'string' ? printable(value) : undefined;
}
/** Neither control characters nor what turns the direction of the text after it. */
function printable(value) {
    return value.slice(0, MAX_LENGTH).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\ufffd');
}


/***/ }),

/***/ 9359:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   w: () => (/* binding */ readCertificate)
/* harmony export */ });
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7598);
/* harmony import */ var _sigstore_core__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(5137);
/** What a certificate says of whom it is for. https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md */


const ISSUER = '1.3.6.1.4.1.57264.1.8';
/** As bare text and not as text in DER; the older of the two. */
const ISSUER_BARE = '1.3.6.1.4.1.57264.1.1';
const ALTERNATIVE_NAME = '2.5.29.17';
/** @throws Error where it is no certificate */
function readCertificate(der) {
    // Not Node's class: its text of the names has quotes and escapes of its own.
    const certificate = _sigstore_core__WEBPACK_IMPORTED_MODULE_1__.X509Certificate.parse(Buffer.from(der));
    const names = certificate.extension(ALTERNATIVE_NAME)?.valueObj.subs[0]?.subs ?? [];
    const issuers = [
        certificate.extension(ISSUER)?.valueObj.subs[0]?.value,
        certificate.extension(ISSUER_BARE)?.value
    ].flatMap(value => (value === undefined ? [] : [value.toString('utf8')]));
    return {
        names: names.map(name => name.value.toString('utf8')),
        issuers: [...new Set(issuers)],
        notBefore: certificate.notBefore,
        notAfter: certificate.notAfter,
        publicKey: (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createPublicKey)({ key: certificate.publicKey, format: 'der', type: 'spki' })
    };
}


/***/ }),

/***/ 6047:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   E: () => (/* binding */ quotable)
/* harmony export */ });
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8645);
/** What a server says, made fit to be shown: one that has been sent a secret may well send it back. */

const MAX_READ = 4096;
const MAX_SHOWN = 300;
/** As much of a secret in a row is no accident. What is left of it between such pieces is shorter. */
const PIECE = 8;
const HIDDEN = '[…]';
/** Bytes in some notation, or one word that no person has written: a secret in other clothes. */
const OPAQUE = [
    /[\w+=~%-]{33,}/g,
    /(?:\b\d{1,3}\b[\s,;]*){8,}/g,
    /(?:\b[0-9a-f]{2}\b[\s:,]*){8,}/gi,
    /(?:\\[ux]?[0-9a-f]{2,4}){4,}/gi
];
/**
 * One line of at most 300 characters, without control characters and without what URLs may hide.
 *
 * @param secrets no 8 characters in a row of any of them stay; and where there are any, nothing that looks like bytes does
 */
function quotable(text, secrets = []) {
    let line = text.slice(0, MAX_READ).replace(/[\p{C}\p{Z}]+/gu, ' ');
    if (secrets.length > 0) {
        line = withoutPieces(line, secrets);
        for (const pattern of OPAQUE)
            line = line.replace(pattern, HIDDEN);
    }
    line = (0,_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .redactUrl */ .BO)(line).trim();
    return line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)}…` : line;
}
function withoutPieces(text, secrets) {
    const pieces = new Set();
    for (const secret of secrets) {
        for (let at = 0; at + PIECE <= secret.length; at++)
            pieces.add(secret.slice(at, at + PIECE));
    }
    let result = '';
    let shownFrom = 0;
    let hiddenUntil = -1;
    for (let at = 0; at + PIECE <= text.length; at++) {
        if (!pieces.has(text.slice(at, at + PIECE)))
            continue;
        if (at > hiddenUntil)
            result += text.slice(shownFrom, at) + HIDDEN;
        hiddenUntil = shownFrom = at + PIECE;
    }
    return result + text.slice(shownFrom);
}


/***/ }),

/***/ 4595:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Qm: () => (/* binding */ malformed),
/* harmony export */   Wp: () => (/* binding */ parseAnswer),
/* harmony export */   kA: () => (/* binding */ ask)
/* harmony export */ });
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8645);
/* harmony import */ var _http_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(9632);
/* harmony import */ var _http_error_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(3227);
/* harmony import */ var _http_retry_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(6367);
/* harmony import */ var _redact_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(6047);
/**
 * Requests to Sigstore's servers.
 *
 * Not by the library's own client: that one follows redirects with the token in the request's body, takes answers of any
 * length, cannot be interrupted, and has the token in the text of an error.
 */





const MAX_BYTES = 1024 * 1024;
const BACKOFF = { attempts: 3, firstMs: 500, factor: 3, maxMs: 5000, jitter: 0.5 };
/**
 * One request, a few times where that helps. Redirects are not followed.
 *
 * @throws SeedError SIGSTORE_UNREACHABLE, SIGSTORE_FAILED or what `refusal` says; the signal's reason
 */
async function ask(service, request, ports, options = {}) {
    const url = addressOf(service, request.path);
    const started = performance.now();
    try {
        const answer = await (0,_http_retry_js__WEBPACK_IMPORTED_MODULE_3__/* .retrying */ .R$)(() => exchange(service, request, url, ports, options), {
            backoff: options.backoff ?? BACKOFF,
            signal: ports.signal,
            onRetry: error => ports.log.debug(`${service.name}: ${error.message}; trying again`)
        });
        ports.log.debug(`${service.name} ${url.host}: ${answer.status} after ${Math.round(performance.now() - started)} ms`);
        return answer;
    }
    catch (error) {
        ports.signal.throwIfAborted();
        throw failure(service, request, url, error);
    }
}
/** What the answer of `service` is not. */
function malformed(service, what) {
    return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('SIGSTORE_FAILED', `the ${service.name} answered with something that is no ${what}`, {
        resource: service.url,
        hint: 'Check that the address is right, and that nothing on the way (a proxy, a portal) answers in its place.'
    });
}
/** The answer as JSON. @throws SeedError SIGSTORE_FAILED that quotes nothing */
function parseAnswer(service, { bytes }, what) {
    let value;
    try {
        value = JSON.parse(bytes.toString('utf8'));
    }
    catch {
        throw malformed(service, `JSON, and so no ${what}`); // the parser's own error quotes what it read
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value))
        throw malformed(service, what);
    return value;
}
function addressOf({ url }, path) {
    return new URL(url.replace(/\/+$/, '') + path);
}
async function exchange({ timeoutMs }, { accept, body, statuses, maxBytes = MAX_BYTES, cut = false }, url, { env, signal }, { http, exchangeTimeoutMs = 3 * timeoutMs }) {
    // The client's own limits are about the next bytes: a server could send one at a time for ever.
    const deadline = AbortSignal.timeout(exchangeTimeoutMs);
    const limits = { connectTimeoutMs: timeoutMs, idleTimeoutMs: timeoutMs, answerTimeoutMs: timeoutMs, ...http };
    const client = new _http_js__WEBPACK_IMPORTED_MODULE_1__/* .HttpClient */ .Qq({ env, signal: AbortSignal.any([signal, deadline]), ...limits });
    try {
        const response = await client.send({
            url,
            headers: { accept, ...(body && { 'content-type': body.type }) },
            ...(body && { method: 'POST', body: body.bytes })
        });
        const { status, headers } = response;
        if (statuses.includes(status)) {
            const bytes = await (0,_http_js__WEBPACK_IMPORTED_MODULE_1__/* .readBody */ .x8)(response, cut ? maxBytes + 1 : maxBytes, cut);
            return { status, bytes: bytes.subarray(0, maxBytes), isCut: bytes.length > maxBytes, location: headers.location };
        }
        const said = await (0,_http_js__WEBPACK_IMPORTED_MODULE_1__/* .readBody */ .x8)(response, MAX_BYTES, true).catch(() => Buffer.alloc(0));
        throw new _http_error_js__WEBPACK_IMPORTED_MODULE_2__/* .HttpError */ .j(`${url.host} answered with status ${status}`, { url, response, body: said.toString('utf8') });
    }
    catch (error) {
        signal.throwIfAborted();
        if (!deadline.aborted)
            throw error;
        throw new _http_error_js__WEBPACK_IMPORTED_MODULE_2__/* .HttpError */ .j(`${url.host} did not finish its answer within ${exchangeTimeoutMs / 1000} s`, { url });
    }
    finally {
        client.close();
    }
}
/** Of what went wrong, only what this program has written itself, the system's code, and what may be quoted. */
function failure(service, request, url, error) {
    const isHttp = error instanceof _http_error_js__WEBPACK_IMPORTED_MODULE_2__/* .HttpError */ .j;
    const status = isHttp ? error.status : undefined;
    const code = (0,_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .systemCode */ .xU)(error);
    const reason = (isHttp ? error.message : 'the request failed') + (code === undefined ? '' : ` (${code})`);
    const said = isHttp && status !== undefined ? (0,_redact_js__WEBPACK_IMPORTED_MODULE_4__/* .quotable */ .E)(messageOf(error), service.secrets) : '';
    const isAnswered = isHttp && code === undefined && (status !== undefined || !error.retriable);
    const refusal = status === undefined ? undefined : request.refusal?.(status);
    return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV(refusal?.code ?? (isAnswered ? 'SIGSTORE_FAILED' : 'SIGSTORE_UNREACHABLE'), `the ${service.name} ${isAnswered ? 'failed' : 'cannot be reached'}: ${reason}${said === '' ? '' : `: ${said}`}`, {
        resource: url.href,
        hint: refusal?.hint ?? hintOf(status, isAnswered),
        cause: Object.assign(new Error(reason), code !== undefined && { code })
    });
}
/** What Sigstore's servers say is in `message`. A page of HTML says nothing. */
function messageOf({ body, headers }) {
    try {
        const value = JSON.parse(body);
        return typeof value?.message === 'string' ? value.message : '';
    }
    catch {
        return headers['content-type']?.startsWith('text/plain') === true ? body : '';
    }
}
function hintOf(status, isAnswered) {
    if (!isAnswered)
        return 'Check that this machine reaches it: network, HTTPS_PROXY and NO_PROXY, NODE_EXTRA_CA_CERTS.';
    if (status === undefined)
        return 'Check that nothing on the way (a proxy, a portal) answers in its place.';
    if (status >= 300 && status < 400)
        return 'Redirects are not followed: the server has to be named by its own address.';
    if (status === 404)
        return 'Check the address: there is no such server behind it.';
    if (status >= 500 || status === 429 || status === 408)
        return 'Run it again in a while.';
    return 'Check that the address is right, and that this machine may use the server.';
}


/***/ }),

/***/ 520:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   L2: () => (/* binding */ readTimestamp),
/* harmony export */   NY: () => (/* binding */ TIMESTAMP_AUTHORITY),
/* harmony export */   uN: () => (/* binding */ requestTimestamp)
/* harmony export */ });
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7598);
/* harmony import */ var _sigstore_core__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(5137);
/* harmony import */ var _service_client_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(4595);
/** The timestamp authority: https://www.rfc-editor.org/rfc/rfc3161 */



const TIMEOUT_MS = 10_000;
const PATH = '/api/v1/timestamp';
const TIMESTAMP_AUTHORITY = 'timestamp authority';
/** TimeStampReq of a SHA-256, version 1 and without options, up to the digest. */
const REQUEST = Buffer.from('30360201013031300d060960864801650304020105000420', 'hex');
/**
 * Has the time of a signature certified.
 *
 * @param url a server of Sigstore's kind, or the whole address of any other
 * @returns DER of the TimeStampResp, which was read and not verified
 * @throws SeedError SIGSTORE_UNREACHABLE, SIGSTORE_FAILED
 */
async function requestTimestamp(signature, url, ports, options) {
    const service = { name: TIMESTAMP_AUTHORITY, url, timeoutMs: TIMEOUT_MS };
    const digest = (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createHash)('sha256').update(signature).digest();
    const { bytes } = await (0,_service_client_js__WEBPACK_IMPORTED_MODULE_2__/* .ask */ .kA)(service, {
        path: new URL(url).pathname === '/' ? PATH : '',
        accept: 'application/timestamp-reply',
        body: { type: 'application/timestamp-query', bytes: Buffer.concat([REQUEST, digest]) },
        statuses: [200, 201]
    }, ports, options);
    if (readTimestamp(bytes) === undefined)
        throw (0,_service_client_js__WEBPACK_IMPORTED_MODULE_2__/* .malformed */ .Qm)(service, 'timestamp');
    return bytes;
}
/** @returns undefined where it is no granted timestamp */
function readTimestamp(der) {
    try {
        const parsed = _sigstore_core__WEBPACK_IMPORTED_MODULE_1__.RFC3161Timestamp.parse(Buffer.from(der));
        const { genTime: time } = parsed.tstInfo;
        if (parsed.status > 1n || Number.isNaN(time.getTime()))
            return undefined;
        const isOf = (data) => {
            try {
                parsed.tstInfo.verify(data);
                return true;
            }
            catch {
                return false;
            }
        };
        return { time, isOf };
    }
    catch {
        return undefined;
    }
}


/***/ }),

/***/ 2136:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   describeVerification: () => (/* binding */ describeVerification)
/* harmony export */ });
/* harmony import */ var _attest_bundle_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7838);
/** What a verification found, for people: a row for each bundle, and the verdict. */

const WIDTH = 100;
/** Of the column that names the builder. */
const MAX_NAME = 24;
/** Of one kind: strangers can hang up any number. */
const MAX_ROWS = 50;
/** That one text may take. */
const MAX_LINES = 6;
/** Under a row, where the name of its builder begins. */
const DETAIL = ' '.repeat(5);
const VERDICTS = {
    counted: { mark: '✓', label: 'counted' },
    'not-counted': { mark: '-', label: 'not counted' },
    refused: { mark: '✗', label: 'refused' }
};
/**
 * The text for standard output. Whatever strangers wrote in it is made visible, and cut where it is long.
 *
 * @param cwd files below it are named as they are seen from there
 */
function describeVerification(result, cwd) {
    const here = (path) => (path.startsWith(`${cwd}/`) ? path.slice(cwd.length + 1) : path);
    const place = (source) => source.replace(/^(file )(.*)$/su, (_, kind, path) => `${kind}${here(path)}`);
    return [
        ...heading(result),
        ...bundleRows(result, place),
        ...section('Looked at, and no bundle:', result.junk.map(({ source, problem }) => `${place(source)}: ${problem}`)),
        ...(result.witness ? witnessLines(result.witness) : []),
        ...result.equivocations.flatMap(equivocationLines),
        ...doneLines(result, here),
        '',
        ...paragraph(`${result.verified ? '✓ verified' : '✗ not verified'}: ${result.reason}`, '', '  '),
        ''
    ].join('\n');
}
function heading({ reference, policy, commit }) {
    const { threshold, source } = policy;
    const dimensions = policy.dimensions.filter(dimension => dimension !== 'builder');
    const differ = dimensions.length > 0 ? ` that differ in ${listOf(dimensions)}` : '';
    return [
        (0,_attest_bundle_js__WEBPACK_IMPORTED_MODULE_0__/* .printable */ .g)(reference),
        ...paragraph(`policy ${source}: ${threshold} ${threshold === 1 ? 'builder' : 'builders'}${differ}`, '', '  '),
        ...(commit === undefined ? [] : [`commit ${commit}`]),
        ''
    ];
}
function bundleRows({ bundles, equivocations }, place) {
    if (bundles.length === 0)
        return ['  no bundle was found'];
    const contradicted = new Set(equivocations.flatMap(equivocation => equivocation.bundles));
    const width = Math.max('builder'.length, ...bundles.map(bundle => nameOf(bundle).length));
    const cells = (mark, name, commit, time, why) => `  ${mark}  ${name.padEnd(width)}  ${commit.padEnd(12)}  ${time.padEnd(17)}  ${why}`.trimEnd();
    const rows = (bundle) => {
        const { mark, label } = VERDICTS[bundle.verdict];
        const why = bundle.verdict === 'counted' ? label : `${label}: ${bundle.reason}`;
        const isContradicted = contradicted.has(bundle.bundle);
        return [
            cells(isContradicted ? '!' : mark, nameOf(bundle), commitOf(bundle), timeOf(bundle), why),
            ...(isContradicted ? [`${DETAIL}its builder contradicts itself, see below`] : []),
            ...(bundle.reason === 'equivocation' ? [] : details(bundle, place))
        ];
    };
    const kinds = Object.keys(VERDICTS);
    return [
        cells(' ', 'builder', 'commit', 'signed at', ''),
        ...kinds.flatMap(kind => {
            const all = bundles.filter(({ verdict }) => verdict === kind);
            const more = all.length - MAX_ROWS;
            const { mark, label } = VERDICTS[kind];
            return [
                ...all.slice(0, MAX_ROWS).flatMap(rows),
                ...(more > 0 ? [`  ${mark}  … and ${more} more ${label}; --json has all`] : [])
            ];
        })
    ];
}
/** What explains a row that did not count. */
function details(bundle, place) {
    const { verdict, message, builder, identity, issuer, key, sources } = bundle;
    if (verdict === 'counted')
        return [];
    if (verdict === 'not-counted')
        return paragraph(message, DETAIL);
    const who = identity ?? (key === undefined ? undefined : `the key ${key}`);
    const from = issuer === undefined ? '' : ` (issuer ${issuer})`;
    return [
        ...paragraph(message, DETAIL),
        ...(who !== undefined && builder === undefined ? paragraph(`claims to be of ${who}${from}`, DETAIL) : []),
        ...sources.slice(0, 3).flatMap(source => paragraph(place(source), DETAIL))
    ];
}
/** With a question mark where the bundle says so, and nobody else. */
function nameOf({ builder, verdict }) {
    if (builder === undefined)
        return 'unknown';
    const name = clipped((0,_attest_bundle_js__WEBPACK_IMPORTED_MODULE_0__/* .printable */ .g)(builder), MAX_NAME);
    return verdict === 'refused' ? `${name}?` : name;
}
const commitOf = ({ commit = '' }) => (0,_attest_bundle_js__WEBPACK_IMPORTED_MODULE_0__/* .printable */ .g)(commit).slice(0, 12);
/** `2026-01-31 12:00Z`: seconds are for programs. */
function timeOf({ signedAt }) {
    const time = new Date(signedAt ?? NaN);
    return Number.isNaN(time.getTime()) ? '' : `${time.toISOString().slice(0, 16).replace('T', ' ')}Z`;
}
function witnessLines({ log, state, problem, strays, found, isCut, unread, unreadProblem }) {
    if (state === 'unreachable') {
        return section('Log, which counts for nothing:', [`${log} could not be searched: ${problem ?? 'no answer'}`]);
    }
    const entries = found === 0 ? 'no entry' : found === 1 ? '1 entry' : `${isCut ? 'more than ' : ''}${found} entries`;
    const why = unreadProblem === undefined ? '' : ` (${(0,_attest_bundle_js__WEBPACK_IMPORTED_MODULE_0__/* .printable */ .g)(unreadProblem)})`;
    const has = `${log} has ${entries} about this image${unread > 0 ? `, and ${unread} of them were not read${why}` : ''}`;
    if (found === 0)
        return section('Log:', [has]);
    if (strays.length === 0)
        return section('Log:', [`${has}; the bundles of ${unread > 0 ? 'the others' : 'all'} are here`]);
    return section(`Log: ${has}. Without a bundle, these count for nothing:`, strays.map(({ logIndex, integratedTime, builder, identity, issuer, key }) => {
        const from = issuer === undefined ? '' : ` (issuer ${issuer})`;
        const signer = identity === undefined ? key && `the key ${key}` : `${identity}${from}`;
        const who = builder ?? signer ?? 'nobody that it names';
        return `entry ${logIndex}${integratedTime === undefined ? '' : ` at ${integratedTime}`} claims to be of ${who}`;
    }));
}
function equivocationLines({ builder, commit, target, digests, bundles }) {
    const list = (label, values) => values.flatMap((value, i) => paragraph(value, `  ${(i === 0 ? label : '').padEnd(7)}  `, ' '.repeat(11)));
    return [
        '',
        ...paragraph(`Builder ${builder} attested ${digests.length} digests of one seed:`, '', '  '),
        ...list('commit', [commit]),
        ...(target === undefined ? [] : list('seed', [seedOf(target)])),
        ...list('digests', digests),
        ...list('bundles', bundles)
    ];
}
/** Names and system, as a vote has them. */
function seedOf(target) {
    try {
        return JSON.parse(target).flat().filter(Boolean).join(', ');
    }
    catch {
        return target;
    }
}
function doneLines({ attached, summary, mark }, here) {
    const lines = [
        ...(attached ?? []).map(({ file, digest }) => `attached ${here(file)} as ${digest}`),
        ...(attached?.length === 0 ? ['nothing to attach: all that is valid hangs on the image'] : []),
        ...(summary
            ? [`signed a summary as ${summary.verifier}, attached as ${summary.digest}; kept in ${here(summary.file)}`]
            : []),
        ...(mark ? [`${mark.existed ? 'was marked already' : 'marked'}, unsigned: ${mark.digest}`] : [])
    ];
    return lines.length === 0 ? [] : ['', ...lines.flatMap(line => paragraph(line, '', '  '))];
}
function section(title, items) {
    if (items.length === 0)
        return [];
    const more = items.length - MAX_ROWS;
    return [
        '',
        ...paragraph(title, '', '  '),
        ...items.slice(0, MAX_ROWS).flatMap(item => paragraph(item, '  ', '    ')),
        ...(more > 0 ? [`  … and ${more} more; --json has all`] : [])
    ];
}
/** Lines of at most WIDTH columns; words that are longer are broken, and what is too long altogether is cut. */
function paragraph(text, indent, hanging = indent) {
    const lines = [];
    let line = '';
    const room = () => WIDTH - (lines.length === 0 ? indent : hanging).length;
    for (let word of (0,_attest_bundle_js__WEBPACK_IMPORTED_MODULE_0__/* .printable */ .g)(text).split(' ')) {
        if (line !== '' && line.length + 1 + word.length > room()) {
            lines.push(line);
            line = '';
        }
        while (word.length > room()) {
            const length = room();
            lines.push(word.slice(0, length));
            word = word.slice(length);
        }
        line = line === '' ? word : `${line} ${word}`;
    }
    if (line !== '')
        lines.push(line);
    const shown = lines.length > MAX_LINES ? [...lines.slice(0, MAX_LINES - 1), '…'] : lines;
    return shown.map((each, i) => `${i === 0 ? indent : hanging}${each}`);
}
const clipped = (text, length) => text.length > length ? `${text.slice(0, length - 1)}…` : text;
function listOf(words) {
    return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}


/***/ })

};
