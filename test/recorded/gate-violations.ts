import type { Assertion, PresetName } from '../../lib/gate/budget-schema.ts';

const node = (script: string) => `node -e '${script}'`;

/** A program that does what a budget does not allow. */
export interface Violation {
  /** Lines for sh. */
  script: string;
  /** Each has to fail for it, and to pass for what behaves. */
  caught: Record<string, Assertion>;
  /** An item that a finding has to name. */
  subject?: string | RegExp;
}

/** One for each assertion that a budget can hold, by what the program does. */
export const violations: Record<string, Violation> = {
  'runs another program': {
    script: 'expr 1 + 1',
    caught: { new_programs: 'error', programs: ['error', { deny: ['**/expr'] }] },
    subject: /\/expr$/,
  },
  'tries to run what is not there': {
    script: '/no/such/program; true',
    caught: { new_exec_failures: 'error', exec_failures: 'error' },
    subject: '/no/such/program',
  },
  'connects to somebody': {
    script: node('require("net").connect(9, "127.0.0.1").on("error", () => {})'),
    caught: { new_endpoints: 'error', endpoints: ['error', { deny: ['TCP 127.*'] }] },
    subject: 'TCP 127.0.0.1:9',
  },
  'waits for others to connect': {
    script: node('const s = require("net").createServer().listen(0, "127.0.0.1", () => s.close())'),
    caught: { new_listeners: 'error', listeners: 'error' },
    subject: /^TCP 127\.0\.0\.1:/,
  },
  'reads another file': {
    script: 'cat /etc/hostname',
    caught: { new_files_read: 'error', files_read: ['error', { deny: ['/etc/hostname'] }] },
    subject: '/etc/hostname',
  },
  'lists a folder': {
    script: 'ls /etc > /dev/null',
    caught: { new_folders_listed: 'error', folders_listed: 'error' },
    subject: '/etc',
  },
  'writes a file': {
    script: 'echo "more than a few bytes of it" > made.txt',
    caught: {
      new_files_written: 'error',
      files_written: 'error',
      bytes_written: ['error', { max: 20 }],
      'bytes_written:$WORK/*.txt': ['error', { max: 20 }],
    },
    subject: '$WORK/made.txt',
  },
  'looks for files in vain': {
    script: 'cat a.conf b.conf c.conf d.conf e.conf f.conf 2>/dev/null; true',
    caught: {
      new_missing_files: 'error',
      missing_files: ['error', { deny: ['$WORK/*.conf'] }],
      failed_opens: ['error', { maxIncrease: 5 }],
      errors_total: ['error', { maxIncrease: 5 }],
      wasted_lookup_ratio: ['error', { maxIncrease: 0.02 }],
    },
    subject: '$WORK/a.conf',
  },
  'touches a file that nobody should': {
    script: 'cat /etc/gshadow > /dev/null 2>&1; true',
    caught: { new_paths: 'error', paths: ['error', { deny: ['/etc/gshadow'] }] },
    subject: '/etc/gshadow',
  },
  'is denied something': {
    script: node(
      'const fs = require("fs"); fs.mkdirSync("folder"); try { fs.linkSync("folder", "linked") } catch {}',
    ),
    caught: { new_permission_denied: 'error', permission_denied: 'error' },
    subject: '$WORK/folder',
  },
  'uses a device': {
    script: 'head -c 100 /dev/zero > /dev/null',
    caught: { new_devices: 'error', devices: ['error', { deny: ['/dev/zero'] }] },
    subject: '/dev/zero',
  },
  'lets anybody write': {
    script: 'umask 0; : > open.txt',
    caught: { new_world_writable_files: 'error', world_writable_files: 'error' },
    subject: '$WORK/open.txt',
  },
  'makes a system call that it did not': {
    script: 'ln -s /nowhere link; rm link',
    caught: {
      new_syscalls: 'error',
      syscalls: ['error', { deny: ['symlink*'] }],
      'syscalls:unlinkat': ['error', { max: 0 }],
      syscalls_total: ['error', { maxIncrease: 20 }],
    },
    subject: /^symlink/,
  },
  'meets another error': {
    script: 'cat / 2>/dev/null; true',
    caught: { new_errors: 'error', errors: ['error', { deny: ['read EISDIR'] }] },
    subject: 'read EISDIR',
  },
  'tries the same in vain again and again': {
    script: node('for (let i = 0; i < 20; i++) try { process.kill(99999999, 0) } catch {}'),
    caught: { new_retries: 'error', retries: ['error', { deny: ['kill ESRCH'] }] },
    subject: 'kill ESRCH',
  },
  'hides a crash in a child': {
    script: `sh -c 'kill -SEGV $$' 2>/dev/null; true`,
    caught: { new_fatal_signals: 'error', fatal_signals: 'error' },
    subject: 'SIGSEGV',
  },
  'hides a failure of a child': {
    script: `sh -c 'exit 3'; true`,
    caught: { new_failed_processes: 'error', failed_processes: 'error' },
    subject: 'exit 3',
  },
  'ends with a failure itself': { script: 'exit 7', caught: { exit_code: ['error', { max: 0 }] } },
  'leaks a descriptor': {
    script: node('for (let i = 0; i < 20; i++) require("fs").openSync("/etc/hostname")'),
    caught: {
      new_leaked_fds: 'error',
      leaked_fds: ['error', { deny: ['/etc/*'] }],
      peak_fds: ['error', { maxIncrease: 19 }],
    },
    subject: '/etc/hostname',
  },
  'hands a descriptor to a program that does not use it': {
    script: 'exec 5</etc/hostname; cat /dev/null',
    caught: { new_inherited_fds: 'error', inherited_fds: 'error' },
    subject: '/etc/hostname',
  },
  'writes a token': {
    script: 'echo AKIAIOSFODNN7EXAMPLE > token.txt',
    caught: { new_secrets: 'error', secrets: 'error' },
    subject: 'AWS access key to $WORK/token.txt',
  },
  'reads byte by byte': {
    script: 'head -c 3000 /dev/zero | dd bs=1 of=/dev/null 2>/dev/null',
    caught: { tiny_io_calls: ['error', { maxRatio: 2, maxIncrease: 100 }] },
    subject: /^(read|write) /,
  },
  'sleeps before it says anything': {
    script: 'sleep 2; echo late',
    caught: {
      sleep_ms: ['error', { maxIncrease: 100 }],
      wall_ms: ['error', { maxIncrease: 300 }],
      startup_ms: ['error', { maxIncrease: 300 }],
      'max_syscall_ms:*': ['error', { max: 900 }],
    },
    subject: 'clock_nanosleep',
  },
  'starts many processes and threads': {
    script: `${node('')}; for i in 1 2 3 4; do cat /dev/null; done`,
    caught: {
      processes: ['error', { maxIncrease: 3 }],
      peak_threads: ['error', { maxIncrease: 3 }],
    },
  },
};

