import 'server-only';
import path from 'node:path';
import { z } from 'zod';
import { LISTEN_FAULT, METRICS_MEANING, readListenAddress, type ListenAddress } from '#metrics/listen-address.ts';
import { DatabaseAddressError, databaseOptions } from './database-address.ts';

/** Thrown when the environment does not say what a process needs; the message is one sentence per missing or wrong name. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

const postgresUrl = z
  .string()
  .regex(/^postgres(ql)?:\/\//, 'must be a postgresql:// address')
  .superRefine((address, context) => {
    try {
      databaseOptions(address);
    } catch (error) {
      if (!(error instanceof DatabaseAddressError)) throw error;
      context.addIssue({ code: 'custom', message: error.message.replace(/\.$/, '') });
    }
  });

function whole(bounds: { min: number; max: number; byDefault: number }) {
  const { min, max, byDefault } = bounds;
  const sentence = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, sentence)
    .transform(Number)
    .refine((value) => value >= min && value <= max, sentence)
    .prefault(String(byDefault));
}

/** RFC 9116 (2.5.3): an address that a person can write to, call or open; web pages by https alone. */
const CONTACT = /^(mailto:[^\s,@]+@[^\s,@]+|https:\/\/[^\s,]+|tel:\+?[0-9-]{3,20})$/;

function contactsOf(text: string): string[] {
  return text.split(',').map((contact) => contact.trim());
}

const homeShape = {
  INTERPOOL_HOME: z
    .string()
    .min(1)
    .default('./.interpool')
    .describe('Data folder with `genesis.json` and `anchor.json`.'),
  LEDGER_SOCKET: z
    .string()
    .min(1)
    .optional()
    .describe('Unix socket of the ledger process; without it `ledger.sock` in the data folder.'),
};

const metricsShape = {
  INTERPOOL_METRICS_LISTEN: z
    .string()
    .refine((text) => readListenAddress(text) !== undefined, LISTEN_FAULT)
    .optional()
    .describe(METRICS_MEANING),
};

const webUrl = postgresUrl.describe('Address for the role `interpool_web`.');
const projectorUrl = postgresUrl.describe('Address for the role `interpool_projector`.');
const monitorUrl = postgresUrl.describe('Address for the role `interpool_monitor`.');

const webShape = z.object({
  ...homeShape,
  ...metricsShape,
  DATABASE_URL_WEB: webUrl,
  DATABASE_POOL_MAX: whole({ min: 2, max: 100, byDefault: 12 }).describe(
    'Connections of one portal’s pool; one more listens for new heights.',
  ),
  DATABASE_CONNECT_MS_MAX: whole({ min: 100, max: 60_000, byDefault: 5_000 }).describe(
    'How long a request waits for a connection, from 100 ms to a minute.',
  ),
  DATABASE_STATEMENT_MS_MAX: whole({ min: 100, max: 600_000, byDefault: 10_000 }).describe(
    'A statement that takes longer is cut off by PostgreSQL: one slow page must not hold the others.',
  ),
  NEXTAUTH_SECRET: z
    .string()
    .min(32, 'must have at least 32 characters')
    .describe('Signs session cookies: the same in every portal that shares a database and an address.'),
  NEXTAUTH_URL: z
    .url({ protocol: /^https?$/ })
    .describe('The portal’s public address, as people type it; `https://` when a proxy ends TLS.'),
  TRUSTED_PROXIES: whole({ min: 0, max: 5, byDefault: 0 }).describe(
    'Proxies between people and the portal that append to `x-forwarded-for`: the caller is whom the outermost of them saw. 0: whoever connects.',
  ),
  INTERPOOL_SECURITY_CONTACT: z
    .string()
    .max(1_000)
    .refine(
      (text) => contactsOf(text).every((contact) => CONTACT.test(contact)),
      'must be mailto:, https:// or tel: addresses, with commas between them',
    )
    .optional()
    .describe(
      'Where to report a fault in the portal’s security: `mailto:`, `https://` or `tel:` addresses with commas, the preferred one first. They stand in `/.well-known/security.txt`, which is not there without them.',
    ),
  SAMPLE_MODE: z.enum(['0', '1']).default('0').describe('1 in the sample network that `npm start` makes.'),
});

