/** Runs one phase of the action: binds the ports, reads inputs and state, and is the one place where failures end. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import * as core from '@actions/core'
import { annotationOf } from '../annotation.ts'
import { terminal } from '../cli/terminal.ts'
import { SeedError } from '../errors.ts'
import { systemOf, type Phase } from '../phases/context.ts'
import { parseInputs, secretsOf } from '../phases/inputs.ts'
import type { Ports } from '../ports.ts'
import type { FileCache } from '../runner.ts'
import { formatState, newState, parseState, type State } from '../state.ts'
import { Steps } from '../steps.ts'
import { outsideView } from './environment.ts'
import { plainLog } from './log.ts'
import { actionsRunner } from './runner.ts'

export interface PhaseOptions {
  /** `main` fails the job; the others tell what went wrong and leave it. */
  mayFail: boolean
  /** The folder of the bundles. */
  dist: string
  cache: FileCache
  /** Of this process: what the toolkit exports shows there too. */
  env: NodeJS.ProcessEnv
}

export async function runPhase(
  action: (phase: Phase, state: State) => Promise<void>,
  options: PhaseOptions
): Promise<void> {
  const { env } = options
  if (!options.mayFail) survive()
  const runner = actionsRunner(env, options.cache)
  const warnings: string[] = []
  const ports: Ports = { ...messages(warnings), env: outsideView(env), signal: cancellation() }
  const saved = parseState(runner.state)
  const state = saved.state ?? newState(Date.now())
  // A job may have several steps of this action, whose last phases come after all others.
  const folder = (state.folder ??= join(runner.job.temp, `nix-seed-${randomBytes(6).toString('hex')}`))
  try {
    const inputs = parseInputs(runner.inputs, runner.job)
    for (const secret of secretsOf(inputs)) runner.mask(secret)
    const system = systemOf(process.platform, process.arch)
    await action({ runner, ports, inputs, system, steps: new Steps(), folder, ...filesOf(options.dist) }, state)
  } catch (error) {
    const failure = ports.signal.aborted ? interrupted(error) : error
    const { title, message, stack } = annotationOf(failure)
    if (stack !== undefined) core.debug(stack)
    if (!options.mayFail) ports.log.info(`${title}: ${message}`)
    else {
      runner.annotate('error', message, { title })
      runner.fail()
      const { code, hint } = failure instanceof SeedError ? failure : {}
      const shown = failure instanceof SeedError ? failure.message : message
      state.main = {
        ...(state.main ?? { steps: [] }),
        error: { message: shown, ...(code !== undefined && { code }), ...(hint !== undefined && { hint }) }
      }
    }
  }
  const own = state.main ?? state.pre
  if (own) own.warnings = [...(own.warnings ?? []), ...warnings]
  try {
    runner.saveState(formatState(state))
  } catch (error) {
    ports.log.info(`Nothing could be left for the next phase: ${String(error)}`)
  }
}

/** A phase that may not fail does not do so by a defect either that shows outside of its flow. */
function survive(): void {
  process.on('uncaughtException', error => core.debug(String(error.stack)))
}

function filesOf(dist: string): Pick<Phase, 'cli' | 'matcher'> {
  return { cli: join(dist, 'cli', 'index.js'), matcher: join(dist, 'problem-matcher.json') }
}

function messages(warnings: string[]): Pick<Ports, 'log' | 'progress'> {
  const progress = terminal({ write: text => process.stdout.write(text) }, 'normal')
  return {
    log: {
      debug: line => core.debug(line),
      info: line => core.info(plainLog(line)),
      warn: line => {
        warnings.push(line)
        core.warning(line, { title: 'Nix Seed' })
      }
    },
    progress
  }
}

/** The runner sends SIGINT to a cancelled step, SIGTERM 7.5 s later, and kills it 2.5 s after that. */
function cancellation(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => controller.abort(new Error(`stopped by ${name}`)))
  }
  return controller.signal
}

function interrupted(cause: unknown): SeedError {
  if (cause instanceof SeedError && cause.code === 'INTERRUPTED') return cause
  return new SeedError('INTERRUPTED', 'the job was cancelled', { hint: 'What was begun can be run again.', cause })
}
