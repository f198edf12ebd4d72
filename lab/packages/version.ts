/**
 * Order of two Debian versions (Debian Policy, section 5.6.12): negative where `a` is the older one, 0 where they are
 * equal.
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [split(a), split(b)]
  return (
    left.epoch - right.epoch || comparePart(left.upstream, right.upstream) || comparePart(left.revision, right.revision)
  )
}

function split(version: string): { epoch: number; upstream: string; revision: string } {
  const [, epoch, upstream, revision] = /^(?:(\d+):)?(.*?)(?:-([^-]*))?$/s.exec(version) ?? []
  return { epoch: Number(epoch ?? 0), upstream: upstream ?? '', revision: revision ?? '' }
}

/** Compares runs of other characters and runs of digits in turn. */
function comparePart(a: string, b: string): number {
  const [left, right] = [runs(a), runs(b)]
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [x, y] = [left[i] ?? '', right[i] ?? '']
    const order = i % 2 === 0 ? compareText(x, y) : Number(x) - Number(y)
    if (order !== 0) return order
  }
  return 0
}

/** Text, number, text, number and so on; the first text may be empty. */
function runs(part: string): string[] {
  return [...part.matchAll(/(\D*)(\d*)/g)].flatMap(([, text, digits]) => [text ?? '', digits ?? ''])
}

function compareText(a: string, b: string): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const order = weight(a[i]) - weight(b[i])
    if (order !== 0) return order
  }
  return 0
}

/** A tilde comes before the end of the text, the end before letters, letters before the rest. */
function weight(character: string | undefined): number {
  if (character === '~') return -1
  if (character === undefined) return 0
  const code = character.charCodeAt(0)
  return /[a-z]/i.test(character) ? code : code + 256
}
