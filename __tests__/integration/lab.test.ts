import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { baseName } from '../../lab/base.ts'
import { openLabFolder, readLabPath, TREE } from '../../lab/folder.ts'
import { LAB_TOOLS, missingTools } from '../../lab/tools.ts'
import {
  docker,
  dockerRun,
  output,
  podman,
  podmanRun,
  requireLab,
  run,
  startService,
  stopService,
  useService,
  useTempFolder,
  withNixFolder,
  writeTinyImage
} from '../support/lab.ts'

const TIMEOUT_MS = 120_000
const folder = openLabFolder(
  readLabPath({ ...process.env, NIX_SEED_LAB: process.env.NIX_SEED_LAB?.replace(/^off$/, '') })
)

/** Command line and environment of a run that is a new one even where the tests themselves are in one. */
const labCommand = (...args: string[]) => [process.execPath, join(TREE, 'lab', 'main.ts'), ...args]
const env = { NIX_SEED_LAB_INSIDE: undefined, NIX_SEED_LAB: folder.path }
const inRun = (...command: string[]) => run(labCommand('run', '--bare', '--', ...command), { env })

/** Starts a run that goes on, and waits for its first line. */
async function startRun(script: string, ...args: string[]) {
  const [program = '', ...rest] = labCommand('run', '--bare', '--', 'sh', '-c', script, 'sh', ...args)
  const child = spawn(program, rest, { env: { ...process.env, ...env } })
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>
  child.stderr.pipe(process.stderr)
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const first = (await lines.next()).value as string
  return { child, ended, first, next: async () => (await lines.next()).value as string }
}

/** Ids of the processes whose command line has the word `mark`. */
function processesWith(mark: string): string[] {
  return readdirSync('/proc').filter(pid => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(mark)
    } catch {
      return false
    }
  })
}

async function eventually(holds: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 200 && !holds(); attempt++) await sleep(50)
  expect(holds()).toBe(true)
}

/** A number of seconds for `sleep`, told apart from all others. */
const mark = (n: number) => `${1000 + n}.${process.pid}`

describe('a run', () => {
  test(
    'has the tree, the directory and Node.js at their places, root, a loopback, and Debian',
    async () => {
      const started = performance.now()
      const script =
        'pwd; command -v node; node --version; id -u; echo $HOME; cat /sys/class/net/lo/operstate; head -1 /etc/os-release; test -e package.json'
      const { code, stdout, stderr } = await inRun('sh', '-c', script)
      process.stderr.write(`lab: entered, ran and left in ${Math.round(performance.now() - started)} ms\n`)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      const [directory, node, version, uid, home, , release] = stdout.split('\n')
      expect({ directory, uid, home }).toEqual({ directory: process.cwd(), uid: '0', home: '/root' })
      expect(node).toMatch(/^\/.*\/node$/)
      expect(Number(/^v(\d+)/.exec(version ?? '')?.[1])).toBeGreaterThanOrEqual(24)
      expect(release).toContain('Debian')
    },
    TIMEOUT_MS
  )

  test(
    'hands its exit code and its input and output on',
    async () => {
      const command = labCommand('run', '--bare', 'sh', '-c', 'cat; echo problem >&2; exit 7')
      expect(await run(command, { env, input: 'through\n' })).toEqual({
        code: 7,
        stdout: 'through\n',
        stderr: 'problem\n'
      })
      expect((await inRun('sh', '-c', 'kill -KILL $$')).code).toBe(128 + 9)
    },
    TIMEOUT_MS
  )

  test(
    'leaves what it changes behind, and nothing else',
    async () => {
      const { stdout } = await inRun(
        'sh',
        '-c',
        'echo $NIX_SEED_LAB_INSIDE; mkdir /nix/left; rm /usr/bin/git; echo x >/tmp/left'
      )
      expect(readdirSync(folder.runs).filter(name => name.startsWith(stdout.trim()))).toEqual([])
      const second = await inRun('sh', '-c', 'ls /nix/left /tmp/left; git --version')
      expect(second.stdout).toMatch(/^git version/)
      expect(readFileSync('/proc/mounts', 'utf8')).not.toContain(stdout.trim())
    },
    TIMEOUT_MS
  )

  test(
    'builds with Nix in its sandbox',
    async () => {
      const script = 'echo $PPID-$$ > $out; if [ -e /etc/debian_version ]; then exit 1; fi'
      const expression = `derivation { name = "x"; system = builtins.currentSystem; builder = "/bin/sh"; args = ["-c" ''${script}'']; }`
      const { code, stdout, stderr } = await inRun(
        'nix',
        'build',
        '--impure',
        '--no-link',
        '--print-out-paths',
        '--expr',
        expression
      )
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toMatch(/^\/nix\/store\/[a-z0-9]{32}-x\n$/)
    },
    TIMEOUT_MS
  )

  test(
    'can mount an overlay whose upper directory is under /tmp, and under /nix once that is a folder of /tmp',
    async () => {
      const overlay = (at: string) =>
        `set -e; mkdir -p ${at}/l ${at}/u ${at}/w ${at}/m; mount -t overlay -o lowerdir=${at}/l,upperdir=${at}/u,workdir=${at}/w x ${at}/m; echo hi >${at}/m/f; cat ${at}/u/f`
      expect(await inRun('sh', '-c', overlay('/tmp/o'))).toEqual({ code: 0, stdout: 'hi\n', stderr: '' })
      const onNix = await inRun(...withNixFolder('/tmp/nix', ['sh', '-c', overlay('/nix/o')]))
      expect(onNix).toEqual({ code: 0, stdout: 'hi\n', stderr: '' })
    },
    TIMEOUT_MS
  )
})

