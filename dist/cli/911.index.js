export const id = 911;
export const ids = [911];
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

/***/ 6911:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  requireVerified: () => (/* binding */ requireVerified),
  verifySeed: () => (/* binding */ verifySeed)
});

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: ./attest/bundle.js
var attest_bundle = __webpack_require__(7838);
// EXTERNAL MODULE: ./attest/key.js
var key = __webpack_require__(8291);
// EXTERNAL MODULE: ./attest/policy.js + 5 modules
var policy = __webpack_require__(9832);
// EXTERNAL MODULE: ./attest/verify/log-entry.js
var log_entry = __webpack_require__(9299);
// EXTERNAL MODULE: ./attest/verify.js + 6 modules
var verify = __webpack_require__(6939);
;// CONCATENATED MODULE: ./attest/judge.js
/** What one bundle is worth under a policy: a vote of one of its builders, or nothing. Offline. */




/**
 * Verifies a bundle as one of the builder that it says to be of. What digest and commit it is for is left to the quorum:
 * a vote for another one is none, and may show that a builder contradicts itself.
 *
 * @param name names the bundle in votes: its digest
 */
function judgeBundle(bytes, name, trusted, options = {}) {
    let read;
    try {
        read = (0,verify.readBundle)(bytes);
    }
    catch (refusal) {
        if (refusal instanceof verify.BundleRefusal)
            return { kind: 'refused', refusal, entries: [] };
        throw refusal;
    }
    const entries = read.bundle.verificationMaterial.tlogEntries.map(entry => ({
        hash: (0,log_entry/* leafHash */.Jq)(entry),
        logIndex: entry.logIndex
    }));
    const found = read.claimed.kind === 'certificate' ? byCertificate(read, trusted, options) : byKey(read, trusted, options);
    if ('refusal' in found) {
        const { isGenuine = false, ...refused } = found;
        return { kind: 'refused', entries: isGenuine ? entries : [], ...refused };
    }
    return { kind: 'valid', entries, ...found, votes: votesOf(name, found) };
}
/** What is wrong with a bundle whose signature and log entry were verified before. */
const GENUINE = new Set([
    'too-old',
    'predicate-type',
    'predicate-malformed',
    'subject-count',
    'subject-invalid',
    'builder-mismatch',
    'commit-contradiction',
    'self-hosted',
    'sandbox-off'
]);
function byCertificate(read, trusted, options) {
    if (read.claimed.kind !== 'certificate')
        throw new Error('a bundle without a certificate');
    const { issuer, identity, sourceRepository } = read.claimed.certificate;
    const claimed = { identity, issuer };
    const signer = { issuer, identity, ...(sourceRepository !== undefined && { repository: sourceRepository }) };
    const { builder, ...miss } = (0,policy.findBuilder)(trusted.policy, signer);
    if (builder === undefined) {
        const { reason = '', elsewhere } = 'reason' in miss ? miss : {};
        const refusal = elsewhere
            ? new verify.BundleRefusal('repository-mismatch', `it was built from another repository: ${reason}`)
            : new verify.BundleRefusal('signer-unknown', `signed by nobody in the policy: ${reason}`);
        return { claimed, refusal, ...(elsewhere && { builder: elsewhere }) };
    }
    // The builder was found by all that the policy says of its certificates: what is left is that they are genuine.
    const outcome = ofRef(judge_verify(read, builder, { kind: 'certificate', issuer, identity }, trusted, options));
    return 'refusal' in outcome ? { ...outcome, claimed } : outcome;
}
/**
 * A reusable workflow is its own identity, with its own ref, whoever calls it. Where the caller is of the same repository,
 * that ref is taken for the one that was built: whoever may push to any other branch could call it from there.
 */
