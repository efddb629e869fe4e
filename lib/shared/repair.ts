import { z } from 'zod';
import type { AccountRef } from './dto.ts';
import type { NodeClass, NodeStatus } from '#ledger/contracts/node/definition.ts';
import type {
  Closing,
  IncidentCause,
  ManualStep,
  RepairCommand,
  StepOutcome,
} from '#ledger/contracts/security/repair-words.ts';

/** UTF-16 units of one message between a maintainer and an operator. */
export const MESSAGE_MAX = 1_000;

/** A message as somebody writes it: a few lines. */
export const messageShape = z
  .string()
  .max(MESSAGE_MAX)
  .regex(/^(?:[^\p{Cc}\p{Surrogate}]|\n)*$/u, 'holds control characters')
  .refine((text) => text.trim() !== '', 'says nothing');

/** A node of the ledger that an incident is about. */
export interface IncidentNode {
  readonly id: number;
  readonly name: string;
  readonly class: NodeClass;
  readonly status: NodeStatus;
  /** Its number in monitoring; null where it is not watched. */
  readonly watched: number | null;
}

export interface IncidentDto {
  readonly id: number;
  readonly node: IncidentNode;
  /** 0: nobody's account answers for it. */
  readonly operator: number;
  readonly cause: IncidentCause;
  readonly openedBy: number;
  readonly detectedMs: number;
  readonly openedAtMs: number;
  readonly acknowledgedBy: number | null;
  readonly acknowledgedAtMs: number | null;
  readonly repairedAtMs: number | null;
  readonly outcome: Closing | null;
  readonly closedBy: number | null;
  readonly closedAtMs: number | null;
  readonly text: string;
  readonly steps: number;
}

/** A step: a command that the node was given, or what people did. */
export interface RepairStepDto {
  readonly step: number;
  readonly what: RepairCommand | ManualStep;
  readonly isCommand: boolean;
  readonly by: AccountRef;
  readonly atMs: number;
  readonly expiresAtMs: number | null;
  readonly outcome: StepOutcome | null;
  readonly text: string;
  readonly answeredAtMs: number | null;
}

export interface IncidentDetailDto extends IncidentDto {
  /** Who stands in it. `operator` null: nobody's account answers for the node. */
  readonly people: {
    readonly operator: AccountRef | null;
    readonly opened: AccountRef;
    readonly acknowledged: AccountRef | null;
    readonly closed: AccountRef | null;
  };
  readonly history: readonly RepairStepDto[];
  /** Orders of the node that are reserved, prepared or active, counted by resource. */
  readonly orders: readonly { readonly resource: number; readonly title: string; readonly live: number }[];
}

/** What becomes of the orders of a node that stays silent. */
export interface OrderMovesDto {
  /** Orders that are reserved, prepared or active, and how many of them have a backup. */
  readonly running: number;
  readonly withBackup: number;
  /** Orders that failed for its silence since the fault was seen, counted by what they used and where they went. `to` null: they ended and are refunded. */
  readonly moves: readonly {
    readonly resource: number;
    readonly title: string;
    readonly orders: number;
    readonly hadBackup: boolean;
    readonly to: {
      readonly resource: number;
      readonly title: string;
      readonly node: { readonly id: number; readonly name: string } | null;
    } | null;
  }[];
}

/** A failed node that nobody has opened an incident about: what the monitor proposes. */
export interface ProposedIncidentDto {
  readonly alert: number;
  readonly sentence: string;
  readonly node: IncidentNode;
  readonly cause: IncidentCause;
  readonly detectedMs: number;
}

export interface SupportMessageDto {
  readonly id: number;
  readonly account: AccountRef;
  readonly text: string;
  readonly atMs: number;
}
