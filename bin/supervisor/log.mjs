import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { say } from './progress.mjs';
import { sentenceFor } from './fault.mjs';

const BYTES_MAX = 4 * 1024 ** 2;

/** Appends a service's words to logs/<name>.log. A full file becomes <name>.log.1, whose predecessor goes: two files at most. */
export function openLog(home, name) {
  mkdirSync(join(home, 'logs'), { recursive: true, mode: 0o700 });
  const path = join(home, 'logs', `${name}.log`);
  let bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  let isBroken = false;
  return {
    write(text) {
      if (isBroken) return;
      try {
        if (bytes > BYTES_MAX) {
          renameSync(path, `${path}.1`);
          bytes = 0;
        }
        appendFileSync(path, text, { mode: 0o600 });
        bytes += Buffer.byteLength(text);
      } catch (error) {
        // A service goes on without its log; the person hears of it once.
        isBroken = true;
        say(`The log of ${name} cannot be written. ${sentenceFor(error)}`);
      }
    },
    close() {
      isBroken = true;
    },
  };
}
