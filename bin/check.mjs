// npm run check: every gate in one command, in parallel, each with its time and the start of what it found.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { nodePath, root, sayMissingPackages } from './supervisor/runtime.mjs';
import { generateSources } from './supervisor/build.mjs';

const EXCERPT_LINES_MAX = 40;
const CACHE = 'node_modules/.cache';
const FOLDERS = ['app', 'components', 'lib', 'ledger', 'agent', 'metrics', 'prisma', 'bin', 'bench', 'e2e'].filter(
  (name) => existsSync(join(root, name)),
);

// Slowest first, so that the short ones fill the other core.
const steps = [
  {
    name: 'eslint',
    args: [
      'node_modules/eslint/bin/eslint.js',
      '--max-warnings',
      '0',
      '--cache',
      '--cache-location',
      `${CACHE}/eslint/`,
      '--cache-strategy',
      'content',
      '.',
    ],
  },
  {
    name: 'types',
    args: [
      'node_modules/typescript/bin/tsc',
      '--noEmit',
      '--incremental',
      '--tsBuildInfoFile',
      `${CACHE}/tsc/whole.tsbuildinfo`,
      '-p',
      '.',
    ],
  },
  {
    name: 'formatting',
    args: [
      'node_modules/prettier/bin/prettier.cjs',
      '--check',
      '.',
      '--log-level',
      'warn',
      '--cache',
      '--cache-location',
      `${CACHE}/prettier/cache`,
    ],
  },
  {
    name: 'types of the pure program',
    args: [
      'node_modules/typescript/bin/tsc',
      '--noEmit',
      '--incremental',
      '--tsBuildInfoFile',
      `${CACHE}/tsc/pure.tsbuildinfo`,
      '-p',
      'ledger',
    ],
  },
  {
    name: 'imports',
    args: [
      'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs',
      '--config',
      '.dependency-cruiser.mjs',
      '--output-type',
      'err-long',
      ...FOLDERS,
    ],
  },
  {
    name: 'dead code',
    args: [
      'node_modules/knip/bin/knip.js',
      '--no-config-hints',
      '--no-progress',
      '--cache',
      '--cache-location',
      `${CACHE}/knip`,
    ],
  },
  { name: 'tidy', args: ['bin/tidy.mjs'] },
];

function run({ name, args }) {
  const startedMs = Date.now();
  return new Promise((resolve) => {
    const child = spawn(nodePath(), args, {
      cwd: root,
      env: { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.on('error', (error) => resolve({ name, ok: false, output: error.message, seconds: 0, args }));
    child.on('close', (code) =>
      resolve({
        name,
        args,
        ok: code === 0,
        output: Buffer.concat(chunks).toString('utf8').trim(),
        seconds: (Date.now() - startedMs) / 1000,
      }),
    );
  });
}

function report({ name, ok, output, seconds, args }) {
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(26)} ${seconds.toFixed(1).padStart(5)} s`);
  if (ok) return;
  const lines = output.split('\n');
  for (const line of lines.slice(0, EXCERPT_LINES_MAX)) console.log(`       ${line.slice(0, 220)}`);
  if (lines.length > EXCERPT_LINES_MAX)
    console.log(`       … ${lines.length - EXCERPT_LINES_MAX} more lines: node ${args.join(' ')}`);
}

async function main() {
  if (sayMissingPackages()) return 1;
  mkdirSync(join(root, CACHE), { recursive: true });
  const startedMs = Date.now();
  await generateSources();
  const waiting = [...steps];
  const results = [];
  const worker = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) {
      const result = await run(step);
      results.push(result);
      report(result);
    }
  };
  await Promise.all(Array.from({ length: Math.min(3, Math.max(2, availableParallelism())) }, worker));
  const failed = results.filter(({ ok }) => !ok).map(({ name }) => name);
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
  console.log(
    failed.length === 0
      ? `check passed: ${results.length} gates in ${seconds} s`
      : `check FAILED in ${seconds} s: ${failed.join(', ')}`,
  );
  return failed.length === 0 ? 0 : 1;
}

process.exitCode = await main();
