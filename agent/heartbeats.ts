import { z } from 'zod';
import type { Count } from '#metrics/figures.ts';
import type { PortalClient } from './portal-client.ts';
import { clockOffsetMs, Way } from './way.ts';

const answerSchema = z.object({ serverTimeMs: z.number().int().positive() });

export interface HeartbeatsParts {
  readonly client: PortalClient;
  readonly path: string;
  readonly sent: Count<'result'>;
  readonly nowMs: () => number;
}

/** Heartbeats of a keeper for what it keeps. Each one measures the way to the portal and the own clock, which the next one tells. */
export class Heartbeats {
  readonly #parts: HeartbeatsParts;
  readonly #portal = new Way();
  #clockOffsetMs: number | undefined;

  constructor(parts: HeartbeatsParts) {
    this.#parts = parts;
  }

  /** Absent: nothing has come back yet. */
  get way(): { clockOffsetMs: number | undefined; roundTripMs: number | undefined; lossPermille: number | undefined } {
    const { roundTripMs, lossPermille } = this.#portal;
    return { clockOffsetMs: this.#clockOffsetMs, roundTripMs, lossPermille };
  }

  /** Throws the portal's sentence where it did not take it. */
  async send(body: unknown): Promise<void> {
    const { client, path, sent, nowMs } = this.#parts;
    const [sentAtMs, startedMs] = [nowMs(), performance.now()];
    const reply = await client.post(path, body);
    const tookMs = performance.now() - startedMs;
    this.#portal.add(reply.kind === 'unreachable' ? null : tookMs);
    sent.inc({ result: reply.kind });
    if (reply.kind !== 'done') throw new Error(reply.sentence);
    const answer = answerSchema.safeParse(reply.body).data;
    if (answer !== undefined)
      this.#clockOffsetMs = clockOffsetMs({ sentAtMs, roundTripMs: tookMs }, answer.serverTimeMs);
  }
}