function ofRef(outcome) {
    if ('refusal' in outcome || outcome.verified.signer.kind !== 'certificate')
        return outcome;
    const { identity, sourceRepository, sourceRef } = outcome.verified.signer.certificate;
    if (sourceRepository === undefined || sourceRef === undefined || !identity.includes('@refs/'))
        return outcome;
    const isOwn = identity.toLowerCase().startsWith(`${sourceRepository.toLowerCase()}/`);
    if (!isOwn || identity.endsWith(`@${sourceRef}`))
        return outcome;
    const refusal = new verify.BundleRefusal('ref-mismatch', 'it was built from another branch or tag than that of its workflow', {
        expected: identity.slice(identity.indexOf('@refs/') + 1),
        found: sourceRef
    });
    return { builder: outcome.builder, refusal, isGenuine: true };
}
/** A bundle that a key signed does not say by which: its hint is in the signer's words. */
function byKey(read, trusted, options) {
    const holders = trusted.policy.builders.filter(builder => builder.publicKey !== undefined);
    const hint = read.claimed.kind === 'key' ? read.claimed.hint : '';
    let named;
    for (const builder of holders) {
        const { publicKey } = trusted.signers.get(builder.id) ?? {};
        if (publicKey === undefined)
            throw new Error(`the key of ${builder.id} was not read`);
        const outcome = judge_verify(read, builder, { kind: 'key', publicKey }, trusted, options);
        if (!('refusal' in outcome) || outcome.refusal.reason !== 'signature-invalid')
            return ofRepository(outcome);
        if (hint === (0,key/* keyHint */.p4)(publicKey) || (hint === '' && holders.length === 1))
            named = outcome;
    }
    return named ?? { refusal: new verify.BundleRefusal('signer-unknown', 'signed by none of the keys in the policy') };
}
function judge_verify(read, builder, signer, { policy, signers }, options) {
    const { trust } = signers.get(builder.id) ?? {};
    if (trust === undefined)
        throw new Error(`the trust root of ${builder.id} was not read`);
    const { predicateType, maximumAgeDays, allowSelfHosted, allowSandboxOff, allowSeveralSubjects } = policy;
    const allowed = { allowSelfHosted, allowSandboxOff, allowSeveralSubjects };
    const age = maximumAgeDays === undefined ? {} : { maximumAgeDays };
    try {
        return { builder, verified: (0,verify.verifyBundle)(read, { signer, predicateType, ...age, ...allowed }, trust, options) };
    }
    catch (refusal) {
        if (refusal instanceof verify.BundleRefusal)
            return { builder, refusal, isGenuine: GENUINE.has(refusal.reason) };
        throw refusal;
    }
}
/** Where no certificate names the repository that was built, the statement has to: it is the word of the same signer. */
function ofRepository(outcome) {
    if ('refusal' in outcome)
        return outcome;
    const { builder, verified } = outcome;
    const source = verified.provenance?.source;
    const { repository } = builder;
    if (repository === undefined || (source !== undefined && (0,policy.repositoryKey)(source) === (0,policy.repositoryKey)(repository))) {
        return outcome;
    }
    const found = source === undefined ? {} : { found: source };
    const message = `it was built from another repository than builder ${builder.id} builds`;
    const refusal = new verify.BundleRefusal('repository-mismatch', message, { expected: repository, ...found });
    return { builder, refusal, isGenuine: true };
}
/** One for each subject: an image may go by several names, and by each of them it has to be the only one of its commit. */
function votesOf(bundle, { builder, verified }) {
    const { statement, commit, provenance } = verified;
    return statement.subject.map(({ name, digest }) => ({
        bundle,
        builder,
        digest: `sha256:${digest['sha256']}`,
        target: JSON.stringify([name, provenance?.system ?? null]),
        ...(commit !== undefined && { commit })
    }));
}

// EXTERNAL MODULE: ./attest/policy/builder.js
var policy_builder = __webpack_require__(3244);
// EXTERNAL MODULE: ./attest/policy/distinct.js + 1 modules
var distinct = __webpack_require__(4708);
;// CONCATENATED MODULE: ./attest/quorum.js
/**
 * Whether the builders that attested a digest are a quorum: as many as the policy asks for, and pairwise distinct in each
 * of its dimensions. Found exactly (see policy/distinct.ts); the same votes in another order give the same answer.
 */


/**
 * Counts votes.
 *
 * @param votes all verified votes of builders of the policy, those for other digests and commits too: they do not count
 *   but may show that a builder equivocates
 */
function decideQuorum(policy, votes, expected) {
    const ordered = inOrder(policy, votes);
    const equivocations = findEquivocations(ordered);
    const uncounted = [];
    const ballot = sortBallot(policy, ordered, { expected, equivocations }, uncounted);
    const rows = (builders) => (0,distinct/* distinctSets */.a)(builders.map(builder => (0,policy_builder/* builderRow */.k7)(builder, policy.dimensions)));
    const sets = rows(ballot.map(vote => vote.builder));
    const largest = sets.largest();
    const size = Math.min(policy.threshold, largest);
    const chosen = (sets.first(size) ?? []).flatMap(index => ballot[index] ?? []);
    const isEnough = largest >= policy.threshold;
    uncounted.push(...ballot.filter(vote => !chosen.includes(vote)).map(vote => notChosen(policy, vote, chosen)));
    const isHonest = equivocations.length === 0 || policy.equivocation === 'discount';
    const outcome = {
        met: isEnough && isHonest,
        threshold: policy.threshold,
        votes: chosen,
        uncounted,
        builders: ballot.length,
        largest,
        missing: Math.max(0, policy.threshold - largest),
        blocks: isEnough ? [] : findBlocks(policy, ballot, largest),
        wanted: isEnough ? [] : findWanted(policy, ballot, largest, rows),
        equivocations
    };
    return { ...outcome, reason: isHonest ? explain(outcome) : explainEquivocation(equivocations) };
}
/** Builders that attested different digests of the same commit and target, in order of the votes. */
function findEquivocations(votes) {
    const groups = Map.groupBy(votes.filter(vote => vote.commit !== undefined), vote => JSON.stringify([vote.builder.id, vote.commit, vote.target]));
    return [...groups.values()].flatMap(group => {
        const digests = [...new Set(group.map(vote => vote.digest))].sort();
        const [{ builder, commit, target } = {}] = group;
        if (digests.length < 2 || builder === undefined || commit === undefined)
            return [];
        const bundles = [...new Set(group.map(vote => vote.bundle))].sort();
        return [{ builder: builder.id, commit, ...(target !== undefined && { target }), digests, bundles }];
    });
}
/** By builder, as the policy lists them, then by bundle. */
function inOrder(policy, votes) {
    const rank = new Map(policy.builders.map((builder, i) => [builder.id, i]));
    const stranger = votes.find(vote => !rank.has(vote.builder.id));
    if (stranger)
        throw new Error(`a vote of ${stranger.builder.id}, which is not in the policy`);
    const key = ({ bundle, digest, commit = '', target = '' }) => [bundle, digest, commit, target];
    return [...votes].sort((a, b) => (rank.get(a.builder.id) ?? 0) - (rank.get(b.builder.id) ?? 0) || compareLists(key(a), key(b)));
}
function compareLists(a, b) {
    const index = a.findIndex((value, i) => value !== b[i]);
    return index < 0 ? 0 : (a[index] ?? '') < (b[index] ?? '') ? -1 : 1;
}
/** One vote a builder; the others go to `uncounted`. */
function sortBallot(policy, votes, { expected, equivocations }, uncounted) {
    const ballot = new Map();
    for (const vote of votes) {
        const { id } = vote.builder;
        const counted = ballot.get(id);
        if (vote.digest !== expected.digest)
            uncounted.push({ reason: 'other-digest', vote });
        else if (expected.commit !== undefined && vote.commit !== expected.commit)
            uncounted.push({ reason: 'other-commit', vote });
        else if (policy.equivocation === 'discount' && equivocations.some(({ builder }) => builder === id)) {
            uncounted.push({ reason: 'equivocation', vote });
        }
        else if (counted)
            uncounted.push({ reason: 'repeated', vote, counted: counted.bundle });
        else
            ballot.set(id, vote);
    }
    return [...ballot.values()];
}
function notChosen(policy, vote, chosen) {
    for (const { builder } of chosen) {
        const dimensions = alikeIn(policy.dimensions, builder, vote.builder);
        if (dimensions.length > 0)
            return { reason: 'alike', vote, builder: builder.id, dimensions };
    }
    return { reason: 'spare', vote };
}
function alikeIn(dimensions, a, b) {
    return dimensions.filter(dimension => (0,policy_builder/* dimensionValue */.iS)(a, dimension) === (0,policy_builder/* dimensionValue */.iS)(b, dimension));
}
/**
 * The dimensions without which more would differ, with who is alike in them. Where no single one is to blame, all in
 * which some are alike.
 */
