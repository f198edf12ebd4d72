export const id = 762;
export const ids = [762];
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

/***/ 6969:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   $: () => (/* binding */ LOG),
/* harmony export */   b: () => (/* binding */ logEnvelope)
/* harmony export */ });
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7598);
/* harmony import */ var _sigstore_bundle__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6124);
/* harmony import */ var _service_client_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(4595);
/** The transparency log, version 1. https://github.com/sigstore/rekor/blob/main/openapi.yaml */



const TIMEOUT_MS = 10_000;
const PATH = '/api/v1/log/entries';
const LOG = 'transparency log';
/**
 * Enters an envelope, as kind `dsse`. One that is there already is fetched.
 *
 * @throws SeedError SIGSTORE_UNREACHABLE, SIGSTORE_FAILED
 */
async function logEnvelope(envelope, { certificate, publicKey }, url, ports, options) {
    const service = { name: LOG, url, timeoutMs: TIMEOUT_MS };
    const verifier = certificate
        ? new node_crypto__WEBPACK_IMPORTED_MODULE_0__.X509Certificate(certificate).toString()
        : publicKey.export({ type: 'spki', format: 'pem' });
    const proposal = {
        apiVersion: '0.0.1',
        kind: 'dsse',
        spec: {
            proposedContent: {
                envelope: JSON.stringify((0,_sigstore_bundle__WEBPACK_IMPORTED_MODULE_1__/* .envelopeToJSON */ .Qe)(envelope)),
                verifiers: [Buffer.from(verifier).toString('base64')]
            }
        }
    };
    const accept = 'application/json';
    const body = { type: accept, bytes: Buffer.from(JSON.stringify(proposal)) };
    let answer = await (0,_service_client_js__WEBPACK_IMPORTED_MODULE_2__/* .ask */ .kA)(service, { path: PATH, accept, body, statuses: [201, 409] }, ports, options);
    if (answer.status === 409) {
        // Of the address, only the identifier: the log is asked where it is, and nobody else.
        const id = /\/([0-9a-f]{64}|[0-9a-f]{80})$/i.exec(answer.location ?? '')?.[1];
        if (id === undefined)
            throw (0,_service_client_js__WEBPACK_IMPORTED_MODULE_2__/* .malformed */ .Qm)(service, 'address of the entry that it says to have');
        answer = await (0,_service_client_js__WEBPACK_IMPORTED_MODULE_2__/* .ask */ .kA)(service, { path: `${PATH}/${id}`, accept, statuses: [200] }, ports, options);
    }
    const [entry, ...more] = Object.values((0,_service_client_js__WEBPACK_IMPORTED_MODULE_2__/* .parseAnswer */ .Wp)(service, answer, 'log entry'));
    const read = more.length === 0 ? readEntry(entry) : undefined;
    if (read === undefined)
        throw (0,_service_client_js__WEBPACK_IMPORTED_MODULE_2__/* .malformed */ .Qm)(service, 'log entry');
    return read;
}
/** In the form that bundles have. @returns undefined where it is no whole entry */
function readEntry(value) {
    try {
        // What is missing or of another type throws where it is used: a wrong shape has no other meaning here.
        const entry = value;
        const { signedEntryTimestamp, inclusionProof: proof } = entry.verification;
        const body = Buffer.from(entry.body, 'base64');
        const { kind, apiVersion } = JSON.parse(body.toString('utf8'));
        return {
            logIndex: whole(entry.logIndex),
            logId: { keyId: hex(entry.logID) },
            kindVersion: { kind: text(kind), version: text(apiVersion) },
            integratedTime: whole(entry.integratedTime),
            inclusionPromise: { signedEntryTimestamp: Buffer.from(text(signedEntryTimestamp), 'base64') },
            inclusionProof: {
                logIndex: whole(proof.logIndex),
                treeSize: whole(proof.treeSize),
                rootHash: hex(proof.rootHash),
                hashes: proof.hashes.map(hex),
                checkpoint: { envelope: text(proof.checkpoint) }
            },
            canonicalizedBody: body
        };
    }
    catch {
        return undefined;
    }
}
function whole(value) {
    if (!Number.isSafeInteger(value) || value < 0)
        throw new Error('no number');
    return String(value);
}
function text(value) {
    if (typeof value !== 'string' || value === '')
        throw new Error('no text');
    return value;
}
function hex(value) {
    if (typeof value !== 'string' || !/^(?:[0-9a-f]{2})+$/i.test(value))
        throw new Error('no bytes');
    return Buffer.from(value, 'hex');
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

/***/ 9023:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  readSigning: () => (/* binding */ readSigning)
});

// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./attest/key.js
var attest_key = __webpack_require__(8291);
// EXTERNAL MODULE: ./attest/sign.js + 8 modules
var sign = __webpack_require__(7386);
// EXTERNAL MODULE: ./errors.js
var errors = __webpack_require__(8645);
// EXTERNAL MODULE: ./process.js
var process = __webpack_require__(1313);
// EXTERNAL MODULE: ./attest/builder/circleci.js
var circleci = __webpack_require__(1622);
// EXTERNAL MODULE: ./attest/builder/github.js + 1 modules
var github = __webpack_require__(943);
// EXTERNAL MODULE: ./attest/builder/gitlab.js
var gitlab = __webpack_require__(229);
// EXTERNAL MODULE: ./attest/identity.js
var identity = __webpack_require__(7800);
// EXTERNAL MODULE: ./attest/issuer.js
var issuer = __webpack_require__(6897);
;// CONCATENATED MODULE: ./attest/token.js
/** Where a job has its identity token from. */








const CIRCLECI_OUTPUT_BYTES = 64 * 1024;
/**
 * The token of the environment that the command line runs in: a file; `SIGSTORE_ID_TOKEN`; what GitHub Actions or
 * CircleCI make when they are asked.
 *
 * @returns a source that throws SeedError IDENTITY_MISSING with the lines to add, IDENTITY_INVALID, SIGSTORE_UNREACHABLE,
 *   SIGSTORE_FAILED; the signal's reason. No error shows the token, or what it was asked for with.
 */
