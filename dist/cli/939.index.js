export const id = 939;
export const ids = [939];
export const modules = {

/***/ 6939:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  BundleRefusal: () => (/* reexport */ refusal/* BundleRefusal */.dx),
  MAX_BUNDLE_BYTES: () => (/* reexport */ MAX_BUNDLE_BYTES),
  isCommit: () => (/* reexport */ isCommit),
  readBundle: () => (/* reexport */ readBundle),
  verifyBundle: () => (/* binding */ verifyBundle),
  verifyFile: () => (/* binding */ verifyFile)
});

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: ./attest/statement.js
var attest_statement = __webpack_require__(1953);
// EXTERNAL MODULE: ../../node_modules/@sigstore/verify/dist/index.js
var dist = __webpack_require__(3575);
// EXTERNAL MODULE: ./attest/verify/log-entry.js
var log_entry = __webpack_require__(9299);
// EXTERNAL MODULE: ./attest/verify/remembered.js
var remembered = __webpack_require__(5300);
// EXTERNAL MODULE: ./attest/verify/refusal.js
var refusal = __webpack_require__(7128);
// EXTERNAL MODULE: ./attest/verify/stackless.js
var stackless = __webpack_require__(5777);
;// CONCATENATED MODULE: ./attest/verify/cryptography.js





const THRESHOLDS = { tlogThreshold: 1, ctlogThreshold: 1, timestampThreshold: 1 };
/** How far the clock of this machine may be behind. */
const CLOCK_TOLERANCE_MS = 10 * 60 * 1000;
/** @throws BundleRefusal */
function verifySignature({ bundle, claimed }, check) {
    const { trust, publicKey, file, now } = check;
    if ((claimed.kind === 'key') !== (publicKey !== undefined)) {
        throw new refusal/* BundleRefusal */.dx('signer-kind', 'the bundle is signed by another kind of signer', {
            expected: publicKey ? 'key' : 'certificate',
            found: claimed.kind
        });
    }
    const signer = claimed.kind === 'certificate' ? claimed : { kind: 'key', publicKey: publicKey };
    const key = signer.kind === 'certificate' ? signer.certificate.publicKey : signer.publicKey;
    const entity = signedEntity(bundle, file);
    // Before all else, so that what was tampered with is told as such.
    if (!entity.signature.verifySignature(key)) {
        throw new refusal/* BundleRefusal */.dx('signature-invalid', 'the signature is not of this content by this signer');
    }
    const material = {
        ...trust.material,
        publicKey: () => ({ publicKey: key, validFor: () => true })
    };
    if (entity.tlogEntries.length === 0)
        throw new refusal/* BundleRefusal */.dx('log-missing', 'the bundle has no log entry');
    for (const entry of entity.tlogEntries) {
        (0,log_entry/* checkEntryForm */.rO)(entry, material);
        (0,log_entry/* checkEntrySigner */.Nf)(entry, verifierOf(signer));
    }
    if (entity.timestamps.length === 0) {
        throw new refusal/* BundleRefusal */.dx('time-missing', 'neither a log nor a timestamp authority says when it was signed');
    }
    runLibrary(entity, material, signer);
    const times = timesOf(entity);
    const dates = times.map(({ at }) => at);
    for (const entry of entity.tlogEntries)
        (0,log_entry/* checkLogKey */.kW)(entry, dates, material);
    const [earliest, ...later] = times;
    const latest = times.at(-1);
    if (earliest === undefined || latest === undefined)
        throw new Error('a verified bundle without a time');
    if (latest.at.getTime() > now.getTime() + CLOCK_TOLERANCE_MS) {
        throw new refusal/* BundleRefusal */.dx('time-in-future', `it was signed at ${(0,refusal/* time */.kB)(latest.at)}, and the clock here says ${(0,refusal/* time */.kB)(now)}`);
    }
    return { signer, times: [earliest, ...later], entries: entity.tlogEntries.map(describeEntry) };
}
function verifierOf(signer) {
    return signer.kind === 'certificate'
        ? { certificate: signer.certificate.der }
        : { publicKey: signer.publicKey.export({ type: 'spki', format: 'der' }) };
}
function signedEntity(bundle, file) {
    let entity;
    try {
        entity = (0,stackless/* stackless */.I)(() => (0,dist/* toSignedEntity */.DC)(bundle, file));
        if (entity.key.$case === 'certificate')
            (0,remembered/* remembered */.H)(entity.key.certificate);
        for (const each of entity.timestamps)
            if (each.$case === 'timestamp-authority')
                each.timestamp.signingTime.toISOString();
    }
    catch (cause) {
        throw new refusal/* BundleRefusal */.dx('timestamp-invalid', 'a timestamp cannot be read', { cause });
    }
    // The library takes the time of an entry for signed, whether it is or not.
    const timestamps = entity.timestamps.filter(each => each.$case === 'timestamp-authority' || each.tlogEntry.inclusionPromise !== undefined);
    return { ...entity, timestamps };
}
function timesOf(entity) {
    return entity.timestamps
        .map((each) => each.$case === 'timestamp-authority'
        ? { at: each.timestamp.signingTime, by: 'timestamp-authority' }
        : { at: new Date(Number(each.tlogEntry.integratedTime) * 1000), by: 'log' })
        .sort((a, b) => a.at.getTime() - b.at.getTime());
}
function describeEntry(entry) {
    const { logIndex, logId, kindVersion } = entry;
    return {
        index: logIndex,
        log: logId.keyId.toString('hex'),
        hash: (0,log_entry/* leafHash */.Jq)(entry),
        kind: `${kindVersion.kind} ${kindVersion.version}`
    };
}
function runLibrary(entity, material, signer) {
    try {
        (0,stackless/* stackless */.I)(() => new dist/* Verifier */.BL(material, THRESHOLDS).verify(entity));
    }
    catch (error) {
        throw refusalOf(error, entity, signer);
    }
}
const REASONS = {
    TLOG_ERROR: { reason: 'log-entry-mismatch', message: 'a log entry is there twice' },
    TLOG_MISSING_INCLUSION_ERROR: {
        reason: 'log-proof-missing',
        message: 'a log entry has no proof that it is in the log'
    },
    TLOG_INCLUSION_PROOF_ERROR: { reason: 'log-proof-invalid', message: 'the proof of a log entry does not hold' },
    TLOG_INCLUSION_PROMISE_ERROR: {
        reason: 'log-promise-invalid',
        message: 'the promise of the log is not of this entry and time, or its key was not valid then'
    },
    TLOG_BODY_ERROR: { reason: 'log-entry-mismatch', message: 'the log entry is not of this signature' },
    SIGNATURE_ERROR: { reason: 'signature-invalid', message: 'the signature is not of this content by this signer' },
    TIMESTAMP_ERROR: {
        reason: 'timestamp-invalid',
        message: 'a timestamp is not of this signature, or of no timestamp authority of the trust root'
    }
};
function refusalOf(error, entity, signer) {
    // What the library throws beside its own errors comes of content that it did not expect.
    const code = error instanceof dist/* VerificationError */.mk ? error.code : undefined;
    if (code === 'CERTIFICATE_ERROR' && signer.kind === 'certificate') {
        return certificateRefusal(error, timesOf(entity), signer.certificate);
    }
    const known = code === undefined ? undefined : REASONS[code];
    if (known)
        return new refusal/* BundleRefusal */.dx(known.reason, known.message, { cause: error });
    return new refusal/* BundleRefusal */.dx('bundle-malformed', 'the bundle is malformed: what it brings for its verification cannot be read', {
        cause: error
    });
}
function certificateRefusal(error, times, { notBefore, notAfter }) {
    const outside = times.find(({ at }) => at < notBefore || at > notAfter);
    if (outside) {
        const by = outside.by === 'log' ? 'the log' : 'the timestamp authority';
        return new refusal/* BundleRefusal */.dx('certificate-expired', `the certificate was valid from ${(0,refusal/* time */.kB)(notBefore)} to ${(0,refusal/* time */.kB)(notAfter)}, and ${by} says that it was used at ${(0,refusal/* time */.kB)(outside.at)}`, { cause: error });
    }
    return /SCT/.test(error.message)
        ? new refusal/* BundleRefusal */.dx('certificate-unlogged', 'no certificate log of the trust root has promised to log the certificate', {
            cause: error
        })
        : new refusal/* BundleRefusal */.dx('certificate-untrusted', 'no certificate authority of the trust root issued the certificate', {
            cause: error
        });
}