describe('when two runs go on at once', () => {
  test(
    'neither sees the files, processes or ports of the other',
    async () => {
      const script = `echo $1 | tee /etc/who /tmp/who /nix/who /dev/shm/who >/run/who
        sleep 600 &
        node -e 'require("http").createServer((_, r) => r.end(process.argv[1])).listen(5000, "127.0.0.1", () => console.log("up"))' "$1" &
        read -r go
        cat /etc/who /tmp/who /nix/who /dev/shm/who /run/who | tr '\\n' ' '
        curl -s http://127.0.0.1:5000; echo " $(pgrep -c sleep)"`
      const runs = await Promise.all([startRun(script, 'one'), startRun(script, 'two')])
      expect(runs.map(each => each.first)).toEqual(['up', 'up'])
      for (const each of runs) each.child.stdin.write('go\n')
      const said = await Promise.all(runs.map(each => each.next()))
      expect(said).toEqual(['one one one one one one 1', 'two two two two two two 1'])
      expect(await Promise.all(runs.map(each => each.ended))).toEqual([
        [0, null],
        [0, null]
      ])
    },
    TIMEOUT_MS
  )
})

describe('when a run is interrupted', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s reaches the command, and its processes and files go',
    async signal => {
      const script = 'trap "echo told; exit 3" TERM INT; echo $NIX_SEED_LAB_INSIDE; sleep $1 & wait'
      const { child, ended, first, next } = await startRun(script, mark(1))
      child.kill(signal)
      expect(await next()).toBe('told')
      expect(await ended).toEqual([3, null])
      expect(processesWith(mark(1))).toEqual([])
      expect(readdirSync(folder.runs).filter(name => name.startsWith(first))).toEqual([])
    },
    TIMEOUT_MS
  )

  test(
    'SIGKILL ends its processes too, and the next run removes its files',
    async () => {
      const { child, ended, first } = await startRun('echo $NIX_SEED_LAB_INSIDE; setsid sleep $1 & sleep $1', mark(2))
      expect(processesWith(mark(2)).length).toBeGreaterThan(0)
      child.kill('SIGKILL')
      await ended
      await eventually(() => processesWith(mark(2)).length === 0)
      expect(existsSync(join(folder.runs, first))).toBe(true)
      expect(readFileSync('/proc/mounts', 'utf8')).not.toContain(first)
      expect((await inRun('true')).code).toBe(0)
      expect(readdirSync(folder.runs).filter(name => name.startsWith(first))).toEqual([])
    },
    TIMEOUT_MS
  )
})

