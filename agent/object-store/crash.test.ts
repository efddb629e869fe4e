import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Bucket } from './bucket.ts';
import { makeFolder, openBucket } from './testing/store-server.ts';
import { contentOf, PART_BYTES } from './testing/upload-content.ts';

const WORKER = fileURLToPath(new URL('./testing/upload-worker.ts', import.meta.url));
const ROUNDS = 6;
/** Lines after which the worker is killed: always somewhere in the middle of several uploads. */
const LINES_MIN = 40;

let folder: ReturnType<typeof makeFolder>;

beforeEach(() => {
  folder = makeFolder();
});

afterEach(() => folder.remove());

/** Lines that the worker said until it was killed, as soon as it had said so many. */
function uploadUntilKilled(start: number, lineCount: number): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [WORKER, folder.path, String(start)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text.split('\n').length > lineCount) child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', (_, signal) => {
      if (signal === 'SIGKILL') resolve(text.split('\n').slice(0, -1));
      else reject(new Error('the worker ended by itself'));
    });
  });
}

async function contentAt(bucket: Bucket, key: string): Promise<Buffer> {
  const object = bucket.object(key);
  if (object === undefined) return Buffer.from('nothing');
  const pieces: Uint8Array[] = [];
  for await (const piece of bucket.read(object, 0, object.bytes)) pieces.push(piece);
  return Buffer.concat(pieces);
}

describe('a process that is killed in the middle of uploads', () => {
  test('loses no upload that was answered, shows none in part, and leaves no file that nothing names', async () => {
    /** By key: contents that may stand there. One, when the last upload of the key was answered; another, when it was under way. */
    const possible = new Map<string, readonly Buffer[]>();
    let answered = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const lines = await uploadUntilKilled(round * 10_000, LINES_MIN + round * 7);
      for (const line of lines) {
        const [, word = '', seedText = '', key = ''] = /^(\S+) (\d+) (.+)$/.exec(line) ?? [];
        const seed = Number(seedText);
        const isParts = word.endsWith('parts');
        const content = isParts ? Buffer.concat([contentOf(seed, PART_BYTES), contentOf(seed)]) : contentOf(seed);
        if (word.startsWith('begin')) possible.set(key, [...(possible.get(key) ?? [Buffer.from('nothing')]), content]);
        else if (word !== '') {
          possible.set(key, [content]);
          answered += 1;
        }
      }
      const bucket = openBucket(folder.path);
      const { items: objects, next } = bucket.list({ prefix: '', delimiter: '', after: '', countMax: 1_000 });
      expect(next).toBeNull();
      expect(objects.every(({ key }) => possible.has(key))).toBe(true);
      for (const [key, contents] of possible) {
        const found = await contentAt(bucket, key);
        expect(contents.filter((content) => content.equals(found))).toHaveLength(1);
        possible.set(key, [found]);
      }
      const { items: uploads } = bucket.listUploads({
        prefix: '',
        delimiter: '',
        after: '',
        afterId: '',
        countMax: 1_000,
      });
      const parts = uploads.flatMap((upload) => bucket.partsAfter(upload, 0, 1_000));
      const used = [...objects, ...parts].reduce((sum, { bytes }) => sum + bytes, 0);
      expect(bucket.usedBytes).toBe(used);
      const filesNamed = objects.reduce((sum, { upload }) => sum + (upload === null ? 1 : 2), parts.length);
      expect(readdirSync(join(folder.path, 'bucket', 'data'))).toHaveLength(filesNamed);
      bucket.close();
    }
    expect(answered).toBeGreaterThan(ROUNDS * 10);
  });
});
