// What sockets and pipes need of Linux: epoll with its constants, and what glibc declares for _GNU_SOURCE only.
#ifndef CLINUX_SOCKETS_H
#define CLINUX_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/types.h>

/// accept4(2) with SOCK_NONBLOCK and SOCK_CLOEXEC.
int clinux_accept(int listening, struct sockaddr *address, socklen_t *length);
/// splice(2) with SPLICE_F_MOVE and SPLICE_F_NONBLOCK, without offsets; SPLICE_F_MORE where more follows.
ssize_t clinux_splice(int from, int to, size_t count, bool is_followed);
/// pipe2(2) with O_NONBLOCK and O_CLOEXEC.
int clinux_pipe(int ends[2]);
/// fcntl(2) with F_SETPIPE_SZ.
int clinux_set_pipe_size(int pipe, int size);
/// eventfd(2) with EFD_NONBLOCK and EFD_CLOEXEC.
int clinux_eventfd(void);
/// getsockopt(2), TCP_INFO: the smoothed round-trip time in microseconds.
int clinux_round_trip(int socket, uint32_t *microseconds);
/// getsockopt(2), TCP_INFO of a socket that listens: how many connections wait to be accepted, and how many may.
int clinux_accept_queue(int listening, uint32_t *waiting, uint32_t *limit);

#endif
