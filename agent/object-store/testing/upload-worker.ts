/**
 * Uploads without end until it is killed, and says when each begins and when it was answered: `begin <seed> <key>`, `put <seed> <key>`,
 * and the same of uploads in two parts. Contents follow from the seed, so that whoever reads the lines knows every byte.
 */
import { writeSync } from 'node:fs';
import { ask, type Whole } from './signed-request.ts';
import { contentOf, PART_BYTES } from './upload-content.ts';
import { openBucket, serviceOf } from './store-server.ts';

const STDOUT = 1;
const KEYS = 12;

const [folder = '', start = '0'] = process.argv.slice(2);
const service = serviceOf(openBucket(folder));

/** On the pipe before anything else happens: a line that is lost would hide a fault. */
function say(line: string): void {
  writeSync(STDOUT, `${line}\n`);
}

async function expectDone(work: Promise<Whole>): Promise<Whole> {
  const answer = await work;
  if (answer.status >= 300) throw new Error(`answered ${answer.status}: ${answer.text}`);
  return answer;
}

async function putForever(lane: number): Promise<never> {
  for (let seed = Number(start) + lane; ; seed += 4) {
    const key = `lane ${lane}/key ${seed % KEYS}`;
    say(`begin ${seed} ${key}`);
    await expectDone(ask(service, { method: 'PUT', key, body: contentOf(seed) }));
    say(`put ${seed} ${key}`);
  }
}

async function completeForever(): Promise<never> {
  for (let seed = Number(start); ; seed += 1) {
    const key = `parts/key ${seed % 3}`;
    const { text } = await expectDone(ask(service, { method: 'POST', key, query: { uploads: '' } }));
    const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(text)?.[1] ?? '';
    const parts: string[] = [];
    for (const [position, body] of [contentOf(seed, PART_BYTES), contentOf(seed)].entries()) {
      const query = { uploadId, partNumber: String(position + 1) };
      const { headers } = await expectDone(ask(service, { method: 'PUT', key, query, body }));
      parts.push(`<Part><PartNumber>${position + 1}</PartNumber><ETag>${headers.etag}</ETag></Part>`);
    }
    const body = Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`);
    say(`begin-parts ${seed} ${key}`);
    await expectDone(ask(service, { method: 'POST', key, query: { uploadId }, body }));
    say(`parts ${seed} ${key}`);
  }
}

await Promise.race([putForever(0), putForever(1), putForever(2), completeForever()]);
