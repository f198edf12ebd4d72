export const id = 331;
export const ids = [331];
export const modules = {

/***/ 7331:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  attestSeed: () => (/* binding */ attestSeed),
  checkSigning: () => (/* reexport */ checkSigning),
  checkSource: () => (/* reexport */ checkSource)
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
                internalParameters: { ...builder.internalParameters, checkout: facts.checkout, nix: publicSettings(facts.nix) },
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

// EXTERNAL MODULE: ./attest/sign.js + 9 modules
var sign = __webpack_require__(9448);
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
// EXTERNAL MODULE: ./seed/pack.js + 5 modules
var pack = __webpack_require__(5756);
// EXTERNAL MODULE: ./seed/source.js + 6 modules
var seed_source = __webpack_require__(7538);
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
    const made = await (0,pack/* packSeed */.H)(content.descriptor, content.roots, closure, nowhere, { identity, lockKey, labels }, ports);
    if (made.index.digest !== index.digest) {
        throw other(`the image is not what this machine makes of the flake, which is ${made.index.digest}`, `${SAME} It also has to be the same version of nix-seed.`);
    }
    return (0,seed_facts/* builtSeed */.CL)(source.derivation, content);
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
/** What signs, and who that is. */
async function signer(signing, seed, ports) {
    if (signing.kind === 'keyless') {
        const identity = await identify(signing, ports);
        const { builder, warning } = checkSource(identity, seed.flake);
        if (warning !== undefined)
            ports.log.warn(warning);
        return { means: { kind: 'keyless', identity }, builder };
    }
    const { services: _services, audience: _audience, builderId, ...means } = signing;
    return { means, builder: keyBuilder(builderId, ports, seed) };
}
async function identify(signing, ports) {
    return (0,identity/* verifyIdentity */.Ec)(await signing.token(signing.audience), signing.audience, ports);
}
/** A builder that only the operator vouches for. */
function keyBuilder(id, { env }, seed) {
    const source = seed && (0,seed_facts/* sourceOf */.vz)(seed.flake, seed.labels ?? {});
    const invocationId = (0,seed_facts/* invocationOf */.QC)(env);
    return (0,plain/* plainBuilder */.o)({ id, ...(source && { source }), ...(invocationId !== undefined && { invocationId }) });
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
    const signed = await waiting('signing', ports, () => (0,sign/* signStatement */.fT)(statement, means, signing.services, ports));
    const files = await (0,attestation/* writeAttestation */.U)(request.files, digest, signed.json, bill);
    watch.lap('sign');
    const artifacts = [(0,attestation/* bundleArtifact */.dz)(Buffer.from(signed.json), signed.summary), (0,attestation/* billArtifact */.yh)(bill)];
    const attached = await waiting('attaching', ports, () => repository.attach(image.index, artifacts)).catch((error) => {
        throw notAttached(error, ports.signal);
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
/** What was signed is not lost: it is on disk, and attaching is all that is left to do. */
function notAttached(failure, signal) {
    const isInterruption = signal.aborted && !(failure instanceof errors/* SeedError */.uV);
    const error = isInterruption ? new errors/* SeedError */.uV('INTERRUPTED', 'interrupted', { cause: failure }) : failure;
    if (!(error instanceof errors/* SeedError */.uV))
        return error;
    const { code, message, resource, hint } = error;
    return new errors/* SeedError */.uV(code, `${attestation/* SIGNED */.rv}: ${message}`, {
        ...(resource !== undefined && { resource }),
        ...(hint !== undefined && { hint }),
        cause: error
    });
}
const TICK_MS = 1000;
/** Shows that something is waited for; a log says so after a while. */
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


/***/ })

};
