/** The result of a verification that nobody has made, for what is done with results. */
import { digestOf } from '../../src/oci/digest.ts'
import type { Digest } from '../../src/oci/types.ts'
import type { JudgedBundle, Verification } from '../../src/seed/verification.ts'

const digest = (text: string): Digest => digestOf(Buffer.from(text))

export function judged(builder: string, changes: Partial<JudgedBundle> = {}): JudgedBundle {
  return {
    bundle: digest(`bundle of ${builder}`),
    sources: [`referrer ${digest(`referrer of ${builder}`)}`],
    verdict: 'counted',
    reason: 'counted',
    message: `counts for ${builder}`,
    builder,
    ...changes
  }
}

/** One that passed, of the image `image`. */
export function passed(image: Digest, changes: Partial<Verification> = {}): Verification {
  const builders = ['github', 'gitlab']
  return {
    verified: true,
    reason: '2 independent builders attested this digest: github, gitlab',
    reference: `registry.example/o/r/seed@${image}`,
    digest: image,
    policy: { source: 'policy.json', digest: digest('policy'), threshold: 2, dimensions: ['builder', 'organisation'] },
    builders,
    bundles: builders.map(builder => judged(builder)),
    junk: [],
    equivocations: [],
    missing: 0,
    wanted: [],
    ...changes
  }
}
