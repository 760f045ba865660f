import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { config } from '../api/catalogue.ts';
import { printBytes } from '../format.ts';
import { hrefOf } from '../route.ts';
import { CopyLine } from '../shell/copy-line.tsx';
import { clearUploads, type Upload, uploadFiles, uploads } from './upload.ts';

/** Where logs are dropped, and what else brings them here. */
export function DropZone() {
  const isOver = useSignal(false);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => listenForDrops((over) => (isOver.value = over)), []);
  return (
    <section class={isOver.value ? 'drop drop-over' : 'drop'} aria-label="Upload logs">
      <p>
        <strong>Drop strace logs here</strong>, also compressed ones (.gz, .zst, .xz, .bz2), the
        many files of <code>-ff</code> as one .tar, or{' '}
        <button type="button" onClick={() => input.current?.click()}>
          choose files
        </button>
        <input
          ref={input}
          type="file"
          multiple
          hidden
          aria-label="Logs to upload"
          onChange={({ currentTarget }) => {
            uploadFiles(currentTarget.files ?? []);
            currentTarget.value = '';
          }}
        />
      </p>
      <Uploads />
      <details>
        <summary>From a terminal</summary>
        <CopyLine label="Record" text="strace -f -tt -T -y -yy -s 2048 -o app.log your-command" />
        <CopyLine label="Upload" text={uploadCommand()} />
      </details>
    </section>
  );
}

function uploadCommand(): string {
  const { uploads_bucket: bucket = '', s3_endpoint: endpoint } = config.value ?? {};
  const more = endpoint ? ` --endpoint-url ${endpoint} --no-sign-request` : '';
  return `aws s3 cp app.log s3://${bucket}/logs/${more}`;
}

/** A file may be dropped anywhere on the page. */
function listenForDrops(onOver: (isOver: boolean) => void): () => void {
  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
  const over = (event: DragEvent) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    onOver(true);
  };
  const leave = (event: DragEvent) => {
    if (event.relatedTarget === null) onOver(false);
  };
  const drop = (event: DragEvent) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    onOver(false);
    uploadFiles(event.dataTransfer?.files ?? []);
  };
  addEventListener('dragover', over);
  addEventListener('dragleave', leave);
  addEventListener('drop', drop);
  return () => {
    removeEventListener('dragover', over);
    removeEventListener('dragleave', leave);
    removeEventListener('drop', drop);
  };
}

function Uploads() {
  const list = uploads.value;
  if (list.length === 0) return null;
  const isOver = list.some(({ state }) => state.step === 'ready' || state.step === 'failed');
  return (
    <div class="uploads">
      <ul aria-live="polite">
        {list.map((upload) => (
          <UploadRow key={upload.id} upload={upload} />
        ))}
      </ul>
      {isOver && (
        <button type="button" class="quiet" onClick={clearUploads}>
          Clear the list
        </button>
      )}
    </div>
  );
}

function UploadRow({ upload: { name, bytes, state } }: { upload: Upload }) {
  const sent = state.step === 'sending' ? state.sent : state.step === 'waiting' ? 0 : bytes;
  return (
    <li class={`upload upload-${state.step}`}>
      <span class="upload-name">{name}</span>
      {(state.step === 'sending' || state.step === 'waiting' || state.step === 'reading') && (
        <progress max={bytes} value={sent} aria-label={`Upload of ${name}`} />
      )}
      <span>
        {state.step === 'waiting' && 'waits'}
        {state.step === 'sending' && `${printBytes(sent)} of ${printBytes(bytes)}`}
        {state.step === 'reading' && 'uploaded; the log is being read…'}
        {state.step === 'ready' && <a href={hrefOf(['s', state.session])}>{state.session}</a>}
        {state.step === 'failed' && (
          <>
            <strong>{state.title}.</strong> {state.detail}
          </>
        )}
      </span>
    </li>
  );
}