// EXTERNAL MODULE: ./attest/policy/builder.js
var builder = __webpack_require__(3244);
;// CONCATENATED MODULE: ./attest/verify/provenance.js
/** What a provenance says, and whether its signer's certificate says the same. https://slsa.dev/spec/v1.0/provenance */


/**
 * @param certificate absent where a key signed
 * @throws BundleRefusal where it contradicts itself or the certificate
 */
function readProvenance({ predicate }, certificate) {
    const definition = objectAt(predicate, 'buildDefinition');
    const builderId = objectAt(objectAt(predicate, 'runDetails'), 'builder')['id'];
    if (typeof builderId !== 'string' || builderId === '') {
        throw new refusal/* BundleRefusal */.dx('predicate-malformed', 'the provenance names no builder', { found: builderId ?? null });
    }
    if (certificate && builderId !== certificate.identity) {
        throw new refusal/* BundleRefusal */.dx('builder-mismatch', 'the provenance names another builder than the certificate', {
            expected: certificate.identity,
            found: builderId
        });
    }
    const internal = objectAt(definition, 'internalParameters');
    const { sandbox } = objectAt(internal, 'nix');
    const { system } = internal;
    return {
        builderId,
        ...sourceOf(definition['resolvedDependencies'], certificate),
        ...(typeof sandbox === 'string' && { sandbox }),
        ...(typeof system === 'string' && { system })
    };
}
/** The dependency that is a commit: of the certificate's repository, where that names one. */
function sourceOf(dependencies, certificate) {
    const checkouts = (Array.isArray(dependencies) ? dependencies : []).flatMap((each) => {
        const [uri, commit] = [isObject(each) ? each['uri'] : undefined, objectAt(each, 'digest')['gitCommit']];
        return commit === undefined ? [] : [{ source: typeof uri === 'string' ? uri : undefined, commit }];
    });
    const repository = certificate?.sourceRepository;
    const own = checkouts.filter(({ source }) => source !== undefined && repository !== undefined && (0,builder/* repositoryKey */.Kq)(source) === (0,builder/* repositoryKey */.Kq)(repository));
    const candidates = own.length > 0 ? own : checkouts;
    const [commit, ...others] = new Set(candidates.map(each => each.commit));
    if (others.length > 0) {
        throw new refusal/* BundleRefusal */.dx('commit-contradiction', 'the provenance names several commits as its source', {
            found: [commit, ...others]
        });
    }
    if (commit !== undefined && !isCommit(commit)) {
        throw new refusal/* BundleRefusal */.dx('predicate-malformed', 'the provenance names a commit that is none', { found: commit });
    }
    const certified = certificate?.sourceCommit;
    if (commit !== undefined && certified !== undefined && commit !== certified) {
        throw new refusal/* BundleRefusal */.dx('commit-contradiction', `the provenance is for commit ${(0,refusal/* shown */.SP)(commit)}, and the certificate for ${(0,refusal/* shown */.SP)(certified)}`);
    }
    const source = candidates[0]?.source;
    return { ...(commit !== undefined && { commit }), ...(source !== undefined && { source }) };
}
/** SHA-1 or SHA-256. */
function isCommit(value) {
    return typeof value === 'string' && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(value);
}
/** What stands for nothing in certificates of CircleCI: two quotation marks. */
const UNSAID = '""';
const HOSTED = ['github-hosted', 'gitlab-hosted'];
/**
 * Whether the machine was the provider's. An issuer that does not tell is taken for what the policy knows of it.
 *
 * @throws BundleRefusal
 */
function checkRunner({ runnerEnvironment }) {
    if (runnerEnvironment === undefined || runnerEnvironment === UNSAID || HOSTED.includes(runnerEnvironment))
        return;
    throw new refusal/* BundleRefusal */.dx('self-hosted', "it was not built on a machine of the provider's, which nobody else has access to", {
        expected: HOSTED.join(' or '),
        found: runnerEnvironment
    });
}
/**
 * Whether Nix built in a sandbox.
 *
 * @throws BundleRefusal
 */
