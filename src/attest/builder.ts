/** Who builds, as a statement names it. */
import type { Builder, Checkout } from './builder/definition.ts'
import { providerOf } from './builder/provider.ts'
import type { Identity } from './identity.ts'

export type { Builder, Checkout } from './builder/definition.ts'
export { plainBuilder, type PlainBuilderOptions } from './builder/plain.ts'

/**
 * The builder that an identity token speaks of, by what its claims are and not by the issuer's host: every provider has
 * installations of its own.
 *
 * @param checkout what was built, for providers whose tokens do not name the commit (CircleCI)
 * @throws SeedError IDENTITY_INVALID that names the claim
 */
export function certifiedBuilder({ claims }: Identity, checkout: Checkout = {}): Builder {
  return providerOf(claims).builder(claims, checkout)
}
