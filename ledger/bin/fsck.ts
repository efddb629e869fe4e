import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { genesisHash } from '#ledger/core/genesis.ts';
import { createApplication } from '#ledger/engines/application.ts';
import { checkFolder, reportLine } from '#ledger/engines/embedded/folder-check.ts';
import { networkOf } from '#ledger/engines/embedded/network.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { realDisk } from '#ledger/storage/disk.ts';
import { lockFolder } from '#ledger/storage/lock.ts';
import { checkHome, readGenesis } from './home.ts';
import { Refusal, sentenceOf } from './sentence.ts';

const USAGE =
  "usage: npm run fsck -- FOLDER [--home HOME]   (FOLDER: a validator's folder; HOME: where genesis.json stands)";

function flags(): { folder: string; home: string } {
  try {
    const { values, positionals } = parseArgs({ options: { home: { type: 'string' } }, allowPositionals: true });
    const [folder] = positionals;
    if (folder === undefined || positionals.length !== 1) throw new Refusal(USAGE);
    return { folder: resolve(folder), home: resolve(values.home ?? dirname(resolve(folder))) };
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(`${sentenceOf(error)} ${USAGE}`);
  }
}

/** Exit 0 and one line of JSON when everything is right; else the first thing that is wrong, and exit 1. */
function main(): number {
  const { folder, home } = flags();
  const genesis = readGenesis(home);
  checkHome(folder);
  const lock = lockFolder(folder);
  const publicKeys = genesis.validators.map((each) => each.publicKey);
  const hash = genesisHash(genesis, nativeCrypto);
  const network = networkOf({ hash, timeMs: genesis.timeMs, publicKeys }, nativeCrypto);
  const verdict = checkFolder({
    disk: realDisk,
    folder,
    network,
    crypto: nativeCrypto,
    createApplication: () => createApplication(genesis, nativeCrypto),
  });
  lock.release();
  if (verdict.ok) console.log(reportLine(verdict.report));
  else console.error(verdict.sentence);
  return verdict.ok ? 0 : 1;
}

try {
  process.exitCode = main();
} catch (error) {
  console.error(sentenceOf(error));
  process.exitCode = 1;
}
