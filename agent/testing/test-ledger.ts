import { filled, TestNetwork, type Person } from '#ledger/abci/testing/test-network.ts';
import type { FinalizedItem } from '#ledger/abci/application.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { encode } from '#ledger/core/codec.ts';
import { commitOf } from '#ledger/core/commit.ts';
import { nobleCrypto as crypto } from '#ledger/core/crypto-noble.ts';
import { anchorOf, chainIdOf, type Anchor } from '#ledger/core/genesis.ts';
import { headerHash, type Header } from '#ledger/core/header.ts';
import { MerkleLog } from '#ledger/vectors/merkle-log.ts';
import { headFile, receiptFile, type HeadFile, type ReceiptFile } from '#ledger/core/receipt-file.ts';
import { nanoseconds } from '#ledger/core/time.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import { equalPowerSet, validatorSetHash } from '#ledger/core/validator-set.ts';
import { PRECOMMIT, voteDigest } from '#ledger/core/vote.ts';

const SECRETS = [1, 2, 3, 4].map(filled);

/**
 * The real machine with four validators' keys behind it: every block is executed by the contracts, its header signed by all four, and
 * each item's receipt verifies against `anchor`. Time moves only when a test moves it.
 */
export class TestLedger {
  readonly network: TestNetwork;
  readonly anchor: Anchor;
  readonly #log = new MerkleLog(crypto);
  readonly #receipts: { logIndex: string; receipt: ReceiptFile; events: readonly string[] }[] = [];

  constructor(parameters: Readonly<Record<string, bigint>> = {}) {
    this.network = new TestNetwork(crypto, parameters);
    this.anchor = anchorOf(this.network.genesis, crypto);
  }

  get nowMs(): number {
    return Number(this.network.nowMs);
  }

  /** Executes one block and keeps the receipts of its items. */
  block(transactions: readonly Uint8Array[] = [], afterMs = 10n): FinalizedItem[] {
    const block = this.network.block(transactions, afterMs);
    const items = [...block.due, ...block.transactions];
    for (const item of items) this.#log.append(item.leaf);
    if (items.length === 0) return items;
    const head = this.#head(block.appHash);
    for (const item of items) {
      const { network, header, commit, validators } = head;
      const receipt = receiptFile({
        network,
        header,
        commit,
        validators,
        leaf: item.leaf,
        events: item.events.map((payload) => encode(payload)),
        logIndex: item.logIndex,
        logSize: this.#log.size,
        path: this.#log.inclusion(item.logIndex),
        stateRoot: block.stateRoot,
        logRoot: this.#log.root(),
      });
      this.#receipts.push({ logIndex: item.logIndex.toString(), receipt, events: receipt.events });
    }
    return items;
  }

  run(who: Person, method: string, args: Args): FinalizedItem {
    const items = this.block([this.network.sign(who, method, args)]);
    const item = items.at(-1);
    if (item === undefined) throw new Error('a block holds what was put into it');
    return item;
  }

  /** What `/api/v1/events` answers after a log index. */
  events(after: string): { items: unknown[]; cursor: string; head: HeadFile } {
    const items = this.#receipts.filter(
      ({ logIndex, events }) => events.length > 0 && (after === '' || BigInt(logIndex) > BigInt(after)),
    );
    const { network, header, commit, validators } = this.#head(filled(0));
    return { items, cursor: items.at(-1)?.logIndex ?? after, head: headFile({ network, header, commit, validators }) };
  }

  /** The header after the newest block, signed by all four. */
  #head(appHash: Uint8Array): Parameters<typeof headFile>[0] {
    const { network } = this.network.machine;
    const validators = equalPowerSet(
      SECRETS.map((secret) => crypto.publicKey(secret)),
      crypto,
    );
    const none = crypto.sha256(new Uint8Array(0));
    const height = this.network.machine.info().height + 1n;
    const header: Header = {
      version: { block: 11n, app: 1n },
      chainId: chainIdOf(network),
      height,
      timeNs: nanoseconds(this.network.nowMs),
      lastBlockId: { hash: none, parts: { total: 1, hash: none } },
      lastCommitHash: none,
      dataHash: none,
      validatorsHash: validatorSetHash(validators, crypto),
      nextValidatorsHash: validatorSetHash(validators, crypto),
      consensusHash: none,
      appHash,
      lastResultsHash: none,
      evidenceHash: none,
      proposer: validators.validators[0]?.address ?? none,
    };
    const blockId = { hash: headerHash(header, crypto), parts: { total: 1, hash: none } };
    const precommits = validators.validators.map(({ address, publicKey }, index) => {
      const vote = { type: PRECOMMIT, height, round: 1, blockId, timeNs: header.timeNs } as const;
      const secret = SECRETS.find((one) => toHex(crypto.publicKey(one)) === toHex(publicKey)) ?? none;
      return {
        ...vote,
        validator: address,
        index,
        signature: crypto.sign(voteDigest(header.chainId, vote, crypto), secret),
      };
    });
    return { network, header, commit: commitOf({ height, round: 1, blockId }, precommits), validators };
  }
}
