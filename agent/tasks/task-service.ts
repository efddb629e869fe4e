import { MODULE_BYTES_MAX } from '#agent/sandbox/module-rules.ts';
import type { RunResult } from '#agent/sandbox/sandbox.ts';
import { bytesReply, json, problem, PROBLEM, type TaskCall, type TaskReply } from './reply.ts';
import { inputsOf, taskSchema, toTes, type View } from './tes.ts';
import type { StoredTask } from './task-store.ts';
import { unknownTask, WorkspaceRefusal, type Workspace } from './workspace.ts';

export const BODY_BYTES_MAX = 16 * 1024 ** 2;
const PAGE_SIZE = 100;
const PAGE_SIZE_MAX = 1_000;
const ARGS_MAX = 64;
const VIEWS: readonly View[] = ['MINIMAL', 'BASIC', 'FULL'];
const TES = '/ga4gh/tes/v1';

export interface ServiceFacts {
  /** Of the resource, as its provider calls it. */
  readonly name: string;
  readonly version: string;
  readonly environment: Readonly<Record<string, string>>;
}

interface Route {
  readonly method: string;
  readonly shape: RegExp;
  answer(
    call: TaskCall,
    of: { workspace: Workspace; match: RegExpExecArray; facts: ServiceFacts },
  ): Promise<TaskReply> | TaskReply;
}

const ROUTES: readonly Route[] = [
  {
    method: 'POST',
    shape: /^\/algorithms$/,
    answer: async ({ body }, { workspace }) =>
      json(201, await workspace.addAlgorithm(await readBody(body, MODULE_BYTES_MAX))),
  },
  {
    method: 'GET',
    shape: /^\/algorithms$/,
    answer: (_, { workspace }) => json(200, { algorithms: workspace.store.algorithms }),
  },
  {
    method: 'DELETE',
    shape: /^\/algorithms\/([0-9a-f]{64})$/,
    answer: (_, { workspace, match }) => {
      workspace.dropAlgorithm(match[1] ?? '');
      return { status: 204, headers: {}, bytes: new Uint8Array() };
    },
  },
  { method: 'POST', shape: /^\/algorithms\/([0-9a-f]{64})\/invoke$/, answer: invoke },
  {
    method: 'GET',
    shape: new RegExp(`^${TES}/service-info$`),
    answer: (_, { facts }) => json(200, serviceInfo(facts)),
  },
  { method: 'POST', shape: new RegExp(`^${TES}/tasks$`), answer: createTask },
  { method: 'GET', shape: new RegExp(`^${TES}/tasks$`), answer: listTasks },
  {
    method: 'GET',
    shape: new RegExp(`^${TES}/tasks/(\\d{1,15})$`),
    answer: ({ queryString }, { workspace, match }) => {
      const task = workspace.store.task(Number(match[1])) ?? throwUnknown(match[1]);
      return json(200, shown(task, viewOf(new URLSearchParams(queryString)), workspace));
    },
  },
  {
    method: 'POST',
    shape: new RegExp(`^${TES}/tasks/(\\d{1,15}):cancel$`),
    answer: (_, { workspace, match }) => {
      workspace.cancel(Number(match[1]));
      return json(200, {});
    },
  },
  // Beside TES, whose outputs are stored elsewhere: what a run wrote, whole.
  {
    method: 'GET',
    shape: /^\/tasks\/(\d{1,15})\/outputs\/(\d{1,4})$/,
    answer: (_, { workspace, match }) => {
      const output = workspace.store.output(Number(match[1]), Number(match[2]));
      if (output === undefined) throw new WorkspaceRefusal(404, 'There is no such output, or not yet.');
      return bytesReply('application/octet-stream', output);
    },
  },
];

/** Answers a call of an order's link; never throws for what a customer sent. */
export async function answerTaskCall(call: TaskCall, workspace: Workspace, facts: ServiceFacts): Promise<TaskReply> {
  try {
    const matching = ROUTES.filter(({ shape }) => shape.test(call.path));
    const route = matching.find(({ method }) => method === call.method);
    if (route === undefined) {
      if (matching.length === 0) throw new WorkspaceRefusal(404, 'There is nothing at this address.');
      const allow = matching.map(({ method }) => method).join(', ');
      return { ...problem(405, `This address answers ${allow} only.`), headers: { allow, 'content-type': PROBLEM } };
    }
    const match = route.shape.exec(call.path);
    if (match === null) throw new WorkspaceRefusal(404, 'There is nothing at this address.');
    return await route.answer(call, { workspace, match, facts });
  } catch (error) {
    if (error instanceof WorkspaceRefusal) return problem(error.status, error.message);
    throw error;
  }
}

