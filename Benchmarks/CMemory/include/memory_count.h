/* Counts what a program takes from the heap. Linking this replaces the C library's allocation functions. */
#ifndef MEMORY_COUNT_H
#define MEMORY_COUNT_H

#include <stddef.h>
#include <stdint.h>

/* How often this thread has asked for memory so far. */
uint64_t memory_requests(void);

/* Bytes that the whole program holds now. */
size_t memory_held(void);

#endif