function checkSandbox({ sandbox }) {
    if (sandbox === 'true')
        return;
    throw new refusal/* BundleRefusal */.dx('sandbox-off', 'Nix did not build in a sandbox', { expected: 'true', found: sandbox ?? null });
}
function objectAt(value, name) {
    const field = isObject(value) ? value[name] : undefined;
    return isObject(field) ? field : {};
}
function isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// EXTERNAL MODULE: ../../node_modules/@sigstore/bundle/dist/index.js
var bundle_dist = __webpack_require__(6124);
// EXTERNAL MODULE: ../../node_modules/@sigstore/core/dist/index.js
var core_dist = __webpack_require__(5137);
;// CONCATENATED MODULE: ./attest/verify/certificate.js
/**
 * What a certificate says of who signed. https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md,
 * https://www.rfc-editor.org/rfc/rfc5280
 */




const FULCIO = '1.3.6.1.4.1.57264.1';
const ALTERNATIVE_NAME = '2.5.29.17';
const BASIC_CONSTRAINTS = '2.5.29.19';
const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
/** Of RFC 5280: what is critical must be understood, and these are looked at here or by the library. */
const UNDERSTOOD = new Set(['2.5.29.14', '2.5.29.15', ALTERNATIVE_NAME, BASIC_CONSTRAINTS, '2.5.29.35', '2.5.29.37']);
const URI_NAME = 6;
const UTF8_STRING = 0x0c;
/** Extensions up to this number hold bare text, those after it text in DER. */
const LAST_BARE = 6;
/**
 * Reads the first of a chain of certificates. The others serve for nothing, but must be what they are taken for: each
 * the issuer of the one before, and none a root, since that is the verifier's to choose.
 *
 * @param chain DER
 * @throws BundleRefusal
 */
function readChain(chain) {
    const certificates = chain.map(der => {
        try {
            const certificate = new external_node_crypto_.X509Certificate(der);
            // A decoder that stops at the end of the certificate would hide what comes after it.
            if (!certificate.raw.equals(der))
                throw new Error('there is something after the certificate');
            return certificate;
        }
        catch (cause) {
            throw invalid('it cannot be read', { cause });
        }
    });
    const [leaf, ...others] = certificates;
    if (leaf === undefined)
        throw invalid('there is none');
    certificates.forEach((certificate, i) => {
        const issuer = certificates[i + 1];
        if (certificate.checkIssued(certificate))
            throw invalid('the bundle brings a root of its own');
        if (issuer && !(certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey))) {
            throw invalid('the chain that comes with it is broken');
        }
    });
    if (others.some(certificate => !certificate.ca))
        throw invalid('the chain that comes with it is broken');
    return readSigner(leaf);
}
function readSigner(certificate) {
    // `keyUsage` of Node is the extended one.
    if (!(certificate.keyUsage ?? []).includes(CODE_SIGNING))
        throw invalid('it is not for signing code');
    let publicKey;
    try {
        publicKey = certificate.publicKey;
    }
    catch (cause) {
        throw invalid('its key cannot be read', { cause });
    }
    const extensions = readExtensions(certificate.raw);
    if (certificate.ca || extensions.isAuthority())
        throw invalid('it is of a certificate authority');
    const identity = extensions.identity();
    const optional = (name, ...numbers) => {
        const value = agreed(name, numbers.map(number => extensions.text(number)));
        return value === undefined ? {} : { [name]: value };
    };
    const issuer = agreed('issuer', [extensions.text(8), extensions.text(1)]);
    if (issuer === undefined)
        throw invalid('it names no issuer');
    return {
        der: certificate.raw,
        publicKey,
        notBefore: certificate.validFromDate,
        notAfter: certificate.validToDate,
        issuer,
        identity,
        ...optional('runnerEnvironment', 11),
        ...optional('sourceRepository', 12),
        ...optional('sourceCommit', 13, 3),
        ...optional('sourceRef', 14, 6),
        ...optional('invocation', 21)
    };
}
/** The older and the newer extension for one thing. */
function agreed(name, values) {
    const [value, ...others] = new Set(values.filter(each => each !== undefined && each !== ''));
    if (others.length > 0)
        throw invalid(`it contradicts itself: two values for ${name}`);
    return value;
}
function readExtensions(der) {
    const extensions = new Map();
    try {
        for (const { subs } of (0,stackless/* stackless */.I)(() => core_dist.X509Certificate.parse(Buffer.from(der)).extensions)) {
            const oid = subs[0]?.toOID() ?? '';
            if (extensions.has(oid))
                throw invalid(`it has the extension ${oid} twice`);
            const isCritical = subs.length === 3 && subs[1]?.toBoolean() === true;
            if (isCritical && !UNDERSTOOD.has(oid))
                throw invalid(`it has the critical extension ${oid}, which is not understood`);
            const value = subs.at(-1);
            if (value)
                extensions.set(oid, value);
        }
    }
    catch (cause) {
        if (cause instanceof refusal/* BundleRefusal */.dx)
            throw cause;
        throw invalid('its extensions cannot be read', { cause });
    }
    return {
        text: number => {
            const extension = extensions.get(`${FULCIO}.${number}`);
            if (extension === undefined)
                return undefined;
            if (number <= LAST_BARE)
                return decode(extension.value);
            const [text, ...others] = extension.subs;
            if (text?.tag.number !== UTF8_STRING || !text.tag.isUniversal() || others.length > 0) {
                throw invalid(`its extension ${FULCIO}.${number} holds no text`);
            }
            return decode(text.value);
        },
        identity: () => {
            const names = extensions.get(ALTERNATIVE_NAME)?.subs[0]?.subs ?? [];
            const [name] = names;
            if (name === undefined || names.length > 1) {
                throw invalid('it must have exactly one subject alternative name', { found: names.length });
            }
            if (!name.tag.isContextSpecific(URI_NAME))
                throw invalid('its subject alternative name is no URI');
            const uri = decode(name.value);
            if (uri === '')
                throw invalid('its subject alternative name is empty');
            return uri;
        },
        isAuthority: () => extensions.get(BASIC_CONSTRAINTS)?.subs[0]?.subs[0]?.tag.isBoolean() ?? false
    };
}
function decode(bytes) {
    try {
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    }
    catch (cause) {
        throw invalid('it has text that is not in UTF-8', { cause });
    }
}
function invalid(what, details = {}) {
    return new refusal/* BundleRefusal */.dx('certificate-invalid', `the certificate cannot be used: ${what}`, details);
}

