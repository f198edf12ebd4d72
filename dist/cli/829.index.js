export const id = 829;
export const ids = [829];
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

/***/ 6896:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  attestSeed: () => (/* binding */ attestSeed),
  checkSigning: () => (/* reexport */ seed_signing/* checkSigning */.wU),
  checkSource: () => (/* reexport */ seed_signing/* checkSource */.As)
});

// EXTERNAL MODULE: ./attest/bill-of-materials.js + 1 modules
var bill_of_materials = __webpack_require__(1609);
// EXTERNAL MODULE: ./address.js
var address = __webpack_require__(9740);
// EXTERNAL MODULE: ./errors.js
var errors = __webpack_require__(8645);
// EXTERNAL MODULE: ./attest/statement.js
var statement = __webpack_require__(1953);
;// CONCATENATED MODULE: ./attest/provenance.js
/** The statement about a seed: SLSA provenance. https://slsa.dev/spec/v1.0/provenance */



const NAR_TYPE = 'application/x-nix-nar';
/**
 * What there is to sign.
 *
 * @throws SeedError CONTENT_INVALID where a digest is none, or an address has credentials in it: the statement is public
 */
function provenance(builder, facts) {
    const { subject, startedOn, finishedOn, versions, bill } = facts;
    const { invocationId } = builder;
    return {
        _type: statement/* STATEMENT_TYPE */.zG,
        subject: [{ name: subject.name, digest: digestSet(subject.digest, 'the image') }],
        predicateType: statement/* PROVENANCE_TYPE */.Ti,
        predicate: {
            buildDefinition: {
                buildType: builder.buildType,
                externalParameters: builder.externalParameters,
                internalParameters: {
                    ...builder.internalParameters,
                    system: facts.system,
                    checkout: facts.checkout,
                    nix: publicSettings(facts.nix)
                },
                resolvedDependencies: resolvedDependencies(builder, facts)
            },
            runDetails: {
                builder: { id: builder.id, version: versions },
                metadata: {
                    ...(invocationId !== undefined && { invocationId }),
                    startedOn: startedOn.toISOString(),
                    finishedOn: finishedOn.toISOString()
                },
                ...(bill && { byproducts: [billOf(bill)] })
            }
        }
    };
}
/** The source comes first: GitHub's build type has it there. */
function resolvedDependencies(builder, facts) {
    const { source } = builder;
    const { lockSha256, lockPath = 'flake.lock', inputs, derivation, startedFrom, closureHash } = facts;
    return [
        ...(source ? [{ uri: publicUri(source.uri), digest: { gitCommit: source.commit } }] : []),
        ...(lockSha256 === undefined
            ? []
            : [
                {
                    name: 'flake.lock',
                    ...(source && { uri: publicUri(`${source.uri}#${lockPath}`) }),
                    digest: digestSet(`sha256:${lockSha256}`, 'flake.lock')
                }
            ]),
        ...inputs.map(inputOf),
        // The path is made from a hash of all that goes into the build.
        ...(derivation === undefined ? [] : [{ name: 'derivation', uri: `file://${derivation}` }]),
        ...(startedFrom === undefined
            ? []
            : [{ name: 'seed', uri: publicUri(startedFrom.uri), digest: digestSet(startedFrom.digest, 'the earlier seed') }]),
        { name: 'closure', digest: digestSet(closureHash, 'the closure') }
    ];
}
function inputOf({ name, uri, narHash }) {
    return {
        name: `input ${name}`,
        uri: publicUri(uri),
        digest: narDigest(narHash, name),
        mediaType: NAR_TYPE,
        annotations: { narHash }
    };
}
function billOf({ digest, mediaType, size, uri }) {
    return {
        name: 'bill of materials',
        ...(uri !== undefined && { uri: publicUri(uri) }),
        digest: digestSet(digest, 'the bill of materials'),
        mediaType,
        annotations: { size }
    };
}
const HEX_LENGTHS = { sha256: 64, sha512: 128 };
/** @param digest `sha256:` and hexadecimal */
function digestSet(digest, what) {
    const [, algorithm = '', hex = ''] = /^(sha\d+):([0-9a-f]+)$/.exec(digest) ?? [];
    if (hex.length !== HEX_LENGTHS[algorithm]) {
        throw new errors/* SeedError */.uV('CONTENT_INVALID', `the digest of ${what} is none: ${JSON.stringify(digest)}`);
    }
    return { [algorithm]: hex };
}
/** @param narHash as https://www.w3.org/TR/SRI/ has it */
function narDigest(narHash, input) {
    const [, algorithm = '', base64 = ''] = /^(sha\d+)-([A-Za-z0-9+/]+={0,2})$/.exec(narHash) ?? [];
    return digestSet(`${algorithm}:${Buffer.from(base64, 'base64').toString('hex')}`, `input ${input} (${narHash})`);
}
/** A builder has to say where outputs came from, and its caches may be behind passwords: those are left out. */
function publicSettings(nix) {
    return { ...nix, substituters: nix.substituters.map(address/* publicAddress */.Wq) };
}
/** Nothing can be taken back from a public log. A user alone is part of many addresses (`ssh://git@…`). */
function publicUri(uri) {
    const [, scheme, text = ''] = /^([a-z][a-z\d+.-]*:\/\/)(.*)$/is.exec(uri) ?? [];
    if (scheme === undefined) {
        if (!/^[^/?#]*:[^/?#]*@/.test(uri))
            return uri;
    }
    else {
        const { userinfo = '', rest } = (0,address/* splitAddress */.lS)(scheme, text);
        const isPublic = userinfo === '' || (/ssh:/i.test(scheme) && /^[\w.-]+$/.test(userinfo));
        if (isPublic && rest !== undefined)
            return uri;
    }
    throw new errors/* SeedError */.uV('CONTENT_INVALID', 'an address that would be made public has credentials in it, or is unreadable', {
        resource: (0,address/* publicAddress */.Wq)(uri),
        hint: 'Take them out of flake.nix and flake.lock; netrc-file and access-tokens of Nix are for that.'
    });
}

// EXTERNAL MODULE: ./attest/sign.js + 8 modules
var sign = __webpack_require__(7386);
// EXTERNAL MODULE: ./oci/digest.js
var oci_digest = __webpack_require__(2096);
// EXTERNAL MODULE: ./seed/attestation.js
var attestation = __webpack_require__(898);
// EXTERNAL MODULE: ./version.js + 1 modules
var version = __webpack_require__(9085);
// EXTERNAL MODULE: ./seed/image.js
var seed_image = __webpack_require__(3181);
;// CONCATENATED MODULE: ./seed/bill.js
/** What a seed image says that it is made of, as a bill of materials. */



/**
 * The bill of materials of a seed image. It follows from the image alone, so that everybody who has that can make it
 * again, and every builder attaches the same.
 *
 * @param reference the repository's name (`ghcr.io/org/repo/seed`), and the digest of the image index
 */
function bill_billOf(image, reference) {
    const table = image.config[seed_image/* SEED_FIELD */.H8];
    const { closure, roots, licenses } = (0,seed_image/* readTable */.xz)(table);
    const isRoot = new Set(roots);
    return (0,bill_of_materials/* billOfMaterials */.B)({
        ...reference,
        system: table.system,
        version: version/* VERSION */.x,
        components: closure.map(({ path, narHash, narSize, references }) => ({
            path,
            narHash,
            narSize,
            references,
            license: licenses.get(path) ?? [],
            ...(isRoot.has(path) && { root: true })
        }))
    });
}

// EXTERNAL MODULE: ./seed/facts.js + 5 modules
var seed_facts = __webpack_require__(2676);
// EXTERNAL MODULE: ./nix/closure.js
var nix_closure = __webpack_require__(1489);
// EXTERNAL MODULE: ./oci/name.js
var oci_name = __webpack_require__(1415);
;// CONCATENATED MODULE: ./oci/hash-repository.js
/** A repository that keeps nothing: what an image would be called, without there being one. */



/**
 * Takes whatever it is given, hashes it, and forgets it. Whoever makes an image here learns its digest: the one that it
 * would have in any other repository. Nothing is ever found in it.
 */
class HashRepository {
    name = 'nowhere';
    async headBlob() {
        return undefined;
    }
    /** @throws DIGEST_MISMATCH where the bytes are other than their digest says */
    async putBlob(blob, open) {
        for await (const _ of (0,oci_digest/* verified */.zr)(open(), blob))
            ; // to its end, where it is known
        return 'uploaded';
    }
    async putStream(open) {
        const hasher = new oci_digest/* Hasher */.OP();
        for await (const chunk of open())
            hasher.update(chunk);
        return hasher.result();
    }
    async mountBlob() {
        return false;
    }
    getBlob({ digest }) {
        throw nothingHere(digest);
    }
    getRange({ digest }) {
        throw nothingHere(digest);
    }
    async locate() {
        return undefined;
    }
    async getManifest() {
        return undefined;
    }
    async putManifest(bytes, mediaType, tags = []) {
        tags.forEach(oci_name/* checkedTag */.y3);
        return { mediaType, digest: (0,oci_digest/* digestOf */.ol)(bytes), size: bytes.length };
    }
    async attach({ digest }) {
        throw nothingHere(digest);
    }
    async referrers() {
        return [];
    }
    async close() { }
}
function nothingHere(digest) {
    return new errors/* SeedError */.uV('NOT_FOUND', `${digest} was hashed alone, and is not kept`);
}

// EXTERNAL MODULE: ./seed/key.js
var key = __webpack_require__(9075);
// EXTERNAL MODULE: ./seed/pack.js + 8 modules
var pack = __webpack_require__(2569);
// EXTERNAL MODULE: ./seed/source.js + 6 modules
var seed_source = __webpack_require__(2005);
;// CONCATENATED MODULE: ./seed/rebuild.js
/** Builds a seed again that an image is said to be, and compares: to the last bit, and without sending anything. */








/**
 * Builds what the flake says, which the store has already where this machine has published it, and packs it for its digest
 * alone. What can be told before that takes its time is compared first.
 *
 * @throws SeedError USAGE where the image is another than what this machine makes of the flake; what building throws
 */
async function rebuild(image, request, ports) {
    const { flake, attribute, labels } = request;
    const { index, indexAnnotations, config } = image;
    const other = (what, hint = SAME) => new errors/* SeedError */.uV('USAGE', what, {
        resource: index.digest,
        hint: `A builder attests only what it built itself. ${hint}`
    });
    const [own, found] = [await (0,key/* readLockKey */.tS)(flake.lockFile), indexAnnotations[seed_image/* ANNOTATION_LOCK_KEY */.WV]];
    if (found !== own) {
        throw other(`the image is of another lock: ${found ?? 'it names none'}; the flake's is ${own}`, 'Attest it in a checkout of the commit that it was built from; `nix-seed key` prints the key of a lock.');
    }
    const difference = labelDifference(labelsOf(indexAnnotations), labels);
    if (difference !== undefined)
        throw other(...difference);
    const source = await (0,seed_source/* resolveSource */.e)(flake, attribute, config[seed_image/* SEED_FIELD */.H8].system, ports);
    if (source.identity !== indexAnnotations[seed_image/* ANNOTATION_IDENTITY */.Rb]) {
        throw other('the image was not built from the derivation that this flake makes');
    }
    const content = await source.build();
    if (content.kind !== 'seed')
        throw other('the flake makes an archive and no seed');
    const closure = await (0,nix_closure/* queryClosure */.K)(content.roots, ports);
    const { identity, lockKey } = source;
    const nowhere = new HashRepository();
    const options = { identity, lockKey, labels, format: image.erofs ? 'oci,erofs' : 'oci' };
    const made = await (0,pack/* packSeed */.H)(content.descriptor, content.roots, closure, nowhere, options, ports);
    if (made.index.digest !== index.digest) {
        throw other(`the image is not what this machine makes of the flake, which is ${made.index.digest}`, `${SAME} It also has to be the same version of nix-seed.`);
    }
    return (0,seed_facts/* builtSeed */.CL)(source.derivation, content, image.erofs !== undefined);
}
const SAME = 'Name the flake and the attribute that were published, or run `nix-seed publish --sign` instead.';
const OWN = new Set([seed_image/* ANNOTATION_IDENTITY */.Rb, seed_image/* ANNOTATION_LOCK_KEY */.WV, seed_image/* ANNOTATION_SYSTEM */.Cu]);
/** What the image was labelled with by those who published it. */
function labelsOf(annotations) {
    return new Map(Object.entries(annotations).filter(([name]) => !OWN.has(name)));
}
/** They may become part of the statement, so it is not the image that says which. */
function labelDifference(found, expected) {
    const names = [...new Set([...found.keys(), ...Object.keys(expected)])].sort();
    const name = names.find(each => found.get(each) !== expected[each]);
    if (name === undefined)
        return undefined;
    const [is, wanted] = [found.get(name), expected[name]].map(text => text === undefined ? 'none' : JSON.stringify(text));
    return [
        `the image has another label ${JSON.stringify(name)}: ${is}, and ${wanted} is expected`,
        'Give the same --source as to publish, if that is the one that it was published with.'
    ];
}

// EXTERNAL MODULE: ./seed/signing.js + 1 modules
var seed_signing = __webpack_require__(6291);
// EXTERNAL MODULE: ./seed/waiting.js
var waiting = __webpack_require__(3439);
;// CONCATENATED MODULE: ./seed/attest.js
/**
 * Attest: from a published seed to a signed statement about it that hangs on the image. Whoever calls it says that this
 * job has built the seed: everything that can be checked of that is, and the rest is what a builder's word is worth.
 */












/**
 * Signs the provenance of a seed and attaches it to the image, with the bill of materials that it names.
 *
 * @throws SeedError USAGE where the image is another than what is built of the flake, or the flake another than what the
 *   identity is of; NOT_A_SEED; of every stage of signing; of the registry, and then what has been signed is in `files`
 */
async function attestSeed(request, ports) {
    const { repository, name, digest, flake, signing, startedOn } = request;
    const watch = new Stopwatch();
    const image = await (0,seed_image/* readSeedImage */.zJ)(repository, digest);
    const built = request.built ?? (await rebuild(image, { ...request, labels: request.labels ?? {} }, ports));
    const finishedOn = new Date();
    const facts = await (0,waiting/* waiting */.e)('gathering what is attested', ports, () => (0,seed_facts/* readFacts */.MH)(image, { ...request, built }, ports));
    const bill = bill_billOf(image, { name, digest });
    watch.lap('facts');
    const { means, builder } = await (0,waiting/* waiting */.e)('getting an identity', ports, () => (0,seed_signing/* signer */.xJ)(signing, { flake, labels: image.indexAnnotations }, ports));
    watch.lap('identity');
    const statement = provenance(builder, {
        ...facts,
        subject: { name, digest },
        startedOn,
        finishedOn,
        bill: { digest: (0,oci_digest/* digestOf */.ol)(bill), mediaType: bill_of_materials/* BILL_TYPE */.v, size: bill.length }
    });
    const signed = await (0,waiting/* waiting */.e)('signing', ports, () => (0,sign/* signStatement */.fT)(statement, means, signing.services, ports));
    const files = await (0,attestation/* writeAttestation */.U)(request.files, digest, signed.json, bill);
    watch.lap('sign');
    const artifacts = [(0,attestation/* bundleArtifact */.dz)(Buffer.from(signed.json), signed.summary), (0,attestation/* billArtifact */.yh)(bill)];
    const attached = await (0,waiting/* waiting */.e)('attaching', ports, () => repository.attach(image.index, artifacts)).catch((error) => {
        throw (0,attestation/* notAttached */.sE)(error, ports.signal);
    });
    watch.lap('attach');
    const [bundleAt, billAt] = attached;
    if (!bundleAt || !billAt)
        throw new Error('less was attached than given'); // cannot happen
    return {
        ...describeBundle(signed, signing.services),
        predicateType: statement.predicateType,
        builderId: builder.id,
        bundle: bundleAt.descriptor,
        bill: billAt.descriptor,
        files,
        milliseconds: watch.result()
    };
}
const PUBLIC_LOG = 'https://rekor.sigstore.dev';
function describeBundle({ summary }, services) {
    const { signer, logs } = summary;
    const created = (0,attestation/* createdOf */.YC)(summary);
    const logIndex = logs[0]?.index;
    const isPublic = services.rekorUrl?.replace(/\/+$/, '') === PUBLIC_LOG;
    return {
        ...(signer.kind === 'certificate' && signer.identity !== undefined && { identity: signer.identity }),
        ...(signer.kind === 'certificate' && signer.issuer !== undefined && { issuer: signer.issuer }),
        ...(logIndex !== undefined && { logIndex }),
        ...(logIndex !== undefined && isPublic && { logUrl: `https://search.sigstore.dev/?logIndex=${logIndex}` }),
        ...(created !== undefined && { timestamp: created.toISOString() })
    };
}
class Stopwatch {
    #started = performance.now();
    #laps = { facts: 0, identity: 0, sign: 0, attach: 0 };
    #last = this.#started;
    lap(name) {
        const now = performance.now();
        this.#laps[name] = Math.round(now - this.#last);
        this.#last = now;
    }
    result() {
        return { ...this.#laps, total: Math.round(performance.now() - this.#started) };
    }
}


/***/ }),

/***/ 6291:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  wU: () => (/* binding */ checkSigning),
  As: () => (/* binding */ checkSource),
  xJ: () => (/* binding */ signer),
  cC: () => (/* binding */ signerId),
  iz: () => (/* binding */ signingMeans)
});