/** What each preset is for. */
export const presetViolations: Record<PresetName, Violation[]> = {
  recommended: [violations['reads another file']!, violations['hides a crash in a child']!].map(
    ({ script, caught, subject }) => ({ script, subject, caught: onlyNew(caught) }),
  ),
  'no-network': [
    {
      script: node(
        'const s = require("net").connect(443, "192.0.2.1").on("error", () => {}); setTimeout(() => s.destroy(), 50)',
      ),
      caught: { endpoints: 'error' },
      subject: 'TCP 192.0.2.1:443',
    },
    {
      script: node('const s = require("net").createServer().listen(0, "0.0.0.0", () => s.close())'),
      caught: { listeners: 'error' },
      subject: /^TCP 0\.0\.0\.0:/,
    },
  ],
  'hermetic-build': [
    {
      script: 'cat ~/.config/flags',
      caught: { files_read: 'error', new_files_read: 'error' },
      subject: '$HOME/.config/flags',
    },
    {
      script: 'echo cached > ~/.cache-of-it',
      caught: { files_written: 'error', new_files_written: 'error' },
      subject: '$HOME/.cache-of-it',
    },
  ],
  startup: [
    {
      script: 'for i in 1 2 3 4 5 6 7 8 9 10 11 12; do (: < $i.conf); done 2>/dev/null; true',
      caught: { failed_opens: 'error', processes: 'error' },
      subject: /./,
    },
    { script: 'sleep 0.1', caught: { sleep_ms: 'error' }, subject: 'clock_nanosleep' },
  ],
  'supply-chain': [
    {
      script: 'cat ~/.ssh/id_rsa',
      caught: { paths: 'error' },
      subject: '$HOME/.ssh/id_rsa',
    },
    {
      script: 'cat /etc/shadow > /dev/null 2>&1; true',
      caught: { paths: 'error' },
      subject: '/etc/shadow',
    },
    {
      script: 'echo ghp_0123456789abcdefghijklmnopqrstuvwxyz > out.txt',
      caught: { secrets: 'error', new_secrets: 'error' },
      subject: 'GitHub token to $WORK/out.txt',
    },
  ],
  'no-leaks': [
    {
      script: 'exec 5</etc/hostname; cat /dev/null',
      caught: { new_inherited_fds: 'error', inherited_fds: 'error' },
      subject: '/etc/hostname',
    },
  ],
};

function onlyNew(caught: Record<string, Assertion>): Record<string, Assertion> {
  return Object.fromEntries(Object.entries(caught).filter(([name]) => name.startsWith('new_')));
}
