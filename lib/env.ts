import 'server-only';
import path from 'node:path';
import { z } from 'zod';

/** Thrown when the environment does not say what a process needs; the message is one sentence per missing or wrong name. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

const postgresUrl = z.string().regex(/^postgres(ql)?:\/\//, 'must be a postgresql:// address');

const homeShape = {
  INTERPOOL_HOME: z.string().min(1).default('./.interpool'),
  LEDGER_SOCKET: z.string().min(1).optional(),
};

const webShape = z.object({
  ...homeShape,
  DATABASE_URL_WEB: postgresUrl,
  NEXTAUTH_SECRET: z.string().min(32, 'must have at least 32 characters'),
  NEXTAUTH_URL: z.url({ protocol: /^https?$/ }),
  SAMPLE_MODE: z.enum(['0', '1']).default('0'),
});

const projectorShape = z.object({ ...homeShape, DATABASE_URL_PROJECTOR: postgresUrl });

const migrationShape = z.object({
  DATABASE_URL: postgresUrl,
  DATABASE_URL_WEB: postgresUrl,
  DATABASE_URL_PROJECTOR: postgresUrl,
});

export interface LedgerPlace {
  /** The data folder, absolute. */
  home: string;
  /** Path of the ledger process's Unix socket. */
  ledgerSocket: string;
}

export interface WebEnvironment extends LedgerPlace {
  databaseUrl: string;
  secret: string;
  /** The portal's own origin, without a slash at its end. */
  origin: string;
  /** Host and port as they stand in a sign-in message. */
  host: string;
  isSample: boolean;
}

export interface ProjectorEnvironment extends LedgerPlace {
  databaseUrl: string;
}

export interface MigrationEnvironment {
  databaseUrl: string;
  webUrl: string;
  projectorUrl: string;
}

type Source = Readonly<Record<string, string | undefined>>;

function parse<Shape extends z.ZodType>(shape: Shape, source: Source): z.infer<Shape> {
  const parsed = shape.safeParse(source);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new EnvironmentError(`The environment is not complete. ${faults.join('; ')}.`);
}

function ledgerPlace(values: { INTERPOOL_HOME: string; LEDGER_SOCKET?: string | undefined }): LedgerPlace {
  const home = path.resolve(values.INTERPOOL_HOME);
  return { home, ledgerSocket: values.LEDGER_SOCKET ?? path.join(home, 'ledger.sock') };
}

/** What the portal needs. Read when first asked for, so that `next build` needs no secrets. */
export function webEnvironment(source: Source = process.env): WebEnvironment {
  const values = parse(webShape, source);
  const origin = new URL(values.NEXTAUTH_URL);
  return {
    ...ledgerPlace(values),
    databaseUrl: values.DATABASE_URL_WEB,
    secret: values.NEXTAUTH_SECRET,
    origin: origin.origin,
    host: origin.host,
    isSample: values.SAMPLE_MODE === '1',
  };
}

/** What the projector process needs. */
export function projectorEnvironment(source: Source = process.env): ProjectorEnvironment {
  const values = parse(projectorShape, source);
  return { ...ledgerPlace(values), databaseUrl: values.DATABASE_URL_PROJECTOR };
}

/** What migrations need: the superuser's address, and the two roles' addresses, whose passwords are set from them. */
export function migrationEnvironment(source: Source = process.env): MigrationEnvironment {
  const values = parse(migrationShape, source);
  return {
    databaseUrl: values.DATABASE_URL,
    webUrl: values.DATABASE_URL_WEB,
    projectorUrl: values.DATABASE_URL_PROJECTOR,
  };
}
