import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { unknownVariables } from '#environment/variables.mjs';
import type { EngineName } from '#ledger/core/committed.ts';
import { RECORDS } from '#ledger/engines/cometbft/node-files.ts';
import { openEngine, validatorFolder } from '#ledger/engines/open.ts';
import { openSocketServer } from '#ledger/engines/socket-server.ts';
import { lockFolder } from '#ledger/storage/lock.ts';
import { tellFigures } from '#metrics/listener.ts';
import { environmentLine, readEnvironment } from './environment.ts';
import { countedEngine } from './figures.ts';
import { checkHome, cometbftFolder, readGenesis } from './home.ts';
import { Refusal, sentenceOf } from './sentence.ts';

const USAGE = 'usage: npm run application -- --home FOLDER [--socket PATH]';
/** A clean stop that takes longer is cut short: everything acknowledged is durable anyway. */
const STOP_MS_MAX = 15_000;

function flags(): { home: string; socket: string } {
  try {
    const { values } = parseArgs({ options: { home: { type: 'string' }, socket: { type: 'string' } } });
    if (values.home === undefined) throw new Refusal(USAGE);
    const home = resolve(values.home);
    return { home, socket: values.socket === undefined ? join(home, 'ledger.sock') : resolve(values.socket) };
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(`${sentenceOf(error)} ${USAGE}`);
  }
}

/** A ledger stays with the engine that it was founded on: keys and blocks of one mean nothing to the other. */
function refuseOtherEngine(home: string, engine: EngineName): void {
  const others = { embedded: cometbftFolder(home), cometbft: validatorFolder(home, 0) };
  const kinds = { embedded: 'cometbft', cometbft: 'embedded' };
  if (existsSync(others[engine]))
    throw new Refusal(
      `${home} is the home of a ledger on the ${kinds[engine]} engine: set LEDGER_ENGINE=${kinds[engine]}.`,
    );
}

/** CometBFT without a memory and an application with one cannot find together: CometBFT would stop with a page of its own words. */
function refuseForgottenNode(home: string, height: bigint): void {
  const cometbft = cometbftFolder(home);
  if (height === 0n || !existsSync(cometbft) || existsSync(join(cometbft, 'data/state.db'))) return;
  throw new Refusal(
    `The application in ${home} stands at height ${height}, and ${cometbft}/data holds no blocks: keep priv_validator_state.json as it is, and remove ${join(home, RECORDS)} so that both begin together.`,
  );
}

/** Whatever a stop still waits for by then. */
function exitWithin(timeoutMs: number): void {
  setTimeout(() => process.exit(1), timeoutMs).unref();
}

/**
 * The ledger process: every validator of genesis in a thread, or the application beside one CometBFT node; one Unix socket for its
 * clients.
 */
async function main(): Promise<void> {
  const { home, socket } = flags();
  for (const sentence of unknownVariables()) console.error(sentence);
  const environment = readEnvironment();
  console.log(environmentLine(environment));
  checkHome(home);
  refuseOtherEngine(home, environment.engine);
  const genesis = readGenesis(home);
  const lock = lockFolder(home);
  const opened = openEngine({
    ...environment,
    home,
    genesis,
    notice: (sentence) => console.error(sentence),
    failed: (sentence) => {
      console.error(sentence);
      exitWithin(STOP_MS_MAX);
      void opened.stop().finally(() => process.exit(1));
    },
  });
  const { engine, figures, follow } = countedEngine(opened);
  await engine.start();
  refuseForgottenNode(home, (await engine.status()).height);
  const server = await openSocketServer(engine, socket, environment);
  const { metrics } = environment;
  const unfollow = metrics === undefined ? undefined : await follow();
  const listener = metrics === undefined ? undefined : await tellFigures(figures, metrics);
  let isStopping = false;
  const stop = async (): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    exitWithin(STOP_MS_MAX);
    await Promise.all([server.close(), listener?.close()]);
    unfollow?.();
    await engine.stop();
    lock.release();
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop());
  process.on('SIGINT', () => void stop());
  const { height } = await engine.status();
  if (listener !== undefined) console.log(JSON.stringify({ metrics: listener.url }));
  console.log(JSON.stringify({ ready: true, height: height.toString() }));
}

main().catch((error: unknown) => {
  console.error(sentenceOf(error));
  process.exit(1);
});
