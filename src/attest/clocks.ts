/** Finds the clock that is off among several, none of which is known to be right. */

export interface Clock {
  /** `transparency log` */
  name: string
  url?: string
  time: Date
}

/** What requests take and clocks commonly drift apart is no news. */
const TOLERANCE_MS = 60_000

/** The one clock that all others contradict, which agree among themselves. Two clocks do not tell which of them is off. */
export function oddClock(clocks: readonly Clock[]): { clock: Clock; aheadMs: number } | undefined {
  if (clocks.length < 3) return undefined
  for (const clock of clocks) {
    const others = clocks.filter(each => each !== clock).map(each => each.time.getTime())
    const [first, last] = [Math.min(...others), Math.max(...others)]
    const aheadMs = clock.time.getTime() - (first + last) / 2
    if (last - first <= TOLERANCE_MS && Math.abs(aheadMs) > 1.5 * TOLERANCE_MS) return { clock, aheadMs }
  }
  return undefined
}

/** `61 min ahead` */
export function describeOffset(aheadMs: number): string {
  const seconds = Math.round(Math.abs(aheadMs) / 1000)
  return `${seconds < 600 ? `${seconds} s` : `${Math.round(seconds / 60)} min`} ${aheadMs > 0 ? 'ahead' : 'behind'}`
}
