export const id = 317;
export const ids = [317];
export const modules = {

/***/ 4317:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  prepareSigning: () => (/* binding */ prepareSigning)
});

// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./attest/key.js
var attest_key = __webpack_require__(8291);
// EXTERNAL MODULE: ./errors.js
var errors = __webpack_require__(8645);
// EXTERNAL MODULE: ./permission.js
var permission_0 = __webpack_require__(7657);
// EXTERNAL MODULE: ./attest/bill-of-materials.js + 1 modules
var bill_of_materials = __webpack_require__(1609);
// EXTERNAL MODULE: ./address.js
var address = __webpack_require__(9740);
// EXTERNAL MODULE: ./attest/statement.js
var attest_statement = __webpack_require__(1953);
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
        _type: attest_statement/* STATEMENT_TYPE */.zG,
        subject: [{ name: subject.name, digest: digestSet(subject.digest, 'the image') }],
        predicateType: attest_statement/* PROVENANCE_TYPE */.Ti,
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

// EXTERNAL MODULE: ../../node_modules/@sigstore/bundle/dist/index.js
var dist = __webpack_require__(6124);
// EXTERNAL MODULE: ../../node_modules/@sigstore/core/dist/index.js
var core_dist = __webpack_require__(5137);
// EXTERNAL MODULE: ./attest/bundle.js
var attest_bundle = __webpack_require__(7838);
// EXTERNAL MODULE: ./attest/rekor-v1.js
var rekor_v1 = __webpack_require__(6969);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: ../../node_modules/@sigstore/protobuf-specs/dist/index.js
var protobuf_specs_dist = __webpack_require__(7154);
// EXTERNAL MODULE: ./attest/service-client.js
var service_client = __webpack_require__(4595);
;// CONCATENATED MODULE: ./attest/rekor-v2.js
/** The transparency log, version 2. https://github.com/sigstore/rekor-tiles/tree/main/api/proto/rekor/v2 */





/** It answers only when the entry is in the tree. */
const TIMEOUT_MS = 20_000;
/**
 * Enters a signature by the digest of what was signed, as kind `hashedrekord`: this version takes no envelopes. There is no
 * time in such an entry.
 *
 * @param signed what the signature is of: the encoded envelope (PAE)
 * @returns undefined where the log has this very signature already: it does not give it out again
 * @throws SeedError KEY_INVALID, SIGSTORE_UNREACHABLE, SIGSTORE_FAILED
 */
async function logSignature(signed, { bytes, certificate, publicKey }, url, ports, options) {
    const service = { name: rekor_v1/* LOG */.$, url, timeoutMs: TIMEOUT_MS };
    const rawBytes = (certificate ?? publicKey.export({ type: 'spki', format: 'der' })).toString('base64');
    const verifier = {
        keyDetails: (0,attest_key/* keyDetails */.IY)(publicKey),
        ...(certificate ? { x509Certificate: { rawBytes } } : { publicKey: { rawBytes } })
    };
    const request = {
        hashedRekordRequestV002: {
            digest: (0,external_node_crypto_.createHash)('sha256').update(signed).digest('base64'),
            signature: { content: bytes.toString('base64'), verifier }
        }
    };
    const accept = 'application/json';
    const body = { type: accept, bytes: Buffer.from(JSON.stringify(request)) };
    const path = '/api/v2/log/entries';
    const answer = await (0,service_client/* ask */.kA)(service, { path, accept, body, statuses: [200, 201, 409] }, ports, options);
    if (answer.status === 409)
        return undefined;
    const entry = readEntry((0,service_client/* parseAnswer */.Wp)(service, answer, 'log entry'));
    if (entry === undefined)
        throw (0,service_client/* malformed */.Qm)(service, 'log entry');
    return entry;
}
function readEntry(value) {
    try {
        const { logId, kindVersion, inclusionProof, ...entry } = protobuf_specs_dist.TransparencyLogEntry.fromJSON(value);
        const isWhole = logId !== undefined &&
            kindVersion !== undefined &&
            inclusionProof?.checkpoint !== undefined &&
            logId.keyId.length > 0 &&
            entry.canonicalizedBody.length > 0 &&
            [entry.logIndex, inclusionProof.logIndex, inclusionProof.treeSize].every(number => /^\d+$/.test(number));
        return isWhole ? { ...entry, logId, kindVersion, inclusionProof } : undefined;
    }
    catch {
        return undefined;
    }
}

// EXTERNAL MODULE: ./attest/certificate.js
var attest_certificate = __webpack_require__(9359);
;// CONCATENATED MODULE: ./attest/clocks.js
/** Finds the clock that is off among several, none of which is known to be right. */
/** What requests take and clocks commonly drift apart is no news. */
const TOLERANCE_MS = 60_000;
/** The one clock that all others contradict, which agree among themselves. Two clocks do not tell which of them is off. */
function oddClock(clocks) {
    if (clocks.length < 3)
        return undefined;
    for (const clock of clocks) {
        const others = clocks.filter(each => each !== clock).map(each => each.time.getTime());
        const [first, last] = [Math.min(...others), Math.max(...others)];
        const aheadMs = clock.time.getTime() - (first + last) / 2;
        if (last - first <= TOLERANCE_MS && Math.abs(aheadMs) > 1.5 * TOLERANCE_MS)
            return { clock, aheadMs };
    }
    return undefined;
}
/** `61 min ahead` */
function describeOffset(aheadMs) {
    const seconds = Math.round(Math.abs(aheadMs) / 1000);
    return `${seconds < 600 ? `${seconds} s` : `${Math.round(seconds / 60)} min`} ${aheadMs > 0 ? 'ahead' : 'behind'}`;
}

;// CONCATENATED MODULE: ./attest/claims.js
/** Claims of an identity token. An issuer vouches for them, and still they are text that somebody else chose. */

