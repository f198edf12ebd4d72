/** The runner that the tests of the action are run by, with small scripts in place of the action. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { startJob, type Job, type JobOptions } from '../../support/phases.ts'

const TOKEN = 'ghs_0123456789abcdefghij'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'phases-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

interface Scripts {
  pre?: string
  main?: string
  post?: string
  inputs?: string
}

/** An action whose phases are the given programs. `write(FILE, TEXT)` and `say(TEXT)` are there for them. */
function job(scripts: Scripts = {}, options: Partial<JobOptions> = {}): Job {
  const action = join(folder, 'action')
  mkdirSync(action, { recursive: true })
  const prelude = `
const fs = require('node:fs'), env = process.env
const say = text => fs.writeSync(1, text + '\\n')
const write = (name, text) => fs.appendFileSync(env['GITHUB_' + name], text + '\\n')
`
  for (const phase of ['pre', 'main', 'post'] as const) {
    writeFileSync(join(action, `${phase}.cjs`), prelude + (scripts[phase] ?? ''))
  }
  const runs = 'runs: { using: node24, pre: pre.cjs, main: main.cjs, post: post.cjs }'
  writeFileSync(join(action, 'action.yml'), `name: Test\ninputs:\n${scripts.inputs ?? '  none: {}'}\n${runs}\n`)
  return startJob({
    folder: join(folder, 'job'),
    action,
    event: 'push',
    repository: 'org/hello',
    sha: '1'.repeat(40),
    token: TOKEN,
    ...options
  })
}

describe('files of a step', () => {
  test('are read by their heredocs and lines', async () => {
    const main = `
      write('OUTPUT', 'one=a=b<<c'); write('OUTPUT', 'two<<END\\nfirst\\n\\nthird=x\\nEND'); write('OUTPUT', 'none<<E\\nE')
      write('OUTPUT', 'one=again')`
    const step = job({ main }).use()
    const { outputs, failed } = await step.main()
    expect(outputs).toEqual({ one: 'again', two: 'first\n\nthird=x', none: '' })
    expect(failed).toBe(false)
    expect(step.outputs).toEqual(outputs)
  })

  test.each([
    ['a block without an end', 'name<<END\\nvalue\\nEN', "Invalid value. Matching delimiter not found 'END'"],
    ['an end in the middle of a line', 'name<<END\\nvalueEND', "Invalid value. Matching delimiter not found 'END'"],
    ['no delimiter', 'name<<\\nvalue', 'delimiter must not be empty'],
    ['no name', '=value', 'Name must not be empty'],
    ['neither', 'value', "Invalid format 'value'"]
  ])('fail the step with %s', async (_, text, message) => {
    const result = await job({ main: `write('ENV', '${text}')` })
      .use()
      .main()
    expect(result).toMatchObject({ failed: true, exitCode: 0, conclusion: 'failure', env: {} })
    expect(result.annotations).toEqual([
      { level: 'error', message: "Unable to process file command 'env' successfully." },
      { level: 'error', message: expect.stringContaining(message) }
    ])
  })

  test('set variables and PATH for later steps, and those alone', async () => {
    const main = `
      write('ENV', 'COLOUR=blue'); write('ENV', 'TEXT<<E\\na\\nb\\nE')
      write('PATH', '/first'); write('PATH', '/second')
      say('now ' + env.COLOUR)`
    const it = job({ main, post: `say(env.COLOUR + ' ' + env.PATH)` })
    const step = it.use()
    expect((await step.main()).log).toBe('now undefined')
    expect((await it.run('echo "$COLOUR $TEXT $PATH"')).log).toBe(`blue a\nb /second:/first:/usr/local/sbin${PATH}`)
    await it.run('echo /first >> "$GITHUB_PATH"; echo COLOUR=red >> "$GITHUB_ENV"')
    expect((await step.post()).log).toBe(`red /first:/second:/usr/local/sbin${PATH}`)
  })

  test('cannot set NODE_OPTIONS', async () => {
    const it = job({ main: `write('ENV', 'node_options=--version'); write('ENV', 'OTHER=1')` })
    const result = await it.use().main()
    expect(result).toMatchObject({ failed: false, env: { OTHER: '1' } })
    expect(result.annotations).toEqual([{ level: 'error', message: expect.stringContaining('node_options') }])
    expect(it.env).toEqual({ OTHER: '1' })
  })

  test('hold the summary of a step', async () => {
    const it = job({ main: `write('STEP_SUMMARY', '# Title')`, post: `write('STEP_SUMMARY', 'more')` })
    const step = it.use()
    expect((await step.main()).summary).toBe('# Title\n')
    expect((await step.post()).summary).toBe('more\n')
  })
})

