/** A clock of one server, which may be off. */
export class Clock {
  /** How far it is ahead of the machine's clock, in milliseconds; negative if it is behind. */
  offsetMs: number

  constructor(offsetMs = 0) {
    this.offsetMs = offsetMs
  }

  now(): Date {
    return new Date(Date.now() + this.offsetMs)
  }

  /** Whole seconds since 1970. */
  seconds(): number {
    return Math.floor(this.now().getTime() / 1000)
  }
}
