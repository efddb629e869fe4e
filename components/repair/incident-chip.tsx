import { CircleAlert, CircleCheck, CircleX, Eye, Wrench } from 'lucide-react';
import { Chip, type ChipLook } from '#components/ui/chip.tsx';
import type { IncidentDto, RepairStepDto } from '#lib/shared/repair.ts';
import { phaseOf } from './words.ts';

const LOOKS: Readonly<Record<string, Omit<ChipLook, 'word'>>> = {
  restored: { tone: 'success', icon: CircleCheck },
  'given up': { tone: 'danger', icon: CircleX },
  'waits for somebody': { tone: 'danger', icon: CircleAlert },
  'looked after': { tone: 'accent', icon: Eye },
  repaired: { tone: 'success', icon: Wrench },
};

/** Where an incident stands. */
export function IncidentChip({ incident }: { incident: IncidentDto }) {
  const word = phaseOf(incident);
  return <Chip tone="neutral" icon={CircleAlert} {...LOOKS[word]} word={word} />;
}

const OUTCOMES = {
  done: { tone: 'success', icon: CircleCheck },
  failed: { tone: 'danger', icon: CircleX },
  refused: { tone: 'warning', icon: CircleAlert },
} as const;

/** What came of a step; without one, whether it is still waited for. */
export function OutcomeChip({ step, nowMs }: { step: RepairStepDto; nowMs: number }) {
  if (step.outcome !== null) return <Chip {...OUTCOMES[step.outcome]} word={step.outcome} />;
  const isOver = step.expiresAtMs !== null && step.expiresAtMs < nowMs;
  return <Chip tone="neutral" icon={CircleAlert} word={isOver ? 'not answered in time' : 'waits for the node'} />;
}
