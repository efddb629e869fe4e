import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realDisk } from '#ledger/storage/disk.ts';
import { openJournal } from '#ledger/storage/journal.ts';
import { scanJournal } from '#ledger/storage/journal-scan.ts';
import { median, rounded } from './statistics.ts';

const PAIRS = 7;
const RECORDS = 1_000;
const RECORD = new Uint8Array(300).fill(7);
const NETWORK = new Uint8Array(32).fill(1);
/** As large as the journal's segment, and written once before the clock starts, as that is: no block is allocated while it is measured. */
const ROOM = new Uint8Array(8 * 1024 * 1024);

/** Milliseconds of work over a thousand records, each durable before the next. */
function timed(append: () => void): number {
  const begunAt = performance.now();
  for (let record = 0; record < RECORDS; record += 1) append();
  return performance.now() - begunAt;
}

function inJournal(folder: string): number {
  const scan = scanJournal(folder, {
    disk: realDisk,
    network: NETWORK,
    visit: () => undefined,
    visitSurvivor: () => undefined,
  });
  const journal = openJournal({ disk: realDisk, folder, network: NETWORK }, scan);
  const takenMs = timed(() => {
    journal.append(RECORD);
    journal.sync();
  });
  journal.close();
  return takenMs;
}

function bare(path: string): number {
  const file = openSync(path, 'w');
  writeSync(file, ROOM);
  fdatasyncSync(file);
  let position = 0;
  const takenMs = timed(() => {
    position += writeSync(file, RECORD, 0, RECORD.length, position);
    fdatasyncSync(file);
  });
  closeSync(file);
  return takenMs;
}

/** P5 of the bar: 1,000 records of 300 bytes appended to the journal, each durable by itself, over a bare write and fdatasync of the same bytes. */
export async function benchAppend(): Promise<void> {
  const ratios: number[] = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const folder = mkdtempSync(join(tmpdir(), 'ip-append-'));
    try {
      const limitMs = bare(join(folder, 'bare'));
      const journal = join(folder, 'journal');
      realDisk.makeFolder(journal);
      const ownMs = inJournal(journal);
      ratios.push(limitMs / ownMs);
      console.log(JSON.stringify({ figure: 'append', journalMs: rounded(ownMs), bareMs: rounded(limitMs) }));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  console.log(JSON.stringify({ figure: 'P5', ratio: rounded(median(ratios)), mustHold: 0.7, aim: 0.95 }));
}
