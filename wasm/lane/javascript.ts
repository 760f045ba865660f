/** Makes the record of a system call from the bytes of its name. */
@external('lane', 'describeSyscall')
export declare function describeSyscall(at: usize, length: i32): usize;

/** Makes the record of what a decoration says. */
@external('lane', 'describeTarget')
export declare function describeTarget(at: usize, length: i32): usize;

/** Brings a thread's record up to date; 0 when no such thread is known. */
@external('lane', 'describeThread')
export declare function describeThread(thread: usize): i32;

/** The record of what a descriptor of a thread refers to, 0 when nobody knows. */
@external('lane', 'followDescriptor')
export declare function followDescriptor(thread: usize, fd: i32): usize;