/** Longer than any name, path or branch that a provider takes. */
const MAX_LENGTH = 1024;
/** Control characters, halves of a character, line ends of any kind, and what turns the direction of the text after it. */
const DECEPTIVE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;
/** What git takes for a full name. https://git-scm.com/docs/git-check-ref-format */
const REF = { what: 'a full name of a branch or tag (refs/…)', pattern: /^refs\/[^\s~^:?*[\\]+$/ };
const COMMIT = { what: 'a commit in hexadecimal', pattern: /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/ };
const NUMBER = { what: 'a number', pattern: /^\d{1,20}$/ };
const WORD = { what: 'a word', pattern: /^[A-Za-z][\w-]*$/ };
const UUID = { what: 'a UUID', pattern: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i };
/**
 * A claim as text. Whole numbers and truth values are made text, as Fulcio does.
 *
 * @throws SeedError IDENTITY_INVALID that names the claim where it is missing, no text, too long, of another form, or has
 *   characters that would deceive a reader
 */
function claim(claims, name, form) {
    const text = optionalClaim(claims, name, form);
    if (text === undefined)
        throw invalidClaim(name, 'is missing');
    return text;
}
/** Like {@link claim}; undefined where the claim is missing, null or empty. */
function optionalClaim(claims, name, form) {
    const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
    if (value === undefined || value === null || value === '')
        return undefined;
    const isNumber = typeof value === 'number' && Number.isSafeInteger(value);
    if (typeof value !== 'string' && typeof value !== 'boolean' && !isNumber)
        throw invalidClaim(name, 'is no text');
    const text = String(value);
    if (text.length > MAX_LENGTH)
        throw invalidClaim(name, `has more than ${MAX_LENGTH} characters`);
    if (DECEPTIVE.test(text))
        throw invalidClaim(name, 'has characters that do not belong there');
    if (form !== undefined && !form.pattern.test(text))
        throw invalidClaim(name, `is not ${form.what}`);
    return text;
}
/** The claim's value stays out of it: it is of any length and content. */
function invalidClaim(name, what, hint) {
    return new errors/* SeedError */.uV('IDENTITY_INVALID', `the claim "${name}" of the identity token ${what}`, hint === undefined ? {} : { hint });
}

;// CONCATENATED MODULE: ./attest/fulcio.js
/** The certificate authority: a certificate, for minutes, for whom an identity token speaks of. */



const fulcio_TIMEOUT_MS = 10_000;
const AUTHORITY = 'certificate authority';
/**
 * Asks for a certificate of a key. https://github.com/sigstore/fulcio/blob/main/fulcio.proto
 *
 * @param keys ECDSA, P-256
 * @returns DER of the certificate alone, unchecked
 * @throws SeedError IDENTITY_INVALID where the token was refused, SIGSTORE_UNREACHABLE, SIGSTORE_FAILED
 */
async function requestCertificate(identity, keys, fulcioUrl, ports, options) {
    const { token } = identity;
    const service = { name: AUTHORITY, url: fulcioUrl, timeoutMs: fulcio_TIMEOUT_MS, secrets: [token] };
    // Whoever signs the token's subject has the key that the certificate is asked for.
    const proof = (0,external_node_crypto_.sign)('sha256', Buffer.from(claim(identity.claims, 'sub')), keys.privateKey);
    const content = keys.publicKey.export({ type: 'spki', format: 'pem' });
    const request = {
        credentials: { oidcIdentityToken: token },
        publicKeyRequest: { publicKey: { algorithm: 'ECDSA', content }, proofOfPossession: proof.toString('base64') }
    };
    const answer = await (0,service_client/* ask */.kA)(service, {
        path: '/api/v2/signingCert',
        accept: 'application/json',
        body: { type: 'application/json', bytes: Buffer.from(JSON.stringify(request)) },
        statuses: [200, 201],
        refusal: status => (status === 400 || status === 401 ? refusal(identity) : undefined)
    }, ports, options);
    const body = (0,service_client/* parseAnswer */.Wp)(service, answer, 'certificate');
    const { chain } = body.signedCertificateEmbeddedSct ?? body.signedCertificateDetachedSct ?? {};
    const [pem] = Array.isArray(chain?.certificates) ? chain.certificates : [];
    try {
        if (typeof pem === 'string')
            return new external_node_crypto_.X509Certificate(pem).raw;
    }
    catch {
        // falls through: the library's error may quote what it read
    }
    throw (0,service_client/* malformed */.Qm)(service, 'certificate');
}
function refusal({ issuer, expires }) {
    const hint = expires.getTime() <= Date.now()
        ? `The identity token was good until ${expires.toISOString()}: get a fresh one.`
        : `Check that it takes tokens of ${issuer}, and for whom they are meant (its audience). The public one takes those of GitHub Actions, GitLab.com and CircleCI; others sign with a key.`;
    return { code: 'IDENTITY_INVALID', hint };
}

;// CONCATENATED MODULE: ./attest/inclusion.js
/** Whether a log has put an entry where it says. https://www.rfc-editor.org/rfc/rfc9162#name-verifying-an-inclusion-proo */

/** That the checkpoint is signed by the log is for those to see who have its key. */
function isIncluded({ canonicalizedBody, inclusionProof: proof }) {
    if (!proof?.checkpoint)
        return false;
    // https://github.com/C2SP/C2SP/blob/main/tlog-checkpoint.md: origin, size, root
    const [, size, root] = proof.checkpoint.envelope.split('\n');
    if (size !== proof.treeSize || root !== proof.rootHash.toString('base64'))
        return false;
    let [at, last] = [BigInt(proof.logIndex), BigInt(proof.treeSize) - 1n];
    if (at > last)
        return false;
    let hash = hashOf(0, canonicalizedBody);
    for (const sibling of proof.hashes) {
        if (last === 0n)
            return false;
        const isRight = (at & 1n) === 1n;
        hash = isRight || at === last ? hashOf(1, sibling, hash) : hashOf(1, hash, sibling);
        if (!isRight && at === last) {
            while ((at & 1n) === 0n && at !== 0n)
                [at, last] = [at >> 1n, last >> 1n];
        }
        ;
        [at, last] = [at >> 1n, last >> 1n];
    }
    return last === 0n && hash.equals(proof.rootHash);
}
function hashOf(prefix, ...parts) {
    const hash = (0,external_node_crypto_.createHash)('sha256').update(Buffer.from([prefix]));
    for (const part of parts)
        hash.update(part);
    return hash.digest();
}

// EXTERNAL MODULE: ./attest/redact.js
var redact = __webpack_require__(6047);
// EXTERNAL MODULE: ./attest/timestamp.js
var attest_timestamp = __webpack_require__(520);
;// CONCATENATED MODULE: ./attest/self-check.js
/**
 * Checks what was signed as a verifier would who trusts every server: nobody should find out later that it is of no use.
 * What names the server is for whoever runs it.
 */











/**
 * Checks a certificate before anything is signed with it, and so before anything of it is public.
 *
 * @param der unchecked
 * @param publicKey what it was asked for
 * @throws SeedError SIGNING_FAILED
 */
function checkCertificate(der, publicKey, identity, fulcioUrl) {
    const wrong = (message, hint) => failure(message, fulcioUrl, hint);
    let certificate;
    try {
        certificate = (0,attest_certificate/* readCertificate */.w)(der);
    }
    catch {
        throw wrong(`the certificate of the ${AUTHORITY} cannot be read`);
    }
    if (!certificate.publicKey.equals(publicKey))
        throw wrong(`the ${AUTHORITY} has certified another key`);
    const { subject, issuer, token } = identity;
    const shown = (texts) => (0,redact/* quotable */.E)(texts.join(' and '), [token]) || 'nobody';
    if (certificate.names.length !== 1 || certificate.names[0] !== subject) {
        throw wrong(`the certificate is for ${shown(certificate.names)}, and the identity token speaks for ${subject}`, `Check how the ${AUTHORITY} names those whom this issuer vouches for.`);
    }
    if (certificate.issuers.length !== 1 || certificate.issuers[0] !== issuer) {
        throw wrong(`the certificate names the issuer ${shown(certificate.issuers)}, and the identity token is of ${issuer}`);
    }
}
/**
 * Checks a bundle: the signature, the log's entry, the timestamp, and that all times fall into the life of the certificate.
 * Where a key signs, a clock that is off does no harm and is warned of.
 *
 * @param key of whom signs without a certificate
 * @throws SeedError SIGNING_FAILED
 */
function checkBundle(bundle, key, services, ports) {
    const { content, tlogEntries, timestampVerificationData } = bundle.verificationMaterial;
    const certificate = content.$case === 'certificate' ? content.certificate.rawBytes : undefined;
    const publicKey = certificate ? new external_node_crypto_.X509Certificate(certificate).publicKey : key;
    const envelope = bundle.content.$case === 'dsseEnvelope' ? bundle.content.dsseEnvelope : undefined;
    const [signature, ...more] = envelope?.signatures ?? [];
    if (!publicKey || !envelope || !signature || more.length > 0)
        throw failure('the bundle is not whole');
    const { payload, payloadType } = envelope;
    const signed = { payload, encoded: core_dist.dsse.preAuthEncoding(payloadType, payload), signature: signature.sig };
    if (!(0,external_node_crypto_.verify)((0,attest_key/* digestAlgorithm */.g4)(publicKey), signed.encoded, publicKey, signed.signature)) {
        throw failure('the signature does not fit to what was signed');
    }
    const verifier = certificate ?? publicKey.export({ type: 'spki', format: 'der' });
    const times = [
        ...logTimes(tlogEntries, signed, verifier, services),
        ...timestampTimes(timestampVerificationData?.rfc3161Timestamps ?? [], signed, services)
    ];
    if (certificate)
        checkTimes((0,attest_certificate/* readCertificate */.w)(certificate), times, services);
    else
        warnOfClocks(times, ports);
}
function logTimes(entries, signed, verifier, { rekorUrl: url }) {
    if (entries.length !== (url === undefined ? 0 : 1))
        throw failure(`the ${rekor_v1/* LOG */.$} has made no entry`, url);
    return entries.flatMap(entry => {
        if (!isEntryOf(entry, signed, verifier))
            throw failure(`the ${rekor_v1/* LOG */.$} has answered with an entry of something else`, url);
        if (!isIncluded(entry))
            throw failure(`the ${rekor_v1/* LOG */.$} cannot prove that it has the entry`, url);
        const seconds = Number(entry.integratedTime);
        return seconds > 0 ? [{ name: rekor_v1/* LOG */.$, ...(url !== undefined && { url }), time: new Date(seconds * 1000) }] : [];
    });
}
function timestampTimes(timestamps, { signature }, { timestampUrl: url }) {
    if (timestamps.length !== (url === undefined ? 0 : 1))
        throw failure(`the ${attest_timestamp/* TIMESTAMP_AUTHORITY */.NY} has not answered`, url);
    return timestamps.map(({ signedTimestamp }) => {
        const timestamp = (0,attest_timestamp/* readTimestamp */.L2)(signedTimestamp);
        if (timestamp?.isOf(signature))
            return { name: attest_timestamp/* TIMESTAMP_AUTHORITY */.NY, ...(url !== undefined && { url }), time: timestamp.time };
        throw failure(`the ${attest_timestamp/* TIMESTAMP_AUTHORITY */.NY} has answered with a timestamp of something else`, url);
    });
}
/** @param verifier DER of certificate or public key */
function isEntryOf({ canonicalizedBody }, { payload, encoded, signature }, verifier) {
    try {
        const { kind, spec } = JSON.parse(canonicalizedBody.toString('utf8'));
        const text = signature.toString('base64');
        if (kind === 'dsse') {
            const [only, ...more] = spec?.signatures ?? [];
            const { algorithm, value } = spec?.payloadHash ?? {};
            const isOfPayload = algorithm === 'sha256' && value === sha256(payload).toString('hex');
            return isOfPayload && more.length === 0 && only?.signature === text && derOf(only.verifier ?? '').equals(verifier);
        }
        const { data, signature: logged } = spec?.hashedRekordV002 ?? {};
        const by = logged?.verifier?.x509Certificate ?? logged?.verifier?.publicKey;
        return (kind === 'hashedrekord' &&
            data?.digest === sha256(encoded).toString('base64') &&
            logged?.content === text &&
            by?.rawBytes === verifier.toString('base64'));
    }
    catch {
        return false; // not of the shape of any entry
    }
}
function sha256(bytes) {
    return (0,external_node_crypto_.createHash)('sha256').update(bytes).digest();
}
/** @param encoded base64 of PEM */
function derOf(encoded) {
    const pem = Buffer.from(encoded, 'base64').toString('latin1');
    if (pem.includes('-----BEGIN CERTIFICATE-----'))
        return new external_node_crypto_.X509Certificate(pem).raw;
    return (0,external_node_crypto_.createPublicKey)(pem).export({ type: 'spki', format: 'der' });
}
/** Certificates live for minutes, and a signature counts that was made meanwhile. */
function checkTimes({ notBefore, notAfter }, times, { fulcioUrl }) {
    const outside = times.find(({ time }) => time < notBefore || time > notAfter);
    if (outside === undefined)
        return;
    const authority = { name: AUTHORITY, url: fulcioUrl, time: notBefore };
    const odd = oddClock([authority, ...times, thisMachine()]);
    const what = odd === undefined
        ? `the clocks of the ${AUTHORITY} and the ${outside.name} differ`
        : `the clock of the ${odd.clock.name} is ${describeOffset(odd.aheadMs)}`;
    const life = `the certificate is good from ${iso(notBefore)} to ${iso(notAfter)}`;
    throw failure(`${what}: ${life}, the ${outside.name} says ${iso(outside.time)}, and this machine's clock ${iso(new Date())}`, odd?.clock.url ?? outside.url, 'Nobody would accept the signature. Run it again when the clock is right, and tell whoever runs that server.');
}
function warnOfClocks(times, { log }) {
    const odd = oddClock([...times, thisMachine()]);
    if (odd)
        log.warn(`the clock of ${odd.clock.url === undefined ? '' : 'the '}${odd.clock.name} is ${describeOffset(odd.aheadMs)}`);
}
function thisMachine() {
    return { name: 'this machine', time: new Date() };
}
function iso(date) {
    return date.toISOString().replace(/\.\d+Z$/, 'Z');
}
function failure(message, resource, hint) {
    return new errors/* SeedError */.uV('SIGNING_FAILED', message, {
        ...(resource !== undefined && { resource }),
        hint: hint ?? 'What was signed is not used. Run it again, and check the addresses of the servers if it stays.'
    });
}

// EXTERNAL MODULE: ./http.js
var http = __webpack_require__(5690);
// EXTERNAL MODULE: ./http/error.js
var http_error = __webpack_require__(3227);
// EXTERNAL MODULE: ./http/retry.js
var http_retry = __webpack_require__(6367);
;// CONCATENATED MODULE: ./attest/issuer.js
/**
 * JSON from the servers that make identity tokens. Whatever they answer stays out of errors: some have the token, and may
 * well send it back.
 */




/** Many times the size of any real document. */
const MAX_BYTES = 256 * 1024;
const issuer_TIMEOUT_MS = 20_000;
const BACKOFF = { ...http_retry/* DEFAULT_BACKOFF */.VU, attempts: 4, maxMs: 10_000 };
/** Lets `use` ask for documents, over connections that are closed afterwards. */
async function withIssuer(ports, options, use) {
    const timeouts = { connectTimeoutMs: issuer_TIMEOUT_MS, idleTimeoutMs: issuer_TIMEOUT_MS, answerTimeoutMs: issuer_TIMEOUT_MS };
    const client = new http/* HttpClient */.Qq({ env: ports.env, signal: ports.signal, ...timeouts, ...options.http });
    const retry = {
        backoff: options.backoff ?? BACKOFF,
        signal: ports.signal,
        onRetry: (error) => ports.log.debug(`${error.message}; trying again`)
    };
    try {
        return await use(async (what, url, headers = {}) => {
            try {
                return await (0,http_retry/* retrying */.R$)(() => exchange(client, url, headers), retry);
            }
            catch (error) {
                ports.signal.throwIfAborted();
                throw issuer_failure(what, url, error);
            }
        });
    }
    finally {
        client.close();
    }
}
/** The token, or what vouches for it, goes to these addresses: in clear to the machine itself alone. */
function isSecure(url) {
    return (url.protocol === 'https:' ||
        (url.protocol === 'http:' && /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname)));
}
async function exchange(client, url, headers) {
    const response = await client.send({ url, headers: { accept: 'application/json', ...headers } });
    if (response.status !== 200) {
        await response.discard();
        throw new http_error/* HttpError */.j(`${url.host} answered with status ${response.status}`, { url, response });
    }
    const clockAheadMs = clockAhead(response);
    const text = (await (0,http/* readBody */.x8)(response, MAX_BYTES)).toString('utf8');
    try {
        return { json: JSON.parse(text), clockAheadMs };
    }
    catch {
        // The parser's own error quotes what it read.
        throw new http_error/* HttpError */.j(`${url.host} answered with something that is no JSON`, { url, retriable: false });
    }
}
/** https://www.rfc-editor.org/rfc/rfc9110#name-date: of the origin, so the age of what a cache answers is added. */
function clockAhead({ headers }) {
    const date = Date.parse(headers.date ?? '');
    const age = /^\d{1,9}$/.test(headers.age ?? '') ? Number(headers.age) : 0;
    return Number.isNaN(date) ? undefined : date + age * 1000 - Date.now();
}
/** Of an HttpError, only what this program itself has written, and the system's code. */
function issuer_failure(what, url, error) {
    const isHttp = error instanceof http_error/* HttpError */.j;
    const code = (0,errors/* systemCode */.xU)(error);
    const reason = isHttp ? error.message : 'the request failed';
    const isAnswered = isHttp && code === undefined && (error.status !== undefined || !error.retriable);
    return new errors/* SeedError */.uV(isAnswered ? 'SIGSTORE_FAILED' : 'SIGSTORE_UNREACHABLE', `${what}: ${reason}${code === undefined ? '' : ` (${code})`}`, {
        resource: url.href,
        hint: hintOf(isHttp ? error.status : undefined, isAnswered),
        ...(code !== undefined && { cause: Object.assign(new Error(code), { code }) })
    });
}
function hintOf(status, isAnswered) {
    if (!isAnswered)
        return 'Check that this machine reaches it: network, HTTPS_PROXY and NO_PROXY, NODE_EXTRA_CA_CERTS.';
    if (status === undefined)
        return 'Check that nothing on the way (a proxy, a portal) answers in its place.';
    if (status >= 300 && status < 400)
        return 'Redirects are not followed: the issuer has to be named by its own address.';
    return status >= 500 || status === 429
        ? 'Run the job again in a while.'
        : 'Run the job again, and ask its provider if it stays.';
}

