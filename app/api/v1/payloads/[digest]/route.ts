import { getPayload } from '#lib/queries/payload.ts';
import { asReader } from '../../../_http/agent.ts';
import { limited } from '../../../_http/limited.ts';
import { otherMethods } from '../../../_http/methods.ts';
import { notFound } from '../../../_http/respond.ts';

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/** A payload, for who uploaded it and for the agents that have to run sub-tasks of it. */
export async function GET(request: Request, { params }: { params: Promise<{ digest: string }> }): Promise<Response> {
  return limited('download', async () =>
    asReader(request, async () => {
      const payload = await getPayload((await params).digest);
      if (payload === null) return notFound();
      return new Response(payload.stream, {
        headers: {
          'content-type': 'application/octet-stream',
          'content-length': String(payload.size),
          'cache-control': 'no-store',
        },
      });
    }),
  );
}
