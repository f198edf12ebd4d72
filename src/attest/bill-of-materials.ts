/**
 * The bill of materials of a seed: what is in it, for people and programs that look for licences and known faults.
 * CycloneDX 1.6, https://cyclonedx.org/docs/1.6/json/
 */
import { createHash } from 'node:crypto'
import { isSpdxLicense } from './licenses.ts'

/** Media type of the document, and artifact type where it is attached. */
export const BILL_TYPE = 'application/vnd.cyclonedx+json'

/** A store path of the seed. */
export interface Component {
  path: string
  /** Hash of its NAR serialisation: `sha256:…`. */
  narHash: string
  /** Bytes of the same. */
  narSize: number
  /** Store paths, its own among them where it has that in it. */
  references: string[]
  /** SPDX identifiers, or names of licences that have none. */
  license?: string | string[]
  /** Whether it is in the seed for its own sake; others are there because something refers to them. */
  root?: boolean
}

export interface SeedBill {
  /** The image's repository: `ghcr.io/org/repo/seed`. */
  name: string
  /** Of the image: `sha256:…`. */
  digest: string
  /** Nix's name of the platform. */
  system: string
  /** Of nix-seed. */
  version: string
  components: Component[]
}

/**
 * Writes the bill of materials of a seed image, as compact JSON in UTF-8.
 *
 * Independent builders of one image get equal bytes: there is no time in the document, the serial number is made from
 * the rest, and the order of `components` and of their references does not matter.
 */
export function billOfMaterials({ name, digest, system, version, components }: SeedBill): Buffer {
  const sorted = components.toSorted((a, b) => compare(a.path, b.path))
  const document = {
    version: 1,
    metadata: {
      tools: { components: [{ type: 'application', name: 'nix-seed', version }] },
      component: imageComponent(name, digest, system)
    },
    components: sorted.map(storeComponent),
    dependencies: [
      dependency(
        digest,
        sorted.filter(({ root }) => root).map(({ path }) => path)
      ),
      ...sorted.map(({ path, references }) => dependency(referenceOf(path), references))
    ]
  }
  return Buffer.from(
    JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber: serialNumber(document), ...document })
  )
}

function imageComponent(name: string, digest: string, system: string): object {
  return {
    type: 'container',
    'bom-ref': digest,
    name,
    version: digest,
    hashes: [{ alg: 'SHA-256', content: digest.slice('sha256:'.length) }],
    purl: packageUrl(name, digest),
    properties: [{ name: 'nix:system', value: system }]
  }
}

/** The image as a package URL: https://github.com/package-url/purl-spec/blob/main/types-doc/oci-definition.md */
function packageUrl(name: string, digest: string): string {
  // Colons stay as they are in every part.
  const encode = (text: string): string => encodeURIComponent(text).replaceAll('%3A', ':')
  const last = name.slice(name.lastIndexOf('/') + 1).toLowerCase()
  return `pkg:oci/${encode(last)}@${encode(digest)}?repository_url=${encode(name)}`
}

/**
 * A store path. Nix's hash is one of a serialisation, which is no file that anybody could hash again, and the field
 * `hashes` promises that: so it stands among the properties. The type is that which the specification recommends where
 * a package may be a program as well as a library.
 */
function storeComponent({ path, narHash, narSize, license }: Component): object {
  return {
    type: 'library',
    'bom-ref': referenceOf(path),
    ...splitName(referenceOf(path).slice('0123456789abcdfghijklmnpqrsvwxyz-'.length)),
    ...licenses(license),
    properties: [
      { name: 'nix:storePath', value: path },
      { name: 'nix:narHash', value: narHash },
      { name: 'nix:narSize', value: String(narSize) }
    ]
  }
}

/** The base name of a store path: unique in the document, and the same wherever the path is in one. */
function referenceOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** As `builtins.parseDrvName` does it: the version begins after the first dash that no letter follows. */
function splitName(text: string): { name: string; version?: string } {
  const [, name, version] = /^(.*?)-(?![a-zA-Z])(.+)$/.exec(text) ?? []
  return name ? { name, version: version ?? '' } : { name: text }
}

function licenses(license: string | string[] = []): object {
  const names = [...new Set([license].flat())].filter(name => name !== '').sort(compare)
  if (names.length === 0) return {}
  return { licenses: names.map(name => ({ license: isSpdxLicense(name) ? { id: name } : { name } })) }
}

/** What has no dependencies stands there as an empty element; without one, they would be unknown. */
function dependency(ref: string, paths: readonly string[]): object {
  const others = [...new Set(paths.map(referenceOf))].filter(other => other !== ref).sort(compare)
  return { ref, ...(others.length > 0 && { dependsOn: others }) }
}

/** A UUID of version 8 whose bits are a SHA-256: https://www.rfc-editor.org/rfc/rfc9562#name-example-of-a-uuidv8-value-n */
function serialNumber(document: object): string {
  const bytes = createHash('sha256').update(JSON.stringify(document)).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return `urn:uuid:${bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}`
}

/** By code units: the same in every locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
