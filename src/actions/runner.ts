/** Binds the port `Runner` to the Actions toolkit. */
import * as core from '@actions/core'
import { getOctokit } from '@actions/github'
import { SeedError } from '../errors.ts'
import type { Annotation, FileCache, ForgeTransport, Runner } from '../runner.ts'
import { VERSION } from '../version.ts'
import { readJob } from './job.ts'

/** One JSON value holds all of it. */
const STATE = 'nix-seed'

/** @param cache of `actions/cache.ts`, or `noCache` where a phase has no use for it: the toolkit's is large */
export function actionsRunner(env: NodeJS.ProcessEnv, cache: FileCache): Runner {
  const job = readJob(env)
  const state = core.getState(STATE)
  return {
    job,
    inputs: readInputs(env),
    state: state === '' ? undefined : state,
    mask: secret => {
      if (secret !== '') core.setSecret(secret)
    },
    setOutput: (name, value) => core.setOutput(name, value),
    exportVariable: (name, value) => core.exportVariable(name, value),
    addPath: folder => core.addPath(folder),
    saveState: value => core.saveState(STATE, value),
    group: (title, action) => core.group(title, action),
    annotate: (level, message, properties = {}) => core[level](message, annotationProperties(properties)),
    addMatcher: file => core.info(`::add-matcher::${file}`),
    removeMatcher: owner => core.info(`::remove-matcher owner=${owner}::`),
    summarize: async markdown => {
      // Absent outside of a job.
      if (env.GITHUB_STEP_SUMMARY) await core.summary.addRaw(markdown, true).write()
    },
    fail: () => {
      process.exitCode = core.ExitCode.Failure
    },
    forge: token => forge(token, job.apiUrl),
    cache,
    idToken: audience => core.getIDToken(audience)
  }
}

export const noCache: FileCache = { available: false, restore: async () => false, save: async () => {} }

function readInputs(env: NodeJS.ProcessEnv): Map<string, string> {
  const inputs = new Map<string, string>()
  for (const [name, value] of Object.entries(env)) {
    if (name.startsWith('INPUT_')) inputs.set(name.slice('INPUT_'.length).toLowerCase(), (value ?? '').trim())
  }
  return inputs
}

function annotationProperties({ title, file, line }: Annotation): core.AnnotationProperties {
  return {
    title: title ?? 'Nix Seed',
    ...(file !== undefined && { file }),
    ...(line !== undefined && { startLine: line })
  }
}

function forge(token: string, baseUrl: string): ForgeTransport {
  if (token === '') {
    throw new SeedError('FORGE_DENIED', 'there is no token for the API', {
      resource: baseUrl,
      hint: 'Leave out the input github-token (the job has one), or give it a value.'
    })
  }
  const octokit = getOctokit(token, { baseUrl, userAgent: `nix-seed/${VERSION}` })
  return {
    request: (route, parameters) => octokit.request(route, parameters),
    graphql: (query, variables) => octokit.graphql(query, variables)
  }
}