const projectorShape = z.object({ ...homeShape, ...metricsShape, DATABASE_URL_PROJECTOR: projectorUrl });

function originsOf(text: string): string[] {
  return text.split(',').map((origin) => origin.trim());
}

const monitorShape = z.object({
  ...homeShape,
  ...metricsShape,
  DATABASE_URL_MONITOR: monitorUrl,
  INTERPOOL_PORTALS: z
    .string()
    .max(4_000)
    .refine(
      (text) => originsOf(text).every((origin) => URL.canParse(origin) && new URL(origin).origin === origin),
      'must be origins such as https://portal.example.org, with commas between them',
    )
    .optional()
    .describe('Origins of the portals to watch, with commas; none without it.'),
  INTERPOOL_PRIVATE_TARGETS: z
    .enum(['0', '1'])
    .default('0')
    .describe(
      '1: probes and webhooks may go to loopback and private addresses too, as on one machine or within one organisation. 0: they are refused, because anybody who can name an address would reach what stands behind it.',
    ),
});

const migrationShape = z.object({
  DATABASE_URL: postgresUrl.describe(
    'Address for whoever prepares the database: a superuser, or the owner of a database that is there with its roles.',
  ),
  DATABASE_URL_WEB: webUrl,
  DATABASE_URL_PROJECTOR: projectorUrl,
  DATABASE_URL_MONITOR: monitorUrl,
});

const shapes = { portal: webShape, projector: projectorShape, monitor: monitorShape, migrations: migrationShape };
export type ProcessName = keyof typeof shapes;

export interface LedgerPlace {
  /** The data folder, absolute. */
  home: string;
  /** Path of the ledger process's Unix socket. */
  ledgerSocket: string;
}

export interface WebEnvironment extends LedgerPlace {
  databaseUrl: string;
  pool: { connectionsMax: number; connectMsMax: number; statementMsMax: number };
  secret: string;
  /** The portal's own origin, without a slash at its end. */
  origin: string;
  /** Host and port as they stand in a sign-in message. */
  host: string;
  trustedProxies: number;
  /** Empty when nobody is named. */
  securityContacts: readonly string[];
  isSample: boolean;
}

export interface ProjectorEnvironment extends LedgerPlace {
  databaseUrl: string;
  /** Where figures are told; undefined tells none. */
  metrics: ListenAddress | undefined;
}

export interface MonitorEnvironment extends LedgerPlace {
  databaseUrl: string;
  metrics: ListenAddress | undefined;
  /** Origins of portals. */
  portals: readonly string[];
  mayReachPrivate: boolean;
}

export interface MigrationEnvironment {
  databaseUrl: string;
  webUrl: string;
  projectorUrl: string;
  monitorUrl: string;
}

type Source = Readonly<Record<string, string | undefined>>;

function parse<Shape extends z.ZodType>(shape: Shape, source: Source): z.infer<Shape> {
  const parsed = shape.safeParse(source);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path: [name], message }) => {
    const isThere = source[String(name)] !== undefined;
    return `${String(name)}: ${isThere ? message : 'is not set'}`;
  });
  throw new EnvironmentError(`The environment is not complete. ${faults.join('; ')}.`);
}

function ledgerPlace(values: { INTERPOOL_HOME: string; LEDGER_SOCKET?: string | undefined }): LedgerPlace {
  const home = path.resolve(values.INTERPOOL_HOME);
  return { home, ledgerSocket: values.LEDGER_SOCKET ?? path.join(home, 'ledger.sock') };
}

const metricsOf = ({
  INTERPOOL_METRICS_LISTEN: text,
}: {
  INTERPOOL_METRICS_LISTEN?: string;
}): ListenAddress | undefined => (text === undefined ? undefined : readListenAddress(text));

let lastWeb: { text: string; environment: WebEnvironment } | undefined;

/** What the portal needs. Read when first asked for, so that `next build` needs no secrets; parsed once while it stays the same. */
export function webEnvironment(source: Source = process.env): WebEnvironment {
  const text = JSON.stringify(Object.keys(webShape.shape).map((name) => source[name]));
  if (lastWeb?.text !== text) lastWeb = { text, environment: parseWeb(source) };
  return lastWeb.environment;
}