// EXTERNAL MODULE: ./attest/builder/provider.js
var provider = __webpack_require__(9363);
// EXTERNAL MODULE: ./attest/builder/plain.js
var plain = __webpack_require__(8956);
;// CONCATENATED MODULE: ./attest/builder.js


/**
 * The builder that an identity token speaks of, by what its claims are and not by the issuer's host: every provider has
 * installations of its own.
 *
 * @param checkout what was built, for providers whose tokens do not name the commit (CircleCI)
 * @throws SeedError IDENTITY_INVALID that names the claim
 */
function certifiedBuilder({ claims }, checkout = {}) {
    return (0,provider/* providerOf */.l)(claims).builder(claims, checkout);
}

// EXTERNAL MODULE: ./attest/identity.js
var identity = __webpack_require__(7800);
// EXTERNAL MODULE: ./attest/sign.js + 8 modules
var sign = __webpack_require__(7386);
// EXTERNAL MODULE: ./seed/checkout.js
var checkout = __webpack_require__(7666);
// EXTERNAL MODULE: ./seed/facts.js + 5 modules
var facts = __webpack_require__(2676);
;// CONCATENATED MODULE: ./seed/signing.js





/**
 * Finds out whether this job can sign at all, before anything that takes long: whether services, key and builder fit
 * together, what the job's identity is, and with `seed` whether that is of the tree that is to be built.
 *
 * @returns what the certificate will say; undefined for keys
 * @throws SeedError USAGE, KEY_INVALID, IDENTITY_MISSING, IDENTITY_INVALID, SIGSTORE_UNREACHABLE, SIGSTORE_FAILED
 */
