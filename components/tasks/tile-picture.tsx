'use client';

import { useEffect, useRef, useState } from 'react';
import { bitmapOf } from './bitmap.ts';
import { placeOf, type TilePlan } from './tiles.ts';

export interface TilePictureProps {
  /** What it is of: `task 4`. */
  of: string;
  plan: TilePlan;
  /** Places of the runs that ended well. */
  done: readonly number[];
  /** Bytes of one tile; undefined when they did not come. Asked for once. */
  fetchTile: (position: number) => Promise<Uint8Array<ArrayBuffer> | undefined>;
}

/** A picture in tiles: each is fetched once, as its run ends, and drawn in its place. */
export function TilePicture({ of, plan, done, fetchTile }: TilePictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const asked = useRef(new Set<number>());
  const [drawn, setDrawn] = useState(0);
  useEffect(() => {
    const draw = async (position: number): Promise<void> => {
      const bytes = await fetchTile(position);
      const tile = bytes === undefined ? undefined : await bitmapOf(bytes);
      const { x, y } = placeOf(plan, position);
      if (tile === undefined) return;
      canvas.current?.getContext('2d')?.drawImage(tile, x, y, plan.width / plan.columns, plan.height / plan.rows);
      setDrawn((count) => count + 1);
    };
    for (const position of done) {
      if (asked.current.has(position)) continue;
      asked.current.add(position);
      void draw(position);
    }
  }, [done, fetchTile, plan]);
  const runs = plan.columns * plan.rows;
  const label = drawn === runs ? `The picture of ${of}, whole` : `The picture of ${of}: ${drawn} of ${runs} tiles`;
  return (
    <figure className="flex flex-col gap-1">
      <canvas
        ref={canvas}
        role="img"
        aria-label={label}
        width={plan.width}
        height={plan.height}
        className="h-auto max-w-full self-start rounded-md border border-border bg-surface-secondary"
      />
      <figcaption className="text-xs text-muted">{`${label}. Each tile was fetched once, which counts as a call.`}</figcaption>
    </figure>
  );
}
