import 'server-only';
import { FIELDS_OF_BUSINESS, PURPOSES } from '#ledger/contracts/strategy/definition.ts';

/** The codes that an application may declare, for forms. */
export interface Vocabulary {
  purposes: readonly string[];
  fieldsOfBusiness: readonly string[];
}

/** Public: the lists are part of the contract. */
export async function getVocabulary(): Promise<Vocabulary> {
  return { purposes: PURPOSES, fieldsOfBusiness: FIELDS_OF_BUSINESS };
}
