import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { genesisFromJson, type Genesis } from '#ledger/core/genesis.ts';
import { errorCode, haltFor } from '#ledger/storage/halt.ts';
import { Refusal } from './sentence.ts';

/** CometBFT's own home within a node's. */
export function cometbftFolder(home: string): string {
  return join(home, 'cometbft');
}

/** Refuses a folder that others could change, or that is none. */
export function checkHome(home: string): void {
  try {
    const stats = statSync(home);
    if (!stats.isDirectory()) throw new Refusal(`${home} is not a folder.`);
    if (process.getuid !== undefined && stats.uid !== process.getuid()) {
      throw new Refusal(`${home} belongs to another user; start the ledger as its owner.`);
    }
    if ((stats.mode & 0o022) !== 0) throw new Refusal(`${home} can be written by others; run chmod go-w on it.`);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') throw new Refusal(`${home} does not exist; run ledger/bin/genesis.ts first.`);
    throw error instanceof Refusal ? error : haltFor(`Reading ${home}`, error);
  }
}

export function readGenesis(home: string): Genesis {
  return readGenesisFile(join(home, 'genesis.json'));
}

export function readGenesisFile(path: string): Genesis {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') throw new Refusal(`${path} is missing; run ledger/bin/genesis.ts first.`);
    throw haltFor(`Reading ${path}`, error);
  }
  const read = genesisFromJson(content);
  if (!read.ok) throw new Refusal(`${path} cannot be used: ${read.sentence}`);
  return read.value;
}
