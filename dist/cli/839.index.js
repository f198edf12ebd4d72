export const id = 839;
export const ids = [839];
export const modules = {

/***/ 1622:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   T: () => (/* binding */ circleci)
/* harmony export */ });
/* harmony import */ var _claims_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(9659);
/* harmony import */ var _definition_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(967);
/** CircleCI. https://circleci.com/docs/guides/permissions-authentication/openid-connect-tokens/ */


const BUILD_TYPE = `${_definition_js__WEBPACK_IMPORTED_MODULE_1__/* .BUILD_TYPES */ .n}/circleci/v1`;
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
    const api = (0,_claims_js__WEBPACK_IMPORTED_MODULE_0__/* .optionalClaim */ .xp)(claims, 'api_url', URL_FORM) ?? 'https://circleci.com/api/v2';
    return `${api}/projects/${own(claims, 'project-id')}/pipeline-definitions/${own(claims, 'pipeline-definition-id')}`;
}
function circleciBuilder(claims, { commit }) {
    const id = circleciSubject(claims);
    // A pipeline that a webhook has started has neither.
    const origin = (0,_claims_js__WEBPACK_IMPORTED_MODULE_0__/* .optionalClaim */ .xp)(claims, `${PREFIX}vcs-origin`, ORIGIN);
    const ref = (0,_claims_js__WEBPACK_IMPORTED_MODULE_0__/* .optionalClaim */ .xp)(claims, `${PREFIX}vcs-ref`, CHANGE);
    const repository = origin === undefined ? undefined : `https://${origin.replace('https://', '')}`;
    const platform = (0,_claims_js__WEBPACK_IMPORTED_MODULE_0__/* .optionalClaim */ .xp)(claims, 'platform_url', URL_FORM) ?? 'https://app.circleci.com/';
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
            source: { uri: `git+${repository}@${ref}`, commit: (0,_claims_js__WEBPACK_IMPORTED_MODULE_0__/* .claim */ .B7)({ commit }, 'commit', _claims_js__WEBPACK_IMPORTED_MODULE_0__/* .COMMIT */ .cJ) }
        }),
        // The two slashes are what the certificate has, too.
        invocationId: `${platform}/workflow/${own(claims, 'workflow-id')}/job/${own(claims, 'job-id')}`
    };
}
/** Every organisation has an issuer of its own, named after it. */
function organizationOf(claims) {
    const id = (0,_claims_js__WEBPACK_IMPORTED_MODULE_0__/* .optionalClaim */ .xp)(claims, `${PREFIX}org-id`, _claims_js__WEBPACK_IMPORTED_MODULE_0__/* .UUID */ .kk) ?? /\/org\/([0-9a-f-]{36})$/i.exec((0,_claims_js__WEBPACK_IMPORTED_MODULE_0__/* .claim */ .B7)(claims, 'iss'))?.[1];
    return id === undefined ? {} : { org_id: id };
}
/** Whether somebody could log in to the machine that built. */
function sshRerunOf(claims) {
    const text = (0,_claims_js__WEBPACK_IMPORTED_MODULE_0__/* .optionalClaim */ .xp)(claims, `${PREFIX}ssh-rerun`, { what: 'true or false', pattern: /^(?:true|false)$/ });
    return text === undefined ? {} : { ssh_rerun: text === 'true' };
}
function own(claims, name) {
    return (0,_claims_js__WEBPACK_IMPORTED_MODULE_0__/* .claim */ .B7)(claims, `${PREFIX}${name}`, _claims_js__WEBPACK_IMPORTED_MODULE_0__/* .UUID */ .kk);
}


/***/ }),

/***/ 967:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   n: () => (/* binding */ BUILD_TYPES)
/* harmony export */ });
/** Of the build types that are documented in docs/build-types. */
const BUILD_TYPES = 'https://nix-seed.dev/build-types';


/***/ }),

/***/ 943:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  M: () => (/* binding */ github)
});

// EXTERNAL MODULE: ./attest/certificate-uri.js
var certificate_uri = __webpack_require__(5708);
// EXTERNAL MODULE: ./attest/claims.js
var attest_claims = __webpack_require__(9659);
;// CONCATENATED MODULE: ./permission.js
/**
 * What to add to a workflow, as the exact lines of YAML.
 *
 * Whoever writes the first `permissions:` into a workflow takes all that it does not name away, so that is said as well.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions
 */
