/** The configuration that Nix works with, as it says itself. https://nix.dev/manual/nix/latest/command-ref/conf-file */
import { publicAddress } from '../address.ts'
import type { Ports } from '../ports.ts'
import { isAtLeast, nix, nixVersion, parseNixJson } from './command.ts'
import { isObject, shapeOf } from './json-shape.ts'
import { storeInfo, type StoreInfo } from './store-info.ts'

/** What the configuration says about where outputs may come from. */
export interface NixConfiguration {
  /** `true`, `false`, `relaxed`, or `unknown` where builds go to somebody who need not do what this configuration says. */
  sandbox: string
  /** Whether Nix builds without a sandbox where the machine does not allow for one; absent where the sandbox is unknown. */
  sandboxFallback?: boolean
  /** Addresses of binary caches, without credentials and queries, in order. */
  substituters: string[]
  trustedPublicKeys: string[]
}

const shape = shapeOf('the configuration of Nix', 'TOOL_FAILED')

/**
 * Asks Nix for its configuration, and whether that is the one that builds are made with.
 *
 * @throws SeedError TOOL_FAILED, TOOL_MISSING, NIX_EVALUATION
 */
export async function nixConfiguration(ports: Ports): Promise<NixConfiguration> {
  const command = isAtLeast(await nixVersion(ports), 2, 20) ? ['config', 'show'] : ['show-config']
  const [output, store] = await Promise.all([
    nix([...command, '--json'], ports, { task: 'could not ask Nix for its configuration' }),
    storeInfo(ports)
  ])
  const configuration = parseConfiguration(parseNixJson(output, `nix ${command.join(' ')}`))
  if (isObeyed(store)) return configuration
  const { sandboxFallback: _, ...rest } = configuration
  return { ...rest, sandbox: 'unknown' }
}

/** A daemon passes over what users say whom it does not trust, and a machine that is reached by SSH over what anybody says. */
function isObeyed({ url, trusted }: StoreInfo): boolean {
  if (/^(?:local(?:[:?]|$)|\/)/.test(url)) return true
  return /^(?:daemon|unix:)/.test(url) && trusted === true
}

/** Reads `{ NAME: { value } }`, the form of all versions. */
export function parseConfiguration(json: unknown): NixConfiguration {
  const settings = shape.object(json, 'the document')
  const valueOf = (name: string): unknown => {
    const setting = settings[name]
    return isObject(setting) ? setting.value : undefined
  }
  const words = (name: string): string[] => {
    const value = valueOf(name)
    if (typeof value === 'string') return value.split(/\s+/).filter(word => word !== '')
    return shape.texts(value, name)
  }
  const sandbox = valueOf('sandbox')
  return {
    // Versions differ in whether a choice is a string, a truth value or a number.
    sandbox: { 0: 'false', 1: 'true', 2: 'relaxed' }[String(sandbox)] ?? shape.text(asText(sandbox), 'sandbox'),
    sandboxFallback: valueOf('sandbox-fallback') === true,
    substituters: words('substituters').map(publicAddress),
    trustedPublicKeys: words('trusted-public-keys')
  }
}

function asText(value: unknown): unknown {
  return typeof value === 'boolean' ? String(value) : value
}
