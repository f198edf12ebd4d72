import type { BuildFacts } from '../../src/attest/provenance.ts'

/** Facts about a seed that looks like any other. */
export function buildFacts(facts: Partial<BuildFacts> = {}): BuildFacts {
  return {
    subject: { name: 'registry.example/octo-org/project/seed', digest: `sha256:${'0123456789abcdef'.repeat(4)}` },
    startedOn: new Date('2026-03-01T09:00:00.000Z'),
    finishedOn: new Date('2026-03-01T09:04:12.345Z'),
    lockSha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    inputs: [
      {
        name: 'nixpkgs',
        uri: 'github:NixOS/nixpkgs/205fd4226592cc83fd4c0885a3e4c9c400efabb5',
        narHash: 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
      }
    ],
    checkout: {
      narHash: 'sha256-uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=',
      rev: '2c26b46b68ffc68ff99b453c1d30413413422d70'
    },
    system: 'x86_64-linux',
    derivation: '/nix/store/0c5jqqg9d3v0w4g0r6nl2s8m1fz7x9yk-seed.json.drv',
    closureHash: 'sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
    versions: { 'nix-seed': '0.1.0', nix: '2.34.8', zstd: '1.5.7' },
    nix: {
      sandbox: 'true',
      sandboxFallback: false,
      substituters: ['https://cache.nixos.org'],
      trustedPublicKeys: ['cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=']
    },
    bill: {
      digest: 'sha256:fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9',
      mediaType: 'application/vnd.cyclonedx+json',
      size: 48213
    },
    ...facts
  }
}
