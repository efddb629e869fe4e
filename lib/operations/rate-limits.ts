import 'server-only';
import { database } from '#lib/db.ts';

/** `burst` requests at once, then `perSecond`. */
export interface Limit {
  burst: number;
  perSecond: number;
  /** Tokens that a process takes from the database at once and hands out itself: a read must not cost a write. One, when left out. */
  draw?: number;
}

export const limits = {
  'sign-in': { burst: 30, perSecond: 0.5 },
  /** Everything that next-auth answers; one sign-in asks it three times. */
  auth: { burst: 120, perSecond: 5 },
  submit: { burst: 200, perSecond: 50 },
  nonce: { burst: 200, perSecond: 50 },
  /** 6,000 a minute: an office behind one network address reads on, a single program does not take a portal for itself. */
  read: { burst: 400, perSecond: 100, draw: 20 },
  /** Apart from other reads: who has used those up is still told that the portal works. */
  health: { burst: 60, perSecond: 10 },
  agent: { burst: 120, perSecond: 10 },
  /** Every node sends one in ten seconds; one network address may be that of a hall with thousands. */
  heartbeat: { burst: 4_000, perSecond: 400, draw: 100 },
  pairing: { burst: 20, perSecond: 0.2 },
  /** One question lets the ledger evaluate up to 1,500 rules; a person who types asks two in a second. */
  judging: { burst: 60, perSecond: 5, draw: 5 },
  job: { burst: 20, perSecond: 0.5 },
  profile: { burst: 20, perSecond: 0.2 },
  /** Megabytes each: what programs need for their tasks, and their agents fetch of them. */
  upload: { burst: 20, perSecond: 0.5 },
  download: { burst: 120, perSecond: 4 },
} as const satisfies Record<string, Limit>;
export type Bucket = keyof typeof limits;

/** Takes one token; answers 0, or the seconds after which to try again. Kept in the database: every process counts together. */
export async function takeToken(bucket: Bucket, subject: string): Promise<number> {
  const { draw = 1, perSecond }: Limit = limits[bucket];
  const isTaken = draw === 1 ? await drawTokens(bucket, subject) : await takeDrawn(bucket, subject);
  return isTaken ? 0 : Math.ceil(draw / perSecond);
}

/** Takes as many tokens as the bucket hands out at once; false when it has fewer. */
async function drawTokens(bucket: Bucket, subject: string): Promise<boolean> {
  const { burst, perSecond, draw = 1 }: Limit = limits[bucket];
  const rows = await database().$queryRaw<{ tokens: number }[]>`
    INSERT INTO operations.rate_limits AS r ("bucket", "subject", "tokens", "updatedAt")
    VALUES (${bucket}, ${subject}, ${burst - draw}::double precision, clock_timestamp())
    ON CONFLICT ("bucket", "subject") DO UPDATE SET
      "tokens" = least(${burst}::double precision,
        r."tokens" + extract(epoch from clock_timestamp() - r."updatedAt") * ${perSecond}::double precision) - ${draw},
      "updatedAt" = clock_timestamp()
      WHERE r."tokens" + extract(epoch from clock_timestamp() - r."updatedAt") * ${perSecond}::double precision >= ${draw}
    RETURNING "tokens"`;
  return rows.length > 0;
}

/** What this process has drawn for one subject and not handed out yet. */
interface Purse {
  tokens: number;
  drawing: Promise<void> | undefined;
  /** On the process's own clock: until then the bucket need not be asked again. */
  emptyUntilMs: number;
}

/** Above this many they are all given up: whoever asks next draws anew, so that strangers fill no memory. */
const PURSES_MAX = 10_000;
const purses = new Map<string, Purse>();

function purseOf(name: string): Purse {
  const known = purses.get(name);
  if (known !== undefined) return known;
  if (purses.size >= PURSES_MAX) purses.clear();
  const purse: Purse = { tokens: 0, drawing: undefined, emptyUntilMs: 0 };
  purses.set(name, purse);
  return purse;
}

/** Hands out one drawn token. Every one was taken from the bucket before, so that more processes never hand out more. */
async function takeDrawn(bucket: Bucket, subject: string): Promise<boolean> {
  const purse = purseOf(`${bucket} ${subject}`);
  while (purse.tokens === 0) {
    if (performance.now() < purse.emptyUntilMs) return false;
    purse.drawing ??= fill(purse, bucket, subject).finally(() => {
      purse.drawing = undefined;
    });
    await purse.drawing;
  }
  purse.tokens -= 1;
  return true;
}

async function fill(purse: Purse, bucket: Bucket, subject: string): Promise<void> {
  const { draw = 1, perSecond }: Limit = limits[bucket];
  if (await drawTokens(bucket, subject)) purse.tokens += draw;
  else purse.emptyUntilMs = performance.now() + (draw / perSecond) * 1_000;
}
