/** Bills of materials of real seeds, whose licences Nix finds out. */
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { readFlake } from '../../src/nix/flake.ts'
import { openRepository } from '../../src/oci/repository.ts'
import { silentLog, silentProgress, type Ports } from '../../src/ports.ts'
import { billOf } from '../../src/seed/bill.ts'
import type { SeedDescriptor } from '../../src/seed/descriptor.ts'
import { readSeedImage } from '../../src/seed/image.ts'
import type { Published } from '../../src/seed/publish.ts'
import { resolveSource } from '../../src/seed/source.ts'
import { billProblems } from '../support/bill-schema.ts'
import { output, requireLab, useTempFolder } from '../support/lab.ts'
import { nixSeedJson, useProject, withoutSeed } from '../support/project.ts'

const TIMEOUT_MS = 300_000
const SYSTEM = process.arch === 'arm64' ? 'aarch64-linux' : 'x86_64-linux'
const NAME = 'ghcr.io/org/repo/seed'

interface Component {
  'bom-ref': string
  name: string
  version?: string
  licenses?: { license: { id?: string; name?: string } }[]
  properties: { name: string; value: string }[]
}
interface Bill {
  metadata: { component: { version: string } }
  components: Component[]
  dependencies: { ref: string; dependsOn?: string[] }[]
}

requireLab()
const folder = useTempFolder()
const ports: Ports = {
  log: silentLog,
  progress: silentProgress,
  env: process.env,
  signal: new AbortController().signal
}

/** Packages of the example that only its own outputs lead to, and what is stated of them. */
const EXTRA = `extra = pkgs.runCommand "extra" { src = ./src; buildInputs = [ pkgs.jq pkgs.pkg-config own.odd ]; } "touch $out";
          # What cannot be told is no reason to fail.
          odd = pkgs.runCommand "odd-1.0" { meta.license = throw "no licence"; } "touch $out";
          fancy = pkgs.runCommand "fancy-2.0" { meta.license = [ { fullName = "Fancy Licence"; } pkgs.lib.licenses.mit ]; } "touch $out";`
const withExtra = (flake: string): string => {
  const text = flake.replace('default = own.hello;', `default = own.hello;\n${EXTRA}`)
  if (text === flake) throw new Error('the example has no default package')
  return text
}

const licensesOf = ({ licenses = [] }: Component): string[] =>
  licenses.map(({ license }) => license.id ?? `name: ${license.name}`)

