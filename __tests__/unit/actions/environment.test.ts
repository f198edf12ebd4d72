import { execFileSync } from 'node:child_process'
import { expect, test } from '@jest/globals'
import { outsideView } from '../../../src/actions/environment.ts'

const secrets = {
  'INPUT_GITHUB-TOKEN': 'a',
  'INPUT_CACHIX-AUTH-TOKEN': 'b',
  ACTIONS_RUNTIME_TOKEN: 'c',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'd'
}

test('a program that is started sees nothing of what the runner tells this action alone', () => {
  const view = outsideView({ PATH: process.env.PATH, GITHUB_SHA: '1', ...secrets })
  const seen = execFileSync('env', { env: view }).toString()
  expect(seen).toContain('GITHUB_SHA=1')
  for (const name of Object.keys(secrets)) expect(seen).not.toContain(name)
})

test('neither does who looks at it or copies it', () => {
  const view = outsideView({ PATH: '/bin', ...secrets })
  expect({ ...view }).toEqual({ PATH: '/bin' })
  expect(view['INPUT_GITHUB-TOKEN']).toBeUndefined()
  expect('ACTIONS_RUNTIME_TOKEN' in view).toBe(false)
})

test('what is exported later is seen', () => {
  const env: NodeJS.ProcessEnv = { ...secrets, PATH: '/bin' }
  const view = outsideView(env)
  env.PATH = '/nix/bin:/bin'
  env.NIX_USER_CONF_FILES = '/conf'
  expect({ ...view }).toEqual({ PATH: '/nix/bin:/bin', NIX_USER_CONF_FILES: '/conf' })
})