;// CONCATENATED MODULE: ./attest/verify/echo.js
/**
 * Decoders are lenient: they skip characters in base64 and fields that they do not know. So what was decoded is encoded
 * again, and everything that was read must be there.
 * https://protobuf.dev/programming-guides/json/
 */
/**
 * The first value in which JSON differs from its echo, as a path of names; undefined where nothing of it was changed or
 * left out. What is empty or zero may be missing from the echo, and a whole number may have become text.
 */
function firstDifference(value, echo, path = '') {
    if (echo === undefined)
        return isDefault(value) ? undefined : path;
    if (Array.isArray(value)) {
        if (!Array.isArray(echo) || echo.length !== value.length)
            return path;
        return first(value.map((item, i) => () => firstDifference(item, echo[i], `${path}[${i}]`)));
    }
    if (typeof value === 'object' && value !== null) {
        if (typeof echo !== 'object' || echo === null || Array.isArray(echo))
            return path;
        return first(Object.entries(value).map(([name, item]) => () => {
            const counterpart = Object.hasOwn(echo, name) ? echo[name] : undefined;
            return firstDifference(item, counterpart, path === '' ? name : `${path}.${name}`);
        }));
    }
    const isSame = value === echo || (Number.isSafeInteger(value) && String(value) === echo);
    return isSame ? undefined : path;
}
function first(differences) {
    for (const difference of differences) {
        const found = difference();
        if (found !== undefined)
            return found;
    }
    return undefined;
}
function isDefault(value) {
    return value === null || value === '' || value === 0 || value === '0' || (Array.isArray(value) && value.length === 0);
}

// EXTERNAL MODULE: ./attest/verify/strict-json.js
var strict_json = __webpack_require__(6110);
;// CONCATENATED MODULE: ./attest/verify/reading.js
/**
 * Reads a bundle strictly. Nothing is verified here.
 * https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto
 */





/** Room for a statement of the largest size, in base64. */
const MAX_BUNDLE_BYTES = 4 * 1024 * 1024;
const MAX_DEPTH = 16;
/** Of log entries, timestamps and certificates. */
const MAX_ITEMS = 8;
const MAX_PROOF_HASHES = 64;
const MAX_TIMESTAMP_BYTES = 64 * 1024;
const MAX_CERTIFICATE_BYTES = 16 * 1024;
const MEDIA_TYPES = [
    bundle_dist/* BUNDLE_V01_MEDIA_TYPE */.Td,
    bundle_dist/* BUNDLE_V02_MEDIA_TYPE */.qx,
    bundle_dist/* BUNDLE_V03_LEGACY_MEDIA_TYPE */.ZZ,
    bundle_dist/* BUNDLE_V03_MEDIA_TYPE */.HM
];
/** @throws BundleRefusal */
function readBundle(bytes) {
    if (bytes.length > MAX_BUNDLE_BYTES) {
        throw new refusal/* BundleRefusal */.dx('bundle-too-large', `the bundle is larger than ${MAX_BUNDLE_BYTES} bytes`);
    }
    const json = parse(bytes);
    const { mediaType } = json;
    if (typeof mediaType !== 'string' || !MEDIA_TYPES.includes(mediaType)) {
        throw new refusal/* BundleRefusal */.dx('bundle-unsupported', 'this is no Sigstore bundle of version 0.1 to 0.3', {
            found: mediaType ?? null
        });
    }
    checkCounts(json);
    const bundle = reading_decode(json);
    checkSizes(bundle);
    const difference = firstDifference(json, (0,bundle_dist/* bundleToJSON */.ev)(bundle));
    if (difference !== undefined)
        throw malformed(`${(0,refusal/* shown */.SP)(difference)} is not what the format asks for`);
    return { bundle, claimed: claimedSigner(bundle) };
}
function parse(bytes) {
    let value;
    try {
        value = (0,strict_json/* parseStrictJson */.R)(bytes, { depth: MAX_DEPTH });
    }
    catch (error) {
        throw malformed(error.message);
    }
    if (!reading_isObject(value))
        throw malformed('it is no object');
    return value;
}
/** Before anything is decoded. */
function checkCounts(json) {
    const material = reading_objectAt(json, 'verificationMaterial');
    const counted = [
        ['log entries', material['tlogEntries'], MAX_ITEMS],
        ['timestamps', reading_objectAt(material, 'timestampVerificationData')['rfc3161Timestamps'], MAX_ITEMS],
        ['certificates', reading_objectAt(material, 'x509CertificateChain')['certificates'], MAX_ITEMS]
    ];
    for (const entry of Array.isArray(material['tlogEntries']) ? material['tlogEntries'] : []) {
        counted.push(['hashes in a proof', reading_objectAt(entry, 'inclusionProof')['hashes'], MAX_PROOF_HASHES]);
    }
    for (const [what, list, most] of counted) {
        if (list !== undefined && list !== null && !Array.isArray(list))
            throw malformed(`the ${what} are no list`);
        if ((list?.length ?? 0) > most)
            throw malformed(`there are more than ${most} ${what}`);
    }
    const { dsseEnvelope } = json;
    if (!reading_isObject(dsseEnvelope))
        return;
    const { signatures } = dsseEnvelope;
    const count = Array.isArray(signatures) ? signatures.length : 0;
    if (count !== 1) {
        throw new refusal/* BundleRefusal */.dx('signature-count', 'the envelope must have exactly one signature', { found: count });
    }
}
function reading_decode(json) {
    if (json['dsseEnvelope'] !== undefined && json['messageSignature'] !== undefined) {
        throw malformed('it has both an envelope and the signature of a file');
    }
    let cause;
    try {
        return (0,bundle_dist/* bundleFromJSON */.vw)(json);
    }
    catch (error) {
        cause = error;
    }
    const fields = reading_isObject(cause) && Array.isArray(cause['fields']) ? cause['fields'].map(String) : [];
    if (fields.some(field => field.includes('inclusionProof'))) {
        throw new refusal/* BundleRefusal */.dx('log-proof-missing', 'a log entry has no proof that it is in the log', { cause });
    }
    const what = fields.length > 0 ? `${(0,refusal/* shown */.SP)(fields.join(', '))} is not what the format asks for` : 'its fields cannot be read';
    throw malformed(what, cause);
}
/** ASN.1 is read level by level: what is small takes little time, however it is made. */
function checkSizes({ verificationMaterial: { content, timestampVerificationData } }) {
    for (const { signedTimestamp } of timestampVerificationData?.rfc3161Timestamps ?? []) {
        if (signedTimestamp.length > MAX_TIMESTAMP_BYTES)
            throw malformed('a timestamp is too large');
    }
    const certificates = content.$case === 'certificate'
        ? [content.certificate]
        : content.$case === 'x509CertificateChain'
            ? content.x509CertificateChain.certificates
            : [];
    for (const { rawBytes } of certificates) {
        if (rawBytes.length > MAX_CERTIFICATE_BYTES)
            throw malformed('a certificate is too large');
    }
}
function claimedSigner({ verificationMaterial: { content } }) {
    if (content.$case === 'publicKey')
        return { kind: 'key', hint: content.publicKey.hint };
    const chain = content.$case === 'certificate' ? [content.certificate] : content.x509CertificateChain.certificates;
    return { kind: 'certificate', certificate: readChain(chain.map(({ rawBytes }) => rawBytes)) };
}
/** A field that is no object has nothing to be counted; that it is none is found when it is decoded. */
function reading_objectAt(value, name) {
    const field = reading_isObject(value) ? value[name] : undefined;
    return reading_isObject(field) ? field : {};
}
function reading_isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
function malformed(what, cause) {
    return new refusal/* BundleRefusal */.dx('bundle-malformed', `the bundle is malformed: ${what}`, { cause });
}

