/** What is left of a seed that could not be signed, and that nobody but the Sigstore sees a token. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'
import { beforeAll, describe, expect, jest, test } from '@jest/globals'
import { commit } from '../../lab/example.ts'
import { environmentToken } from '../../src/attest/token.ts'
import { exitCode, SeedError } from '../../src/errors.ts'
import { readFlake } from '../../src/nix/flake.ts'
import { openRepository } from '../../src/oci/repository.ts'
import { silentLog, silentProgress, type Ports } from '../../src/ports.ts'
import { attestationFiles } from '../../src/seed/attestation.ts'
import { attestSeed, type AttestRequest } from '../../src/seed/attest.ts'
import { output, requireLab, run, useService } from '../support/lab.ts'
import { nixSeed, nixSeedJson, seedCommand } from '../support/project.ts'
import { as, IDENTITY, useSignedSeeds, type Signed } from '../support/signed-seeds.ts'

jest.setTimeout(300_000)
requireLab()
const seeds = useSignedSeeds()
const { folder, sigstore, issuer, project, beAtHead, environment, options, publishing, publish, attest, list } = seeds
const { cosign, sigstoreGo } = seeds
const registry = useService('registry')
let seed: Signed
beforeAll(async () => {
  seed = await publish(`${registry().address}/org/repo/seed`)
})

/** A PATH on which Nix writes its arguments and its environment into `file` before it does anything. */
function spied(file: string): string {
  const programs = join(folder(), 'programs')
  mkdirSync(programs)
  for (const name of ['nix', 'nix-store']) {
    const real = (process.env.PATH ?? '').split(':').find(each => existsSync(join(each, name))) ?? ''
    const script = `#!/bin/sh\necho "$*" >> ${file}\nenv >> ${file}\nexec ${join(real, name)} "$@"\n`
    writeFileSync(join(programs, name), script, { mode: 0o755 })
  }
  return `${programs}:${process.env.PATH}`
}

describe('an image layout on disk', () => {
  test('takes a signed seed, too, and no program is shown the token', async () => {
    const layout = `oci:${join(folder(), 'layout')}`
    const seen = join(folder(), 'seen')
    const token = sigstore().issuer.token()
    const env = { SIGSTORE_ID_TOKEN: token, PATH: spied(seen) }
    const seed = await nixSeedJson<Signed>(publishing(layout), options(env))
    const recorded = readFileSync(seen, 'utf8')
    expect(recorded).toContain('flake metadata')
    expect(recorded).toContain('SIGSTORE_FULCIO_URL')
    expect(recorded).not.toContain(token)
    expect(recorded).not.toContain(sigstore().issuer.requestToken)
    expect((await list(seed.reference)).map(({ kind }) => kind).sort()).toEqual(['bill of materials', 'provenance'])
    expect(await sigstoreGo(seed.attestation.files.bundle, seed.digest, IDENTITY, issuer())).toMatchObject({
      code: 0
    })
    // The tags came last, and came.
    const tagged = JSON.parse(await output(['skopeo', 'inspect', '--raw', `${layout}:${seed.tags[0]}`]))
    expect(tagged).toMatchObject({ schemaVersion: 2 })
  })
})

/** Polls, within the time that a test has. */
async function until(isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 3000 && !isSo(); i++) await sleep(50)
}

