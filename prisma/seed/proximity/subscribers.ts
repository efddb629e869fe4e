import type { IdentityClaim } from '#ledger/contracts/identity/claim.ts';
import type { SamplePerson } from '#prisma/seed/sample-people.ts';

/** What the people of the sample state of themselves, as their operator has it. The numbers are of a range that is set aside for examples. */
export const STATED: Partial<Record<SamplePerson['id'], IdentityClaim>> = {
  'service-node-1': { name: 'Wren Okonska', document: 'RT 640-218', subscriber: '+1 555 0110' },
  'service-node-2': { name: 'Alder Vantongeren', document: 'HB 275-903', subscriber: '+1 555 0111' },
  'user-node-1': { name: 'Juno Eskelund', document: 'CV 518-066', subscriber: '+1 555 0112' },
  'user-node-2': { name: 'Marek Solvane', document: 'DN 391-742', subscriber: '+1 555 0113' },
};

/** Whom the operator of every sample knows; nobody of them lives. */
export const FIRST_ROWS: readonly IdentityClaim[] = [
  { name: 'Imke Tordahl', document: 'KX 482-117', subscriber: '+1 555 0100' },
  { name: 'Ruben Castellay', document: 'LM 903-554', subscriber: '+1 555 0101' },
  { name: 'Noor Abdelin', document: 'PQ 118-260', subscriber: '+1 555 0102' },
];

/** With those of the proximity service. */
export const ROWS: readonly IdentityClaim[] = [...FIRST_ROWS, ...Object.values(STATED)];

/** As a file with a header, the columns in the order that the sample's config names. */
export function csvOf(rows: readonly IdentityClaim[]): string {
  const lines = rows.map(({ name, document, subscriber }) => [name, document, subscriber].join(','));
  return ['name,document,number', ...lines, ''].join('\n');
}
