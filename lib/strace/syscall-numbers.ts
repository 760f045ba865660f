/** Number of the first call that has the same number on every architecture. */
const FIRST = 424;

/** Calls from Linux 5.1 on, in the order of their numbers (include/uapi/asm-generic/unistd.h). */
const NAMES = `
  pidfd_send_signal io_uring_setup io_uring_enter io_uring_register open_tree move_mount fsopen
  fsconfig fsmount fspick pidfd_open clone3 close_range openat2 pidfd_getfd faccessat2
  process_madvise epoll_pwait2 mount_setattr quotactl_fd landlock_create_ruleset
  landlock_add_rule landlock_restrict_self memfd_secret process_mrelease futex_waitv
  set_mempolicy_home_node cachestat fchmodat2 map_shadow_stack futex_wake futex_wait
  futex_requeue statmount listmount lsm_get_self_attr lsm_set_self_attr lsm_list_modules mseal
  setxattrat getxattrat listxattrat removexattrat open_tree_attr file_getattr file_setattr
  listns rseq_slice_yield`
  .trim()
  .split(/\s+/);

/**
 * The call that an strace older than the kernel printed by its number, such as `syscall_0x1b3` (`syscall_435` before
 * 4.21): `clone3`. Any other text is its own name, as are numbers that mean another call elsewhere.
 */
export function callOf(text: string): string {
  const [, number] = /^syscall_(0x[0-9a-f]+|\d+)$/.exec(text) ?? [];
  return NAMES[Number(number) - FIRST] ?? text;
}