function environmentToken(ports, options = {}) {
    const { env } = ports;
    const { file } = options;
    return async (audience) => {
        if (file !== undefined)
            return shaped(await readToken(file), 'the file', file);
        const given = env['SIGSTORE_ID_TOKEN']?.trim();
        if (given !== undefined && given !== '')
            return shaped(given, 'the variable SIGSTORE_ID_TOKEN');
        if (env['ACTIONS_ID_TOKEN_REQUEST_URL'] && env['ACTIONS_ID_TOKEN_REQUEST_TOKEN']) {
            return requestToken(env['ACTIONS_ID_TOKEN_REQUEST_URL'], env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'], audience, ports, options);
        }
        if (env['GITHUB_ACTIONS'] === 'true')
            throw missing('the permission to get an identity token', github/* github */.M.hint(audience));
        if (env['GITLAB_CI'] === 'true')
            throw missing('an identity token (SIGSTORE_ID_TOKEN)', gitlab/* gitlab */.M.hint(audience));
        if (env['CIRCLECI'] === 'true')
            return circleciToken(audience, ports);
        throw missing('an identity token', 'Run it in a job of GitHub Actions, GitLab CI or CircleCI; set SIGSTORE_ID_TOKEN or --token-file; or sign with --key or --sign-command.');
    };
}
function missing(what, hint) {
    return new errors/* SeedError */.uV('IDENTITY_MISSING', `the job has not got ${what} to sign with`, { hint });
}
async function readToken(file) {
    // A token itself, given by mistake, must not come back in an error.
    if (/(?:^|\/)ey[\w-]+\.ey[\w-]+\.[\w-]*$/.test(file)) {
        throw new errors/* SeedError */.uV('USAGE', '--token-file takes a file that holds the token, never the token itself');
    }
    try {
        return (await (0,promises_.readFile)(file, 'utf8')).trim();
    }
    catch (cause) {
        throw new errors/* SeedError */.uV('IDENTITY_MISSING', `the file with the identity token cannot be read (${(0,errors/* systemCode */.xU)(cause)})`, {
            resource: file,
            hint: 'Name a file that holds the token, and that this user may read.',
            cause
        });
    }
}
function shaped(token, from, resource) {
    if ((0,identity/* isTokenShaped */.V_)(token))
        return token;
    throw new errors/* SeedError */.uV('IDENTITY_INVALID', `${from} holds no JSON Web Token`, {
        ...(resource !== undefined && { resource }),
        hint: 'It has three parts with dots between them, and nothing else.'
    });
}
/** https://docs.github.com/actions/reference/security/oidc#methods-for-requesting-the-oidc-token */
async function requestToken(address, secret, audience, ports, options) {
    const url = URL.parse(address);
    if (url === null || !(0,issuer/* isSecure */.U)(url) || !/^[!-~]+$/.test(secret)) {
        throw new errors/* SeedError */.uV('IDENTITY_INVALID', 'ACTIONS_ID_TOKEN_REQUEST_URL or _TOKEN is not what GitHub sets', {
            hint: 'Leave both to GitHub Actions.'
        });
    }
    url.searchParams.set('audience', audience);
    const { json } = await (0,issuer/* withIssuer */.B)(ports, options, fetchJson => fetchJson('GitHub makes no identity token', url, { authorization: `Bearer ${secret}` }));
    const value = json?.value;
    if (typeof value === 'string' && (0,identity/* isTokenShaped */.V_)(value))
        return value;
    throw new errors/* SeedError */.uV('SIGSTORE_FAILED', 'GitHub answers with no identity token', { resource: url.href });
}
/** https://circleci.com/docs/guides/permissions-authentication/oidc-tokens-with-custom-claims/ */
async function circleciToken(audience, ports) {
    const given = ports.env['CIRCLE_OIDC_TOKEN_V2']?.trim() ?? '';
    if ((0,identity/* isTokenShaped */.V_)(given) && (0,identity/* isMeantFor */.$m)(given, audience))
        return given;
    const { env, signal } = ports;
    try {
        const args = ['run', 'oidc', 'get', '--claims', JSON.stringify({ aud: audience })];
        const { stdout } = await (0,process/* run */.eF)('circleci', args, { env, signal, maxStdoutBytes: CIRCLECI_OUTPUT_BYTES });
        return shaped(stdout.toString('utf8').trim(), 'what the program circleci printed');
    }
    catch (error) {
        signal.throwIfAborted();
        if (error instanceof errors/* SeedError */.uV && error.code === 'IDENTITY_INVALID')
            throw error;
        // What the program printed is not for others: it deals in tokens.
        const isMissing = error instanceof errors/* SeedError */.uV && error.code === 'TOOL_MISSING';
        const why = isMissing ? 'the program circleci is not there to make one' : 'the program circleci did not make one';
        throw missing(`an identity token that is meant for "${audience}" (${why})`, circleci/* circleci */.T.hint(audience));
    }
}

// EXTERNAL MODULE: ./cli/command.js + 1 modules
var cli_command = __webpack_require__(1856);
// EXTERNAL MODULE: ./cli/secrets.js
var secrets = __webpack_require__(1756);
;// CONCATENATED MODULE: ./cli/signing.js
/** How to sign, and as whom: out of options and environment. Loads Sigstore's libraries. */








/**
 * How to sign, from options and environment.
 *
 * @throws SeedError USAGE, KEY_INVALID, FILE_SYSTEM
 */
async function readSigning(command, args, io) {
    const [key, program] = [args.text('key'), args.text('sign-command')];
    const byKey = key ?? program;
    if (key !== undefined && program !== undefined)
        throw (0,cli_command/* usage */.CI)(command, '--key and --sign-command exclude each other');
    for (const name of byKey === undefined ? ['builder-id'] : ['token-file', 'oidc-audience', 'fulcio-url']) {
        if (args.text(name) !== undefined) {
            throw (0,cli_command/* usage */.CI)(command, `--${name} is of no use ${byKey === undefined ? 'without' : 'with'} --key or --sign-command`);
        }
    }
    if (program === undefined && args.text('public-key') !== undefined) {
        throw (0,cli_command/* usage */.CI)(command, '--public-key goes with --sign-command');
    }
    const common = {
        services: readServices(command, args, io, byKey === undefined),
        audience: args.text('oidc-audience') ?? 'sigstore'
    };
    if (byKey === undefined)
        return { ...common, kind: 'keyless', token: tokenSource(args, io) };
    const builderId = readBuilderId(command, args);
    if (program !== undefined) {
        const file = args.text('public-key');
        if (file === undefined)
            throw (0,cli_command/* usage */.CI)(command, '--sign-command needs --public-key, to check what the command answers');
        return {
            ...common,
            kind: 'command',
            command: program,
            publicKey: (0,attest_key/* readPublicKey */.RR)(await readText(file, io)),
            builderId
        };
    }
    const pem = await readKey(command, key ?? '', io);
    return { ...common, kind: 'key', privateKey: (0,attest_key/* readPrivateKey */.$k)(pem, io.env['NIX_SEED_KEY_PASSPHRASE']), builderId };
}
function tokenSource(args, io) {
    const file = args.text('token-file');
    return environmentToken({ ...io.ports, env: io.env }, file === undefined ? {} : { file: (0,external_node_path_.resolve)(io.cwd, file) });
}
function readBuilderId(command, args) {
    const id = args.text('builder-id');
    if (id === undefined)
        throw (0,cli_command/* usage */.CI)(command, '--builder-id is missing: no certificate says who the builder is');
    if (!URL.canParse(id))
        throw (0,cli_command/* usage */.CI)(command, `--builder-id is no URI: ${JSON.stringify(id)}`);
    return id;
}
async function readKey(command, key, io) {
    // A key itself, given by mistake, must not come back in an error.
    if (key.includes('-----BEGIN')) {
        throw (0,cli_command/* usage */.CI)(command, '--key takes a file or env:NAME with the name of a variable, never the key itself');
    }
    if (!key.startsWith('env:'))
        return readText(key, io);
    const name = (0,secrets/* keyVariable */.O)(key);
    if (name === undefined)
        throw (0,cli_command/* usage */.CI)(command, '--key env:NAME takes the name of a variable: letters, digits and "_"');
    const text = io.env[name];
    if (text !== undefined && text !== '')
        return text;
    throw new errors/* SeedError */.uV('KEY_INVALID', `the environment has no variable ${name}, which should hold the key`, {
        hint: 'Set it to the PEM text of the private key.'
    });
}
async function readText(file, { cwd }) {
    const path = (0,external_node_path_.resolve)(cwd, file);
    try {
        return await (0,promises_.readFile)(path, 'utf8');
    }
    catch (cause) {
        throw new errors/* SeedError */.uV('FILE_SYSTEM', 'the file of the key cannot be read', {
            resource: path,
            hint: 'Name a file in PEM that this user may read.',
            cause
        });
    }
}
const NONE = 'none';
function readServices(command, args, { env }, isKeyless) {
    const address = (option, variable, fallback) => {
        const [given, set] = [args.text(option), env[variable]];
        const text = given ?? (set === '' ? undefined : set);
        if (text === undefined)
            return { url: fallback, isDefault: true };
        if (text === NONE && option !== 'fulcio-url')
            return { url: undefined };
        return { url: checkedUrl(command, text, given === undefined ? variable : `--${option}`) };
    };
    const { fulcioUrl, rekorUrl, timestampUrl } = sign/* PUBLIC_SERVICES */.hq;
    const fulcio = address('fulcio-url', 'SIGSTORE_FULCIO_URL', fulcioUrl);
    const rekor = address('rekor-url', 'SIGSTORE_REKOR_URL', rekorUrl);
    const timestamp = address('timestamp-url', 'SIGSTORE_TIMESTAMP_URL', timestampUrl);
    const rekorVersion = readRekorVersion(command, args);
    // Whoever runs an authority of their own hardly wants names of theirs in a public log.
    if (isKeyless && !fulcio.isDefault && (rekor.isDefault || timestamp.isDefault)) {
        const missing = rekor.isDefault ? '--rekor-url' : '--timestamp-url';
        throw (0,cli_command/* usage */.CI)(command, `the certificate authority is not the public one: say ${missing} too, a URL or "none"`);
    }
    if (rekorVersion === 2 && rekor.isDefault) {
        throw (0,cli_command/* usage */.CI)(command, '--rekor-version 2 needs --rekor-url: such logs have another address every year');
    }
    if (rekor.url === undefined && timestamp.url === undefined) {
        throw (0,cli_command/* usage */.CI)(command, 'without log and timestamp authority, nobody could tell when it was signed');
    }
    if (rekorVersion === 2 && rekor.url !== undefined && timestamp.url === undefined) {
        throw (0,cli_command/* usage */.CI)(command, 'a log of version 2 tells no time: --timestamp-url is needed');
    }
    return { fulcioUrl: fulcio.url ?? fulcioUrl, rekorUrl: rekor.url, rekorVersion, timestampUrl: timestamp.url };
}
function readRekorVersion(command, args) {
    const text = args.text('rekor-version') ?? '1';
    if (text === '1' || text === '2')
        return text === '1' ? 1 : 2;
    throw (0,cli_command/* usage */.CI)(command, `--rekor-version is 1 or 2, not ${JSON.stringify(text)}`);
}
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;
/** A token travels to these servers: in clear to the machine itself alone. */
function checkedUrl(command, text, from) {
    const url = URL.parse(text);
    if (url === null || !/^https?:$/.test(url.protocol))
        throw (0,cli_command/* usage */.CI)(command, `${from} is no URL of the web`);
    if (url.username !== '' || url.password !== '')
        throw (0,cli_command/* usage */.CI)(command, `${from} holds credentials, which are not used`);
    if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) {
        throw (0,cli_command/* usage */.CI)(command, `${from} is not encrypted: only https is, or an address of this machine`);
    }
    return text.replace(/\/+$/, '');
}


/***/ })

};