;// CONCATENATED MODULE: ./attest/services.js
/** The servers that make a signature one that others can check. */


/** The public good instance. https://docs.sigstore.dev */
const PUBLIC_SERVICES = {
    fulcioUrl: 'https://fulcio.sigstore.dev',
    rekorUrl: 'https://rekor.sigstore.dev',
    rekorVersion: 1,
    timestampUrl: 'https://timestamp.sigstore.dev'
};
/**
 * @param keyless whether a token goes to the certificate authority
 * @throws SeedError USAGE where nothing would say when something was signed, or an address is none
 */
function checkServices(services, keyless) {
    const { fulcioUrl, rekorUrl, rekorVersion, timestampUrl } = services;
    for (const [name, url] of [
        ['certificate authority', keyless ? fulcioUrl : undefined],
        ['transparency log', rekorUrl],
        ['timestamp authority', timestampUrl]
    ]) {
        if (url !== undefined && !/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
            throw new errors/* SeedError */.uV('USAGE', `the address of the ${name} is no URL of the web`, { hint: 'Give one with https.' });
        }
    }
    if (keyless && !isSecure(new URL(fulcioUrl))) {
        throw new errors/* SeedError */.uV('USAGE', 'the identity token would travel in clear to the certificate authority', {
            resource: fulcioUrl,
            hint: 'Give its address with https; http is for this machine alone.'
        });
    }
    if (timestampUrl !== undefined)
        return;
    if (rekorUrl === undefined) {
        throw new errors/* SeedError */.uV('USAGE', 'without log and timestamp authority, nobody could tell when it was signed', {
            hint: 'Name at least one of them.'
        });
    }
    if (rekorVersion === 2) {
        throw new errors/* SeedError */.uV('USAGE', 'logs of version 2 tell no time, and the timestamp authority is switched off', {
            hint: 'Name a timestamp authority, or a log of version 1.'
        });
    }
}

