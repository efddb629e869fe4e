/** A picture that is made in tiles, each by a run of a task, in rows from the top left. */
export interface TilePlan {
  readonly columns: number;
  readonly rows: number;
  /** Of the whole picture, in points; a multiple of columns and rows. */
  readonly width: number;
  readonly height: number;
}

/** The part of the plane that a picture shows. */
interface Part {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The whole of the Mandelbrot set, in 4 by 4 tiles. */
export const SAMPLE_PLAN: TilePlan = { columns: 4, rows: 4, width: 640, height: 512 };
export const SAMPLE_PART: Part = { left: -2, top: 1.2, right: 1, bottom: -1.2 };

/** The sample's picture in so many tiles, as many across as down; undefined where no such tiles make it. */
export function samplePlanOf(tiles: number): TilePlan | undefined {
  const side = Math.round(Math.sqrt(tiles));
  const { width, height } = SAMPLE_PLAN;
  const isWhole = side > 0 && side * side === tiles && width % side === 0 && height % side === 0;
  return isWhole ? { columns: side, rows: side, width, height } : undefined;
}

const TAG = 'tiles';
const SHAPE = /^([1-9]\d?)x([1-9]\d?) of ([1-9]\d{0,3})x([1-9]\d{0,3})$/;

/** What a task bears so that a page knows later what picture its runs make. */
export function planTags({ columns, rows, width, height }: TilePlan): Record<string, string> {
  return { [TAG]: `${columns}x${rows} of ${width}x${height}` };
}

/** The plan that a task of so many runs bears; undefined of every other task. */
export function planOf({
  tags,
  runs,
}: {
  readonly tags: Readonly<Record<string, string>>;
  readonly runs: number;
}): TilePlan | undefined {
  const [, ...figures] = SHAPE.exec(tags[TAG] ?? '') ?? [];
  const [columns = 0, rows = 0, width = 0, height = 0] = figures.map(Number);
  const isWhole = columns * rows === runs && runs > 0 && width % columns === 0 && height % rows === 0;
  return isWhole ? { columns, rows, width, height } : undefined;
}

/** Where in the picture the tile of a run stands, in points. */
export function placeOf({ columns, rows, width, height }: TilePlan, position: number): { x: number; y: number } {
  return { x: (position % columns) * (width / columns), y: Math.floor(position / columns) * (height / rows) };
}

/** The input of each run: `left top right bottom width height` of its tile. */
export function tileLines(plan: TilePlan, { left, top, right, bottom }: Part): string[] {
  const { columns, rows, width, height } = plan;
  const [wide, high] = [width / columns, height / rows];
  const across = (x: number): number => left + ((right - left) * x) / width;
  const down = (y: number): number => top + ((bottom - top) * y) / height;
  return Array.from({ length: columns * rows }, (_, position) => {
    const { x, y } = placeOf(plan, position);
    return [across(x), down(y), across(x + wide), down(y + high), wide, high].join(' ');
  });
}
