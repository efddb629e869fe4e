import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { anchorToJson } from '#ledger/core/genesis.ts';
import { sampleAnchor, sampleReceipt } from '#ledger/vectors/sample-receipt.ts';

const folder = mkdtempSync(join(tmpdir(), 'interpool-verify-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function verify(...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'verify.ts'), ...args], {
    encoding: 'utf8',
    env: { ...process.env, INTERPOOL_HOME: folder },
  });
  return { status, output: stdout + stderr };
}

const receipt = file('receipt.json', JSON.stringify(sampleReceipt()));
const anchor = file('trusted.json', anchorToJson(sampleAnchor));

describe('npm run verify', () => {
  test('says what passed and what a pass does not prove, with and without an anchor [8.3.1-b]', () => {
    const anchored = verify(receipt, '--anchor', anchor);
    expect(anchored).toMatchObject({
      status: 0,
      output: expect.stringContaining('The receipt is authentic.') as string,
    });
    expect(anchored.output).toContain('What this does not prove:');
    const alone = verify(receipt);
    expect(alone).toMatchObject({
      status: 0,
      output: expect.stringContaining('Consistent, not authenticated') as string,
    });
  });

  test('reads files that begin with a byte order mark, as the page does', () => {
    const marked = file('marked.json', `\uFEFF${JSON.stringify(sampleReceipt())}`);
    const trusted = file('marked-anchor.json', `\uFEFF${anchorToJson(sampleAnchor)}`);
    expect(verify(marked, '--anchor', trusted).output).toContain('The receipt is authentic.');
  });

  test('exits 1 naming the failed step, 2 when there is nothing to check [8.3.1-b]', () => {
    const forged = file('forged.json', JSON.stringify({ ...sampleReceipt(), logIndex: '12' }));
    const failed = verify(forged, '--anchor', anchor);
    expect(failed.status).toBe(1);
    expect(failed.output).toMatch(/FAILED {2}inclusion/);
    expect(verify(file('empty.json', ''), '--anchor', anchor).status).toBe(1);
    expect(verify()).toMatchObject({ status: 2, output: expect.stringContaining('Usage') as string });
    expect(verify(join(folder, 'missing.json'))).toMatchObject({ status: 2 });
    expect(verify(receipt, '--anchor', file('bad.json', '{}'))).toMatchObject({ status: 2 });
    expect(verify(receipt, '--wrong')).toMatchObject({ status: 2 });
  });
});
