/** The official schema of CycloneDX 1.6, with the schemas that it refers to. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv, type ErrorObject } from 'ajv'
import ajvFormats from 'ajv-formats'

const FOLDER = join(import.meta.dirname, '../../node_modules/@cyclonedx/cyclonedx-library/res/schema')
const BASE = 'http://cyclonedx.org/schema/'

interface Schema {
  [key: string]: unknown
  enum?: string[]
}

const read = (name: string): Schema => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Schema
const spdx = read('spdx.SNAPSHOT.schema.json')

// Of the formats, those for text beyond ASCII are no part of the validator; a reference that `URL` takes is one.
const formats = {
  'idn-email': true,
  'iri-reference': (text: string) => URL.canParse(text, 'https://example.org/')
} as const
// `strict` is about how schemas are written.
const ajv = new Ajv({ strict: false, allErrors: true, formats })
ajvFormats.default(ajv)
// Under the names that the schema refers to them by, which are those of the files.
ajv.addSchema(spdx, `${BASE}spdx.SNAPSHOT.schema.json`)
ajv.addSchema(read('jsf-0.82.SNAPSHOT.schema.json'), `${BASE}jsf-0.82.SNAPSHOT.schema.json`)
const validate = ajv.compile(read('bom-1.6.SNAPSHOT.schema.json'))

/** The identifiers that `license.id` takes. */
export const spdxLicenses = spdx.enum ?? []

/** What the schema finds wrong with a document. */
export function billProblems(document: unknown): ErrorObject[] {
  return validate(document) ? [] : (validate.errors ?? [])
}
