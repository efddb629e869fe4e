import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { unknownVariables } from '#environment/variables.mjs';
import { equal, toHex } from '#ledger/core/bytes.ts';
import { anchorOf, chainIdOf, genesisHash, type Genesis } from '#ledger/core/genesis.ts';
import { readNodeIdentity, writeCometbftHome, type NodeConfiguration } from '#ledger/engines/cometbft/home.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { abciSocket } from '#ledger/engines/open.ts';
import { readConfiguration } from './cometbft-configuration.ts';
import { writeFounding } from './founding.ts';
import { checkHome, cometbftFolder, readGenesis, readGenesisFile } from './home.ts';
import { Refusal, sentenceOf } from './sentence.ts';

const USAGE = 'usage: npm run cometbft-home -- --home FOLDER [--genesis GENESIS.json] (the environment says the rest)';

/** Without its keys CometBFT would make others, of another kind, and take part in nothing without a word. */
function checkKeys(folder: string, hasSigner: boolean): void {
  const names = ['config/node_key.json', ...(hasSigner ? [] : ['config/priv_validator_key.json'])];
  for (const name of names) {
    const path = join(folder, name);
    if (!existsSync(path)) {
      throw new Refusal(`${path} is missing; run ledger/bin/node-keys.ts for a new node, or bring the key back.`);
    }
    if ((statSync(path).mode & 0o077) !== 0)
      throw new Refusal(
        `${path} can be read by others; run chmod go-rwx on it, and ask whether the key is still yours alone.`,
      );
  }
  const state = join(folder, 'data/priv_validator_state.json');
  if (!hasSigner && !existsSync(state)) {
    throw new Refusal(
      `${state} is missing: it keeps the validator from voting twice, so never make an empty one for a key that has voted.`,
    );
  }
}

/** The home's genesis; a given one is taken over when there is none, and must otherwise be the same. */
function takeGenesis(home: string, given: string | undefined): Genesis {
  if (given === undefined) return readGenesis(home);
  const genesis = readGenesisFile(resolve(given));
  if (!existsSync(join(home, 'genesis.json'))) {
    writeFounding(home, genesis);
    return genesis;
  }
  const own = genesisHash(readGenesis(home), nativeCrypto);
  if (equal(own, genesisHash(genesis, nativeCrypto))) return genesis;
  throw new Refusal(
    `${home} belongs to the network ${toHex(own)}, and ${given} founds another; choose another folder.`,
  );
}

/** A data folder of another network would be refused by CometBFT after it had begun to listen. */
function refuseForeignData(folder: string, genesis: Genesis): void {
  const path = join(folder, 'config/genesis.json');
  if (!existsSync(join(folder, 'data/state.db')) || !existsSync(path)) return;
  const chainId = chainIdOf(genesisHash(genesis, nativeCrypto));
  if (readFileSync(path, 'utf8').includes(`"chain_id": "${chainId}"`)) return;
  throw new Refusal(`${folder} holds the data of another network than ${chainId}; choose another folder.`);
}

function report(home: string, genesis: Genesis, configuration: NodeConfiguration): void {
  const folder = cometbftFolder(home);
  const network = toHex(anchorOf(genesis, nativeCrypto).genesisHash);
  const identity = configuration.signerListen === undefined ? readNodeIdentity(folder) : undefined;
  const founder = genesis.validators.find((each) => identity && equal(each.publicKey, identity.publicKey));
  const summary = { network, validator: founder?.name ?? null, nodeId: identity?.nodeId, home: folder, configuration };
  console.log(
    JSON.stringify(summary, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)),
  );
}

/** Writes CometBFT's genesis.json and config.toml beside the node's keys, from our genesis and the environment. */
function main(): void {
  const { values } = parseArgs({ options: { home: { type: 'string' }, genesis: { type: 'string' } } });
  if (values.home === undefined) throw new Refusal(USAGE);
  const home = resolve(values.home);
  const folder = cometbftFolder(home);
  for (const sentence of unknownVariables()) console.error(sentence);
  const configuration = readConfiguration(abciSocket(home), process.env);
  checkKeys(folder, configuration.signerListen !== undefined);
  checkHome(home);
  const genesis = takeGenesis(home, values.genesis);
  refuseForeignData(folder, genesis);
  writeCometbftHome(folder, genesis, configuration, nativeCrypto);
  report(home, genesis, configuration);
}

try {
  main();
} catch (error) {
  console.error(sentenceOf(error));
  process.exitCode = 1;
}
