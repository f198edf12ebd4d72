/** A release, from its tarball into the store. */
import { basename, join } from 'node:path'
import { SeedError } from '../errors.ts'
import type { NixPlace } from '../place.ts'
import type { Ports } from '../ports.ts'
import { extractRelease, readRelease, type ReleaseContent } from './release-content.ts'
import { presentAmong, StoreChange } from './store-change.ts'

/**
 * Unpacks a tarball that was checked and makes its paths valid. Nix goes by its database: until the registration, which
 * comes last, what is in place is nothing to it, and all of it is taken back if anything fails.
 *
 * @param name of the tarball's only folder
 * @throws SeedError CONTENT_INVALID, NO_PRIVILEGE, INTERRUPTED; ToolFailure; the system's own error
 */
export async function placeRelease(
  tarball: string,
  name: string,
  place: NixPlace,
  ports: Ports
): Promise<ReleaseContent> {
  const change = new StoreChange(place, ports.env)
  const stage = await change.makeStage()
  try {
    await extractRelease(tarball, stage, change, ports)
    const content = await readRelease(join(stage, name))
    ports.signal.throwIfAborted()
    await placeContent(content, join(stage, name, 'store'), stage, place, change, ports)
    return content
  } catch (error) {
    await change.takeBack()
    throw error
  } finally {
    await change.remove([stage])
  }
}

async function placeContent(
  { nix, records }: ReleaseContent,
  staged: string,
  stage: string,
  place: NixPlace,
  change: StoreChange,
  ports: Ports
): Promise<void> {
  const state = join(place.folder, 'var/nix')
  const roots = join(state, 'gcroots/nix-seed')
  const replaced = join(stage, 'replaced')
  // Those that Nix itself makes, too: before they are there, whatever fails takes them back.
  for (const folder of [change.store, join(state, 'db'), join(state, 'profiles'), roots])
    await change.makeFolder(folder)
  await change.run(['mkdir', '--', replaced])
  // Tarballs have write permission for the owner, which nothing in a store has.
  await change.run(['chmod', '-R', 'a-w', '--', staged])
  await change.run(['chmod', 'u+w', '--', staged])

  const names = [...records.keys()]
  const there = await presentAmong(names, change.store)
  await change.moveIn(without(names, there), staged)
  const valid = place.hasStore ? await validAmong(there, nix, stage, change) : []
  // What is there and not valid was left by a build or an installation that was interrupted.
  const leftovers = without(there, valid)
  await change.moveAway(leftovers, replaced)
  await change.moveIn(leftovers, staged)

  await change.link(nix, join(roots, basename(nix)))
  await change.link(nix, join(state, 'profiles/default'))
  ports.signal.throwIfAborted()
  const input = without(names, valid).map(name => records.get(name) ?? '')
  const command = [`${nix}/bin/nix-store`, '--load-db'] as const
  await change.run([...command], { input: input.join(''), variables: variables(stage) }).catch((error: unknown) => {
    if (!(error instanceof SeedError) || error.code !== 'TOOL_MISSING') throw error
    throw new SeedError('CONTENT_INVALID', 'the Nix of the release does not start', { resource: nix, cause: error })
  })
}

/** Which of `names` are valid, by the word of the new Nix. If it does not even start, what it needs is broken: none. */
async function validAmong(
  names: readonly string[],
  nix: string,
  stage: string,
  change: StoreChange
): Promise<string[]> {
  if (names.length === 0) return []
  const paths = names.map(name => `/nix/store/${name}`)
  try {
    const printed = await change.run([`${nix}/bin/nix-store`, '--check-validity', '--print-invalid', ...paths], {
      variables: variables(stage)
    })
    return without(
      names,
      printed.split('\n').map(path => basename(path))
    )
  } catch {
    return []
  }
}

/** A Nix that reads no settings but these, and no environment. */
function variables(emptyFolder: string): Record<string, string> {
  return {
    NIX_CONF_DIR: emptyFolder,
    NIX_USER_CONF_FILES: '',
    NIX_CONFIG: 'build-users-group =',
    NIX_REMOTE: 'local'
  }
}

function without(names: readonly string[], others: readonly string[]): string[] {
  const left = new Set(others)
  return names.filter(name => !left.has(name))
}
