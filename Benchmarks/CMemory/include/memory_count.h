/* Counts the heap memory of a program. Linking this replaces the allocation functions of the C library. */
#ifndef MEMORY_COUNT_H
#define MEMORY_COUNT_H

#include <stddef.h>
#include <stdint.h>

/* Returns the number of allocations by this thread so far. */
uint64_t memory_requests(void);

/* Returns the bytes that the whole program has allocated now. */
size_t memory_held(void);

#endif