function findBlocks(policy, ballot, largest) {
    const builders = ballot.map(vote => vote.builder);
    const without = (dimension) => {
        const others = policy.dimensions.filter(other => other !== dimension);
        return (0,distinct/* distinctSets */.a)(builders.map(builder => (0,policy_builder/* builderRow */.k7)(builder, others))).largest();
    };
    const shared = policy.dimensions.flatMap(dimension => [...Map.groupBy(builders, builder => (0,policy_builder/* dimensionValue */.iS)(builder, dimension))]
        .filter(([, group]) => group.length > 1)
        .map(([value, group]) => ({ dimension, value, builders: group.map(builder => builder.id) })));
    const decisive = new Set(policy.dimensions.filter(dimension => without(dimension) > largest));
    return decisive.size > 0 ? shared.filter(({ dimension }) => decisive.has(dimension)) : shared;
}
function findWanted(policy, ballot, largest, rows) {
    const voted = ballot.map(vote => vote.builder);
    const ids = new Set(voted.map(builder => builder.id));
    return policy.builders
        .filter(builder => !ids.has(builder.id) && rows([builder, ...voted]).canHold(0, largest + 1))
        .map(builder => builder.id);
}
function explain({ met, threshold, votes, builders, largest, missing, blocks, wanted }) {
    const names = votes.map(vote => vote.builder.id).join(', ');
    if (met)
        return `${threshold} independent ${plural(threshold, 'builder')} attested this digest: ${names}`;
    const more = `${missing} more ${missing === 1 ? 'is' : 'are'} needed${wanted.length > 0 ? `, from: ${wanted.join(', ')}` : ''}`;
    if (builders === 0)
        return `no builder of the policy attested this digest; ${more}`;
    if (builders === largest)
        return `${builders} of ${threshold} builders attested this digest: ${names}; ${more}`;
    const alike = blocks.map(block => `${block.builders.join(' and ')} have the ${block.dimension} ${block.value}`);
    return `${builders} ${plural(builders, 'builder')} attested this digest, and no more than ${largest} of them differ from each other (${alike.join('; ')}); ${more}`;
}
function explainEquivocation([first, ...others]) {
    const more = others.length > 0 ? ` (and ${others.length} more such ${plural(others.length, 'case')})` : '';
    return `builder ${first?.builder ?? ''} attested ${first?.digests.length ?? 0} digests for commit ${first?.commit ?? ''}${more}: it cannot be trusted with any`;
}
const plural = (count, word) => (count === 1 ? word : `${word}s`);

// EXTERNAL MODULE: ./errors.js
var errors = __webpack_require__(8645);
// EXTERNAL MODULE: ./attest/certificate.js
var certificate = __webpack_require__(9359);
// EXTERNAL MODULE: ./attest/verify/stackless.js
var stackless = __webpack_require__(5777);
// EXTERNAL MODULE: ./attest/verify/strict-json.js
var strict_json = __webpack_require__(6110);
;// CONCATENATED MODULE: ./attest/rekor-entry.js
/**
 * What an entry of a transparency log, version 1, says of itself. Nothing is verified: it is a stranger's text.
 * https://github.com/sigstore/rekor/tree/main/pkg/types
 */





const MAX_DEPTH = 16;
const MAX_KIND = 64;
const MAX_SIGNATURES = 4;
/** As base64 of PEM, many times what is usual. What is small takes little time, however it is made. */
const MAX_PEM = 16 * 1024;
/** In seconds, what dates can hold. */
const MAX_TIME = 8e12;
/**
 * @param uuid what the log calls it
 * @param entry as the log answers
 * @returns undefined where it does not say its place in the log; what else is odd is left out
 */
