/** Holds requests and answers against GitHub's own description of its REST API. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import type { ErrorObject, ValidateFunction } from 'ajv'
import formats from 'ajv-formats'

interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required?: boolean
  schema: Schema
  'x-multi-segment'?: boolean
}

type Schema = Record<string, unknown>
type Content = Record<string, { schema?: Schema }>

interface Operation {
  parameters?: (Parameter | { $ref: string })[]
  requestBody?: { required?: boolean; content: Content }
  responses: Record<string, { content?: Content } | { $ref: string }>
}

interface Description {
  paths: Record<string, Record<string, Operation>>
}

export interface AnyRequest {
  params: Record<string, string>
  query: Record<string, string>
  body: unknown
}

/** The checks of one operation. Each returns what is wrong, one line for each. */
export interface Contract {
  /** Names of the path's parameters that may hold slashes. */
  readonly multiSegment: ReadonlySet<string>
  checkRequest(request: AnyRequest): string[]
  checkResponse(status: number, body: unknown): string[]
}

const FILE = join(import.meta.dirname, '../../../node_modules/@octokit/openapi/generated/api.github.com.json')

let loaded: Description | undefined

/** Read once, at the first request: it has 13 MB. */
function description(): Description {
  loaded ??= JSON.parse(readFileSync(FILE, 'utf8')) as Description
  return loaded
}

const plain = makeAjv(false)
/** Paths and queries are text. */
const coercing = makeAjv(true)

function makeAjv(coerceTypes: boolean): Ajv {
  const ajv = new Ajv({ strict: false, allErrors: true, coerceTypes, validateFormats: true })
  formats.default(ajv)
  for (const name of ['int64', 'int32', 'repo.nwo', 'timestamp', 'hostname', 'binary']) ajv.addFormat(name, true)
  return ajv
}

const contracts = new Map<string, Contract>()

/** @param method in capitals @param path as the description writes it */
export function contractOf(method: string, path: string): Contract {
  const key = `${method} ${path}`
  let contract = contracts.get(key)
  if (contract === undefined) {
    const operation = description().paths[path]?.[method.toLowerCase()]
    if (operation === undefined) throw new Error(`GitHub's description has no ${key}`)
    contract = makeContract(operation)
    contracts.set(key, contract)
  }
  return contract
}

function makeContract(operation: Operation): Contract {
  const parameters = (operation.parameters ?? []).map(parameter => deref<Parameter>(parameter))
  const inPath = checkParameters(parameters.filter(parameter => parameter.in === 'path'))
  const inQuery = checkParameters(parameters.filter(parameter => parameter.in === 'query'))
  const bodySchema = operation.requestBody?.content['application/json']?.schema
  const checkBody = lazily(() => (bodySchema === undefined ? undefined : plain.compile(toJsonSchema(bodySchema))))
  const responses = new Map<number, () => ValidateFunction | undefined>()
  const responseCheck = (status: number) => {
    const known = responses.get(status)
    if (known) return known()
    const made = lazily(() => compileResponse(operation, status))
    responses.set(status, made)
    return made()
  }
  return {
    multiSegment: new Set(parameters.filter(p => p.in === 'path' && p['x-multi-segment']).map(({ name }) => name)),
    checkRequest: ({ params, query, body }) => {
      const problems = [...problemsOf('path', inPath(), { ...params }), ...problemsOf('query', inQuery(), { ...query })]
      const validate = checkBody()
      if (body !== undefined && validate === undefined) problems.push('body: there must be none')
      else if (body !== undefined) problems.push(...problemsOf('body', validate, body))
      else if (operation.requestBody?.required) problems.push('body: it is missing')
      return problems
    },
    checkResponse: (status, body) => problemsOf(`answer ${status}`, responseCheck(status), body)
  }
}

function checkParameters(parameters: Parameter[]): () => ValidateFunction | undefined {
  return lazily(() =>
    coercing.compile({
      type: 'object',
      properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, toJsonSchema(schema)])),
      required: parameters.filter(({ required }) => required).map(({ name }) => name),
      additionalProperties: false
    })
  )
}

