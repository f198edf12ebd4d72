/** Shows what is waited for. */
import type { Ports } from '../ports.ts'

const TICK_MS = 1000

/** Runs `action`, and has the terminal show `label` for as long; a log says so after a while. */
export async function waiting<T>(label: string, { progress }: Ports, action: () => Promise<T>): Promise<T> {
  progress.update(label, 0)
  const ticker = setInterval(() => progress.update(label, 0), TICK_MS)
  try {
    return await action()
  } finally {
    clearInterval(ticker)
    progress.end(label)
  }
}
