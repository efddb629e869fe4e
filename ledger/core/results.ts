import type { Crypto } from './crypto.ts';
import { merkleRoot } from './merkle.ts';
import { message, putBytes, putInt32, putInt64 } from './proto.ts';

/** The deterministic fields of tendermint.abci.ExecTxResult. */
export interface ExecutionResult {
  readonly code: number;
  readonly data: Uint8Array;
  readonly gasWanted: bigint;
  readonly gasUsed: bigint;
}

function encodeResult(result: ExecutionResult): Uint8Array {
  return message((writer) => {
    putInt32(writer, 1, result.code);
    putBytes(writer, 2, result.data);
    putInt64(writer, 5, result.gasWanted);
    putInt64(writer, 6, result.gasUsed);
  });
}

/** last_results_hash of the next header. */
export function resultsHash(results: readonly ExecutionResult[], crypto: Pick<Crypto, 'sha256'>): Uint8Array {
  return merkleRoot(results.map(encodeResult), crypto);
}
