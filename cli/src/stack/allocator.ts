/**
 * Tells glibc's malloc to give large blocks back to the system once they are free. Left alone it keeps them after the first such
 * block for the life of the process: after a prompt of 1,024 tokens some 70 MB (case P8 of the bench). Elsewhere it means nothing.
 */
export const allocatorEnvironment: NodeJS.ProcessEnv = { MALLOC_MMAP_THRESHOLD_: '65536' }