;// CONCATENATED MODULE: ./attest/verify/statement.js



const MAX_STATEMENT_BYTES = 2 * 1024 * 1024;
const statement_MAX_DEPTH = 64;
const MAX_SUBJECTS = 1024;
/**
 * What an envelope holds, as it was signed.
 *
 * @throws BundleRefusal where that is not said to be a statement
 */
function statementPayload({ content }) {
    if (content.$case !== 'dsseEnvelope') {
        throw new refusal/* BundleRefusal */.dx('content-unsupported', 'the bundle holds the signature of a file, and no statement');
    }
    const { payload, payloadType } = content.dsseEnvelope;
    if (payloadType !== attest_statement/* PAYLOAD_TYPE */.Uc) {
        throw new refusal/* BundleRefusal */.dx('payload-type', 'the payload is of another type', {
            expected: attest_statement/* PAYLOAD_TYPE */.Uc,
            found: payloadType
        });
    }
    if (payload.length > MAX_STATEMENT_BYTES) {
        throw new refusal/* BundleRefusal */.dx('payload-too-large', `the statement is larger than ${MAX_STATEMENT_BYTES} bytes`);
    }
    return payload;
}
/**
 * Reads a statement. Every subject has a SHA-256 in lower-case hexadecimal.
 *
 * @throws BundleRefusal
 */
function readStatement(payload) {
    const json = statement_parse(payload);
    const { _type, subject, predicateType, predicate } = json;
    if (_type !== attest_statement/* STATEMENT_TYPE */.zG) {
        throw new refusal/* BundleRefusal */.dx('statement-type', 'the payload is another kind of statement', {
            expected: attest_statement/* STATEMENT_TYPE */.zG,
            found: _type ?? null
        });
    }
    if (typeof predicateType !== 'string' || predicateType === '')
        throw statement_malformed('it has no predicateType');
    if (predicate !== undefined && !statement_isObject(predicate))
        throw statement_malformed('its predicate is no object');
    return { _type, subject: readSubjects(subject), predicateType, predicate: predicate ?? {} };
}
function readSubjects(value) {
    if (!Array.isArray(value))
        throw statement_malformed('its subjects are no list');
    if (value.length === 0 || value.length > MAX_SUBJECTS) {
        throw new refusal/* BundleRefusal */.dx('subject-count', `a statement must have from 1 to ${MAX_SUBJECTS} subjects`, {
            found: value.length
        });
    }
    return value.map((subject) => {
        if (!statement_isObject(subject))
            throw statement_malformed('a subject is no object');
        const { name = '', digest } = subject;
        if (typeof name !== 'string')
            throw statement_malformed('the name of a subject is no text');
        return { name, digest: readDigest(digest) };
    });
}
function readDigest(digest) {
    const { sha256, ...others } = statement_isObject(digest) ? digest : {};
    if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) {
        throw new refusal/* BundleRefusal */.dx('subject-invalid', 'a subject has no SHA-256 of 64 lower-case hexadecimal digits', {
            found: sha256 ?? digest ?? null
        });
    }
    const texts = Object.entries(others).filter((each) => typeof each[1] === 'string');
    return Object.fromEntries([...texts, ['sha256', sha256]]);
}
function statement_parse(payload) {
    let json;
    try {
        json = (0,strict_json/* parseStrictJson */.R)(payload, { depth: statement_MAX_DEPTH });
    }
    catch (error) {
        throw statement_malformed(error.message);
    }
    if (!statement_isObject(json))
        throw statement_malformed('it is no object');
    return json;
}
function statement_isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
function statement_malformed(what) {
    return new refusal/* BundleRefusal */.dx('payload-malformed', `the payload is no statement: ${what}`);
}

;// CONCATENATED MODULE: ./attest/verify.js
/**
 * Whether one bundle is a sound attestation by whom, of what and for what it should be. Offline, given a trust root.
 * Described in docs/verify.md.
 */










/**
 * Verifies one bundle: form, signature, certificate, log, times, signer, statement, and what that says.
 *
 * @param bytes of the bundle, or what `readBundle` made of them
 * @throws BundleRefusal that says why, with a reason of a closed set
 */
