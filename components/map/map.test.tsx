import fc from 'fast-check';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { frameOf, middleLongitude, type Spot } from './frame.ts';
import { layOut, type MapPlace } from './layout.ts';
import { PlaceMap } from './place-map.tsx';

const spot = fc.record({
  latitude: fc.integer({ min: -900, max: 900 }).map((tenths) => tenths / 10),
  longitude: fc.integer({ min: -1_800, max: 1_800 }).map((tenths) => tenths / 10),
});
const SEATTLE: Spot = { latitude: 47.6, longitude: -122.3 };
const SPOKANE: Spot = { latitude: 47.7, longitude: -117.4 };
const place = (key: number, of: Partial<MapPlace> = {}): MapPlace => ({
  key,
  mark: String(key),
  label: `Zone ${key}`,
  kind: 'circle',
  isEmphasised: true,
  ...SEATTLE,
  ...of,
});
const labelsOf = (places: readonly MapPlace[]) =>
  layOut(places, frameOf(places)).flatMap(({ label }) => (label === undefined ? [] : [label.text]));

describe('what part of the world is shown', () => {
  test('every place stands in the drawing, with room around it', () => {
    fc.assert(
      fc.property(fc.array(spot, { minLength: 1, maxLength: 12 }), (spots) => {
        const frame = frameOf(spots);
        for (const { x, y } of spots.map((one) => frame.placeOf(one))) {
          expect(Math.min(x, y, 100 - x, 100 - y)).toBeGreaterThan(15);
        }
      }),
    );
  });

  test('north is up and east is right', () => {
    const { placeOf } = frameOf([SEATTLE, SPOKANE]);
    expect(placeOf(SPOKANE).x).toBeGreaterThan(placeOf(SEATTLE).x);
    expect(placeOf(SPOKANE).y).toBeLessThan(placeOf(SEATTLE).y);
  });

  test('one place alone stands in the middle of a map of 22 degrees, not of a street', () => {
    const { placeOf } = frameOf([SEATTLE]);
    expect(placeOf(SEATTLE)).toEqual({ x: expect.closeTo(50), y: expect.closeTo(50) });
    const east = placeOf({ ...SEATTLE, longitude: SEATTLE.longitude + 11 });
    expect(east.x).toBeCloseTo(100);
  });

  test.each<[number[], number]>([
    [[170, -170], -180],
    [[-122.3, -117.4], -119.85],
    [[10, 20, 60], 35],
    [[13.4], 13.4],
    [[], -180],
  ])('longitudes %j have their middle at %d, across the date line too', (longitudes, middle) => {
    const found = middleLongitude(longitudes);
    if (longitudes.length > 0) expect(Math.abs(found - middle) % 360).toBeCloseTo(0);
    expect(found).toBeGreaterThanOrEqual(-180);
    expect(found).toBeLessThan(180);
  });
});

describe('marks and labels', () => {
  test('every place has its mark once; marks that would hide one another stand in a row', () => {
    fc.assert(
      fc.property(fc.array(spot, { minLength: 1, maxLength: 12 }), (spots) => {
        const places = spots.map((one, key) => place(key, one));
        const keys = layOut(places, frameOf(places)).flatMap((group) => group.places.map(({ key }) => key));
        expect(keys.toSorted()).toEqual(places.map(({ key }) => key).toSorted());
      }),
    );
    const [group, ...others] = layOut([place(1), place(2)], frameOf([SEATTLE]));
    expect([group?.places.length, others.length]).toEqual([2, 0]);
  });

  test('three cities of one state are named each, also on a phone', () => {
    const yakima = { latitude: 46.6, longitude: -120.5 };
    const places = [
      place(1, { label: 'Seattle 1' }),
      place(2, { label: 'Spokane 1', ...SPOKANE }),
      place(3, { label: 'Yakima 1', ...yakima }),
    ];
    expect(labelsOf(places).toSorted()).toEqual(['Seattle 1', 'Spokane 1', 'Yakima 1']);
  });

  test('what is emphasised has its label first and stands in front; what has no room stays with its mark alone', () => {
    const around = Array.from({ length: 12 }, (_, index) =>
      place(index, {
        label: index === 11 ? 'A long name' : `A place with a rather long name, ${index}`,
        latitude: 40 + Math.floor(index / 4) * 2,
        longitude: (index % 4) * 3,
        isEmphasised: index === 11,
      }),
    );
    const groups = layOut(around, frameOf(around));
    expect(groups.at(-1)?.label).toMatchObject({ text: 'A long name', isEmphasised: true, isWideOnly: false });
    expect(groups.some(({ label }) => label === undefined)).toBe(true);
    // There is room for some on a wide screen alone.
    expect(groups.some(({ label }) => label?.isWideOnly === true)).toBe(true);
  });

  test('places that stand together are named once each, and no more than two of them', () => {
    expect(labelsOf([place(1, { label: 'A' }), place(2, { label: 'A' })])).toEqual(['A']);
    expect(labelsOf([1, 2, 3, 4].map((key) => place(key)))).toEqual(['Zone 1; Zone 2; 2 more']);
    expect(labelsOf([place(1), place(2, { isEmphasised: false })])).toEqual(['Zone 1']);
  });
});

test('a map is one picture with words for who cannot see it, and every kind of mark has a form of its own', () => {
  const kinds = ['circle', 'square', 'diamond'] as const;
  const html = kinds.map((kind) =>
    renderToStaticMarkup(<PlaceMap places={[place(7, { kind, label: '<b>' })]} label="Where it stands" />),
  );
  for (const one of html) {
    expect(one).toMatch(/^<div translate="no"[^>]*><svg role="img" aria-label="Where it stands"/);
    expect(one).toContain('>7</text>');
    expect(one).toContain('&lt;b&gt;');
    // The policy of every page allows no style in the markup, and nothing is fetched.
    expect(one).not.toMatch(/ style=|href|url\(/);
    expect(one.length).toBeLessThan(60_000);
  }
  expect(new Set(html).size).toBe(kinds.length);
});

test('land is drawn around the places, and nothing of it is not a number', () => {
  fc.assert(
    fc.property(fc.array(spot, { minLength: 1, maxLength: 4 }), (spots) => {
      const html = renderToStaticMarkup(<PlaceMap places={spots.map((one, key) => place(key, one))} label="" />);
      expect(html).not.toMatch(/NaN|Infinity|undefined/);
    }),
    { numRuns: 30 },
  );
  const seattle = renderToStaticMarkup(<PlaceMap places={[place(1)]} label="" />);
  expect(seattle).toMatch(/<path d="M[^"]{200,}/);
});
