import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { anchorFromJson, anchorToJson } from '#ledger/core/genesis.ts';
import { sampleAnchor, sampleReceipt, sampleTrail } from '#ledger/vectors/sample-receipt.ts';

const folder = mkdtempSync(join(tmpdir(), 'interpool-checkpoint-'));
afterAll(() => rmSync(folder, { recursive: true }));

const place = (name: string): string => join(folder, name);

function file(name: string, content: string): string {
  writeFileSync(place(name), content);
  return place(name);
}

function run(command: 'checkpoint' | 'verify', ...args: string[]): { status: number | null; output: string } {
  const script = join(import.meta.dirname, `${command}.ts`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    encoding: 'utf8',
    cwd: folder,
    env: { ...process.env, INTERPOOL_HOME: folder },
  });
  return { status, output: stdout + stderr };
}

const FIVE = [1, 2, 3, 4, 5];
const trail = sampleTrail([{ height: 3n, from: [1, 2, 3, 4], to: FIVE }]);
const receipt = sampleReceipt({ numbers: FIVE, signers: 5, trail });
const { network, chainId, header, commit, validators } = receipt;
const head = { format: 'interpool-head/1', network, chainId, header, commit, validators, trail: receipt.trail };
const headFile = file('head.json', JSON.stringify(head, undefined, 2));
const anchor = file('trusted.json', anchorToJson(sampleAnchor));

describe('npm run checkpoint', () => {
  test('makes of a head that verifies an anchor that later receipts are checked against without the trail [8.3.1-b]', () => {
    const made = run('checkpoint', headFile, '--anchor', anchor, '--out', 'made.json');
    expect(made).toMatchObject({ status: 0 });
    expect(made.output).toContain(`Wrote made.json: ${chainId} at height 8, 2027-01-15T08:00:00.123Z`);
    expect(anchorFromJson(readFileSync(place('made.json'), 'utf8'))).toMatchObject({
      ok: true,
      value: { checkpoint: { height: 8n } },
    });
    const { trail: _none, ...bare } = sampleReceipt({ numbers: FIVE, signers: 5, height: 9n });
    const later = file('later.json', JSON.stringify(bare));
    expect(run('verify', later, '--anchor', 'made.json')).toMatchObject({ status: 0 });
    expect(run('verify', later, '--anchor', anchor)).toMatchObject({ status: 1 });
    const early = file('early.json', JSON.stringify(sampleReceipt({ height: 2n })));
    const refused = run('verify', early, '--anchor', 'made.json');
    expect(refused.status).toBe(1);
    expect(refused.output).toMatch(
      /FAILED {2}anchor {7}The anchor is a checkpoint of height 8, newer than this header/,
    );
    expect(refused.output).toContain('This anchor does NOT vouch for the receipt.');
    expect(run('verify', early, '--anchor', anchor)).toMatchObject({ status: 0 });
  });

  test('writes nothing of what does not verify, and says why [8.3.1-b]', () => {
    const forged = file('forged.json', JSON.stringify({ ...head, trail: undefined }));
    const foreign = file('foreign.json', anchorToJson({ ...sampleAnchor, genesisHash: new Uint8Array(32) }));
    const cases: [string, string, RegExp][] = [
      [forged, anchor, /^No checkpoint was made .*The validators are not the anchor’s/],
      [headFile, foreign, /^No checkpoint was made .*The anchor is that of another network\./],
      [file('none.json', '{}'), anchor, /^No checkpoint was made .*head\.format must be/],
      [file('receipt.json', JSON.stringify(receipt)), anchor, /^No checkpoint was made .*head has an unknown field/],
    ];
    for (const [from, trusted, sentence] of cases) {
      const refused = run('checkpoint', from, '--anchor', trusted, '--out', 'refused.json');
      expect(refused.output).toMatch(sentence);
      expect([from, refused.status, existsSync(place('refused.json'))]).toEqual([from, 1, false]);
    }
  });

  test('never replaces a file, and exits 2 when there is nothing to check or nowhere to write', () => {
    const kept = file('checkpoint.json', 'kept');
    const standing = run('checkpoint', headFile, '--anchor', anchor);
    expect(standing.status).toBe(2);
    expect(standing.output).toBe('The file checkpoint.json is there already: name another one with --out.\n');
    expect(readFileSync(kept, 'utf8')).toBe('kept');
    const cases: [string[], RegExp][] = [
      [[], /^Usage: /],
      [[headFile, '--wrong'], /^Usage: /],
      [[headFile], /^A checkpoint is made from an anchor/],
      [[headFile, '--anchor', place('missing.json')], /cannot be read\.$/m],
      [[headFile, '--anchor', file('bad.json', '{')], /cannot be used: anchor is not JSON\.$/m],
      [[headFile, '--anchor', anchor, '--out', place('no/such/folder.json')], /cannot be written/],
    ];
    for (const [args, sentence] of cases) {
      const { status, output } = run('checkpoint', ...args);
      expect(output).toMatch(sentence);
      expect([args, status, output.trimEnd().split('\n').length]).toEqual([args, 2, 1]);
    }
  });
});
