/** Policies as they are written, for tests. */

export const PEM = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEl2Zs6bD0v3cRVzhb3v1Gd4n9Xv3X
kR1zvE0X2l1xk8j0cQh0wq3m9z7nYz4m3oFq4WZ7m0bT3bS5sG3n9c7c1A==
-----END PUBLIC KEY-----
`

/** A builder with a certificate, different in everything from those of other ids. */
export function certified(id: string, more: object = {}): Record<string, unknown> {
  return {
    id,
    organisation: `Org ${id.toUpperCase()}`,
    issuer: `https://${id}.example`,
    identity: `https://${id}.example/seed@main`,
    ...more
  }
}

/** A builder with a key. */
export function keyed(id: string, more: object = {}): Record<string, unknown> {
  return { id, organisation: `Org ${id.toUpperCase()}`, publicKey: PEM, ...more }
}

export function policyOf(builders: readonly object[], more: object = {}): { builders: readonly object[] } {
  return { ...more, builders }
}
