#include "expression.h"

#include <stdlib.h>
#include <string.h>

/* A step of a match: a word boundary, one of several words, or a number of characters of a set. */
typedef struct {
  enum { BOUNDARY, WORDS, CHARACTERS } kind;
  uint32_t least, most;
  uint64_t set[4];
  /* The words of a group, as in the pattern: `a|b|c`. */
  reference_text words;
} step;

struct expression {
  char *pattern;
  /* The bytes that a match can begin with. */
  step first;
  size_t count;
  step steps[];
};

static void include(step *step, uint8_t byte) { step->set[byte >> 6] |= (uint64_t)1 << (byte & 63); }

static bool includes(const step *step, uint8_t byte) { return step->set[byte >> 6] >> (byte & 63) & 1; }

/* Reads `{2,5}`, `{3}`, `?`, `+` or `*` at a position, and returns the position after it. */
static const char *read_count(const char *at, const char *end, step *step) {
  step->least = step->most = 1;
  if (at == end) return at;
  switch (*at) {
  case '?': step->least = 0; return at + 1;
  case '+': step->most = UINT32_MAX; return at + 1;
  case '*': step->least = 0; step->most = UINT32_MAX; return at + 1;
  case '{': {
    char *after;
    step->least = step->most = (uint32_t)strtoul(at + 1, &after, 10);
    if (*after == ',') step->most = (uint32_t)strtoul(after + 1, &after, 10);
    return after + 1;
  }
  default: return at;
  }
}

/* Reads the step at a position, and returns the position after it, or NULL if its syntax is not known. */
static const char *read_step(const char *at, const char *end, step *step) {
  memset(step, 0, sizeof *step);
  if (*at == '\\' && at + 1 < end && at[1] == 'b') {
    step->kind = BOUNDARY;
    return at + 2;
  }
  if (*at == '(') {
    const char *close = memchr(at, ')', (size_t)(end - at));
    if (close == NULL) return NULL;
    step->kind = WORDS;
    step->words = (reference_text){at + 1, (size_t)(close - at - 1)};
    return close + 1;
  }
  step->kind = CHARACTERS;
  if (*at == '[') {
    for (at++; at < end && *at != ']'; at++) {
      const uint8_t first = (uint8_t)*at;
      uint8_t last = first;
      if (at + 2 < end && at[1] == '-' && at[2] != ']') {
        last = (uint8_t)at[2];
        at += 2;
      }
      for (unsigned byte = first; byte <= last; byte++) include(step, (uint8_t)byte);
    }
    at++;
  } else if (*at == '.') {
    memset(step->set, 0xFF, sizeof step->set);
    at++;
  } else if (*at == '\\') {
    if (at + 1 == end || at[1] != '.') return NULL;
    include(step, '.');
    at += 2;
  } else if (strchr("^$|)*+?{", *at) != NULL) {
    return NULL;
  } else {
    include(step, (uint8_t)*at++);
  }
  return read_count(at, end, step);
}

/* Returns the bytes that a match can begin with: every byte if it may begin with any. */
static step first_of(const expression *expression) {
  step first;
  memset(&first, 0xFF, sizeof first);
  size_t i = 0;
  while (i < expression->count && expression->steps[i].kind == BOUNDARY) i++;
  if (i == expression->count) return first;
  const step *step = &expression->steps[i];
  if (step->kind == CHARACTERS && step->least > 0) return *step;
  if (step->kind == WORDS) {
    memset(first.set, 0, sizeof first.set);
    for (size_t place = 0; place < step->words.length; place++) {
      if (place == 0 || step->words.bytes[place - 1] == '|') include(&first, (uint8_t)step->words.bytes[place]);
    }
  }
  return first;
}

expression *expression_parse(reference_text pattern) {
  expression *expression = calloc(1, sizeof *expression + pattern.length * sizeof(step));
  expression->pattern = malloc(pattern.length + 1);
  memcpy(expression->pattern, pattern.bytes, pattern.length);
  expression->pattern[pattern.length] = 0;
  const char *end = expression->pattern + pattern.length;
  for (const char *at = expression->pattern; at < end;) {
    at = read_step(at, end, &expression->steps[expression->count++]);
    if (at == NULL) {
      expression_free(expression);
      return NULL;
    }
  }
  expression->first = first_of(expression);
  return expression;
}

static bool is_word(uint8_t byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || byte == '_';
}

static bool match(const step *step, const struct expression *expression, const char *at, const char *start,
                  const char *end) {
  if (step == expression->steps + expression->count) return true;
  switch (step->kind) {
  case BOUNDARY: {
    const bool before = at > start && is_word((uint8_t)at[-1]);
    const bool after = at < end && is_word((uint8_t)*at);
    return before != after && match(step + 1, expression, at, start, end);
  }
  case WORDS: {
    const char *word = step->words.bytes;
    const char *last = word + step->words.length;
    while (word <= last) {
      const char *bar = memchr(word, '|', (size_t)(last - word));
      const size_t length = (size_t)((bar == NULL ? last : bar) - word);
      if ((size_t)(end - at) >= length && memcmp(at, word, length) == 0 &&
          match(step + 1, expression, at + length, start, end)) {
        return true;
      }
      word += length + 1;
    }
    return false;
  }
  case CHARACTERS: {
    uint32_t count = 0;
    while (count < step->most && at + count < end && includes(step, (uint8_t)at[count])) count++;
    for (;; count--) {
      if (count < step->least) return false;
      if (match(step + 1, expression, at + count, start, end)) return true;
      if (count == 0) return false;
    }
  }
  }
  return false;
}

bool expression_matches(const expression *expression, reference_text text) {
  const char *end = text.bytes + text.length;
  for (const char *at = text.bytes; at < end; at++) {
    if (includes(&expression->first, (uint8_t)*at) && match(expression->steps, expression, at, text.bytes, end)) return true;
  }
  return false;
}

void expression_free(expression *expression) {
  if (expression == NULL) return;
  free(expression->pattern);
  free(expression);
}
