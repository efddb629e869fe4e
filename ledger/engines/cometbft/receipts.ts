import type { CborValue } from '#ledger/core/codec.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { headFile, TRAIL_MAX, type TrailEntry } from '#ledger/core/receipt-file.ts';
import type { TypedDataTypes } from '#ledger/core/typed-data.ts';
import { assembleReceipt } from '#ledger/engines/receipt-assembly.ts';
import type { NodeFiles } from './node-files.ts';
import type { NodeRpc } from './rpc.ts';

export interface ReceiptSource {
  /** genesisHash. */
  readonly network: Uint8Array;
  readonly files: NodeFiles;
  readonly rpc: NodeRpc;
  readonly crypto: Crypto;
  readonly methodTypes: Readonly<Record<string, TypedDataTypes>>;
  /** Changes of the set by the height whose block made them: what was decided once is not asked for again. */
  readonly trails: Map<bigint, TrailEntry>;
}

/** The block of height H changes the set: header H+1 names the next one, which is in force from H+2 on. */
async function changeAt({ rpc, trails }: ReceiptSource, height: bigint): Promise<TrailEntry | undefined> {
  const known = trails.get(height);
  if (known !== undefined) return known;
  const [signed, validators] = await Promise.all([rpc.signedHeader(height + 1n), rpc.validators(height + 2n)]);
  if (signed === undefined || validators === undefined) return undefined;
  const entry = { ...signed, validators };
  trails.set(height, entry);
  return entry;
}

/** Every change from `fromHeight` on that is in force at `height`, oldest first; of very many the newest, which a recent checkpoint can follow. */
async function trailTo(
  source: ReceiptSource,
  { height, fromHeight }: { readonly height: bigint; readonly fromHeight: bigint },
): Promise<readonly TrailEntry[] | undefined> {
  const changes = source.files.changes().filter((each) => each + 1n >= fromHeight && each + 2n <= height);
  const entries = await Promise.all(changes.slice(-TRAIL_MAX).map((each) => changeAt(source, each)));
  return entries.every((entry) => entry !== undefined) ? entries : undefined;
}

/** The receipt of an executed item, its trail from the height that the asker trusts; undefined when there is none here, or while the header that carries its app hash is not decided. */
export async function receiptOf(
  source: ReceiptSource,
  { logIndex, fromHeight }: { readonly logIndex: bigint; readonly fromHeight: bigint },
): Promise<CborValue | undefined> {
  const { files, rpc, network, methodTypes, crypto } = source;
  const height = files.heightOfLogIndex(logIndex);
  const applied = height === undefined ? undefined : files.read(height);
  if (height === undefined || applied === undefined || files.height() <= height) return undefined;
  const [next, validators, trail] = await Promise.all([
    rpc.signedHeader(height + 1n),
    rpc.validators(height + 1n),
    trailTo(source, { height: height + 1n, fromHeight }),
  ]);
  if (next === undefined || validators === undefined || trail === undefined) return undefined;
  const block = {
    network,
    record: applied.record,
    transactions: applied.block.transactions,
    ...next,
    validators,
    trail,
  };
  return assembleReceipt(block, logIndex, methodTypes, crypto);
}

/** The newest decided header with the commit for it, its trail from `fromHeight` on; undefined before the first block, or while the node is away. */
export async function headOf(source: ReceiptSource, fromHeight: bigint): Promise<CborValue | undefined> {
  const { rpc, network } = source;
  const newest = await rpc.signedHeader();
  if (newest === undefined) return undefined;
  const { height } = newest.header;
  const [validators, trail] = await Promise.all([rpc.validators(height), trailTo(source, { height, fromHeight })]);
  if (validators === undefined || trail === undefined) return undefined;
  return headFile({ network, ...newest, validators, trail }) as unknown as CborValue;
}
