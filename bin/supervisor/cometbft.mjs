// A consortium's network on this machine: four CometBFT nodes, and beside each the application process that executes its blocks.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Fault } from './fault.mjs';
import { anyFreePort } from './port.mjs';
import { isProgram } from './program.mjs';
import { Service } from './service.mjs';
import { ledgerService } from './services.mjs';
import { runTool } from './tool.mjs';

const NODES = 4;
/** Of four nodes, so many may be gone: the others have more than two thirds of the votes. */
const LOST_MAX = 1;
const PREPARE_TIMEOUT_MS = 60_000;
const READY_TIMEOUT_MS = 120_000;
const PROBE_TIMEOUT_MS = 2_000;
const VERSION_TIMEOUT_MS = 10_000;
const ADVICE =
  'CometBFT is not here: install Go 1.25 or newer, run "go install github.com/cometbft/cometbft/cmd/cometbft@v0.40.0", and put it into PATH or name it in COMETBFT.';

/** The program: COMETBFT, or the first in PATH. Undefined when there is none. */
export function findCometbft() {
  const wanted = process.env.COMETBFT;
  if (wanted) return isProgram(wanted) ? wanted : undefined;
  const places = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return places.map((folder) => join(folder, 'cometbft')).find(isProgram);
}

function isCometbft(program) {
  const { status, stdout } = spawnSync(program, ['version'], { encoding: 'utf8', timeout: VERSION_TIMEOUT_MS });
  return status === 0 && /^v?\d+\.\d+/.test(stdout);
}

/** The program, or a sentence: asked first, before anything is built or founded. */
export function requireCometbft() {
  const program = findCometbft();
  if (program && isCometbft(program)) return program;
  throw new Fault(
    process.env.COMETBFT ? `COMETBFT is ${process.env.COMETBFT}, which is not CometBFT. ${ADVICE}` : ADVICE,
  );
}

function nodeHome(home, index) {
  return join(home, `node-${index}`);
}

/** The home whose application a portal asks; the projector asks the first portal's. */
export function portalNodeHome(home, portal) {
  return nodeHome(home, portal % NODES);
}

/**
 * What is done about a node whose processes cannot be kept alive: `giveUp` ends everything when the rest cannot decide, or when a portal
 * has lost the node that it asks; otherwise the rest goes on, `say` tells, and the node counts again once its process is back.
 */
export function nodeLosses({ portals, giveUp, say }) {
  const lost = new Set();
  return (index) => ({
    lost(sentence) {
      lost.add(index);
      if (lost.size > LOST_MAX || index < Math.min(portals, NODES)) giveUp(sentence);
      else say(`${sentence}\nThe other nodes go on without node ${index}.`);
    },
    back: () => lost.delete(index),
  });
}

async function isAnswering(rpc) {
  const answer = await fetch(`http://127.0.0.1:${rpc}/health`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
  return answer.ok;
}

/**
 * CometBFT makes a new key, and a state that has signed nothing, where they are missing: the node would come back as nobody, and with its
 * old key later it could sign twice.
 */
function requireKeys(cometbftHome) {
  for (const name of ['config/priv_validator_key.json', 'config/node_key.json', 'data/priv_validator_state.json']) {
    if (existsSync(join(cometbftHome, name))) continue;
    throw new Fault(
      `${join(cometbftHome, name)} is missing: bring back the one that was there last (docs/operate/backup.md says which never to bring back); CometBFT is not started without it.`,
    );
  }
}

function cometbftService({ home, program, index, rpc }) {
  return new Service({
    home,
    name: `cometbft-${index}`,
    label: `CometBFT ${index}`,
    command: program,
    args: ['node', '--home', join(nodeHome(home, index), 'cometbft')],
    check: () => requireKeys(join(nodeHome(home, index), 'cometbft')),
    probe: () => isAnswering(rpc),
    readyTimeoutMs: READY_TIMEOUT_MS,
    stopTimeoutMs: 20_000,
  });
}

/**
 * Prepares the nodes (keys and genesis once, ports at every start) and gives each one's services in the order in which they start: its
 * application is there before its CometBFT asks for it.
 */
export async function openCometbftNodes({ home, signal }) {
  const program = requireCometbft();
  const ports = [];
  for (let at = 0; at < NODES * 2; at += 1) {
    let port = await anyFreePort();
    while (ports.includes(port)) port = await anyFreePort();
    ports.push(port);
  }
  const spec = join(home, 'genesis-spec.json');
  await runTool(['ledger/bin/localnet.ts', '--home', home, '--spec', spec, '--ports', ports.join(',')], {
    what: 'Preparing the nodes',
    timeoutMs: PREPARE_TIMEOUT_MS,
    signal,
  });
  return Array.from({ length: NODES }, (_, index) => {
    const rpc = ports[index * 2 + 1];
    const application = ledgerService({
      home,
      nodeHome: nodeHome(home, index),
      name: `application-${index}`,
      label: `Application ${index}`,
      env: { LEDGER_ENGINE: 'cometbft', COMETBFT_RPC: `http://127.0.0.1:${rpc}` },
    });
    return { index, services: [application, cometbftService({ home, program, index, rpc })] };
  });
}
