import { SeedError } from '../errors.ts'

/** Splits at the first `#`; what is before is a flake reference, `.` by default. */
export function splitInstallable(installable: string): { reference: string; attribute?: string } {
  const hash = installable.indexOf('#')
  if (hash < 0) return { reference: installable }
  const attribute = installable.slice(hash + 1)
  if (attribute.includes('^')) {
    throw new SeedError('USAGE', 'an installable with outputs cannot be published', {
      resource: installable,
      hint: 'Leave out the part from ^ on.'
    })
  }
  return { reference: installable.slice(0, hash) || '.', ...(attribute === '' ? {} : { attribute }) }
}
