// What the process itself needs of Linux: capabilities, and the calls that take a variable number of arguments.
#ifndef CLINUX_PROCESS_H
#define CLINUX_PROCESS_H

#include <linux/capability.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/// prctl(2) with one argument.
static inline int clinux_prctl(int option, unsigned long argument) { return prctl(option, argument, 0, 0, 0); }

/// capset(2) for this thread: exactly these capabilities, permitted and effective, of the first 32.
static inline int clinux_capset(uint32_t capabilities) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {{capabilities, capabilities, 0}, {0, 0, 0}};
  return (int)syscall(SYS_capset, &header, data);
}

#endif