// EXTERNAL MODULE: ./process.js
var process = __webpack_require__(3694);
;// CONCATENATED MODULE: ./attest/sign-command.js
/** Signs with a program that has the key: the client of a key management service, or of a hardware token. */



const MAX_ANSWER_BYTES = 64 * 1024;
const sign_command_TIMEOUT_MS = 120_000;
const KILL_AFTER_MS = 2000;
/** What speaks for the job is none of the program's business; what opens the door of its service is. */
const HIDDEN = /^(?:ACTIONS_|INPUT_|SIGSTORE_ID_TOKEN$|CIRCLE_OIDC|NIX_SEED_KEY|GITHUB_TOKEN$|GH_TOKEN$|CI_JOB_TOKEN$|CI_JOB_JWT|CI_REGISTRY_PASSWORD$|CI_DEPENDENCY_PROXY_PASSWORD$)/;
/** @throws SeedError KEY_INVALID where no program can sign for such a key */
function checkCommandKey(publicKey) {
    if (publicKey.asymmetricKeyType !== 'ed25519')
        return;
    throw new errors/* SeedError */.uV('KEY_INVALID', 'no program can sign a digest with an Ed25519 key', {
        hint: 'Use an ECDSA key on the curve P-256 for the command.'
    });
}
/**
 * Runs `sh -c command` with the 32 bytes of the SHA-256 of `data` on standard input. It prints the signature of that digest,
 * as ECDSA in DER or RSA by PKCS#1 v1.5 have it, as it is or in base64.
 *
 * The program sees the environment without tokens of the job and without keys of this program.
 *
 * @throws SeedError TOOL_FAILED with what it printed on standard error; SIGNING_FAILED where the answer is no signature by
 *   `publicKey`; KEY_INVALID; the signal's reason
 */
async function signWithCommand(command, publicKey, data, { env, signal }, timeoutMs = sign_command_TIMEOUT_MS) {
    checkCommandKey(publicKey);
    const deadline = AbortSignal.timeout(timeoutMs);
    let stdout;
    try {
        const ended = await (0,process/* run */.eF)('sh', ['-c', command], {
            env: Object.fromEntries(Object.entries(env).filter(([name]) => !HIDDEN.test(name))),
            signal: AbortSignal.any([signal, deadline]),
            input: (0,external_node_crypto_.createHash)('sha256').update(data).digest(),
            maxStdoutBytes: MAX_ANSWER_BYTES,
            killAfterMs: KILL_AFTER_MS
        });
        stdout = ended.stdout;
    }
    catch (error) {
        signal.throwIfAborted();
        if (deadline.aborted)
            throw failed(`it has not ended after ${timeoutMs / 1000} s`);
        if (error instanceof process/* ToolFailure */.XY)
            throw failed(describe(error), error);
        throw error instanceof errors/* SeedError */.uV && error.code === 'TOOL_FAILED' ? failed(error.message, error) : error;
    }
    const signature = candidates(stdout).find(each => isSignature(each, data, publicKey));
    if (signature)
        return signature;
    const what = stdout.length === 0 ? 'it printed nothing' : `what it printed (${stdout.length} bytes) is none by the public key`;
    throw new errors/* SeedError */.uV('SIGNING_FAILED', `the signing command made no signature: ${what}`, {
        hint: 'It reads a SHA-256 digest (32 bytes) on standard input, signs that without hashing it once more, and prints the signature alone: DER, or base64 of it. Check that the public key is of the same pair.'
    });
}
function describe({ exitStatus, stderr }) {
    const how = exitStatus === null ? 'it was killed' : `exit status ${exitStatus}`;
    return stderr.trim() === '' ? how : `${how}:\n${stderr.trim()}`;
}
function candidates(stdout) {
    const compact = stdout.toString('latin1').replace(/\s+/g, '');
    return [stdout, ...(/^[\w+/-]+={0,2}$/.test(compact) ? [Buffer.from(compact, 'base64')] : [])];
}
function isSignature(signature, data, publicKey) {
    try {
        return signature.length > 0 && (0,external_node_crypto_.verify)('sha256', data, publicKey, signature);
    }
    catch {
        return false;
    }
}
function failed(why, cause) {
    return new errors/* SeedError */.uV('TOOL_FAILED', `the signing command failed: ${why}`, {
        hint: 'Try it by hand: printf x | openssl dgst -sha256 -binary | sh -c COMMAND',
        ...(cause !== undefined && { cause })
    });
}

;// CONCATENATED MODULE: ./attest/signer.js
/** What makes signatures: a key that lives for one of them and has a certificate, a lasting key, or a program that has one. */





/** The key of those that have a lasting one. */
function publicKeyOf(means) {
    return means.kind === 'keyless' ? undefined : keyOf(means);
}
function keyOf(means) {
    return means.kind === 'key' ? (0,external_node_crypto_.createPublicKey)(means.privateKey) : means.publicKey;
}
/** @throws what `signStatement` says */
async function signBytes(data, means, fulcioUrl, ports, options) {
    switch (means.kind) {
        case 'key': {
            const { privateKey } = means;
            return { bytes: (0,external_node_crypto_.sign)((0,attest_key/* digestAlgorithm */.g4)(privateKey), data, privateKey), publicKey: (0,external_node_crypto_.createPublicKey)(privateKey) };
        }
        case 'command': {
            const { command, publicKey } = means;
            return { bytes: await signWithCommand(command, publicKey, data, ports), publicKey };
        }
        case 'keyless': {
            const { privateKey, publicKey } = (0,external_node_crypto_.generateKeyPairSync)('ec', { namedCurve: 'P-256' });
            const { identity } = means;
            const certificate = await requestCertificate(identity, { privateKey, publicKey }, fulcioUrl, ports, options);
            checkCertificate(certificate, publicKey, identity, fulcioUrl);
            return { bytes: (0,external_node_crypto_.sign)('sha256', data, privateKey), publicKey, certificate };
        }
    }
}

;// CONCATENATED MODULE: ./attest/sign.js
/**
 * From a statement to a Sigstore bundle: signed, logged, with a time.
 * https://github.com/sigstore/cosign/blob/main/specs/BUNDLE_SPEC.md and https://github.com/secure-systems-lab/dsse
 *
 * Put together here and not by @sigstore/sign: its clients will not do (see service-client.ts), and for the little that is
 * left, it takes longer to load than the servers take to answer.
 */














/**
 * Signs `statement`, has the signature logged and timestamped, and checks the result as far as that goes without a root of
 * trust: what would not verify is not handed out. Nothing is logged before the certificate is known to be the right one.
 *
 * @throws SeedError USAGE, IDENTITY_INVALID, KEY_INVALID, SIGSTORE_UNREACHABLE, SIGSTORE_FAILED, SIGNING_FAILED, TOOL_FAILED;
 *   the signal's reason. None of them shows any of the identity token.
 */
async function signStatement(statement, means, services, ports, options = {}) {
    ports.signal.throwIfAborted();
    checkSigner(means, services);
    const key = publicKeyOf(means);
    const payload = Buffer.from(JSON.stringify(statement));
    const encoded = core_dist.dsse.preAuthEncoding(attest_statement/* PAYLOAD_TYPE */.Uc, payload);
    // Where one server fails, the requests to the others end as well.
    const stop = new AbortController();
    const bounded = { ...ports, signal: AbortSignal.any([ports.signal, stop.signal]) };
    try {
        // A log of version 2 does not give out what it has already, as after an answer that was lost. Another signature will do.
        for (let attempt = 0; attempt < 2; attempt++) {
            const signature = await signBytes(encoded, means, services.fulcioUrl, bounded, options);
            const bundle = assemble(payload, signature);
            const vouched = await vouch(bundle.content.dsseEnvelope, encoded, signature, services, bounded, options);
            if (vouched === undefined)
                continue;
            Object.assign(bundle.verificationMaterial, vouched);
            checkBundle(bundle, key, services, ports);
            const json = JSON.stringify((0,dist/* bundleToJSON */.ev)(bundle));
            return { json, summary: (0,attest_bundle/* summarizeBundle */.P)(Buffer.from(json)) };
        }
    }
    finally {
        stop.abort();
    }
    throw new errors/* SeedError */.uV('SIGSTORE_FAILED', 'the transparency log has this signature already, and does not give it out', {
        ...(services.rekorUrl !== undefined && { resource: services.rekorUrl }),
        hint: 'Run it again: what is signed then has another time in it.'
    });
}
/**
 * Whether services and key fit together, which shows without anything being sent.
 *
 * @throws SeedError USAGE, KEY_INVALID
 */
