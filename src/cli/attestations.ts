import { formatBytes } from '../format.ts'
import { formatName, parseName } from '../oci/name.ts'
import { openRepository } from '../oci/repository.ts'
import type { ListedAttestation } from '../seed/attestations.ts'
import type { Arguments, CommandIo, CommandSpec } from './command.ts'
import { repositoryOptions, requireDigest, withoutTag } from './repository.ts'

export const attestationsCommand: CommandSpec = {
  name: 'attestations',
  summary: 'list what is attached to a seed image, unverified',
  synopsis: 'REFERENCE@DIGEST [OPTION]…',
  positionals: { min: 1, max: 1 },
  options: {
    insecure: { help: 'speak plain HTTP to the registry (loopback addresses always are)' },
    json: { help: 'print all of it as JSON' }
  },
  details: [
    'Lists provenance, other attestations, bills of materials and whatever else hangs on the image, with what each says of itself. Nothing of it is verified: anyone who can write to the repository can attach anything, under any name.',
    'With --json, "attestations" is a list of objects with kind, digest, artifactType and size, and where they are known predicateType, signer (kind, identity, issuer, hint), logIndex, time and problem.'
  ],
  examples: [
    { line: 'nix-seed attestations ghcr.io/org/repo/seed@sha256:…', meaning: 'for a look' },
    {
      line: "nix-seed attestations oci:./seed@sha256:… --json | jq -r '.attestations[].signer.identity'",
      meaning: 'who claims to have signed'
    }
  ],
  run: runAttestations
}

async function runAttestations(args: Arguments, io: CommandIo): Promise<void> {
  const name = parseName(args.positionals[0] ?? '')
  const repository = openRepository(name, repositoryOptions(io, args))
  try {
    const digest = await requireDigest(name, repository, 'is looked up')
    const { listAttestations } = await import('../seed/attestations.ts')
    const attestations = await listAttestations(repository, digest)
    const reference = formatName({ ...withoutTag(name), digest })
    if (args.flag('json')) io.print(`${JSON.stringify({ reference, verified: false, attestations }, null, 2)}\n`)
    else io.print(render(reference, attestations))
  } finally {
    await repository.close()
  }
}

function render(reference: string, attestations: readonly ListedAttestation[]): string {
  if (attestations.length === 0) return `nothing is attached to ${reference}\n`
  const lines = [
    `${attestations.length} attached to ${reference}`,
    'Nothing of this is verified: it is what each says of itself.'
  ]
  for (const each of attestations) {
    const { kind, predicateType, artifactType, signer, logIndex, time, problem } = each
    const rows: [string, string | undefined][] = [
      ['digest', each.digest],
      ['type', predicateType ?? artifactType],
      [
        'signer',
        signer &&
          (signer.identity ?? (signer.kind === 'key' ? `a key${signer.hint ? ` (${signer.hint})` : ''}` : 'not named'))
      ],
      ['issuer', signer?.issuer],
      ['log index', logIndex],
      ['time', time],
      ['size', formatBytes(each.size)],
      ['problem', problem]
    ]
    lines.push('', kind)
    for (const [label, value] of rows) if (value !== undefined) lines.push(`  ${label.padEnd(9)}  ${visible(value)}`)
  }
  return `${lines.join('\n')}\n`
}

const MAX_CHARACTERS = 300

/** What strangers wrote goes to a terminal: nothing that moves its cursor, and not endless. */
function visible(text: string): string {
  const clean = text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '�')
  return clean.length <= MAX_CHARACTERS ? clean : `${clean.slice(0, MAX_CHARACTERS).toWellFormed()}…`
}
