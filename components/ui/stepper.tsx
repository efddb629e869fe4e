import { Check } from 'lucide-react';

export interface StepperProps {
  steps: readonly string[];
  /** Index of the step on screen. */
  current: number;
}

/** Where one is in a work of several steps. */
export function Stepper({ steps, current }: StepperProps) {
  return (
    <ol aria-label="Steps" className="mb-5 flex flex-wrap gap-x-1 gap-y-2 text-sm">
      {steps.map((step, index) => {
        const isDone = index < current;
        const isCurrent = index === current;
        return (
          <li key={step} aria-current={isCurrent ? 'step' : undefined} className="flex items-center gap-1.5">
            <span
              className={`flex size-5 items-center justify-center rounded-full text-xs tabular-nums ${isCurrent ? 'bg-accent text-accent-foreground' : 'bg-default text-foreground'}`}
            >
              {isDone ? <Check className="size-3.5" aria-hidden /> : index + 1}
            </span>
            <span className={isCurrent ? 'font-medium' : 'text-muted'}>
              <span>{step}</span>
              {isDone ? <span className="sr-only"> (done)</span> : null}
            </span>
            {index < steps.length - 1 ? <span aria-hidden className="mx-1 h-px w-4 bg-border sm:w-6" /> : null}
          </li>
        );
      })}
    </ol>
  );
}
