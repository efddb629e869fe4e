import { ReviseStrategy } from '#ledger/contracts/strategy/methods.ts';
import { encode } from '#ledger/core/codec.ts';
import { commitOf } from '#ledger/core/commit.ts';
import { nobleCrypto as crypto } from '#ledger/core/crypto-noble.ts';
import { chainIdOf, type Anchor } from '#ledger/core/genesis.ts';
import { headerHash, type Header } from '#ledger/core/header.ts';
import { MerkleLog } from '#ledger/vectors/merkle-log.ts';
import { headFile, receiptFile, type HeadFile, type ReceiptFile } from '#ledger/core/receipt-file.ts';
import { appHash, encodeLeaf, eventsRoot, type Leaf } from '#ledger/core/receipt.ts';
import { nanoseconds } from '#ledger/core/time.ts';
import { compileMethod, encodeTransaction, signTransaction, transactionId } from '#ledger/core/transaction.ts';
import { equalPowerSet, validatorSetHash } from '#ledger/core/validator-set.ts';
import { PRECOMMIT, voteDigest, type Vote } from '#ledger/core/vote.ts';

/** Four validators with known keys and a receipt that three of them signed: for tests of whoever reads receipts. */

const network = crypto.sha256(Uint8Array.of(42));
const secrets = [1, 2, 3, 4].map((n) => new Uint8Array(32).fill(n));
const validators = equalPowerSet(
  secrets.map((secret) => crypto.publicKey(secret)),
  crypto,
);
export const sampleAnchor: Anchor = {
  genesisHash: network,
  validators: validators.validators.map(({ publicKey }) => publicKey),
};
const revise = compileMethod(ReviseStrategy, crypto);

export const sampleTransaction = signTransaction(
  {
    network,
    transaction: {
      method: 'ReviseStrategy',
      account: 3n,
      key: 0n,
      nonce: 4n,
      validUntilMs: 5n,
      args: {
        resource: 1n,
        strategy: {
          accessClass: 'public',
          conditions: [],
          formats: ['csv'],
          columns: ['day', 'wind'],
          rowFilter: '',
          opensAtMs: 0n,
          closesAtMs: 0n,
          useMsMax: 60_000n,
          callsMax: 10n,
          bytesMax: 10n,
          simultaneousMax: 1n,
          price: { unit: 'use', amountMicro: 5n },
        },
      },
    },
  },
  secrets[0]!,
  revise,
  crypto,
);
export const samplePayloads = [{ contract: 'strategy', version: 1n, type: 'StrategyRecorded', resource: 1n }];

function signedHeader(changes: Partial<Header>, signers: number): { header: Header; precommits: (Vote | undefined)[] } {
  const none = crypto.sha256(new Uint8Array(0));
  const header: Header = {
    version: { block: 11n, app: 1n },
    chainId: chainIdOf(network),
    height: 8n,
    timeNs: nanoseconds(1_800_000_000_123n),
    lastBlockId: { hash: none, parts: { total: 1, hash: none } },
    lastCommitHash: none,
    dataHash: none,
    validatorsHash: validatorSetHash(validators, crypto),
    nextValidatorsHash: validatorSetHash(validators, crypto),
    consensusHash: none,
    appHash: none,
    lastResultsHash: none,
    evidenceHash: none,
    proposer: validators.validators[0]!.address,
    ...changes,
  };
  const blockId = { hash: headerHash(header, crypto), parts: { total: 1, hash: none } };
  const precommits = validators.validators.map(({ address, publicKey }, index) => {
    if (index >= signers) return undefined;
    const vote = { type: PRECOMMIT, height: header.height, round: 1, blockId, timeNs: header.timeNs } as const;
    const secret = secrets.find((one) => crypto.publicKey(one).every((byte, i) => byte === publicKey[i]))!;
    const signature = crypto.sign(voteDigest(header.chainId, vote, crypto), secret);
    return { ...vote, validator: address, index, signature };
  });
  return { header, precommits };
}

/** A receipt of height 7, proved by the header of height 8. */
export function sampleReceipt({
  signers = 3,
  leaf = {},
}: { signers?: number; leaf?: Partial<Leaf> } = {}): ReceiptFile {
  const subject = transactionId(sampleTransaction.transaction, network, revise, crypto);
  const bytes = encodeLeaf({
    subject,
    code: 0,
    data: { strategyVersion: 2n },
    eventsRoot: eventsRoot(samplePayloads.map(encode), crypto),
    ...leaf,
  });
  const log = new MerkleLog(crypto);
  for (let i = 0; i < 20; i++) log.append(i === 13 ? bytes : Uint8Array.of(i));
  const stateRoot = crypto.sha256(Uint8Array.of(9));
  const { header, precommits } = signedHeader(
    { appHash: appHash({ stateRoot, logRoot: log.root(), logSize: 20n }, crypto) },
    signers,
  );
  const { blockId } = precommits[0]!;
  return receiptFile({
    network,
    header,
    commit: commitOf({ height: 8n, round: 1, blockId }, precommits),
    validators,
    leaf: bytes,
    transaction: { bytes: encodeTransaction(sampleTransaction, revise), types: ReviseStrategy.types },
    events: samplePayloads.map(encode),
    logIndex: 13n,
    logSize: 20n,
    path: log.inclusion(13n),
    stateRoot,
    logRoot: log.root(),
  });
}

/** The head of height 8, which three of the four signed. */
export function sampleHead(): HeadFile {
  const { header, precommits } = signedHeader({}, 3);
  const { blockId } = precommits[0]!;
  return headFile({ network, header, commit: commitOf({ height: 8n, round: 1, blockId }, precommits), validators });
}
