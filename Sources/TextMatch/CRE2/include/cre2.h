/* The part of RE2, a C++ library, that Swift calls: expressions that run in time linear in the text.
   See <https://github.com/google/re2/wiki/Syntax>. */
#ifndef CRE2_H
#define CRE2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cre2 cre2;

/* The reason why an expression cannot be used: RE2's error code, and the part of the expression that it names. */
typedef struct {
  int code;
  size_t offset;
  size_t length;
} cre2_fault;

/* Compiles an expression; returns NULL, with `fault` filled in, if it cannot be used. `memory` bounds its memory in
   bytes, including the automaton that it builds while it searches, without the table of its required texts. These have
   `shortest` bytes or more. */
cre2 *cre2_new(
    const char *expression, size_t length, bool is_case_sensitive, int64_t memory, int shortest, cre2_fault *fault);

void cre2_delete(cre2 *expression);

/* Returns whether the expression is found anywhere in a text. */
bool cre2_is_found(const cre2 *expression, const char *text, size_t length);

/* Finds the first match at or after `from`, and returns whether there is one. */
bool cre2_find(const cre2 *expression, const char *text, size_t length, size_t from, size_t *start, size_t *end);

/* Calls `visit` with texts of which every match contains at least one, in lower case by Unicode's simple case folding;
   never, if no such texts are known. `is_usable` returns whether a text may be required. To be called once at most. */
void cre2_required(
    cre2 *expression, void *context, bool (*is_usable)(void *context, const char *text, size_t length),
    void (*visit)(void *context, const char *text, size_t length));

#ifdef __cplusplus
}
#endif

#endif
