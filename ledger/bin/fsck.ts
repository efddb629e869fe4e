import { basename, dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { genesisHash, type Genesis } from '#ledger/core/genesis.ts';
import { createApplication } from '#ledger/engines/application.ts';
import { applicationReportLine, checkApplicationFolder } from '#ledger/engines/cometbft/folder-check.ts';
import { RECORDS } from '#ledger/engines/cometbft/node-files.ts';
import { checkFolder, reportLine } from '#ledger/engines/embedded/folder-check.ts';
import { networkOf } from '#ledger/engines/embedded/network.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { realDisk } from '#ledger/storage/disk.ts';
import { listSegments } from '#ledger/storage/segment.ts';
import { lockFolder } from '#ledger/storage/lock.ts';
import { checkHome, readGenesis } from './home.ts';
import { Refusal, sentenceOf } from './sentence.ts';

const USAGE =
  "usage: npm run fsck -- FOLDER [--home HOME]   (FOLDER: a validator's, or the application of a CometBFT node; HOME: where genesis.json stands)";

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

type Verdict = { readonly ok: true; readonly line: string } | { readonly ok: false; readonly sentence: string };

/** A validator's folder of the embedded engine. */
function checkValidator(folder: string, genesis: Genesis): Verdict {
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
  return verdict.ok ? { ok: true, line: reportLine(verdict.report) } : verdict;
}

/** The application's folder of a CometBFT node. */
function checkApplication(folder: string, genesis: Genesis): Verdict {
  const verdict = checkApplicationFolder({
    disk: realDisk,
    home: dirname(folder),
    network: genesisHash(genesis, nativeCrypto),
    crypto: nativeCrypto,
    createApplication: () => createApplication(genesis, nativeCrypto),
  });
  return verdict.ok ? { ok: true, line: applicationReportLine(verdict.report) } : verdict;
}

/** Exit 0 and one line of JSON when everything is right; else the first thing that is wrong, and exit 1. */
function main(): number {
  const { folder, home } = flags();
  checkHome(folder);
  const genesis = readGenesis(home);
  if (listSegments(realDisk, folder).length === 0) {
    throw new Refusal(
      `${folder} holds no journal: name a validator's folder, or the application folder of a CometBFT node. ${USAGE}`,
    );
  }
  const isApplication = basename(folder) === RECORDS;
  // A node's process holds its home, a validator's thread its own folder.
  const lock = lockFolder(isApplication ? dirname(folder) : folder);
  const verdict = isApplication ? checkApplication(folder, genesis) : checkValidator(folder, genesis);
  lock.release();
  if (verdict.ok) console.log(verdict.line);
  else console.error(verdict.sentence);
  return verdict.ok ? 0 : 1;
}

try {
  process.exitCode = main();
} catch (error) {
  console.error(sentenceOf(error));
  process.exitCode = 1;
}
