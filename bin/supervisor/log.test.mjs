import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLog } from './log.mjs';

test('a log that could not be written for a while is written again when it can be [8.2.1-a]', () => {
  const home = mkdtempSync(join(tmpdir(), 'ip-'));
  const log = openLog(home, 'part', 0);
  log.write('before\n');
  // Nothing can be appended to a folder, as nothing can be to a full disk.
  const path = join(home, 'logs/part.log');
  renameSync(path, join(home, 'kept'));
  mkdirSync(path);
  log.write('lost\n');
  rmSync(path, { recursive: true });
  renameSync(join(home, 'kept'), path);
  log.write('after\n');
  expect(readFileSync(path, 'utf8')).toBe('before\nafter\n');
  rmSync(home, { recursive: true });
});
