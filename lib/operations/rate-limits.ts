import 'server-only';
import { database } from '#lib/db.ts';

/** `burst` requests at once, then `perSecond`. */
export interface Limit {
  burst: number;
  perSecond: number;
}

export const limits = {
  'sign-in': { burst: 30, perSecond: 0.5 },
  submit: { burst: 200, perSecond: 50 },
  nonce: { burst: 200, perSecond: 50 },
  read: { burst: 400, perSecond: 100 },
  agent: { burst: 120, perSecond: 10 },
  pairing: { burst: 20, perSecond: 0.2 },
  job: { burst: 20, perSecond: 0.5 },
  profile: { burst: 20, perSecond: 0.2 },
} as const satisfies Record<string, Limit>;
export type Bucket = keyof typeof limits;

/** Takes one token; answers 0, or the seconds after which to try again. Kept in the database: every process counts together. */
export async function takeToken(bucket: Bucket, subject: string): Promise<number> {
  const { burst, perSecond } = limits[bucket];
  const rows = await database().$queryRaw<{ tokens: number }[]>`
    INSERT INTO operations.rate_limits AS r ("bucket", "subject", "tokens", "updatedAt")
    VALUES (${bucket}, ${subject}, ${burst - 1}::double precision, clock_timestamp())
    ON CONFLICT ("bucket", "subject") DO UPDATE SET
      "tokens" = least(${burst}::double precision,
        r."tokens" + extract(epoch from clock_timestamp() - r."updatedAt") * ${perSecond}::double precision) - 1,
      "updatedAt" = clock_timestamp()
      WHERE r."tokens" + extract(epoch from clock_timestamp() - r."updatedAt") * ${perSecond}::double precision >= 1
    RETURNING "tokens"`;
  return rows.length > 0 ? 0 : Math.ceil(1 / perSecond);
}
