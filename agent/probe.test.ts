import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { probeSources } from './probe.ts';
import { Rig } from './testing/order-rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = new Rig();
  await rig.open();
});
afterEach(() => rig.close());

describe('the probe', () => {
  const probe = (): Promise<void> => {
    const { book, shelf, duties, said } = rig;
    return probeSources({ book, shelf, duties, log: (sentence) => said.push(sentence) });
  };
  const status = (): string | undefined => rig.book.resources.get(1)?.status;
  const resume = (): void => {
    rig.ledger.run(rig.ledger.network.provider, 'ResumeResource', { resource: 1n });
  };

  test('suspends a listing whose source changed, and open orders keep the data that was described [I.2-7]', async () => {
    await rig.publish();
    rig.apply();
    await rig.work();
    await probe();
    await rig.work();
    expect(status()).toBe('published');
    appendFileSync(rig.file, '2026-01-04,9.0,sun\n');
    await probe();
    await rig.work();
    expect(rig.newest('ResourceStatusChanged')).toMatchObject({ to: 'suspended', reason: 'metadata-mismatch' });
    expect(rig.said.join(' ')).toContain('4 rows, published were 3');
    expect((await rig.get(await rig.link())).text.split('\r\n').length).toBe(5);
  });

  test('suspends a listing whose source is gone [I.2-7]', async () => {
    await rig.publish();
    rmSync(rig.file);
    await probe();
    await rig.work();
    expect(rig.newest('ResourceStatusChanged')).toMatchObject({ to: 'suspended', reason: 'source-unavailable' });
  });

  test('leaves a mended source alone once its owner has resumed it, and suspends it again only after another test [I.2-7]', async () => {
    await rig.publish();
    const published = readFileSync(rig.file);
    appendFileSync(rig.file, '2026-01-04,9.0,sun\n');
    await probe();
    await rig.work();
    expect(status()).toBe('suspended');
    writeFileSync(rig.file, published);
    resume();
    // Longer than a duty waits before it is done again.
    await rig.pass(60);
    await rig.work();
    expect(status()).toBe('published');
    await probe();
    await rig.work();
    expect(status()).toBe('published');
    rmSync(rig.file);
    await probe();
    await rig.work();
    expect(status()).toBe('suspended');
  });

  test('drops what it finds of a listing whose status changed while the source was read [I.2-7]', async () => {
    await rig.publish();
    const published = readFileSync(rig.file);
    appendFileSync(rig.file, '2026-01-04,9.0,sun\n');
    const { shelf } = rig;
    const read = shelf.test.bind(shelf);
    shelf.test = async (sourceId) => {
      const found = await read(sourceId);
      rig.ledger.run(rig.ledger.network.provider, 'SuspendResource', { resource: 1n, reason: 'owner-decision' });
      writeFileSync(rig.file, published);
      resume();
      await rig.hear();
      return found;
    };
    await probe();
    await rig.work();
    expect(status()).toBe('published');
    expect(rig.sent).toEqual([]);
  });
});
