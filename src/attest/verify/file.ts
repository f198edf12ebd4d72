import { open } from 'node:fs/promises'
import { SeedError, systemCode } from '../../errors.ts'

/**
 * The bytes of a file, and of a large one only so many that it shows.
 *
 * @param limit in bytes; up to one more are returned
 * @param what the file is to be, for errors
 * @throws SeedError USAGE where there is no such file, FILE_SYSTEM
 */
export async function readUpTo(file: string, limit: number, what: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    await using handle = await open(file)
    for await (const chunk of handle.createReadStream({ end: limit, autoClose: false }) as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      length += chunk.length
    }
  } catch (error) {
    const isMissing = systemCode(error) === 'ENOENT'
    throw new SeedError(
      isMissing ? 'USAGE' : 'FILE_SYSTEM',
      isMissing ? `there is no such ${what}` : `cannot read the ${what}`,
      {
        resource: file,
        hint: 'It must be a file that you may read.',
        cause: error
      }
    )
  }
  return Buffer.concat(chunks, length)
}
