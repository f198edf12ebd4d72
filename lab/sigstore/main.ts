/**
 * Runs a Sigstore until it is stopped: `node lab/sigstore/main.ts FOLDER`. Prints the variables that clients and verifiers
 * read, then `ready`. The trusted root is a file in FOLDER. Tokens come from an address as in a job of GitHub Actions.
 */
import { githubClaims } from './claims.ts'
import { startSigstore } from './sigstore.ts'

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('which folder is the trusted root to be in?')
const sigstore = await startSigstore()
sigstore.issuer.claims = githubClaims()
const variables = {
  SIGSTORE_FULCIO_URL: sigstore.fulcioUrl,
  SIGSTORE_REKOR_URL: sigstore.rekorUrl,
  SIGSTORE_REKOR_V2_URL: sigstore.rekorV2Url,
  SIGSTORE_TIMESTAMP_URL: sigstore.timestampUrl,
  SIGSTORE_TRUSTED_ROOT: sigstore.trustedRootFile(folder),
  SIGSTORE_ISSUER: sigstore.issuer.issuer,
  ACTIONS_ID_TOKEN_REQUEST_URL: sigstore.issuer.requestUrl,
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: sigstore.issuer.requestToken
}
for (const [name, value] of Object.entries(variables)) process.stdout.write(`${name}=${value}\n`)
process.stdout.write('ready\n')
