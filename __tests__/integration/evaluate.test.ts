import { beforeAll, describe, expect, jest, test } from '@jest/globals'
import { nixVersion } from '../../src/nix/command.ts'
import { showDerivations } from '../../src/nix/derivation.ts'
import {
  buildPaths,
  currentSystem,
  evalExpression,
  evalJson,
  nixString,
  realise,
  requisites
} from '../../src/nix/evaluate.ts'
import { evalOutputs } from '../../src/nix/flake.ts'
import { failureOf } from '../support/failure.ts'
import { requireLab } from '../support/lab.ts'
import { PACKAGES_FLAKE, useWorkshop } from '../support/nix-flake.ts'

requireLab()
jest.setTimeout(60_000)

const workshop = useWorkshop()
let system: string
let packages: string

beforeAll(async () => {
  const { write, path, ports } = workshop()
  write({ 'packages/flake.nix': PACKAGES_FLAKE })
  system = await currentSystem(ports)
  packages = `path:${path('packages')}`
})

test.each(['plain', '"quoted" \\ back', '${not.this} $${nor that} $', 'two\nlines\r\n\ttab', 'é 😀', "''"])(
  'nixString: Nix reads %j as it is',
  async text => {
    expect(await evalExpression(nixString(text), workshop().ports)).toBe(text)
  }
)

describe('evaluation', () => {
  test('is pure, unless asked otherwise', async () => {
    const { ports } = workshop()
    expect(await evalExpression('builtins ? currentSystem', ports)).toBe(false)
    expect(await evalExpression('builtins ? currentSystem', ports, { impure: true })).toBe(true)
    expect(await evalOutputs(packages, 'outputs: builtins ? currentSystem', ports)).toBe(false)
  })

  test('gives the value of an installable, and all outputs', async () => {
    const { ports } = workshop()
    const attribute = `${packages}#legacyPackages.${system}.library`
    expect(await evalJson(`${attribute}.outputs`, ports)).toEqual(['out', 'dev'])
    expect(await evalJson(attribute, ports, { apply: 'drv: drv.name' })).toBe('library')
    expect(await evalOutputs(packages, 'builtins.attrNames', ports)).toEqual(['legacyPackages'])
  })

  test('that fails shows what Nix says', async () => {
    const { ports } = workshop()
    expect(await failureOf(evalExpression('throw "the reason"', ports))).toMatchObject({
      code: 'NIX_EVALUATION',
      message: expect.stringContaining('error: the reason')
    })
  })

  test('of a Nix that is not there says so', async () => {
    const { ports, folder } = workshop()
    expect(await failureOf(evalExpression('1', { ...ports, env: { PATH: folder } }))).toMatchObject({
      code: 'TOOL_MISSING',
      hint: expect.stringContaining('Install Nix')
    })
  })

  test('refuses a Nix for another store directory', async () => {
    const { ports, path } = workshop()
    const env = { ...ports.env, NIX_STORE_DIR: path('store'), NIX_STATE_DIR: path('state'), NIX_LOG_DIR: path('log') }
    expect(await failureOf(currentSystem({ ...ports, env }))).toMatchObject({
      code: 'STORE_INVALID',
      message: expect.stringContaining(path('store')),
      hint: expect.stringContaining('/nix/store')
    })
  })
})

test('nixVersion knows the Nix that runs', async () => {
  const { ports, run } = workshop()
  expect(await run('.', 'nix', '--version')).toContain((await nixVersion(ports)).text)
})

describe('building', () => {
  test('gives just the outputs that were asked for', async () => {
    const { ports } = workshop()
    const drvPath = String(await evalJson(`${packages}#legacyPackages.${system}.library.drvPath`, ports))
    const derivation = (await showDerivations([drvPath], ports)).get(drvPath)
    const [out, dev] = [derivation?.outputs.get('out'), derivation?.outputs.get('dev')]
    expect(await realise([{ drvPath, outputs: ['dev'] }], ports)).toEqual([dev])
    expect(await realise([{ drvPath, outputs: ['out', 'dev'] }], ports)).toEqual([out, dev].sort())
    expect(await realise([], ports)).toEqual([])
    expect(await buildPaths([`${packages}#library`, `${packages}#library^dev`], ports)).toEqual([out, dev].sort())
  })

  test('a derivation depends on what showDerivations finds behind it', async () => {
    const { ports } = workshop()
    const drvPath = String(await evalJson(`${packages}#legacyPackages.${system}.tool.drvPath`, ports))
    const shown = await showDerivations([drvPath], ports, { recursive: true })
    expect([...shown.values()].map(({ name }) => name).sort()).toEqual(['behind-tool', 'tool'])
    const sources = [...shown.values()].flatMap(({ inputSrcs }) => inputSrcs)
    expect([...(await requisites([drvPath], ports))].sort()).toEqual([...shown.keys(), ...sources].sort())
    expect([...(await showDerivations([drvPath], ports)).keys()]).toEqual([drvPath])
  })

  test('what does not exist fails with what Nix says', async () => {
    const { ports } = workshop()
    expect(await failureOf(buildPaths([`${packages}#nothing`], ports))).toMatchObject({
      code: 'NIX_BUILD',
      message: expect.stringContaining("does not provide attribute 'packages.")
    })
  })
})
