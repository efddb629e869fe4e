import type { Fact, WordFact } from '#components/ui/facts.tsx';
import { durationInWords, formatBytes } from '#components/ui/format.ts';
import type { TermDto } from '#lib/shared/dto.ts';
import { graceMsOf, storeOf } from './terms.ts';

export function storageSize(attributes: readonly TermDto[]): { figure: string; beneath: string } {
  return { figure: formatBytes(String(storeOf(attributes).bytes)), beneath: 'of room' };
}

export function storageFacts(attributes: readonly TermDto[]): Fact[] {
  const { bytes, region } = storeOf(attributes);
  return [
    { name: 'Room', value: `${formatBytes(String(bytes))}, for all customers together` },
    { name: 'Used by', value: 'the S3 protocol: one bucket for each order, addressed path style' },
    { name: 'Region in signatures', value: <code className="text-xs">{region}</code> },
  ];
}

export function storageWayFacts(ways: readonly TermDto[]): WordFact[] {
  const graceMs = graceMsOf(ways);
  const value =
    graceMs === 0
      ? 'What was stored is erased at the end.'
      : `What was stored stays for ${durationInWords(graceMs)} after the end, then it is erased.`;
  return [{ name: 'After the end', value }];
}
