import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { nodePath, root } from './runtime.mjs';

const GENERATE_TIMEOUT_MS = 120_000;

function runTool(args, env = {}) {
  return new Promise((resolve, reject) => {
    execFile(
      nodePath(),
      args,
      { cwd: root, env: { ...process.env, ...env }, timeout: GENERATE_TIMEOUT_MS, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error) reject(new Error(`${args.join(' ')} failed:\n${stdout}${stderr}`.trim()));
        else resolve(stdout);
      },
    );
  });
}

/** Writes what tsc and the bundler need and git does not keep: the Prisma client, and Next's type references. */
export async function generateSources() {
  if (existsSync(join(root, 'prisma/schema.prisma')) && !existsSync(join(root, 'prisma/generated'))) {
    // Prisma would download a schema engine that generating does not use.
    await runTool(['node_modules/prisma/build/index.js', 'generate'], { PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true' });
  }
  if (existsSync(join(root, 'app')) && !existsSync(join(root, 'next-env.d.ts'))) {
    await runTool(['node_modules/next/dist/bin/next', 'typegen']);
  }
}