function readHit(uuid, entry) {
    if (!isObject(entry))
        return undefined;
    const { body, logID, logIndex, integratedTime: seconds } = entry;
    if (typeof logID !== 'string' || !/^[0-9a-f]{64}$/i.test(logID))
        return undefined;
    if (!Number.isSafeInteger(logIndex) || logIndex < 0)
        return undefined;
    const isTime = typeof seconds === 'number' && seconds > 0 && seconds < MAX_TIME;
    return {
        uuid,
        logIndex: String(logIndex),
        logId: logID.toLowerCase(),
        ...(isTime && { integratedTime: new Date(seconds * 1000) }),
        ...readBody(body)
    };
}
function readBody(base64) {
    try {
        if (typeof base64 !== 'string')
            return { kind: 'unknown' };
        const value = (0,strict_json/* parseStrictJson */.R)(Buffer.from(base64, 'base64'), { depth: MAX_DEPTH });
        const body = (isObject(value) ? value : {});
        const kind = typeof body.kind === 'string' ? (0,attest_bundle/* printable */.g)(body.kind.slice(0, MAX_KIND)) : '';
        return { kind: kind || 'unknown', ...signerOf(body) };
    }
    catch {
        return { kind: 'unknown' };
    }
}
/** The first that can be read: there is hardly ever another. */
function signerOf(body) {
    let verifiers;
    try {
        verifiers = verifiersOf(body);
    }
    catch {
        return {};
    }
    for (const verifier of verifiers) {
        try {
            if (typeof verifier !== 'string' || verifier.length > MAX_PEM)
                continue;
            return readVerifier(Buffer.from(verifier, 'base64').toString('utf8'));
        }
        catch {
            continue;
        }
    }
    return {};
}
/** @throws TypeError where the shape is another */
function verifiersOf({ kind, spec = {} }) {
    switch (kind) {
        case 'dsse':
            return spec.signatures?.slice(0, MAX_SIGNATURES).map(each => each.verifier) ?? [];
        case 'intoto': {
            const signatures = spec.content?.envelope?.signatures?.slice(0, MAX_SIGNATURES) ?? [];
            return [...signatures.map(each => each.publicKey), spec.publicKey];
        }
        case 'hashedrekord':
        case 'rekord':
            return [spec.signature?.publicKey?.content];
        default:
            return [];
    }
}
/** @throws Error where it is no certificate or public key in PEM */
function readVerifier(pem) {
    if (!pem.includes('-----BEGIN CERTIFICATE-----')) {
        if (!/-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(pem))
            throw new Error('this is no public key');
        return { key: fingerprint((0,external_node_crypto_.createPublicKey)(pem)) };
    }
    const { names, issuers, publicKey } = (0,stackless/* stackless */.I)(() => (0,certificate/* readCertificate */.w)(new external_node_crypto_.X509Certificate(pem).raw));
    const [identity = '', issuer = ''] = [names[0], issuers[0]].map(each => each && (0,attest_bundle/* printable */.g)(each));
    if (identity === '')
        return { key: fingerprint(publicKey) };
    return { identity, ...(issuer !== '' && { issuer }) };
}
function fingerprint(key) {
    return (0,external_node_crypto_.createHash)('sha256')
        .update(key.export({ type: 'spki', format: 'der' }))
        .digest('hex');
}
/** Of JSON. */
function isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// EXTERNAL MODULE: ./attest/rekor-v1.js
var rekor_v1 = __webpack_require__(6969);
// EXTERNAL MODULE: ./attest/service-client.js
var service_client = __webpack_require__(4595);
;// CONCATENATED MODULE: ./attest/rekor-search.js
/**
 * Looks in a transparency log, version 1, for entries that name a digest. It is a witness and no judge: nothing here is
 * verified, anyone may log an entry that names any digest, and the log may leave out what it likes.
 * https://github.com/sigstore/rekor/blob/main/openapi.yaml
 */





const TOTAL_TIMEOUT_MS = 20_000;
const TIMEOUT_MS = 10_000;
const MAX_HITS = 100;
/** As many as the log gives out at once. */
const BATCH = 10;
/** Ten entries with all that the log keeps of them. */
const MAX_BATCH_BYTES = 4 * 1024 * 1024;
const rekor_search_MAX_DEPTH = 16;
/** Hash of the leaf, with or without the number of its tree before it. */
const UUID = /^(?:[0-9a-f]{16})?[0-9a-f]{64}$/;
const LEAF_DIGITS = 64;
/**
 * At most 100 entries are read.
 *
 * @param url of the log
 * @param digest `sha256:…`
 * @throws SeedError SIGSTORE_UNREACHABLE, SIGSTORE_FAILED where not even the list could be had; the signal's reason
 */
