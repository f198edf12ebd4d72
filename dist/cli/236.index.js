export const id = 236;
export const ids = [236];
export const modules = {

/***/ 9291:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   attachFiles: () => (/* binding */ attachFiles),
/* harmony export */   e: () => (/* binding */ subjectOf)
/* harmony export */ });
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1455);
/* harmony import */ var _attest_bill_of_materials_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1609);
/* harmony import */ var _attest_bundle_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(7838);
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(8645);
/* harmony import */ var _nix_json_shape_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(752);
/* harmony import */ var _oci_digest_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(2096);
/* harmony import */ var _attestation_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(898);
/** Attaches an attestation that was written to disk before. */







/**
 * Attaches the bundle in `file`, and the bill of materials that it names, which is expected beside it. What is attached
 * already stays as it is.
 *
 * @throws SeedError USAGE where the bundle is of another image, CONTENT_INVALID where it is none, NOT_FOUND where the image
 *   or the bill is missing, or what the repository throws
 */
async function attachFiles(repository, digest, files) {
    const bundle = await read(files.bundle, 'bundle');
    const summary = (0,_attest_bundle_js__WEBPACK_IMPORTED_MODULE_2__/* .summarizeBundle */ .P)(bundle);
    const [subject, ...more] = summary.subjects;
    if (subject === undefined || more.length > 0 || `sha256:${subject.digest['sha256']}` !== digest) {
        const found = summary.subjects.map(each => `sha256:${each.digest['sha256']}`).join(', ');
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_3__/* .SeedError */ .uV('USAGE', `the bundle is of another image: ${found}`, {
            resource: files.bundle,
            hint: 'Name the image that it was signed for.'
        });
    }
    const image = await subjectOf(repository, digest);
    const named = billDigest(bundle);
    const bill = named === undefined ? undefined : await readBill(files.bill ?? (0,_attestation_js__WEBPACK_IMPORTED_MODULE_6__/* .billBeside */ .gI)(files.bundle), named);
    const artifacts = [(0,_attestation_js__WEBPACK_IMPORTED_MODULE_6__/* .bundleArtifact */ .dz)(bundle, summary), ...(bill ? [(0,_attestation_js__WEBPACK_IMPORTED_MODULE_6__/* .billArtifact */ .yh)(bill)] : [])];
    const [bundleAt, billAt] = await repository.attach(image, artifacts);
    if (!bundleAt)
        throw new Error('nothing was attached'); // cannot happen
    return {
        ...(summary.predicateType !== undefined && { predicateType: summary.predicateType }),
        bundle: bundleAt,
        ...(billAt && { bill: billAt })
    };
}
/** The image that something is to hang on. @throws SeedError NOT_FOUND */
async function subjectOf(repository, digest) {
    const raw = await repository.getManifest(digest);
    if (raw)
        return raw.descriptor;
    throw new _errors_js__WEBPACK_IMPORTED_MODULE_3__/* .SeedError */ .uV('NOT_FOUND', 'there is no such image', {
        resource: `${repository.name}@${digest}`,
        hint: 'Publish it first; nothing can be attached to an image that is not there.'
    });
}
/** The digest of the bill of materials among the statement's byproducts, if it names one. */
function billDigest(bundle) {
    const document = JSON.parse(bundle.toString('utf8'));
    const envelope = (0,_nix_json_shape_js__WEBPACK_IMPORTED_MODULE_4__/* .isObject */ .G)(document) && (0,_nix_json_shape_js__WEBPACK_IMPORTED_MODULE_4__/* .isObject */ .G)(document.dsseEnvelope) ? document.dsseEnvelope : {};
    const statement = JSON.parse(Buffer.from(String(envelope.payload), 'base64').toString('utf8'));
    const predicate = (0,_nix_json_shape_js__WEBPACK_IMPORTED_MODULE_4__/* .isObject */ .G)(statement) && (0,_nix_json_shape_js__WEBPACK_IMPORTED_MODULE_4__/* .isObject */ .G)(statement.predicate) ? statement.predicate : {};
    const { byproducts } = (0,_nix_json_shape_js__WEBPACK_IMPORTED_MODULE_4__/* .isObject */ .G)(predicate.runDetails) ? predicate.runDetails : {};
    for (const product of Array.isArray(byproducts) ? byproducts : []) {
        if (!(0,_nix_json_shape_js__WEBPACK_IMPORTED_MODULE_4__/* .isObject */ .G)(product) || product.mediaType !== _attest_bill_of_materials_js__WEBPACK_IMPORTED_MODULE_1__/* .BILL_TYPE */ .v || !(0,_nix_json_shape_js__WEBPACK_IMPORTED_MODULE_4__/* .isObject */ .G)(product.digest))
            continue;
        if (typeof product.digest.sha256 === 'string')
            return `sha256:${product.digest.sha256}`;
    }
    return undefined;
}
async function readBill(file, digest) {
    const bill = await read(file, 'bill of materials');
    if ((0,_oci_digest_js__WEBPACK_IMPORTED_MODULE_5__/* .digestOf */ .ol)(bill) === digest)
        return bill;
    throw new _errors_js__WEBPACK_IMPORTED_MODULE_3__/* .SeedError */ .uV('DIGEST_MISMATCH', 'the bill of materials is not the one that the bundle names', {
        resource: file,
        hint: `Name the file with the digest ${digest} with --bill.`
    });
}
async function read(file, what) {
    try {
        return await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.readFile)(file);
    }
    catch (cause) {
        const isMissing = (0,_errors_js__WEBPACK_IMPORTED_MODULE_3__/* .systemCode */ .xU)(cause) === 'ENOENT';
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_3__/* .SeedError */ .uV(isMissing ? 'NOT_FOUND' : 'FILE_SYSTEM', `the ${what} cannot be read`, {
            resource: file,
            hint: what === 'bundle' ? 'Name a file that `nix-seed attest` wrote.' : 'Name the file with --bill.',
            cause
        });
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

/***/ 7236:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  attestVerification: () => (/* binding */ attestVerification)
});

