/** Flakes in throw-away folders, for tests that ask a real Nix. They need no nixpkgs and no network. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll } from '@jest/globals'
import type { Ports } from '../../src/ports.ts'
import { silentProgress } from '../../src/ports.ts'
import { output } from './lab.ts'

/** What was said while a test ran. */
export interface TestPorts extends Ports {
  lines: string[]
  abort(): void
}

/** Ports whose log is remembered; Nix finds no user settings and keeps its caches and temporary files in `folder`. */
export function testPorts(folder: string): TestPorts {
  const lines: string[] = []
  const controller = new AbortController()
  const tell = (line: string) => lines.push(line)
  mkdirSync(join(folder, 'tmp'), { recursive: true })
  return {
    lines,
    abort: () => controller.abort(),
    log: { debug() {}, info: tell, warn: tell },
    progress: silentProgress,
    env: { ...process.env, ...nixEnvironment(folder) },
    signal: controller.signal
  }
}

function nixEnvironment(folder: string): Record<string, string> {
  return {
    HOME: join(folder, 'home'),
    TMPDIR: join(folder, 'tmp'),
    NIX_CONFIG: 'experimental-features = nix-command flakes\nsubstituters =\nflake-registry =',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: 'test',
    GIT_AUTHOR_EMAIL: 'test@localhost',
    GIT_COMMITTER_NAME: 'test',
    GIT_COMMITTER_EMAIL: 'test@localhost'
  }
}

/** A folder in which a test makes its flakes. */
export interface Workshop {
  readonly folder: string
  readonly ports: TestPorts
  /** Writes files (paths relative to the folder); missing folders are made. */
  write: (files: Readonly<Record<string, string>>) => void
  path: (name: string) => string
  /** Runs a command that has to succeed, in a folder of the workshop. */
  run: (cwd: string, ...command: string[]) => Promise<string>
  /** Locks the flake in `name`. With Git, all of its files are tracked and committed. */
  lock: (name: string, options?: { git?: boolean }) => Promise<void>
}

/** Makes a workshop for the tests of this `describe` (or file) that is removed afterwards. */
export function useWorkshop(): () => Workshop {
  let workshop: Workshop | undefined
  beforeAll(() => {
    workshop = makeWorkshop(mkdtempSync(join(tmpdir(), 'nix-seed-test-')))
  })
  afterAll(() => {
    if (workshop !== undefined) rmSync(workshop.folder, { recursive: true, force: true })
  })
  return () => {
    if (workshop === undefined) throw new Error('there is no workshop yet')
    return workshop
  }
}

function makeWorkshop(folder: string): Workshop {
  const path = (name: string) => join(folder, name)
  const run = (cwd: string, ...command: string[]) => output(command, { cwd: path(cwd), env: nixEnvironment(folder) })
  return {
    folder,
    ports: testPorts(folder),
    path,
    run,
    write: files => {
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(path(name)), { recursive: true })
        writeFileSync(path(name), text)
      }
    },
    lock: async (name, { git = false } = {}) => {
      if (git) {
        await run(name, 'git', 'init', '--quiet', '--initial-branch', 'main')
        await run(name, 'git', 'add', '.')
      }
      await run(name, 'nix', 'flake', 'lock', '.')
      if (!git) return
      await run(name, 'git', 'add', '.')
      await run(name, 'git', 'commit', '--quiet', '--message', 'first')
    }
  }
}

/**
 * A flake that stands in for nixpkgs: `mk NAME ATTRIBUTES` is a derivation that writes its name; the packages have a
 * dependency each, which no project needs to build with them.
 */
export const PACKAGES_FLAKE = `
{
  outputs = { self }: {
    legacyPackages = builtins.mapAttrs (system: _:
      let
        mk = name: attributes: derivation ({
          inherit name system;
          builder = "/bin/sh";
          args = [ "-c" "echo $name > $out; test -z \\"$dev\\" || echo $name > $dev" ];
          outputs = [ "out" ];
        } // attributes);
        package = name: {
          inherit name;
          value = mk name { outputs = [ "out" "dev" ]; behind = mk "behind-\${name}" { }; };
        };
      in { inherit mk; bashInteractive = mk "bash-interactive" { }; }
        // builtins.listToAttrs (map package [ "compiler" "library" "tool" "patch" "plain" "checker" "shell-tool" ])
    ) { x86_64-linux = 1; aarch64-linux = 1; };
  };
}
`
