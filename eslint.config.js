import js from '@eslint/js'
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

/** What may speak to the outside world directly; all else gets it through ports. */
const ENTRIES = ['src/cli.ts', 'src/pre.ts', 'src/main.ts', 'src/post.ts']

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', '.lab/', '**/.build-*/', '**/.setup-*/', '__tests__/fixtures/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      eqeqeq: 'error',
      'object-shorthand': 'error',
      'prefer-template': 'error',
      // `() => log.info(line)` says no more than it does; nor does `return log.info(line)` where nothing is returned.
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true }
      ],
      // Numbers read the same in every template; objects and undefined do not.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/restrict-plus-operands': ['error', { allowNumberAndString: true }],
      // `while (true)` with a way out is clearer than a flag.
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' }
      ],
      // The reason of an AbortSignal is thrown as it is, and its type is `any`.
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingAny: true, allowThrowingUnknown: true }],
      // `_` names what must be taken to reach what follows it.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // A function may be async since an interface wants a promise, and so that it rejects and never throws.
      '@typescript-eslint/require-await': 'off'
    }
  },
  {
    files: ['src/**'],
    ignores: ENTRIES,
    rules: {
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Take it from the ports; only entries read the environment.' },
        { object: 'process', property: 'exit', message: 'Throw a SeedError; only entries end the process.' }
      ],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }]
    }
  },
  {
    files: ['__tests__/**/*.ts', 'bench/**/*.ts', 'lab/**/*.ts'],
    rules: {
      // What other programs print as JSON is asserted here piece by piece; a type for each would say it twice.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      // In a test, what is not there fails it: the very thing wanted.
      '@typescript-eslint/no-non-null-assertion': 'off'
    }
  },
  {
    // Plain JavaScript, for the Node.js that a fresh clone is met with.
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: {
      globals: { console: 'readonly', process: 'readonly', require: 'readonly', module: 'writable', Buffer: 'readonly' }
    }
  }
)
