// What of the process is in memory.
#ifndef CLINUX_MEMORY_H
#define CLINUX_MEMORY_H

/// malloc_trim(3), and madvise(2) with MADV_DONTNEED for each segment of the program and its libraries that is never written: it is
/// mapped again from its file, page by page, where it is touched.
void clinux_release_memory(void);

#endif
