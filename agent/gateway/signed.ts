import { randomBytes } from 'node:crypto';
import type { Context } from 'koa';
import { toHex } from '#ledger/core/bytes.ts';
import { hashOfToken, type LinkName, type LinkTokens } from '#agent/link-token.ts';
import type { OrderBook } from '#agent/order-book.ts';
import type { SignedCalls } from '#agent/resources/kind.ts';
import type { WorkingKind } from '#agent/source-shelf.ts';
import { answerPreflight, closeAfterBody, sendProblem, sendWhole, tellProblemsBy } from './reply.ts';
import { NOTHING_HERE, unknownCallOf, type AgreementTarget } from './request.ts';

export interface SignedParts {
  readonly book: OrderBook;
  readonly tokens: LinkTokens;
  /** The kind of an order; undefined when this agent offers nothing of it. */
  kindOf(of: { readonly kind: string }): WorkingKind | undefined;
  /** Every kind that this agent offers something of. */
  kinds(): readonly WorkingKind[];
}

/** What a call whose signature held is for, by which issue of the link, and what serving it needs of the signature. */
export interface SignedTarget {
  readonly target: AgreementTarget;
  readonly issue: number;
  readonly signature: unknown;
}

/** A call that bears no token: of a protocol that is signed, or of none. Null once it was answered here. */
export async function checkSigned(ctx: Context, parts: SignedParts, nowMs: number): Promise<SignedTarget | null> {
  const call = unknownCallOf(ctx.req);
  const modules = parts.kinds().map(({ module }) => module);
  const offered = modules.find(({ signed }) => signed !== undefined);
  if (ctx.method === 'OPTIONS' && offered?.signed !== undefined) {
    answerPreflight(ctx, { methods: offered.methods, headers: offered.signed.pageHeaders });
    return null;
  }
  const signed = modules.find((module) => module.signed?.claims(call) === true)?.signed;
  if (signed === undefined) {
    sendProblem(ctx, NOTHING_HERE);
    return null;
  }
  tellProblemsBy(ctx, (problem) => signed.tell(problem, call));
  const link = signed.linkOf(call);
  // For a link that is none the check takes as long, with a token that nobody can know.
  const token = tokenOf(link, signed, parts) ?? toHex(randomBytes(32));
  const checked = await signed.check(call, { token, nowMs });
  if (!checked.ok) {
    closeAfterBody(ctx);
    sendWhole(ctx, checked.answer);
    return null;
  }
  if (link === null) throw new Error('a signature held for no link');
  const { path, queryString } = call;
  const target = { kind: 'agreement', agreement: link.agreement, path, queryString } as const;
  return { target, issue: link.issue, signature: checked.signature };
}

/** The token of a link that was sealed, of an order of the protocol's own kind; null of any other. */
function tokenOf(link: LinkName | null, signed: SignedCalls, { book, kindOf, tokens }: SignedParts): string | null {
  const order = link === null ? undefined : book.orders.get(link.agreement);
  const sealed = link === null ? undefined : order?.links.get(link.issue);
  if (link === null || order === undefined || sealed === undefined) return null;
  if (kindOf(order.terms)?.module.signed !== signed) return null;
  const token = tokens(link);
  // After a new key of the agent the tokens of its old links cannot be derived any more.
  return toHex(hashOfToken(token)) === sealed.tokenHash ? token : null;
}
