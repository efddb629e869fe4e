import { readFileSync, realpathSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import { z } from 'zod';
import { done, failed, reasonOf, type Outcome } from './outcome.ts';
import type { SourceConfig } from './resources/data/source.ts';

const CONFIG_BYTES_MAX = 256 * 1024;
const SOURCES_MAX = 64;
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
/** DuckDB's scalar type names; nothing else can stand in a reading. */
const typeName = z
  .string()
  .regex(
    /^(VARCHAR|BOOLEAN|TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|UTINYINT|USMALLINT|UINTEGER|UBIGINT|FLOAT|DOUBLE|DATE|TIME|TIMESTAMP|UUID|DECIMAL\(\d{1,2},\d{1,2}\))$/,
  );

const sourceSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,47}$/, 'must be lower-case letters, digits and hyphens, at most 48'),
  title: z.string().min(1).max(120),
  format: z.enum(['csv', 'parquet']),
  path,
  types: z.record(z.string().min(1).max(64), typeName).default({}),
  publishRanges: z.boolean().default(false),
});

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
  dataFolders: z.array(path).min(1).max(16),
  probeEveryMs: z.number().int().min(1_000).max(86_400_000).default(60_000),
  sources: z.array(sourceSchema).min(1).max(SOURCES_MAX),
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
  readonly sources: readonly SourceConfig[];
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

/** The pure part but for resolving links: `file` is the absolute path the text came from. */
export function parseConfig(text: string, file: string): Outcome<AgentConfig> {
  if (text.length > CONFIG_BYTES_MAX)
    return failed(`The config file ${file} is longer than ${CONFIG_BYTES_MAX} bytes.`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return failed(`The config file ${file} is not valid JSON: ${reasonOf(error)}`);
  }
  const parsed = configSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return failed(
      `The config file ${file}: ${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'is not valid'}.`,
    );
  }
  const config = parsed.data;
  const base = dirname(file);
  const folders = config.dataFolders.map((folder) => resolve(base, folder));
  const sources: SourceConfig[] = [];
  for (const source of config.sources) {
    if (sources.some(({ id }) => id === source.id))
      return failed(`The config file ${file} has the source ${source.id} twice.`);
    const placed = placeInside(resolve(base, source.path), folders);
    if (placed === null) {
      return failed(
        `The source ${source.id} lies outside dataFolders (${folders.join(', ')}), or does not exist: ${source.path}.`,
      );
    }
    sources.push({ ...source, path: placed });
  }
  const { portal, label, gateway, probeEveryMs } = config;
  return done({
    portal,
    label,
    gateway,
    probeEveryMs,
    home: resolve(base, config.home),
    anchor: resolve(base, config.anchor),
    sources,
  });
}

/** The real path when it lies in one of the folders, links resolved on both sides; null otherwise. */
function placeInside(target: string, folders: readonly string[]): string | null {
  try {
    const real = realpathSync(target);
    return folders.some((folder) => real.startsWith(realpathSync(folder) + sep)) ? real : null;
  } catch {
    return null;
  }
}

/** HTTPS except on loopback; nothing after the host. */
function isSafeOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.origin !== text || !/^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])$/.test(url.hostname)) return false;
  if (url.protocol === 'https:') return true;
  return url.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
}