// EXTERNAL MODULE: ./attest/sign.js + 8 modules
var sign = __webpack_require__(7386);
// EXTERNAL MODULE: ./errors.js
var errors = __webpack_require__(8645);
// EXTERNAL MODULE: ./attest/statement.js
var statement = __webpack_require__(1953);
;// CONCATENATED MODULE: ./attest/verification-summary.js
/**
 * The statement about a verification: a SLSA Verification Summary Attestation (VSA), of version 1.1 of SLSA.
 * https://slsa.dev/spec/v1.1/verification_summary
 *
 * What ours says, and what a reader has to check, is in docs/verification-summary.md.
 */


const SUMMARY_TYPE = 'https://slsa.dev/verification_summary/v1';
/** The first that has a version of the verifier, and a level for builds that nobody evaluated. */
const SLSA_VERSION = '1.1';
/**
 * What there is to sign of a verification that passed.
 *
 * @param verifier URI of whoever signs, and versions of what verified, by name
 * @throws SeedError CONTENT_INVALID where a digest is none; POLICY_UNMET where fewer attestations count than the policy
 *   asks for: no statement says that something failed, so that none can be taken for one that it passed
 */
function verificationSummary(verifier, { subject, resource, verifiedOn, policy, attestations }) {
    if (policy.threshold < 1 || attestations.length < policy.threshold) {
        throw new errors/* SeedError */.uV('POLICY_UNMET', 'a verification that did not pass is not attested', {
            resource: `${subject.name}@${subject.digest}`
        });
    }
    return {
        _type: statement/* STATEMENT_TYPE */.zG,
        subject: [{ name: subject.name, digest: digestSet(subject.digest, 'the image') }],
        predicateType: SUMMARY_TYPE,
        predicate: {
            verifier,
            timeVerified: verifiedOn.toISOString(),
            resourceUri: resource,
            policy: { uri: contentUri(policy.digest), digest: digestSet(policy.digest, 'the policy') },
            inputAttestations: attestations.map(({ digest, uri }) => ({
                ...(uri !== undefined && { uri }),
                digest: digestSet(digest, 'a bundle')
            })),
            verificationResult: 'PASSED',
            verifiedLevels: ['SLSA_BUILD_LEVEL_UNEVALUATED', quorumLevel(policy.threshold)],
            slsaVersion: SLSA_VERSION
        }
    };
}
/** A level of our own, as SLSA allows them: so many builders, different from each other as the policy demands. */
function quorumLevel(threshold) {
    return `NIX_SEED_QUORUM_${threshold}`;
}
/**
 * A policy may lie in a private repository or on somebody's disk, and the statement is public: so it is named by what it
 * is and not by where. https://www.rfc-editor.org/rfc/rfc6920#section-3
 */