const PATH = ':/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

describe('phases', () => {
  const report = `say(env.INPUT_NAME + ' ' + (env.STATE_from ?? '-')); write('STATE', 'from=' + env.INPUT_NAME + '-`
  const scripts = {
    inputs: '  name: {}',
    pre: `${report}pre')`,
    main: `${report}main')`,
    post: `say(env.INPUT_NAME + ' ' + env.STATE_from)`
  }

  test('are run in the order of the runner, and hand state over within their step', async () => {
    const it = job(scripts)
    const a = it.use({ name: 'a' })
    const b = it.use({ name: 'b' })
    const pres = await it.pre()
    expect(pres.map(each => each.log)).toEqual(['a -', 'b -'])
    expect((await a.main()).log).toBe('a a-pre')
    expect((await b.main()).log).toBe('b b-pre')
    expect((await it.post()).map(each => each.log)).toEqual(['b b-main', 'a a-main'])
    expect(it.status).toBe('success')
  })

  test('are refused in any other order', async () => {
    const it = job(scripts)
    const a = it.use({ name: 'a' })
    const b = it.use({ name: 'b' })
    await b.main()
    await expect(a.main()).rejects.toThrow('in their order')
    await expect(a.pre()).rejects.toThrow('before the first step')
    await expect(b.main()).rejects.toThrow('once')
    expect(() => it.use()).toThrow('under way')
    await b.post()
  })

  test('are refused while another runs', async () => {
    const it = job()
    const running = await it.use().start('main')
    await expect(it.run('true')).rejects.toThrow('one phase after the other')
    await running?.done
  })

  test('of main are skipped after a failure, those of post are not', async () => {
    const it = job({ ...scripts, pre: 'process.exit(3)' })
    const step = it.use({ name: 'a' })
    expect(await step.pre()).toMatchObject({ conclusion: 'failure', exitCode: 3 })
    expect(it.status).toBe('failure')
    expect((await step.main()).conclusion).toBe('skipped')
    expect((await it.run('true')).conclusion).toBe('skipped')
    expect((await step.post()).conclusion).toBe('success')
  })

  test('of post are skipped where nothing of the step began', async () => {
    const it = job({ ...scripts, main: 'process.exit(1)' })
    const a = it.use({ name: 'a' })
    const b = it.use({ name: 'b' })
    await a.main()
    expect((await b.main()).conclusion).toBe('skipped')
    expect((await it.post()).map(each => each.conclusion)).toEqual(['skipped', 'success'])
  })

  test('go on after the failure of a step that may fail', async () => {
    const it = job({ main: 'process.exit(1)' })
    expect(await it.use({}, { continueOnError: true }).main()).toMatchObject({ failed: true })
    expect(it.status).toBe('success')
  })
})