async function searchLog(url, digest, ports, options = {}) {
    const { known = new Set(), totalTimeoutMs = TOTAL_TIMEOUT_MS, ...serviceOptions } = options;
    const log = new Log(url, ports, totalTimeoutMs, serviceOptions);
    const { uuids, isCut } = await log.find(digest);
    const unknown = uuids.filter(uuid => !known.has(leafOf(uuid)));
    const { hits, unreadProblem } = await readEntries(unknown.slice(0, MAX_HITS), log);
    return {
        found: uuids.length,
        isCut,
        known: uuids.length - unknown.length,
        hits: hits.sort((a, b) => Number(a.logIndex) - Number(b.logIndex)),
        unread: unknown.length - hits.length,
        ...(unreadProblem !== undefined && { unreadProblem })
    };
}
async function readEntries(uuids, log) {
    const hits = [];
    let unreadProblem;
    const batches = Array.from({ length: Math.ceil(uuids.length / BATCH) }, (_, i) => uuids.slice(i * BATCH, (i + 1) * BATCH));
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
        try {
            hits.push(...(await log.retrieve(batch)));
        }
        catch (error) {
            if (!(error instanceof errors/* SeedError */.uV))
                throw error;
            unreadProblem ??= error.message;
            // It is no other for the next.
            if (error.code === 'SIGSTORE_UNREACHABLE')
                break;
            // One that the log cannot give out has it refuse those that are asked for with it.
            if (batch.length > 1)
                batches.unshift(...batch.map(uuid => [uuid]));
        }
    }
    return { hits, ...(unreadProblem !== undefined && { unreadProblem }) };
}
/** The log, for as long as there is time. */
class Log {
    #service;
    #ports;
    #options;
    #deadline;
    #totalTimeoutMs;
    constructor(url, ports, totalTimeoutMs, options) {
        this.#service = { name: rekor_v1/* LOG */.$, url, timeoutMs: TIMEOUT_MS };
        this.#ports = ports;
        this.#options = options;
        this.#deadline = AbortSignal.timeout(totalTimeoutMs);
        this.#totalTimeoutMs = totalTimeoutMs;
    }
    /** @returns what names the entries with `hash`, each once, in lower case */
    async find(hash) {
        const answer = await this.#ask({ path: '/api/v1/index/retrieve', cut: true, refusal: unsearchable }, { hash });
        const { bytes, isCut } = answer;
        const whole = isCut ? Buffer.concat([bytes.subarray(0, bytes.lastIndexOf(',')), Buffer.from(']')]) : bytes;
        const list = this.#list({ ...answer, bytes: whole });
        const uuids = new Map();
        for (const value of list) {
            const uuid = typeof value === 'string' ? value.toLowerCase() : '';
            if (UUID.test(uuid) && !uuids.has(leafOf(uuid)))
                uuids.set(leafOf(uuid), uuid);
        }
        if (list.length > 0 && uuids.size === 0)
            throw (0,service_client/* malformed */.Qm)(this.#service, 'list of entries');
        return { uuids: [...uuids.values()], isCut };
    }
    /** Those of the entries that the log gives out and that can be read, each once. */
    async retrieve(uuids) {
        const answer = await this.#ask({ path: '/api/v1/log/entries/retrieve', maxBytes: MAX_BATCH_BYTES, refusal: tooOften }, { entryUUIDs: uuids }, 
        // Each is asked for a second time where it is not alone.
        uuids.length > 1 ? this.#options : { ...this.#options, backoff: ONCE });
        const asked = new Set(uuids.map(leafOf));
        const hits = [];
        for (const item of this.#list(answer)) {
            for (const [name, entry] of Object.entries(isObject(item) ? item : {})) {
                const uuid = name.toLowerCase();
                const hit = UUID.test(uuid) && asked.has(leafOf(uuid)) ? readHit(uuid, entry) : undefined;
                if (hit === undefined)
                    continue;
                asked.delete(leafOf(uuid));
                hits.push(hit);
            }
        }
        return hits;
    }
    #list({ bytes }) {
        let value;
        try {
            value = (0,strict_json/* parseStrictJson */.R)(bytes, { depth: rekor_search_MAX_DEPTH });
        }
        catch {
            // An error would quote what was read.
        }
        if (!Array.isArray(value))
            throw (0,service_client/* malformed */.Qm)(this.#service, 'list of entries');
        return value;
    }
    async #ask(request, content, options = this.#options) {
        const accept = 'application/json';
        const body = { type: accept, bytes: Buffer.from(JSON.stringify(content)) };
        const signal = AbortSignal.any([this.#ports.signal, this.#deadline]);
        try {
            return await (0,service_client/* ask */.kA)(this.#service, { ...request, accept, body, statuses: [200] }, { ...this.#ports, signal }, options);
        }
        catch (error) {
            this.#ports.signal.throwIfAborted();
            if (!this.#deadline.aborted)
                throw error;
            const seconds = this.#totalTimeoutMs / 1000;
            throw new errors/* SeedError */.uV('SIGSTORE_UNREACHABLE', `the ${rekor_v1/* LOG */.$} did not finish its answers within ${seconds} s`, {
                resource: this.#service.url,
                hint: 'Run it again in a while.'
            });
        }
    }
}
const ONCE = { attempts: 1, firstMs: 0, factor: 1, maxMs: 0, jitter: 0 };
function unsearchable(status) {
    if (status !== 404 && status !== 501)
        return undefined;
    return { code: 'SIGSTORE_FAILED', hint: 'Name a log of version 1 that can be searched: not every log can.' };
}
/** One that says so is not asked for the others. */
function tooOften(status) {
    return status === 429 ? { code: 'SIGSTORE_UNREACHABLE', hint: 'Run it again in a while.' } : undefined;
}
function leafOf(uuid) {
    return uuid.slice(-LEAF_DIGITS);
}

// EXTERNAL MODULE: ./attest/verify/refusal.js
var refusal = __webpack_require__(7128);
// EXTERNAL MODULE: ./oci/digest.js
var oci_digest = __webpack_require__(2096);
// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./attest/verify/file.js
var file = __webpack_require__(1540);
// EXTERNAL MODULE: ./oci/artifact.js
var artifact = __webpack_require__(5934);
;// CONCATENATED MODULE: ./seed/bundle-search.js
/** Where bundles about an image may be: on the image itself, and in files. Nothing of them is verified here. */







/** What `Junk` calls the registry's list as a whole. */
const LIST = 'list of referrers';
/** Anyone who can write to the repository can hang up any number. */
const MAX_CANDIDATES = 10_000;
/** A bundle in any version and form; which of them are read is decided when they are. */
const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle';
/** The names of bills of materials, which lie beside bundles. */
const BILL = /\.(?:cdx|spdx)\.json$/;
/**
 * Finds what hangs on an image as a bundle, and the files that may be one.
 *
 * @returns in the order of the registry's list, then of `paths`, with the files of a folder by name
 * @throws SeedError NOT_FOUND where the repository has no such image; USAGE where a path is not there; CONTENT_INVALID
 *   where there are more than `MAX_CANDIDATES`; of the registry
 */
async function findBundles(search) {
    const junk = [];
    const candidates = [];
    if (search.repository)
        candidates.push(...(await onImage(search.repository, search.digest, junk)));
    for (const path of search.paths)
        candidates.push(...(await inFiles(path)));
    if (candidates.length <= MAX_CANDIDATES)
        return { candidates, junk };
    throw new errors/* SeedError */.uV('CONTENT_INVALID', `there are ${candidates.length} bundles to look at: nothing was verified`, {
        resource: search.repository?.name ?? search.digest,
        hint: `At most ${MAX_CANDIDATES} are. See what hangs on the image, and who may write to the repository.`
    });
}
/** Whether an error says that one thing is no bundle, and nothing of the others. */
function isJunk(error) {
    return error instanceof errors/* SeedError */.uV && JUNK.has(error.code);
}
const JUNK = new Set(['CONTENT_INVALID', 'DIGEST_MISMATCH', 'NOT_FOUND']);
async function onImage(repository, digest, junk) {
    if ((await repository.getManifest(digest)) === undefined) {
        throw new errors/* SeedError */.uV('NOT_FOUND', 'there is no such image', {
            resource: `${repository.name}@${digest}`,
            hint: 'Check the reference; `nix-seed publish` prints the right one.'
        });
    }
    const name = (referrer) => referrer === undefined ? `entry of the ${LIST}` : `referrer ${referrer}`;
    let referrers = [];
    try {
        referrers = await repository.referrers(digest, undefined, (referrer, problem) => junk.push({ source: name(referrer), problem: (0,attest_bundle/* printable */.g)(problem) }));
    }
    catch (error) {
        // A list that is damaged says nothing against bundles in files.
        if (!isJunk(error))
            throw error;
        junk.push({ source: LIST, problem: (0,attest_bundle/* printable */.g)(error.message) });
    }
    return referrers
        .filter(({ artifactType = '' }) => artifactType.startsWith(BUNDLE_TYPE))
        .map(descriptor => {
        const content = (0,artifact/* notedContent */.Ap)(descriptor);
        return {
            source: { kind: 'referrer', digest: descriptor.digest },
            ...(content !== undefined && { digest: content }),
            read: async () => (await (0,artifact/* readArtifact */.R9)(repository, descriptor, verify.MAX_BUNDLE_BYTES)).bytes
        };
    });
}
async function inFiles(path) {
    try {
        if (!(await (0,promises_.stat)(path)).isDirectory())
            return [fileAt(path)];
        const entries = await (0,promises_.readdir)(path, { withFileTypes: true });
        return entries
            .filter(entry => !entry.isDirectory() && /^[^.].*\.json$/.test(entry.name) && !BILL.test(entry.name))
            .map(entry => entry.name)
            .sort()
            .map(file => fileAt((0,external_node_path_.join)(path, file), true));
    }
    catch (cause) {
        const isMissing = (0,errors/* systemCode */.xU)(cause) === 'ENOENT';
        throw new errors/* SeedError */.uV(isMissing ? 'USAGE' : 'FILE_SYSTEM', isMissing ? 'there is no such file or folder' : 'it could not be read', { resource: path, hint: 'Name a bundle, or a folder that holds bundles (*.json).', cause });
    }
}
/** @param isListed found in a folder, so that nobody has named it */
function fileAt(path, isListed = false) {
    return {
        source: { kind: 'file', path },
        read: async () => {
            if (!isListed)
                return (0,file.readUpTo)(path, verify.MAX_BUNDLE_BYTES, 'bundle');
            try {
                // Whoever opens a pipe waits for its writer.
                if ((await (0,promises_.stat)(path)).isFile())
                    return await (0,file.readUpTo)(path, verify.MAX_BUNDLE_BYTES, 'bundle');
            }
            catch (cause) {
                const problem = cause instanceof errors/* SeedError */.uV ? cause.message : 'cannot read the bundle';
                throw new errors/* SeedError */.uV('CONTENT_INVALID', problem, { resource: path, cause });
            }
            throw new errors/* SeedError */.uV('CONTENT_INVALID', 'it is no file', { resource: path });
        }
    };
}

;// CONCATENATED MODULE: ./seed/verdict.js


function describeBundle(bundle, judgement, context) {
    const { sources } = context;
    if (judgement.kind === 'refused') {
        const { refusal, builder, claimed, entries } = judgement;
        return {
            bundle,
            sources,
            verdict: 'refused',
            reason: refusal.reason,
            message: refusal.message,
            ...(builder && { builder: builder.id }),
            ...(claimed?.identity !== undefined && { identity: (0,attest_bundle/* printable */.g)(claimed.identity) }),
            ...(claimed?.issuer !== undefined && { issuer: (0,attest_bundle/* printable */.g)(claimed.issuer) }),
            ...(entries[0] && { logIndex: entries[0].logIndex })
        };
    }
    const { verified, builder } = judgement;
    const { signer, digests, commit, times, entries } = verified;
    return {
        bundle,
        sources,
        ...verdictOf(bundle, context),
        builder: builder.id,
        ...(signer.kind === 'certificate'
            ? { identity: (0,attest_bundle/* printable */.g)(signer.certificate.identity), issuer: (0,attest_bundle/* printable */.g)(signer.certificate.issuer) }
            : { key: signer.fingerprint }),
        digests,
        ...(commit !== undefined && { commit }),
        signedAt: (0,refusal/* time */.kB)(times[0].at),
        ...(entries[0] && { logIndex: entries[0].index })
    };
}
/** A statement about several images is several votes: the one for this image tells, and else the first. */
function verdictOf(bundle, { quorum, digest }) {
    const counted = quorum.votes.find(vote => vote.bundle === bundle);
    if (counted && isContradicted(counted, quorum)) {
        return {
            verdict: 'not-counted',
            reason: 'equivocation',
            message: sentence({ reason: 'equivocation', vote: counted })
        };
    }
    if (counted)
        return { verdict: 'counted', reason: 'counted', message: 'counts' };
    const uncounted = quorum.uncounted.filter(({ vote }) => vote.bundle === bundle);
    const why = uncounted.find(({ vote }) => vote.digest === digest) ?? uncounted[0];
    if (why === undefined)
        throw new Error(`nothing came of the bundle ${bundle}`);
    return { verdict: 'not-counted', reason: why.reason, message: sentence(why) };
}
/** Where nothing passes for that, the vote is as good as none. */
function isContradicted({ builder }, { equivocations }) {
    return equivocations.some(each => each.builder === builder.id);
}
function sentence(why) {
    switch (why.reason) {
        case 'other-digest':
            return `is about another image: ${why.vote.digest}`;
        case 'other-commit':
            return commitSentence(why.vote);
        case 'equivocation':
            return `its builder has attested several digests for commit ${why.vote.commit ?? ''}`;
        case 'repeated':
            return `its builder has one vote, and that is ${why.counted}`;
        case 'alike':
            return `is not independent of ${why.builder}: the same ${why.dimensions.join(' and ')}`;
        case 'spare':
            return 'there are enough without it';
    }
}
function commitSentence({ commit }) {
    return commit === undefined
        ? 'does not say from which commit it was built'
        : `was built from another commit: ${commit}`;
}

;// CONCATENATED MODULE: ./seed/verification.js
/**
 * Whether independent builders agree on a seed: finds their bundles, verifies each, and counts. Described in docs/verify.md.
 */











/** Read side by side. */
const READERS = 8;
/**
 * Verifies an image by a policy. That the policy is not met is a result and no error: see `requireVerified`.
 *
 * @throws SeedError of the search for bundles (`findBundles`), and of a registry that does not answer; what is malformed is
 *   reported
 */
async function verifySeed(request, ports) {
    const { digest, repository, policy: trusted, commit, paths = [] } = request;
    const { policy } = trusted;
    const { candidates, junk } = await findBundles({ digest, paths, ...(repository && { repository }) });
    const examined = await examineAll(candidates, request, junk, ports);
    const votes = [...examined].flatMap(([, { judgement }]) => (judgement.kind === 'valid' ? judgement.votes : []));
    const quorum = decideQuorum(policy, votes, { digest, ...(commit !== undefined && { commit }) });
    const witness = request.rekorUrl === undefined ? undefined : await askWitness(request.rekorUrl, examined, request, ports);
    return {
        verified: quorum.met,
        reason: quorum.reason,
        reference: request.reference,
        digest,
        ...(commit !== undefined && { commit }),
        policy: {
            source: trusted.source,
            digest: trusted.digest,
            threshold: policy.threshold,
            dimensions: policy.dimensions
        },
        builders: quorum.votes.filter(vote => !isContradicted(vote, quorum)).map(({ builder }) => builder.id),
        bundles: describeAll(examined, quorum, digest),
        junk,
        equivocations: quorum.equivocations,
        missing: quorum.missing,
        wanted: quorum.wanted,
        ...(witness && { witness })
    };
}
/**
 * @throws SeedError POLICY_UNMET where the policy is not met
 */
function requireVerified({ verified, reason, reference, equivocations, wanted, bundles, junk }) {
    if (verified)
        return;
    const refused = bundles.filter(({ verdict }) => verdict === 'refused').length;
    const seen = refused > 0 ? ` ${refused} ${refused === 1 ? 'bundle was' : 'bundles were'} refused: look at why.` : '';
    const isListLost = junk.some(({ source }) => source === LIST);
    const next = equivocations.length > 0
        ? 'Find out which of its builds is right, and how the other came to be, before anything is started from this image.'
        : isListLost
            ? `What hangs on the image is not known, since the list of it cannot be read: mend that, or name bundles in files.${seen}`
            : wanted.length > 0
                ? `Have it attested by more builders: ${wanted.join(', ')}.${seen}`
                : `Have it attested by the builders of the policy.${seen}`;
    throw new errors/* SeedError */.uV('POLICY_UNMET', `the policy is not met: ${reason}`, { resource: reference, hint: next });
}
async function examineAll(candidates, { policy, now }, junk, { progress, signal }) {
    const examined = [];
    const judgements = new Map();
    const examine = async (candidate) => {
        // Very many manifests may lead to one bundle.
        if (candidate.digest !== undefined && judgements.has(candidate.digest))
            return candidate.digest;
        const bytes = await candidate.read();
        const digest = (0,oci_digest/* digestOf */.ol)(bytes);
        if (!judgements.has(digest))
            judgements.set(digest, judgeBundle(bytes, digest, policy, now ? { now } : {}));
        return digest;
    };
    let next = 0;
    const work = async () => {
        for (let at = next++; at < candidates.length; at = next++) {
            signal.throwIfAborted();
            const candidate = candidates[at];
            const { source } = candidate;
            progress.update('verifying bundles', at, candidates.length);
            try {
                examined[at] = [await examine(candidate), source];
            }
            catch (error) {
                if (!isJunk(error))
                    throw error;
                junk.push({ source: sourceText(source), problem: (0,attest_bundle/* printable */.g)(error.message) });
            }
        }
    };
    try {
        await Promise.all(Array.from({ length: READERS }, work));
    }
    finally {
        next = candidates.length;
        progress.end('verifying bundles');
    }
    return gathered(examined, judgements, junk);
}
/** One entry a bundle, with all the places where it was found. */
function gathered(examined, judgements, junk) {
    const bundles = new Map();
    for (const [digest, source] of examined.flatMap(each => [each])) {
        const judgement = judgements.get(digest);
        if (judgement === undefined)
            continue;
        const known = bundles.get(digest);
        if (known)
            known.sources.push(source);
        else
            bundles.set(digest, { judgement, sources: [source] });
    }
    for (const [digest, { judgement, sources }] of bundles) {
        // A file of another kind, as there are in folders.
        if (judgement.kind !== 'refused' || judgement.refusal.reason !== 'bundle-unsupported')
            continue;
        if (sources.some(({ kind }) => kind === 'referrer'))
            continue;
        junk.push(...sources.map(source => ({ source: sourceText(source), problem: judgement.refusal.message })));
        bundles.delete(digest);
    }
    return bundles;
}
function sourceText(source) {
    return source.kind === 'file' ? `file ${(0,attest_bundle/* printable */.g)(source.path)}` : `referrer ${source.digest}`;
}
const ORDER = ['counted', 'not-counted', 'refused'];
function describeAll(examined, quorum, digest) {
    const ranks = new Map(quorum.votes.map(({ bundle }, i) => [bundle, i]));
    const rank = ({ bundle, verdict }) => (ranks.get(bundle) ?? ranks.size) + ORDER.indexOf(verdict);
    return [...examined]
        .map(([bundle, { judgement, sources }]) => describeBundle(bundle, judgement, { sources: sources.map(sourceText), quorum, digest }))
        .sort((a, b) => rank(a) - rank(b) || (a.bundle < b.bundle ? -1 : 1));
}
/** Never rejects for a log that fails: it is a witness, and who could silence it must not be able to decide anything. */
async function askWitness(log, examined, { digest, policy }, ports) {
    const known = new Set([...examined].flatMap(([, { judgement }]) => judgement.entries.map(({ hash }) => hash)));
    try {
        const { found, isCut, hits, unread, unreadProblem } = await searchLog(log, digest, ports, { known });
        const strays = hits.map(hit => strayOf(hit, policy));
        const reading = { found, isCut, unread, ...(unreadProblem !== undefined && { unreadProblem }) };
        return { log, state: 'searched', strays, ...reading };
    }
    catch (error) {
        ports.signal.throwIfAborted();
        const problem = error instanceof errors/* SeedError */.uV ? error.message : 'it could not be searched';
        return { log, state: 'unreachable', problem, strays: [], found: 0, isCut: false, unread: 0 };
    }
}
function strayOf({ uuid, logIndex, integratedTime, identity, issuer, key }, trusted) {
    const builder = identity !== undefined && issuer !== undefined
        ? (0,policy.findBuilder)(trusted.policy, { identity, issuer }).builder
        : trusted.policy.builders.find(({ id }) => key !== undefined && fingerprintOf(trusted, id) === key);
    return {
        uuid,
        logIndex,
        ...(integratedTime && { integratedTime: (0,refusal/* time */.kB)(integratedTime) }),
        ...(identity !== undefined && { identity }),
        ...(issuer !== undefined && { issuer }),
        ...(key !== undefined && { key }),
        ...(builder && { builder: builder.id })
    };
}
function fingerprintOf({ signers }, id) {
    const der = signers.get(id)?.publicKey?.export({ type: 'spki', format: 'der' });
    return der && (0,external_node_crypto_.createHash)('sha256').update(der).digest('hex');
}


/***/ })

};
