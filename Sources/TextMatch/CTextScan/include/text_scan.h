/* Finds which of many literals a text contains, in one pass over the text. Plain C, without assumptions about the
   machine; the tests compare it with a search in Swift for one literal after the other. */
#ifndef TEXT_SCAN_H
#define TEXT_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Folded texts of up to this number of bytes are on the stack. Mattermost's longest post has 16,383 characters of
   four bytes at most. */
enum { text_stack_bytes = 65536 };

/* The most literals of an index: the stack has a bit for each literal that was found. */
enum { text_literals_max = 1 << 18 };

/* Folds a text: ASCII letters to lower case, and the two other scalars that fold to ASCII letters (U+017F to `s`,
   U+212A to `k`). All other bytes are copied. `folded` has a capacity of `length` bytes. Returns the length of the
   result, which is never longer. */
size_t text_fold(const uint8_t *text, size_t length, uint8_t *folded);

/* The position that a literal must have in a text. */
typedef enum { text_anywhere, text_as_word, text_at_start, text_at_end, text_as_whole } text_place;

/* Returns whether a word begins or, with `at_end`, ends at an edge of a match: `outside` is the Unicode scalar beside
   it, `inside` its own first or last one. */
typedef bool (*text_edge)(uint32_t outside, uint32_t inside, bool at_end);

/* Returns whether a text contains a literal. With `fold`, the text is folded first; the literal has to be folded
   already. */
bool text_holds(
    const uint8_t *text, size_t length, const uint8_t *literal, size_t size, text_place place, bool fold,
    text_edge is_edge);

/* Returns whether the bytes from `start` to `end` of a UTF-8 text, at least one, are a word of their own. */
bool text_stands_alone(
    const uint8_t *text, size_t length, size_t start, size_t end, text_edge is_edge);

/* One sample of a literal: some of its bytes, at `offset`, the first of them lowest. */
typedef struct {
  uint64_t sample;
  uint32_t literal;
  uint32_t offset;
} text_slot;

/* Samples of `size` bytes, eight at most. `marks` has a bit for each hash, from the lowest of the first word on: 1 if
   any sample has it. `starts[h >> skip]` is the first slot of a bucket, and the end of the bucket before. Only every
   `step`th position of a text is looked up: a literal has a sample at as many offsets in a row. `first` is the byte
   that all samples begin with, or negative if they differ. */
typedef struct {
  const uint32_t *marks;
  const uint32_t *starts;
  const text_slot *slots;
  uint32_t size;
  uint32_t step;
  uint32_t shift;
  uint32_t skip;
  int32_t first;
} text_samples;

/* The groups of literals by their length. */
enum { text_groups = 4 };

/* Literals, already folded, each found by the samples of its group. */
typedef struct {
  text_samples samples[text_groups];
  const uint8_t *bytes;
  const uint32_t *starts;
  uint32_t count;
} text_index;

/* Returns the hash of a sample; its highest bits are the best. */
static inline uint32_t text_hash(uint64_t sample) { return (uint32_t)(sample * 0x9E3779B97F4A7C15u >> 32); }

/* The position from which a scan continues. */
typedef struct {
  size_t place;
  uint32_t group;
  bool is_over;
} text_progress;

/* Looks for literals in a text, writes those that it finds to `found`, and returns their count. It stops when `found`
   has `room` literals; called again with the same progress, it continues, and may find some literals again. */
size_t text_scan(
    const text_index *index, const uint8_t *text, size_t length, text_progress *progress, uint32_t *found, size_t room);

#endif