describe('what a phase is given', () => {
  test('inputs: over the defaults, evaluated, with spaces but no dashes replaced', async () => {
    const inputs = [
      '  github-token: { default: "${{ github.token }}" }',
      '  two words: { default: "${{ github.repository }}:${{ runner.os }}" }',
      '  switch: { default: true }',
      '  empty: {}',
      '  old: { deprecationMessage: Use new. }'
    ].join('\n')
    const main = `say(JSON.stringify(Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('INPUT_')))))`
    const it = job({ inputs, main }, { secrets: { KEY: 'a-secret-key' } })
    const result = await it.use({ empty: 'a ${{ secrets.KEY }}', unknown: '1', Old: 'x' }).main()
    const shown = JSON.parse(result.log.split('\n').at(-1) ?? '')
    expect(shown).toEqual({
      'INPUT_GITHUB-TOKEN': '***',
      INPUT_TWO_WORDS: 'org/hello:Linux',
      INPUT_SWITCH: 'true',
      INPUT_EMPTY: 'a ***',
      INPUT_OLD: 'x',
      INPUT_UNKNOWN: '1'
    })
    expect(result.annotations.map(each => each.message)).toEqual([
      "Input 'Old' has been deprecated with message: Use new.",
      "Unexpected input(s) 'unknown', valid inputs are ['github-token', 'two words', 'switch', 'empty', 'old']"
    ])
  })

  test('variables and payload of a push', async () => {
    const main = `say(JSON.stringify([env, JSON.parse(fs.readFileSync(env.GITHUB_EVENT_PATH))]))`
    const it = job({ main }, { serverUrl: 'https://github.example', debug: true })
    const [env, event] = JSON.parse((await it.use().main()).log)
    expect(env).toMatchObject({
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_API_URL: 'https://github.example/api/v3',
      GITHUB_GRAPHQL_URL: 'https://github.example/api/graphql',
      GITHUB_BASE_REF: '',
      GITHUB_EVENT_NAME: 'push',
      GITHUB_REF: 'refs/heads/main',
      GITHUB_REF_NAME: 'main',
      GITHUB_REF_TYPE: 'branch',
      GITHUB_REPOSITORY_OWNER: 'org',
      GITHUB_WORKFLOW_REF: 'org/hello/.github/workflows/ci.yml@refs/heads/main',
      GITHUB_WORKSPACE: it.folders.workspace,
      RUNNER_TEMP: it.folders.temp,
      RUNNER_DEBUG: '1',
      HOME: it.folders.home
    })
    // That of the tests is not the runner's.
    expect(Object.keys(env).filter(name => /^(npm_|NODE_OPTIONS|JEST_)/.test(name))).toEqual([])
    expect(env.GITHUB_TOKEN).toBeUndefined()
    expect(event).toMatchObject({
      after: '1'.repeat(40),
      repository: { full_name: 'org/hello', default_branch: 'main' }
    })
  })

  test('the payload of a pull request from a fork', async () => {
    const main = `say(JSON.stringify([env, JSON.parse(fs.readFileSync(env.GITHUB_EVENT_PATH))]))`
    const head = { repository: 'someone/hello', branch: 'topic', sha: '2'.repeat(40) }
    const it = job({ main }, { event: 'pull_request', pullRequest: { number: 7, head } })
    const [env, event] = JSON.parse((await it.use().main()).log)
    expect(env).toMatchObject({
      GITHUB_REF: 'refs/pull/7/merge',
      GITHUB_REF_NAME: '7/merge',
      GITHUB_HEAD_REF: 'topic',
      GITHUB_BASE_REF: 'main'
    })
    expect(event.pull_request.head.repo).toMatchObject({ full_name: 'someone/hello', fork: true })
    expect(event.pull_request.base.repo).toMatchObject({ full_name: 'org/hello', fork: false })
  })

  test('services of GitHub: to actions, and to no script', async () => {
    const show = 'ACTIONS_RESULTS_URL ACTIONS_RUNTIME_TOKEN ACTIONS_ID_TOKEN_REQUEST_URL ACTIONS_ID_TOKEN_REQUEST_TOKEN'
    const main = `say('${show}'.split(' ').map(name => env[name]).join(' '))`
    const cache = { url: 'http://127.0.0.1:1/', token: 'runtime-token' }
    const oidc = { url: 'http://127.0.0.1:2/', token: 'request-token' }
    const it = job({ main }, { cache, oidc })
    const step = it.use()
    expect((await step.main()).log).toBe('http://127.0.0.1:1/ *** http://127.0.0.1:2/ ***')
    expect((await it.run('env | grep -c ^ACTIONS_ || true')).log).toBe('0')
  })
})

