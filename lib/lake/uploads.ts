import { LOGS_PREFIX } from './keys.ts';

/** A log that was put into the uploads bucket. */
export interface Upload {
  bucket: string;
  key: string;
}

interface Notification {
  Records?: { eventName: string; s3: { bucket: { name: string }; object: { key: string } } }[];
}

/**
 * Logs named in an S3 event notification (JSON). S3's test event, deletions, folder markers and
 * keys outside `logs/` name none. Throws SyntaxError for a message that is no JSON.
 */
export function uploadsOf(notification: string): Upload[] {
  const { Records = [] } = JSON.parse(notification) as Notification;
  return Records.filter(({ eventName }) => eventName.startsWith('ObjectCreated:'))
    .map(({ s3 }) => ({ bucket: s3.bucket.name, key: decodeKey(s3.object.key) }))
    .filter(({ key }) => key.startsWith(LOGS_PREFIX) && !key.endsWith('/'));
}

/** S3 event notification (JSON) of an upload, keys encoded as S3 does. */
export function notifyOf({ bucket, key }: Upload): string {
  const object = { key: encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/') };
  const record = {
    eventSource: 'aws:s3',
    eventName: 'ObjectCreated:Put',
    s3: { bucket: { name: bucket }, object },
  };
  return JSON.stringify({ Records: [record] });
}

function decodeKey(encoded: string): string {
  return decodeURIComponent(encoded.replaceAll('+', ' '));
}
