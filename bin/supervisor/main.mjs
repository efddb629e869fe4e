// The supervisor: starts what Interpool is made of in order, keeps it alive, stops it in reverse order. It imports none of it.
import { unknownVariables } from '#environment/variables.mjs';
import { buildPortal } from './build.mjs';
import { nodeLosses, openCometbftNodes, portalNodeHome, requireCometbft } from './cometbft.mjs';
import { sentenceFor, tell } from './fault.mjs';
import { found, hasHistory, seed, signInLinks, tuneAgents, tunePrograms } from './founding.mjs';
import { homePath, lockHome, openHome, startOver } from './home.mjs';
import { parseOptions, USAGE } from './options.mjs';
import { anyFreePort, portalPort } from './port.mjs';
import { databaseUrls, openPostgres } from './postgres.mjs';
import { hasSessions, isWanted, makeSessions, openRecords, placeProximity } from './proximity.mjs';
import { endLeftovers, forgetProcess, recordProcess } from './processes.mjs';
import { during, say } from './progress.mjs';
import { watchReplay } from './replay.mjs';
import { openSecrets } from './secrets.mjs';
import {
  agentService,
  ledgerService,
  monitorService,
  portalService,
  programService,
  projectorService,
} from './services.mjs';
import { runTool } from './tool.mjs';

const MIGRATION_TIMEOUT_MS = 120_000;
/** npm and the terminal each pass one Ctrl-C on: what follows within this time is the same key press. */
const SAME_KEY_PRESS_MS = 1_000;

/** The running services, newest last. */
class Running {
  #services = [];
  #signal;

  constructor({ giveUp, signal }) {
    this.giveUp = giveUp;
    this.#signal = signal;
  }

  /** Starts a service and keeps it alive by itself: the others go on while it is away, unless `told` knows better. */
  async add(service, told = { lost: say }) {
    await this.#start(service);
    service.keepAlive(told);
    say(`${service.label} is ready.`);
  }

  /** As `add`, for what the others do not need: that it does not start is said, and stops nothing. */
  async addSpare(service) {
    try {
      await this.add(service);
    } catch (error) {
      this.#signal.throwIfAborted();
      say(`${sentenceFor(error)}\nEverything else goes on without it.`);
      service.keepAlive({ lost: say });
    }
  }

  async #start(service) {
    this.#signal.throwIfAborted();
    this.#services.push(service);
    await during(`waiting for ${service.label.replace(/^The /, 'the ')}`, () => service.start());
    this.#signal.throwIfAborted();
  }

  async stop() {
    for (const service of [...this.#services].reverse()) {
      await service.stop();
      say(`${service.label} is stopped.`);
    }
  }

  kill() {
    for (const service of this.#services) service.kill();
  }
}

async function startDatabase({ home, secrets, running, signal }) {
  const port = await anyFreePort();
  if (!process.env.DATABASE_URL) await running.add(openPostgres({ home, port, password: secrets.postgresPassword }));
  const urls = databaseUrls({ port, secrets });
  await runTool(['--conditions=react-server', 'prisma/migrate.ts'], {
    what: 'Preparing the database',
    timeoutMs: MIGRATION_TIMEOUT_MS,
    env: urls,
    signal,
  });
  return urls;
}

/**
 * The network is of use without its history, so this runs after the welcome, while people look around. Never throws: what stops it
 * is said, and the next start goes on with it.
 */
async function makeHistory({ home, portal, signal }) {
  const work = () => seed({ home, portal, signal });
  try {
    await during('making the sample history with real transactions', work);
    say('The sample history is made.');
  } catch (error) {
    if (signal.aborted) return;
    say(`The sample history is not complete; the next start goes on with it. ${sentenceFor(error)}`);
  }
}

async function startNodes({ home, options, running, signal }) {
  const losses = nodeLosses({ portals: options.portals, giveUp: running.giveUp, say });
  for (const { index, services } of await openCometbftNodes({ home, signal })) {
    for (const service of services) await running.add(service, losses(index));
  }
}

function aborted(signal) {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', resolve, { once: true });
  });
}

