/** What `promise` is rejected with. Fails if it is not. */
export async function failureOf(promise: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  const value: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error
  )
  if (!Error.isError(value)) throw new Error('it was expected to fail with an error')
  return value as Error & Record<string, unknown>
}