describe('when the package set’s program changes', () => {
  // A tree and a lab of their own, with another program; the base is a link to the one that is there already.
  const tree = useTempFolder()
  const lab = useTempFolder()
  const treeEnv = () => ({ ...env, NIX_SEED_LAB: lab() })
  const prepare = (text: string) => writeFileSync(join(tree(), 'lab', 'packages', 'prepare.ts'), text)
  const inTree = (...command: string[]) =>
    run([process.execPath, join(tree(), 'lab', 'main.ts'), ...command], { env: treeEnv(), cwd: tree() })
  const layers = () => readdirSync(lab()).filter(name => name.startsWith('packages-'))

  beforeAll(() => {
    for (const name of ['lab', 'src']) {
      cpSync(join(TREE, name), join(tree(), name), { recursive: true, filter: path => basename(path) !== 'packages' })
    }
    writeFileSync(join(tree(), 'package.json'), '{ "type": "module" }')
    mkdirSync(join(tree(), 'lab', 'packages'))
    symlinkSync(join(folder.path, baseName()), join(lab(), baseName()))
  })

  test(
    'it runs once in the base, and what it wrote is in every run',
    async () => {
      prepare(`import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
        mkdirSync('/nix/store', { recursive: true })
        mkdirSync('/lab/packages', { recursive: true })
        writeFileSync('/nix/store/made', process.env.NIX_SEED_LAB_DOWNLOADS ?? '')
        rmSync('/usr/bin/jq')`)
      const script = 'cat /nix/store/made; test -d /lab/packages; command -v jq || echo " gone"'
      const first = await inTree('run', 'sh', '-c', script)
      expect(first).toMatchObject({ code: 0, stdout: `${join(lab(), 'downloads')} gone\n` })
      expect(first.stderr).toContain('preparing the package set')
      expect(await inTree('run', 'sh', '-c', script)).toEqual({ code: 0, stdout: first.stdout, stderr: '' })
    },
    TIMEOUT_MS
  )

  test(
    'a program that fails leaves no layer and says why',
    async () => {
      const there = layers()
      prepare(`console.error('no such package: cobol'); process.exitCode = 3`)
      const { code, stderr } = await inTree('run', 'true')
      expect(code).toBe(1)
      expect(stderr).toContain('exit code 3')
      expect(stderr).toContain('no such package: cobol')
      expect(layers()).toEqual(there)
    },
    TIMEOUT_MS
  )

  test(
    'one that is interrupted or killed is run again from nothing',
    async () => {
      const there = layers()
      // Hangs as long as a file of the tree is there, which is no part of what the layer's name is made of.
      const hold = join(tree(), 'hold')
      writeFileSync(hold, '')
      prepare(`import { existsSync, writeFileSync } from 'node:fs'
        if (existsSync('/half-made')) throw new Error('not from nothing')
        writeFileSync('/half-made', '')
        console.log('packages: half-way')
        if (existsSync(${JSON.stringify(hold)})) setInterval(() => {}, 60_000)`)
      for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
        const child = spawn(process.execPath, [join(tree(), 'lab', 'main.ts'), 'make'], {
          env: { ...process.env, ...treeEnv() }
        })
        const exit = once(child, 'exit')
        for await (const line of createInterface(child.stderr)) if (line.endsWith('half-way')) child.kill(signal)
        expect(await exit).toEqual(signal === 'SIGTERM' ? [130, null] : [null, 'SIGKILL'])
        const parts = layers().filter(name => !there.includes(name))
        expect(parts).toEqual(signal === 'SIGTERM' ? [] : [expect.stringMatching(/\.part$/)])
      }
      rmSync(hold)
      expect(await inTree('run', 'test', '-e', '/half-made')).toMatchObject({ code: 0 })
      expect(layers().filter(name => name.endsWith('.part'))).toEqual([])
    },
    TIMEOUT_MS
  )

  test(
    'clean removes it all, unless a run is going on',
    async () => {
      const args = [join(tree(), 'lab', 'main.ts'), 'run', 'sh', '-c', 'echo; cat']
      const child = spawn(process.execPath, args, { env: { ...process.env, ...treeEnv() } })
      const exit = once(child, 'exit')
      await once(child.stdout, 'data')
      expect(await inTree('clean')).toMatchObject({ code: 1, stderr: expect.stringContaining('the lab is in use') })
      child.stdin.end()
      expect(await exit).toEqual([0, null])
      expect(await inTree('clean')).toEqual({ code: 0, stdout: '', stderr: '' })
      expect(existsSync(lab())).toBe(false)
      expect(existsSync(join(folder.path, baseName(), 'root', 'etc'))).toBe(true)
    },
    TIMEOUT_MS
  )
})

