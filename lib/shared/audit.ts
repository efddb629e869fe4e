import type { AccountRef } from './dto.ts';

/** What can be audited: by the letter of its number. */
export const AUDITED = {
  account: { letter: 'A', title: 'Account' },
  resource: { letter: 'R', title: 'Resource' },
  order: { letter: 'O', title: 'Order' },
  node: { letter: 'N', title: 'Node' },
} as const;
export type AuditedKind = keyof typeof AUDITED;

export interface Audited {
  readonly kind: AuditedKind;
  readonly id: number;
}

const NUMBER = /^([AORN])-?([1-9]\d{0,14})$/;

/** `A-12`, `R-3`, `O-7` or `N-2`, as somebody wrote it; undefined for anything else. */
export function auditedOf(text: string): Audited | undefined {
  const [, letter, id] = NUMBER.exec(text.trim().toUpperCase()) ?? [];
  const kind = (Object.keys(AUDITED) as AuditedKind[]).find((each) => AUDITED[each].letter === letter);
  return kind === undefined ? undefined : { kind, id: Number(id) };
}

/** One change of a status, as the ledger recorded it. */
export interface AuditEntryDto {
  height: number;
  phase: number;
  index: number;
  sequence: number;
  timeMs: number;
  contract: string;
  type: string;
  /** What happened and why; of what is between parties, that something happened. */
  sentence: string;
  /** The account that signed; null where the ledger did it by itself, or where who signed is between the parties. */
  by: AccountRef | null;
  isByLedger: boolean;
  logIndex: number;
  hasReceipt: boolean;
}
