/**
 * Runs what throws many errors that nobody sees: the library tries every string of bytes as ASN.1. Most of the time for
 * a bundle would go into recording where each of them was thrown.
 */
export function stackless<T>(run: () => T): T {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return run()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}
