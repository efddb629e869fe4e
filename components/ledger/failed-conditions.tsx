import type { FailedConditionDto } from '#lib/shared/dto.ts';

/** Every condition that did not hold, in words, with what was asked. */
export function FailedConditions({ failed }: { failed: readonly FailedConditionDto[] }) {
  return (
    <ul className="list-disc ps-4">
      {failed.map((condition) => (
        <li key={`${condition.sentence}${condition.asked ?? ''}`}>
          {condition.asked ? `${condition.sentence}: ${condition.asked}` : condition.sentence}
        </li>
      ))}
    </ul>
  );
}
