/** Seed mode: builds the seed of the checkout, publishes it, has it signed, and pins it. */
import { SeedError } from '../errors.ts'
import { readFlake } from '../nix/flake.ts'
import { formatName } from '../oci/name.ts'
import { openRepository } from '../oci/repository.ts'
import type { Digest } from '../oci/types.ts'
import { permissionHint } from '../permission.ts'
import { readSeedImage, readTable, SEED_FIELD } from '../seed/image.ts'
import { closureHash, type PinnedSeed } from '../seed/pin.ts'
import { publish, type Published } from '../seed/publish.ts'
import { join } from 'node:path'
import { bareName, remoteOptions, step, type Phase } from './context.ts'
import { lockOfCheckout } from './pinned.ts'
import { pinSeed, type PinResult } from './pin.ts'

export interface SeedResult {
  reference: string
  published: Published
  layers: number
  pin?: PinResult
}

/** What is done with a seed between its publication and its pin. */
export type Sign = (subject: { name: string; digest: Digest }, phase: Phase) => Promise<void>

/**
 * @param told called as soon as the seed is published, so that its reference is known even if the pin fails
 * @param sign called before anything points to the seed
 * @throws SeedError of every stage
 */
export async function seed(phase: Phase, told: (result: SeedResult) => void, sign?: Sign): Promise<SeedResult> {
  const { inputs, runner, ports, system } = phase
  if ((await lockOfCheckout(phase)) === undefined) throw noCheckout(phase)
  const name = bareName(inputs.image)
  const options = remoteOptions(phase, inputs.image)
  const repository = openRepository(inputs.image, options)
  try {
    const flake = await readFlake(join(runner.job.workspace, inputs.flake), ports)
    const published = await step(phase, 'Build and publish the seed', () =>
      publish(
        {
          flake,
          system,
          repository,
          tags: inputs.tags,
          labels: { 'org.opencontainers.image.source': sourceOf(phase) },
          ...(inputs.attribute !== undefined && { attribute: inputs.attribute })
        },
        ports
      )
    )
    const { digest } = published
    const reference = formatName({ ...inputs.image, digest })
    ports.log.info(`${published.reused ? 'Unchanged' : 'Published'}: ${reference}`)
    if (sign) await step(phase, 'Sign the seed', () => sign({ name, digest }, phase))
    const image = await readSeedImage(repository, digest)
    const { closure } = readTable(image.config[SEED_FIELD])
    const result: SeedResult = { reference, published, layers: image.layers.length }
    told(result)
    if (!inputs.pin) return result
    if (runner.job.eventName === 'pull_request') {
      ports.log.info(
        'A seed is pinned once its lock is merged: this run is of a pull request, so it is published alone.'
      )
      return result
    }
    const pinned: PinnedSeed = { image: reference, lockKey: published.lockKey, closure: closureHash(closure) }
    return { ...result, pin: await pinSeed(pinned, flake.dir, phase) }
  } catch (error) {
    throw withPermission(error, phase)
  } finally {
    await repository.close()
  }
}

/** The forge's page of the repository: what the registry links the package to. */
function sourceOf({ runner }: Phase): string {
  const { serverUrl, repository } = runner.job
  return `${serverUrl}/${repository.owner}/${repository.name}`
}

function noCheckout({ inputs }: Phase): SeedError {
  return new SeedError('LOCK_MISSING', 'there is no flake.lock to make a seed of', {
    resource: inputs.flake,
    hint: 'Check the repository out before this step (actions/checkout), name the folder of the flake in the input flake, and commit its flake.lock.'
  })
}

/** The registry of the forge takes the job's token, whose permissions stand in the workflow. */
function withPermission(error: unknown, { inputs }: Phase): unknown {
  if (!(error instanceof SeedError) || error.code !== 'REGISTRY_DENIED' || !inputs.registryIsForge) return error
  return new SeedError('REGISTRY_DENIED', error.message, {
    ...(error.resource !== undefined && { resource: error.resource }),
    hint: `${permissionHint('packages: write')} A package that exists already must also give this repository write access (package settings, Manage Actions access).`,
    cause: error
  })
}
