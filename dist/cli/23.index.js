export const id = 23;
export const ids = [23];
export const modules = {

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
// EXTERNAL MODULE: ./attest/sign.js + 9 modules
var sign = __webpack_require__(9448);
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
