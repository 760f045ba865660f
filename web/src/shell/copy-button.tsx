import { useSignal } from '@preact/signals';

const SHOWN_MS = 1500;

/** Copies a text, made when asked for, to the clipboard. */
export function CopyButton({
  text,
  name,
  label = 'Copy',
}: {
  text(): string | Promise<string>;
  /** What a screen reader says. */
  name: string;
  label?: string;
}) {
  const said = useSignal<string | undefined>(undefined);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(await text());
      said.value = 'Copied';
    } catch {
      said.value = 'Not allowed';
    }
    setTimeout(() => {
      said.value = undefined;
    }, SHOWN_MS);
  };
  return (
    <button type="button" class="quiet" aria-label={said.value ?? name} onClick={copy}>
      {said.value ?? label}
    </button>
  );
}