async function checkSigning(signing, ports, seed) {
    (0,sign/* checkSigner */.JQ)(signing, signing.services);
    if (signing.kind !== 'keyless') {
        keyBuilder(signing.builderId, ports, seed);
        return undefined;
    }
    const identity = await identify(signing, ports);
    checkSource(identity, seed?.flake);
    ports.log.info(`signing as ${identity.subject} (issuer ${identity.issuer})`);
    return identity;
}
/**
 * Whether a certificate of this identity may be used for what is built of `flake`.
 *
 * @returns who builds, and what is left open about the tree, for a warning
 * @throws SeedError USAGE where the tree is another than the token's; IDENTITY_INVALID
 */
function checkSource(identity, flake) {
    const commit = flake && (0,checkout/* commitOf */.D)(flake);
    const builder = certifiedBuilder(identity, commit === undefined ? {} : { commit });
    const warning = flake && (0,checkout/* checkCheckout */.j)(flake, builder.source);
    return { builder, ...(warning !== undefined && { warning }) };
}
/** What signs, and who that is, for what is built of `seed`. */
async function signer(signing, seed, ports) {
    const means = await signingMeans(signing, ports);
    if (means.kind !== 'keyless')
        return { means, builder: keyBuilder(signerId(signing, means), ports, seed) };
    const { builder, warning } = checkSource(means.identity, seed.flake);
    if (warning !== undefined)
        ports.log.warn(warning);
    return { means, builder };
}
/**
 * What signs, whatever it is that gets signed: says nothing about a source.
 *
 * @throws SeedError IDENTITY_MISSING, IDENTITY_INVALID
 */