function throwUnknown(id: string | undefined): never {
  throw unknownTask(id ?? '');
}

async function readBody(body: AsyncIterable<Uint8Array> | null, bytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new WorkspaceRefusal(413, `A body of at most ${bytesMax} bytes is taken here.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The serverless form: bytes in, bytes out. A run that failed answers 422 with its sentence and what it wrote to its error stream. */
async function invoke(
  { queryString, body }: TaskCall,
  { workspace, match }: { workspace: Workspace; match: RegExpExecArray },
): Promise<TaskReply> {
  const args = new URLSearchParams(queryString).getAll('arg');
  if (args.length > ARGS_MAX) throw new WorkspaceRefusal(400, `At most ${ARGS_MAX} arguments are taken.`);
  const input = await readBody(body, BODY_BYTES_MAX);
  const result = await workspace.invoke({ digest: match[1] ?? '', args: ['program', ...args], input });
  if (result.outcome !== 'done') return failedRun(result);
  const headers = { 'content-type': 'application/octet-stream', 'x-cpu-ms': String(result.cpuMs) };
  return { status: 200, headers, bytes: result.output };
}

function failedRun({ outcome, sentence, exitCode, cpuMs, errors }: RunResult): TaskReply {
  const stderr = Buffer.from(errors).toString('utf8');
  const body = { title: 'The run failed', status: 422, detail: sentence, outcome, exitCode, cpuMs, stderr };
  return { status: 422, headers: { 'content-type': PROBLEM }, bytes: Buffer.from(JSON.stringify(body)) };
}

async function createTask({ body }: TaskCall, { workspace }: { workspace: Workspace }): Promise<TaskReply> {
  const text = Buffer.from(await readBody(body, BODY_BYTES_MAX)).toString('utf8');
  let asked: unknown;
  try {
    asked = JSON.parse(text);
  } catch {
    throw new WorkspaceRefusal(400, 'The task is not JSON.');
  }
  const parsed = taskSchema.safeParse(asked);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new WorkspaceRefusal(400, `${issue?.path.join('.') ?? 'task'}: ${issue?.message ?? 'is not valid'}.`);
  }
  const inputs = inputsOf(parsed.data);
  if (!inputs.ok) throw new WorkspaceRefusal(400, inputs.sentence);
  return json(200, { id: String(workspace.addTask(parsed.data, inputs.value)) });
}

function listTasks({ queryString }: TaskCall, { workspace }: { workspace: Workspace }): TaskReply {
  const query = new URLSearchParams(queryString);
  const asked = Number(query.get('page_size') ?? PAGE_SIZE);
  const size = Number.isInteger(asked) && asked >= 1 && asked <= PAGE_SIZE_MAX ? asked : PAGE_SIZE;
  const token = query.get('page_token') ?? '';
  if (!/^\d{0,15}$/.test(token)) throw new WorkspaceRefusal(400, 'page_token is none of this list.');
  const found = workspace.store.tasks(size + 1, token === '' ? null : Number(token));
  const page = found.slice(0, size);
  const view = viewOf(query);
  const next = found.length > size ? String(page.at(-1)?.id ?? '') : undefined;
  return json(200, { tasks: page.map((task) => shown(task, view, workspace)), next_page_token: next });
}

function viewOf(query: URLSearchParams): View {
  const asked = query.get('view') ?? 'MINIMAL';
  const view = VIEWS.find((known) => known === asked);
  if (view === undefined) throw new WorkspaceRefusal(400, `view has to be one of ${VIEWS.join(', ')}.`);
  return view;
}

function shown(task: StoredTask, view: View, { store }: Workspace): Record<string, unknown> {
  return toTes(task, {
    view,
    runs: () => store.runs(task.id),
    outputOf: (position) => store.output(task.id, position) ?? new Uint8Array(),
  });
}

function serviceInfo({ name, version, environment }: ServiceFacts): Record<string, unknown> {
  return {
    id: 'interpool.agent',
    name,
    type: { group: 'org.ga4gh', artifact: 'tes', version: '1.1.0' },
    description: 'Programs for WASI preview 1, run in a sandbox, each run in a fresh instance.',
    version,
    storage: [],
    ...environment,
  };
}
