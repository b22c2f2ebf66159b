// What `import Glibc` lacks. Each function is one system call and returns what it returns; Kernel says what it is for.
#pragma once
#include "process.h"
#include "sockets.h"
