import { CopyButton } from './copy-button.tsx';

/** A command to copy. */
export function CopyLine({ label, text }: { label: string; text: string }) {
  return (
    <div class="copy-line">
      <span class="copy-label">{label}</span>
      <code>{text}</code>
      <CopyButton text={() => text} of={label} />
    </div>
  );
}
