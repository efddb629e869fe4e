import 'server-only';
import { accountOf, type Viewer } from '#lib/auth/viewer.ts';
import { database, readModel } from '#lib/db.ts';
import { readAsOf } from './page.ts';
import { holdsBrokerRole } from './parties.ts';

/** What changed between two heights, as far as the viewer may know: `resource:7`, `agreement:12`, `account:3`, `proposal:1`, `node:5`, `demand:4`. */
export interface LiveNews {
  height: number;
  changed: string[];
}

const CHANGED_MAX = 200;
/** A page that was away longer than this reloads anyway. */
const HEIGHTS_MAX = 10_000n;

/**
 * News since `height`: resources, proposals and nodes are everybody's, an account's own and its orders only the account's, a demand its
 * customer's, the brokers' and that of providers who share one of its kinds.
 */
export async function newsSince(height: number, viewer: Viewer): Promise<LiveNews> {
  const { height: now } = await readAsOf();
  if (now <= height) return { height: now, changed: [] };
  const account = accountOf(viewer) ?? 0;
  const from = BigInt(height) < BigInt(now) - HEIGHTS_MAX ? BigInt(now) - HEIGHTS_MAX : BigInt(height);
  const rows = await database().$queryRaw<{ kind: string; id: bigint }[]>`
    SELECT DISTINCT s."kind", s."id" FROM ${readModel.event_subjects} s
    WHERE s."height" > ${from} AND s."height" <= ${BigInt(now)} AND (
      s."kind" IN ('resource', 'proposal', 'node') OR
      (s."kind" = 'account' AND s."id" = ${account}) OR
      (s."kind" = 'agreement' AND EXISTS (
        SELECT 1 FROM ${readModel.agreements} a WHERE a."id" = s."id" AND (a."customer" = ${account} OR a."provider" = ${account}))) OR
      (s."kind" = 'demand' AND (${holdsBrokerRole(account)} OR EXISTS (
        SELECT 1 FROM ${readModel.demands} d WHERE d."id" = s."id" AND (d."customer" = ${account} OR EXISTS (
          SELECT 1 FROM ${readModel.resources} r WHERE r."owner" = ${account} AND r."status" <> 'retired' AND d."kinds" ? r."kind"))))))
    LIMIT ${CHANGED_MAX}`;
  return { height: now, changed: rows.map(({ kind, id }) => `${kind}:${id}`) };
}
