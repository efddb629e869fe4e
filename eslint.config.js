import { defineConfig, globalIgnores } from 'eslint/config';
import next from 'eslint-config-next/core-web-vitals';
import tseslint from 'typescript-eslint';
import { interpoolRules } from './bin/bare-text.mjs';

const PURE = [
  'ledger/core/**',
  'ledger/contracts/**',
  'ledger/consensus/**',
  'ledger/abci/**',
  'ledger/verify/**',
  'lib/projections/**',
];
const TESTS = [
  '**/*.test.{ts,tsx,mjs}',
  '**/*.spec.ts',
  '**/testing/**',
  '**/conformance.ts',
  '**/conformance/**',
  'e2e/**',
  'ledger/sim/**',
  'ledger/vectors/**',
];
const CONFIGS = ['*.config.{js,ts,mjs}', '.dependency-cruiser.mjs', 'next.config.js', 'proxy.ts', 'instrumentation.ts'];

const noDefaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'Named exports only; a default stands only where Next or a tool demands it.',
};
const noEnum = {
  selector: 'TSEnumDeclaration',
  message: 'Node runs these files by erasing types: write a const object or a union.',
};
const everywhere = [
  noEnum,
  { selector: 'ForInStatement', message: 'for…in walks the prototype chain: use Object.keys or entries.' },
  {
    selector: 'ObjectExpression > SpreadElement > ObjectExpression',
    message: 'Write the properties themselves: a literal spread into a literal says nothing.',
  },
];

const pureSyntax = [
  { selector: 'AwaitExpression', message: 'Pure code is synchronous: effects are data that the shell performs.' },
  { selector: ':function[async=true]', message: 'Pure code is synchronous: effects are data that the shell performs.' },
  {
    selector: 'ForOfStatement[await=true]',
    message: 'Pure code is synchronous: effects are data that the shell performs.',
  },
  {
    selector: 'Literal[raw=/^[0-9][0-9_]*(\\.|[0-9_]*e-)/i]',
    message: 'No floats in pure code: integers, and bigint in what is hashed.',
  },
  {
    selector: "BinaryExpression[operator='/']",
    message: 'Divide with quotient() of ledger/core/integer.ts, which says how it rounds.',
  },
  {
    selector: "AssignmentExpression[operator='/=']",
    message: 'Divide with quotient() of ledger/core/integer.ts, which says how it rounds.',
  },
  { selector: 'ThrowStatement', message: 'Expected failure is a Result; an impossible state is assert().' },
  {
    selector:
      'MemberExpression[property.name=/^(localeCompare|toLocale(String|DateString|TimeString|LowerCase|UpperCase))$/]',
    message: 'The answer depends on the locale of the machine: compare code units or bytes.',
  },
  {
    selector:
      "MemberExpression[object.name='Math'][property.name=/^(random|sqrt|cbrt|pow|exp|expm1|log|log2|log10|log1p|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|hypot)$/]",
    message: 'Chance and floats do not belong in pure code.',
  },
  {
    selector: "CallExpression[callee.name='parseFloat'], MemberExpression[property.name='parseFloat']",
    message: 'No floats in pure code.',
  },
];
const pureGlobals = [
  'Date',
  'Intl',
  'process',
  'globalThis',
  'window',
  'self',
  'global',
  'document',
  'navigator',
  'fetch',
  'crypto',
  'performance',
  'console',
  'Buffer',
  'TextEncoder',
  'TextDecoder',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'Promise',
  'WebAssembly',
  'SharedArrayBuffer',
  'Atomics',
  'WeakRef',
  'FinalizationRegistry',
].map((name) => ({ name, message: 'Pure code takes time, chance and I/O results as arguments.' }));

export default defineConfig([
  globalIgnores([
    '**/node_modules/**',
    '.next/**',
    // AssemblyScript: another language with the same ending.
    'public/algorithms/**',
    '.interpool/**',
    'next-env.d.ts',
    'prisma/generated/**',
    'test-results/**',
    'playwright-report/**',
  ]),
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'off' } },
  ...next
    .filter(({ rules }) => rules)
    .map((config) => ({ ...config, files: ['app/**/*.{ts,tsx}', 'components/**/*.{ts,tsx}'] })),
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // In the ledger an index inside its bound is written bytes[i]!: a check there would cost on every byte hashed.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'all', caughtErrorsIgnorePattern: '^_' },
      ],
    },
  },
  {
    files: ['{app,components,lib,agent,prisma}/**/*.{ts,tsx}'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'error' },
  },
  {
    files: ['{app,components}/**/*.tsx'],
    plugins: { interpool: interpoolRules },
    rules: { 'interpool/no-bare-text': 'error' },
  },
  {
    files: ['{ledger,lib,components,agent,prisma}/**/*.{ts,tsx}'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^\\.\\./', message: 'Another folder is imported by its #alias, the same folder by ./.' },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.{ts,tsx,js,mjs}'],
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-unused-vars': 'off',
      'no-restricted-syntax': ['error', ...everywhere, noDefaultExport],
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'lib/env.ts parses the environment; the ledger and the agent take flags.',
        },
      ],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: PURE,
    ignores: TESTS,
    rules: {
      'no-restricted-globals': ['error', ...pureGlobals],
      'no-restricted-syntax': ['error', ...everywhere, noDefaultExport, ...pureSyntax],
    },
  },
  // The files that may throw, an impossible state and a deliberate stop, and the one that may divide.
  {
    files: ['ledger/core/assert.ts', 'ledger/core/halt.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...everywhere,
        noDefaultExport,
        ...pureSyntax.filter(({ selector }) => selector !== 'ThrowStatement'),
      ],
    },
  },
  {
    files: ['ledger/core/integer.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...everywhere,
        noDefaultExport,
        ...pureSyntax.filter(({ selector }) => !selector.includes("operator='/'")),
      ],
    },
  },
  { files: ['app/**', ...CONFIGS], rules: { 'no-restricted-syntax': ['error', ...everywhere] } },
  // Composition roots: they print, and they hand the environment on.
  {
    files: ['bin/**', 'ledger/bin/**', 'bench/**', 'lib/http-server/main.ts', 'agent/customer/command.ts'],
    rules: { 'no-console': 'off', 'no-restricted-properties': 'off' },
  },
  { files: ['lib/env.ts', 'prisma/**', ...TESTS, ...CONFIGS], rules: { 'no-restricted-properties': 'off' } },
  { files: TESTS, rules: { 'max-lines-per-function': 'off', '@typescript-eslint/no-non-null-assertion': 'off' } },
  { files: ['**/*.{js,mjs}'], extends: [tseslint.configs.disableTypeChecked] },
]);