function permissionHint(permission) {
    return [
        'Add this to the job in the workflow, and keep what stands under "permissions" (what is not named there is refused):',
        'permissions:',
        `  ${permission}`
    ].join('\n');
}

;// CONCATENATED MODULE: ./attest/builder/github.js
/**
 * GitHub Actions, github.com and GitHub Enterprise.
 * https://docs.github.com/actions/reference/security/oidc
 */



/** GitHub's own, which its tools expect. https://actions.github.io/buildtypes/workflow/v1 */
const BUILD_TYPE = 'https://actions.github.io/buildtypes/workflow/v1';
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
    hint: () => `${permissionHint('id-token: write')}\nA pull request from a fork gets no identity token.`
};
function githubSubject(claims) {
    const uri = (0,certificate_uri/* certificateUri */.Y)(`${serverOf(claims)}/${(0,attest_claims/* claim */.B7)(claims, 'job_workflow_ref', WORKFLOW)}`);
    if (uri === undefined)
        throw (0,attest_claims/* invalidClaim */.Ce)('job_workflow_ref', 'makes no URI that a certificate can hold');
    return uri;
}
function githubBuilder(claims) {
    const server = serverOf(claims);
    const path = (0,attest_claims/* claim */.B7)(claims, 'repository', REPOSITORY);
    const repository = `${server}/${path}`;
    const ref = (0,attest_claims/* claim */.B7)(claims, 'ref', attest_claims/* REF */.g4);
    const run = `${(0,attest_claims/* claim */.B7)(claims, 'run_id', attest_claims/* NUMBER */.uk)}/attempts/${(0,attest_claims/* claim */.B7)(claims, 'run_attempt', attest_claims/* NUMBER */.uk)}`;
    return {
        kind: 'github',
        id: githubSubject(claims),
        buildType: BUILD_TYPE,
        externalParameters: { workflow: { ref, repository, path: workflowPath(claims, path, ref) } },
        internalParameters: {
            github: {
                event_name: (0,attest_claims/* claim */.B7)(claims, 'event_name', attest_claims/* WORD */.f7),
                repository_id: (0,attest_claims/* claim */.B7)(claims, 'repository_id', attest_claims/* NUMBER */.uk),
                repository_owner_id: (0,attest_claims/* claim */.B7)(claims, 'repository_owner_id', attest_claims/* NUMBER */.uk),
                runner_environment: (0,attest_claims/* claim */.B7)(claims, 'runner_environment', attest_claims/* WORD */.f7)
            }
        },
        source: { uri: `git+${repository}@${ref}`, commit: (0,attest_claims/* claim */.B7)(claims, 'sha', attest_claims/* COMMIT */.cJ) },
        invocationId: `${repository}/actions/runs/${run}`
    };
}
/** Both file and branch may have an `@` in their names, and the workflow may be another repository's. */
function workflowPath(claims, repository, ref) {
    const workflow = (0,attest_claims/* claim */.B7)(claims, 'workflow_ref', WORKFLOW);
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
    const named = (0,attest_claims/* optionalClaim */.xp)(claims, 'url', { what: 'a URL', pattern: /^https:\/\/[a-z\d.-]+(?::\d+)?$/ });
    if (named !== undefined)
        return named;
    const issuer = (0,attest_claims/* claim */.B7)(claims, 'iss');
    const tenant = /^https:\/\/token\.actions\.([a-z\d-]+\.ghe\.com)(?:\/|$)/.exec(issuer)?.[1];
    if (tenant !== undefined)
        return `https://${tenant}`;
    return /^(https:\/\/[^/]+)\/_services\/token\/?$/.exec(issuer)?.[1] ?? 'https://github.com';
}


/***/ }),

/***/ 229:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   M: () => (/* binding */ gitlab)
/* harmony export */ });
/* harmony import */ var _certificate_uri_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(5708);
/* harmony import */ var _claims_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(9659);
/* harmony import */ var _definition_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(967);
/** GitLab CI, gitlab.com and self-managed. https://docs.gitlab.com/ci/secrets/id_token_authentication/ */



