import { expect, test } from 'vitest';
import { attemptEach } from './rounds.ts';

test('what fails for one is done for all the others, and each trouble is told once at the end', async () => {
  const done: number[] = [];
  const work = async (item: number): Promise<void> => {
    if (item % 2 === 0) throw new Error('The records have one subscriber number twice.');
    done.push(item);
  };
  await expect(attemptEach([1, 2, 3, 4, 5], work)).rejects.toThrow(/^The records have one subscriber number twice\.$/);
  expect(done).toEqual([1, 3, 5]);
  await expect(attemptEach([1, 3], work)).resolves.toBeUndefined();
});