describe('the bill of materials of a published seed', () => {
  const project = useProject(
    () => join(folder(), 'automatic'),
    flake => withoutSeed(withExtra(flake))
  )
  let bill: Bill
  let bytes: Buffer
  const find = (name: string): Component => {
    const found = bill.components.find(component => component.name === name)
    if (found === undefined) throw new Error(`no ${name} among ${bill.components.map(each => each.name).join(' ')}`)
    return found
  }
  const layout = (): string => `oci:${join(folder(), 'layout')}`
  const read = async (digest: string): Promise<Buffer> =>
    billOf(await readSeedImage(openRepository(layout(), ports), digest), { name: NAME, digest })

  beforeAll(async () => {
    const { digest } = await nixSeedJson<Published>(['publish', '--format', 'oci', '--to', layout()], {
      cwd: project().folder
    })
    bytes = await read(digest)
    bill = JSON.parse(bytes.toString('utf8')) as Bill
  }, TIMEOUT_MS)

  test('is valid by the official schema, and small', () => {
    expect(billProblems(bill)).toEqual([])
    expect(bytes.length).toBeLessThan(1000 * bill.components.length)
  })

  test('says of every store path what Nix says', async () => {
    const paths = bill.components.map(({ properties }) => properties[0]?.value ?? '')
    const closure = (await output(['nix-store', '--query', '--requisites', ...paths])).split('\n').sort()
    expect(paths).toEqual(closure)
    const base = (path: string): string => path.slice('/nix/store/'.length)
    const info = async (query: string): Promise<string[]> =>
      (await output(['nix-store', '--query', query, ...paths])).split('\n')
    const property = (name: string): (string | undefined)[] =>
      bill.components.map(({ properties }) => properties.find(each => each.name === name)?.value)
    expect(property('nix:narSize')).toEqual(await info('--size'))
    const hashes = await output([
      'nix',
      'hash',
      'convert',
      '--hash-algo',
      'sha256',
      '--to',
      'base16',
      ...(await info('--hash'))
    ])
    expect(property('nix:narHash')).toEqual(hashes.split('\n').map(hash => `sha256:${hash}`))

    const { dependencies } = bill
    expect(dependencies.map(({ ref }) => ref)).toEqual([bill.metadata.component.version, ...paths.map(base)])
    const edges = (await output(['nix-store', '--query', '--graph', ...paths])).matchAll(/^"([^"]+)" -> "([^"]+)"/gm)
    // Nix draws from the reference to what refers to it.
    const drawn = [...edges].map(([, to, from]) => `${from} ${to}`)
    const listed = dependencies.slice(1).flatMap(({ ref, dependsOn = [] }) => dependsOn.map(to => `${ref} ${to}`))
    expect(listed.sort()).toEqual(drawn.sort())
  })

  test('names and versions are those of builtins.parseDrvName', async () => {
    const names = bill.components.map(each => each['bom-ref'].slice(33))
    const text = names.map(name => JSON.stringify(name)).join(' ')
    const parsed = await output(['nix', 'eval', '--json', '--expr', `map builtins.parseDrvName [ ${text} ]`])
    expect(bill.components.map(({ name, version = '' }) => ({ name, version }))).toEqual(JSON.parse(parsed))
  })

  test('everything can be reached from the image', () => {
    const edges = new Map(bill.dependencies.map(({ ref, dependsOn = [] }) => [ref, dependsOn]))
    const reached = new Set<string>()
    const queue = [bill.metadata.component.version]
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (reached.has(next)) continue
      reached.add(next)
      queue.push(...(edges.get(next) ?? []))
    }
    expect(reached.size).toBe(bill.components.length + 1)
  })

  test('names licences of what every seed has, and of what the flake alone leads to', () => {
    expect(licensesOf(find('nix'))).toEqual(['LGPL-2.1-or-later'])
    expect(licensesOf(find('bash'))).toEqual(['GPL-3.0-or-later'])
    expect(licensesOf(find('glibc'))).toEqual(['LGPL-2.0-or-later'])
    expect(licensesOf(find('jq'))).toEqual(['MIT'])
    expect(licensesOf(find('pkg-config'))).toEqual(['ISC'])
    expect(licensesOf(find('liblzma5'))).toEqual(['0BSD', 'LGPL-2.1-or-later'])
    expect(licensesOf(find('fancy'))).toEqual(['name: Fancy Licence', 'MIT'])
    expect(licensesOf(find('odd'))).toEqual([])
    const known = bill.components.filter(({ licenses }) => licenses !== undefined)
    expect(known.length).toBeGreaterThan(bill.components.length / 2)
  })

  test(
    'is the same when the image is made again',
    async () => {
      const again = `oci:${join(folder(), 'again')}`
      const { digest } = await nixSeedJson<Published>(['publish', '--format', 'oci', '--to', again], {
        cwd: project().folder
      })
      expect(digest).toBe(bill.metadata.component.version)
      const image = await readSeedImage(openRepository(again, ports), digest)
      expect(billOf(image, { name: NAME, digest })).toEqual(bytes)
    },
    TIMEOUT_MS
  )

  describe('and of the same flake with a seed of its own', () => {
    const declared = useProject(() => join(folder(), 'declared'), withExtra)
    const descriptorOf = async (flake: string): Promise<SeedDescriptor> => {
      const source = await resolveSource(await readFlake(`git+file://${flake}`, ports), undefined, SYSTEM, ports)
      const content = await source.build()
      if (content.kind !== 'seed') throw new Error('no seed')
      return content.descriptor
    }

    test(
      'licences are the same, and none is of what depends on the project’s source',
      async () => {
        const [one, other] = [await descriptorOf(declared().folder), await descriptorOf(project().folder)]
        // Their order has no meaning: the image has them sorted.
        const seeded = (licenses: SeedDescriptor['licenses'] = {}) =>
          bill.components.map(each => licenses[`/nix/store/${each['bom-ref']}`]?.toSorted())
        expect(seeded(one.licenses)).toEqual(seeded(other.licenses))
        expect(Object.keys(one.licenses ?? {}).filter(path => /-(hello-1\.0|extra)$/.test(path))).toEqual([])
      },
      TIMEOUT_MS
    )
  })
})
