import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Phase } from '../../src/phases/context.ts'
import type { Inputs } from '../../src/phases/inputs.ts'
import { silentProgress } from '../../src/ports.ts'
import type { Annotation, ForgeTransport, JobContext, Runner } from '../../src/runner.ts'
import { Steps } from '../../src/steps.ts'
import { createInputs, createJob } from './inputs.ts'

export interface MemoryPhaseOptions {
  job?: Partial<JobContext>
  inputs?: Partial<Inputs>
  env?: Record<string, string>
  signal?: AbortSignal
  /** Answers requests to the forge; without it every one of them is an error of the test. */
  forge?: Partial<ForgeTransport>
}

/** A phase whose runner is in memory, with what it was told, in a folder of its own. */
export interface MemoryPhase {
  phase: Phase
  outputs: Map<string, string>
  /** Lines of the log, warnings among them as `warning: …`. */
  log: string[]
  summaries: string[]
  annotations: (Annotation & { level: string; message: string })[]
  variables: Map<string, string>
  paths: string[]
  /** Requests to the forge, as routes. */
  asked: string[]
  /** Tokens that the forge was asked with. */
  tokens: Set<string>
  /** The workspace, the temporary folder `temp`, and all else of the test. */
  root: string
  remove(): void
}

export function memoryPhase(options: MemoryPhaseOptions = {}): MemoryPhase {
  const root = mkdtempSync(join(tmpdir(), 'phase-'))
  const job = createJob({ workspace: join(root, 'work'), temp: join(root, 'temp'), ...options.job })
  const told = {
    outputs: new Map<string, string>(),
    log: [] as string[],
    summaries: [] as string[],
    annotations: [] as MemoryPhase['annotations'],
    variables: new Map<string, string>(),
    paths: [] as string[],
    asked: [] as string[],
    tokens: new Set<string>()
  }
  const unexpected = (what: string): never => {
    throw new Error(`the test expects no request: ${what}`)
  }
  const runner: Runner = {
    job,
    inputs: new Map(),
    state: undefined,
    mask() {},
    setOutput: (name, value) => void told.outputs.set(name, value),
    exportVariable: (name, value) => void told.variables.set(name, value),
    addPath: folder => void told.paths.push(folder),
    saveState() {},
    group: (_, action) => action(),
    annotate: (level, message, properties) => void told.annotations.push({ level, message, ...properties }),
    addMatcher() {},
    removeMatcher() {},
    summarize: async markdown => void told.summaries.push(markdown),
    fail() {},
    forge: token => {
      told.tokens.add(token)
      return {
        request: async (route, parameters) => {
          told.asked.push(route)
          return options.forge?.request?.(route, parameters) ?? unexpected(route)
        },
        graphql: async (query, variables) => {
          told.asked.push('graphql')
          return options.forge?.graphql?.(query, variables) ?? unexpected(query)
        }
      }
    },
    cache: { available: false, restore: async () => false, save: async () => {} },
    idToken: async () => ''
  }
  const phase: Phase = {
    runner,
    ports: {
      log: {
        debug() {},
        info: line => void told.log.push(line),
        warn: line => void told.log.push(`warning: ${line}`)
      },
      progress: silentProgress,
      env: { PATH: join(root, 'bin'), HOME: root, ...options.env },
      signal: options.signal ?? new AbortController().signal
    },
    inputs: createInputs(options.inputs, job),
    system: 'x86_64-linux',
    steps: new Steps(),
    folder: join(root, 'temp', 'nix-seed-test'),
    cli: join(root, 'cli.js'),
    matcher: join(root, 'matcher.json')
  }
  return { phase, ...told, root, remove: () => rmSync(root, { recursive: true, force: true }) }
}
