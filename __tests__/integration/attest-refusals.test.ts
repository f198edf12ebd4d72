/** What a builder does not sign: trees that its identity is not of, and images that it did not make. */
import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, jest, test } from '@jest/globals'
import { digestOf } from '../../src/oci/digest.ts'
import { LayoutRepository } from '../../src/oci/layout.ts'
import { MEDIA_TYPE, type Digest, type Index, type Manifest } from '../../src/oci/types.ts'
import type { Published } from '../../src/seed/publish.ts'
import { output, requireLab } from '../support/lab.ts'
import { nixSeed, nixSeedJson } from '../support/project.ts'
import { useSignedSeeds, type Signed } from '../support/signed-seeds.ts'

jest.setTimeout(600_000)
requireLab()
const seeds = useSignedSeeds()
const { folder, project, beAtHead, options, publishing, attest, list } = seeds
const SOURCE = 'https://git.example/project'

function predicateOf({ attestation }: Signed) {
  const { dsseEnvelope } = JSON.parse(readFileSync(attestation.files.bundle, 'utf8'))
  return JSON.parse(Buffer.from(dsseEnvelope.payload, 'base64').toString()).predicate
}

describe('a tree that the identity is not of', () => {
  const never = (): string => join(folder(), 'never')

  test('is not built, with changes or at another commit', async () => {
    const file = join(project().folder, 'src', 'hello.c')
    const content = readFileSync(file)
    const git = ['git', '-C', project().folder]
    try {
      appendFileSync(file, '\n')
      const dirty = await nixSeed(publishing(`oci:${never()}`), options())
      expect(dirty).toMatchObject({ code: 2, stdout: '' })
      expect(dirty.stderr).toMatch(/not committed[^]*git status/)

      await output([...git, 'commit', '--quiet', '--all', '--message', 'Change'])
      const ahead = await nixSeed(publishing(`oci:${never()}`), options())
      expect(ahead).toMatchObject({ code: 2, stdout: '' })
      expect(ahead.stderr).toContain(await output([...git, 'rev-parse', 'HEAD']))
      expect(existsSync(never())).toBe(false)
    } finally {
      await output([...git, 'checkout', '--quiet', 'HEAD', '--', '.'])
      expect(readFileSync(file).subarray(0, content.length)).toEqual(content)
      await beAtHead()
    }
  })

  test('is signed for where there is no Git to ask, which is told', async () => {
    const plain = join(folder(), 'plain')
    await output(['cp', '-r', project().folder, plain])
    rmSync(join(plain, '.git'), { recursive: true })
    const args = publishing(`oci:${join(folder(), 'without-git')}`)
    const [command = '', ...rest] = args
    const { code, stdout, stderr } = await nixSeed([command, plain, ...rest, '--json'], options())
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringMatching(/knows no commit of/) })
    const { internalParameters } = predicateOf(JSON.parse(stdout) as Signed).buildDefinition
    expect(internalParameters.checkout).toEqual({ narHash: expect.stringMatching(/^sha256-/) })
  })
})

describe('an image', () => {
  let image: Published & { reference: string }
  let repository: LayoutRepository
  const referenceOf = (digest: Digest): string => image.reference.replace(/sha256:.*/, digest)

  beforeAll(async () => {
    const layout = join(folder(), 'images')
    image = await nixSeedJson(['publish', '--format', 'oci', '--to', `oci:${layout}`, '--source', SOURCE], options())
    repository = new LayoutRepository(layout)
  })

  async function documents(): Promise<{ index: Index; manifest: Manifest }> {
    const index = JSON.parse(String((await repository.getManifest(image.digest))?.bytes)) as Index
    const manifest = JSON.parse(String((await repository.getManifest(index.manifests[0]?.digest))?.bytes)) as Manifest
    return { index, manifest }
  }

  async function put(value: unknown, mediaType: string) {
    return repository.putManifest(Buffer.from(JSON.stringify(value)), mediaType)
  }

  test('with a layer that nobody built is not attested', async () => {
    const { index, manifest } = await documents()
    const junk = Buffer.from('what the table says nothing about')
    const blob = { digest: digestOf(junk), size: junk.length }
    await repository.putBlob(blob, async function* () {
      yield junk
    })
    const layers = manifest.layers.map((layer, i) => (i === 0 ? { ...layer, ...blob } : layer))
    const other = await put({ ...manifest, layers }, MEDIA_TYPE.manifest)
    const manifests = [{ ...index.manifests[0], ...other }]
    const { digest } = await put({ ...index, manifests }, MEDIA_TYPE.index)
    const refused = await attest(referenceOf(digest), '--source', SOURCE)
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toContain(`not what this machine makes of the flake, which is ${image.digest}`)
    expect(await list(referenceOf(digest))).toEqual([])
  })

  test('with a manifest for others beside its own is not attested', async () => {
    const { index } = await documents()
    const stranger = { ...index.manifests[0], platform: { os: 'linux', architecture: 's390x' } }
    const { digest } = await put({ ...index, manifests: [...index.manifests, stranger] }, MEDIA_TYPE.index)
    const refused = await attest(referenceOf(digest), '--source', SOURCE)
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toContain('not what this machine makes')
  })

  test('is attested as it was made, and by no label that it has by itself', async () => {
    const unsaid = await attest(image.reference)
    expect(unsaid).toMatchObject({ code: 2, stdout: '' })
    expect(unsaid.stderr).toMatch(/another label .*"https:\/\/git\.example\/project"[^]*--source/)
    const signed = await nixSeedJson<Signed>(
      ['attest', image.reference, '--source', SOURCE, '--bundle-dir', join(folder(), 'again')],
      options()
    ).catch((error: unknown) => error)
    expect(signed).toMatchObject({ reference: image.reference })
    expect((await list(image.reference)).map(({ kind }) => kind).sort()).toEqual(['bill of materials', 'provenance'])
  })
})
