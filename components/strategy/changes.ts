import type { ShownKind } from '#components/kinds/kinds.ts';
import { amountFacts, openingInWords, pricesInWords, promiseFacts } from '#components/ledger/strategy-words.ts';
import type { WordFact } from '#components/ui/facts.tsx';
import { durationInWords } from '#components/ui/format.ts';
import type { QuantityDto, StrategyDto } from '#lib/shared/dto.ts';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';

/** A strategy with the capacity that it shares. */
export interface SharedTerms {
  readonly strategy: StrategyDto;
  readonly capacity: readonly QuantityDto[];
}

/** One line that is not as it was. `before` or `after` is undefined where the line is new or gone. */
export interface Change {
  readonly what: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Lines of a strategy that have a name and one value. */
function linesOf(kind: ShownKind, { strategy, capacity }: SharedTerms): WordFact[] {
  return [
    { name: 'Price', value: pricesInWords(kind, strategy.prices) },
    ...promiseFacts(kind, strategy),
    ...kind.screen.wayFacts(strategy.ways),
    { name: 'Open', value: openingInWords(strategy) },
    { name: 'Longest use', value: durationInWords(strategy.useMsMax) },
    ...amountFacts(kind, strategy.limits, ' per use'),
    ...amountFacts(kind, capacity, ''),
  ];
}

/** A rule by its sentence; with the rule itself where only that tells two apart. */
function conditionChanges(before: StrategyDto['conditions'], after: StrategyDto['conditions']): Change[] {
  const has = (list: StrategyDto['conditions'], rule: string) => list.find((condition) => condition.rule === rule);
  const gone = before.filter(({ rule }) => !has(after, rule));
  const come = after.filter(({ rule }) => !has(before, rule));
  const said = ({ sentence, rule }: StrategyDto['conditions'][number], others: StrategyDto['conditions']): string =>
    others.some((other) => other.sentence === sentence)
      ? `${isolatedText(sentence)} (${isolatedText(rule)})`
      : isolatedText(sentence);
  const reworded = after.flatMap(({ rule, sentence }) => {
    const old = has(before, rule);
    return old === undefined || old.sentence === sentence
      ? []
      : [{ what: 'Condition, in other words', before: isolatedText(old.sentence), after: isolatedText(sentence) }];
  });
  return [
    ...gone.map((condition) => ({ what: 'Condition, dropped', before: said(condition, come), after: undefined })),
    ...come.map((condition) => ({ what: 'Condition, new', before: undefined, after: said(condition, gone) })),
    ...reworded,
  ];
}

/** Every line in which two versions differ, in words: price, promise, ways, times, limits, places, and each condition. */
export function changesOf(kind: ShownKind, before: SharedTerms, after: SharedTerms): Change[] {
  const old = linesOf(kind, before);
  const now = linesOf(kind, after);
  const names = [...new Set([...old, ...now].map(({ name }) => name))];
  const valueIn = (lines: readonly WordFact[], what: string) => lines.find(({ name }) => name === what)?.value;
  const lines = names.flatMap((what) => {
    const change = { what, before: valueIn(old, what), after: valueIn(now, what) };
    return change.before === change.after ? [] : [change];
  });
  return [...lines, ...conditionChanges(before.strategy.conditions, after.strategy.conditions)];
}
