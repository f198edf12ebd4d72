/** The machine and the programs that were measured, without names of hosts or places. */
import { execFileSync } from 'node:child_process'
import { availableParallelism, cpus, release, totalmem } from 'node:os'

export interface Machine {
  cores: number
  processor: string
  memoryBytes: number
  kernel: string
  fileSystem: string
  /** By program. */
  versions: Record<string, string>
}

const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  nix: ['nix', '--version'],
  docker: ['docker', '--version'],
  podman: ['podman', '--version'],
  'docker-registry': ['docker-registry', '--version'],
  curl: ['curl', '--version'],
  tar: ['tar', '--version'],
  zstd: ['zstd', '--version']
}

/** @param folder where everything is measured */
export function describeMachine(folder: string): Machine {
  const versions = Object.entries(PROGRAMS).map(([name, command]) => [name, versionIn(output(command))])
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? 'unknown',
    memoryBytes: totalmem(),
    kernel: release().replace(/-.*/, ''),
    fileSystem: output(['findmnt', '--noheadings', '--output', 'FSTYPE', '--target', folder]).trim(),
    versions: { node: process.versions.node, ...(Object.fromEntries(versions) as Record<string, string>) }
  }
}

/** The first thing in a text that looks like a version. */
export function versionIn(text: string): string {
  return /\d+(\.\d+)+/.exec(text)?.[0] ?? 'unknown'
}

function output([program = '', ...args]: readonly string[]): string {
  return execFileSync(program, args, { encoding: 'utf8' })
}
