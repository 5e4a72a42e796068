#include "csimdjson.h"

// Leaves out everything that throws, so that no exception can reach Swift.
#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>

namespace dom = simdjson::dom;

struct csimdjson_parser {
  dom::parser parser;
  dom::document document;
  // The text, with the padding after it that simdjson may read.
  std::unique_ptr<uint8_t[]> text;
  size_t capacity = 0;
};

namespace {

// The positions of simdjson in a document are all a pointer and an index, which Swift holds without looking at them.
template <typename To, typename From>
To converted(const From &from) noexcept {
  static_assert(sizeof(To) == sizeof(From) && std::is_trivially_copyable_v<To> && std::is_trivially_copyable_v<From>);
  To to;
  std::memcpy(&to, &from, sizeof to);
  return to;
}

const csimdjson_value none = {nullptr, 0};

template <typename Type>
bool get(csimdjson_value value, Type &result) noexcept {
  return value.document && converted<dom::element>(value).get(result) == simdjson::SUCCESS;
}

template <typename Container>
csimdjson_cursor cursor(csimdjson_value value) noexcept {
  Container container;
  if (!get(value, container)) return {none, none};
  return {converted<csimdjson_value>(container.begin()), converted<csimdjson_value>(container.end())};
}

// Returns the position of a cursor, and advances it; returns false at the end.
template <typename Iterator>
bool advance(csimdjson_cursor *cursor, Iterator &position) noexcept {
  if (cursor->next.index == cursor->end.index) return false;
  position = converted<Iterator>(cursor->next);
  Iterator next = position;
  ++next;
  cursor->next = converted<csimdjson_value>(next);
  return true;
}

// Makes room for a text of `length` bytes; simdjson needs about 14 bytes for each. Powers of two, so that it seldom grows.
bool reserve(csimdjson_parser *self, size_t length) noexcept {
  if (length <= self->capacity) return true;
  size_t capacity = 1024;
  while (capacity < length) capacity *= 2;
  self->capacity = 0;
  self->text.reset(new (std::nothrow) uint8_t[capacity + simdjson::SIMDJSON_PADDING]);
  if (!self->text || self->parser.allocate(capacity) || self->document.allocate(capacity)) return false;
  self->capacity = capacity;
  return true;
}

}  // namespace

csimdjson_parser *csimdjson_new(void) { return new (std::nothrow) csimdjson_parser; }

void csimdjson_delete(csimdjson_parser *parser) { delete parser; }

size_t csimdjson_capacity(const csimdjson_parser *parser) { return parser->capacity; }

bool csimdjson_parse(csimdjson_parser *parser, const uint8_t *text, size_t length, csimdjson_value *root) {
  if (length == 0 || !reserve(parser, length)) return false;
  std::memcpy(parser->text.get(), text, length);
  dom::element element;
  if (parser->parser.parse_into_document(parser->document, parser->text.get(), length, false).get(element)) return false;
  *root = converted<csimdjson_value>(element);
  return true;
}

csimdjson_value csimdjson_member(csimdjson_value value, const uint8_t *key, size_t length) {
  dom::object object;
  dom::element member;
  if (!get(value, object)) return none;
  if (object.at_key(std::string_view(reinterpret_cast<const char *>(key), length)).get(member)) return none;
  return converted<csimdjson_value>(member);
}

bool csimdjson_is_null(csimdjson_value value) {
  return value.document && converted<dom::element>(value).is_null();
}

bool csimdjson_is_object(csimdjson_value value) {
  return value.document && converted<dom::element>(value).is_object();
}

bool csimdjson_is_array(csimdjson_value value) {
  return value.document && converted<dom::element>(value).is_array();
}

bool csimdjson_string(csimdjson_value value, const char **text, size_t *length) {
  std::string_view view;
  if (!get(value, view)) return false;
  *text = view.data();
  *length = view.size();
  return true;
}

bool csimdjson_integer(csimdjson_value value, int64_t *integer) { return get(value, *integer); }

bool csimdjson_number(csimdjson_value value, double *number) { return get(value, *number); }

bool csimdjson_boolean(csimdjson_value value, bool *boolean) { return get(value, *boolean); }

csimdjson_cursor csimdjson_elements(csimdjson_value array) { return cursor<dom::array>(array); }

csimdjson_cursor csimdjson_members(csimdjson_value object) { return cursor<dom::object>(object); }

bool csimdjson_next_element(csimdjson_cursor *cursor, csimdjson_value *element) {
  dom::array::iterator position;
  if (!advance(cursor, position)) return false;
  *element = converted<csimdjson_value>(*position);
  return true;
}

bool csimdjson_next_member(csimdjson_cursor *cursor, const char **key, size_t *length, csimdjson_value *value) {
  dom::object::iterator position;
  if (!advance(cursor, position)) return false;
  *key = position.key().data();
  *length = position.key().size();
  *value = converted<csimdjson_value>(position.value());
  return true;
}
