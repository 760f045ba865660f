import { useSignal } from '@preact/signals';

const SHOWN_MS = 1500;

/** Copies a text, made when asked for, to the clipboard. */
export function CopyButton({
  text,
  label = 'Copy',
  of,
}: {
  text(): string | Promise<string>;
  label?: string;
  /** What is copied, for those who do not see what the button is beside. */
  of: string;
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
    <button type="button" class="quiet" onClick={copy}>
      {said.value ?? label}
      <span class="visually-hidden"> {of}</span>
    </button>
  );
}
