/** An algorithm that this portal serves, with an input to try it with. Its source stands beside it. */
export interface SampleAlgorithm {
  readonly title: string;
  readonly explains: string;
  /** Address at the portal. */
  readonly file: string;
  /** SHA-256 of the file, by which gateways name it. */
  readonly digest: string;
  readonly input: string;
  readonly args: string;
}

const EXAMPLE_ROWS = [
  'day,station,weather',
  '2026-06-01,harbour,sun',
  '2026-06-02,harbour,rain',
  '2026-06-03,harbour,sun',
  '2026-06-01,hill,fog',
  '2026-06-02,hill,sun',
].join('\n');

export const MANDELBROT: SampleAlgorithm = {
  title: 'Mandelbrot picture',
  explains: 'A part of the Mandelbrot set as a picture. Input: left, top, right, bottom, width, height.',
  file: '/algorithms/mandelbrot.wasm',
  digest: '0c5623c84c853f5451c867afb0f213fdf688492ba60d191210690a5e40cd9a18',
  input: '-2 1.2 1 -1.2 640 512',
  args: '500',
};

const GROUP_BY: SampleAlgorithm = {
  title: 'Group a table',
  explains: 'Counts the rows of a CSV table by the values of one column, which its argument names.',
  file: '/algorithms/group-by.wasm',
  digest: '0e811d57401184155af29efba339c0618a713323fdea8e0765c7ec1994a0f12f',
  input: EXAMPLE_ROWS,
  args: 'weather',
};

export const SAMPLES: readonly SampleAlgorithm[] = [MANDELBROT, GROUP_BY];

export function sampleOf(digest: string): SampleAlgorithm | undefined {
  return SAMPLES.find((sample) => sample.digest === digest);
}
