import type { Answered } from '#lib/commands/monitoring.ts';
import { currentViewer } from '#lib/auth/session.ts';
import { portalCodes } from '#lib/errors.ts';
import { asSomebody } from './agent.ts';
import { limited } from './limited.ts';
import { readQuery } from './query.ts';
import { parseBody, readBody, readInteger, type Read } from './read.ts';
import { json, noContent, notFound, problem } from './respond.ts';
import type { z } from 'zod';

type Context = { params: Promise<{ id: string }> };

/** Null is the answer of what is not there, or not theirs to see. */
function answerFound(found: unknown): Response {
  return found === null ? notFound() : json(found);
}

/** What is read about nodes, for somebody who is known. */
export function read(request: Request, work: () => Promise<unknown>): Promise<Response> {
  return asSomebody(request, async () => answerFound(await work()));
}

/** As `read`, by what stands behind the `?`, which is looked at once it is known who asks. */
export function readBy<Shape extends z.ZodType>(
  request: Request,
  shape: Shape,
  work: (filter: z.infer<Shape>) => Promise<unknown>,
): Promise<Response> {
  return asSomebody(request, async () => {
    const filter = readQuery(request, shape);
    return filter.ok ? answerFound(await work(filter.value)) : filter.response;
  });
}

/** As `read`, of one thing by its id. */
export function readOne(
  request: Request,
  { params }: Context,
  work: (id: number) => Promise<unknown>,
): Promise<Response> {
  return read(request, async () => work(await idOf(params)));
}

/** 0, which is nobody's, for what is no id. */
export async function idOf(params: Context['params']): Promise<number> {
  return readInteger((await params).id) ?? 0;
}

function answerOf(answered: Answered<unknown>): Response {
  if (!answered.ok) return problem(answered.code, { detail: answered.sentence });
  return answered.value === null ? noContent() : json(answered.value);
}

/** Runs a command of the signed-in person on a body of this shape. */
export function command<Shape extends z.ZodType>(
  request: Request,
  shape: Shape,
  work: (input: z.infer<Shape>) => Promise<Answered<unknown>>,
): Promise<Response> {
  return limited('job', async () => {
    // Before the body is looked at: a stranger learns nothing of what it has to be.
    if ((await currentViewer()).kind === 'public') return problem(portalCodes.SIGN_IN_REQUIRED);
    const body = await readBody(request);
    if (!body.ok) return body.response;
    const parsed: Read<z.infer<Shape>> = parseBody(request, body.value, shape);
    return parsed.ok ? answerOf(await work(parsed.value)) : parsed.response;
  });
}

/** As `command`, on one thing by its id. */
export function commandOn<Shape extends z.ZodType>(
  request: Request,
  { params }: Context,
  { shape, work }: { shape: Shape; work: (id: number, input: z.infer<Shape>) => Promise<Answered<unknown>> },
): Promise<Response> {
  return command(request, shape, async (input) => work(await idOf(params), input));
}
