#define _GNU_SOURCE
#include "text_scan.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

size_t text_fold(const uint8_t *text, size_t length, uint8_t *folded) {
  uint8_t all = 0;
  for (size_t i = 0; i < length; i++) {
    const uint8_t byte = text[i];
    all |= byte;
    folded[i] = byte | (uint8_t)((uint8_t)(byte - 'A') < 26) << 5;
  }
  if (all < 0x80) return length;

  size_t end = 0;
  for (size_t i = 0; i < length; i++) {
    const uint8_t byte = text[i];
    if (byte == 0xC5 && i + 1 < length && text[i + 1] == 0xBF) {
      folded[end++] = 's';
      i += 1;
    } else if (byte == 0xE2 && i + 2 < length && text[i + 1] == 0x84 && text[i + 2] == 0xAA) {
      folded[end++] = 'k';
      i += 2;
    } else {
      folded[end++] = byte | (uint8_t)((uint8_t)(byte - 'A') < 26) << 5;
    }
  }
  return end;
}

/* Returns the scalar that begins at a position of a UTF-8 text, or a space at its end. */
static uint32_t scalar_at(const uint8_t *text, size_t length, size_t place) {
  if (place >= length) return ' ';
  const uint8_t first = text[place];
  if (first < 0x80) return first;
  const size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
  uint32_t scalar = first & (0x3F >> more);
  for (size_t i = 1; i <= more && place + i < length; i++) scalar = scalar << 6 | (text[place + i] & 0x3F);
  return scalar;
}

/* Returns the scalar that ends before a position, or a space at the beginning. */
static uint32_t scalar_before(const uint8_t *text, size_t length, size_t place) {
  if (place == 0) return ' ';
  place -= 1;
  while (place > 0 && (text[place] & 0xC0) == 0x80) place -= 1;
  return scalar_at(text, length, place);
}

bool text_stands_alone(const uint8_t *text, size_t length, size_t start, size_t end, text_edge is_edge) {
  return is_edge(scalar_before(text, length, start), scalar_at(text, length, start), false) &&
         is_edge(scalar_at(text, length, end), scalar_before(text, length, end), true);
}

static bool holds(
    const uint8_t *text, size_t length, const uint8_t *literal, size_t size, text_place place,
    text_edge is_edge) {
  if (size > length) return false;
  switch (place) {
    case text_at_start: return memcmp(text, literal, size) == 0;
    case text_at_end: return memcmp(text + length - size, literal, size) == 0;
    case text_as_whole: return size == length && memcmp(text, literal, size) == 0;
    case text_anywhere: return memmem(text, length, literal, size) != NULL;
    case text_as_word: break;
  }
  for (size_t from = 0; from <= length - size;) {
    const uint8_t *found = memmem(text + from, length - from, literal, size);
    if (found == NULL) return false;
    const size_t start = (size_t)(found - text);
    if (text_stands_alone(text, length, start, start + size, is_edge)) return true;
    from = start + 1;
  }
  return false;
}

bool text_holds(
    const uint8_t *text, size_t length, const uint8_t *literal, size_t size, text_place place, bool fold,
    text_edge is_edge) {
  if (!fold) return holds(text, length, literal, size, place, is_edge);
  if (length <= text_stack_bytes) {
    uint8_t folded[text_stack_bytes];
    return holds(folded, text_fold(text, length, folded), literal, size, place, is_edge);
  }
  uint8_t *folded = malloc(length);
  if (folded == NULL) abort();
  const bool result = holds(folded, text_fold(text, length, folded), literal, size, place, is_edge);
  free(folded);
  return result;
}

typedef struct {
  const text_index *index;
  const uint8_t *folded;
  size_t length;
  uint32_t *found;
  size_t count;
  size_t room;
  uint64_t seen[text_literals_max / 64];
} scan;

