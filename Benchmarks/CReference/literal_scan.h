/* Finds which of many literals a text contains, in one pass. */
#ifndef LITERAL_SCAN_H
#define LITERAL_SCAN_H

#include <stdbool.h>

#include "rule_reference.h"

typedef struct literal_scan literal_scan;

/* Returns a scan for literals, which are numbered in their order. */
literal_scan *literal_scan_make(const reference_text *literals, size_t count);

/* Calls `found` for each place of a literal, in no particular order, until it returns false. */
void literal_scan_run(const literal_scan *scan, reference_text text, bool (*found)(void *state, uint32_t literal),
                      void *state);

void literal_scan_free(literal_scan *scan);

#endif