describe('commands in the log', () => {
  test('become annotations, groups and debug lines, unescaped', async () => {
    const main = `
      say('::group::First%25'); say('inside'); say('::endgroup::')
      say('::warning title=A%3A b%2C c,file=' + env.GITHUB_WORKSPACE + '/flake.nix,line=3::one%0Atwo %250A')
      say('::error::bad'); say('  ::notice::indented'); say('::debug::secretly'); say('::unknown::text'); say('a ::error::b')
      process.stderr.write('##[warning]old form\\n')`
    const result = await job({ main }).use().main()
    expect(result.groups).toEqual(['First%'])
    expect(result.debugLines).toEqual(['secretly'])
    expect(result.annotations).toHaveLength(4)
    expect(result.annotations).toEqual(
      expect.arrayContaining([
        { level: 'warning', title: 'A: b, c', file: 'flake.nix', line: 3, message: 'one\ntwo %0A' },
        { level: 'error', message: 'bad' },
        { level: 'notice', message: 'indented' },
        { level: 'warning', message: 'old form' }
      ])
    )
    expect(result.log).toContain('##[group]First%\ninside\n##[endgroup]\n')
    expect(result.log).toContain('::unknown::text\na ::error::b')
    expect(result.log).not.toContain('secretly')
    // An error in the log is no failure of the step.
    expect(result.failed).toBe(false)
  })

  test('are text between stop-commands and its token', async () => {
    const main = `say('::stop-commands::token-1'); say('::error::no'); say('::token-1::'); say('::error::yes')`
    const { annotations } = await job({ main }).use().main()
    expect(annotations).toEqual([{ level: 'error', message: 'yes' }])
  })

  test('that are disabled fail the step', async () => {
    const it = job({ main: `say('::set-env name=A::b')` })
    const result = await it.use().main()
    expect(result).toMatchObject({ failed: true, exitCode: 0 })
    expect(it.env).toEqual({})
  })

  test('add problem matchers, which find annotations in all later steps until they are removed', async () => {
    const it = job({
      main: `say('::add-matcher::' + env.RUNNER_TEMP + '/m.json')`,
      post: `say('::remove-matcher owner=nix::')`
    })
    const pattern = [{ regexp: '^error: (.*)$', message: 1 }]
    const sequence = [
      { regexp: '^trouble:$' },
      { regexp: '^at (\\S+):(\\d+): (.*)$', file: 1, line: 2, message: 3, loop: true }
    ]
    const problemMatcher = [
      { owner: 'nix', pattern },
      { owner: 'more', severity: 'warning', pattern: sequence }
    ]
    writeFileSync(join(it.folders.temp, 'm.json'), JSON.stringify({ problemMatcher }))
    const step = it.use()
    await step.main()
    expect(it.matchers.owners).toEqual(['nix', 'more'])
    const lines = 'trouble:\nat a.nix:1: one\nat b.nix:2: two\nerror: broken\nat c.nix:3: three'
    expect((await it.run(`printf '${lines}\\n'`)).annotations).toEqual([
      { level: 'warning', message: 'one', file: 'a.nix', line: 1, matched: true },
      { level: 'warning', message: 'two', file: 'b.nix', line: 2, matched: true },
      { level: 'error', message: 'broken', matched: true }
    ])
    await step.post()
    expect(it.matchers.owners).toEqual(['more'])
  })

  test('hide secrets from then on: whole, by line, and encoded', async () => {
    const main = `
      say('before swordfish'); say('::add-mask::swordfish'); say('after swordfish')
      say(Buffer.from('user:swordfish!').toString('base64'))
      say('::add-mask::line one%0Aline"two'); say('only line one'); say('swordfishswordfish')
      say(JSON.stringify('line"two')); say('::warning::swordfish')`
    const { log, annotations } = await job({ main }).use().main()
    const [before, after, encoded, ...rest] = log.split('\n')
    expect([before, after]).toEqual(['before swordfish', 'after ***'])
    expect(encoded).toMatch(/^dXNlcj\S*\*\*\*\S*$/)
    expect(rest).toEqual(['only ***', '***', '"***"', '##[warning]***'])
    expect(annotations).toEqual([{ level: 'warning', message: '***' }])
  })
})

describe('a phase that is cancelled', () => {
  const graceMs = { interrupt: 400, terminate: 400 }

  test('gets SIGINT and may clean up', async () => {
    const main = `say('up'); process.on('SIGINT', () => { say('cleaned'); process.exit(1) }); setTimeout(() => {}, 60000)`
    const it = job({ main })
    const step = it.use()
    const running = await step.start('main')
    await untilPrinted(it, 'up')
    running?.cancel()
    expect(await running?.done).toMatchObject({ conclusion: 'cancelled', log: 'up\ncleaned', exitCode: 1 })
    expect(it.status).toBe('cancelled')
    expect((await it.run('true')).conclusion).toBe('skipped')
    expect((await step.post()).conclusion).toBe('success')
  })

  test('gets SIGTERM and is killed if it goes on', async () => {
    const main = `
      for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => say(name))
      say('up'); setTimeout(() => {}, 60000)`
    const it = job({ main }, { graceMs })
    const running = await it.use().start('main')
    await untilPrinted(it, 'up')
    running?.cancel()
    expect(await running?.done).toMatchObject({ conclusion: 'cancelled', log: 'up\nSIGINT\nSIGTERM', exitCode: null })
  })

  async function untilPrinted(it: Job, text: string): Promise<void> {
    for (let i = 0; i < 500 && !it.printed.includes(text); i++) await new Promise(resolve => setTimeout(resolve, 20))
    expect(it.printed).toContain(text)
  }
})

