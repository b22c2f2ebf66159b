// What `import Glibc` lacks.
#pragma once
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>

// Declared for _GNU_SOURCE alone, which Swift's importer does not set.
int accept4(int socket, struct sockaddr *address, socklen_t *length, int flags);

/// Timeouts of this thread are met to the microsecond; by default the kernel may be 50 of them late.
static inline void sleep_exactly(void) { prctl(PR_SET_TIMERSLACK, 1L, 0L, 0L, 0L); }
