/* A hash table from texts to numbers 0, 1, 2 … in the order in which they were added. */
#ifndef ID_TABLE_H
#define ID_TABLE_H

#include "rule_reference.h"

#define ID_MISSING UINT32_MAX

typedef struct {
  struct id_slot {
    uint64_t hash;
    const char *bytes;
    uint32_t length;
    uint32_t id;
  } *slots;
  size_t mask;
  uint32_t count;
} id_table;

/* Returns the number of a text, which is added if it is new. */
uint32_t id_add(id_table *table, reference_text text);

/* Returns the number of a text, or ID_MISSING. */
uint32_t id_find(const id_table *table, reference_text text);

void id_free(id_table *table);

#endif
