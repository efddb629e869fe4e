import type { Application } from '#ledger/abci/application.ts';
import { NIL_BLOCK_ID, equalBlockId, type BlockId } from '#ledger/core/block-id.ts';
import { dataHash } from '#ledger/core/block.ts';
import { concat, equal, toHex } from '#ledger/core/bytes.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { EMPTY_FRONTIER, type Frontier } from '#ledger/core/merkle-log.ts';
import { milliseconds } from '#ledger/core/time.ts';
import { decidedBlockOf, type Content } from '#ledger/engines/embedded/chain.ts';
import { encodeExecution, execute, frontierAfter } from '#ledger/engines/execution.ts';
import { createApplication } from '#ledger/engines/testing/counter-application.ts';

/** One application that follows what was decided first: what is valid on top of it, and what every replica must be, byte for byte. */
export class Reference {
  height = 0n;
  /** What executing each height left behind. */
  readonly #results = new Map<bigint, Uint8Array>();
  readonly #appHashes = new Map<bigint, string>();
  /** Of the whole state after each height. */
  readonly #digests = new Map<bigint, string>();
  /** Height that first carried a transaction. */
  readonly #included = new Map<string, bigint>();
  /** What was answered last, at which height. */
  #all: { readonly at: bigint; readonly height: bigint | undefined } | undefined;
  readonly #application: Application;
  readonly #crypto: Crypto;
  #blockId: BlockId = NIL_BLOCK_ID;
  #timeMs: bigint;
  #appHash: Uint8Array;
  #frontier: Frontier = EMPTY_FRONTIER;

  constructor(genesisTimeMs: bigint, crypto: Crypto) {
    this.#crypto = crypto;
    this.#application = createApplication(undefined, crypto);
    this.#timeMs = genesisTimeMs;
    this.#appHash = this.#application.initChain().appHash;
    this.#digests.set(0n, digestOf(this.#application, crypto));
  }

  /** Why this cannot be the next block, in a clause; undefined when it can. */
  faultOf({ block }: Content): string | undefined {
    const { header, transactions } = block;
    const timeMs = milliseconds(header.timeNs);
    if (header.height !== this.height + 1n) return `its height is ${header.height}`;
    if (!equalBlockId(header.lastBlockId, this.#blockId)) return 'it does not follow on the block before';
    if (timeMs <= this.#timeMs) return 'its time is not after the block before';
    if (!equal(header.appHash, this.#appHash)) return 'its app hash is another one';
    if (!equal(header.dataHash, dataHash(transactions, this.#crypto))) return 'its transactions are others';
    const proposed = { height: header.height, timeMs, bytesMax: Infinity };
    return this.#application.processProposal(transactions, proposed) ? undefined : 'its transactions are none';
  }

  apply({ block, id }: Content): void {
    const record = execute(this.#application, decidedBlockOf(block), this.#frontier, this.#crypto);
    this.#application.commit();
    this.height = block.header.height;
    this.#blockId = id;
    this.#timeMs = milliseconds(block.header.timeNs);
    this.#appHash = record.appHash;
    this.#frontier = frontierAfter(record, this.#crypto);
    this.#results.set(this.height, encodeExecution(record));
    this.#appHashes.set(this.height, toHex(record.appHash));
    this.#digests.set(this.height, digestOf(this.#application, this.#crypto));
    for (const bytes of block.transactions) {
      const key = toHex(bytes);
      if (!this.#included.has(key)) this.#included.set(key, this.height);
    }
  }

  /** Whether a chain of this height holds the transaction. */
  isIncluded(transaction: Uint8Array, height: bigint): boolean {
    return (this.#included.get(toHex(transaction)) ?? height + 1n) <= height;
  }

  /** The lowest height at which all of them are in; undefined while one is not. */
  heightOfAll(transactions: readonly Uint8Array[]): bigint | undefined {
    if (this.#all?.at === this.height) return this.#all.height;
    let highest: bigint | undefined = 0n;
    for (const each of transactions) {
      const height = this.#included.get(toHex(each));
      if (height === undefined || highest === undefined) highest = undefined;
      else if (height > highest) highest = height;
    }
    this.#all = { at: this.height, height: highest };
    return highest;
  }

  appHashAt(height: bigint): string | undefined {
    return this.#appHashes.get(height);
  }

  isResult(height: bigint, result: Uint8Array): boolean {
    const expected = this.#results.get(height);
    return expected !== undefined && equal(expected, result);
  }

  /** Whether an application at this height has the same state, byte for byte. */
  isReplica(height: bigint, application: Application): boolean {
    return this.#digests.get(height) === digestOf(application, this.#crypto);
  }
}

function digestOf(application: Application, crypto: Crypto): string {
  const { slices } = application.snapshot();
  const parts: Uint8Array[] = [];
  for (let next = slices.next(); ; next = slices.next()) {
    if (next.value !== undefined) parts.push(crypto.sha256(next.value));
    if (next.done === true) return toHex(crypto.sha256(concat(...parts)));
  }
}