function contentUri(digest) {
    return `ni:///sha-256;${Buffer.from(hexOf(digest, 'the policy'), 'hex').toString('base64url')}`;
}
function digestSet(digest, what) {
    return { sha256: hexOf(digest, what) };
}
function hexOf(digest, what) {
    const hex = /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1];
    if (hex !== undefined)
        return hex;
    throw new errors/* SeedError */.uV('CONTENT_INVALID', `the digest of ${what} is none: ${JSON.stringify(digest.slice(0, 80))}`);
}

// EXTERNAL MODULE: ./version.js + 1 modules
var version = __webpack_require__(9085);
// EXTERNAL MODULE: ./seed/attach.js
var attach = __webpack_require__(9291);
// EXTERNAL MODULE: ./seed/attestation.js
var attestation = __webpack_require__(898);
// EXTERNAL MODULE: ./seed/signing.js + 1 modules
var seed_signing = __webpack_require__(6291);
// EXTERNAL MODULE: ./seed/verification.js + 6 modules
var seed_verification = __webpack_require__(6911);
// EXTERNAL MODULE: ./seed/waiting.js
var waiting = __webpack_require__(3439);
;// CONCATENATED MODULE: ./seed/summary.js
/** A signed statement that a seed passed verification, for those who trust the verifier and do not verify themselves. */








/**
 * Signs a SLSA Verification Summary Attestation of `verification` and attaches it to the image. It is no vote: `verify`
 * counts provenance alone.
 *
 * @throws SeedError POLICY_UNMET where the verification did not pass; NOT_FOUND where the image is missing; of signing;
 *   FILE_SYSTEM, DISK_FULL; of the registry, and then what has been signed is in the file that the hint names
 */
async function attestVerification(request, ports) {
    const { verification, repository, signing, files } = request;
    (0,seed_verification.requireVerified)(verification);
    const verifiedOn = new Date();
    // Nothing is entered in a public log for an image that is not there.
    const image = await (0,attach/* subjectOf */.e)(repository, verification.digest);
    const means = await (0,waiting/* waiting */.e)('getting an identity', ports, () => (0,seed_signing/* signingMeans */.iz)(signing, ports));
    const verifier = { id: (0,seed_signing/* signerId */.cC)(signing, means), version: { 'nix-seed': version/* VERSION */.x } };
    const statement = verificationSummary(verifier, {
        subject: { name: repository.name, digest: verification.digest },
        resource: request.resource ?? placeOf(repository),
        verifiedOn,
        policy: verification.policy,
        attestations: verification.bundles
            .filter(({ verdict }) => verdict === 'counted')
            .map(bundle => inputOf(bundle, repository))
    });
    const signed = await (0,waiting/* waiting */.e)('signing', ports, () => (0,sign/* signStatement */.fT)(statement, means, signing.services, ports));
    const file = (0,attestation/* summaryFile */.bj)(files, verification.digest);
    await (0,attestation/* writeFiles */.hV)(files, [[file, signed.json]]);
    const artifact = (0,attestation/* bundleArtifact */.dz)(Buffer.from(signed.json), signed.summary);
    const [attached] = await (0,waiting/* waiting */.e)('attaching', ports, () => repository.attach(image, [artifact])).catch((error) => {
        const line = `nix-seed attest ${repository.name}@${verification.digest} --bundle ${file}`;
        throw (0,attestation/* notAttached */.sE)(error, ports.signal, `Attach what has been signed when that is put right: ${line}`);
    });
    if (!attached)
        throw new Error('less was attached than given'); // cannot happen
    return { predicateType: statement.predicateType, verifier: verifier.id, bundle: attached.descriptor, file };
}
/** One that hangs on the image has an address; the path of a file on this machine is nobody else's business. */
function inputOf({ bundle, sources }, repository) {
    const referrer = sources.map(source => /^referrer (sha256:[0-9a-f]{64})$/.exec(source)?.[1]).find(Boolean);
    return { digest: bundle, ...(referrer !== undefined && { uri: `${placeOf(repository)}@${referrer}` }) };
}
/** An image layout's name has a scheme already. */
function placeOf({ name }) {
    return name.startsWith('oci:') ? name : `oci://${name}`;
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