const BUILD_TYPE = `${_definition_js__WEBPACK_IMPORTED_MODULE_2__/* .BUILD_TYPES */ .n}/gitlab/v1`;
const NAME = String.raw `(?!\.{1,2}(?:\/|$))[\w.-]+`;
const PROJECT = { what: 'a project (GROUP/NAME)', pattern: new RegExp(`^${NAME}(?:/${NAME})+$`) };
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
    const uri = (0,_certificate_uri_js__WEBPACK_IMPORTED_MODULE_0__/* .certificateUri */ .Y)(`https://${configOf(claims)}`);
    if (uri === undefined)
        throw (0,_claims_js__WEBPACK_IMPORTED_MODULE_1__/* .invalidClaim */ .Ce)('ci_config_ref_uri', 'makes no URI that a certificate can hold');
    return uri;
}
function configOf(claims) {
    const config = (0,_claims_js__WEBPACK_IMPORTED_MODULE_1__/* .optionalClaim */ .xp)(claims, 'ci_config_ref_uri', CONFIG);
    if (config !== undefined)
        return config;
    throw (0,_claims_js__WEBPACK_IMPORTED_MODULE_1__/* .invalidClaim */ .Ce)('ci_config_ref_uri', 'is missing', "GitLab makes it where the pipeline's configuration is a file of a repository: use one, with GitLab 16.2 or later.");
}
function gitlabBuilder(claims) {
    const repository = `${(0,_claims_js__WEBPACK_IMPORTED_MODULE_1__/* .claim */ .B7)(claims, 'iss').replace(/\/+$/, '')}/${(0,_claims_js__WEBPACK_IMPORTED_MODULE_1__/* .claim */ .B7)(claims, 'project_path', PROJECT)}`;
    const ref = refOf(claims);
    const job = (0,_claims_js__WEBPACK_IMPORTED_MODULE_1__/* .claim */ .B7)(claims, 'job_id', _claims_js__WEBPACK_IMPORTED_MODULE_1__/* .NUMBER */ .uk);
    const configSha = (0,_claims_js__WEBPACK_IMPORTED_MODULE_1__/* .optionalClaim */ .xp)(claims, 'ci_config_sha', _claims_js__WEBPACK_IMPORTED_MODULE_1__/* .COMMIT */ .cJ);
    return {
        kind: 'gitlab',
        id: gitlabSubject(claims),
        buildType: BUILD_TYPE,
        externalParameters: { pipeline: { repository, ref, config: configOf(claims) } },
        internalParameters: {
            gitlab: {
                pipeline_source: (0,_claims_js__WEBPACK_IMPORTED_MODULE_1__/* .claim */ .B7)(claims, 'pipeline_source', _claims_js__WEBPACK_IMPORTED_MODULE_1__/* .WORD */ .f7),
                pipeline_id: (0,_claims_js__WEBPACK_IMPORTED_MODULE_1__/* .claim */ .B7)(claims, 'pipeline_id', _claims_js__WEBPACK_IMPORTED_MODULE_1__/* .NUMBER */ .uk),
                job_id: job,
                project_id: (0,_claims_js__WEBPACK_IMPORTED_MODULE_1__/* .claim */ .B7)(claims, 'project_id', _claims_js__WEBPACK_IMPORTED_MODULE_1__/* .NUMBER */ .uk),
                namespace_id: (0,_claims_js__WEBPACK_IMPORTED_MODULE_1__/* .claim */ .B7)(claims, 'namespace_id', _claims_js__WEBPACK_IMPORTED_MODULE_1__/* .NUMBER */ .uk),
                runner_environment: (0,_claims_js__WEBPACK_IMPORTED_MODULE_1__/* .claim */ .B7)(claims, 'runner_environment', _claims_js__WEBPACK_IMPORTED_MODULE_1__/* .WORD */ .f7),
                ...(configSha !== undefined && { ci_config_sha: configSha })
            }
        },
        source: { uri: `git+${repository}@${ref}`, commit: (0,_claims_js__WEBPACK_IMPORTED_MODULE_1__/* .claim */ .B7)(claims, 'sha', _claims_js__WEBPACK_IMPORTED_MODULE_1__/* .COMMIT */ .cJ) },
        invocationId: `${repository}/-/jobs/${job}`
    };
}
/** `ref` is a bare name; releases before 16.0 leave the kind to `ref_type`. */
function refOf(claims) {
    const path = (0,_claims_js__WEBPACK_IMPORTED_MODULE_1__/* .optionalClaim */ .xp)(claims, 'ref_path', _claims_js__WEBPACK_IMPORTED_MODULE_1__/* .REF */ .g4);
    if (path !== undefined)
        return path;
    const kind = (0,_claims_js__WEBPACK_IMPORTED_MODULE_1__/* .claim */ .B7)(claims, 'ref_type', { what: 'branch or tag', pattern: /^(?:branch|tag)$/ });
    return (0,_claims_js__WEBPACK_IMPORTED_MODULE_1__/* .claim */ .B7)({ ref: `refs/${kind === 'branch' ? 'heads' : 'tags'}/${(0,_claims_js__WEBPACK_IMPORTED_MODULE_1__/* .claim */ .B7)(claims, 'ref')}` }, 'ref', _claims_js__WEBPACK_IMPORTED_MODULE_1__/* .REF */ .g4);
}


