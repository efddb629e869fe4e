import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from './fault.mjs';

const NAMES = ['postgresPassword', 'webPassword', 'projectorPassword', 'nextAuthSecret'];
const BYTES = 32;

/** Random secrets of this installation, made once, readable by its owner alone. */
export function openSecrets(home) {
  const path = join(home, 'secrets.json');
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    const secrets = Object.fromEntries(NAMES.map((name) => [name, randomBytes(BYTES).toString('hex')]));
    writeFileSync(`${path}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${path}.new`, path);
    return secrets;
  }
  const damaged = new Fault(`${path} is damaged: restore it from a backup, or start over with npm start -- --fresh.`);
  try {
    const secrets = JSON.parse(text);
    if (NAMES.every((name) => /^[0-9a-f]{64}$/.test(secrets[name]))) return secrets;
  } catch {
    throw damaged;
  }
  throw damaged;
}
