/** Looks for secrets wherever a job must not leave them. */
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { encodings } from './masks.ts'

export interface Leak {
  /** Name of the secret, never the secret. */
  secret: string
  /** `log`, `arguments`, `summary`, a file, … with the phase that it was found after. */
  where: string
  /** What was around it, with the secret taken out. */
  excerpt: string
}

const EXCERPT_CHARACTERS = 60
/** A shorter one would be found by chance. */
const SHORTEST = 8
const LARGEST_FILE_BYTES = 16 * 1024 * 1024

export class SecretWatch {
  readonly #secrets = new Map<string, string[]>()
  readonly #leaks: Leak[] = []

  watch(name: string, secret: string): void {
    if (secret.length < SHORTEST) throw new Error(`the secret ${name} has to have ${SHORTEST} characters or more`)
    this.#secrets.set(name, encodings(secret))
  }

  get leaks(): readonly Leak[] {
    return this.#leaks
  }

  /** Names of the secrets in `text`, which is at `where`; each is noted once for a place. */
  look(where: string, text: string): void {
    for (const [secret, forms] of this.#secrets) {
      const form = forms.find(each => text.includes(each))
      if (form === undefined || this.#leaks.some(leak => leak.secret === secret && leak.where === where)) continue
      const at = text.indexOf(form)
      const excerpt = text.slice(Math.max(0, at - EXCERPT_CHARACTERS), at + form.length + EXCERPT_CHARACTERS)
      this.#leaks.push({ secret, where, excerpt: excerpt.replaceAll(form, '[…]') })
    }
  }

  /** Looks into all files below `folder`: their names, their content, the targets of links. */
  lookInto(folder: string, phase: string, skip: (path: string) => boolean = () => false): void {
    for (const path of walk(folder, skip)) {
      const status = lstatSync(path, { throwIfNoEntry: false })
      if (status?.isSymbolicLink() === true) this.look(`${path} (${phase})`, readlinkSync(path))
      if (status?.isFile() === true && status.size <= LARGEST_FILE_BYTES) {
        this.look(`${path} (${phase})`, readFileSync(path, 'latin1'))
      }
      this.look(`name of a file (${phase})`, path)
    }
  }
}

function* walk(folder: string, skip: (path: string) => boolean): Generator<string> {
  const entries = readdirSync(folder, { withFileTypes: true })
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (skip(path)) continue
    yield path
    if (entry.isDirectory()) yield* walk(path, skip)
  }
}
