import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { findChromium } from '../suite/chromium.mjs';
import { cometbftEnvironment } from '../suite/cometbft.mjs';
import { buildPortal } from '../supervisor/build.mjs';
import { Fault, tell } from '../supervisor/fault.mjs';
import { nodePath, root } from '../supervisor/runtime.mjs';

const LAYERS = ['ledger', 'partitions', 'product'];
const USAGE = `npm run faults [-- layers and options]
  ledger          kill -9, SIGSTOP, an emptied application, a node that joins by a snapshot, while people pay and order
  partitions      every partition of four nodes in network namespaces (as root; ip and nft)
  product         the same on the whole product, with an order that a customer follows in a browser
                  none named: all three
  --seed S        which faults, in which order; one is drawn and printed unless given
  --minutes N     how long the ledger's faults go on (3)
  --rounds N      how often all partitions are made (1)
  --hold SECONDS  how long a partition is held (4)
  --stop SECONDS  how long a validator of the product is stopped (60)
Environment: COMETBFT, unless cometbft is in PATH.`;

function optionsOf(args) {
  const text = { type: 'string' };
  const options = { seed: text, minutes: text, rounds: text, hold: text, stop: text, help: { type: 'boolean' } };
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    const wrong = positionals.find((layer) => !LAYERS.includes(layer));
    if (wrong !== undefined) throw new Error(`There is no layer “${wrong}”.`);
    for (const [name, value] of Object.entries(values))
      if (name !== 'help' && !/^\d{1,15}$/.test(value)) throw new Error(`--${name} is a whole number.`);
    return { ...values, layers: positionals.length === 0 ? LAYERS : positionals };
  } catch (error) {
    throw new Fault(`${error.message}\n${USAGE}`);
  }
}

function run(args, env) {
  return new Promise((resolve) => {
    const child = spawn(nodePath(), args, { cwd: root, env: { ...process.env, ...env }, stdio: 'inherit' });
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
    child.on('error', () => resolve(1));
    child.on('close', (code) => resolve(code ?? 1));
  });
}

function flagsOf(options, names) {
  return names.flatMap((name) => (options[name] === undefined ? [] : [`--${name}`, options[name]]));
}

async function runProduct({ stop = '60', seed = String(Date.now() % 1_000_000_000) }, cometbft) {
  const chromium = await findChromium();
  if (!chromium.path) throw new Fault(chromium.sentence);
  await buildPortal({ onStart: () => console.log('Building the portal …') });
  console.log(`seed ${seed}`);
  const env = { COMETBFT: cometbft, FAULTS: '1', FAULTS_STOP_SECONDS: stop, FAULTS_SEED: seed };
  return run(['node_modules/@playwright/test/cli.js', 'test', '--reporter=list'], {
    ...env,
    CHROMIUM_PATH: chromium.path,
  });
}

/** Runs the layers one after the other; gives the exit code. */
export async function main(args) {
  try {
    const options = optionsOf(args);
    if (options.help) {
      console.log(USAGE);
      return 0;
    }
    const { COMETBFT: cometbft } = cometbftEnvironment();
    if (cometbft === undefined)
      throw new Fault('The faults need CometBFT: put cometbft into PATH, or name it in COMETBFT.');
    const program = 'ledger/engines/testing/faults/main.ts';
    let failed = 0;
    for (const layer of options.layers) {
      console.log(`\n── ${layer} ──`);
      const flags = flagsOf(options, layer === 'ledger' ? ['seed', 'minutes'] : ['seed', 'rounds', 'hold']);
      const code =
        layer === 'product'
          ? await runProduct(options, cometbft)
          : await run([program, layer, ...flags], { COMETBFT: cometbft });
      failed += code === 0 ? 0 : 1;
    }
    console.log(failed === 0 ? '\nall faults are survived' : `\n${failed} of ${options.layers.length} layers failed`);
    return failed === 0 ? 0 : 1;
  } catch (error) {
    return tell(error);
  }
}

// As a child of a bootstrap on an older Node.
if (process.send) process.exit(await main(process.argv.slice(2)));
