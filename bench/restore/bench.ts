/** What all measurements of the comparison share. */
import { dropCaches, measure, type MeasureOptions, type Measurement } from '../support/measure.ts'
import { loopbackBytes } from '../support/network.ts'
import type { Link, Sample, What } from './samples.ts'
import type { SizeName } from './sizes.ts'

export interface Place {
  size: SizeName
  link: Link
  /** From 1. */
  run: number
}

export interface Settings {
  /** A folder on a real disk, which goes in the end. */
  folder: string
  /** How the command line of nix-seed begins. */
  nixSeed: readonly string[]
  runs: number
  /** Only what has this in its name is measured. */
  only: string
  signal: AbortSignal
}

/** Runs commands, and keeps what they took. */
export class Bench {
  readonly settings: Settings
  readonly samples: Sample[] = []
  /** What was not measured, and why: a line each. */
  readonly omissions: string[] = []
  /** Whether something failed that should have been measured. */
  failed = false

  constructor(settings: Settings) {
    this.settings = settings
  }

  wants(...names: What[]): boolean {
    return names.some(name => name.toLowerCase().includes(this.settings.only.toLowerCase()))
  }

  /** What prepares or clears up: it has to succeed, and its time is nobody's. Its standard output. */
  async run(command: readonly string[], cwd = this.settings.folder, options: MeasureOptions = {}): Promise<string> {
    return (await measure(command, cwd, { signal: this.settings.signal, ...options })).stdout
  }

  /** {@link run}, also after an interruption. */
  async clear(command: readonly string[]): Promise<void> {
    await measure(command, this.settings.folder)
  }

  /** Runs nix-seed and parses what it prints. */
  async nixSeed<T>(args: readonly string[], cwd = this.settings.folder): Promise<T> {
    return JSON.parse(await this.run([...this.settings.nixSeed, ...args, '--json'], cwd)) as T
  }

  /** One run, with nothing in the page cache. */
  async measure(
    place: Place,
    what: What,
    command: readonly string[],
    options: MeasureOptions & { cwd?: string } = {}
  ): Promise<Measurement> {
    const { folder, runs, signal } = this.settings
    dropCaches()
    const before = loopbackBytes()
    const measured = await measure(command, options.cwd ?? folder, { signal, ...options })
    const movedBytes = loopbackBytes() - before
    const { seconds, cpuSeconds, peakBytes } = measured
    this.samples.push({ ...place, what, seconds, cpuSeconds, peakBytes, movedBytes })
    const link = place.link === 'loopback' ? '' : `, ${place.link}`
    this.say(`${place.size}${link}: ${what}, ${place.run} of ${runs}: ${seconds.toFixed(2)} s`)
    return measured
  }

  /** Goes on after a failure, so that one program that does not work here does not cost all that do. */
  async attempt(where: string, action: () => Promise<void>): Promise<boolean> {
    try {
      await action()
      return true
    } catch (error) {
      this.settings.signal.throwIfAborted()
      const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
      this.failed = true
      this.omissions.push(`${where}: failed`)
      this.say(`${where} failed: ${error instanceof Error ? error.message : reason}`)
      return false
    }
  }

  say(line: string): void {
    console.error(line)
  }
}
