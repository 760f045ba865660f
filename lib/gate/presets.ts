import type { Assertion, PresetName } from './budget-schema.ts';

/** Globs of paths that no assertion looks at: the kernel's own, caches and what has no name. */
export const ignoredPaths: readonly string[] = [
  '/proc/**',
  '/sys/**',
  '**/__pycache__/**',
  '/etc/ld.so.cache',
  '/usr/share/locale/**',
  // where Debian has a file of the folder before
  '/etc/locale.alias',
  '/usr/lib/locale/**',
  'pipe:*',
  'socket:*',
  'anon_inode:*',
];

/** Errors that come and go with the timing of threads, or belong to how programs ordinarily work. */
const ordinaryErrors = [
  '* EAGAIN',
  '* EINTR',
  '* ERESTART*',
  '* EINPROGRESS',
  '* EWOULDBLOCK',
  'futex *',
  'wait4 ECHILD',
  'waitid ECHILD',
  'ioctl ENOTTY',
  'lseek ESPIPE',
  '* EEXIST',
  'unlink* EISDIR',
  'rmdir ENOTEMPTY',
  'kill ESRCH',
  'tgkill ESRCH',
  'readlink* EINVAL',
  'getpeername ENOTCONN',
  'prctl EINVAL',
  'arch_prctl EINVAL',
];

const ordinaryDevices = [
  '/dev/{null,zero,full,random,urandom,tty,ptmx,stdin,stdout,stderr}',
  '/dev/{pts,fd}/*',
];

/** Descriptors that runtimes keep for their event loops. */
const ownFds = [
  '/dev/null',
  'eventpoll',
  'eventfd',
  'anon_inode*',
  'signalfd',
  'timerfd',
  'io_uring',
];

const temporary = ['/tmp', '/tmp/**', '/var/tmp', '/var/tmp/**', '/dev/shm/**'];
const system = [
  '/usr/**',
  '/lib/**',
  '/lib32/**',
  '/lib64/**',
  '/bin/**',
  '/sbin/**',
  '/opt/**',
  '/nix/store/**',
  '/etc/ld.so.*',
  '/etc/localtime',
  '/etc/passwd',
  '/etc/group',
  '/etc/nsswitch.conf',
];

const sensitive = [
  '$HOME/.ssh/**',
  '$HOME/.aws/**',
  '$HOME/.gnupg/**',
  '$HOME/.kube/**',
  '$HOME/.docker/config.json',
  '$HOME/.netrc',
  '$HOME/.npmrc',
  '$HOME/.pypirc',
  '$HOME/.git-credentials',
  '$HOME/.config/gcloud/**',
  '/{root,home/*}/.{ssh,aws,gnupg,kube}/**',
  '/{root,home/*}/.{netrc,npmrc,pypirc,git-credentials}',
  '/etc/shadow',
  '/etc/gshadow',
  '/etc/sudoers',
  '/etc/ssh/ssh_host_*',
  '/etc/cron*/**',
  '/var/run/docker.sock',
  '/run/docker.sock',
];

const local = ['UNIX*', '* 127.*', '* \\[::1\\]*'];
const changes: Readonly<Record<string, Assertion>> = {
  new_programs: 'error',
  new_endpoints: 'error',
  new_listeners: 'error',
  new_world_writable_files: 'error',
  new_secrets: 'error',
  exit_code: ['error', { max: 0 }],
};

/** Assertions that come with the gate, by the name that `extends` takes. */
export const presets: Readonly<Record<PresetName, Readonly<Record<string, Assertion>>>> = {
  recommended: {
    ...changes,
    new_files_read: ['error', { ignore: ['$WORK', '$WORK/**', ...temporary] }],
    new_files_written: ['error', { ignore: ['$WORK', '$WORK/**', ...temporary] }],
    new_missing_files: ['error', { ignore: ['$WORK/**', ...temporary] }],
    new_permission_denied: 'error',
    new_devices: ['error', { ignore: ordinaryDevices }],
    new_errors: ['error', { ignore: ordinaryErrors }],
    new_retries: 'error',
    new_fatal_signals: 'error',
    new_failed_processes: 'warn',
    new_leaked_fds: ['error', { ignore: ownFds }],
    new_inherited_fds: ['error', { ignore: ownFds }],
    sleep_ms: ['error', { maxIncrease: 100 }],
    tiny_io_calls: ['error', { maxRatio: 2, maxIncrease: 100 }],
    syscalls_total: ['warn', { maxRatio: 2, maxIncrease: 1000 }],
    processes: ['warn', { maxRatio: 2, maxIncrease: 10 }],
    peak_fds: ['warn', { maxRatio: 2, maxIncrease: 16 }],
    wall_ms: ['warn', { maxRatio: 3, maxIncrease: 2000 }],
    unparsed_lines: ['warn', { max: 0 }],
  },
  'no-network': {
    endpoints: ['error', { allow: local }],
    listeners: ['error', { allow: local }],
  },
  'hermetic-build': {
    ...changes,
    endpoints: ['error', { allow: local }],
    files_read: ['error', { allow: ['$WORK', '$WORK/**', ...system, ...temporary] }],
    new_files_read: ['error', { ignore: temporary }],
    files_written: ['error', { allow: ['$WORK', '$WORK/**', ...temporary] }],
    new_files_written: ['error', { ignore: temporary }],
    new_missing_files: ['warn', { ignore: temporary }],
  },
  startup: {
    failed_opens: ['error', { maxRatio: 1.2, maxIncrease: 10 }],
    wasted_lookup_ratio: ['warn', { maxIncrease: 0.05 }],
    new_missing_files: ['error', { ignore: temporary }],
    new_programs: 'error',
    syscalls_total: ['warn', { maxRatio: 1.25, maxIncrease: 200 }],
    processes: ['error', { maxIncrease: 0 }],
    sleep_ms: ['error', { maxIncrease: 0 }],
    startup_ms: ['warn', { maxRatio: 2, maxIncrease: 50 }],
    wall_ms: ['warn', { maxRatio: 2, maxIncrease: 200 }],
  },
  'supply-chain': {
    ...changes,
    paths: ['error', { deny: sensitive }],
    secrets: 'error',
    new_files_written: ['error', { ignore: ['$WORK', '$WORK/**', ...temporary] }],
    new_permission_denied: 'error',
    new_fatal_signals: 'error',
  },
  'no-leaks': {
    new_leaked_fds: ['error', { ignore: ownFds }],
    new_inherited_fds: ['error', { ignore: ownFds }],
    leaked_fds: ['error', { maxIncrease: 0, ignore: ownFds }],
    inherited_fds: ['error', { maxIncrease: 0, ignore: ownFds }],
    peak_fds: ['error', { maxRatio: 2, maxIncrease: 16 }],
  },
};
