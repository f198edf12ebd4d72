/** Messages and progress on standard error: one moving line on a terminal, plain lines at long intervals in a log. */
import { formatBytes } from '../format.ts'
import type { Log, Progress } from '../ports.ts'

export type Verbosity = 'quiet' | 'normal' | 'verbose'

interface Output {
  isTTY?: boolean
  columns?: number
  write(text: string): unknown
}

/** In a log, a line at most every this often. */
const LOG_INTERVAL_MS = 10_000
/** On a terminal, redrawn at most every this often. */
const DRAW_INTERVAL_MS = 100

export function terminal(output: Output, verbosity: Verbosity, now: () => number = Date.now): Log & Progress {
  const live = output.isTTY === true && verbosity !== 'quiet'
  let shown = '' // the moving line, if one is on the screen
  const last = new Map<string, number>()
  const started = new Map<string, number>()

  const clear = (): void => {
    if (shown !== '') output.write('\r\x1b[K')
    shown = ''
  }
  const line = (text: string): void => {
    clear()
    output.write(`${text}\n`)
  }
  return {
    debug: text => {
      if (verbosity === 'verbose') line(text)
    },
    info: text => {
      if (verbosity !== 'quiet') line(text)
    },
    warn: text => line(`warning: ${text}`),
    update: (label, done, total) => {
      if (verbosity === 'quiet') return
      const time = now()
      if (!started.has(label)) started.set(label, time)
      // In a log, the first line comes after one interval: short tasks stay silent.
      const since = time - (last.get(label) ?? (live ? 0 : (started.get(label) ?? time)))
      if (since < (live ? DRAW_INTERVAL_MS : LOG_INTERVAL_MS)) return
      last.set(label, time)
      const text = describe(label, done, total, (time - (started.get(label) ?? time)) / 1000)
      if (!live) return line(text)
      clear()
      shown = text.slice(0, (output.columns ?? 80) - 1)
      output.write(shown)
    },
    end: label => {
      last.delete(label)
      started.delete(label)
      clear()
    }
  }
}

function describe(label: string, done: number, total: number | undefined, seconds: number): string {
  // What is waited for has no size.
  if (done === 0 && total === undefined) return `${label}: ${Math.round(seconds)} s`
  const percent = total === undefined || total === 0 ? '' : ` ${Math.floor((100 * done) / total)} %`
  const amount = total !== undefined && total < 10_000 ? `${done} of ${total}` : amountOf(done, total)
  return `${label}:${percent} (${amount}, ${Math.round(seconds)} s)`
}

function amountOf(done: number, total: number | undefined): string {
  return total === undefined ? formatBytes(done) : `${formatBytes(done)} of ${formatBytes(total)}`
}
