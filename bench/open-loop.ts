import { setTimeout as delay } from 'node:timers/promises';

/**
 * Sends each when its time has come, whether or not earlier ones are answered; `send` is given its number and when it was due by
 * `performance.now()`, so that a late sender counts against what is measured. Resolves when all are answered.
 */
export async function openLoop<Answer>(
  perSecond: number,
  count: number,
  send: (index: number, dueAtMs: number) => Promise<Answer>,
): Promise<Answer[]> {
  const begunAt = performance.now();
  const running: Promise<Answer>[] = [];
  for (let index = 0; index < count; index += 1) {
    const dueAtMs = begunAt + (index * 1_000) / perSecond;
    const waitMs = dueAtMs - performance.now();
    if (waitMs > 1) await delay(waitMs);
    const one = send(index, dueAtMs);
    // Waited for below, where a failure ends the run.
    one.catch(() => undefined);
    running.push(one);
  }
  return Promise.all(running);
}