function verifyBundle(bytes, expectation, trust, options = {}) {
    return guarded(() => {
        const { now = new Date() } = options;
        const read = 'bundle' in bytes ? bytes : readBundle(bytes);
        const payload = statementPayload(read.bundle);
        const { signer, times, entries } = verifySignature(read, { trust, now, ...keyOf(expectation.signer) });
        checkSigner(signer, expectation.signer);
        checkAge(times[0], expectation, now);
        const statement = readStatement(payload);
        checkPredicateType(statement, expectation);
        const digests = checkSubjects(statement, expectation);
        const certificate = signer.kind === 'certificate' ? signer.certificate : undefined;
        const provenance = isProvenance(statement, expectation) ? readProvenance(statement, certificate) : undefined;
        const commit = checkCommit(certificate?.sourceCommit, provenance, expectation);
        if (certificate && expectation.allowSelfHosted !== true)
            checkRunner(certificate);
        if (provenance && expectation.allowSandboxOff !== true)
            checkSandbox(provenance);
        return {
            mediaType: read.bundle.mediaType,
            statement,
            signer: verifiedSigner(signer),
            digests,
            ...(commit !== undefined && { commit }),
            ...(provenance && { provenance }),
            times,
            entries
        };
    });
}
/**
 * Verifies a bundle that holds the signature of a file, and no statement.
 *
 * @throws BundleRefusal
 */
function verifyFile(bytes, file, expected, trust, options = {}) {
    return guarded(() => {
        const read = 'bundle' in bytes ? bytes : readBundle(bytes);
        const { content, mediaType } = read.bundle;
        if (content.$case !== 'messageSignature') {
            throw new refusal/* BundleRefusal */.dx('content-unsupported', 'the bundle holds a statement, and not the signature of a file');
        }
        const sha256 = (0,external_node_crypto_.createHash)('sha256').update(file).digest();
        if (!content.messageSignature.messageDigest.digest.equals(sha256)) {
            throw new refusal/* BundleRefusal */.dx('subject-mismatch', 'the bundle is of another file', {
                expected: sha256.toString('hex'),
                found: content.messageSignature.messageDigest.digest.toString('hex')
            });
        }
        const { now = new Date() } = options;
        const { signer, times, entries } = verifySignature(read, { trust, file, now, ...keyOf(expected) });
        checkSigner(signer, expected);
        return { mediaType, signer: verifiedSigner(signer), digest: `sha256:${sha256.toString('hex')}`, times, entries };
    });
}
/** Whatever the library makes of content that it did not expect, a bundle is accepted or refused. */
function guarded(verify) {
    try {
        return verify();
    }
    catch (error) {
        if (error instanceof refusal/* BundleRefusal */.dx)
            throw error;
        throw new refusal/* BundleRefusal */.dx('bundle-malformed', 'the bundle is malformed: it cannot be read', { cause: error });
    }
}
function keyOf(signer) {
    return signer.kind === 'key' ? { publicKey: signer.publicKey } : {};
}
function checkSigner(signer, expected) {
    if (signer.kind !== 'certificate' || expected.kind !== 'certificate')
        return;
    const { issuer, identity } = signer.certificate;
    if (issuer !== expected.issuer) {
        throw new refusal/* BundleRefusal */.dx('issuer-mismatch', 'another issuer vouched for the signer', {
            expected: expected.issuer,
            found: issuer
        });
    }
    const isExpected = typeof expected.identity === 'string' ? identity === expected.identity : expected.identity.accepts(identity);
    if (!isExpected) {
        throw new refusal/* BundleRefusal */.dx('identity-mismatch', 'somebody else signed', {
            expected: typeof expected.identity === 'string' ? expected.identity : expected.identity.source,
            found: identity
        });
    }
}
const DAY_MS = 24 * 60 * 60 * 1000;
function checkAge({ at }, { maximumAgeDays }, now) {
    if (maximumAgeDays === undefined || now.getTime() - at.getTime() <= maximumAgeDays * DAY_MS)
        return;
    throw new refusal/* BundleRefusal */.dx('too-old', `it was signed at ${(0,refusal/* time */.kB)(at)}, more than ${maximumAgeDays} days ago`);
}
function checkPredicateType(statement, { predicateType = attest_statement/* PROVENANCE_TYPE */.Ti }) {
    if (predicateType === 'any' || statement.predicateType === predicateType)
        return;
    throw new refusal/* BundleRefusal */.dx('predicate-type', 'the statement says something else of its subject', {
        expected: predicateType,
        found: statement.predicateType
    });
}
function isProvenance(statement, { predicateType }) {
    return predicateType !== 'any' && statement.predicateType === attest_statement/* PROVENANCE_TYPE */.Ti;
}
function checkSubjects({ subject }, { digest, allowSeveralSubjects }) {
    if (subject.length !== 1 && allowSeveralSubjects !== true) {
        throw new refusal/* BundleRefusal */.dx('subject-count', 'the statement must be about one thing alone', { found: subject.length });
    }
    const digests = [...new Set(subject.map(each => `sha256:${each.digest['sha256']}`))];
    if (digest !== undefined && !digests.includes(digest)) {
        throw new refusal/* BundleRefusal */.dx('subject-mismatch', 'the statement is about something else', {
            expected: digest,
            found: digests.length === 1 ? digests[0] : digests
        });
    }
    return digests;
}
/** That the two agree is checked where the provenance is read. */
function checkCommit(certified, provenance, { commit: expected }) {
    const stated = provenance?.commit;
    if (expected === undefined)
        return certified ?? stated;
    // Some issuers know no commit; a provenance always has one to tell.
    if ((provenance ? stated : certified) === undefined) {
        throw new refusal/* BundleRefusal */.dx('commit-missing', 'nothing says from which commit it was built', { expected });
    }
    for (const found of [certified, stated]) {
        if (found === undefined || found === expected)
            continue;
        throw new refusal/* BundleRefusal */.dx('commit-mismatch', 'it was built from another commit', { expected, found });
    }
    return expected;
}
function verifiedSigner(signer) {
    if (signer.kind === 'certificate')
        return signer;
    const der = signer.publicKey.export({ type: 'spki', format: 'der' });
    return { kind: 'key', fingerprint: (0,external_node_crypto_.createHash)('sha256').update(der).digest('hex') };
}


/***/ }),

/***/ 9299:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Jq: () => (/* binding */ leafHash),
/* harmony export */   Nf: () => (/* binding */ checkEntrySigner),
/* harmony export */   kW: () => (/* binding */ checkLogKey),
/* harmony export */   rO: () => (/* binding */ checkEntryForm)
/* harmony export */ });
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7598);
/* harmony import */ var _refusal_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(7128);
/**
 * What is checked of a log entry beside the library's checks, which neither look at who is said to have signed, nor at
 * whether the log's key was valid, and read numbers and notes leniently.
 * https://github.com/sigstore/rekor/tree/main/pkg/types, https://github.com/sigstore/rekor-tiles/tree/main/api/proto/rekor/v2
 */


