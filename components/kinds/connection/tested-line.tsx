import type { Preview } from '#components/kinds/kind.ts';
import { Facts } from '#components/ui/facts.tsx';

/** What the probe of a test fetched and found: the target is for the owner's eyes alone. */
export function TestedLine({ preview }: { preview: Preview }) {
  const facts = preview.flatMap((found) =>
    Object.entries(found).map(([name, value]) => ({ name, value: value ?? '' })),
  );
  return <Facts facts={facts} />;
}
