/** A job that runs inside a container made from a seed: there is nothing to restore. */
import { SeedError } from '../errors.ts'
import { openRepository } from '../oci/repository.ts'
import { seedMatchesStore } from '../seed/coverage.ts'
import { readSeedImage } from '../seed/image.ts'
import { remoteOptions, step, type Phase } from './context.ts'
import { lockOfCheckout, lockOfCommit, readPinned } from './pinned.ts'
import type { Attempt } from './restore.ts'

/** Whether the container is that of the pinned seed, as far as it can be found out; a reason says why not. */
export async function findContainerSeed(phase: Phase): Promise<Attempt> {
  const { ports } = phase
  ports.log.info('This job runs in a container made from a seed: there is nothing to restore.')
  try {
    return await step(phase, 'Compare the container with the pinned seed', async () => {
      const lock = (await lockOfCheckout(phase)) ?? (await lockOfCommit(phase))
      if (lock === undefined) return other('there is no flake.lock')
      const { image, lockKey, isStale } = await readPinned(lock, phase)
      if (isStale) return { ...other('flake.lock has changed since the seed was made'), lockKey }
      const repository = openRepository(image, remoteOptions(phase, image))
      try {
        const isSame = await seedMatchesStore(await readSeedImage(repository, image.digest))
        return { ...(isSame ? { outcome: 'container' } : other('the container is of another seed')), lockKey }
      } finally {
        await repository.close()
      }
    })
  } catch (error) {
    ports.signal.throwIfAborted()
    if (!(error instanceof SeedError)) throw error
    ports.log.info(`It is not known whether it is the pinned one: ${error.message}`)
    return other(error.message)
  }
}

function other(reason: string): Attempt {
  return { outcome: 'container', reason }
}