/**
 * Checks what is needed before the library reads an entry: that its log is known, and that there is a proof which says
 * what the checkpoint says.
 *
 * @throws BundleRefusal
 */
function checkEntryForm(entry, trust) {
    const { logId, logIndex, integratedTime, inclusionProof, inclusionPromise } = entry;
    const logs = trust.tlogs.filter(log => log.logID.equals(logId.keyId));
    if (logs.length === 0) {
        throw new _refusal_js__WEBPACK_IMPORTED_MODULE_1__/* .BundleRefusal */ .dx('log-unknown', 'the trust root does not know the log', {
            found: logId.keyId.toString('hex')
        });
    }
    if (inclusionProof?.checkpoint === undefined) {
        throw new _refusal_js__WEBPACK_IMPORTED_MODULE_1__/* .BundleRefusal */ .dx('log-proof-missing', 'a log entry has no proof that it is in the log');
    }
    if (![logIndex, integratedTime, inclusionProof.logIndex, inclusionProof.treeSize].every(isCount)) {
        throw invalidProof('its numbers are none');
    }
    const { size, rootHash, signatures } = readCheckpoint(inclusionProof.checkpoint.envelope);
    // Nobody signs the name beside a signature, and the library takes any part of the log's address for it.
    const own = signatures.filter(({ hint }) => hint.equals(logId.keyId.subarray(0, hint.length)));
    const names = logs.flatMap(log => namesOf(log.baseURL));
    if (own.length === 0 || !own.every(({ name }) => names.includes(name))) {
        throw invalidProof('its checkpoint is not signed by the log');
    }
    if (inclusionProof.treeSize !== size || !inclusionProof.rootHash.equals(rootHash)) {
        throw invalidProof('it is for another state of the log than its checkpoint');
    }
    if (inclusionPromise !== undefined)
        return;
    // Without a promise, nobody has signed these two.
    if (logIndex !== inclusionProof.logIndex)
        throw invalidProof('entry and proof have different indices');
    if (integratedTime !== '0') {
        throw new _refusal_js__WEBPACK_IMPORTED_MODULE_1__/* .BundleRefusal */ .dx('log-promise-invalid', 'the log entry has a time that the log has not signed');
    }
}
/** A decimal number that fits into 64 bits; anything longer would take long to be read. */
const isCount = (text) => /^(?:0|[1-9]\d{0,18})$/.test(text);
/** https://c2sp.org/tlog-checkpoint, and the lines of signatures of https://c2sp.org/signed-note */
function readCheckpoint(note) {
    const end = note.indexOf('\n\n');
    const [origin = '', size = '', hash = ''] = note.slice(0, end + 1).split('\n');
    const lines = note.slice(end + 2);
    const rootHash = Buffer.from(hash, 'base64');
    const isNote = end > 0 &&
        origin !== '' &&
        isCount(size) &&
        rootHash.length === 32 &&
        rootHash.toString('base64') === hash &&
        lines.endsWith('\n');
    if (!isNote)
        throw invalidProof('its checkpoint is none');
    return { size, rootHash, signatures: lines.slice(0, -1).split('\n').map(readSignature) };
}
const HINT_BYTES = 4;
function readSignature(line) {
    const [dash, name = '', base64 = '', ...others] = line.split(' ');
    const bytes = Buffer.from(base64, 'base64');
    const isSignature = dash === '\u2014' && name !== '' && others.length === 0;
    if (!isSignature || bytes.length <= HINT_BYTES || bytes.toString('base64') !== base64) {
        throw invalidProof('its checkpoint has a signature that is none');
    }
    return { name, hint: bytes.subarray(0, HINT_BYTES) };
}
/** What a log at this address may call itself: its host, with or without port and path. */
function namesOf(address) {
    if (!URL.canParse(address))
        return [address];
    const { hostname, host, pathname } = new URL(address);
    return [hostname, host, `${host}${pathname.replace(/\/+$/, '')}`];
}
/**
 * Whether the log's key was valid at each of the times when something was signed.
 *
 * @throws BundleRefusal
 */
function checkLogKey(entry, times, trust) {
    const logs = trust.tlogs.filter(log => log.logID.equals(entry.logId.keyId));
    for (const at of times) {
        if (logs.some(({ validFor }) => validFor.start <= at && at <= validFor.end))
            continue;
        throw new _refusal_js__WEBPACK_IMPORTED_MODULE_1__/* .BundleRefusal */ .dx('log-key-expired', `the key of the log was not valid at ${(0,_refusal_js__WEBPACK_IMPORTED_MODULE_1__/* .time */ .kB)(at)}`, {
            found: entry.logId.keyId.toString('hex')
        });
    }
}
/**
 * Whether the log has seen the same signer. That digest and signature are the same, the library checks.
 *
 * @throws BundleRefusal
 */
function checkEntrySigner(entry, signer) {
    let logged;
    try {
        logged = verifierOf(JSON.parse(entry.canonicalizedBody.toString('utf8')));
    }
    catch (cause) {
        throw mismatch('it cannot be read', cause);
    }
    if (logged === undefined)
        throw mismatch('it does not say who signed');
    if (!isSame(logged, signer))
        throw mismatch('it was made for another certificate or key');
}
function verifierOf({ kind, apiVersion, spec = {} }) {
    switch (`${kind} ${apiVersion}`) {
        case 'dsse 0.0.1':
            return fromPem(spec.signatures?.[0]?.verifier);
        case 'intoto 0.0.2':
            return fromPem(spec.content?.envelope?.signatures?.[0]?.publicKey);
        case 'hashedrekord 0.0.1':
            return fromPem(spec.signature?.publicKey?.content);
        case 'dsse 0.0.2':
            return fromDer(spec.dsseV002?.signatures?.[0]?.verifier);
        case 'hashedrekord 0.0.2':
            return fromDer(spec.hashedRekordV002?.signature?.verifier);
        default:
            return undefined;
    }
}
function fromPem(base64) {
    if (base64 === undefined)
        return undefined;
    const pem = Buffer.from(base64, 'base64').toString('utf8');
    return pem.includes('BEGIN CERTIFICATE')
        ? { certificate: new node_crypto__WEBPACK_IMPORTED_MODULE_0__.X509Certificate(pem).raw }
        : { publicKey: (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createPublicKey)(pem).export({ type: 'spki', format: 'der' }) };
}
function fromDer({ x509Certificate, publicKey } = {}) {
    if (x509Certificate?.rawBytes !== undefined)
        return { certificate: Buffer.from(x509Certificate.rawBytes, 'base64') };
    return publicKey?.rawBytes === undefined ? undefined : { publicKey: Buffer.from(publicKey.rawBytes, 'base64') };
}
function isSame(a, b) {
    if ('certificate' in a)
        return 'certificate' in b && a.certificate.equals(b.certificate);
    return 'publicKey' in b && a.publicKey.equals(b.publicKey);
}
/** What names an entry whatever its log: the hash of the leaf. https://www.rfc-editor.org/rfc/rfc6962#section-2.1 */
function leafHash({ canonicalizedBody }) {
    return (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createHash)('sha256').update(Buffer.of(0)).update(canonicalizedBody).digest('hex');
}
function invalidProof(what) {
    return new _refusal_js__WEBPACK_IMPORTED_MODULE_1__/* .BundleRefusal */ .dx('log-proof-invalid', `the proof of a log entry does not hold: ${what}`);
}
function mismatch(what, cause) {
    return new _refusal_js__WEBPACK_IMPORTED_MODULE_1__/* .BundleRefusal */ .dx('log-entry-mismatch', `the log entry is not of this signature: ${what}`, { cause });
}


