import type { ProseEvent } from '#ledger/contracts/prose/definition.ts';
import type { EventContext } from './context.ts';
import { add, insert, set, type RowChange } from './row-change.ts';

type Line = Record<'roundTripMs' | 'jitterMs' | 'bytesPerS' | 'lossPerMille', bigint>;

/** What a side measured of a line, as either event has it. */
function lineOf({ roundTripMs, jitterMs, bytesPerS, lossPerMille }: Line): Line {
  return { roundTripMs, jitterMs, bytesPerS, lossPerMille };
}

/** Rows of the proximity pool. A relay has one row, of when it joined last: what was before stands among its events. */
export function projectProse(event: ProseEvent, { tx }: EventContext): RowChange[] {
  switch (event.type) {
    case 'TariffPublished': {
      const { operator, microPerMinute, budgetMicro, atMs } = event;
      const values = { microPerMinute, budgetMicro, publishedAtMs: atMs };
      return [add('tariffs', { operator }, {}, { operator, ...values }), set('tariffs', { operator }, values)];
    }
    case 'PoolJoined': {
      const { resource, owner, operator, cell, atMs: joinedAtMs } = event;
      const values = { owner, operator, cell, joinedAtMs, leftAtMs: null, leaveReason: null };
      return [
        add('pool_members', { resource }, {}, { resource, ...values }),
        set('pool_members', { resource }, values),
      ];
    }
    case 'PoolLeft':
      return [set('pool_members', { resource: event.resource }, { leftAtMs: event.atMs, leaveReason: event.reason })];
    case 'SessionRecorded': {
      const { contract: _contract, version: _version, type: _type, startMs, atMs: recordedAtMs, ...session } = event;
      const unsaid = {
        score: null,
        roundTripMs: null,
        jitterMs: null,
        bytesPerS: null,
        lossPerMille: null,
        evaluatedAtMs: null,
      };
      const began = { startMs: startMs === 0n ? null : startMs };
      return [insert('proximity_sessions', { ...session, ...began, recordedAtMs, tx, ...unsaid })];
    }
    case 'SessionEvaluated': {
      const { agreement, score, atMs: evaluatedAtMs } = event;
      return [set('proximity_sessions', { agreement }, { score, ...lineOf(event), evaluatedAtMs })];
    }
    case 'SessionMeasured': {
      const { agreement, atMs: measuredAtMs } = event;
      return [insert('session_measurements', { agreement, ...lineOf(event), measuredAtMs })];
    }
    case 'StandingChanged': {
      const { sessions, begunSessions, keptPerMilleSum, disconnects, evaluations, scoreSum } = event;
      const account = event.serviceNode;
      const values = { sessions, begunSessions, keptPerMilleSum, disconnects, evaluations, scoreSum };
      return [
        add('service_standings', { account }, {}, { account, ...values }),
        set('service_standings', { account }, values),
      ];
    }
    case 'OperatorPaid': {
      const { operator, to, sessions, paidMs, dueMicro, amountMicro, atMs: paidAtMs } = event;
      return [insert('tariff_payments', { operator, to, paidAtMs, sessions, paidMs, dueMicro, amountMicro })];
    }
  }
}
