import { HEIGHT, WIDTH, type Frame, type Spot } from './frame.ts';

/** What a place is drawn as; what it means the legend beside the map says. */
export type MarkKind = 'circle' | 'square' | 'diamond';

export interface MapPlace extends Spot {
  readonly key: string | number;
  /** At most three characters, in the mark: the number that a list has it by. */
  readonly mark: string;
  /** Beside the mark. Places with one label that stand together have it once. */
  readonly label: string;
  readonly kind: MarkKind;
  /** Filled, in front, with its label in bold letters. */
  readonly isEmphasised: boolean;
}

/** Places too near to one another for a mark each where they stand: their marks stand in a row. */
export interface Group {
  /** In hundredths of the drawing. */
  readonly x: number;
  readonly y: number;
  readonly places: readonly MapPlace[];
  /** Undefined where there is no room: the list has it. */
  readonly label: Label | undefined;
}

export interface Label {
  readonly text: string;
  readonly isEmphasised: boolean;
  /** There is no room for it on a phone. */
  readonly isWideOnly: boolean;
  /** Pixels from the middle of the row of marks to the letters' base line. */
  readonly dx: number;
  readonly dy: number;
  readonly anchor: 'start' | 'middle' | 'end';
}

/** Pixels, whatever the drawing's size: from the middle of a mark to the middle of the next. */
export const MARK_PX = 22;
const LETTER_PX = 6.6;
const LINE_PX = 15;
const GAP_PX = 3;
/** Widths at which labels are kept apart: a small phone's, and those of wide screens. */
const NARROW_PX = 250;
const WIDE_PX = [550, 900];
const ALL_PX = [NARROW_PX, ...WIDE_PX];
const LABELS_NAMED = 2;

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

type Candidate = Pick<Label, 'dx' | 'dy' | 'anchor'>;

/** Where everything stands, what is emphasised last and so in front. Labels overlap neither marks nor one another, and stay in the drawing. Pure. */
export function layOut(places: readonly MapPlace[], frame: Frame): Group[] {
  const groups = grouped(places, frame);
  const taken: BoxAt[] = groups.map((group) => (widthPx) => marksBox(group, widthPx));
  const labelled = groups.toSorted(byEmphasis).map((group) => {
    const { text, isEmphasised } = labelOf(group.places);
    const fitsAt = (widthsPx: readonly number[]) => (candidate: Candidate) =>
      widthsPx.every((widthPx) => isFree(labelBox(group, candidate, { text, widthPx }), { taken, widthPx }));
    const all = candidates(group.places.length);
    const everywhere = all.find(fitsAt(ALL_PX));
    const found = everywhere ?? all.find(fitsAt(WIDE_PX));
    if (found === undefined) return { ...group, label: undefined };
    const isWideOnly = everywhere === undefined;
    taken.push((widthPx) =>
      isWideOnly && widthPx === NARROW_PX ? undefined : labelBox(group, found, { text, widthPx }),
    );
    return { ...group, label: { text, isEmphasised, isWideOnly, ...found } };
  });
  return labelled.toReversed();
}

/** What takes up room in a drawing of this width; undefined where it is not shown. */
type BoxAt = (widthPx: number) => Box | undefined;

function isFree(box: Box, { taken, widthPx }: { taken: readonly BoxAt[]; widthPx: number }): boolean {
  return isInside(box, widthPx) && taken.every((other) => !overlap(box, other(widthPx)));
}

type Marks = Pick<Group, 'x' | 'y' | 'places'>;

function isEmphatic({ places }: Marks): boolean {
  return places.some(({ isEmphasised }) => isEmphasised);
}

function byEmphasis(left: Marks, right: Marks): number {
  return Number(isEmphatic(right)) - Number(isEmphatic(left));
}

function grouped(places: readonly MapPlace[], frame: Frame): Marks[] {
  const groups: { x: number; y: number; places: MapPlace[] }[] = [];
  for (const place of places) {
    const { x, y } = frame.placeOf(place);
    const near = groups.find(
      (group) => Math.hypot(((group.x - x) * NARROW_PX) / 100, ((group.y - y) * heightOf(NARROW_PX)) / 100) < MARK_PX,
    );
    if (near) near.places.push(place);
    else groups.push({ x, y, places: [place] });
  }
  return groups;
}

/** The labels of what is emphasised, or of all where nothing is; each once. */
function labelOf(places: readonly MapPlace[]): { text: string; isEmphasised: boolean } {
  const emphasised = places.filter(({ isEmphasised }) => isEmphasised);
  const isEmphasised = emphasised.length > 0;
  const labels = [...new Set((isEmphasised ? emphasised : places).map(({ label }) => label))];
  const more = labels.length - LABELS_NAMED;
  const named = labels.slice(0, LABELS_NAMED).join('; ');
  return { text: more > 0 ? `${named}; ${more} more` : named, isEmphasised };
}

function candidates(marks: number): Candidate[] {
  const beside = (marks * MARK_PX) / 2 + GAP_PX;
  const below = MARK_PX / 2 + GAP_PX + LINE_PX * 0.75;
  const above = -(MARK_PX / 2 + GAP_PX + LINE_PX * 0.25);
  const level = LINE_PX * 0.25;
  return [
    { dx: beside, dy: level, anchor: 'start' },
    { dx: -beside, dy: level, anchor: 'end' },
    ...(['middle', 'start', 'end'] as const).flatMap((anchor): Candidate[] => [
      { dx: 0, dy: below, anchor },
      { dx: 0, dy: above, anchor },
    ]),
  ];
}

function heightOf(widthPx: number): number {
  return (widthPx * HEIGHT) / WIDTH;
}

function marksBox({ x, y, places }: Marks, widthPx: number): Box {
  const [middle, level] = [(x * widthPx) / 100, (y * heightOf(widthPx)) / 100];
  const half = (places.length * MARK_PX) / 2;
  return { left: middle - half, right: middle + half, top: level - MARK_PX / 2, bottom: level + MARK_PX / 2 };
}

function labelBox({ x, y }: Marks, { dx, dy, anchor }: Candidate, of: { text: string; widthPx: number }): Box {
  const long = of.text.length * LETTER_PX;
  const from = (x * of.widthPx) / 100 + dx - (anchor === 'start' ? 0 : anchor === 'middle' ? long / 2 : long);
  const base = (y * heightOf(of.widthPx)) / 100 + dy;
  return { left: from, right: from + long, top: base - LINE_PX * 0.75, bottom: base + LINE_PX * 0.25 };
}

function isInside({ left, right, top, bottom }: Box, widthPx: number): boolean {
  return left >= 0 && right <= widthPx && top >= 0 && bottom <= heightOf(widthPx);
}

function overlap(one: Box, other: Box | undefined): boolean {
  if (other === undefined) return false;
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}