describe('services', () => {
  requireLab()
  const registry = useService('registry', { account: { user: 'ada', password: 'pass word' } })
  const crane = useService('crane-registry')
  const dockerd = useService('dockerd')
  const containerd = useService('containerd')
  const files = useTempFolder()

  test('registries answer, with an account if they are told so', async () => {
    const ask = async (address: string, headers = {}) => (await fetch(`http://${address}/v2/`, { headers })).status
    const authorization = `Basic ${Buffer.from('ada:pass word').toString('base64')}`
    expect(await ask(registry().address)).toBe(401)
    expect(await ask(registry().address, { authorization })).toBe(200)
    expect(await ask(crane().address)).toBe(200)
  })

  test('containerd answers', async () => {
    expect(await output(['ctr', '--address', containerd().address, 'version'])).toContain('Server:')
  })

  test(
    'docker and podman load and run an image without a network',
    async () => {
      const archive = await writeTinyImage(files(), 'localhost/tiny:1')
      const hello = ['localhost/tiny:1', 'sh', '-c', 'echo hello; ls /sys/class/net']
      expect(await output(docker(dockerd(), 'load', '--input', archive))).toContain('localhost/tiny:1')
      expect(await output(dockerRun(dockerd(), '--rm', ...hello))).toBe('hello\nlo')
      expect(await output(podman('load', '--input', archive))).toContain('localhost/tiny:1')
      expect(await output(podmanRun('--rm', ...hello))).toBe('hello\nlo')
    },
    TIMEOUT_MS
  )

  test(
    'one that is stopped leaves no process, mount or file; one that cannot start shows its log',
    async () => {
      const service = await startService('dockerd')
      await output(docker(service, 'load', '--input', join(files(), 'tiny.tar')))
      await output(
        dockerRun(
          service,
          '--detach',
          '--stop-timeout',
          '1',
          'localhost/tiny:1',
          'sh',
          '-c',
          `exec busybox sleep ${mark(3)}`
        )
      )
      expect(processesWith(mark(3))).toHaveLength(1)
      await stopService(service)
      expect(processesWith(mark(3))).toEqual([])
      expect(existsSync(service.folder)).toBe(false)
      expect(readFileSync('/proc/mounts', 'utf8')).not.toContain(service.folder)
      await expect(startService('containerd', { socket: '/proc/nowhere/socket' })).rejects.toThrow(
        /ended.*\n.*nowhere/s
      )
    },
    TIMEOUT_MS
  )

  test(
    'by name on the command line',
    async () => {
      const started = await output(labCommand('service', 'start', 'registry', 'crane-registry'))
      expect(started).toMatch(/^export REGISTRY=127\.0\.0\.1:\d+\nexport CRANE_REGISTRY=127\.0\.0\.1:\d+$/)
      const again = await run(labCommand('service', 'start', 'registry'))
      expect(again).toEqual({ code: 2, stdout: '', stderr: 'lab: registry is started already\n' })
      expect(await output(labCommand('service', 'stop', 'registry', 'crane-registry'))).toBe('')
      const address = /REGISTRY=(.*)/.exec(started)?.[1]
      await expect(fetch(`http://${address}/v2/`)).rejects.toThrow()
    },
    TIMEOUT_MS
  )
})

describe('wrong use', () => {
  test.each([
    [['run'], 'run needs a command'],
    [['run', '--network', 'bridge', 'true'], '--network takes none or host'],
    [['run', '--bind', '/nowhere', 'true'], '--bind needs a path that exists'],
    [['service', 'start', 'postgres'], 'registry, crane-registry, dockerd, containerd'],
    [['clean', 'all'], 'clean takes no arguments'],
    [['destroy'], 'there is no command destroy']
  ])('%j is refused with 2', async (args, message) => {
    const { code, stderr } = await run(labCommand(...args))
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) })
  })

  test('a lab that is off names the tools that are missing', async () => {
    const off = { ...env, NIX_SEED_LAB: 'off', PATH: '/nowhere' }
    const { code, stderr } = await run(labCommand('run', 'true'), { env: off })
    // Where the machine has every tool, there is nothing to complain about.
    if (missingTools(LAB_TOOLS).length > 0)
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/lacks .*nix/) })
    else expect(stderr).toContain('using this machine’s own tools')
  })
})
