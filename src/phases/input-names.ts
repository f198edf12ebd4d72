/** The names of the action's inputs and outputs, and other actions' names for the same things. */

/** Every input of action.yml with its default; empty where the default depends on the job, and for what is off. */
export const INPUTS = {
  mode: 'restore',
  flake: '.',
  attribute: '',
  image: '',
  'registry-username': '',
  'registry-password': '',
  'insecure-registry': 'false',
  'trusted-images': '',
  tags: '',
  'stale-seed': 'use',
  for: '',
  strategy: 'auto',
  'cache-dir': '',
  'cache-size': '',
  required: 'false',
  'github-token': '', // `${{ github.token }}` in action.yml; empty for requests without a token
  'nix-version': '',
  'nix-sha256': '',
  'nix-releases': 'https://releases.nixos.org/nix',
  'extra-nix-conf': '',
  substituters: '',
  'trusted-public-keys': '',
  kvm: 'true',
  cache: 'true',
  'cachix-name': '',
  'cachix-auth-token': '',
  'cachix-signing-key': '',
  format: '',
  sign: 'true',
  'fulcio-url': 'https://fulcio.sigstore.dev',
  'rekor-url': 'https://rekor.sigstore.dev',
  'rekor-version': '1',
  'timestamp-url': 'https://timestamp.sigstore.dev',
  'oidc-audience': 'sigstore',
  'signing-key': '',
  'signing-key-passphrase': '',
  'builder-id': '',
  verify: '', // `quorum` in promote mode, else `digest`
  policy: '',
  'trusted-root': '',
  pin: 'true',
  'pin-branch': 'nix-seed',
  'pull-request-token': '',
  'pull-request-base': '',
  'pull-request-branch': 'update-seed',
  'pull-request-title': '',
  'pull-request-body': '',
  'pull-request-labels': '',
  'pull-request-reviewers': '',
  'pull-request-draft': 'false',
  'pull-request-auto-merge': 'off',
  summary: 'true'
} as const

export type InputName = keyof typeof INPUTS

/** Every output of action.yml. */
export const OUTPUTS = [
  'outcome',
  'hit',
  'reason',
  'seed',
  'digest',
  'strategy',
  'bytes',
  'restore-ms',
  'coverage',
  'lock-key',
  'system',
  'nix-version',
  'reused',
  'paths',
  'layers',
  'attestation',
  'attestation-identity',
  'attestation-issuer',
  'attestation-log-index',
  'attestation-log-url',
  'bundle',
  'sbom',
  'verified',
  'verified-builders',
  'promoted',
  'pull-request-number',
  'pull-request-url',
  'pull-request-operation'
] as const

export type OutputName = (typeof OUTPUTS)[number]

const renamed = (name: InputName): string => `is ${name} here`

/** What other actions that set up Nix, log in or open pull requests call their inputs, in lower case as a runner gives it. */
const FOREIGN: ReadonlyMap<string, string> = new Map([
  ...['extra_nix_config', 'extra-nix-config', 'extra-conf', 'nix_conf', 'nix-conf'].map(
    name => [name, renamed('extra-nix-conf')] as const
  ),
  ...['github_access_token', 'github-access-token', 'token'].map(name => [name, renamed('github-token')] as const),
  ...['enable_kvm', 'enable-kvm'].map(name => [name, renamed('kvm')] as const),
  ...['install_url', 'install-url', 'source-url', 'nix-package-url', 'nix_archives_url', 'nix-archives-url'].map(
    name =>
      [name, 'is not taken: nix-version chooses the release, nix-releases a mirror of the release tarballs'] as const
  ),
  ...['source-tag', 'source-branch', 'source-revision', 'version'].map(name => [name, renamed('nix-version')] as const),
  ...['nix_path', 'nix-path', 'channels', 'nix-channel'].map(
    name =>
      [
        name,
        'is not taken: flakes need no NIX_PATH; set NIX_PATH as a variable of the job where something else does'
      ] as const
  ),
  ['extra-substituters', renamed('substituters')],
  ['extra-trusted-public-keys', renamed('trusted-public-keys')],
  ['name', renamed('cachix-name')],
  ['cachix', renamed('cachix-name')],
  ['authtoken', renamed('cachix-auth-token')],
  ['signingkey', renamed('cachix-signing-key')],
  ['extrapullnames', 'is not taken: name those caches in substituters, and their keys in trusted-public-keys'],
  ['skippush', 'is not taken: nothing is pushed to Cachix without cachix-auth-token'],
  ['registry', 'is not taken: image holds the host too, as HOST/REPOSITORY'],
  ['username', renamed('registry-username')],
  ['password', renamed('registry-password')],
  ['insecure', renamed('insecure-registry')],
  ['tag', renamed('tags')],
  ...['path-to-flake-dir', 'flake-dir', 'directory', 'working-directory'].map(
    name => [name, renamed('flake')] as const
  ),
  ...['branch', 'pr-branch'].map(name => [name, renamed('pull-request-branch')] as const),
  ...['base', 'pr-base'].map(name => [name, renamed('pull-request-base')] as const),
  ...['title', 'pr-title'].map(name => [name, renamed('pull-request-title')] as const),
  ...['body', 'pr-body'].map(name => [name, renamed('pull-request-body')] as const),
  ...['labels', 'pr-labels'].map(name => [name, renamed('pull-request-labels')] as const),
  ...['reviewers', 'pr-reviewers'].map(name => [name, renamed('pull-request-reviewers')] as const),
  ...['draft', 'pr-draft'].map(name => [name, renamed('pull-request-draft')] as const),
  ['auto-merge', renamed('pull-request-auto-merge')],
  ['summarize', renamed('summary')]
])

export type NameCheck = { kind: 'known' } | { kind: 'error' | 'warning'; message: string }

/**
 * Judges the name of an input that a workflow gives. A name that means something elsewhere is an error, since its value
 * would be dropped; one that means nothing to us may be of a later version and is a warning.
 *
 * @param name in lower case
 */
export function checkName(name: string): NameCheck {
  if (Object.hasOwn(INPUTS, name)) return { kind: 'known' }
  const foreign = FOREIGN.get(name)
  if (foreign !== undefined) return { kind: 'error', message: `${name}: ${foreign}` }
  const names = Object.keys(INPUTS) as InputName[]
  const respelled = names.find(ours => letters(ours) === letters(name))
  if (respelled !== undefined) return { kind: 'error', message: `${name}: ${renamed(respelled)}` }
  const shown = JSON.stringify(name.slice(0, 60))
  const nearest = nearestOf(name, names)
  const guess = nearest === undefined ? '' : `; did you mean ${nearest}?`
  return { kind: 'warning', message: `there is no input ${shown}, it has no effect${guess}` }
}

function letters(name: string): string {
  return name.replace(/[-_ ]/g, '')
}

/** The one of `names` that the fewest edits lead to, if they are few for its length. */
function nearestOf(name: string, names: readonly InputName[]): InputName | undefined {
  const [best] = names
    .map(candidate => ({ candidate, edits: editDistance(name.slice(0, 60), candidate) }))
    .filter(({ candidate, edits }) => edits <= Math.max(2, candidate.length / 4))
    .sort((a, b) => a.edits - b.edits)
  return best?.candidate
}

/** The Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
