import 'server-only';
import type { AssignReason, RangeFault } from '#ledger/contracts/plan/definition.ts';
import type { Prisma } from '#lib/db.ts';
import type { RangeRunDto, RangeRunState } from '#lib/shared/demand-dto.ts';
import { numberOrNull } from './page.ts';

export type RunRow = Prisma.TaskRunGetPayload<object>;

/** How a run stands or ended, whoever reads it. */
export function runFields(row: RunRow): Omit<RangeRunDto, 'agreement' | 'name' | 'provider' | 'resource'> {
  return {
    attempt: Number(row.attempt),
    // The contract has checked the words.
    reason: row.reason as AssignReason,
    state: row.state as RangeRunState,
    fault: row.fault as RangeFault | null,
    failed: numberOrNull(row.failed),
    cpuMs: numberOrNull(row.cpuMs),
    inputRoot: row.inputRoot,
    resultRoot: row.resultRoot,
    isRejected: row.isRejected,
    assignedAtMs: Number(row.assignedAtMs),
    lateAtMs: Number(row.lateAtMs),
    startedAtMs: numberOrNull(row.startedAtMs),
    endedAtMs: numberOrNull(row.endedAtMs),
  };
}
