import { writeFileSync } from 'node:fs';
import { pages } from './pages.ts';

for (const [path, page] of Object.entries(pages)) writeFileSync(new URL(`../../${path}`, import.meta.url), page());
