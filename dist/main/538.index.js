export const id = 538;
export const ids = [538];
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

/***/ 8291:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   $k: () => (/* binding */ readPrivateKey),
/* harmony export */   IY: () => (/* binding */ keyDetails),
/* harmony export */   RR: () => (/* binding */ readPublicKey),
/* harmony export */   g4: () => (/* binding */ digestAlgorithm),
/* harmony export */   p4: () => (/* binding */ keyHint)
/* harmony export */ });
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7598);
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8645);
/**
 * Keys of builders that no certificate authority knows: those that the log takes and verifiers check. With all of them but
 * Ed25519, which has a hash function of its own, it is SHA-256 that is signed, whatever the curve: cosign and logs of
 * version 1 know no other.
 */


const P256 = 'prime256v1';
const CURVES = [P256, 'secp384r1', 'secp521r1'];
/** https://github.com/letsencrypt/boulder/tree/main/goodkey, which the log asks */
const RSA_BITS = [2048, 3072, 4096];
const RSA_EXPONENT = 65537n;
const MAX_LENGTH = 64 * 1024;
const MAKE_ONE = 'Make one with: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -aes256 -out key.pem';
/**
 * @param pem PKCS#8, SEC 1 or PKCS#1; encrypted with `passphrase`, or not at all
 * @throws SeedError KEY_INVALID that shows nothing of the key
 */
function readPrivateKey(pem, passphrase) {
    const kind = headersOf(pem).find(header => header !== 'EC PARAMETERS');
    if (kind === 'ENCRYPTED COSIGN PRIVATE KEY' || kind === 'ENCRYPTED SIGSTORE PRIVATE KEY') {
        throw invalid('the key is in the encrypted format of cosign, which no other program reads or converts', `${MAKE_ONE}\nand give that to cosign, too, where it needs it: cosign import-key-pair --key key.pem`);
    }
    if (kind?.endsWith('PRIVATE KEY') !== true) {
        throw invalid(`this is no private key in PEM${kind === undefined ? '' : `, but of the kind "${kind}"`}`, MAKE_ONE);
    }
    const isEncrypted = kind === 'ENCRYPTED PRIVATE KEY' || pem.includes('Proc-Type: 4,ENCRYPTED');
    if (isEncrypted && !passphrase) {
        const hint = 'Set NIX_SEED_KEY_PASSPHRASE (in the action: the input signing-key-passphrase).';
        throw invalid('the key is encrypted, and there is no passphrase', hint);
    }
    return supported(() => {
        try {
            return (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createPrivateKey)({ key: pem, format: 'pem', ...(isEncrypted && { passphrase }) });
        }
        catch {
            // What OpenSSL says helps nobody, and the text may not be shown.
            if (isEncrypted)
                throw invalid('the passphrase is wrong, or the key is damaged', 'Check NIX_SEED_KEY_PASSPHRASE.');
            throw invalid('the private key is damaged, or of a kind that is not known', MAKE_ONE);
        }
    });
}
/**
 * @param pem SPKI or PKCS#1
 * @throws SeedError KEY_INVALID
 */
function readPublicKey(pem) {
    const [kind] = headersOf(pem);
    if (kind !== 'PUBLIC KEY' && kind !== 'RSA PUBLIC KEY') {
        throw invalid(kind?.endsWith('PRIVATE KEY') === true
            ? 'this is a private key, and a public one is asked for'
            : 'this is no public key in PEM', 'It begins with -----BEGIN PUBLIC KEY-----, and is made of a private one with: openssl pkey -in key.pem -pubout');
    }
    return supported(() => {
        try {
            return (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createPublicKey)({ key: pem, format: 'pem' });
        }
        catch {
            throw invalid('the public key is damaged, or of a kind that is not known', MAKE_ONE);
        }
    });
}
/** What names a key without showing it: base64 of the SHA-256 of its DER, as cosign has it. */
function keyHint(publicKey) {
    return (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createHash)('sha256')
        .update(publicKey.export({ type: 'spki', format: 'der' }))
        .digest('base64');
}
/** What Node is to hash with where this key signs or checks. */
function digestAlgorithm(key) {
    return key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
}
/**
 * What a log of version 2 has to be told of a key. It pairs other curves with other hash functions, and Ed25519 with another
 * form of it: what it would take of them, no verifier does.
 * https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_common.proto
 *
 * @throws SeedError KEY_INVALID
 */
function keyDetails(publicKey) {
    const { namedCurve, modulusLength } = publicKey.asymmetricKeyDetails ?? {};
    if (namedCurve === P256)
        return 'PKIX_ECDSA_P256_SHA_256';
    if (publicKey.asymmetricKeyType === 'rsa')
        return `PKIX_RSA_PKCS1V15_${modulusLength}_SHA256`;
    const kind = namedCurve === undefined ? publicKey.asymmetricKeyType : `ECDSA on ${namedCurve}`;
    throw invalid(`with a log of version 2, keys of the kind ${kind} make signatures that nobody checks`, 'Use a key on the curve P-256, or a log of version 1.');
}
function supported(read) {
    const key = read();
    const { asymmetricKeyType: type, asymmetricKeyDetails: details = {} } = key;
    const { namedCurve, modulusLength, publicExponent } = details;
    switch (type) {
        case 'ec':
            if (CURVES.includes(namedCurve))
                return key;
            throw invalid(`keys on the curve ${namedCurve} are not supported`, MAKE_ONE);
        case 'rsa':
            if (RSA_BITS.includes(modulusLength) && publicExponent === RSA_EXPONENT)
                return key;
            throw invalid(`RSA keys of ${modulusLength} bits with the exponent ${publicExponent} are not supported`, `They have 2048, 3072 or 4096 bits and the exponent ${RSA_EXPONENT}. ${MAKE_ONE}`);
        case 'ed25519':
            return key;
        default:
            throw invalid(`keys of the kind ${type} are not supported`, MAKE_ONE);
    }
}
/** What the blocks of a PEM file are. */
function headersOf(pem) {
    return [...pem.slice(0, MAX_LENGTH).matchAll(/^-----BEGIN ([A-Z0-9 ]{1,64})-----\s*$/gm)].map(match => match[1] ?? '');
}
function invalid(message, hint) {
    return new _errors_js__WEBPACK_IMPORTED_MODULE_1__/* .SeedError */ .uV('KEY_INVALID', message, { hint });
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
/* harmony import */ var _http_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(5690);
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


/***/ })

};