/***/ }),

/***/ 8956:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   o: () => (/* binding */ plainBuilder),
/* harmony export */   p: () => (/* binding */ plain)
/* harmony export */ });
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8645);
/* harmony import */ var _certificate_uri_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(5708);
/* harmony import */ var _claims_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(9659);
/* harmony import */ var _definition_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(967);
/** A builder that no CI provider vouches for: known by its key, or by an issuer of one's own. */




const BUILD_TYPE = `${_definition_js__WEBPACK_IMPORTED_MODULE_3__/* .BUILD_TYPES */ .n}/plain/v1`;
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
    if (source !== undefined && !_claims_js__WEBPACK_IMPORTED_MODULE_2__/* .COMMIT */ .cJ.pattern.test(source.commit)) {
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('USAGE', `the source's commit is not ${_claims_js__WEBPACK_IMPORTED_MODULE_2__/* .COMMIT */ .cJ.what}`);
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
    return { kind: 'plain', id, buildType: BUILD_TYPE, externalParameters: {}, internalParameters: {} };
}
function plainSubject(claims) {
    (0,_claims_js__WEBPACK_IMPORTED_MODULE_2__/* .claim */ .B7)(claims, 'sub');
    const uri = uriOf(claims);
    if (uri === undefined)
        throw (0,_claims_js__WEBPACK_IMPORTED_MODULE_2__/* .invalidClaim */ .Ce)('sub', 'is no URI that a certificate can hold');
    return uri;
}
function uriOf({ sub }) {
    return typeof sub === 'string' ? (0,_certificate_uri_js__WEBPACK_IMPORTED_MODULE_1__/* .certificateUri */ .Y)(sub) : undefined;
}
function checkUri(text, what) {
    const isPlain = /^[a-z][a-z\d+.-]*:[!-~]+$/i.test(text) && URL.canParse(text);
    const hasCredentials = /^[a-z\d+.-]+:\/\/[^/?#]*@/i.test(text);
    if (isPlain && !hasCredentials)
        return;
    throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('USAGE', `${what} is ${isPlain ? 'a URI with a user or password in it' : 'no absolute URI'}`, {
        hint: 'Give one such as https://example.org/builders/1, which need not lead anywhere.'
    });
}


/***/ }),

/***/ 9363:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   l: () => (/* binding */ providerOf)
/* harmony export */ });
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8645);
/* harmony import */ var _circleci_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1622);
/* harmony import */ var _github_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(943);
/* harmony import */ var _gitlab_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(229);
/* harmony import */ var _plain_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(8956);
/** Which CI provider an identity token is from. */





/** @throws SeedError IDENTITY_INVALID where the claims are of no kind that is known, or of two */
function providerOf(claims) {
    const [provider, second] = [_github_js__WEBPACK_IMPORTED_MODULE_2__/* .github */ .M, _gitlab_js__WEBPACK_IMPORTED_MODULE_3__/* .gitlab */ .M, _circleci_js__WEBPACK_IMPORTED_MODULE_1__/* .circleci */ .T].filter(candidate => candidate.isIssuerOf(claims));
    if (second !== undefined) {
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('IDENTITY_INVALID', 'the identity token has claims of two different CI providers');
    }
    if (provider !== undefined)
        return provider;
    if (_plain_js__WEBPACK_IMPORTED_MODULE_4__/* .plain */ .p.isIssuerOf(claims))
        return _plain_js__WEBPACK_IMPORTED_MODULE_4__/* .plain */ .p;
    throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('IDENTITY_INVALID', 'the identity token is of no kind that names a builder', {
        hint: 'Tokens of GitHub Actions, GitLab CI and CircleCI do, and others whose subject is a URI; other builders sign with --key or --sign-command.'
    });
}


/***/ }),

/***/ 5708:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Y: () => (/* binding */ certificateUri)
/* harmony export */ });
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


