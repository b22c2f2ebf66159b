// What `import Glibc` lacks: epoll, splice, accept4, pipe2, eventfd, signalfd and their constants.
#pragma once
#include <sys/epoll.h>
#include "process.h"
