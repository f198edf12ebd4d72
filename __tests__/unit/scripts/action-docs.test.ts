import { describe, expect, test } from '@jest/globals'
import { withTables } from '../../../scripts/action-docs.ts'

const action = {
  inputs: { mode: { description: 'One\n  or  | other.', default: 'one' }, flake: { description: 'A folder.' } },
  outputs: { hit: { description: 'Whether.' } }
}
const readme = '# A\n\n<!-- inputs -->\nbefore\n<!-- /inputs -->\n\ntext\n\n<!-- outputs -->\n<!-- /outputs -->\nend\n'

describe('tables of the action', () => {
  const text = withTables(readme, action)

  test('hold every input with its default, and every output', () => {
    expect(text).toContain('\n| `mode` | `one` | One or \\| other. |\n| `flake` |  | A folder. |\n')
    expect(text).toContain('\n| `hit` | Whether. |\n')
  })

  test('replace what was there, and nothing else', () => {
    expect(text).not.toContain('before')
    expect(text).toMatch(/^# A\n\n<!-- inputs -->\n/)
    expect(text).toContain('<!-- /inputs -->\n\ntext\n\n<!-- outputs -->\n')
    expect(text).toMatch(/<!-- \/outputs -->\nend\n$/)
  })

  test('are the same when they are made again', () => {
    expect(withTables(text, action)).toBe(text)
  })

  test('need their markers', () => {
    expect(() => withTables(readme.replace('<!-- /outputs -->', ''), action)).toThrow(/<!-- outputs -->/)
  })
})
