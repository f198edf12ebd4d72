/** The store that Nix works with, as Nix itself says. */
import type { Ports } from '../ports.ts'
import { isAtLeast, nix, nixVersion, parseNixJson } from './command.ts'
import { shapeOf } from './json-shape.ts'

export interface StoreInfo {
  /** `local`, `daemon`, `unix://…`, `ssh-ng://…` and so on; empty where Nix does not say. */
  url: string
  /** Whether the store takes every setting of this user; absent where Nix does not say, as before 2.15. */
  trusted?: boolean
}

const shape = shapeOf('nix store info', 'TOOL_FAILED')

/** Asks Nix for its store. @throws SeedError TOOL_FAILED, TOOL_MISSING, NIX_EVALUATION where the store cannot be reached */
export async function storeInfo(ports: Ports): Promise<StoreInfo> {
  const options = { task: 'could not ask Nix for its store' }
  if (isAtLeast(await nixVersion(ports), 2, 19)) {
    const output = await nix(['store', 'info', '--json'], ports, options)
    const { url, trusted } = shape.object(parseNixJson(output, 'nix store info'), 'the document')
    return describe(typeof url === 'string' ? url : '', trusted)
  }
  // It was called `ping`, had no JSON at first, and printed on standard error.
  const lines: string[] = []
  const output = await nix(['store', 'ping'], ports, { ...options, onLine: line => void lines.push(line) })
  const valueOf = (name: string): string | undefined =>
    [...lines, ...output.split('\n')].find(line => line.startsWith(`${name}: `))?.slice(name.length + 2)
  return describe(valueOf('Store URL')?.trim() ?? '', valueOf('Trusted')?.trim())
}

/** Versions differ in whether trust is a number or a truth value. */
function describe(url: string, trusted: unknown): StoreInfo {
  if (trusted === undefined || trusted === null) return { url }
  return { url, trusted: trusted === true || trusted === 1 || trusted === '1' }
}
