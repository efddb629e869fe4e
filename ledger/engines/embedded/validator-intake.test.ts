import { expect, test } from 'vitest';
import { createMempool, WAITING_MAX } from './mempool.ts';
import type { Context } from './validator-context.ts';
import { admit } from './validator-intake.ts';

const UNAVAILABLE = 18;

test('while nothing more can wait, the application is not asked: what it lets in would hold a place that no block gives back [8.2.1-a]', () => {
  const mempool = createMempool();
  for (let index = 0; index < WAITING_MAX; index += 1) {
    const txId = new Uint8Array(new Uint32Array([index]).buffer);
    mempool.add({ txId, bytes: new Uint8Array(1), sender: String(index) });
  }
  let asked = 0;
  const checkTx = (): { code: number } => {
    asked += 1;
    return { code: 0 };
  };
  // Only what admission reads.
  const parts = { application: { checkTx }, nowMs: () => 0n, unavailable: UNAVAILABLE };
  const context = { parts, mempool } as unknown as Context;
  expect(admit(context, new Uint8Array(1))).toEqual({ code: UNAVAILABLE });
  expect(asked).toBe(0);
});
