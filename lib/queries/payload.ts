import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { findPayload, readChunk } from '#lib/operations/payloads.ts';

export interface PayloadDto {
  /** Bytes. */
  size: number;
  /** Read from the database as it is taken; it breaks off when the payload is deleted meanwhile. */
  stream: ReadableStream<Uint8Array>;
}

/**
 * A payload (SHA-256 as hex) for the account that uploaded it, and for an agent whose key serves an order which has to run sub-tasks of it;
 * null for anybody else, as if it did not exist.
 */
export async function getPayload(digest: string): Promise<PayloadDto | null> {
  const access = await authorize('payload.read');
  if (!access.ok || access.account === null || !/^[0-9a-f]{64}$/.test(digest)) return null;
  const { viewer } = access;
  const key = viewer.kind === 'agent' && viewer.key !== null ? BigInt(viewer.key) : null;
  const found = await findPayload({ digest, account: BigInt(access.account), key });
  if (found === null) return null;
  let offset = 0;
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const chunk = await readChunk(found, offset);
        if (chunk === undefined || chunk.length === 0) return controller.error(new Error('The payload is gone.'));
        controller.enqueue(chunk);
        offset += chunk.length;
        if (offset >= found.size) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  return { size: found.size, stream };
}
