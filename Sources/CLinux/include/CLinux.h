// What `import Glibc` lacks. Each function is one system call, or one with what it is asked for, and returns what it returns;
// Kernel says what it is for.
#pragma once
#include "memory.h"
#include "process.h"
#include "sockets.h"
