import { describe, expect, test } from '@jest/globals'
import { keyVariable, withoutSecrets } from '../../../src/cli/secrets.ts'

describe('withoutSecrets', () => {
  test('keeps identity tokens and passphrases from programs, and all else as it is', () => {
    const env = {
      PATH: '/bin',
      AWS_SECRET_ACCESS_KEY: 'for the command that signs',
      SIGSTORE_FULCIO_URL: 'https://fulcio.example',
      SIGSTORE_ID_TOKEN: 'secret',
      ACTIONS_ID_TOKEN_REQUEST_URL: 'secret',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'secret',
      ACTIONS_RUNTIME_TOKEN: 'secret',
      CIRCLE_OIDC_TOKEN: 'secret',
      CIRCLE_OIDC_TOKEN_V2: 'secret',
      NIX_SEED_KEY_PASSPHRASE: 'secret',
      UNSET: undefined
    }
    expect(withoutSecrets(env, [])).toEqual({
      PATH: '/bin',
      AWS_SECRET_ACCESS_KEY: 'for the command that signs',
      SIGSTORE_FULCIO_URL: 'https://fulcio.example',
      UNSET: undefined
    })
    expect(env.SIGSTORE_ID_TOKEN).toBe('secret')
  })

  test.each([[['--key', 'env:MY_KEY']], [['--key=env:MY_KEY']]])('keeps a key that %j names', argv => {
    expect(withoutSecrets({ MY_KEY: 'secret', MY_KEY_2: 'else' }, argv)).toEqual({ MY_KEY_2: 'else' })
  })
})

describe('keyVariable', () => {
  test('is what the command hides, and all that it takes', () => {
    expect(keyVariable('env:MY_KEY')).toBe('MY_KEY')
    for (const option of ['env:', 'env:MY-KEY', 'env:-----BEGIN', 'key.pem', './env:KEY', 'env:A\nB']) {
      expect(keyVariable(option)).toBeUndefined()
    }
  })
})
