import { contractsPage } from './contracts.ts';
import { visibilityPage } from './visibility.ts';

/** Every page that is made from the definitions, by its place in the repository. */
export const pages: Readonly<Record<string, () => string>> = {
  'docs/explain/contracts.md': contractsPage,
  'docs/explain/visibility.md': visibilityPage,
};
