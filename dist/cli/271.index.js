export const id = 271;
export const ids = [271];
export const modules = {

/***/ 9271:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   k: () => (/* binding */ parseTrustRoot),
/* harmony export */   readTrustRoot: () => (/* binding */ readTrustRoot)
/* harmony export */ });
/* harmony import */ var _sigstore_protobuf_specs__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7154);
/* harmony import */ var _sigstore_verify__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(3575);
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(8645);
/* harmony import */ var _verify_file_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(1540);
/* harmony import */ var _verify_remembered_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(5300);
/* harmony import */ var _verify_strict_json_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(6110);
/**
 * What verifiers trust: certificate authorities, logs and timestamp authorities with their keys.
 * https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_trustroot.proto
 */






const MEDIA_TYPES = [
    'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    'application/vnd.dev.sigstore.trustedroot+json;version=0.2',
    'application/vnd.dev.sigstore.trustedroot.v0.2+json'
];
const MAX_BYTES = 1024 * 1024;
const MAX_DEPTH = 16;
/**
 * @param name where it comes from, for errors
 * @throws SeedError TRUST_ROOT_INVALID
 */
function parseTrustRoot(bytes, name) {
    if (bytes.length > MAX_BYTES)
        throw invalid(`it is larger than ${MAX_BYTES} bytes`, name);
    let root;
    try {
        root = _sigstore_protobuf_specs__WEBPACK_IMPORTED_MODULE_0__.TrustedRoot.fromJSON((0,_verify_strict_json_js__WEBPACK_IMPORTED_MODULE_5__/* .parseStrictJson */ .R)(bytes, { depth: MAX_DEPTH }));
    }
    catch (cause) {
        throw invalid(cause instanceof Error ? cause.message : 'it cannot be read', name, cause);
    }
    if (!MEDIA_TYPES.includes(root.mediaType)) {
        throw invalid(`its media type is ${JSON.stringify(root.mediaType.slice(0, 100))}`, name);
    }
    checkLogs(root, name);
    checkPeriods(root, name);
    try {
        const material = (0,_sigstore_verify__WEBPACK_IMPORTED_MODULE_1__/* .toTrustMaterial */ .jO)(root);
        for (const { certChain } of [...material.certificateAuthorities, ...material.timestampAuthorities]) {
            certChain.forEach(_verify_remembered_js__WEBPACK_IMPORTED_MODULE_4__/* .remembered */ .H);
        }
        return { name, material };
    }
    catch (cause) {
        throw invalid('one of its certificates or keys cannot be read', name, cause);
    }
}
/**
 * A trust root from a file.
 *
 * @throws SeedError TRUST_ROOT_INVALID; USAGE where there is no such file, FILE_SYSTEM
 */
async function readTrustRoot(file) {
    return parseTrustRoot(await (0,_verify_file_js__WEBPACK_IMPORTED_MODULE_3__.readUpTo)(file, MAX_BYTES, 'trust root'), file);
}
/** A log without a key that is valid from some time on would be trusted for whatever time somebody names. */
function checkLogs({ tlogs, ctlogs }, name) {
    if (tlogs.length === 0)
        throw invalid('it has no log', name);
    for (const { baseUrl, logId, checkpointKeyId, publicKey } of [...tlogs, ...ctlogs]) {
        if (publicKey === undefined)
            throw invalid(`the log ${baseUrl} has no key`, name);
        if (publicKey.validFor?.start === undefined) {
            throw invalid(`the key of the log ${baseUrl} has no time from which on it is valid (validFor.start)`, name);
        }
        const id = checkpointKeyId ?? logId;
        if (id === undefined || id.keyId.length < 4)
            throw invalid(`the log ${baseUrl} has no identifier`, name);
    }
}
function checkPeriods(root, name) {
    const authorities = [...root.certificateAuthorities, ...root.timestampAuthorities];
    const periods = [
        ...authorities.map(({ validFor }) => validFor),
        ...[...root.tlogs, ...root.ctlogs].map(({ publicKey }) => publicKey?.validFor)
    ];
    for (const period of periods) {
        if ([period?.start, period?.end].some(date => date && Number.isNaN(date.getTime()))) {
            throw invalid('a time in it is none', name);
        }
    }
    for (const { certChain } of authorities) {
        if ((certChain?.certificates.length ?? 0) === 0)
            throw invalid('an authority has no certificate', name);
    }
}
function invalid(what, resource, cause) {
    return new _errors_js__WEBPACK_IMPORTED_MODULE_2__/* .SeedError */ .uV('TRUST_ROOT_INVALID', `the trust root cannot be used: ${what}`, {
        resource,
        hint: 'A trust root is a file trusted_root.json, as whoever runs the Sigstore gives it out, of version 0.1 or 0.2.',
        cause
    });
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
