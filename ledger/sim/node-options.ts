import type { State, Transition } from '#ledger/consensus/driver.ts';
import type { Message } from '#ledger/consensus/early.ts';
import type { Effect, Input } from '#ledger/consensus/effects.ts';
import type { Address, Timeouts, ValidatorSet } from '#ledger/consensus/types.ts';
import type { DecidedBlock } from './chain.ts';
import type { Clock } from './clock.ts';
import type { Packet } from './packet.ts';
import type { Prng } from './prng.ts';
import type { Signatures } from './signatures.ts';

/** What checkers and the trace see of a node. */
export interface Observer {
  sent(node: number, packet: Packet): void;
  received(node: { readonly index: number; readonly state: State }, message: Message): void;
  effect(node: number, effect: Effect): void;
  decided(node: number, decided: DecidedBlock): void;
  started(node: number): void;
}

export interface NodeOptions {
  readonly index: number;
  readonly addresses: readonly Address[];
  readonly validators: ValidatorSet;
  readonly timeouts: Timeouts;
  readonly clock: Clock;
  readonly prng: Prng;
  readonly signatures: Signatures;
  readonly skewMs: number;
  readonly observer: Observer;
  /** The real driver; a Byzantine node wraps it. */
  readonly drive: (state: State, input: Input) => Transition;
  /** The network; a Byzantine node wraps it. */
  readonly send: (to: number, packet: Packet) => void;
  /** Throws `Crash` when the plan says so: around every sync, between two sends, before a decision is applied. */
  readonly atPersistPoint: () => void;
}
