import { createHash } from 'node:crypto';
import type { Problem } from '#agent/gateway/problem.ts';
import { failureXml, S3Failure, type FailureCode } from '#agent/object-store/failure.ts';
import { parseQuery } from '#agent/object-store/request.ts';
import { verifySignature } from '#agent/object-store/signature.ts';
import { STORE_REGION } from '#ledger/contracts/kinds/storage.ts';
import type { SignedCalls, UnknownCall, WholeAnswer } from '#agent/resources/kind.ts';

const ACCESS_KEY = /^order([1-9]\d{0,14})link([1-9]\d{0,8})$/;
const CREDENTIAL = /(?:^|[\s,])Credential=([^/,\s]+)\//;
const BUCKET_PATH = /^\/order-[1-9]\d{0,14}(\/|$)/;

function isPresigned({ queryString }: UnknownCall): boolean {
  return queryString.includes('X-Amz-Algorithm=');
}

/** The access key that a call says it is signed with; nothing else of it is believed yet. */
function accessKeyIn(call: UnknownCall): string | undefined {
  if (!isPresigned(call)) return CREDENTIAL.exec(call.headers['authorization'] ?? '')?.[1];
  return new URLSearchParams(call.queryString).get('X-Amz-Credential')?.split('/')[0];
}

/** S3's names for what the gateway refuses; what is not named is denied for good. */
const CODES: Readonly<Record<number, FailureCode>> = {
  400: 'InvalidRequest',
  405: 'MethodNotAllowed',
  408: 'RequestTimeout',
  413: 'EntityTooLarge',
  429: 'SlowDown',
  500: 'InternalError',
  503: 'ServiceUnavailable',
};

function told(failure: S3Failure, { path, method }: UnknownCall): WholeAnswer {
  const requestId = createHash('sha256').update(path).digest('hex').slice(0, 16).toUpperCase();
  const headers = { 'Content-Type': 'application/xml', ...failure.headers };
  const text = method === 'HEAD' ? '' : failureXml(failure, { resource: path, requestId });
  return { status: failure.status, headers, text };
}

/** Calls of the S3 protocol, path style, signed by AWS signature version 4. */
export const s3Calls: SignedCalls = {
  claims: (call) =>
    isPresigned(call) ||
    (call.headers['authorization'] ?? '').startsWith('AWS4-HMAC-SHA256') ||
    BUCKET_PATH.test(call.path),
  linkOf: (call) => {
    const [, agreement, issue] = ACCESS_KEY.exec(accessKeyIn(call) ?? '') ?? [];
    return agreement === undefined ? null : { agreement: Number(agreement), issue: Number(issue) };
  },
  async check(call, { token, nowMs }) {
    try {
      const accessKey = accessKeyIn(call);
      const { payload } = await verifySignature(call, parseQuery(call.queryString), {
        region: STORE_REGION,
        nowMs,
        secretOf: (id) => (id === accessKey ? token : undefined),
      });
      return { ok: true, signature: payload };
    } catch (error) {
      if (!(error instanceof S3Failure)) throw error;
      return { ok: false, answer: told(error, call) };
    }
  },
  tell: ({ status, sentence }: Problem, call) => told(new S3Failure(CODES[status] ?? 'AccessDenied', sentence), call),
  pageHeaders: ['Authorization', 'Content-Type', 'Content-MD5', 'X-Amz-Content-Sha256', 'X-Amz-Date'],
};
