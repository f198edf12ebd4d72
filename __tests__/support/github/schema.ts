/** GitHub's published GraphQL schema, and how an answer is made of plain objects by it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { GraphQLError, buildSchema, execute, parse, validate } from 'graphql'
import type { DocumentNode, GraphQLResolveInfo, GraphQLSchema } from 'graphql'

const FILE = join(import.meta.dirname, '../../../node_modules/@octokit/graphql-schema/schema.graphql')

let schema: GraphQLSchema | undefined

/** Built once, at the first request: it has over a megabyte. */
function githubSchema(): GraphQLSchema {
  schema ??= buildSchema(readFileSync(FILE, 'utf8'), { assumeValid: true })
  return schema
}

/** An object of the answer: values, or functions of the field's arguments. Those of interfaces and unions name their type. */
export type Node = { readonly __typename: string } & Readonly<Record<string, unknown>>
export type Resolver = (args: Record<string, unknown>) => unknown

/** An error with a type, as GitHub's have it. */
export function failure(type: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { type } })
}

export interface GraphqlRequest {
  query: string
  variables?: Record<string, unknown>
  operationName?: string
}

export interface GraphqlAnswer {
  data?: unknown
  errors?: { type?: string; path?: readonly (string | number)[]; message: string }[]
}

/** The fields at the top of a query: `createCommitOnBranch`. None where it cannot be read. */
export function fieldsOf(query: string): string[] {
  try {
    return parse(query).definitions.flatMap(definition =>
      definition.kind === 'OperationDefinition'
        ? definition.selectionSet.selections.flatMap(field => (field.kind === 'Field' ? [field.name.value] : []))
        : []
    )
  } catch {
    return []
  }
}

/**
 * Runs a query against `root`, whose functions are the fields of Query and Mutation.
 * What the schema does not allow, and what `root` has no answer for, goes to `report`.
 */
export async function runQuery(
  request: GraphqlRequest,
  root: Readonly<Record<string, Resolver>>,
  report: (violation: string) => void
): Promise<GraphqlAnswer> {
  const checked = check(request.query)
  if (Array.isArray(checked)) {
    for (const { message } of checked) report(`GraphQL: ${message}`)
    return { errors: checked.map(show) }
  }
  const result = await execute({
    schema: githubSchema(),
    document: checked,
    rootValue: root,
    variableValues: request.variables ?? {},
    ...(request.operationName !== undefined && { operationName: request.operationName }),
    typeResolver: value => (value as Node).__typename,
    fieldResolver: (source, args, _context, info) =>
      resolveField(source as Record<string, unknown>, args as Record<string, unknown>, info, report)
  })
  // Without data nothing was run: the variables do not fit.
  if (!('data' in result)) for (const { message } of result.errors ?? []) report(`GraphQL: ${message}`)
  return { ...('data' in result && { data: result.data }), ...(result.errors && { errors: result.errors.map(show) }) }
}

function check(query: string): DocumentNode | GraphQLError[] {
  try {
    const document = parse(query)
    const errors = validate(githubSchema(), document)
    return errors.length > 0 ? [...errors] : document
  } catch (error) {
    if (error instanceof GraphQLError) return [error]
    throw error
  }
}

function resolveField(
  source: Record<string, unknown>,
  args: Record<string, unknown>,
  info: GraphQLResolveInfo,
  report: (violation: string) => void
): unknown {
  const value = source[info.fieldName]
  if (value === undefined) {
    const message = `the test's server has no answer for ${info.parentType.name}.${info.fieldName}`
    report(`GraphQL: ${message}`)
    throw failure('INTERNAL', message)
  }
  return typeof value === 'function' ? (value as Resolver)(args) : value
}

function show({ message, path, locations, extensions }: GraphQLError) {
  const { type } = extensions as { type?: string }
  return { ...(type !== undefined && { type }), ...(path && { path }), ...(locations && { locations }), message }
}
