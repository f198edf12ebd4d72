/** The log of one phase: acts on its workflow commands and hides secrets, line by line, as the runner does. */
import { isAbsolute, join, relative } from 'node:path'
import type { Masks } from './masks.ts'
import type { Matchers } from './matchers.ts'
import { parseCommand, type Command } from './workflow-commands.ts'

export type Level = 'notice' | 'warning' | 'error'

export interface Annotation {
  level: Level
  message: string
  title?: string
  /** Relative to the workspace where it is below it. */
  file?: string
  line?: number
  /** Found by a problem matcher, not given by the action. */
  matched?: boolean
}

export interface LogOptions {
  masks: Masks
  matchers: Matchers
  workspace: string
  debug: boolean
  /** Gets every line as it was printed, except those that add a mask. */
  onPrinted(line: string): void
  /** Gets what a step adds to the masks. */
  onMask(secret: string): void
}

const NAMES = [
  'add-mask',
  'add-matcher',
  'add-path',
  'debug',
  'echo',
  'endgroup',
  'error',
  'group',
  'notice',
  'remove-matcher',
  'save-state',
  'set-env',
  'set-output',
  'stop-commands',
  'warning'
]

export class StepLog {
  /** What the log shows. */
  readonly lines: string[] = []
  readonly annotations: Annotation[] = []
  /** Titles of the groups, in their order. */
  readonly groups: string[] = []
  readonly debugLines: string[] = []
  /** By the deprecated commands. */
  readonly outputs: Record<string, string> = {}
  readonly state: Record<string, string> = {}
  /** A command could not be carried out, which fails the step. */
  failed = false
  readonly #options: LogOptions
  readonly #names = new Set(NAMES)
  #resumeToken: string | undefined

  constructor(options: LogOptions) {
    this.#options = options
  }

  get text(): string {
    return this.lines.join('\n')
  }

  /** Takes a line that a process printed. */
  take(line: string): void {
    const command = parseCommand(line, this.#names)
    const addsMask = command?.name.toLowerCase() === 'add-mask' && this.#resumeToken === undefined
    if (!addsMask) this.#options.onPrinted(line)
    if (command !== undefined && this.#obey(command, line)) return
    const match = this.#options.matchers.match(line)
    const level = levelOf(match?.severity)
    if (match === undefined || match.message.trim() === '' || level === undefined) return this.print(line)
    const { file, line: number } = match
    this.annotate(level, match.message, {
      matched: true,
      ...(file !== undefined && { file: this.#relativeTo(file) }),
      ...(number !== undefined && { line: number })
    })
  }

  /** Shows a line, without its secrets. */
  print(line: string): void {
    this.lines.push(this.#options.masks.apply(line))
  }

  annotate(level: Level, message: string, properties: Omit<Annotation, 'level' | 'message'> = {}): void {
    const { masks } = this.#options
    const { title } = properties
    this.annotations.push({
      level,
      message: masks.apply(message),
      ...properties,
      ...(title !== undefined && { title: masks.apply(title) })
    })
    this.print(`##[${level}]${message}`)
  }

  /** False if the line is to be shown as text. */
  #obey(command: Command, line: string): boolean {
    const name = command.name.toLowerCase()
    if (this.#resumeToken !== undefined) {
      if (name !== this.#resumeToken) return false
      this.#names.delete(name)
      this.#resumeToken = undefined
      this.print(line)
      return true
    }
    if (name === 'stop-commands') {
      this.#resumeToken = command.data.toLowerCase()
      this.#names.add(this.#resumeToken)
      this.print(line)
      return true
    }
    try {
      this.#carryOut(name, command)
    } catch (error) {
      this.annotate('error', `Unable to process command '${line}' successfully.`)
      this.annotate('error', (error as Error).message)
      this.failed = true
    }
    return true
  }

  #carryOut(name: string, { properties, data }: Command): void {
    switch (name) {
      case 'add-mask':
        if (data.trim() === '') {
          return this.annotate('warning', "Can't add secret mask for empty string in ##[add-mask] command.")
        }
        this.#options.masks.add(data)
        return this.#options.onMask(data)
      case 'group':
      case 'endgroup':
        if (name === 'group') this.groups.push(this.#options.masks.apply(data))
        return this.print(`##[${name}]${name === 'group' ? data : ''}`)
      case 'debug':
        this.debugLines.push(this.#options.masks.apply(data))
        return this.#options.debug ? this.print(`##[debug]${data}`) : undefined
      case 'notice':
      case 'warning':
      case 'error':
        return this.#annotateBy(name, properties, data)
      case 'add-matcher':
        return this.#options.matchers.addFile(isAbsolute(data) ? data : join(this.#options.workspace, data))
      case 'remove-matcher':
        return this.#options.matchers.remove(properties.owner ?? '')
      case 'set-output':
        this.outputs[properties.name ?? ''] = data
        return
      case 'save-state':
        this.state[properties.name ?? ''] = data
        return
      case 'set-env':
      case 'add-path':
        throw new Error(`The \`${name}\` command is disabled.`)
    }
  }

  #annotateBy(level: Level, properties: Command['properties'], message: string): void {
    const { title, file, line } = properties
    this.annotate(level, message, {
      ...(title !== undefined && { title }),
      ...(file !== undefined && { file: this.#relativeTo(file) }),
      ...(line !== undefined && { line: Number(line) })
    })
  }

  #relativeTo(file: string): string {
    const path = relative(this.#options.workspace, file)
    return isAbsolute(file) && !path.startsWith('..') ? path : file
  }
}

function levelOf(severity: string | undefined): Level | undefined {
  const name = severity?.toLowerCase()
  return name === 'error' || name === 'warning' || name === 'notice' ? name : undefined
}
