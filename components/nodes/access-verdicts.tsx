import { CircleCheck, CircleX } from 'lucide-react';
import { Chip } from '#components/ui/chip.tsx';
import { Foreign, ForeignSentence } from '#components/ui/foreign.tsx';
import { foundInWords, type RuleVerdict } from './access.ts';

const MET = { tone: 'success', icon: CircleCheck, word: 'met' } as const;
const UNMET = { tone: 'danger', icon: CircleX, word: 'not met' } as const;

/** Each rule for access in its sentence, with whether a node meets it and what was found of the node where it does not. */
export function AccessVerdicts({ verdicts, label }: { verdicts: readonly RuleVerdict[]; label: string }) {
  if (verdicts.length === 0) return null;
  return (
    <ul aria-label={label} className="flex flex-col gap-1.5 text-sm">
      {verdicts.map((verdict, index) => (
        <li key={index}>
          <Chip {...(verdict.isMet ? MET : UNMET)} />{' '}
          <span>
            <ForeignSentence text={verdict.sentence} />
          </span>
          {verdict.isMet ? null : (
            <span className="block text-xs break-words text-muted">
              <Foreign text={foundInWords(verdict)} />
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
