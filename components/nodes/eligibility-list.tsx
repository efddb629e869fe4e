import { CircleCheck, CircleX } from 'lucide-react';
import { Chip } from '#components/ui/chip.tsx';
import type { Eligibility } from './simulation.ts';

const MAY = { tone: 'success', icon: CircleCheck, word: 'permitted' } as const;
const MAY_NOT = { tone: 'danger', icon: CircleX, word: 'not permitted' } as const;

/** What a credit permits, each with the credit that it takes. */
export function EligibilityList({ list, label }: { list: readonly Eligibility[]; label: string }) {
  return (
    <ul aria-label={label} className="flex flex-col gap-1.5 text-sm">
      {list.map(({ what, threshold, isPermitted }) => (
        <li key={what}>
          <Chip {...(isPermitted ? MAY : MAY_NOT)} /> <span>{`${what}, from a credit of ${threshold} on`}</span>
        </li>
      ))}
    </ul>
  );
}
