import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

const MOST_PX = 1400;

/** A picture as wide as there is room, so that its texts have one size everywhere. */
export function Frame(props: {
  height: number;
  label: string;
  /** A group when parts of the picture lead somewhere. */
  role?: 'img' | 'group';
  children(width: number): ComponentChildren;
}) {
  const { height, label, role = 'img', children } = props;
  const box = useRef<HTMLDivElement>(null);
  const width = useSignal(0);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      width.value = Math.min(MOST_PX, Math.floor(entry!.contentRect.width));
    });
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={box} class="frame" style={{ height: `${height}px` }}>
      {width.value > 0 && (
        <svg width={width.value} height={height} role={role} aria-label={label}>
          {children(width.value)}
        </svg>
      )}
    </div>
  );
}
