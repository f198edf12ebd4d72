/**
 * The ways in which verification by quorum could be wrong, and the tests that try them. All of them go through
 * `resolvePolicy` and `verifySeed`, with signatures of three Sigstores, and expect a verdict and its reason.
 *
 * | file                               | what is tried                                                                |
 * | ---------------------------------- | ---------------------------------------------------------------------------- |
 * | verification-builders.test.ts      | whose votes make a quorum: repeated, alike, searched, equivocating           |
 * | verification-identity.test.ts      | who signed: nearly the identity, the issuer, the trust root, the key         |
 * | verification-statement.test.ts     | what was signed: digest, form, commit, runner, age; and what was changed     |
 * | verification-evidence.test.ts      | when it was signed, and in which log it is                                   |
 * | verification-discovery.test.ts     | where bundles are found: referrers, files, junk, the log as a witness        |
 * | verification-fuzz.test.ts          | all of that, changed at random                                               |
 *
 * The list below names each case and its test, and fails where a test is gone.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'

type File = 'builders' | 'identity' | 'statement' | 'evidence' | 'discovery' | 'fuzz' | '../cli/verify'

/** What is tried, where, and (a part of) what its test or the entry of its table is called there. */
const CASES: [what: string, file: File, name: string][] = [
  ['one builder attests three times: one vote', 'builders', 'that attests three times has one vote'],
  ['one bundle hangs there three times: one vote', 'builders', 'whose one bundle is attached three times has one vote'],
  ['two repositories of one organisation', 'builders', 'as two repositories of one organisation are one vote'],
  ['two builders with one issuer', 'builders', 'as those with one issuer are one vote'],
  ['every other dimension', 'builders', 'in %s are one vote'],
  ['a repository written in two ways', 'builders', 'in the repository that they build are one vote'],
  ['a quorum that only a search finds', 'builders', 'is found where whoever takes the first that comes misses it'],
  ['the same in three dimensions', 'builders', 'is found in three dimensions at once'],
  ['no quorum where there is none', 'builders', 'is not found where there is none'],
  ['a policy that nobody can meet', 'builders', 'is refused before anything is verified'],
  ['a dimension that an entry lacks', 'builders', 'as one with a dimension that an entry lacks is refused'],
  ['one bad bundle beside three good ones', 'builders', 'is told, and keeps nothing from passing'],
  ['a bad bundle and a good one of one builder', 'builders', 'does not take the place of its builder’s good one'],
  ['equivocation', 'builders', 'has nothing pass, whoever else agrees'],
  ['equivocation, discounted', 'builders', 'does not count where the policy says so, and the rest decides'],
  ['no equivocation: another name, system or commit', 'builders', 'did not where one is for %s'],
  ['equivocation in a file alone', 'builders', 'is found where the other digest is in a file alone'],
  [
    'equivocation over digests that nobody asks for',
    'builders',
    'is found though none of its bundles is for the digest'
  ],
  ['equivocation under one of several names', 'builders', 'under one of several names did, too'],
  ['equivocation forged by a stranger', 'builders', 'did not where somebody else signed the other'],
  ['another order', 'builders', 'are a quorum whose order changes nothing'],
  ['a threshold that is higher', 'builders', 'are no quorum of four'],
  ['every place of bundles', 'builders', 'are a quorum, wherever their bundles are'],
  ['one statement in two logs', 'builders', 'has one vote where the same statement is in two logs'],
  [
    'one identity under two trust roots',
    'builders',
    'that signs under two trust roots with one identity is one builder'
  ],
  ['nothing at all', 'builders', 'is no quorum'],

  ['identity: a prefix', 'identity', 'a prefix of it'],
  ['identity: a suffix', 'identity', 'a suffix of it'],
  ['identity: longer', 'identity', 'longer before it'],
  ['identity: a full stop for any character', 'identity', 'a full stop that stands for any character'],
  ['identity: another case', 'identity', 'the same in another case'],
  ['identity: another ref', 'identity', 'of another ref'],
  ['identity: a letter that looks alike', 'identity', 'with the letter о for o'],
  ['identity or issuer: empty', 'identity', 'cannot be empty in a policy, and neither can an issuer'],
  ['identity: a pattern', 'identity', 'is accepted by a pattern as a whole, or not at all'],
  ['an issuer below the right one', 'identity', 'that is below the one of the policy is another'],
  ['the right identity with the wrong issuer', 'identity', 'that is right with the wrong issuer is that of nobody'],
  [
    'a reusable workflow of another repository',
    'identity',
    'of a reusable workflow of another repository is that of nobody'
  ],
  [
    'our reusable workflow, called by a stranger',
    'identity',
    'of our reusable workflow, called by a stranger’s repository'
  ],
  ['GitHub, GitLab and CircleCI', 'identity', 'of every provider counts as its certificates have it'],
  ['nearly those of GitLab and CircleCI', 'identity', 'of GitLab and CircleCI is compared whole, too'],
  ['a certificate of another Sigstore for one issuer and identity', 'identity', 'counts for its own builders alone'],
  ['one trust root in two files', 'identity', 'under two names is no difference'],
  ['trust roots with an authority in common', 'identity', 'that has but an authority in common with another'],
  ['an unknown log, certificate log or authority', 'identity', 'that lacks a builder’s certificate log'],
  ['a trust root that is missing or broken', 'identity', 'that is missing or none is told before anything is verified'],
  ['another key', 'identity', 'that is another is that of nobody, though it says to be the builder’s'],
  ['another of several keys', 'identity', 'that is another of several is that of nobody'],
  ['one key for two builders', 'identity', 'is not two builders by a file and in the policy'],
  ['a key for a certificate, and the other way round', 'identity', 'of a certificate is not the key of a builder'],
  [
    'the repository of a builder with a key',
    'identity',
    'counts for the repository that the policy names, and no other'
  ],
  ['a key that cannot be read', 'identity', 'that no program can read is told before anything is verified'],

  ['a statement for another digest', 'statement', 'is for another digest'],
  ['a tampered payload', 'statement', 'another digest in its payload'],
  ['a tampered signature', 'statement', 'a bit of its signature'],
  ['two signatures', 'statement', 'two signatures'],
  ['a verification summary', 'statement', 'is a verification summary'],
  ['an SPDX document', 'statement', 'is an SPDX document'],
  ['a wrong payload type', 'statement', 'has another payload type'],
  ['a payload that is no JSON', 'statement', 'is no JSON'],
  ['a subject with SHA-512 alone', 'statement', 'has a subject with SHA-512 alone'],
  ['a digest in upper case', 'statement', 'has its digest in upper case'],
  ['a truncated digest', 'statement', 'has a truncated digest'],
  ['several subjects', 'statement', 'is about several images'],
  ['several subjects, allowed', 'statement', 'is about several images votes for each'],
  ['an older commit', 'statement', 'is for an older commit'],
  ['no commit', 'statement', 'names no commit is no vote where one is expected'],
  ['another commit than the certificate', 'statement', 'names another commit than the certificate'],
  ['another commit in the certificate', 'statement', 'says to be of the commit, and its certificate of another'],
  ['a self-hosted runner', 'statement', 'was made on a self-hosted runner'],
  ['a self-hosted runner of others', 'statement', 'was made on a machine that somebody can log in to'],
  ['a sandbox that was off', 'statement', 'was made with the sandbox ${sandbox}'],
  [
    'another type of statement in the policy',
    'statement',
    'is of another type counts where the policy asks for that type'
  ],
  ['age', 'statement', 'beyond what the policy allows is no vote'],
  ['a clock in the past', 'statement', 'is counted by the clock that the caller has'],

  ['an expired certificate with a timestamp', 'evidence', 'counts where a timestamp says when it signed'],
  ['an expired certificate without one', 'evidence', 'counts without a timestamp where the log has signed the time'],
  ['a time that nobody has signed', 'evidence', 'does not count where only an unsigned time of the log is left'],
  ['a certificate used after its end', 'evidence', 'does not count where it was used after its end'],
  ['times that are off by an hour', 'evidence', 'of the %s is outside the certificate'],
  ['the proof of another entry', 'evidence', 'with the proof of another'],
  ['the entry of another bundle', 'evidence', 'of another bundle'],
  ['a missing proof', 'evidence', 'without a proof'],
  ['a missing entry', 'evidence', 'that is missing'],
  ['the log of another Sigstore', 'evidence', 'of another Sigstore’s log is no evidence'],
  ['an unknown log', 'evidence', 'of a log that is not in the trust root'],

  ['a log that is down', 'discovery', 'that fails changes nothing'],
  ['an entry without a bundle', 'discovery', 'knows of a bundle that is not here, which is told and not counted'],
  ['a log that nobody named', 'discovery', 'is not asked where none is named'],
  ['no referrers API', 'discovery', 'a registry with a fallback tag'],
  ['no referrers', 'discovery', 'that there is none of is no failure'],
  ['junk: another type of layer', 'discovery', 'another type of layer'],
  ['junk: another type of artifact', 'discovery', 'another type of artifact'],
  ['junk: empty', 'discovery', 'an empty bundle'],
  ['junk: huge', 'discovery', '5 MiB'],
  ['junk: two layers', 'discovery', 'two layers'],
  ['junk: a missing blob', 'discovery', 'a blob that is missing'],
  ['junk: a wrong digest', 'discovery', 'a blob that is another'],
  ['junk: of another image', 'discovery', 'a manifest that hangs on another image'],
  ['junk: entries that are null, text, …', 'discovery', 'with entries that are none is told, and harms nothing'],
  ['junk: a list that is none', 'discovery', 'is told, and files count all the same'],
  ['pages', 'discovery', 'in pages is read to its end'],
  ['lists that say little', 'discovery', 'that says nothing of types, or ignores what is asked for'],
  ['a registry that fails', 'discovery', 'is a failure of the registry, and not an unmet policy'],
  ['an image that is not there', 'discovery', 'of an image that is not there says so'],
  ['more referrers than are looked at', 'discovery', 'of more than 10,000 is not looked at'],
  ['more files than are looked at', 'discovery', 'of more than 10,000 are not looked at'],
  ['a bundle in a file and on the image', 'discovery', 'and referrers of the same bundle are one, with both sources'],
  ['files alone', 'discovery', 'are enough without a repository'],
  ['a folder with junk', 'discovery', 'of every other kind beside them in a folder harm nothing'],
  ['a file that cannot be read', 'discovery', 'that are named and cannot be read are the caller’s mistake'],
  ['three writers at once', 'discovery', 'that attach to one image in %s at once are all counted'],
  ['an interruption', 'discovery', 'ends it with its reason, and with no verdict'],

  ['bundles, changed at random', 'fuzz', 'with other bytes'],
  ['statements, changed at random and signed', 'fuzz', 'that a builder did sign count only for what they say'],
  ['policies, changed at random', 'fuzz', 'with other text'],
  ['a registry that lies', 'fuzz', 'answers of a registry'],
  ['a log that lies', 'fuzz', 'answers of a log'],

  ['a tag in place of a digest: wrong use', '../cli/verify', 'a tag']
]

const sourceOf = (file: File): string => {
  const name = file.startsWith('..') ? file : `verification-${file}`
  return readFileSync(join(import.meta.dirname, `${name}.test.ts`), 'utf8').replace(/\s+/g, ' ')
}

describe('a case that is tried', () => {
  test.each(CASES)('%s (%s)', (_, file, name) => {
    expect(sourceOf(file)).toContain(name)
  })

  test('is in the list once', () => {
    expect(new Set(CASES.map(([what]) => what)).size).toBe(CASES.length)
  })
})
