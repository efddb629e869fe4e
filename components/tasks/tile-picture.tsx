'use client';

import { useEffect, useRef, useState } from 'react';
import type { Task } from './answers.ts';
import type { Computer } from './computer.ts';
import { bitmapOf } from './bitmap.ts';
import { placeOf, type TilePlan } from './tiles.ts';

export interface TilePictureProps {
  task: Task;
  plan: TilePlan;
  computer: Computer;
}

/** The picture of a task in tiles: each is fetched once, as its run ends, and drawn in its place. */
export function TilePicture({ task: { id, ended, runs }, plan, computer }: TilePictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const asked = useRef(new Set<number>());
  const [drawn, setDrawn] = useState(0);
  useEffect(() => {
    const draw = async (position: number): Promise<void> => {
      const answer = await computer.output(id, position);
      const tile = answer.ok ? await bitmapOf(answer.value) : undefined;
      const { x, y } = placeOf(plan, position);
      if (tile === undefined) return;
      canvas.current?.getContext('2d')?.drawImage(tile, x, y, plan.width / plan.columns, plan.height / plan.rows);
      setDrawn((count) => count + 1);
    };
    for (const { position, isDone } of ended) {
      if (!isDone || asked.current.has(position)) continue;
      asked.current.add(position);
      void draw(position);
    }
  }, [computer, id, ended, plan]);
  const label =
    drawn === runs ? `The picture of task ${id}, whole` : `The picture of task ${id}: ${drawn} of ${runs} tiles`;
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
