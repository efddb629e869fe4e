import { writeFileSync } from 'node:fs';
import { definition } from '#lib/projections/tables.ts';
import { readModelSchema } from '#lib/read-model.ts';
import { readModelSchemaText } from './read-model-schema.ts';

// Prisma takes a table's schema from its own schema files alone, and the read model's name is known only to its definition.
writeFileSync(new URL('./read-model.prisma', import.meta.url), readModelSchemaText(definition, readModelSchema));
