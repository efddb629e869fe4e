import type { ComponentType } from 'react';
import type { ByteUnit } from '#components/ledger/amounts.ts';
import type { Fact, WordFact } from '#components/ui/facts.tsx';
import type { GatewayLink } from '#components/wallet/gateway.ts';
import type { OrderDetail, TermDto } from '#lib/shared/dto.ts';
import type { Term } from '#ledger/contracts/shared/terms.ts';

/** What the form of one kind holds while it is being typed: texts, and lists of chosen words, by name. It can be kept as JSON. */
export type KindDraft = Readonly<Record<string, string | readonly string[]>>;
/** What is wrong, by the name of the draft's field. */
export type KindErrors = Readonly<Partial<Record<string, string>>>;
export type ParsedTerms =
  { readonly ok: true; readonly terms: Term[] } | { readonly ok: false; readonly errors: KindErrors };

export interface KindFieldsProps {
  draft: KindDraft;
  onChange: (draft: KindDraft) => void;
  errors: KindErrors;
}

/** A way of pricing as the publish form offers it: a price line without its amount. */
export interface Pricing {
  /** `Per hour`. */
  readonly title: string;
  /** What it means for the bill, in one sentence. */
  readonly explains: string;
  readonly meter: string;
  readonly per: bigint;
  readonly perMs: bigint;
}

/** What a test showed besides the attributes: rows of cells by column. For the owner's eyes alone. */
export type Preview = readonly Readonly<Record<string, string | null>>[];

/** About how much all that a strategy shares takes of a counted meter, made of what the agent measured. */
export interface Estimate {
  /** The choices of an application that it is for. */
  readonly choices: readonly TermDto[];
  /** What is all of it: `all rows`. */
  readonly what: string;
  readonly meter: string;
  readonly amount: bigint;
  /** Less may come: the strategy shares a part, and the description does not tell how large that is. */
  readonly isMost: boolean;
  /** What it is made of: `1,461 rows × about 52 bytes as csv`. */
  readonly factors: string;
}

/** A fact that offers are compared by; `isMeasured` is what the agent measured, not what it counted or was told. */
export interface ComparedFact extends WordFact {
  readonly isMeasured: boolean;
}

/** What the gateway counted, by name. */
export type Counted = Readonly<Record<string, number>>;

export interface AccessPanelProps {
  order: OrderDetail;
  link: GatewayLink;
  isRunning: boolean;
  /** About what all that was bought would take and cost, and what a part of it would at most; undefined where nobody measured it. */
  estimate: { readonly all: string; readonly part: string; readonly warning?: string } | undefined;
  /** Asks the meter again, after something was used. */
  onUsed: () => Promise<void>;
}

/**
 * One kind of resource on screens: how its terms are shown, typed and used. Everything else about a resource (conditions, times, amounts by
 * meter, prices, promise, holds) is the same for all kinds and stands elsewhere.
 */
export interface KindScreen {
  /** Lines of the description. */
  facts(attributes: readonly TermDto[]): Fact[];
  /** The resource's size, for the catalogue: a figure, and what stands beneath it. */
  size(attributes: readonly TermDto[]): { readonly figure: string; readonly beneath: string };
  /** Where it stands, in degrees, north and east above zero; undefined of a kind that states no place, and of a description that is not sound. */
  place(attributes: readonly TermDto[]): { readonly latitude: number; readonly longitude: number } | undefined;
  /** What resources of this kind are compared by beside price and promise, in a few words each; none of a description that is not sound. */
  compared(attributes: readonly TermDto[]): readonly ComparedFact[];
  /** What of the description is too large for a line; its title and what it counts. */
  readonly Details: ComponentType<{ attributes: readonly TermDto[] }>;
  /** Lines of what a strategy shares, in words: two versions are told apart by them. */
  wayFacts(ways: readonly TermDto[]): WordFact[];
  /** What all that is shared takes, for each choice that is offered; none where the description does not tell it. */
  estimates(shared: {
    readonly attributes: readonly TermDto[];
    readonly ways: readonly TermDto[];
    readonly counted?: Counted | undefined;
  }): readonly Estimate[];
  /** Names of what the gateway counts of an order for its estimate, beside its meters. */
  readonly countedForEstimate: readonly string[];
  /** Lines of what an application chose. */
  choiceFacts(choices: readonly TermDto[]): Fact[];
  /** What a test showed, for the owner's eyes. */
  readonly Preview: ComponentType<{ attributes: readonly TermDto[]; preview: Preview }>;
  /** What the provider lets everybody see of the resource itself, as a section of its page. */
  readonly Sample: ComponentType<{ attributes: readonly TermDto[]; preview: Preview }>;

  /** What is shared at first: of a source that has not been tested, nothing that depends on it. */
  readonly firstWays: KindDraft;
  /** What was chosen, as far as the tested source has it; all that it has where nothing remains. */
  fitWays(draft: KindDraft, attributes: readonly TermDto[]): KindDraft;
  readonly WayFields: ComponentType<KindFieldsProps & { attributes: readonly TermDto[] }>;
  parseWays(draft: KindDraft): ParsedTerms;
  /** The draft that gives these ways: a strategy that is to be revised. */
  waysDraft(ways: readonly TermDto[]): KindDraft;

  /** In what amounts of bytes are typed, by the size of what is shared. */
  readonly bytesTypedIn: ByteUnit;
  /** Held amounts that every use of this kind has: no form asks for them, and prices need not name them. */
  readonly fixedAmounts: Readonly<Record<string, bigint>>;
  /** Amounts that a form of a use begins with, where the strategy's limits allow as much. */
  readonly firstAmounts: Readonly<Record<string, bigint>>;
  /** Limits and capacity that a new strategy begins with, by meter. */
  readonly firstLimits: Readonly<Record<string, bigint>>;
  /** Held amounts that the tested source itself has: a resource offers no more of them. */
  capacityOf(attributes: readonly TermDto[]): Readonly<Record<string, bigint>>;
  /** The longest use that a new strategy begins with, and how long the form of a use asks for, where the strategy allows as much; in ms. */
  readonly firstTimes: { readonly longestMs: number; readonly useMs: number };
  readonly pricings: readonly Pricing[];

  /** What each choice of an application can be, by name: a rule compares it with one of these. */
  readonly choiceValues: Readonly<Record<string, readonly string[]>>;
  /** Choices of an application, begun with what the ways offer. */
  firstChoices(ways: readonly TermDto[]): KindDraft;
  readonly ChoiceFields: ComponentType<KindFieldsProps & { ways: readonly TermDto[] }>;
  parseChoices(draft: KindDraft): ParsedTerms;

  /** What opens the link, and how it is used elsewhere. */
  readonly AccessPanel: ComponentType<AccessPanelProps>;
  /** The smallest call that shows whether a link opens. */
  probeUrl(link: GatewayLink): string;
  /** What an order used, drawn. */
  readonly UsageChart: ComponentType<{ order: OrderDetail }>;
}
