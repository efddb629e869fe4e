import type { CborValue } from '#ledger/core/codec.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { headFile } from '#ledger/core/receipt-file.ts';
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
}

/** The receipt of an executed item; undefined when there is none here, or while the header that carries its app hash is not decided. */
export async function receiptOf(source: ReceiptSource, logIndex: bigint): Promise<CborValue | undefined> {
  const { files, rpc, network, methodTypes, crypto } = source;
  const height = files.heightOfLogIndex(logIndex);
  const applied = height === undefined ? undefined : files.read(height);
  if (height === undefined || applied === undefined || files.height() <= height) return undefined;
  const [next, validators] = await Promise.all([rpc.signedHeader(height + 1n), rpc.validators(height + 1n)]);
  if (next === undefined || validators === undefined) return undefined;
  const block = { network, record: applied.record, transactions: applied.block.transactions, ...next, validators };
  return assembleReceipt(block, logIndex, methodTypes, crypto);
}

/** The newest decided header with the commit for it; undefined before the first block, or while the node is away. */
export async function headOf({ rpc, network }: ReceiptSource): Promise<CborValue | undefined> {
  const newest = await rpc.signedHeader();
  const validators = newest && (await rpc.validators(newest.header.height));
  if (newest === undefined || validators === undefined) return undefined;
  return headFile({ network, ...newest, validators }) as unknown as CborValue;
}
