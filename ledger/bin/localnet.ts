import { copyFileSync, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { toHex } from '#ledger/core/bytes.ts';
import { anchorOf, VALIDATORS_MIN } from '#ledger/core/genesis.ts';
import {
  readNodeIdentity,
  writeCometbftHome,
  writeNodeKeys,
  type NodeIdentity,
} from '#ledger/engines/cometbft/home.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { abciSocket } from '#ledger/engines/open.ts';
import { realDisk } from '#ledger/storage/disk.ts';
import { genesisOf, writeFounding, nameOfValidator } from './founding.ts';
import { cometbftFolder, readGenesis } from './home.ts';
import { makeKeyPair } from './key-pair.ts';
import { Refusal, sentenceOf } from './sentence.ts';

const USAGE =
  'usage: node_modules/.bin/node ledger/bin/localnet.ts --home FOLDER --spec SPEC.json --ports P2P1,RPC1,P2P2,RPC2,…';

/** Home of one node of a network on one machine. */
function nodeHome(home: string, index: number): string {
  return join(home, `node-${index}`);
}

/** Made at the founding, and never again: a node that has lost its key must not come back with another one. */
function identities(home: string): NodeIdentity[] {
  const isFounded = existsSync(join(home, 'genesis.json'));
  return Array.from({ length: VALIDATORS_MIN }, (_, index) => {
    const folder = cometbftFolder(nodeHome(home, index));
    const isMade = isFounded || existsSync(join(folder, 'config/priv_validator_key.json'));
    return isMade ? readNodeIdentity(folder) : writeNodeKeys(folder, makeKeyPair().secretKey, nativeCrypto);
  });
}

/** The ports of every node: for other nodes, and for its application. */
function portsOf(text: string): { p2p: string; rpc: string }[] {
  const ports = text.split(',').map(Number);
  const areGood =
    ports.length === VALIDATORS_MIN * 2 && ports.every((port) => Number.isInteger(port) && port > 0 && port < 65_536);
  if (!areGood) throw new Refusal(`--ports must name ${VALIDATORS_MIN * 2} ports. ${USAGE}`);
  return Array.from({ length: VALIDATORS_MIN }, (_, index) => ({
    p2p: `127.0.0.1:${ports[index * 2]}`,
    rpc: `127.0.0.1:${ports[index * 2 + 1]}`,
  }));
}

/**
 * Prepares four CometBFT nodes on this machine: keys and genesis once, configuration at every start, since the ports may be others. The
 * supervisor starts the processes (npm run localnet).
 */
function main(): void {
  const { values } = parseArgs({
    options: { home: { type: 'string' }, spec: { type: 'string' }, ports: { type: 'string' } },
  });
  if (values.home === undefined || values.spec === undefined || values.ports === undefined) throw new Refusal(USAGE);
  const home = resolve(values.home);
  const ports = portsOf(values.ports);
  realDisk.makeFolder(home);
  for (let index = 0; index < VALIDATORS_MIN; index += 1) realDisk.makeFolder(nodeHome(home, index));
  const nodes = identities(home);
  if (!existsSync(join(home, 'genesis.json'))) {
    const validators = nodes.map(({ publicKey }, index) => ({
      name: nameOfValidator(index),
      publicKey: toHex(publicKey),
    }));
    writeFounding(home, genesisOf(values.spec, validators));
  }
  const genesis = readGenesis(home);
  for (const [index, { p2p, rpc }] of ports.entries()) {
    const own = nodeHome(home, index);
    for (const name of ['genesis.json', 'anchor.json']) copyFileSync(join(home, name), join(own, name));
    const peers = nodes.flatMap(({ nodeId }, other) => (other === index ? [] : [`${nodeId}@${ports[other]?.p2p}`]));
    const configuration = {
      moniker: `node-${index}`,
      abciSocket: abciSocket(own),
      p2pListen: p2p,
      peers,
      rpcListen: rpc,
      privatePeerIds: [],
      findsPeers: false,
      commitMs: 50,
      gossipMs: 10,
      sharesAddress: true,
    };
    writeCometbftHome(cometbftFolder(own), genesis, configuration, nativeCrypto);
  }
  console.log(
    JSON.stringify({ home, network: toHex(anchorOf(genesis, nativeCrypto).genesisHash), nodes: nodes.length }),
  );
}

try {
  main();
} catch (error) {
  console.error(sentenceOf(error));
  process.exitCode = 1;
}
