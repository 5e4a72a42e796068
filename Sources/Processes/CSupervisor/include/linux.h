/* What Linux has and Swift's module of the C library lacks. */
#ifndef LINUX_H
#define LINUX_H

#include <sys/epoll.h>

int pipe2(int ends[2], int flags);

#endif
