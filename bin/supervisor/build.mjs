import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Fault } from './fault.mjs';
import { requireFreeBytes } from './disk.mjs';
import { isAlive, parseProcess, startTicks } from './processes.mjs';
import { root } from './runtime.mjs';
import { runTool } from './tool.mjs';

const GENERATE_TIMEOUT_MS = 120_000;
const BUILD_TIMEOUT_MS = 15 * 60_000;
const BUILD_WAIT_MS = 15 * 60_000;
const BUILD_BYTES_MIN = 512 * 1024 ** 2;
const POLL_MS = 250;

/** Everything that ends up in the portal's build. */
const BUILT_FROM = [
  'app',
  'components',
  'lib',
  'ledger',
  'public',
  'prisma/schema.prisma',
  'instrumentation.ts',
  'next.config.js',
  'postcss.config.mjs',
  'proxy.ts',
  'package-lock.json',
  'package.json',
  'tsconfig.json',
];
const NOT_BUILT = /(\.(test|spec)\.tsx?|\.md)$|(^|\/)testing\//;

function filesUnder(path) {
  const stat = statSync(join(root, path), { throwIfNoEntry: false });
  if (!stat) return [];
  if (stat.isFile()) return [path];
  return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1))
    .filter((file) => !NOT_BUILT.test(file))
    .sort();
}

function fingerprint(paths) {
  const hash = createHash('sha256');
  for (const file of paths.flatMap(filesUnder))
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0');
  return hash.digest('hex');
}

function readStamp(path) {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

/** Does `work` when what `from` holds has changed since the last time, or when `result` is gone. */
async function whenStale({ from, stamp, result }, work) {
  const now = fingerprint(from);
  if (existsSync(join(root, result)) && readStamp(stamp) === now) return false;
  await work();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, `${now}\n`);
  return true;
}

const cache = join(root, 'node_modules/.cache/interpool');

/** The read model's part of Prisma's schema, from its definition; takes a fraction of a second, so it is written each time. */
async function writeReadModelSchema(signal) {
  await runTool(['--conditions=react-server', 'prisma/write-schema.ts'], {
    what: 'Writing the read model for Prisma',
    timeoutMs: GENERATE_TIMEOUT_MS,
    signal,
  });
}

/** Writes what tsc and the bundler need and git does not keep: the Prisma client, and Next's type references. */
export async function generateSources(signal) {
  const client = {
    from: ['prisma/schema.prisma', 'prisma/read-model.prisma', 'prisma.config.ts'],
    stamp: join(cache, 'prisma.sha256'),
    result: 'prisma/generated',
  };
  await writeReadModelSchema(signal);
  await whenStale(client, () =>
    runTool(['node_modules/prisma/build/index.js', 'generate'], {
      what: 'Generating the database client',
      timeoutMs: GENERATE_TIMEOUT_MS,
      // Prisma would download a schema engine that generating does not use.
      env: { PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true', CHECKPOINT_DISABLE: '1' },
      signal,
    }),
  );
  if (existsSync(join(root, 'next-env.d.ts')) || !existsSync(join(root, 'app'))) return;
  await runTool(['node_modules/next/dist/bin/next', 'typegen'], {
    what: 'Generating types',
    timeoutMs: GENERATE_TIMEOUT_MS,
    env: { NEXT_TELEMETRY_DISABLED: '1' },
    signal,
  });
}

/** One build at a time in this folder, whoever starts it. A holder that died holds nothing. */
async function withBuildLock(work) {
  mkdirSync(cache, { recursive: true });
  const path = join(cache, 'build.lock');
  const untilMs = Date.now() + BUILD_WAIT_MS;
  for (;;) {
    try {
      writeFileSync(path, `${process.pid} ${startTicks(process.pid) ?? ''}\n`, { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = parseProcess(readStamp(path));
    if (!holder || !isAlive(holder)) rmSync(path, { force: true });
    else if (Date.now() > untilMs)
      throw new Fault(
        `Process ${holder.pid} has been building for ${BUILD_WAIT_MS / 60_000} minutes: end it and start again.`,
      );
    else await delay(POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** Builds the portal when its sources changed. True when it did. */
export function buildPortal({ signal, onStart }) {
  const portal = { from: BUILT_FROM, stamp: join(root, '.next/interpool-build.sha256'), result: '.next/BUILD_ID' };
  return withBuildLock(async () => {
    await generateSources(signal);
    return whenStale(portal, async () => {
      requireFreeBytes(root, BUILD_BYTES_MIN, 'the build');
      onStart();
      const env = { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };
      await runTool(['node_modules/next/dist/bin/next', 'build'], {
        what: 'Building the portal',
        timeoutMs: BUILD_TIMEOUT_MS,
        env,
        signal,
      });
    });
  });
}
