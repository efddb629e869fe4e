import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../supervisor/runtime.mjs';
import { DATABASE_TESTS, newestServer } from './debian-postgres.mjs';

describe('the system’s PostgreSQL', () => {
  test('is the newest of those that are new enough and whole', () => {
    const place = mkdtempSync(join(tmpdir(), 'interpool-servers-'));
    try {
      expect(newestServer(join(place, 'nowhere'))).toBeUndefined();
      for (const major of ['9', '14', '15', '17', '18']) {
        mkdirSync(join(place, major, 'bin'), { recursive: true });
        if (major !== '18') writeFileSync(join(place, major, 'bin/initdb'), '');
      }
      expect(newestServer(place)).toEqual({ major: 17, programs: join(place, '17/bin') });
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  });

  test('meets tests that are there', () => {
    for (const path of DATABASE_TESTS) expect([path, existsSync(join(root, path))]).toEqual([path, true]);
  });
});
