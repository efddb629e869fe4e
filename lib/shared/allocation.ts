import type { ShareName } from '#ledger/contracts/node/definition.ts';
import type { AccountRef } from './dto.ts';

/** What a host's cores are for, in thousandths of a core. */
export type SharesDto = Readonly<Record<ShareName, number>>;

/** The host of an agent: what its operator declared of it, and how busy it is. */
export interface HostDto {
  readonly node: number;
  readonly name: string;
  readonly operator: AccountRef;
  /** Number of the node in monitoring; null before its first heartbeat. */
  readonly watched: number | null;
  /** Null: its operator has declared none. `movable`: what a shift may take. */
  readonly shares: { readonly now: SharesDto; readonly movable: SharesDto; readonly atMs: number } | null;
  /** What the agent said within the last minute of programs of customers; null where it said nothing or runs none. */
  readonly runs: { readonly slots: number; readonly busy: number; readonly waiting: number } | null;
}

/** Of the five minutes before and after: the median block time, the mean of runs that waited; null where nothing was measured or the five minutes are not over. */
export interface EffectDto {
  readonly before: number | null;
  readonly after: number | null;
}

export interface ShiftDto {
  readonly node: number;
  readonly name: string;
  readonly by: AccountRef;
  /** Of the program of `by` that shifted by itself; null where `by` signed. */
  readonly program: { readonly key: number; readonly label: string | null } | null;
  readonly from: ShareName;
  readonly to: ShareName;
  readonly millicores: number;
  readonly reason: string;
  readonly atMs: number;
  readonly tx: string | null;
  /** When its effect has been measured, in ms since 1970. */
  readonly measuredAtMs: number;
  readonly blockTimeMs: EffectDto;
  readonly runsWaiting: EffectDto;
}

export interface AllocationDto {
  readonly hosts: readonly HostDto[];
  /** The newest first. */
  readonly shifts: readonly ShiftDto[];
}

/** A shift that is proposed now, for a maintainer's program. */
export interface ProposedShiftDto {
  readonly node: number;
  readonly from: ShareName;
  readonly to: ShareName;
  readonly millicores: number;
  readonly reason: string;
  /** When the host's shares last changed, in ms since 1970. */
  readonly changedAtMs: number;
  /** The open alert that says so, and for how long its rule waits before it opens one; null where there is none. */
  readonly alert: { readonly id: number; readonly forMs: number } | null;
}

/** What a maintainer's program brought to a host and may take back, for that program alone. `from` and `to` are the way back. */
export interface ProposedReturnDto {
  readonly node: number;
  readonly from: ShareName;
  readonly to: ShareName;
  readonly millicores: number;
  readonly reason: string;
  readonly changedAtMs: number;
  /** Since when nothing has been short there, in ms since 1970: no alert was open, nothing waited, and what was brought was not needed. */
  readonly calmSinceMs: number;
}
