/* The part of simdjson, a C++ library, that Swift calls: a JSON text is validated as a whole and parsed into a document,
   in which values are looked up. See <https://github.com/simdjson/simdjson/blob/master/doc/dom.md>. */
#ifndef CSIMDJSON_H
#define CSIMDJSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A parser with the document of the last text that it parsed. One thread at a time may use it. */
typedef struct csimdjson_parser csimdjson_parser;

/* A value of a document, or none if `document` is NULL. It is valid until its parser parses another text. */
typedef struct {
  const void *document;
  size_t index;
} csimdjson_value;

/* The rest of the elements of an array, or of the members of an object. */
typedef struct {
  csimdjson_value next;
  csimdjson_value end;
} csimdjson_cursor;

/* Returns NULL if there is no memory. */
csimdjson_parser *csimdjson_new(void);

void csimdjson_delete(csimdjson_parser *parser);

/* Returns the length in bytes of the texts that the parser has memory for. */
size_t csimdjson_capacity(const csimdjson_parser *parser);

/* Parses a text, and returns whether it is JSON in UTF-8 that simdjson accepts; then `root` is its value. */
bool csimdjson_parse(csimdjson_parser *parser, const uint8_t *text, size_t length, csimdjson_value *root);

/* Returns the first member of an object with a key; none if there is none, or if it is not an object. */
csimdjson_value csimdjson_member(csimdjson_value object, const uint8_t *key, size_t length);

bool csimdjson_is_null(csimdjson_value value);
bool csimdjson_is_object(csimdjson_value value);
bool csimdjson_is_array(csimdjson_value value);

/* These return whether a value has the type that they read. An integer is one that `int64_t` can hold; it is a number,
   too. A string is UTF-8, without escapes, and may contain U+0000. */
bool csimdjson_string(csimdjson_value value, const char **text, size_t *length);
bool csimdjson_integer(csimdjson_value value, int64_t *integer);
bool csimdjson_number(csimdjson_value value, double *number);
bool csimdjson_boolean(csimdjson_value value, bool *boolean);

/* Return a cursor before the first element or member; before none, if the value is not an array or an object. */
csimdjson_cursor csimdjson_elements(csimdjson_value array);
csimdjson_cursor csimdjson_members(csimdjson_value object);

/* Advance a cursor, and return whether there was another element or member. */
bool csimdjson_next_element(csimdjson_cursor *cursor, csimdjson_value *element);
bool csimdjson_next_member(csimdjson_cursor *cursor, const char **key, size_t *length, csimdjson_value *value);

#ifdef __cplusplus
}
#endif

#endif