async function startAll({ home, options, running, signal }) {
  const ended = await endLeftovers(home);
  if (ended.length > 0) say(`Ended what the last start had left running: ${ended.join(', ')}.`);
  recordProcess(home, 'supervisor', process.pid);
  if (options.engine === 'cometbft') requireCometbft();
  const port = await portalPort();
  const portal = options.origin ?? `http://localhost:${port}`;
  const secrets = openSecrets(home);
  const onStart = () => say('Building the portal (under a minute, only after a change) …');
  if (await during('building the portal', () => buildPortal({ signal, onStart }))) say('The portal is built.');
  const { engine } = options;
  if (await found({ home, portal, engine, signal }))
    say('A new ledger is founded: four validators, the sample people, random keys.');
  const isProximity = isWanted(home, options);
  if (isProximity) await placeProximity({ home, portal, signal });
  const urls = await startDatabase({ home, secrets, running, signal });
  const records = isProximity ? await openRecords({ home, secrets, running, signal }) : undefined;
  const ledgerHome = (index) => (engine === 'cometbft' ? portalNodeHome(home, index) : home);
  if (engine === 'cometbft') await startNodes({ home, options, running, signal });
  else await running.add(ledgerService({ home }));
  const replay = watchReplay(say);
  await running.add(projectorService({ home, ledgerHome: ledgerHome(0), urls, onLine: replay.hear }));
  const ports = [port];
  while (ports.length < options.portals) ports.push(await anyFreePort());
  const metrics = await anyFreePort();
  for (const [index, own] of ports.entries()) {
    const at = { port: own, metrics: index === 0 ? metrics : 0, origin: portal };
    await running.add(portalService({ home, index, ledgerHome: ledgerHome(index), urls, secrets, ...at }));
    if (options.portals > 1) say(`Portal ${index} listens at http://localhost:${own}.`);
  }
  // Nothing waits for it: whoever is not watched works all the same.
  await running.addSpare(monitorService({ home, ledgerHome: ledgerHome(0), urls, portals: ports }));
  // The portals say meanwhile how far it is; the agents need their answers.
  await during('making the read model from the ledger', () => Promise.race([replay.done, aborted(signal)]));
  const agents = await tuneAgents({ home, portal });
  const first = { endpoint: `http://127.0.0.1:${port}`, figures: `127.0.0.1:${metrics}` };
  const programs = [
    ...agents.map((agent) => agentService({ home, ...agent })),
    ...tunePrograms({ home, portal, engine, first, records }).map((program) => programService({ home, ...program })),
  ];
  await Promise.all(programs.map((program) => running.addSpare(program)));
  return portal;
}

function welcome({ home, portal, isHistoryToCome, isProximityToCome }) {
  const lines = signInLinks({ home, portal }).map(
    ({ name, role, link }) => `  ${name}${role ? ` (${role})` : ''}\n    ${link}`,
  );
  const history = isHistoryToCome
    ? 'The sample’s history is being made now, with real transactions: data sets and orders appear on the pages one by one.\n\n'
    : '';
  const added = isProximityToCome
    ? 'The sample of the proximity service is being made as well; see Nearby, My service node and Proximity network.\n\n'
    : '';
  process.stdout.write(
    `\nInterpool runs at ${portal}\n\n${history}${added}Sign in as one of the sample people (each link holds a key: keep it to yourself):\n${lines.join('\n')}\n\nCtrl-C stops everything; the next start goes on from here.\n\n`,
  );
}

/** Resolves with why to stop: a signal, a closed parent, a start that failed, or too many nodes gone. */
function watchForStop(running) {
  const { promise, resolve } = Promise.withResolvers();
  let firstMs;
  const interrupt = () => {
    const nowMs = Date.now();
    if (firstMs === undefined) {
      firstMs = nowMs;
      resolve({ code: 0 });
    } else if (nowMs - firstMs > SAME_KEY_PRESS_MS) {
      running.kill();
      process.stdout.write('\nStopped by force. The next start repairs what that left.\n');
      process.exit(130);
    }
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, interrupt);
  process.on('disconnect', interrupt);
  return { promise, giveUp: (sentence) => resolve({ code: 1, sentence }) };
}

async function supervise(home, options) {
  const aborting = new AbortController();
  const running = new Running({ giveUp: (sentence) => stop.giveUp(sentence), signal: aborting.signal });
  const stop = watchForStop(running);
  const { signal } = aborting;
  const start = startAll({ home, options, running, signal }).then(
    async (portal) => {
      const isHistoryToCome = !options.isUnseeded && !hasHistory(home);
      const isProximityToCome = isWanted(home, options) && !hasSessions(home);
      welcome({ home, portal, isHistoryToCome, isProximityToCome });
      if (isHistoryToCome) await makeHistory({ home, portal, signal });
      if (isProximityToCome && (!isHistoryToCome || hasHistory(home))) await makeSessions({ home, portal, signal });
    },
    (error) => stop.giveUp(sentenceFor(error)),
  );
  const { code, sentence } = await stop.promise;
  aborting.abort();
  if (sentence) process.stderr.write(`\n${sentence}\n\n`);
  else say('Stopping …');
  await running.stop();
  await start;
  forgetProcess(home, 'supervisor');
  return code;
}

/** Runs Interpool until it is told to stop; gives the exit code. */
export async function main(args) {
  let unlock;
  try {
    const options = parseOptions(args);
    if (options.isHelp) {
      process.stdout.write(`${USAGE}\n`);
      return 0;
    }
    for (const sentence of unknownVariables()) say(sentence);
    const home = homePath();
    if (options.isFresh) {
      await startOver(home, options);
      say('The data folder is deleted.');
    }
    openHome(home);
    unlock = lockHome(home);
    const code = await supervise(home, options);
    if (code === 0) say('Everything is stopped.');
    return code;
  } catch (error) {
    return tell(error);
  } finally {
    unlock?.();
  }
}

// As a child of a bootstrap on an older Node.
if (process.send) process.exit(await main(process.argv.slice(2)));
