#define _GNU_SOURCE
#include "CLinux.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/eventfd.h>

int clinux_accept(int listening, struct sockaddr *address, socklen_t *length) {
  return accept4(listening, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

ssize_t clinux_splice(int from, int to, size_t count, bool is_followed) {
  unsigned flags = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;
  return splice(from, NULL, to, NULL, count, is_followed ? flags | SPLICE_F_MORE : flags);
}

int clinux_pipe(int ends[2]) { return pipe2(ends, O_NONBLOCK | O_CLOEXEC); }

int clinux_set_pipe_size(int pipe, int size) { return fcntl(pipe, F_SETPIPE_SZ, size); }

int clinux_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

static int get_info(int socket, struct tcp_info *info) {
  socklen_t length = sizeof *info;
  return getsockopt(socket, IPPROTO_TCP, TCP_INFO, info, &length);
}

int clinux_round_trip(int socket, uint32_t *microseconds) {
  struct tcp_info info;
  int result = get_info(socket, &info);
  if (result == 0) *microseconds = info.tcpi_rtt;
  return result;
}

int clinux_accept_queue(int listening, uint32_t *waiting, uint32_t *limit) {
  struct tcp_info info;
  int result = get_info(listening, &info);
  if (result == 0) {
    *waiting = info.tcpi_unacked;
    *limit = info.tcpi_sacked;
  }
  return result;
}
