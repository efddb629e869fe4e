import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const SHIM = join(HERE, '../../node_modules/@bjorn3/browser_wasi_shim/dist');
const SOURCES = ['host', 'frames'] as const;

/** What the host program imports, by the names that it has in the folder. */
const IMPORTS: readonly (readonly [from: string, to: string])[] = [
  ["'@bjorn3/browser_wasi_shim'", "'./shim/index.js'"],
  ["'./frames.ts'", "'./frames.js'"],
];

/**
 * Writes the host program and the library that it uses into a folder, as plain JavaScript: a sandbox is shown that folder and nothing else
 * of this project, and Node starts in it without its own reader of types, which takes seconds to compile there. Answers the folder's path.
 */
export function installHost(folder: string): string {
  const host = join(folder, 'host');
  const unfinished = join(folder, `host.${process.pid}`);
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true, mode: 0o755 });
  for (const name of SOURCES) {
    const typed = readFileSync(join(HERE, `${name}.ts`), 'utf8');
    const plain = IMPORTS.reduce((text, [from, to]) => text.replaceAll(from, to), withoutTypes(typed));
    writeFileSync(join(unfinished, `${name}.js`), plain);
  }
  cpSync(SHIM, join(unfinished, 'shim'), { recursive: true });
  writeFileSync(join(unfinished, 'package.json'), '{ "type": "module" }\n');
  rmSync(host, { recursive: true, force: true });
  renameSync(unfinished, host);
  return host;
}

/** Node says at the first use that this is experimental; it is how Node runs all of this project, and no news for a provider. */
function withoutTypes(source: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}
