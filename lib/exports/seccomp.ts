import type { CallBatches } from './call-row.ts';
import { encodeTexts } from './text-chunks.ts';

/** A seccomp profile as `linux.seccomp` of an OCI runtime configuration and `docker --security-opt` take it. */
interface SeccompProfile {
  defaultAction: 'SCMP_ACT_ERRNO';
  architectures?: string[];
  syscalls: { names: string[]; action: 'SCMP_ACT_ALLOW' }[];
}

/** The profile that allows the calls of these rows and no others, as JSON. */
export function encodeSeccomp(batches: CallBatches): AsyncIterable<Uint8Array> {
  return encodeTexts(printProfile(batches));
}

async function* printProfile(batches: CallBatches): AsyncGenerator<string> {
  const names = new Set<string>();
  for await (const rows of batches)
    for (const { kind, syscall } of rows) if (kind === 'call' && syscall) names.add(syscall);
  yield `${JSON.stringify(profileOf([...names]), null, 2)}\n`;
}

/** Calls that only this machine has; its container runtimes want the 32-bit ways in named as well. */
const X86_64_CALL = 'arch_prctl';
const X86_64 = ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'];

function profileOf(made: string[]): SeccompProfile {
  // numbers that strace has no name for have none in a profile either
  const names = made.filter((name) => !name.startsWith('syscall_0x')).sort();
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    // without architectures a profile is for the one it is used on
    ...(names.includes(X86_64_CALL) && { architectures: X86_64 }),
    syscalls: names.length > 0 ? [{ names, action: 'SCMP_ACT_ALLOW' }] : [],
  };
}
