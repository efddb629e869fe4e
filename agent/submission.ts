import { z } from 'zod';
import { codeDefinitions } from '#ledger/contracts/definitions.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import {
  compileMethod,
  encodeTransaction,
  signTransaction,
  transactionId,
  type Method,
} from '#ledger/core/transaction.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import type { PortalClient, Reply } from './portal-client.ts';

const WAIT_MS = 10_000;
const FIRST_VALIDITY_MS = 600_000;

const nonceReply = z.object({ nonce: z.string().regex(/^\d{1,20}$/), validUntilMs: z.number().int().min(0) });
const outcomeReply = z.object({
  tx: z.string(),
  height: z.union([z.number(), z.string()]),
  code: z.number().int().min(0),
  data: z.unknown(),
  logIndex: z.union([z.number(), z.string()]).optional(),
});

/** `decided`: the portal says that the ledger executed it (code 0 is success); only a proved event makes the agent believe it. */
export type Submission =
  | {
      readonly kind: 'decided';
      readonly tx: string;
      readonly code: number;
      readonly data: unknown;
      readonly logIndex: string | null;
    }
  | { readonly kind: 'refused'; readonly code: number | null; readonly sentence: string }
  | { readonly kind: 'unknown'; readonly sentence: string };

/** Who signs: an account's key. */
export interface Signer {
  readonly account: number;
  readonly key: number;
  readonly secretKey: Uint8Array;
  /** Genesis hash, 32 bytes. */
  readonly network: Uint8Array;
}

export interface Command {
  readonly method: Method;
  readonly args: Args;
}

/** A signed transaction, ready to be sent any number of times: its nonce lets it take effect once. */
export interface SignedCommand {
  /** Transaction id, hex. */
  readonly tx: string;
  /** Encoded transaction, hex. */
  readonly hex: string;
  /** From then on the ledger takes it no more. */
  readonly validUntilMs: number;
}

export type Signed =
  { readonly kind: 'signed'; readonly command: SignedCommand } | Exclude<Submission, { kind: 'decided' }>;

/** Fetches a nonce, signs, submits and waits up to 20 s for the outcome. Repeating it is safe only where the contract refuses repeats. */
export async function submitTransaction(client: PortalClient, signer: Signer, command: Command): Promise<Submission> {
  const signed = await signCommand(client, signer, command);
  return signed.kind === 'signed' ? sendCommand(client, signed.command) : signed;
}

/** Fetches the next nonce from the portal and signs. */
export async function signCommand(client: PortalClient, signer: Signer, { method, args }: Command): Promise<Signed> {
  const handed = await client.get(`/api/v1/accounts/${signer.account}/nonce?key=${signer.key}`);
  if (handed.kind !== 'done') return notDecided(handed);
  const nonce = nonceReply.safeParse(handed.body);
  if (!nonce.success) return { kind: 'unknown', sentence: 'The portal handed out no usable nonce.' };
  return signWith(
    signer,
    { method, args },
    {
      nonce: BigInt(nonce.data.nonce),
      validUntilMs: nonce.data.validUntilMs,
    },
  );
}

/** An account's own first transaction, before there is an account: no nonce has to be asked for. */
export function signFirst(of: Pick<Signer, 'secretKey' | 'network'>, command: Command): Signed {
  const at = { nonce: 0n, validUntilMs: Date.now() + FIRST_VALIDITY_MS };
  return signWith({ ...of, account: 0, key: 0 }, command, at);
}

function signWith(
  signer: Signer,
  { method, args }: Command,
  { nonce, validUntilMs }: { readonly nonce: bigint; readonly validUntilMs: number },
): Signed {
  const compiled = compileMethod(method, nobleCrypto);
  const transaction = {
    method: method.name,
    account: BigInt(signer.account),
    key: BigInt(signer.key),
    nonce,
    validUntilMs: BigInt(validUntilMs),
    args,
  };
  const signed = signTransaction({ transaction, network: signer.network }, signer.secretKey, compiled, nobleCrypto);
  const tx = toHex(transactionId(transaction, signer.network, compiled, nobleCrypto));
  const hex = toHex(encodeTransaction(signed, compiled));
  return { kind: 'signed', command: { tx, hex, validUntilMs } };
}

/** Sends the same bytes, as often as it takes. */
export async function sendCommand(
  client: PortalClient,
  command: Pick<SignedCommand, 'tx' | 'hex'>,
): Promise<Submission> {
  const reply = await client.post(
    `/api/v1/transactions?wait=${WAIT_MS}`,
    { transaction: command.hex },
    { waitMs: WAIT_MS },
  );
  if (reply.kind !== 'done') return notDecided(reply);
  return reply.status === 202 ? awaitOutcome(client, command.tx) : toSubmission(reply.body);
}

/** The outcome of a transaction that may have been sent before; `unknown` when the ledger has not decided it. */
export async function awaitOutcome(client: PortalClient, tx: unknown): Promise<Submission> {
  if (typeof tx !== 'string' || !/^[0-9a-f]{64}$/.test(tx))
    return { kind: 'unknown', sentence: 'The portal named no transaction.' };
  const reply = await client.get(`/api/v1/transactions/${tx}?wait=${WAIT_MS}`, { waitMs: WAIT_MS });
  if (reply.kind !== 'done' || reply.status === 202)
    return { kind: 'unknown', sentence: 'The ledger has not decided yet.' };
  return toSubmission(reply.body);
}

function toSubmission(body: unknown): Submission {
  const outcome = outcomeReply.safeParse(body);
  if (!outcome.success) return { kind: 'unknown', sentence: 'The portal’s answer to a submission was not understood.' };
  const { tx, code, data, logIndex } = outcome.data;
  return { kind: 'decided', tx, code, data, logIndex: logIndex === undefined ? null : String(logIndex) };
}

function notDecided(reply: Exclude<Reply, { kind: 'done' }>): Exclude<Submission, { kind: 'decided' }> {
  if (reply.kind === 'unreachable') return { kind: 'unknown', sentence: reply.sentence };
  return { kind: 'refused', code: reply.code, sentence: reply.sentence };
}

/** What the contracts say of a code that is not 0. */
export function sentenceOfCode(code: number): string {
  return codeDefinitions.find((known) => known.code === code)?.sentence ?? `code ${code}`;
}