describe('when signing fails', () => {
  test('after it was published, the image is there and no tag points to it', async () => {
    appendFileSync(join(project().folder, 'src', 'hello.c'), '\n')
    commit(project().folder, 'Change')
    await beAtHead()
    const to = `${registry().address}/org/failed/seed`
    sigstore().fault('fulcio', 'deny')
    try {
      const { code, stdout, stderr } = await nixSeed(publishing(to, '--tag', 'now'), options())
      expect(stderr).toContain('published, not signed')
      expect({ code, stdout }).toEqual({ code: 5, stdout: '' })
      const reference = new RegExp(`${to}@sha256:[0-9a-f]{64}`).exec(stderr)?.[0] ?? ''
      expect(reference).not.toBe('')
      await output(['crane', 'validate', '--fast', '--insecure', '--remote', reference])
      expect((await run(['crane', 'ls', '--insecure', to])).stdout.trim()).toBe('')
      sigstore().fault('fulcio')
      expect(await attest(reference)).toMatchObject({ code: 0 })
      expect(await cosign(reference, ...as(IDENTITY, issuer()))).toMatchObject({ code: 0 })
    } finally {
      sigstore().fault('fulcio')
    }
  })

  test('because it is interrupted, that is said as well, and no tag points to the image', async () => {
    const to = `${registry().address}/org/interrupted/seed`
    sigstore().fault('fulcio', 'hang')
    try {
      const [program = '', ...args] = seedCommand(...publishing(to))
      const child = spawn(program, args, { cwd: project().folder, env: { ...process.env, ...environment() } })
      const asked = sigstore().requests.length
      const [stderr, code] = await Promise.all([
        text(child.stderr),
        once(child, 'close').then(([code]) => code as number),
        until(() =>
          sigstore()
            .requests.slice(asked)
            .some(({ server }) => server === 'fulcio')
        ).then(() => child.kill('SIGTERM'))
      ])
      expect(stderr).toContain('published, not signed: interrupted')
      expect(stderr).toContain(`The image is ${to}@sha256:`)
      expect(code).toBe(130)
      expect((await run(['crane', 'ls', '--insecure', to])).stdout.trim()).toBe('')
    } finally {
      sigstore().fault('fulcio')
    }
  })

  /** What the command line asks for, without building and packing the seed once more. */
  async function request(change: Partial<AttestRequest> = {}): Promise<[AttestRequest, Ports]> {
    const env = { ...process.env, ...environment() }
    const ports: Ports = { log: silentLog, progress: silentProgress, env, signal: new AbortController().signal }
    const { fulcioUrl, rekorUrl, timestampUrl } = sigstore()
    const services = { fulcioUrl, rekorUrl, rekorVersion: 1 as const, timestampUrl }
    const { built, digest, reference } = seed
    const request: AttestRequest = {
      repository: openRepository(reference, { env: process.env }),
      name: reference.replace(/@.*/, ''),
      digest,
      flake: await readFlake(project().folder, ports),
      startedOn: new Date(),
      signing: { kind: 'keyless', audience: 'sigstore', token: environmentToken(ports), services },
      files: join(folder(), 'later'),
      ...(built && { built })
    }
    return [{ ...request, ...change }, ports]
  }

  test('because it cannot be attached, what was signed is kept, and attached later', async () => {
    const refusing = new Proxy(openRepository(seed.reference, { env: process.env }), {
      get(target, name) {
        if (name === 'attach') return () => Promise.reject(new SeedError('REGISTRY_FAILED', 'no more today'))
        const member = Reflect.get(target, name) as unknown
        return typeof member === 'function' ? (member.bind(target) as unknown) : member
      }
    })
    const [attestation, ports] = await request({ repository: refusing })
    // A log of version 2, for once.
    Object.assign(attestation.signing.services, { rekorUrl: sigstore().rekorV2Url, rekorVersion: 2 })
    await expect(attestSeed(attestation, ports)).rejects.toMatchObject({
      code: 'REGISTRY_FAILED',
      message: 'signed, and could not be attached: no more today'
    })
    const { bundle } = attestationFiles(attestation.files, seed.digest)
    const before = await list(seed.reference)
    expect(await nixSeed(['attest', seed.reference, '--bundle', bundle])).toMatchObject({ code: 0 })
    const added = (await list(seed.reference)).filter(({ digest }) => !before.some(each => each.digest === digest))
    expect(added).toMatchObject([{ kind: 'provenance', signer: { identity: IDENTITY } }])
    expect(await sigstoreGo(bundle, seed.digest, IDENTITY, issuer())).toMatchObject({ code: 0 })
  })

  const HOUR_MS = 3_600_000
  test.each([
    ['fulcio', 'error'],
    ['fulcio', 'malformed'],
    ['fulcio', { clockOffsetMs: -HOUR_MS }],
    ['rekor', 'deny'],
    ['rekor', 'malformed'],
    ['timestamp', 'refuse'],
    ['timestamp', { clockOffsetMs: HOUR_MS }],
    ['issuer', 'malformed']
  ] as const)('because %s does this: %j, nothing is attached and no token told', async (server, fault) => {
    const before = await list(seed.reference)
    const [attestation, ports] = await request()
    sigstore().fault(server, fault)
    const failure = await attestSeed(attestation, ports).catch((error: unknown) => error)
    sigstore().fault(server)
    if (!(failure instanceof SeedError)) throw new Error('it does not fail, or with something else', { cause: failure })
    expect([4, 5]).toContain(exitCode(failure.code))
    expect(inspect(failure, { depth: 20 })).not.toMatch(/eyJ[\w-]+\./)
    expect(await list(seed.reference)).toEqual(before)
  })
})

test('no token is in any file that stays', async () => {
  expect(sigstore().issuer.issued.length).toBeGreaterThan(5)
  const patterns = join(folder(), 'tokens')
  writeFileSync(patterns, sigstore().issuer.issued.join('\n'))
  try {
    // Blobs of images and of the store are larger, and never saw one. The lab itself is no part of what ran.
    const places = ['/tmp', '/root', '-path', '/root/.cache', '-prune', '-o', '!', '-path', patterns]
    const small = [...places, '-type', 'f', '-size', '-2048k']
    const find = ['find', ...small, '-exec', 'grep', '-lF', '-f', patterns, '{}', '+']
    expect(await run(find)).toMatchObject({ stdout: '' })
    const canary = join(folder(), 'canary')
    writeFileSync(canary, `token: ${sigstore().issuer.issued.at(-1)}`)
    expect(await run(find)).toMatchObject({ stdout: `${canary}\n` })
  } finally {
    rmSync(patterns)
  }
})
