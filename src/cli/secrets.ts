import type { Ports } from '../ports.ts'

/**
 * What speaks for the job or opens a key. Programs that are started would inherit it, and Nix hands variables on to
 * builds that ask for them by name.
 * https://nix.dev/manual/nix/latest/language/advanced-attributes#adv-attr-impureEnvVars
 */
const HIDDEN =
  /^(?:SIGSTORE_ID_TOKEN|ACTIONS_ID_TOKEN_REQUEST_(?:TOKEN|URL)|ACTIONS_RUNTIME_TOKEN|CIRCLE_OIDC_TOKEN(?:_V2)?|NIX_SEED_KEY_PASSPHRASE)$/

/** The variable that an option names as `env:NAME`; others than letters, digits and `_` no shell can set. */
export function keyVariable(option: string): string | undefined {
  return /^env:(\w+)$/.exec(option)?.[1]
}

/** The environment as programs may see it. What signs is given the whole one. */
export function withoutSecrets(env: Ports['env'], argv: readonly string[]): Ports['env'] {
  const keys = new Set(argv.map(argument => keyVariable(argument.replace(/^-[\w-]+=/, ''))))
  return Object.fromEntries(Object.entries(env).filter(([name]) => !HIDDEN.test(name) && !keys.has(name)))
}
