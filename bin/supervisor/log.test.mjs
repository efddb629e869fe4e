import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLog } from './log.mjs';

/** What stands in the log's place while nothing can be written to it. */
const PLACES = [
  ['a disk that is full', (path) => symlinkSync('/dev/full', path), existsSync('/dev/full')],
  ['a folder', (path) => mkdirSync(path), true],
];

test.each(PLACES.filter(([, , isHere]) => isHere))(
  'a log that could not be written for a while, because of %s, is written again when it can be [8.2.1-a]',
  (_what, block) => {
    const home = mkdtempSync(join(tmpdir(), 'ip-'));
    const log = openLog(home, 'part', 0);
    log.write('before\n');
    const path = join(home, 'logs/part.log');
    renameSync(path, join(home, 'kept'));
    block(path);
    log.write('lost\n');
    rmSync(path, { recursive: true });
    renameSync(join(home, 'kept'), path);
    log.write('after\n');
    expect(readFileSync(path, 'utf8')).toBe('before\nafter\n');
    rmSync(home, { recursive: true });
  },
);
