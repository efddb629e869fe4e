import { z } from 'zod';

/** One line of text, or none: no control characters, no halves of characters. */
export function lineOrNothing(lengthMax: number): z.ZodString {
  return z
    .string()
    .max(lengthMax)
    .regex(/^[^\p{Cc}\p{Surrogate}]*$/u, 'holds control characters');
}