async function signingMeans(signing, ports) {
    if (signing.kind === 'keyless')
        return { kind: 'keyless', identity: await identify(signing, ports) };
    const { services: _services, audience: _audience, builderId: _builderId, ...means } = signing;
    return means;
}
/**
 * The URI that the signer goes by: the name in the certificate, or the operator's word where a key signs.
 *
 * @throws SeedError USAGE where the operator's is none, or has credentials in it
 */
function signerId(signing, means) {
    if (means.kind === 'keyless')
        return means.identity.subject;
    return (0,plain/* plainBuilder */.o)({ id: signing.kind === 'keyless' ? '' : signing.builderId }).id;
}
async function identify(signing, ports) {
    return (0,identity/* verifyIdentity */.Ec)(await signing.token(signing.audience), signing.audience, ports);
}
/** A builder that only the operator vouches for. */
function keyBuilder(id, { env }, seed) {
    const source = seed && (0,facts/* sourceOf */.vz)(seed.flake, seed.labels ?? {});
    const invocationId = (0,facts/* invocationOf */.QC)(env);
    return (0,plain/* plainBuilder */.o)({ id, ...(source && { source }), ...(invocationId !== undefined && { invocationId }) });
}


/***/ }),

/***/ 3439:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   e: () => (/* binding */ waiting)
/* harmony export */ });
const TICK_MS = 1000;
/** Runs `action`, and has the terminal show `label` for as long; a log says so after a while. */
async function waiting(label, { progress }, action) {
    progress.update(label, 0);
    const ticker = setInterval(() => progress.update(label, 0), TICK_MS);
    try {
        return await action();
    }
    finally {
        clearInterval(ticker);
        progress.end(label);
    }
}


/***/ })

};
