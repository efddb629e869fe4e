import { existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from './fault.mjs';
import { agentPorts, anyFreePort, isFree } from './port.mjs';
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

/** A sample provider's agent has a folder of its own in the data folder; its process has the folder's name. */
const AGENT_FOLDER = /^agent(?:-([2-9]))?$/;

/** The sample of the proximity service brings the fourth and the fifth. */
const PROVIDERS = 3;

/** Whose agent it is, in the words of the sign-in links. */
function agentLabel(number) {
  if (number > PROVIDERS) return `Service node ${number - PROVIDERS}’s agent`;
  return number === 1 ? 'The provider’s agent' : `Provider ${number}’s agent`;
}

/** The agents that the sample was founded with: `{name, label, config}` each, the first provider's first. */
export async function tuneAgents({ home, portal }) {
  const numbers = readdirSync(home)
    .map((name) => AGENT_FOLDER.exec(name))
    .filter((match) => match !== null)
    .map(([, number = '1']) => Number(number));
  const agents = [];
  const ports = new Set();
  const firstPort = agentPorts();
  // The first one is never left out: without its folder the start says what is missing.
  for (const number of [...new Set([1, ...numbers])].sort()) {
    const name = number === 1 ? 'agent' : `agent-${number}`;
    const wanted = firstPort === undefined ? undefined : firstPort + number - 1;
    const config = await tuneAgent({ path: join(home, name, 'config.json'), portal, ports, wanted });
    agents.push({ name, label: agentLabel(number), config });
  }
  return agents;
}

/** Folders of the sample's programs that are no agents, and whose they are. A keeper asks the embedded engine alone. */
const PROGRAMS = [
  { name: 'maintainer', label: 'The maintainer’s program' },
  { name: 'identity', label: 'The operator’s identity program' },
  { name: 'keeper', label: 'The validators’ keeper', engine: 'embedded' },
  { name: 'portal-keeper', label: 'The portal’s keeper', isBesidePortal: true },
];

/**
 * Those that the sample was founded with and that this engine has a use for: `{name, label, config}` each. `first`: where the first portal
 * is reached and where it tells its figures, which its keeper has to know. `records`: where the operator's are; undefined: where they were.
 */
export function tunePrograms({ home, portal, engine, first, records }) {
  return PROGRAMS.filter((program) => program.engine === undefined || program.engine === engine).flatMap(
    ({ name, label, isBesidePortal }) => {
      const config = join(home, name, 'config.json');
      // A data folder from before there was this program.
      if (!existsSync(config)) return [];
      const own = { ...(isBesidePortal && first), ...(name === 'identity' && records && { records }) };
      writeConfig(config, { ...readConfig(config), portal, ...own });
      return [{ name, label, config }];
    },
  );
}

function readConfig(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw new Fault(
      `${path} is missing or damaged: restore it from a backup, or start over with npm start -- --fresh.`,
    );
  }
}

function writeConfig(path, config) {
  writeFileSync(`${path}.new`, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** Gives an agent this start's portal and the port that is `wanted` for it, and another one when its port is used by someone else, or is among `ports`; adds its port to them. */
async function tuneAgent({ path, portal, ports, wanted }) {
  const config = readConfig(path);
  followPortal(config, portal);
  config.portal = portal;
  config.metrics ??= '127.0.0.1:0';
  if (wanted !== undefined) moveGateway(config, wanted);
  const isTaken = async () => ports.has(config.gateway.port) || !(await isFree(config.gateway.port));
  while (await isTaken()) moveGateway(config, await anyFreePort());
  ports.add(config.gateway.port);
  if (config.connection !== undefined) await tuneRelay(config, { ports, wanted });
  writeConfig(path, config);
  return path;
}

/** A relay listens at a port of its own, as far after the gateway's as the sample has it. */
const RELAY_PORT_AFTER = 10;

async function tuneRelay(config, { ports, wanted }) {
  if (wanted !== undefined) moveRelay(config, wanted + RELAY_PORT_AFTER);
  const isTaken = async () =>
    ports.has(config.connection.listen.port) || !(await isFree(config.connection.listen.port));
  while (await isTaken()) moveRelay(config, await anyFreePort());
  ports.add(config.connection.listen.port);
}

function moveRelay({ connection }, port) {
  connection.listen.port = port;
  connection.publicAddress = `${connection.listen.host}:${port}`;
}

/** What a relay's probe fetches from the portal is fetched from the portal of this start; a target elsewhere stays. */
function followPortal(config, portal) {
  for (const { probe } of config.connection?.relays ?? []) {
    const { origin, pathname } = new URL(probe.url);
    if (origin === config.portal) probe.url = `${portal}${pathname}`;
  }
}

function moveGateway(config, port) {
  config.gateway.port = port;
  config.gateway.publicOrigin = `http://localhost:${port}`;
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
  const added = join(home, 'proximity-people.json');
  return [join(home, 'sample-people.json'), ...(existsSync(added) ? [added] : [])].flatMap((path) =>
    linksOf(path, portal),
  );
}

function linksOf(path, portal) {
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
