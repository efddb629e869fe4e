import type { Request, Response } from 'cosmjs-types/tendermint/abci/types';
import { assert } from '#ledger/core/assert.ts';
import { equal } from '#ledger/core/bytes.ts';
import { frontierRoot } from '#ledger/core/merkle-log.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { RECORD_KEY_LENGTH, splitRecordKey } from '#ledger/core/record-key.ts';
import { proofOps } from '#ledger/core/state-proof.ts';
import { frontierAfter } from '#ledger/engines/execution.ts';
import { answers } from './abci-mapping.ts';
import type { AppliedBlock, NodeFiles } from './node-files.ts';

type StoreRequest = NonNullable<Request['query']>;

/** The path from which CometBFT's light client makes the key path `/state/x:…` of the proof (light/rpc, DefaultMerkleKeyPathFn). */
const STORE_PATH = '/store/state/key';

/** Of a query for a record of the state; append-only. */
export const storeCodes = { PATH_UNPROVABLE: 1, KEY_INVALID: 2, HEIGHT_GONE: 3, NO_BLOCK: 4 } as const;

/** The answer of the machine's path `record`. */
interface RecordAnswer {
  readonly value: Uint8Array | null;
  readonly proof: {
    readonly leaf: { readonly key: Uint8Array; readonly value: Uint8Array } | null;
    readonly steps: readonly { readonly bit: bigint; readonly sibling: Uint8Array }[];
  };
}

/** Asks for a record by its key, or for a proof, which nothing else has. */
export function isStoreQuery({ path, prove }: StoreRequest): boolean {
  return prove || path === STORE_PATH;
}

/**
 * A record of the committed state by its ten-byte key, with `prove` the operations that lead from it to the app hash, which stands in the
 * header of the next height. Of earlier heights only those are there whose state no later block has changed.
 */
export function answerStoreQuery(files: NodeFiles, request: StoreRequest, crypto: Crypto): Response {
  const { path, data: key, prove } = request;
  const newest = files.height();
  const refused = (code: number, log: string): Response => answers.query({ code, log, height: newest, key });
  if (path !== STORE_PATH) {
    return refused(storeCodes.PATH_UNPROVABLE, `Only ${STORE_PATH} can be proved, not ${path.slice(0, 100)}.`);
  }
  if (key.length !== RECORD_KEY_LENGTH) {
    return refused(storeCodes.KEY_INVALID, `The data must be a record key of ${RECORD_KEY_LENGTH} bytes.`);
  }
  const applied = files.read(newest);
  if (applied === undefined) return refused(storeCodes.NO_BLOCK, 'There is no block yet whose state could be read.');
  const height = request.height === 0n ? newest : request.height;
  if (!isUnchangedSince(files, height, applied)) {
    const log = `The state of height ${height} is not kept: ask for height ${newest}, or 0 for the newest.`;
    return refused(storeCodes.HEIGHT_GONE, log);
  }
  const { contract, table, id } = splitRecordKey(key);
  const args = { contract: BigInt(contract), table: BigInt(table), id };
  const answer = files.application().query('record', args);
  assert(answer.ok, 'every ten bytes are the key of a record that is there or not');
  const { value, proof } = answer.value as unknown as RecordAnswer;
  const log = frontierAfter(applied.record, crypto);
  const ops = proofOps(key, {
    trie: {
      ...(proof.leaf !== null && { leaf: proof.leaf }),
      steps: proof.steps.map(({ bit, sibling }) => ({ bit: Number(bit), sibling })),
    },
    logRoot: frontierRoot(log, crypto),
    logSize: log.size,
  });
  return answers.query({ code: 0, key, height, value: value ?? undefined, ...(prove && { ops }) });
}

/** Equal app hashes are equal states and logs. */
function isUnchangedSince(files: NodeFiles, height: bigint, newest: AppliedBlock): boolean {
  const asked = files.read(height);
  return asked !== undefined && equal(asked.record.appHash, newest.record.appHash);
}
