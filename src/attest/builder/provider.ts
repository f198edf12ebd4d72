/** Which CI provider an identity token is from. */
import { SeedError } from '../../errors.ts'
import type { Claims } from '../claims.ts'
import { circleci } from './circleci.ts'
import type { Provider } from './definition.ts'
import { github } from './github.ts'
import { gitlab } from './gitlab.ts'
import { plain } from './plain.ts'

/** @throws SeedError IDENTITY_INVALID where the claims are of no kind that is known, or of two */
export function providerOf(claims: Claims): Provider {
  const [provider, second] = [github, gitlab, circleci].filter(candidate => candidate.isIssuerOf(claims))
  if (second !== undefined) {
    throw new SeedError('IDENTITY_INVALID', 'the identity token has claims of two different CI providers')
  }
  if (provider !== undefined) return provider
  if (plain.isIssuerOf(claims)) return plain
  throw new SeedError('IDENTITY_INVALID', 'the identity token is of no kind that names a builder', {
    hint: 'Tokens of GitHub Actions, GitLab CI and CircleCI do, and others whose subject is a URI; other builders sign with --key or --sign-command.'
  })
}
