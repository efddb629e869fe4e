import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { isKind, type KindName } from '#ledger/contracts/kinds/kinds.ts';
import { SAFE_COMMANDS, SERVICE_COMMANDS } from './repair/allowed.ts';
import type { RepairCommand } from '#ledger/contracts/security/repair-words.ts';
import { LISTEN_FAULT, readListenAddress, type ListenAddress } from '#metrics/listen-address.ts';
import { isSafeOrigin } from './origin.ts';
import { done, failed, reasonOf, type Outcome } from './outcome.ts';
import type { ConfiguredKind, SourceSummary } from './resources/kind.ts';
import { kinds } from './resources/kinds.ts';
import { withoutMark } from '#ledger/core/json.ts';

const CONFIG_BYTES_MAX = 256 * 1024;
const PATH_LENGTH_MAX = 1024;

const path = z
  .string()
  .min(1)
  .max(PATH_LENGTH_MAX)
  .refine((text) => !text.includes('\0'), 'must not hold a NUL');
const origin = z
  .string()
  .max(256)
  .refine(isSafeOrigin, 'must be an origin such as https://agent.example, without a path; http only on loopback');

/** Where figures are told to Prometheus; nowhere without it. */
export const metricsShape = z
  .string()
  .refine((text) => readListenAddress(text) !== undefined, LISTEN_FAULT)
  .transform((text) => readListenAddress(text))
  .optional();

const configSchema = z.strictObject({
  portal: origin,
  label: z.string().min(1).max(64),
  gateway: z.strictObject({
    host: z.string().min(1).max(255),
    port: z.number().int().min(1).max(65_535),
    publicOrigin: origin,
  }),
  home: path,
  anchor: path,
  metrics: metricsShape,
  probeEveryMs: z.number().int().min(1_000).max(86_400_000).default(60_000),
  repair: z
    .strictObject({ allow: z.array(z.enum(SERVICE_COMMANDS)).max(SERVICE_COMMANDS.length) })
    .default({ allow: [...SAFE_COMMANDS] }),
  /** Each kind reads its own part, which stands under its name. */
  ...(Object.fromEntries(Object.keys(kinds).map((kind) => [kind, z.unknown().optional()])) as Record<
    KindName,
    z.ZodOptional<z.ZodUnknown>
  >),
});

/** The agent's settings with absolute paths. */
export interface AgentConfig {
  readonly portal: string;
  /** Shown to the owner beside the key's fingerprint. */
  readonly label: string;
  readonly gateway: { readonly host: string; readonly port: number; readonly publicOrigin: string };
  readonly home: string;
  readonly anchor: string;
  readonly probeEveryMs: number;
  /** Commands of maintainers that this agent carries out. */
  readonly repair: { readonly allow: readonly RepairCommand[] };
  readonly metrics?: ListenAddress | undefined;
  /** The kinds that this agent offers something of. */
  readonly kinds: ReadonlyMap<KindName, ConfiguredKind>;
  /** All of them together; no id stands twice. */
  readonly sources: readonly SourceSummary[];
}

/** Reads and checks a config file; relative paths start at the file's folder. One sentence names what is wrong and where. */
export function loadConfig(file: string): Outcome<AgentConfig> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return failed(`The config file ${file} cannot be read: ${reasonOf(error)}`);
  }
  return parseConfig(text, resolve(file));
}

/** The first thing that is wrong with a config file, with its place. */
export function schemaFault(
  file: string,
  { issues: [issue] }: z.ZodError,
): { readonly ok: false; readonly sentence: string } {
  return failed(
    `The config file ${file}: ${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'is not valid'}.`,
  );
}

/** The pure part but for resolving links: `file` is the absolute path the text came from. */
export function parseConfig(text: string, file: string): Outcome<AgentConfig> {
  if (text.length > CONFIG_BYTES_MAX)
    return failed(`The config file ${file} is longer than ${CONFIG_BYTES_MAX} bytes.`);
  let json: unknown;
  try {
    json = JSON.parse(withoutMark(text));
  } catch (error) {
    return failed(`The config file ${file} is not valid JSON: ${reasonOf(error)}`);
  }
  const parsed = configSchema.safeParse(json);
  if (!parsed.success) return schemaFault(file, parsed.error);
  const config = parsed.data;
  const base = dirname(file);
  const configured = configureKinds(config, { file, base });
  if (!configured.ok) return configured;
  const { portal, label, gateway, metrics, probeEveryMs, repair } = config;
  return done({
    portal,
    label,
    gateway,
    metrics,
    probeEveryMs,
    repair,
    home: resolve(base, config.home),
    anchor: resolve(base, config.anchor),
    ...configured.value,
  });
}

function configureKinds(
  config: z.infer<typeof configSchema>,
  from: { readonly file: string; readonly base: string },
): Outcome<Pick<AgentConfig, 'kinds' | 'sources'>> {
  const read = new Map<KindName, ConfiguredKind>();
  const sources: SourceSummary[] = [];
  for (const kind of Object.keys(kinds).filter(isKind)) {
    if (config[kind] === undefined) continue;
    const configured = kinds[kind].configure(config[kind], from.base);
    if (!configured.ok) return failed(`The config file ${from.file}: ${configured.sentence}`);
    read.set(kind, configured.value);
    for (const source of configured.value.sources) {
      if (sources.some(({ id }) => id === source.id))
        return failed(`The config file ${from.file} has the source ${source.id} twice.`);
      sources.push(source);
    }
  }
  if (sources.length === 0) {
    const names = Object.keys(kinds).join(', ');
    return failed(`The config file ${from.file} offers nothing: it needs a part for a kind of resource (${names}).`);
  }
  return done({ kinds: read, sources });
}
