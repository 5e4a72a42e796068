/* A literal of at least GRAM + STEP - 1 bytes contains a gram at a multiple of STEP, wherever it is in the text. So only
   every STEP-th gram of the text is looked up, in a bit map first. Shorter literals are looked for by their first byte.
   Grams of fewer bytes and longer steps are slower here: the words of the workload share their syllables. */
#include "literal_scan.h"

#include <stdlib.h>
#include <string.h>

enum { GRAM = 5, STEP = 2, MAP_BITS = 16, BUCKET_BITS = 14, SHORT_BELOW = GRAM + STEP - 1 };

/* A literal whose gram begins `offset` bytes after it. */
typedef struct {
  uint64_t gram;
  uint32_t literal;
  uint32_t offset;
  /* The index of the next entry of the same bucket plus one, or 0. */
  uint32_t next;
} entry;

struct literal_scan {
  reference_text *literals;
  size_t count;
  entry *entries;
  uint32_t buckets[1 << BUCKET_BITS];
  uint64_t map[(1 << MAP_BITS) / 64];
  /* The distinct first bytes of short literals, and the literals. */
  uint8_t first_bytes[256];
  size_t first_byte_count;
  uint32_t *shorts;
  size_t short_count;
};

static uint64_t gram_at(const char *bytes) {
  uint64_t gram = 0;
  memcpy(&gram, bytes, GRAM);
  return gram;
}

static uint32_t hash_of(uint64_t gram) { return (uint32_t)(gram * 0x9E3779B97F4A7C15u >> (64 - MAP_BITS)); }

literal_scan *literal_scan_make(const reference_text *literals, size_t count) {
  literal_scan *scan = calloc(1, sizeof *scan);
  scan->count = count;
  scan->literals = calloc(count + 1, sizeof *scan->literals);
  scan->entries = calloc(count * STEP + 1, sizeof *scan->entries);
  scan->shorts = calloc(count + 1, sizeof *scan->shorts);
  uint32_t entries = 0;
  for (uint32_t i = 0; i < count; i++) {
    char *copy = malloc(literals[i].length);
    memcpy(copy, literals[i].bytes, literals[i].length);
    scan->literals[i] = (reference_text){copy, literals[i].length};
    if (literals[i].length < SHORT_BELOW) {
      scan->shorts[scan->short_count++] = i;
      if (memchr(scan->first_bytes, copy[0], scan->first_byte_count) == NULL) {
        scan->first_bytes[scan->first_byte_count++] = (uint8_t)copy[0];
      }
      continue;
    }
    for (uint32_t offset = 0; offset < STEP; offset++) {
      const uint64_t gram = gram_at(copy + offset);
      const uint32_t hash = hash_of(gram);
      uint32_t *bucket = &scan->buckets[hash >> (MAP_BITS - BUCKET_BITS)];
      scan->entries[entries] = (entry){gram, i, offset, *bucket};
      *bucket = ++entries;
      scan->map[hash >> 6] |= (uint64_t)1 << (hash & 63);
    }
  }
  return scan;
}

/* Returns whether a literal is at a place of the text. */
static bool is_at(reference_text literal, const char *at, reference_text text) {
  return at >= text.bytes && (size_t)(text.bytes + text.length - at) >= literal.length &&
         memcmp(at, literal.bytes, literal.length) == 0;
}

static bool scan_shorts(const literal_scan *scan, reference_text text, bool (*found)(void *, uint32_t), void *state) {
  for (size_t i = 0; i < scan->first_byte_count; i++) {
    const char *at = text.bytes;
    const char *end = text.bytes + text.length;
    while ((at = memchr(at, scan->first_bytes[i], (size_t)(end - at))) != NULL) {
      for (size_t j = 0; j < scan->short_count; j++) {
        const uint32_t literal = scan->shorts[j];
        if (is_at(scan->literals[literal], at, text) && !found(state, literal)) return false;
      }
      at++;
    }
  }
  return true;
}

void literal_scan_run(const literal_scan *scan, reference_text text, bool (*found)(void *, uint32_t), void *state) {
  if (!scan_shorts(scan, text, found, state)) return;
  for (size_t place = 0; place + GRAM <= text.length; place += STEP) {
    const uint64_t gram = gram_at(text.bytes + place);
    const uint32_t hash = hash_of(gram);
    if ((scan->map[hash >> 6] >> (hash & 63) & 1) == 0) continue;
    for (uint32_t i = scan->buckets[hash >> (MAP_BITS - BUCKET_BITS)]; i != 0; i = scan->entries[i - 1].next) {
      const entry *entry = &scan->entries[i - 1];
      if (entry->gram == gram && is_at(scan->literals[entry->literal], text.bytes + place - entry->offset, text) &&
          !found(state, entry->literal)) {
        return;
      }
    }
  }
}

void literal_scan_free(literal_scan *scan) {
  for (size_t i = 0; i < scan->count; i++) free((void *)scan->literals[i].bytes);
  free(scan->literals);
  free(scan->entries);
  free(scan->shorts);
  free(scan);
}
