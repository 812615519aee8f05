import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  { ignores: ['dist/', 'bin/', 'fixtures/**/home/', 'fixtures/**/state/'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      // Numbers in messages are read by people, and every template here is plain text.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // `_` marks a parameter that an interface demands and an implementation does not need.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'none' }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    // Data flows one way and the world comes in once: see docs/architecture.md.
    files: ['src/**'],
    ignores: ['src/world.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'process', message: 'Take streams, environment and clock from World (src/world.ts).' },
        { name: 'console', message: 'Return text to main, or write to world.stdout / world.stderr.' },
      ],
      'no-console': 'error',
    },
  },
  {
    files: ['src/core/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['node:fs', 'node:fs/*', 'node:net', 'node:http*', 'node:child_process', 'node:os'],
              message: 'core is pure: no disk, network or process. Pass the facts in.',
            },
            {
              group: ['chalk', 'ora', 'cli-table3', 'ws', 'proper-lockfile'],
              message: 'core is pure: libraries with effects belong to files/, gateway/ or render/.',
            },
            {
              group: [
                '**/files/**',
                '**/stores/**',
                '**/gateway/**',
                '**/render/**',
                '**/commands/**',
                '**/config/**',
                '**/world.ts',
                '**/main.ts',
              ],
              message: 'core imports nothing but itself and errors.ts.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['test/**', 'fixtures/**', '*.js'],
    rules: {
      // Tests take JSON documents apart as they come.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { globals: { process: 'readonly', require: 'readonly', module: 'writable' } },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
);