/* Adds the literals that have this sample at this position; returns false if the result is full. */
static bool look(scan *scan, const text_samples *samples, uint64_t sample, uint32_t hash, size_t place) {
  const uint32_t bucket = hash >> samples->skip;
  for (uint32_t i = samples->starts[bucket]; i < samples->starts[bucket + 1]; i++) {
    const text_slot *slot = &samples->slots[i];
    if (slot->sample != sample || slot->offset > place) continue;
    const uint32_t literal = slot->literal;
    if (scan->seen[literal / 64] >> literal % 64 & 1) continue;
    const uint32_t first = scan->index->starts[literal];
    const size_t size = scan->index->starts[literal + 1] - first;
    const size_t start = place - slot->offset;
    if (size > scan->length - start || memcmp(scan->folded + start, scan->index->bytes + first, size) != 0) continue;
    if (scan->count == scan->room) return false;
    scan->seen[literal / 64] |= (uint64_t)1 << literal % 64;
    scan->found[scan->count++] = literal;
  }
  return true;
}

/* Returns the bytes of `mask` at a position from which eight bytes are readable. */
static inline uint64_t sample_at(const uint8_t *folded, size_t place, uint64_t mask) {
  uint64_t sample;
  memcpy(&sample, folded + place, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  sample = __builtin_bswap64(sample);
#endif
  return sample & mask;
}

static inline uint32_t mark(const text_samples *samples, uint32_t hash) {
  const uint32_t bit = hash >> samples->shift;
  return samples->marks[bit / 32] >> bit % 32 & 1;
}

/* Returns the next position that may have a sample, or one after all such positions. */
static inline size_t next_place(const scan *scan, const text_samples *samples, uint64_t mask, size_t place) {
  const uint8_t *const folded = scan->folded;
  const size_t length = scan->length;
  const size_t size = samples->size;
  const size_t step = samples->step;
  if (samples->first >= 0 && step == 1) {
    if (place + size > length) return place;
    const uint8_t *found = memchr(folded + place, samples->first, length - size + 1 - place);
    return found == NULL ? length : (size_t)(found - folded);
  }
  // Four positions at a time, since most have no sample.
  while (place + 3 * step + size <= length) {
    uint32_t marked = 0;
    for (size_t i = 0; i < 4; i++) {
      marked |= (uint32_t)mark(samples, text_hash(sample_at(folded, place + i * step, mask))) << i;
    }
    if (marked) return place + (size_t)__builtin_ctz(marked) * step;
    place += 4 * step;
  }
  while (place + size <= length && !mark(samples, text_hash(sample_at(folded, place, mask)))) place += step;
  return place;
}

/* Continues with the samples of one group, up to the end of the text; returns false if the result is full, with the
   progress at the position to continue from. */
static bool go_on_with(scan *scan, const text_samples *in_memory, text_progress *progress) {
  const text_samples samples = *in_memory;
  if (samples.marks == NULL) return true;
  const uint64_t mask = ~(uint64_t)0 >> (64 - 8 * samples.size);
  size_t place = next_place(scan, &samples, mask, progress->place);
  while (place + samples.size <= scan->length) {
    const uint64_t sample = sample_at(scan->folded, place, mask);
    if (!look(scan, in_memory, sample, text_hash(sample), place)) {
      progress->place = place;
      return false;
    }
    place = next_place(scan, &samples, mask, place + samples.step);
  }
  return true;
}

static void go_on(scan *scan, text_progress *progress) {
  for (; progress->group < text_groups; progress->group++) {
    if (!go_on_with(scan, &scan->index->samples[progress->group], progress)) return;
    progress->place = 0;
  }
  progress->is_over = true;
}

size_t text_scan(
    const text_index *index, const uint8_t *text, size_t length, text_progress *progress, uint32_t *found,
    size_t room) {
  scan scan;
  scan.index = index;
  scan.found = found;
  scan.count = 0;
  scan.room = room;
  memset(scan.seen, 0, (index->count + 63) / 64 * sizeof scan.seen[0]);
  if (length <= text_stack_bytes) {
    uint8_t folded[text_stack_bytes + 8];
    scan.folded = folded;
    scan.length = text_fold(text, length, folded);
    go_on(&scan, progress);
    return scan.count;
  }
  uint8_t *folded = malloc(length + 8);
  if (folded == NULL) abort();
  scan.folded = folded;
  scan.length = text_fold(text, length, folded);
  go_on(&scan, progress);
  free(folded);
  return scan.count;
}