function checkSigner(signer, services) {
    checkServices(services, signer.kind === 'keyless');
    if (signer.kind === 'keyless')
        return;
    if (signer.kind === 'command')
        checkCommandKey(signer.publicKey);
    // Logs of version 2 do not take all keys.
    if (services.rekorUrl !== undefined && services.rekorVersion === 2)
        (0,attest_key/* keyDetails */.IY)(keyOf(signer));
}
function assemble(payload, { bytes, publicKey, certificate }) {
    const bundle = (0,dist/* toDSSEBundle */.PR)({
        artifact: payload,
        artifactType: attest_statement/* PAYLOAD_TYPE */.Uc,
        signature: bytes,
        ...(certificate && { certificate })
    });
    const { content } = bundle.verificationMaterial;
    // Not by the option for it: that names the key in the envelope as well, where verifiers of keys want nothing.
    if (content.$case === 'publicKey')
        content.publicKey.hint = (0,attest_key/* keyHint */.p4)(publicKey);
    return bundle;
}
/** Log and timestamp authority are asked at once. @returns undefined where the log has the signature, and does not show it */
async function vouch(envelope, encoded, signature, { rekorUrl, rekorVersion, timestampUrl }, ports, options) {
    const logging = rekorUrl === undefined
        ? []
        : rekorVersion === 1
            ? (0,rekor_v1/* logEnvelope */.b)(envelope, signature, rekorUrl, ports, options).then(entry => [entry])
            : logSignature(encoded, signature, rekorUrl, ports, options).then(entry => entry && [entry]);
    const timestamping = timestampUrl === undefined
        ? []
        : (0,attest_timestamp/* requestTimestamp */.uN)(signature.bytes, timestampUrl, ports, options).then(signedTimestamp => [{ signedTimestamp }]);
    const [tlogEntries, rfc3161Timestamps] = await Promise.all([logging, timestamping]);
    return tlogEntries && { tlogEntries, timestampVerificationData: { rfc3161Timestamps } };
}

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

// EXTERNAL MODULE: ./seed/facts.js + 2 modules
var seed_facts = __webpack_require__(5687);
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

;// CONCATENATED MODULE: ./attest/builder/definition.js
/** Of the build types that are documented in docs/build-types. */
const BUILD_TYPES = 'https://nix-seed.dev/build-types';

;// CONCATENATED MODULE: ./attest/builder/circleci.js
/** CircleCI. https://circleci.com/docs/guides/permissions-authentication/openid-connect-tokens/ */


