import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from './fault.mjs';

const NAMES = [
  'postgresPassword',
  'webPassword',
  'projectorPassword',
  'monitorPassword',
  'nextAuthSecret',
  'operatorPassword',
  'operatorReaderPassword',
];
const BYTES = 32;

/** Makes what is missing: all of it at the first start, after an update what an older version did not need. */
function complete(path, known) {
  if (NAMES.every((name) => known[name] !== undefined)) return known;
  const secrets = Object.fromEntries(NAMES.map((name) => [name, known[name] ?? randomBytes(BYTES).toString('hex')]));
  writeFileSync(`${path}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return secrets;
}

/** Random secrets of this installation, made once, readable by its owner alone. */
export function openSecrets(home) {
  const path = join(home, 'secrets.json');
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return complete(path, {});
  }
  const damaged = new Fault(`${path} is damaged: restore it from a backup, or start over with npm start -- --fresh.`);
  try {
    const secrets = JSON.parse(text);
    const isWhole = NAMES.every((name) => secrets[name] === undefined || /^[0-9a-f]{64}$/.test(secrets[name]));
    if (isWhole && Object.keys(secrets).length > 0) return complete(path, secrets);
  } catch {
    throw damaged;
  }
  throw damaged;
}
