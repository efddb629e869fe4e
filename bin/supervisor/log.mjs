import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { say } from './progress.mjs';
import { sentenceFor } from './fault.mjs';

const BYTES_MAX = 4 * 1024 ** 2;
/** How long a log that could not be written is left alone. */
const RETRY_MS = 5_000;

/** Appends a service's words to logs/<name>.log. A full file becomes <name>.log.1, whose predecessor goes: two files at most. */
export function openLog(home, name, retryMs = RETRY_MS) {
  mkdirSync(join(home, 'logs'), { recursive: true, mode: 0o700 });
  const path = join(home, 'logs', `${name}.log`);
  let bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  let isBroken = false;
  let isClosed = false;
  let retryAtMs = 0;
  return {
    write(text) {
      if (isClosed || Date.now() < retryAtMs) return;
      try {
        if (bytes > BYTES_MAX) {
          renameSync(path, `${path}.1`);
          bytes = 0;
        }
        appendFileSync(path, text, { mode: 0o600 });
        bytes += Buffer.byteLength(text);
        if (isBroken) say(`The log of ${name} is written again.`);
        isBroken = false;
      } catch (error) {
        // A service goes on without its log, which is tried again with what it says later; the person hears of it once.
        retryAtMs = Date.now() + retryMs;
        if (!isBroken) say(`The log of ${name} cannot be written. ${sentenceFor(error)}`);
        isBroken = true;
      }
    },
    close() {
      isClosed = true;
    },
  };
}