/***/ }),

/***/ 9659:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   B7: () => (/* binding */ claim),
/* harmony export */   Ce: () => (/* binding */ invalidClaim),
/* harmony export */   cJ: () => (/* binding */ COMMIT),
/* harmony export */   f7: () => (/* binding */ WORD),
/* harmony export */   g4: () => (/* binding */ REF),
/* harmony export */   kk: () => (/* binding */ UUID),
/* harmony export */   uk: () => (/* binding */ NUMBER),
/* harmony export */   xp: () => (/* binding */ optionalClaim)
/* harmony export */ });
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8645);
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
    return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('IDENTITY_INVALID', `the claim "${name}" of the identity token ${what}`, hint === undefined ? {} : { hint });
}


/***/ }),

/***/ 7800:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   $m: () => (/* binding */ isMeantFor),
/* harmony export */   Ec: () => (/* binding */ verifyIdentity),
/* harmony export */   V_: () => (/* binding */ isTokenShaped)
/* harmony export */ });
/* harmony import */ var jose__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(5509);
/* harmony import */ var jose__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(6752);
/* harmony import */ var jose__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(2222);
/* harmony import */ var jose__WEBPACK_IMPORTED_MODULE_7__ = __webpack_require__(4283);
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8645);
/* harmony import */ var _builder_provider_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(9363);
/* harmony import */ var _claims_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(9659);
/* harmony import */ var _issuer_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(6897);
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
    const { keys, clockAheadMs } = await (0,_issuer_js__WEBPACK_IMPORTED_MODULE_3__/* .withIssuer */ .B)(ports, options, fetchJson => fetchKeys(issuer, fetchJson));
    const claims = await verifyToken(token, keys, { issuer, audience, clockAheadMs });
    const provider = (0,_builder_provider_js__WEBPACK_IMPORTED_MODULE_1__/* .providerOf */ .l)(claims);
    (0,_claims_js__WEBPACK_IMPORTED_MODULE_2__/* .claim */ .B7)(claims, 'sub');
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
        const { aud } = (0,jose__WEBPACK_IMPORTED_MODULE_4__/* .decodeJwt */ .i)(token);
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
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('IDENTITY_INVALID', 'the identity token is not signed in a way that others can check');
    }
    const issuer = (0,_claims_js__WEBPACK_IMPORTED_MODULE_2__/* .claim */ .B7)({ iss }, 'iss');
    const url = URL.parse(issuer);
    if (url === null || !(0,_issuer_js__WEBPACK_IMPORTED_MODULE_3__/* .isSecure */ .U)(url) || /[?#@\s]/.test(issuer)) {
        throw (0,_claims_js__WEBPACK_IMPORTED_MODULE_2__/* .invalidClaim */ .Ce)('iss', 'is no https URL, which issuers have');
    }
    return issuer;
}
function decode(token) {
    if (isTokenShaped(token)) {
        try {
            return { alg: (0,jose__WEBPACK_IMPORTED_MODULE_5__/* .decodeProtectedHeader */ ._)(token).alg, iss: (0,jose__WEBPACK_IMPORTED_MODULE_4__/* .decodeJwt */ .i)(token).iss };
        }
        catch {
            // a library's errors may quote what they are about
        }
    }
    throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('IDENTITY_INVALID', 'the identity token is no JSON Web Token', {
        hint: 'It has three parts with dots between them, and nothing else.'
    });
}
async function fetchKeys(issuer, fetchJson) {
    const at = new URL(`${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`);
    const discovery = (await fetchJson("the token issuer's configuration cannot be had", at)).json;
    const { issuer: named, jwks_uri: address } = isObject(discovery) ? discovery : {};
    if (named !== issuer) {
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('IDENTITY_INVALID', "the configuration of the token's issuer is of another issuer", {
            resource: at.href
        });
    }
    const url = typeof address === 'string' ? URL.parse(address) : null;
    if (url === null || !(0,_issuer_js__WEBPACK_IMPORTED_MODULE_3__/* .isSecure */ .U)(url) || (at.protocol === 'https:' && url.protocol !== 'https:')) {
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('SIGSTORE_FAILED', "the token issuer's configuration names no https URL of its keys", {
            resource: at.href
        });
    }
    const { json, clockAheadMs } = await fetchJson("the token issuer's keys cannot be had", url);
    if (!isObject(json) || !Array.isArray(json['keys'])) {
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('SIGSTORE_FAILED', 'the token issuer publishes no keys', { resource: url.href });
    }
    return { keys: json, clockAheadMs };
}
async function verifyToken(token, keys, expected) {
    const { issuer, audience, clockAheadMs } = expected;
    try {
        const { payload } = await (0,jose__WEBPACK_IMPORTED_MODULE_6__/* .jwtVerify */ .V)(token, (0,jose__WEBPACK_IMPORTED_MODULE_7__/* .createLocalJWKSet */ .w)(keys), {
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
        throw error instanceof _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV ? error : refusal(token, error, audience, clockAheadMs);
    }
}
/** The library's error holds all claims, so it is no cause. */
function refusal(token, error, audience, clockAheadMs) {
    const { code, claim: name } = error;
    switch (code) {
        case 'ERR_JWT_EXPIRED':
            return untimely(token, clockAheadMs);
        case 'ERR_JWT_CLAIM_VALIDATION_FAILED':
            if (name === 'nbf' && typeof (0,jose__WEBPACK_IMPORTED_MODULE_4__/* .decodeJwt */ .i)(token).nbf === 'number')
                return untimely(token, clockAheadMs);
            if (name === 'aud')
                return otherAudience((0,jose__WEBPACK_IMPORTED_MODULE_4__/* .decodeJwt */ .i)(token), audience);
            return (0,_claims_js__WEBPACK_IMPORTED_MODULE_2__/* .invalidClaim */ .Ce)(String(name), 'is missing or not what it should be');
        case 'ERR_JWKS_NO_MATCHING_KEY':
            return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('IDENTITY_INVALID', 'the identity token is signed with a key that its issuer does not publish');
        case 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED':
            return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('IDENTITY_INVALID', "the identity token's signature is not its issuer's");
        default:
            return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('IDENTITY_INVALID', `the identity token cannot be checked (${typeof code === 'string' ? code : 'unknown reason'})`);
    }
}
function otherAudience(claims, audience) {
    const { aud } = claims;
    const named = aud === undefined ? 'nobody' : JSON.stringify(aud);
    return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('IDENTITY_INVALID', `the identity token is meant for ${named.length > 200 ? 'somebody else' : named}, and not for "${audience}"`, hintOf(claims, audience));
}
/** Which lines to change; none where nobody knows what the token is of. */
function hintOf(claims, audience) {
    try {
        return { hint: (0,_builder_provider_js__WEBPACK_IMPORTED_MODULE_1__/* .providerOf */ .l)(claims).hint(audience) };
    }
    catch {
        return {};
    }
}
/** Says whose clock is off, if one is. */
function untimely(token, clockAheadMs) {
    const claims = (0,jose__WEBPACK_IMPORTED_MODULE_4__/* .decodeJwt */ .i)(token);
    const now = Date.now();
    const from = timeOf(claims['nbf'] ?? claims['iat']);
    const until = timeOf(claims['exp']);
    const times = `it is valid from ${from} to ${until}, and this machine's clock says ${isoSeconds(now)}`;
    if (clockAheadMs !== undefined && Math.abs(clockAheadMs) > CLOCK_TOLERANCE_MS) {
        return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('IDENTITY_INVALID', `the clocks of this machine and of the token's issuer differ: the identity token cannot be used, since ${times} and the issuer's ${isoSeconds(now + clockAheadMs)}`, { hint: "Set this machine's clock." });
    }
    const isOver = Number(claims['exp']) * 1000 <= now;
    return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV('IDENTITY_INVALID', `the identity token ${isOver ? 'has expired' : 'is not valid yet'}: ${times}`, {
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
    throw (0,_claims_js__WEBPACK_IMPORTED_MODULE_2__/* .invalidClaim */ .Ce)(name, 'is no time');
}
function isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}


/***/ }),

/***/ 6897:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   B: () => (/* binding */ withIssuer),
/* harmony export */   U: () => (/* binding */ isSecure)
/* harmony export */ });
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8645);
/* harmony import */ var _http_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(9632);
/* harmony import */ var _http_error_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(3227);
/* harmony import */ var _http_retry_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(6367);
/**
 * JSON from the servers that make identity tokens. Whatever they answer stays out of errors: some have the token, and may
 * well send it back.
 */




