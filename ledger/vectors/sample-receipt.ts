import { methodOf } from '#ledger/contracts/definitions.ts';
import { equal } from '#ledger/core/bytes.ts';
import { encode } from '#ledger/core/codec.ts';
import { commitOf } from '#ledger/core/commit.ts';
import { nobleCrypto as crypto } from '#ledger/core/crypto-noble.ts';
import { chainIdOf, type Anchor } from '#ledger/core/genesis.ts';
import { headerHash, type Header } from '#ledger/core/header.ts';
import { MerkleLog } from '#ledger/vectors/merkle-log.ts';
import { headFile, receiptFile, type HeadFile, type ReceiptFile, type TrailEntry } from '#ledger/core/receipt-file.ts';
import { appHash, encodeLeaf, eventsRoot, type Leaf } from '#ledger/core/receipt.ts';
import { nanoseconds } from '#ledger/core/time.ts';
import { compileMethod, encodeTransaction, signTransaction, transactionId } from '#ledger/core/transaction.ts';
import { equalPowerSet, validatorSetHash, type ValidatorSet } from '#ledger/core/validator-set.ts';
import { PRECOMMIT, voteDigest } from '#ledger/core/vote.ts';

/** Four validators with known keys and a receipt that three of them signed: for tests of whoever reads receipts. */

const network = crypto.sha256(Uint8Array.of(42));
const secretOf = (n: number): Uint8Array => new Uint8Array(32).fill(n);
const FOUNDERS = [1, 2, 3, 4];

/** The set of the validators with these numbers, which are their keys. */
export function sampleSet(numbers: readonly number[]): ValidatorSet {
  return equalPowerSet(
    numbers.map((n) => crypto.publicKey(secretOf(n))),
    crypto,
  );
}

const validators = sampleSet(FOUNDERS);
export const sampleAnchor: Anchor = {
  genesisHash: network,
  validators: validators.validators.map(({ publicKey }) => publicKey),
};
const revise = compileMethod(methodOf('ReviseStrategy'), crypto);

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
        capacity: [{ meter: 'places', amount: 1n }],
        strategy: {
          accessClass: 'public',
          conditions: [],
          ways: [
            { name: 'columns', value: '["day","wind"]' },
            { name: 'formats', value: '["csv"]' },
          ],
          opensAtMs: 0n,
          closesAtMs: 0n,
          useMsMax: 60_000n,
          limits: [
            { meter: 'bytes', amount: 10n },
            { meter: 'calls', amount: 10n },
          ],
          prices: [{ meter: 'places', per: 1n, perMs: 0n, amountMicro: 5n }],
          promise: [],
          degradedPerMille: 0n,
        },
      },
    },
  },
  secretOf(1),
  revise,
  crypto,
);
export const samplePayloads = [{ contract: 'strategy', version: 1n, type: 'StrategyRecorded', resource: 1n }];

/** A header of height 8, unless changed, with the precommits of the first `signers` of the numbered validators. */
function signedHeader(
  changes: Partial<Header>,
  { numbers = FOUNDERS, signers }: { readonly numbers?: readonly number[]; readonly signers: number },
): Pick<TrailEntry, 'header' | 'commit'> {
  const none = crypto.sha256(new Uint8Array(0));
  const set = sampleSet(numbers);
  const header: Header = {
    version: { block: 11n, app: 1n },
    chainId: chainIdOf(network),
    height: 8n,
    timeNs: nanoseconds(1_800_000_000_123n),
    lastBlockId: { hash: none, parts: { total: 1, hash: none } },
    lastCommitHash: none,
    dataHash: none,
    validatorsHash: validatorSetHash(set, crypto),
    nextValidatorsHash: validatorSetHash(set, crypto),
    consensusHash: none,
    appHash: none,
    lastResultsHash: none,
    evidenceHash: none,
    proposer: set.validators[0]!.address,
    ...changes,
  };
  const blockId = { hash: headerHash(header, crypto), parts: { total: 1, hash: none } };
  const precommits = set.validators.map(({ address, publicKey }, index) => {
    if (index >= signers) return undefined;
    const vote = { type: PRECOMMIT, height: header.height, round: 1, blockId, timeNs: header.timeNs } as const;
    const secret = numbers.map(secretOf).find((one) => equal(crypto.publicKey(one), publicKey))!;
    const signature = crypto.sign(voteDigest(header.chainId, vote, crypto), secret);
    return { ...vote, validator: address, index, signature };
  });
  return { header, commit: commitOf({ height: header.height, round: 1, blockId }, precommits) };
}

/** A change of the validators, decided at this height by all of the set before it unless said otherwise. */
export interface SampleChange {
  readonly height: bigint;
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly signers?: number;
}

export function sampleTrail(changes: readonly SampleChange[]): TrailEntry[] {
  return changes.map(({ height, from, to, signers = from.length }) => {
    const set = sampleSet(to);
    const next = { height, nextValidatorsHash: validatorSetHash(set, crypto) };
    return { ...signedHeader(next, { numbers: from, signers }), validators: set };
  });
}

/** A receipt of height 7, proved by the header of height 8. */
export function sampleReceipt({
  signers = 3,
  leaf = {},
  numbers = FOUNDERS,
  height = 8n,
  trail = [],
  events = samplePayloads.map(encode),
}: {
  signers?: number;
  leaf?: Partial<Leaf>;
  numbers?: readonly number[];
  height?: bigint;
  trail?: readonly TrailEntry[];
  events?: readonly Uint8Array[];
} = {}): ReceiptFile {
  const subject = transactionId(sampleTransaction.transaction, network, revise, crypto);
  const bytes = encodeLeaf({
    subject,
    code: 0,
    data: { strategyVersion: 2n },
    eventsRoot: eventsRoot(events, crypto),
    ...leaf,
  });
  const log = new MerkleLog(crypto);
  for (let i = 0; i < 20; i++) log.append(i === 13 ? bytes : Uint8Array.of(i));
  const stateRoot = crypto.sha256(Uint8Array.of(9));
  const root = appHash({ stateRoot, logRoot: log.root(), logSize: 20n }, crypto);
  return receiptFile({
    network,
    ...signedHeader({ height, appHash: root }, { numbers, signers }),
    validators: sampleSet(numbers),
    trail,
    leaf: bytes,
    transaction: { bytes: encodeTransaction(sampleTransaction, revise), types: methodOf('ReviseStrategy').types },
    events,
    logIndex: 13n,
    logSize: 20n,
    path: log.inclusion(13n),
    stateRoot,
    logRoot: log.root(),
  });
}

/** The head of height 8, which three of the four signed. */
export function sampleHead(): HeadFile {
  return headFile({ network, ...signedHeader({}, { signers: 3 }), validators });
}
