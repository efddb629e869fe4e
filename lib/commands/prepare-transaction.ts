import 'server-only';
import type { PreparedTransaction } from '#lib/shared/dto.ts';

/** The session's account, its owner key, the next nonce and a validity: what the browser needs to build typed data. Null without a session. */
export async function prepareTransaction(): Promise<PreparedTransaction | null> {
  throw new Error('prepareTransaction is not written yet');
}
