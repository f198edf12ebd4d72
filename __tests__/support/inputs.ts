import { parseInputs } from '../../src/phases/inputs.ts'
import type { InputName } from '../../src/phases/input-names.ts'
import type { Inputs } from '../../src/phases/inputs.ts'
import type { JobContext } from '../../src/runner.ts'

/** A job of `octo/Hello` on its branch `main`, as a push makes it. */
export function createJob(overrides: Partial<JobContext> = {}): JobContext {
  return {
    repository: { owner: 'octo', name: 'Hello' },
    sha: '0123456789abcdef0123456789abcdef01234567',
    ref: 'refs/heads/main',
    refType: 'branch',
    refName: 'main',
    eventName: 'push',
    actor: 'mona',
    runId: '1',
    runAttempt: '1',
    serverUrl: 'https://github.com',
    apiUrl: 'https://api.github.com',
    graphqlUrl: 'https://api.github.com/graphql',
    workspace: '/runner/jobs/Hello/Hello',
    temp: '/runner/jobs/_temp',
    defaultBranch: 'main',
    isFork: false,
    environment: 'github-hosted',
    ...overrides
  }
}

/** Inputs as a workflow writes them. A step always has a token. */
export function rawInputs(given: Partial<Record<InputName, string>> = {}): Map<string, string> {
  return new Map(Object.entries({ 'github-token': 'ghs_job', ...given }))
}

/** The inputs of a step that sets none, with `overrides` as they would have been parsed. */
export function createInputs(overrides: Partial<Inputs> = {}, job: JobContext = createJob()): Inputs {
  return Object.freeze({ ...parseInputs(rawInputs(), job), ...overrides })
}
