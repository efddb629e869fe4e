import { existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from './fault.mjs';
import { anyFreePort, isFree } from './port.mjs';
import { runTool } from './tool.mjs';

const TIMEOUT_MS = 60_000;
const SEED_TIMEOUT_MS = 10 * 60_000;

/** A ledger stays with the engine that it was founded on: keys and blocks of one mean nothing to the other. */
function refuseOtherEngine(home, engine) {
  const other =
    engine === 'cometbft' ? { mark: 'validator-0', name: 'embedded' } : { mark: 'node-0', name: 'cometbft' };
  if (!existsSync(join(home, other.mark))) return;
  throw new Fault(
    `The ledger in ${home} runs on the ${other.name} engine: set LEDGER_ENGINE=${other.name}, or choose another folder with INTERPOOL_HOME.`,
  );
}

/** Makes the sample people and the genesis, once. genesis.json is written last: without it everything before is made again. */
export async function found({ home, portal, engine, signal }) {
  refuseOtherEngine(home, engine);
  if (existsSync(join(home, 'genesis.json'))) return false;
  for (const name of readdirSync(home))
    if (/^validator-\d+$/.test(name)) rmSync(join(home, name), { recursive: true, force: true });
  await runTool(['prisma/seed/people.ts', '--home', home, '--portal', portal], {
    what: 'Making the sample people',
    timeoutMs: TIMEOUT_MS,
    signal,
  });
  // A consortium's nodes make their own keys first, and are prepared at every start: cometbft.mjs.
  if (engine === 'cometbft') return true;
  await runTool(['ledger/bin/genesis.ts', '--home', home, '--spec', join(home, 'genesis-spec.json')], {
    what: 'Making the genesis',
    timeoutMs: TIMEOUT_MS,
    signal,
  });
  return true;
}

/** Gives the sample agent this start's portal, and another port when its own is used by someone else. */
export async function tuneAgent({ home, portal }) {
  const path = join(home, 'agent/config.json');
  let config;
  try {
    config = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw new Fault(
      `${path} is missing or damaged: restore it from a backup, or start over with npm start -- --fresh.`,
    );
  }
  config.portal = portal;
  if (!(await isFree(config.gateway.port))) {
    config.gateway.port = await anyFreePort();
    config.gateway.publicOrigin = `http://localhost:${config.gateway.port}`;
  }
  writeFileSync(`${path}.new`, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return path;
}

const historyMarker = (home) => join(home, 'seeded.json');

/** Whether the sample's history is complete. */
export function hasHistory(home) {
  return existsSync(historyMarker(home));
}

/** Makes the sample's history through the portal, or goes on with what an earlier start began; a marker says that it is complete. */
export async function seed({ home, portal, signal }) {
  await runTool(['prisma/seed/main.ts', '--home', home, '--portal', portal], {
    what: 'Making the sample history',
    timeoutMs: SEED_TIMEOUT_MS,
    signal,
  });
  writeFileSync(historyMarker(home), `${JSON.stringify({ complete: true })}\n`);
}

/** One line per sample person: who, and the link that signs this browser in as them. Shown on the terminal only. */
export function signInLinks({ home, portal }) {
  const path = join(home, 'sample-people.json');
  const damaged = new Fault(
    `${path} is missing or damaged: restore it from a backup, or start over with npm start -- --fresh.`,
  );
  try {
    const file = JSON.parse(readFileSync(path, 'utf8'));
    const people = Array.isArray(file) ? file : file.people;
    return people.map(({ name, role, secretKey }) => {
      const secret = secretKey.replace(/^0x/, '');
      if (!/^[0-9a-f]{64}$/.test(secret)) throw damaged;
      return { name, role, link: `${portal}/sign-in#sample=${secret}&name=${encodeURIComponent(name)}` };
    });
  } catch {
    throw damaged;
  }
}
