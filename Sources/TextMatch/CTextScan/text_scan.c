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

/* The scalar that begins at a place of a UTF-8 text, or a space where there is none. */
static uint32_t scalar_at(const uint8_t *text, size_t length, size_t place) {
  if (place >= length) return ' ';
  const uint8_t first = text[place];
  if (first < 0x80) return first;
  const size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
  uint32_t scalar = first & (0x3F >> more);
  for (size_t i = 1; i <= more && place + i < length; i++) scalar = scalar << 6 | (text[place + i] & 0x3F);
  return scalar;
}

/* The scalar that ends before a place. */
static uint32_t scalar_before(const uint8_t *text, size_t length, size_t place) {
  if (place == 0) return ' ';
  place -= 1;
  while (place > 0 && (text[place] & 0xC0) == 0x80) place -= 1;
  return scalar_at(text, length, place);
}

bool text_stands_alone(
    const uint8_t *text, size_t length, size_t start, size_t end, bool (*is_word)(uint32_t scalar)) {
  return !is_word(scalar_before(text, length, start)) && !is_word(scalar_at(text, length, end));
}

static bool holds(
    const uint8_t *text, size_t length, const uint8_t *literal, size_t size, text_place place,
    bool (*is_word)(uint32_t scalar)) {
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
    if (text_stands_alone(text, length, start, start + size, is_word)) return true;
    from = start + 1;
  }
  return false;
}

bool text_holds(
    const uint8_t *text, size_t length, const uint8_t *literal, size_t size, text_place place, bool fold,
    bool (*is_word)(uint32_t scalar)) {
  if (!fold) return holds(text, length, literal, size, place, is_word);
  if (length <= text_stack_bytes) {
    uint8_t folded[text_stack_bytes];
    return holds(folded, text_fold(text, length, folded), literal, size, place, is_word);
  }
  uint8_t *folded = malloc(length);
  if (folded == NULL) abort();
  const bool result = holds(folded, text_fold(text, length, folded), literal, size, place, is_word);
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

/* Takes in the literals that have this sample at this place; false where there is no more room. */
static bool look(scan *scan, const text_samples *samples, uint32_t sample, uint32_t hash, size_t place) {
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

/* Goes on with samples of one size, up to the end of the text; false where there is no more room, with the progress at
   the place where to go on. */
__attribute__((always_inline)) static inline bool go_on_with(
    scan *scan, const text_samples *samples, size_t size, text_progress *progress) {
  const uint64_t *const bits = samples->bits;
  if (bits == NULL) return true;
  const uint8_t *const folded = scan->folded;
  const size_t length = scan->length;
  const uint32_t shift = samples->shift;
  const size_t step = samples->step;
  for (size_t place = progress->place; place + size <= length; place += step) {
    uint32_t sample = 0;
    memcpy(&sample, folded + place, size);
    const uint32_t hash = text_hash(sample);
    const uint32_t bit = hash >> shift;
    if (!(bits[bit / 64] >> bit % 64 & 1)) continue;
    if (!look(scan, samples, sample, hash, place)) {
      progress->place = place;
      return false;
    }
  }
  return true;
}

static void go_on(scan *scan, text_progress *progress) {
  if (!progress->is_at_twos) {
    if (!go_on_with(scan, &scan->index->fours, 4, progress)) return;
    *progress = (text_progress){.place = 0, .is_at_twos = true};
  }
  if (go_on_with(scan, &scan->index->twos, 2, progress)) progress->is_over = true;
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
    uint8_t folded[text_stack_bytes];
    scan.folded = folded;
    scan.length = text_fold(text, length, folded);
    go_on(&scan, progress);
    return scan.count;
  }
  uint8_t *folded = malloc(length);
  if (folded == NULL) abort();
  scan.folded = folded;
  scan.length = text_fold(text, length, folded);
  go_on(&scan, progress);
  free(folded);
  return scan.count;
}
