import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { residentKiB } from './process-use.ts';
import { rounded } from './statistics.ts';

const PORTALS = [1, 2, 4];
const WARM_UP_MS = 3_000;
const MEASURE_MS = 8_000;
const IN_FLIGHT = 16;
const START_MS = 240_000;
const PATHS = { page: '/catalogue', api: '/api/v1/resources' } as const;

interface Product {
  readonly origins: readonly string[];
  readonly home: string;
  stop(): Promise<void>;
}

/** The whole product with so many portals on one database, by the command that people type. */
async function startProduct(portals: number): Promise<Product> {
  const home = mkdtempSync(join(tmpdir(), 'ip-'));
  const env = { ...process.env, INTERPOOL_HOME: home, PORTALS: String(portals) };
  const child: ChildProcess = spawn(process.execPath, ['bin/start.mjs'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout!.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const endMs = Date.now() + START_MS;
  // After the welcome the history is still being made: a measured product has nothing else to do.
  while (!output.includes('The sample history is made.')) {
    if (child.exitCode !== null || Date.now() > endMs) throw new Error(`The product did not start:\n${output}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const listed = [...output.matchAll(/Portal \d+ listens at (http:\S+)\.$/gm)].map(([, origin = '']) => origin);
  const own = /Interpool runs at (http:\S+)/.exec(output)?.[1] ?? '';
  return {
    origins: listed.length > 0 ? listed : [own],
    home,
    stop: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGINT');
      await gone;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Answers a second, closed loop, spread over the portals in turn. */
async function perSecond(origins: readonly string[], path: string, forMs: number): Promise<number> {
  const endMs = performance.now() + forMs;
  let turn = 0;
  let answered = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() < endMs) {
      const answer = await fetch(`${origins[turn++ % origins.length]}${path}`);
      await answer.arrayBuffer();
      // The public reads are limited by caller; a refusal is an answer too, but not the one that is measured.
      if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}.`);
      answered += 1;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return (answered * 1_000) / forMs;
}

function memoryMiB(home: string, portals: number): number {
  const names = Array.from({ length: portals }, (_, index) => (index === 0 ? 'portal' : `portal-${index}`));
  const kib = names.map((name) => {
    const pid = readFileSync(join(home, 'pids', `${name}.pid`), 'utf8').split(' ')[0];
    return residentKiB(pid ?? '');
  });
  return Math.round(kib.reduce((sum, each) => sum + each, 0) / 1_024);
}

/** What one, two and four portals on one database answer on this machine: without more processors only what a portal costs is seen. */
export async function benchPortals(): Promise<void> {
  for (const portals of PORTALS) {
    const product = await startProduct(portals);
    try {
      for (const [kind, path] of Object.entries(PATHS)) {
        await perSecond(product.origins, path, WARM_UP_MS);
        const rate = rounded(await perSecond(product.origins, path, MEASURE_MS));
        console.log(JSON.stringify({ figure: 'portals', portals, kind, perSecond: rate }));
      }
      console.log(JSON.stringify({ figure: 'portals', portals, memoryMiB: memoryMiB(product.home, portals) }));
    } finally {
      await product.stop();
    }
  }
}
