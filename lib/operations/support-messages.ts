import 'server-only';
import { database, readModel } from '#lib/db.ts';

/** So many of one incident, and of one account in a minute: a thread is shown whole. */
export const MESSAGES_MAX = 200;
const PER_MINUTE_MAX = 10;

/** Keeps a message about an open incident; false when there are as many as may be, or it has been closed. */
export async function addSupportMessage(of: { incident: bigint; account: bigint; text: string }): Promise<boolean> {
  const { incident, account, text } = of;
  const added = await database().$executeRaw`
    INSERT INTO monitoring.support_messages ("incident", "account", "text")
    SELECT i."id", ${account}, ${text} FROM ${readModel.incidents} i
    WHERE i."id" = ${incident} AND i."closedAtMs" IS NULL
      AND ${MESSAGES_MAX} > (SELECT count(*) FROM monitoring.support_messages WHERE "incident" = ${incident})
      AND ${PER_MINUTE_MAX} > (SELECT count(*) FROM monitoring.support_messages WHERE "account" = ${account} AND "at" > now() - interval '1 minute')`;
  return added === 1;
}
