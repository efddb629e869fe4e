import type { Socket } from 'node:net';
import type { TokenBucket } from './bucket.ts';
import type { Target } from './target.ts';

/** Why nothing is opened: a status of HTTP, a reply of SOCKS (RFC 1928, section 6), and a sentence for people. */
export interface Refusal {
  readonly status: number;
  readonly reply: number;
  readonly sentence: string;
}

export type Refused = { readonly ok: false; readonly refusal: Refusal };

/** From the target to whoever asked, and from there to the target. */
export type Direction = 'down' | 'up';

/** A connection that was opened for somebody. */
export interface Line {
  readonly socket: Socket;
  readonly pace: Readonly<Record<Direction, TokenBucket>>;
  /** Without a byte either way for this long it is closed. */
  readonly idleMs: number;
  /** Aborted when it has to end at once. */
  readonly signal: AbortSignal;
  /** How long nothing may pass, to be asked again then; 0 while it may. */
  pauseMs(): number;
  /** Counts bytes before they leave: how many of them may. When it is fewer, or `isLast`, nothing more may pass after them. */
  take(direction: Direction, bytes: number): { readonly bytes: number; readonly isLast: boolean };
  /** Told once, with the connection of whoever asked, when it is joined to its target. */
  joined(asker: Socket): void;
  /** Told once, when both sides are closed. */
  leave(): void;
}

export interface Guest {
  connect(target: Target): Promise<{ readonly ok: true; readonly line: Line } | Refused>;
}

/** Decides who is let in, and opens what they ask for. */
export interface Door {
  enter(login: {
    readonly user: string;
    readonly password: string;
  }): { readonly ok: true; readonly guest: Guest } | Refused;
}