function parseWeb(source: Source): WebEnvironment {
  const values = parse(webShape, source);
  const origin = new URL(values.NEXTAUTH_URL);
  return {
    ...ledgerPlace(values),
    databaseUrl: values.DATABASE_URL_WEB,
    pool: {
      connectionsMax: values.DATABASE_POOL_MAX,
      connectMsMax: values.DATABASE_CONNECT_MS_MAX,
      statementMsMax: values.DATABASE_STATEMENT_MS_MAX,
    },
    secret: values.NEXTAUTH_SECRET,
    origin: origin.origin,
    host: origin.host,
    trustedProxies: values.TRUSTED_PROXIES,
    securityContacts:
      values.INTERPOOL_SECURITY_CONTACT === undefined ? [] : contactsOf(values.INTERPOOL_SECURITY_CONTACT),
    isSample: values.SAMPLE_MODE === '1',
  };
}

/** What the projector process needs. */
export function projectorEnvironment(source: Source = process.env): ProjectorEnvironment {
  const values = parse(projectorShape, source);
  return { ...ledgerPlace(values), metrics: metricsOf(values), databaseUrl: values.DATABASE_URL_PROJECTOR };
}

/** What the monitor process needs. */
export function monitorEnvironment(source: Source = process.env): MonitorEnvironment {
  const values = parse(monitorShape, source);
  return {
    ...ledgerPlace(values),
    metrics: metricsOf(values),
    databaseUrl: values.DATABASE_URL_MONITOR,
    portals: values.INTERPOOL_PORTALS === undefined ? [] : originsOf(values.INTERPOOL_PORTALS),
    mayReachPrivate: values.INTERPOOL_PRIVATE_TARGETS === '1',
  };
}

/** What migrations need: the address of who may prepare the database, and the three roles' addresses with their passwords. */
export function migrationEnvironment(source: Source = process.env): MigrationEnvironment {
  const values = parse(migrationShape, source);
  return {
    databaseUrl: values.DATABASE_URL,
    webUrl: values.DATABASE_URL_WEB,
    projectorUrl: values.DATABASE_URL_PROJECTOR,
    monitorUrl: values.DATABASE_URL_MONITOR,
  };
}

const MASK = '***';

function withoutSecrets(name: string, value: unknown): unknown {
  if (name === 'NEXTAUTH_SECRET') return MASK;
  if (typeof value !== 'string' || !name.startsWith('DATABASE_URL')) return value;
  const url = new URL(value);
  if (url.password !== '') url.password = MASK;
  return url.href;
}

/** The whole configuration of a process as one line of JSON, defaults included, passwords and secrets masked. */
export function configurationLine(service: ProcessName, source: Source = process.env): string {
  const values = Object.entries(parse<z.ZodType<object>>(shapes[service], source));
  const shown = Object.fromEntries(values.map(([name, value]) => [name, withoutSecrets(name, value)]));
  return JSON.stringify({ process: service, configuration: shown });
}

export interface Variable {
  name: string;
  processes: ProcessName[];
  /** As it would be typed; undefined when there is none. */
  byDefault: string | undefined;
  isNeeded: boolean;
  meaning: string;
}

/** Every variable that app and lib read, for the table in docs/operate/configuration.md. */
export function environmentVariables(): Variable[] {
  const variables = new Map<string, Variable>();
  for (const [service, { shape }] of Object.entries(shapes) as [ProcessName, { shape: Record<string, z.ZodType> }][]) {
    for (const [name, field] of Object.entries(shape)) {
      const known = variables.get(name);
      if (known !== undefined) known.processes.push(service);
      if (known !== undefined) continue;
      const absent = field.safeParse(undefined);
      const byDefault = absent.success && absent.data !== undefined ? String(absent.data) : undefined;
      const meaning = field.description ?? '';
      variables.set(name, { name, processes: [service], byDefault, isNeeded: !absent.success, meaning });
    }
  }
  return [...variables.values()];
}