/** Many times the size of any real document. */
const MAX_BYTES = 256 * 1024;
const TIMEOUT_MS = 20_000;
const BACKOFF = { ..._http_retry_js__WEBPACK_IMPORTED_MODULE_3__/* .DEFAULT_BACKOFF */ .VU, attempts: 4, maxMs: 10_000 };
/** Lets `use` ask for documents, over connections that are closed afterwards. */
async function withIssuer(ports, options, use) {
    const timeouts = { connectTimeoutMs: TIMEOUT_MS, idleTimeoutMs: TIMEOUT_MS, answerTimeoutMs: TIMEOUT_MS };
    const client = new _http_js__WEBPACK_IMPORTED_MODULE_1__/* .HttpClient */ .Qq({ env: ports.env, signal: ports.signal, ...timeouts, ...options.http });
    const retry = {
        backoff: options.backoff ?? BACKOFF,
        signal: ports.signal,
        onRetry: (error) => ports.log.debug(`${error.message}; trying again`)
    };
    try {
        return await use(async (what, url, headers = {}) => {
            try {
                return await (0,_http_retry_js__WEBPACK_IMPORTED_MODULE_3__/* .retrying */ .R$)(() => exchange(client, url, headers), retry);
            }
            catch (error) {
                ports.signal.throwIfAborted();
                throw failure(what, url, error);
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
        throw new _http_error_js__WEBPACK_IMPORTED_MODULE_2__/* .HttpError */ .j(`${url.host} answered with status ${response.status}`, { url, response });
    }
    const clockAheadMs = clockAhead(response);
    const text = (await (0,_http_js__WEBPACK_IMPORTED_MODULE_1__/* .readBody */ .x8)(response, MAX_BYTES)).toString('utf8');
    try {
        return { json: JSON.parse(text), clockAheadMs };
    }
    catch {
        // The parser's own error quotes what it read.
        throw new _http_error_js__WEBPACK_IMPORTED_MODULE_2__/* .HttpError */ .j(`${url.host} answered with something that is no JSON`, { url, retriable: false });
    }
}
/** https://www.rfc-editor.org/rfc/rfc9110#name-date: of the origin, so the age of what a cache answers is added. */
function clockAhead({ headers }) {
    const date = Date.parse(headers.date ?? '');
    const age = /^\d{1,9}$/.test(headers.age ?? '') ? Number(headers.age) : 0;
    return Number.isNaN(date) ? undefined : date + age * 1000 - Date.now();
}
/** Of an HttpError, only what this program itself has written, and the system's code. */
function failure(what, url, error) {
    const isHttp = error instanceof _http_error_js__WEBPACK_IMPORTED_MODULE_2__/* .HttpError */ .j;
    const code = (0,_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .systemCode */ .xU)(error);
    const reason = isHttp ? error.message : 'the request failed';
    const isAnswered = isHttp && code === undefined && (error.status !== undefined || !error.retriable);
    return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .SeedError */ .uV(isAnswered ? 'SIGSTORE_FAILED' : 'SIGSTORE_UNREACHABLE', `${what}: ${reason}${code === undefined ? '' : ` (${code})`}`, {
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


/***/ }),

/***/ 7386:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  hq: () => (/* reexport */ PUBLIC_SERVICES),
  JQ: () => (/* binding */ checkSigner),
  fT: () => (/* binding */ signStatement)
});

// EXTERNAL MODULE: ../../node_modules/@sigstore/bundle/dist/index.js
var dist = __webpack_require__(6124);
// EXTERNAL MODULE: ../../node_modules/@sigstore/core/dist/index.js
var core_dist = __webpack_require__(5137);
// EXTERNAL MODULE: ./errors.js
var errors = __webpack_require__(8645);
// EXTERNAL MODULE: ./attest/bundle.js
var attest_bundle = __webpack_require__(7838);
// EXTERNAL MODULE: ./attest/key.js
var attest_key = __webpack_require__(8291);
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

// EXTERNAL MODULE: ./attest/claims.js
var claims = __webpack_require__(9659);
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
    const proof = (0,external_node_crypto_.sign)('sha256', Buffer.from((0,claims/* claim */.B7)(identity.claims, 'sub')), keys.privateKey);
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

// EXTERNAL MODULE: ./attest/issuer.js
var issuer = __webpack_require__(6897);
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
    if (keyless && !(0,issuer/* isSecure */.U)(new URL(fulcioUrl))) {
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
var process = __webpack_require__(1313);
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

// EXTERNAL MODULE: ./attest/statement.js
var attest_statement = __webpack_require__(1953);
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


/***/ })

};
