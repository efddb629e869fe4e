import { requirementIds } from './titles.mjs';

/** Each requirement with the tests that name it: 'shown', 'failing', or 'open' when none ran. */
export function requirementRows(requirements, tests) {
  const byId = new Map(requirements.map(({ id }) => [id, []]));
  for (const { file, title, status } of tests) {
    for (const id of requirementIds(title)) byId.get(id)?.push({ file, title, status });
  }
  return requirements.map((requirement) => {
    const named = byId.get(requirement.id);
    const isShown = named.some(({ status }) => status === 'passed');
    const state = named.some(({ status }) => status === 'failed') ? 'failing' : isShown ? 'shown' : 'open';
    return { ...requirement, state, tests: named };
  });
}
