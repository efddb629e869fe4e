import { expect, test } from 'vitest';
import { focusField } from './focus-field.ts';

test('the focus goes to the named field of the form that the pressed button stands in, and nowhere where there is none', () => {
  const focused: string[] = [];
  const fields: Record<string, unknown> = { duration: { focus: () => focused.push('duration') }, several: [] };
  const form = { elements: { namedItem: (name: string) => fields[name] ?? null } };
  const button = { closest: (selector: string) => (selector === 'form' ? form : null) } as unknown as Element;
  focusField(button, 'duration');
  for (const name of ['several', 'none', '']) focusField(button, name);
  focusField({ closest: () => null } as unknown as Element, 'duration');
  expect(focused).toEqual(['duration']);
});