/** Answers of 400 and above that the description does not list have its common form. */
function compileResponse(operation: Operation, status: number): ValidateFunction | undefined {
  const listed = operation.responses[String(status)]
  const content = listed === undefined ? undefined : deref<{ content?: Content }>(listed).content
  const schema = content?.['application/json']?.schema
  // Errors have a `status` that only some are described with.
  if (schema) return plain.compile(toJsonSchema(schema, status >= 400))
  if (status >= 400) return plain.compile(toJsonSchema({ $ref: '#/components/schemas/basic-error' }, true))
  if (listed === undefined) throw new Error(`GitHub's description has no answer ${status} for this operation`)
  return undefined
}

function problemsOf(where: string, validate: ValidateFunction | undefined, value: unknown): string[] {
  if (validate === undefined || validate(value)) return []
  return (validate.errors ?? []).map(error => `${where}${error.instancePath}: ${messageOf(error)}`)
}

function messageOf({ message = 'wrong', params }: ErrorObject): string {
  const { additionalProperty, allowedValues } = params as { additionalProperty?: string; allowedValues?: unknown[] }
  if (additionalProperty !== undefined) return `${message} (${additionalProperty})`
  return allowedValues === undefined ? message : `${message} (${allowedValues.join(', ')})`
}

function lazily<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}

function lookUp(pointer: string): unknown {
  const steps = pointer.slice(2).split('/')
  return steps.reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], description())
}

function deref<T>(value: T | { $ref: string }): T {
  const { $ref } = value as { $ref?: string }
  return $ref === undefined ? (value as T) : (lookUp($ref) as T)
}

/** A schema of OpenAPI 3.0 as JSON Schema, with all that it refers to. `open` ones let any property pass. */
function toJsonSchema(schema: Schema, open = false): Schema {
  const $defs: Record<string, Schema> = {}
  const refer = (name: string) => {
    if (name in $defs) return
    $defs[name] = {} // so that a schema which refers to itself comes to an end
    $defs[name] = convert(lookUp(`#/components/schemas/${name}`) as Schema, refer, open)
  }
  return { ...convert(schema, refer, open), $defs }
}

const TAKEN_OVER = [
  'type',
  'format',
  'enum',
  'required',
  'pattern',
  'minLength',
  'maxLength',
  'maxItems',
  'minimum',
  'maximum'
] as const

/**
 * An empty list of labels takes all away, says the text of the description, while its schema wants one: bounds of lists
 * are not taken over. Properties that are not described are not allowed: the description lets any pass, and so every misspelt one.
 * `oneOf` becomes `anyOf`, since some of its cases overlap (an empty list fits all of them).
 */
function convert(schema: Schema, refer: (name: string) => void, open: boolean): Schema {
  if (typeof schema.$ref === 'string') {
    const name = schema.$ref.replace('#/components/schemas/', '')
    refer(name)
    return { $ref: `#/$defs/${name}` }
  }
  const result: Schema = {}
  for (const key of TAKEN_OVER) if (schema[key] !== undefined) result[key] = schema[key]
  if (schema.properties !== undefined) {
    const properties = Object.entries(schema.properties as Record<string, Schema>)
    result.properties = Object.fromEntries(properties.map(([name, value]) => [name, convert(value, refer, open)]))
  }
  if (typeof schema.additionalProperties === 'object') {
    result.additionalProperties = convert(schema.additionalProperties as Schema, refer, open)
  } else if (schema.additionalProperties !== undefined) result.additionalProperties = schema.additionalProperties
  else if (schema.properties !== undefined && !open && !isCombined(schema)) result.additionalProperties = false
  if (schema.items !== undefined) result.items = convert(schema.items as Schema, refer, open)
  const cases = (schema.anyOf ?? schema.oneOf) as Schema[] | undefined
  if (cases) result.anyOf = cases.map(value => convert(value, refer, open))
  if (schema.allOf) result.allOf = (schema.allOf as Schema[]).map(value => convert(value, refer, true))
  return schema.nullable === true ? { anyOf: [result, { type: 'null' }] } : result
}

function isCombined(schema: Schema): boolean {
  return schema.allOf !== undefined || schema.anyOf !== undefined || schema.oneOf !== undefined
}
