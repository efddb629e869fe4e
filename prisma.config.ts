import { defineConfig } from 'prisma/config';

/** Only `prisma generate` reads this, with every .prisma file of the folder; migrations are applied by prisma/migrate.ts, so no database address stands here. */
export default defineConfig({ schema: 'prisma' });
