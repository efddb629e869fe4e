import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MessagePort, workerData } from 'node:worker_threads';
import { toHex } from '#ledger/core/bytes.ts';
import { genesisHash } from '#ledger/core/genesis.ts';
import { validatorAddress } from '#ledger/core/validator-set.ts';
import { networkOf, signVote } from '#ledger/engines/embedded/network.ts';
import { decodePeerMessage, encodePeerMessage } from '#ledger/engines/embedded/peer-message.ts';
import type { ValidatorThreadData } from '#ledger/engines/embedded/thread-protocol.ts';
import { readValidatorKey } from '#ledger/engines/embedded/validator-key.ts';
import { nativeCrypto as crypto } from '#ledger/engines/native-crypto.ts';

/** The real validator's thread; where its folder is marked, each of its votes goes out with one that contradicts it. */

const MARK = 'two-faced';

/** From its next start on the validator of this folder contradicts itself. */
export function markTwoFaced(folder: string): void {
  writeFileSync(join(folder, MARK), '');
}

/** The vote for nothing that contradicts a message with an own vote for a block; undefined for any other message. */
function contradiction({
  folder,
  publicKey,
  genesis,
}: ValidatorThreadData): (bytes: Uint8Array) => Uint8Array | undefined {
  const secretKey = readValidatorKey(folder, publicKey, crypto);
  const own = toHex(validatorAddress(publicKey, crypto));
  const publicKeys = genesis.validators.map((each) => each.publicKey);
  const network = networkOf({ hash: genesisHash(genesis, crypto), timeMs: genesis.timeMs, publicKeys }, crypto);
  return (bytes) => {
    const message = decodePeerMessage(bytes);
    if (message?.kind !== 'vote') return undefined;
    const { vote, timestampMs } = message.signed;
    if (vote.validator !== own || vote.valueId === null) return undefined;
    const signed = signVote(network, { ...vote, valueId: null }, timestampMs, { crypto, secretKey });
    return encodePeerMessage({ kind: 'vote', signed });
  };
}

function contradictOnEveryPort(data: ValidatorThreadData): void {
  const contradict = contradiction(data);
  const { postMessage } = MessagePort.prototype;
  MessagePort.prototype.postMessage = function (this: MessagePort, value: unknown, ...rest): void {
    postMessage.call(this, value, ...rest);
    const second = value instanceof Uint8Array ? contradict(value) : undefined;
    if (second !== undefined) postMessage.call(this, second);
  };
}

if (workerData !== null) {
  const data = workerData as ValidatorThreadData;
  if (existsSync(join(data.folder, MARK))) contradictOnEveryPort(data);
  await import('#ledger/engines/embedded/worker.ts');
}