const BUILD_TYPE = `${BUILD_TYPES}/circleci/v1`;
const PREFIX = 'oidc.circleci.com/';
const ORIGIN = {
    what: 'a repository (HOST/OWNER/NAME)',
    pattern: /^(?:https:\/\/)?[a-z\d.-]+(?::\d+)?(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]+)+$/i
};
/** Other than elsewhere, nothing promises that it is a full name. */
const CHANGE = { what: 'a name of a branch or tag', pattern: /^[^\s~^:?*[\\]+$/ };
const URL_FORM = { what: 'a URL', pattern: /^https:\/\/[a-z\d.-]+(?::\d+)?(?:\/[\w./-]*)?$/i };
const circleci = {
    isIssuerOf: claims => `${PREFIX}project-id` in claims,
    subject: circleciSubject,
    builder: circleciBuilder,
    hint: audience => [
        'Put the token into the environment in the step that signs:',
        '- run: |',
        `    export SIGSTORE_ID_TOKEN="$(circleci run oidc get --claims '${JSON.stringify({ aud: audience })}')"`,
        'A pull request from a fork gets no identity token, unless the project passes secrets to forks.'
    ].join('\n')
};
/** Of a pipeline: Fulcio's default, and the claim that goes before it there. */
function circleciSubject(claims) {
    const api = optionalClaim(claims, 'api_url', URL_FORM) ?? 'https://circleci.com/api/v2';
    return `${api}/projects/${own(claims, 'project-id')}/pipeline-definitions/${own(claims, 'pipeline-definition-id')}`;
}
function circleciBuilder(claims, { commit }) {
    const id = circleciSubject(claims);
    // A pipeline that a webhook has started has neither.
    const origin = optionalClaim(claims, `${PREFIX}vcs-origin`, ORIGIN);
    const ref = optionalClaim(claims, `${PREFIX}vcs-ref`, CHANGE);
    const repository = origin === undefined ? undefined : `https://${origin.replace('https://', '')}`;
    const platform = optionalClaim(claims, 'platform_url', URL_FORM) ?? 'https://app.circleci.com/';
    return {
        kind: 'circleci',
        id,
        buildType: BUILD_TYPE,
        externalParameters: {
            pipeline: {
                definition: id,
                ...(repository !== undefined && { repository }),
                ...(ref !== undefined && { ref })
            }
        },
        internalParameters: {
            circleci: {
                ...organizationOf(claims),
                project_id: own(claims, 'project-id'),
                pipeline_id: own(claims, 'pipeline-id'),
                workflow_id: own(claims, 'workflow-id'),
                job_id: own(claims, 'job-id'),
                ...sshRerunOf(claims)
            }
        },
        ...(repository !== undefined &&
            ref !== undefined &&
            commit !== undefined && {
            source: { uri: `git+${repository}@${ref}`, commit: claim({ commit }, 'commit', COMMIT) }
        }),
        // The two slashes are what the certificate has, too.
        invocationId: `${platform}/workflow/${own(claims, 'workflow-id')}/job/${own(claims, 'job-id')}`
    };
}
/** Every organisation has an issuer of its own, named after it. */
function organizationOf(claims) {
    const id = optionalClaim(claims, `${PREFIX}org-id`, UUID) ?? /\/org\/([0-9a-f-]{36})$/i.exec(claim(claims, 'iss'))?.[1];
    return id === undefined ? {} : { org_id: id };
}
/** Whether somebody could log in to the machine that built. */
function sshRerunOf(claims) {
    const text = optionalClaim(claims, `${PREFIX}ssh-rerun`, { what: 'true or false', pattern: /^(?:true|false)$/ });
    return text === undefined ? {} : { ssh_rerun: text === 'true' };
}
function own(claims, name) {
    return claim(claims, `${PREFIX}${name}`, UUID);
}

;// CONCATENATED MODULE: ./attest/certificate-uri.js
/**
 * URIs as they come out of a certificate: Fulcio has Go parse and print them, which escapes some characters. Branches may
 * have any of them in their names.
 * https://pkg.go.dev/net/url#URL.EscapedPath
 */
const PATH = { valid: /^(?:[\w.~$&+,/:;=@!'()*[\]%-])*$/, kept: /[\w.~$&+,/:;=@-]/ };
const FRAGMENT = { valid: /^(?:[\w.~$&+,/:;=?@!'()*[\]%-])*$/, kept: /[\w.~$&+,/:;=?@!()*-]/ };
/**
 * @param text `https://HOST/…`
 * @returns undefined where Fulcio would refuse it, or no such URI can name a job
 */
function certificateUri(text) {
    const [, origin, path, , fragment = ''] = /^(https?:\/\/[a-z\d.-]+(?::\d+)?)(\/[^?#]*)(#(.*))?$/is.exec(text) ?? [];
    if (origin === undefined || path === undefined || /%(?![\da-f]{2})/i.test(text))
        return undefined;
    return origin + escaped(path, PATH) + (fragment === '' ? '' : `#${escaped(fragment, FRAGMENT)}`);
}
/** What is fit to be printed stays as it is; of anything else, all is taken apart and escaped anew. */
function escaped(text, { valid, kept }) {
    if (valid.test(text))
        return text;
    const bytes = Buffer.from(text, 'utf8');
    return [...unescaped(bytes)]
        .map(byte => {
        const character = String.fromCharCode(byte);
        return kept.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
        .join('');
}
function* unescaped(bytes) {
    for (let at = 0; at < bytes.length; at++) {
        const isEscape = bytes[at] === 0x25;
        yield isEscape ? parseInt(bytes.toString('latin1', at + 1, at + 3), 16) : (bytes[at] ?? 0);
        if (isEscape)
            at += 2;
    }
}

;// CONCATENATED MODULE: ./attest/builder/github.js
/**
 * GitHub Actions, github.com and GitHub Enterprise.
 * https://docs.github.com/actions/reference/security/oidc
 */



/** GitHub's own, which its tools expect. https://actions.github.io/buildtypes/workflow/v1 */
const github_BUILD_TYPE = 'https://actions.github.io/buildtypes/workflow/v1';
const NAME = String.raw `(?!\.{1,2}(?:\/|$))[\w.-]+`;
const REPOSITORY = { what: 'a repository (OWNER/NAME)', pattern: new RegExp(`^${NAME}/${NAME}$`) };
const WORKFLOW = {
    what: 'a workflow (OWNER/NAME/PATH@REF)',
    pattern: new RegExp(`^${NAME}/${NAME}/(?!.*/\\.{1,2}/)[^/?].*@.+$`)
};
const github = {
    isIssuerOf: claims => 'job_workflow_ref' in claims,
    subject: githubSubject,
    builder: githubBuilder,
    hint: () => `${(0,permission_0/* permissionHint */.f)('id-token: write')}\nA pull request from a fork gets no identity token.`
};
function githubSubject(claims) {
    const uri = certificateUri(`${serverOf(claims)}/${claim(claims, 'job_workflow_ref', WORKFLOW)}`);
    if (uri === undefined)
        throw invalidClaim('job_workflow_ref', 'makes no URI that a certificate can hold');
    return uri;
}
function githubBuilder(claims) {
    const server = serverOf(claims);
    const path = claim(claims, 'repository', REPOSITORY);
    const repository = `${server}/${path}`;
    const ref = claim(claims, 'ref', REF);
    const run = `${claim(claims, 'run_id', NUMBER)}/attempts/${claim(claims, 'run_attempt', NUMBER)}`;
    return {
        kind: 'github',
        id: githubSubject(claims),
        buildType: github_BUILD_TYPE,
        externalParameters: { workflow: { ref, repository, path: workflowPath(claims, path, ref) } },
        internalParameters: {
            github: {
                event_name: claim(claims, 'event_name', WORD),
                repository_id: claim(claims, 'repository_id', NUMBER),
                repository_owner_id: claim(claims, 'repository_owner_id', NUMBER),
                runner_environment: claim(claims, 'runner_environment', WORD)
            }
        },
        source: { uri: `git+${repository}@${ref}`, commit: claim(claims, 'sha', COMMIT) },
        invocationId: `${repository}/actions/runs/${run}`
    };
}
/** Both file and branch may have an `@` in their names, and the workflow may be another repository's. */
function workflowPath(claims, repository, ref) {
    const workflow = claim(claims, 'workflow_ref', WORKFLOW);
    const path = workflow.startsWith(`${repository}/`) ? workflow.slice(repository.length + 1) : workflow;
    if (path.endsWith(`@${ref}`))
        return path.slice(0, -ref.length - 1);
    // No name of a workflow's file has a slash.
    const end = path.indexOf('@refs/');
    return path.slice(0, end < 0 ? path.lastIndexOf('@') : end);
}
/**
 * The address of the GitHub that issued a token: `https://github.com`, which has its issuer elsewhere; a tenant of
 * ghe.com; a server of one's own, which is its issuer itself.
 * https://docs.github.com/enterprise-server/actions/reference/security/oidc
 */
function serverOf(claims) {
    // Fulcio gives a claim of this name precedence, too.
    const named = optionalClaim(claims, 'url', { what: 'a URL', pattern: /^https:\/\/[a-z\d.-]+(?::\d+)?$/ });
    if (named !== undefined)
        return named;
    const issuer = claim(claims, 'iss');
    const tenant = /^https:\/\/token\.actions\.([a-z\d-]+\.ghe\.com)(?:\/|$)/.exec(issuer)?.[1];
    if (tenant !== undefined)
        return `https://${tenant}`;
    return /^(https:\/\/[^/]+)\/_services\/token\/?$/.exec(issuer)?.[1] ?? 'https://github.com';
}

;// CONCATENATED MODULE: ./attest/builder/gitlab.js
/** GitLab CI, gitlab.com and self-managed. https://docs.gitlab.com/ci/secrets/id_token_authentication/ */



const gitlab_BUILD_TYPE = `${BUILD_TYPES}/gitlab/v1`;
const gitlab_NAME = String.raw `(?!\.{1,2}(?:\/|$))[\w.-]+`;
const PROJECT = { what: 'a project (GROUP/NAME)', pattern: new RegExp(`^${gitlab_NAME}(?:/${gitlab_NAME})+$`) };
const CONFIG = {
    what: "a pipeline's configuration (HOST/PROJECT//FILE@REF)",
    pattern: /^(?!.*(?:\?|\/\.{1,2}\/))[a-z\d.-]+(?::\d+)?\/.+\/\/.+@.+$/i
};
const gitlab = {
    isIssuerOf: claims => 'project_path' in claims && 'pipeline_source' in claims,
    subject: gitlabSubject,
    builder: gitlabBuilder,
    hint: audience => ['Add this to the job in .gitlab-ci.yml:', 'id_tokens:', '  SIGSTORE_ID_TOKEN:', `    aud: ${audience}`].join('\n')
};
function gitlabSubject(claims) {
    const uri = certificateUri(`https://${configOf(claims)}`);
    if (uri === undefined)
        throw invalidClaim('ci_config_ref_uri', 'makes no URI that a certificate can hold');
    return uri;
}
function configOf(claims) {
    const config = optionalClaim(claims, 'ci_config_ref_uri', CONFIG);
    if (config !== undefined)
        return config;
    throw invalidClaim('ci_config_ref_uri', 'is missing', "GitLab makes it where the pipeline's configuration is a file of a repository: use one, with GitLab 16.2 or later.");
}
function gitlabBuilder(claims) {
    const repository = `${claim(claims, 'iss').replace(/\/+$/, '')}/${claim(claims, 'project_path', PROJECT)}`;
    const ref = refOf(claims);
    const job = claim(claims, 'job_id', NUMBER);
    const configSha = optionalClaim(claims, 'ci_config_sha', COMMIT);
    return {
        kind: 'gitlab',
        id: gitlabSubject(claims),
        buildType: gitlab_BUILD_TYPE,
        externalParameters: { pipeline: { repository, ref, config: configOf(claims) } },
        internalParameters: {
            gitlab: {
                pipeline_source: claim(claims, 'pipeline_source', WORD),
                pipeline_id: claim(claims, 'pipeline_id', NUMBER),
                job_id: job,
                project_id: claim(claims, 'project_id', NUMBER),
                namespace_id: claim(claims, 'namespace_id', NUMBER),
                runner_environment: claim(claims, 'runner_environment', WORD),
                ...(configSha !== undefined && { ci_config_sha: configSha })
            }
        },
        source: { uri: `git+${repository}@${ref}`, commit: claim(claims, 'sha', COMMIT) },
        invocationId: `${repository}/-/jobs/${job}`
    };
}
/** `ref` is a bare name; releases before 16.0 leave the kind to `ref_type`. */
function refOf(claims) {
    const path = optionalClaim(claims, 'ref_path', REF);
    if (path !== undefined)
        return path;
    const kind = claim(claims, 'ref_type', { what: 'branch or tag', pattern: /^(?:branch|tag)$/ });
    return claim({ ref: `refs/${kind === 'branch' ? 'heads' : 'tags'}/${claim(claims, 'ref')}` }, 'ref', REF);
}

;// CONCATENATED MODULE: ./attest/builder/plain.js
/** A builder that no CI provider vouches for: known by its key, or by an issuer of one's own. */




const plain_BUILD_TYPE = `${BUILD_TYPES}/plain/v1`;
/**
 * A builder by the operator's word.
 *
 * @throws SeedError USAGE where a URI is none or has credentials in it, or the commit is none
 */
function plainBuilder({ id, source, invocationId }) {
    checkUri(id, "the builder's id");
    if (source !== undefined)
        checkUri(source.uri, 'the source');
    if (invocationId !== undefined)
        checkUri(invocationId, 'the address of the run');
    if (source !== undefined && !COMMIT.pattern.test(source.commit)) {
        throw new errors/* SeedError */.uV('USAGE', `the source's commit is not ${COMMIT.what}`);
    }
    return {
        ...builderOf(id),
        ...(source !== undefined && {
            externalParameters: { source: { uri: source.uri } },
            source: { uri: source.uri, commit: source.commit }
        }),
        ...(invocationId !== undefined && { invocationId })
    };
}
/** Tokens whose subject is a URI already. https://github.com/sigstore/fulcio/blob/main/docs/oidc.md#uri */
const plain = {
    isIssuerOf: claims => uriOf(claims) !== undefined,
    subject: plainSubject,
    builder: claims => builderOf(plainSubject(claims)),
    hint: audience => `Set SIGSTORE_ID_TOKEN to an identity token that is meant for ${JSON.stringify(audience)}.`
};
function builderOf(id) {
    return { kind: 'plain', id, buildType: plain_BUILD_TYPE, externalParameters: {}, internalParameters: {} };
}
function plainSubject(claims) {
    claim(claims, 'sub');
    const uri = uriOf(claims);
    if (uri === undefined)
        throw invalidClaim('sub', 'is no URI that a certificate can hold');
    return uri;
}
function uriOf({ sub }) {
    return typeof sub === 'string' ? certificateUri(sub) : undefined;
}
function checkUri(text, what) {
    const isPlain = /^[a-z][a-z\d+.-]*:[!-~]+$/i.test(text) && URL.canParse(text);
    const hasCredentials = /^[a-z\d+.-]+:\/\/[^/?#]*@/i.test(text);
    if (isPlain && !hasCredentials)
        return;
    throw new errors/* SeedError */.uV('USAGE', `${what} is ${isPlain ? 'a URI with a user or password in it' : 'no absolute URI'}`, {
        hint: 'Give one such as https://example.org/builders/1, which need not lead anywhere.'
    });
}

;// CONCATENATED MODULE: ./attest/builder/provider.js
/** Which CI provider an identity token is from. */





/** @throws SeedError IDENTITY_INVALID where the claims are of no kind that is known, or of two */
function providerOf(claims) {
    const [provider, second] = [github, gitlab, circleci].filter(candidate => candidate.isIssuerOf(claims));
    if (second !== undefined) {
        throw new errors/* SeedError */.uV('IDENTITY_INVALID', 'the identity token has claims of two different CI providers');
    }
    if (provider !== undefined)
        return provider;
    if (plain.isIssuerOf(claims))
        return plain;
    throw new errors/* SeedError */.uV('IDENTITY_INVALID', 'the identity token is of no kind that names a builder', {
        hint: 'Tokens of GitHub Actions, GitLab CI and CircleCI do, and others whose subject is a URI; other builders sign with --key or --sign-command.'
    });
}

;// CONCATENATED MODULE: ./attest/builder.js


/**
 * The builder that an identity token speaks of, by what its claims are and not by the issuer's host: every provider has
 * installations of its own.
 *
 * @param checkout what was built, for providers whose tokens do not name the commit (CircleCI)
 * @throws SeedError IDENTITY_INVALID that names the claim
 */
function certifiedBuilder({ claims }, checkout = {}) {
    return providerOf(claims).builder(claims, checkout);
}

// EXTERNAL MODULE: ../../node_modules/jose/dist/webapi/util/decode_protected_header.js
var decode_protected_header = __webpack_require__(6752);
// EXTERNAL MODULE: ../../node_modules/jose/dist/webapi/util/decode_jwt.js
var decode_jwt = __webpack_require__(5509);
// EXTERNAL MODULE: ../../node_modules/jose/dist/webapi/jwt/verify.js + 2 modules
var verify = __webpack_require__(2222);
// EXTERNAL MODULE: ../../node_modules/jose/dist/webapi/jwks/local.js
var local = __webpack_require__(4283);
;// CONCATENATED MODULE: ./attest/identity.js
/** Whom an identity token speaks for: checked like Fulcio does, so that a job learns early what is wrong. */





/** Where anybody can check a signature. A secret that both sides know proves nothing. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];
const MAX_TOKEN_LENGTH = 32 * 1024;
/** How early a token may be used: as Fulcio has it. */
const LEEWAY_SECONDS = 300;
/** Clocks that are further apart are worth a word: what they say becomes part of the statement. */
const CLOCK_TOLERANCE_MS = 60_000;
/**
 * Checks a token with the keys that its issuer publishes, and reads whom it speaks for. No error shows any of it.
 * https://openid.net/specs/openid-connect-discovery-1_0.html
 *
 * @param token a JWT
 * @param audience whom the token must be meant for: `sigstore`
 * @throws SeedError IDENTITY_INVALID, SIGSTORE_UNREACHABLE or SIGSTORE_FAILED (the issuer); the signal's reason
 */
async function verifyIdentity(token, audience, ports, options = {}) {
    const issuer = readIssuer(token);
    const { keys, clockAheadMs } = await withIssuer(ports, options, fetchJson => fetchKeys(issuer, fetchJson));
    const claims = await verifyToken(token, keys, { issuer, audience, clockAheadMs });
    const provider = providerOf(claims);
    claim(claims, 'sub');
    warnOfClock(clockAheadMs, ports);
    // All that will be needed is read now, when nothing has been built yet.
    provider.builder(claims, {});
    return {
        token,
        issuer,
        subject: provider.subject(claims),
        claims,
        expires: new Date(Number(claims['exp']) * 1000)
    };
}
/** Whether a token says that it is meant for `audience`; nothing is verified. */
function isMeantFor(token, audience) {
    try {
        const { aud } = decodeJwt(token);
        return [aud].flat().includes(audience);
    }
    catch {
        return false;
    }
}
function isTokenShaped(token) {
    return token.length <= MAX_TOKEN_LENGTH && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token);
}
/** Who says to have issued the token. */
function readIssuer(token) {
    const { alg, iss } = decode(token);
    if (typeof alg !== 'string' || !ALGORITHMS.includes(alg)) {
        throw new errors/* SeedError */.uV('IDENTITY_INVALID', 'the identity token is not signed in a way that others can check');
    }
    const issuer = claim({ iss }, 'iss');
    const url = URL.parse(issuer);
    if (url === null || !isSecure(url) || /[?#@\s]/.test(issuer)) {
        throw invalidClaim('iss', 'is no https URL, which issuers have');
    }
    return issuer;
}
function decode(token) {
    if (isTokenShaped(token)) {
        try {
            return { alg: (0,decode_protected_header/* decodeProtectedHeader */._)(token).alg, iss: (0,decode_jwt/* decodeJwt */.i)(token).iss };
        }
        catch {
            // a library's errors may quote what they are about
        }
    }
    throw new errors/* SeedError */.uV('IDENTITY_INVALID', 'the identity token is no JSON Web Token', {
        hint: 'It has three parts with dots between them, and nothing else.'
    });
}
async function fetchKeys(issuer, fetchJson) {
    const at = new URL(`${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`);
    const discovery = (await fetchJson("the token issuer's configuration cannot be had", at)).json;
    const { issuer: named, jwks_uri: address } = isObject(discovery) ? discovery : {};
    if (named !== issuer) {
        throw new errors/* SeedError */.uV('IDENTITY_INVALID', "the configuration of the token's issuer is of another issuer", {
            resource: at.href
        });
    }
    const url = typeof address === 'string' ? URL.parse(address) : null;
    if (url === null || !isSecure(url) || (at.protocol === 'https:' && url.protocol !== 'https:')) {
        throw new errors/* SeedError */.uV('SIGSTORE_FAILED', "the token issuer's configuration names no https URL of its keys", {
            resource: at.href
        });
    }
    const { json, clockAheadMs } = await fetchJson("the token issuer's keys cannot be had", url);
    if (!isObject(json) || !Array.isArray(json['keys'])) {
        throw new errors/* SeedError */.uV('SIGSTORE_FAILED', 'the token issuer publishes no keys', { resource: url.href });
    }
    return { keys: json, clockAheadMs };
}
async function verifyToken(token, keys, expected) {
    const { issuer, audience, clockAheadMs } = expected;
    try {
        const { payload } = await (0,verify/* jwtVerify */.V)(token, (0,local/* createLocalJWKSet */.w)(keys), {
            issuer,
            audience,
            algorithms: ALGORITHMS,
            requiredClaims: ['iss', 'aud', 'exp', 'iat', 'sub'],
            clockTolerance: LEEWAY_SECONDS
        });
        // Issuers that have no `nbf` leave it at that, and what ends now is of no more use.
        const [from, until] = [secondsOf(payload, 'iat'), secondsOf(payload, 'exp')];
        const now = Date.now() / 1000;
        if (from > now + LEEWAY_SECONDS || until <= now)
            throw untimely(token, clockAheadMs);
        return payload;
    }
    catch (error) {
        throw error instanceof errors/* SeedError */.uV ? error : identity_refusal(token, error, audience, clockAheadMs);
    }
}
/** The library's error holds all claims, so it is no cause. */
function identity_refusal(token, error, audience, clockAheadMs) {
    const { code, claim: name } = error;
    switch (code) {
        case 'ERR_JWT_EXPIRED':
            return untimely(token, clockAheadMs);
        case 'ERR_JWT_CLAIM_VALIDATION_FAILED':
            if (name === 'nbf' && typeof (0,decode_jwt/* decodeJwt */.i)(token).nbf === 'number')
                return untimely(token, clockAheadMs);
            if (name === 'aud')
                return otherAudience((0,decode_jwt/* decodeJwt */.i)(token), audience);
            return invalidClaim(String(name), 'is missing or not what it should be');
        case 'ERR_JWKS_NO_MATCHING_KEY':
            return new errors/* SeedError */.uV('IDENTITY_INVALID', 'the identity token is signed with a key that its issuer does not publish');
        case 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED':
            return new errors/* SeedError */.uV('IDENTITY_INVALID', "the identity token's signature is not its issuer's");
        default:
            return new errors/* SeedError */.uV('IDENTITY_INVALID', `the identity token cannot be checked (${typeof code === 'string' ? code : 'unknown reason'})`);
    }
}
function otherAudience(claims, audience) {
    const { aud } = claims;
    const named = aud === undefined ? 'nobody' : JSON.stringify(aud);
    return new errors/* SeedError */.uV('IDENTITY_INVALID', `the identity token is meant for ${named.length > 200 ? 'somebody else' : named}, and not for "${audience}"`, identity_hintOf(claims, audience));
}
/** Which lines to change; none where nobody knows what the token is of. */
function identity_hintOf(claims, audience) {
    try {
        return { hint: providerOf(claims).hint(audience) };
    }
    catch {
        return {};
    }
}
/** Says whose clock is off, if one is. */
function untimely(token, clockAheadMs) {
    const claims = (0,decode_jwt/* decodeJwt */.i)(token);
    const now = Date.now();
    const from = timeOf(claims['nbf'] ?? claims['iat']);
    const until = timeOf(claims['exp']);
    const times = `it is valid from ${from} to ${until}, and this machine's clock says ${isoSeconds(now)}`;
    if (clockAheadMs !== undefined && Math.abs(clockAheadMs) > CLOCK_TOLERANCE_MS) {
        return new errors/* SeedError */.uV('IDENTITY_INVALID', `the clocks of this machine and of the token's issuer differ: the identity token cannot be used, since ${times} and the issuer's ${isoSeconds(now + clockAheadMs)}`, { hint: "Set this machine's clock." });
    }
    const isOver = Number(claims['exp']) * 1000 <= now;
    return new errors/* SeedError */.uV('IDENTITY_INVALID', `the identity token ${isOver ? 'has expired' : 'is not valid yet'}: ${times}`, {
        hint: isOver
            ? 'Get a fresh one right before it is used.'
            : "Check the clocks of this machine and of the token's issuer."
    });
}
/** The token is good all the same. */
function warnOfClock(clockAheadMs, { log }) {
    if (clockAheadMs === undefined || Math.abs(clockAheadMs) <= CLOCK_TOLERANCE_MS)
        return;
    const now = Date.now();
    log.warn(`this machine's clock says ${isoSeconds(now)}, that of the token's issuer ${isoSeconds(now + clockAheadMs)}`);
}
function timeOf(seconds) {
    return typeof seconds === 'number' && Math.abs(seconds) < 8e12 ? isoSeconds(seconds * 1000) : 'no time';
}
const isoSeconds = (ms) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
/** https://www.rfc-editor.org/rfc/rfc7519#section-2: seconds since 1970. */
function secondsOf(claims, name) {
    const seconds = claims[name];
    if (typeof seconds === 'number' && seconds > 0 && seconds < 8e12)
        return seconds;
    throw invalidClaim(name, 'is no time');
}
function isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// EXTERNAL MODULE: ./seed/checkout.js
var checkout = __webpack_require__(7666);
;// CONCATENATED MODULE: ./seed/signing.js





/**
 * Finds out whether this job can sign at all, before anything that takes long: whether services, key and builder fit
 * together, what the job's identity is, and with `seed` whether that is of the tree that is to be built.
 *
 * @returns what the certificate will say; undefined for keys
 * @throws SeedError USAGE, KEY_INVALID, IDENTITY_MISSING, IDENTITY_INVALID, SIGSTORE_UNREACHABLE, SIGSTORE_FAILED
 */
async function checkSigning(signing, ports, seed) {
    checkSigner(signing, signing.services);
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
    return plainBuilder({ id: signing.kind === 'keyless' ? '' : signing.builderId }).id;
}
async function identify(signing, ports) {
    return verifyIdentity(await signing.token(signing.audience), signing.audience, ports);
}
/** A builder that only the operator vouches for. */
function keyBuilder(id, { env }, seed) {
    const source = seed && (0,seed_facts/* sourceOf */.vz)(seed.flake, seed.labels ?? {});
    const invocationId = (0,seed_facts/* invocationOf */.QC)(env);
    return plainBuilder({ id, ...(source && { source }), ...(invocationId !== undefined && { invocationId }) });
}

;// CONCATENATED MODULE: ./seed/waiting.js
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
    const facts = await waiting('gathering what is attested', ports, () => (0,seed_facts/* readFacts */.MH)(image, { ...request, built }, ports));
    const bill = bill_billOf(image, { name, digest });
    watch.lap('facts');
    const { means, builder } = await waiting('getting an identity', ports, () => signer(signing, { flake, labels: image.indexAnnotations }, ports));
    watch.lap('identity');
    const statement = provenance(builder, {
        ...facts,
        subject: { name, digest },
        startedOn,
        finishedOn,
        bill: { digest: (0,oci_digest/* digestOf */.ol)(bill), mediaType: bill_of_materials/* BILL_TYPE */.v, size: bill.length }
    });
    const signed = await waiting('signing', ports, () => signStatement(statement, means, signing.services, ports));
    const files = await (0,attestation/* writeAttestation */.U)(request.files, digest, signed.json, bill);
    watch.lap('sign');
    const artifacts = [(0,attestation/* bundleArtifact */.dz)(Buffer.from(signed.json), signed.summary), (0,attestation/* billArtifact */.yh)(bill)];
    const attached = await waiting('attaching', ports, () => repository.attach(image.index, artifacts)).catch((error) => {
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

// EXTERNAL MODULE: ./phases/context.js + 3 modules
var context = __webpack_require__(6005);
;// CONCATENATED MODULE: ./phases/sign.js






/**
 * Finds out whether this job can sign, which takes a moment, before anything that takes long.
 *
 * @throws SeedError IDENTITY_MISSING, IDENTITY_INVALID, KEY_INVALID, SIGSTORE_UNREACHABLE, SIGSTORE_FAILED
 */
async function prepareSigning(phase) {
    const { signing, identity } = await (0,context/* step */.PM)(phase, 'Find out who signs', async () => {
        const means = signingOf(phase);
        const found = await checkSigning(means, phase.ports);
        if (means.kind === 'key')
            phase.ports.log.info(`signing with a key, as ${means.builderId}`);
        return { signing: means, identity: found };
    });
    // Below the folder that the last phase removes: what is kept hangs on the image.
    const sign = seed => attestSeed({ ...seed, signing, files: (0,external_node_path_.join)(phase.folder, 'attestation') }, phase.ports);
    if (identity)
        sign.check = flake => void checkSource(identity, flake);
    return sign;
}
function signingOf(phase) {
    const { audience, key, ...services } = phase.inputs.signing;
    if (key === undefined)
        return { services, audience, kind: 'keyless', token: jobToken(phase) };
    return { services, audience, kind: 'key', privateKey: openKey(key), builderId: key.builderId };
}
function openKey({ pem, passphrase }) {
    try {
        return (0,attest_key/* readPrivateKey */.$k)(pem, passphrase);
    }
    catch (error) {
        if (!(error instanceof errors/* SeedError */.uV) || passphrase === undefined)
            throw error;
        // The command line has the passphrase from elsewhere.
        const hint = 'Look at what the inputs signing-key and signing-key-passphrase are given.';
        throw new errors/* SeedError */.uV(error.code, error.message, { hint, cause: error });
    }
}
/** The identity tokens of the job. @throws SeedError IDENTITY_MISSING with what to add to the workflow */
function jobToken({ runner, ports }) {
    return async (audience) => {
        try {
            ports.signal.throwIfAborted();
            return await unlessAborted(runner.idToken(audience), ports.signal);
        }
        catch (error) {
            ports.signal.throwIfAborted();
            throw identityMissing(error);
        }
    };
}
/** The toolkit asks again for minutes where the service does not answer, and cannot be told to stop. */
async function unlessAborted(answer, signal) {
    const { promise, reject } = Promise.withResolvers();
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    try {
        return await Promise.race([answer, promise]);
    }
    finally {
        signal.removeEventListener('abort', stop);
    }
}
/** Without its cause: the toolkit quotes what the server has answered, and that may be anything. */
function identityMissing(error) {
    const said = error instanceof Error ? error.message : '';
    const permission = `${(0,permission_0/* permissionHint */.f)('id-token: write')}\nOr set "sign: false": the seed is published and pinned without a signature then.`;
    // https://github.com/actions/toolkit/blob/main/packages/core/src/oidc-utils.ts
    if (/\bACTIONS_ID_TOKEN_REQUEST_(?:URL|TOKEN)\b/.test(said)) {
        return new errors/* SeedError */.uV('IDENTITY_MISSING', 'the job has no identity to sign its seed with', { hint: permission });
    }
    const status = /Error Code\s*:\s*(\d{3})\b/.exec(said)?.[1];
    const what = status === undefined ? 'did not answer, or with no token' : `answered ${status}`;
    return new errors/* SeedError */.uV('IDENTITY_MISSING', `the job's identity token could not be had: the runner's service ${what}`, {
        hint: `Run the job again later. If that does not help:\n${permission}`
    });
}


/***/ })

};