/***/ }),

/***/ 5300:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   H: () => (/* binding */ remembered)
/* harmony export */ });
/* harmony import */ var _sigstore_core__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(5137);

/** From a certificate down to the list of its extensions. */
const LEVELS_OF_EXTENSIONS = 4;
/**
 * Makes a certificate that was read remember its encoding, and whose signature it carries: the library asks for both again
 * with every bundle and every timestamp, and that is most of what a verification takes. Nothing of a certificate that was
 * read changes.
 *
 * @returns the certificate itself
 */
function remembered(certificate) {
    rememberEncoding(certificate.root);
    const verify = certificate.verify.bind(certificate);
    const known = new WeakMap();
    certificate.verify = (issuer = certificate) => {
        const answer = known.get(issuer) ?? verify(issuer);
        known.set(issuer, answer);
        return answer;
    };
    // The library takes extensions out of a copy: all else in it stays what it was, and is not read again.
    certificate.clone = () => new _sigstore_core__WEBPACK_IMPORTED_MODULE_0__.X509Certificate(copyOf(certificate.root, LEVELS_OF_EXTENSIONS));
    return certificate;
}
function rememberEncoding(part) {
    let encoded;
    part.toDER = () => (encoded ??= encodingOf(part));
    for (const inner of part.subs)
        rememberEncoding(inner);
}
/** The reader takes DER alone, which has one encoding for everything: what was read is what would be written. */
function encodingOf({ tag, value }) {
    const digits = [];
    for (let left = value.length; left > 0; left = Math.floor(left / 256))
        digits.unshift(left % 256);
    const length = value.length < 128 ? [value.length] : [0x80 | digits.length, ...digits];
    return Buffer.concat([Buffer.from([tag.toDER(), ...length]), value]);
}
/** @param levels so many of them are copied; what is below is shared */
function copyOf(part, levels) {
    if (levels === 0)
        return part;
    const subs = part.subs.map(inner => copyOf(inner, levels - 1));
    return new _sigstore_core__WEBPACK_IMPORTED_MODULE_0__.ASN1Obj(part.tag, part.value, subs);
}


/***/ }),

/***/ 5777:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   I: () => (/* binding */ stackless)
/* harmony export */ });
/**
 * Runs what throws many errors that nobody sees: the library tries every string of bytes as ASN.1. Most of the time for
 * a bundle would go into recording where each of them was thrown.
 */
function stackless(run) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
        return run();
    }
    finally {
        Error.stackTraceLimit = stackTraceLimit;
    }
}


/***/ }),

/***/ 6110:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   R: () => (/* binding */ parseStrictJson)
/* harmony export */ });
/* unused harmony export StrictJsonError */
/**
 * JSON (RFC 8259) of strangers: in which readers could differ is refused, as is what takes a reader too much.
 */
class StrictJsonError extends Error {
}
/**
 * @param limits how many levels of lists and objects there may be
 * @throws StrictJsonError where it is no JSON in UTF-8, is deeper, or has a name twice in one object
 */
function parseStrictJson(bytes, limits) {
    let text;
    try {
        text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    }
    catch {
        throw new StrictJsonError('it is no text in UTF-8');
    }
    // Before anything is made of it: what comes out of a text that is only deep is not small.
    checkStructure(text, limits.depth);
    try {
        return JSON.parse(text);
    }
    catch {
        throw new StrictJsonError('it is no JSON');
    }
}
/** Whether the text is JSON is not looked at here. Without recursion, once through the text. */
function checkStructure(text, depth) {
    /** Names so far of the objects that are open; undefined stands for a list. */
    const open = [];
    for (let at = 0; at < text.length; at++) {
        const character = text[at];
        if (character === '{' || character === '[') {
            open.push(character === '{' ? new Set() : undefined);
            if (open.length > depth)
                throw new StrictJsonError(`it has more than ${depth} levels of lists and objects`);
        }
        else if (character === '}' || character === ']') {
            open.pop();
        }
        else if (character === '"') {
            const end = endOfString(text, at);
            if (isName(text, end))
                addName(open.at(-1), text.slice(at, end));
            at = end - 1;
        }
    }
}
/** The place after the string that begins at `start`. */
function endOfString(text, start) {
    for (let at = start + 1; at < text.length; at++) {
        if (text[at] === '\\')
            at++;
        else if (text[at] === '"')
            return at + 1;
    }
    return text.length;
}
function isName(text, end) {
    let at = end;
    while (at < text.length && ' \t\r\n'.includes(text[at] ?? ''))
        at++;
    return text[at] === ':';
}
function addName(names, literal) {
    let name;
    try {
        name = JSON.parse(literal);
    }
    catch {
        throw new StrictJsonError('it is no JSON');
    }
    if (names === undefined || typeof name !== 'string')
        return;
    if (names.has(name))
        throw new StrictJsonError(`the name ${JSON.stringify(name.slice(0, 100))} stands twice in an object`);
    names.add(name);
}


/***/ })

};
