/** Makes the record of a system call from the bytes of its name. */
@external('lane', 'describeSyscall')
export declare function describeSyscall(at: usize, length: i32): usize;

/** The record of a name that many rows have. */
@external('lane', 'describeName')
export declare function describeName(at: usize, length: i32): usize;

/** Makes the record of what a decoration says. */
@external('lane', 'describeTarget')
export declare function describeTarget(at: usize, length: i32): usize;

/** Brings a thread's record up to date; 0 when no such thread is known. */
@external('lane', 'describeThread')
export declare function describeThread(thread: usize): i32;

/** Tells the kind of a file that was opened by its path. */
@external('lane', 'describeOpened')
export declare function describeOpened(target: usize): void;

/** Notes that a thread has a descriptor for what a record of a file that was opened tells. */
@external('lane', 'openDescriptor')
export declare function openDescriptor(thread: usize, fd: i32, target: usize, closesOnExec: bool): void;

/** Notes that a thread closed a descriptor. */
@external('lane', 'closeDescriptor')
export declare function closeDescriptor(thread: usize, fd: i32): void;

/** Notes that a descriptor of a thread refers to what another one does. */
@external('lane', 'duplicateDescriptor')
export declare function duplicateDescriptor(thread: usize, from: i32, to: i32, closesOnExec: bool): void;

/** Notes whether execve closes a descriptor of a thread. */
@external('lane', 'setCloseOnExec')
export declare function setCloseOnExec(thread: usize, fd: i32, closesOnExec: bool): void;

/** The record of what a descriptor of a thread refers to, 0 when nobody knows. */
@external('lane', 'followDescriptor')
export declare function followDescriptor(thread: usize, fd: i32): usize;