describe('secrets', () => {
  const KEY = 'a-very-secret-key'

  async function leaksOf(main: string, options: Partial<JobOptions> = {}): Promise<string[]> {
    const it = job({ inputs: '  key: {}', main }, { secrets: { KEY }, ...options })
    await it.use({ key: KEY }).main()
    await it.post()
    for (const leak of it.leaks()) expect(JSON.stringify(leak)).not.toContain(KEY)
    return it.leaks().map(({ secret, where }) => `${secret}: ${where.replace(folder, '')}`)
  }

  test('that stay where they are, or are masked first, are no leaks', async () => {
    expect(await leaksOf(`say('nothing'); say('::add-mask::' + env.INPUT_KEY); say(env.INPUT_KEY)`)).toEqual([])
  })

  test.each([
    ['the log, though the runner would hide them', `say('x' + env.INPUT_KEY)`, 'KEY: log (main)'],
    ['the log as base64', `say(Buffer.from('ab' + env.INPUT_KEY).toString('base64'))`, 'KEY: log (main)'],
    ['annotations', `say('::error::' + env.INPUT_KEY)`, 'KEY: log (main)'],
    ['the summary', `write('STEP_SUMMARY', env.INPUT_KEY)`, 'KEY: summary (main)'],
    ['outputs', `write('OUTPUT', 'a=' + env.INPUT_KEY)`, 'KEY: outputs (main)'],
    ['the environment of later steps', `write('ENV', 'a=' + env.INPUT_KEY)`, 'KEY: environment (main)'],
    ['state', `write('STATE', 'a=' + env.INPUT_KEY)`, 'KEY: state (main)'],
    [
      'arguments of processes',
      `require('node:child_process').execFileSync('sh', ['-c', 'sleep 0.3 #' + env.INPUT_KEY])`,
      'KEY: arguments (main)'
    ],
    [
      'arguments of processes of processes',
      `require('node:child_process').execFileSync('sh', ['-c', 'sh -c "sleep 0.3; : $INPUT_KEY"; true'])`,
      'KEY: arguments (main)'
    ],
    [
      'files left in HOME',
      `fs.writeFileSync(env.HOME + '/.config', 'machine x password ' + env.INPUT_KEY)`,
      'KEY: /job/home/.config (left behind)'
    ],
    [
      'files left in temp',
      `fs.mkdirSync(env.RUNNER_TEMP + '/a'); fs.writeFileSync(env.RUNNER_TEMP + '/a/b', env.INPUT_KEY)`,
      'KEY: /job/_work/_temp/a/b (left behind)'
    ],
    [
      'files left in the workspace',
      `fs.writeFileSync('c', Buffer.from(env.INPUT_KEY).toString('base64'))`,
      'KEY: /job/_work/hello/hello/c (left behind)'
    ]
  ])('are found in %s', async (_, main, leak) => {
    expect(await leaksOf(main)).toEqual([leak])
  })

  test('of the job, and others that are named, are looked for too', async () => {
    expect(await leaksOf(`say('${TOKEN}'); say('other-secret')`, { watched: { other: 'other-secret' } })).toEqual([
      'github.token: log (main)',
      'other: log (main)'
    ])
  })
})

describe('the end of a job', () => {
  test('ends what steps have left running', async () => {
    const it = job({
      main: `require('node:child_process').spawn('sleep', ['61'], { detached: true, stdio: 'ignore' }).unref()`
    })
    await it.use().main()
    expect(it.end().orphans).toEqual(['sleep 61'])
    for (let i = 0; i < 100 && it.end().orphans.length > 0; i++) await new Promise(resolve => setTimeout(resolve, 10))
    expect(it.end().orphans).toEqual([])
  })
})
